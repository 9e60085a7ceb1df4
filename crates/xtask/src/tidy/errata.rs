//! `docs/errata.md`: every error of the notes has a check, or a dash where there is nothing to run.

use anyhow::Result;

use super::read;
use crate::project::Project;

const ERRATA: &str = "docs/errata.md";

/// One line for each row without a check; whether a check exists is looked up with the links.
pub(super) fn check(project: &Project) -> Result<Vec<String>> {
    Ok(unchecked(&read(&project.path(ERRATA))?))
}

fn unchecked(text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (index, row) in text.lines().enumerate().filter(|(_, line)| line.starts_with('|') && !line.starts_with("|---"))
    {
        let columns: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        match columns[..] {
            ["line 行", ..] => {}
            [_, _, _, check] if check == "—" || check.contains("](") => {}
            [line, _, _, _] => findings.push(format!("{ERRATA}:{}: the error of line {line} has no check", index + 1)),
            _ => findings.push(format!("{ERRATA}:{}: a row has four columns: line, wrong, right, check", index + 1)),
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::unchecked;

    #[test]
    fn an_error_has_a_check() {
        let text = "| line 行 | wrong 误 | right 正 | check 验证 |\n|---|---|---|---|\n\
            | 42 | a | b | — |\n| 70 | a | b | [x.rs](x.rs): `t` |\n| 84 | a | b | trust me |\n| 85 | a | b |\n";
        assert_eq!(
            unchecked(text),
            [
                "docs/errata.md:5: the error of line 84 has no check",
                "docs/errata.md:6: a row has four columns: line, wrong, right, check"
            ]
        );
    }
}
