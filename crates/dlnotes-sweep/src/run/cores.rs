//! How many cores there are for trials.

use std::thread;

/// What a scheduler granted this process, else the cores of the machine that it may use.
pub(crate) fn granted() -> usize {
    let machine = || thread::available_parallelism().map_or(1, usize::from);
    by_scheduler(|name| std::env::var(name).ok()).unwrap_or_else(machine)
}

fn by_scheduler(variable: impl Fn(&str) -> Option<String>) -> Option<usize> {
    let number = |name| variable(name)?.trim().parse().ok().filter(|cores| *cores > 0);
    // Slurm sets the first one only if cores were asked for.
    let slurm = ["SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"].into_iter().find_map(number);
    // HyperQueue lists their numbers: 0,2,3.
    slurm.or_else(|| variable("HQ_CPUS").filter(|list| !list.is_empty()).map(|list| list.split(',').count()))
}

#[cfg(test)]
mod tests {
    use super::by_scheduler;

    #[test]
    fn what_a_scheduler_granted_is_read() {
        let granted = |set: &[(&str, &str)]| {
            by_scheduler(|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(granted(&[]), None);
        assert_eq!(granted(&[("SLURM_CPUS_ON_NODE", "8")]), Some(8));
        assert_eq!(granted(&[("SLURM_CPUS_ON_NODE", "8"), ("SLURM_CPUS_PER_TASK", "2")]), Some(2));
        assert_eq!(granted(&[("SLURM_CPUS_ON_NODE", "0"), ("SLURM_CPUS_PER_TASK", "x")]), None);
        assert_eq!([granted(&[("HQ_CPUS", "0,2,3")]), granted(&[("HQ_CPUS", "")])], [Some(3), None]);
    }
}
