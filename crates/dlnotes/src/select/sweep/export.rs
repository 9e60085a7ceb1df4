//! A sweep's trials as a file.

use std::path::Path;

use super::result::SweepResult;
use crate::json::quoted;
use crate::tensor::Error;

impl SweepResult {
    /// Comma-separated values, a line for each trial: the parameters, `seed` and `value`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("lr", [0.1, 0.01]).seeds(2).run(|p| p["lr"]);
    /// assert_eq!(result.to_csv(), "lr,seed,value\n0.1,0,0.1\n0.1,1,0.1\n0.01,0,0.01\n0.01,1,0.01\n");
    /// ```
    pub fn to_csv(&self) -> String {
        let names = self.axes.iter().map(|axis| axis.name.clone());
        let mut text = line(names.chain(["seed".into(), "value".into()]));
        for setting in self.settings.iter() {
            for (seed, value) in setting.seeds.iter().zip(&setting.values) {
                let told = |(name, _): (&str, f64)| setting.params.told(name, |number| number.to_string());
                let params = setting.params.iter().map(told);
                text += &line(params.chain([seed.to_string(), value.to_string()]));
            }
        }
        text
    }

    /// A JSON object in a line for each trial. JSON has no NaN: the value of a training that diverged is `null`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("lr", [0.1, 9.0]).run(|p| if p["lr"] > 1.0 { f64::NAN } else { 0.5 });
    /// let lines = "{\"params\":{\"lr\":0.1},\"seed\":0,\"value\":0.5}\n{\"params\":{\"lr\":9},\"seed\":0,\"value\":null}\n";
    /// assert_eq!(result.to_json_lines(), lines);
    /// ```
    pub fn to_json_lines(&self) -> String {
        let number = |x: f64| if x.is_finite() { x.to_string() } else { "null".into() };
        let mut text = String::new();
        for setting in self.settings.iter() {
            let value = |name: &str, x: f64| match self.axes.word(name, x) {
                Some(word) => quoted(word),
                None => number(x),
            };
            let params: Vec<String> =
                setting.params.iter().map(|(name, x)| format!("{}:{}", quoted(name), value(name, x))).collect();
            for (seed, &value) in setting.seeds.iter().zip(&setting.values) {
                let params = params.join(",");
                text += &format!("{{\"params\":{{{params}}},\"seed\":{seed},\"value\":{}}}\n", number(value));
            }
        }
        text
    }

    /// Writes all trials to a file: comma-separated values to `.csv`, JSON lines to `.jsonl`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let path = std::env::temp_dir().join(format!("dlnotes-sweep-{}.csv", std::process::id()));
    /// let result = Sweep::new().over("lr", [0.1, 0.01]).run(|p| p["lr"]);
    /// result.save(&path)?;
    /// assert_eq!(std::fs::read_to_string(&path).unwrap(), result.to_csv());
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// If the name ends otherwise, or the file can't be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.save_to(path.as_ref())
    }

    fn save_to(&self, path: &Path) -> Result<(), Error> {
        let wrong = |why: &dyn std::fmt::Display| Error::new("SweepResult::save", format!("{}: {why}", path.display()));
        let text = match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => self.to_csv(),
            Some("jsonl") => self.to_json_lines(),
            _ => return Err(wrong(&"the name must end in .csv or .jsonl")),
        };
        std::fs::write(path, text).map_err(|e| wrong(&e))
    }
}

/// A line of comma-separated values; quoted where RFC 4180 wants it.
fn line(fields: impl Iterator<Item = String>) -> String {
    let quoted = fields.map(|field| match field.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field,
    });
    quoted.collect::<Vec<_>>().join(",") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_names_are_quoted_where_they_have_to_be() {
        let fields = ["plain", "a,b", "say \"x\""].map(str::to_owned);
        assert_eq!(line(fields.into_iter()), "plain,\"a,b\",\"say \"\"x\"\"\"\n");
        assert_eq!(quoted("a\"b\\c\nd"), r#""a\"b\\c\u000ad""#);
    }
}
