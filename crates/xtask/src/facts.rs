//! What a step of `cargo xtask test` looked at, in numbers, and what it couldn't look at.

/// In what way something was dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It ran, or was read from one end to the other.
    Ran,
    /// It was compared with what is stored.
    Compared,
    /// It is there and was passed over, as it should be: another step runs it, or its tag says so.
    PassedOver,
}

impl Kind {
    /// Its key in the summary's JSON.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Kind::Ran => "ran",
            Kind::Compared => "compared",
            Kind::PassedOver => "passed_over",
        }
    }
}

/// A number of things of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    /// What became of them.
    pub(crate) kind: Kind,
    /// What they are, in the plural: `tests`.
    pub(crate) what: &'static str,
    /// How many.
    pub(crate) number: u64,
}

/// Something that belongs to a step and could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// What: `advisories`.
    pub(crate) what: String,
    /// Why.
    pub(crate) reason: String,
}

/// What a step came to. Where nothing was counted it isn't a success, whatever its programs said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    counts: Vec<Count>,
    left_out: Vec<LeftOut>,
    /// What a reader wants to know besides, such as a size.
    notes: Vec<String>,
}

impl Facts {
    /// This many things ran.
    pub(crate) fn ran(number: usize, what: &'static str) -> Self {
        Self::default().and(Kind::Ran, number, what)
    }

    /// Adds to the number of `what`.
    pub(crate) fn add(&mut self, kind: Kind, number: usize, what: &'static str) {
        let number = number as u64;
        match self.counts.iter_mut().find(|count| count.kind == kind && count.what == what) {
            Some(count) => count.number += number,
            None => self.counts.push(Count { kind, what, number }),
        }
    }

    /// The same with this many things more.
    pub(crate) fn and(mut self, kind: Kind, number: usize, what: &'static str) -> Self {
        self.add(kind, number, what);
        self
    }

    /// Records what could not be looked at: a row of its own in the summary.
    pub(crate) fn leave_out(&mut self, what: impl Into<String>, reason: impl Into<String>) {
        self.left_out.push(LeftOut { what: what.into(), reason: reason.into() });
    }

    /// The same without something that could not be looked at.
    pub(crate) fn without(mut self, what: impl Into<String>, reason: impl Into<String>) -> Self {
        self.leave_out(what, reason);
        self
    }

    /// The same with a remark.
    pub(crate) fn noting(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Takes over all that `other` holds.
    pub(crate) fn extend(&mut self, other: Facts) {
        for count in other.counts {
            self.add(count.kind, count.number as usize, count.what);
        }
        self.left_out.extend(other.left_out);
        self.notes.extend(other.notes);
    }

    /// Everything that was counted.
    pub(crate) fn counts(&self) -> &[Count] {
        &self.counts
    }

    /// Everything that could not be looked at.
    pub(crate) fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// Whether nothing at all was looked at.
    pub(crate) fn is_nothing(&self) -> bool {
        !self.counts.iter().any(|count| count.kind != Kind::PassedOver && count.number > 0)
    }

    /// The numbers in words: `12 tests, 3 notebooks, 40 outputs compared; 1.2 MB`.
    pub(crate) fn text(&self) -> String {
        let counted =
            self.counts.iter().filter(|count| count.number > 0).map(Count::text).collect::<Vec<_>>().join(", ");
        let parts = [counted].into_iter().chain(self.notes.iter().cloned()).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("; ")
    }
}

impl Count {
    fn text(&self) -> String {
        let what = if self.number == 1 { self.what.strip_suffix('s').unwrap_or(self.what) } else { self.what };
        let number = thousands(self.number);
        match self.kind {
            Kind::Ran => format!("{number} {what}"),
            Kind::Compared => format!("{number} {what} compared"),
            Kind::PassedOver => format!("{number} {what} passed over"),
        }
    }
}

/// `12,345,678`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| str::from_utf8(group).unwrap_or("")).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_add_up_and_read_well() {
        let mut facts = Facts::ran(1, "notebooks").and(Kind::Compared, 1500, "outputs").noting("2 MB");
        facts
            .extend(Facts::ran(2, "notebooks").and(Kind::PassedOver, 1, "outputs").without("PyTorch", "not installed"));
        assert_eq!(facts.text(), "3 notebooks, 1,500 outputs compared, 1 output passed over; 2 MB");
        assert_eq!(facts.left_out(), [LeftOut { what: "PyTorch".into(), reason: "not installed".into() }]);
    }

    #[test]
    fn what_was_passed_over_is_nothing() {
        assert!(Facts::default().is_nothing());
        assert!(Facts::ran(0, "tests").and(Kind::PassedOver, 3, "tests").is_nothing());
        assert!(!Facts::ran(1, "tests").is_nothing());
        assert!(!Facts::default().and(Kind::Compared, 1, "outputs").is_nothing());
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}
