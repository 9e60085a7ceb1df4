//! A trial: the slope and the offset of a noisy line, by stochastic gradient descent with weight decay. Its value is the
//! mean squared error on points that it wasn't trained on.
//!
//! ```text
//! cargo run --release -p dlnotes-sweep --example noisy_line -- --lr 0.1 --wd 0 --seed 3
//! ```

use std::process::ExitCode;
use std::time::Duration;

/// A generator of uniform numbers in [−1, 1): SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        (bits >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    fn points(&mut self, count: usize) -> Vec<(f64, f64)> {
        let mut point = || {
            let x = self.next();
            (x, 2.0 * x - 1.0 + 0.3 * self.next())
        };
        (0..count).map(|_| point()).collect()
    }
}

fn main() -> ExitCode {
    dlnotes_sweep::trial(|point, seed| {
        let mut random = Random(seed);
        let (train, test) = (random.points(20), random.points(200));
        let (mut slope, mut offset) = (0.0, 0.0);
        for epoch in 0..10 {
            for (x, y) in &train {
                let error = slope * x + offset - y;
                slope -= point["lr"] * (error * x + point["wd"] * slope);
                offset -= point["lr"] * error;
            }
            let error: f64 = test.iter().map(|(x, y)| (slope * x + offset - y).powi(2)).sum();
            point.report(epoch, error / test.len() as f64);
        }
        // For those who want to see a sweep at work: --ms 100 makes a trial as long.
        if point.has("ms") {
            std::thread::sleep(Duration::from_secs_f64(point["ms"] / 1000.0));
        }
        test.iter().map(|(x, y)| (slope * x + offset - y).powi(2)).sum::<f64>() / test.len() as f64
    })
}
