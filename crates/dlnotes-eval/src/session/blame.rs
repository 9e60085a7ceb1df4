//! What in our own code did not compile.

use std::collections::BTreeSet;

use super::build::Unit;
use crate::generate::Origin;

/// What in our own code did not compile.
#[derive(Debug, Default)]
pub(super) struct Blamed {
    /// Variables that the cell moves, so that they can't be put back.
    pub(super) moved: BTreeSet<String>,
    /// Variables that are borrowed where they are to be put back.
    pub(super) borrowed: BTreeSet<String>,
    /// Variables whose type isn't what it was taken for.
    pub(super) unnamed: BTreeSet<String>,
    /// `use` declarations that lead nowhere.
    pub(super) imports: Vec<String>,
    /// The last expression has a type that nothing decides, as that of `panic!()` is.
    pub(super) value_of_no_type: bool,
}

impl Blamed {
    pub(super) fn find(unit: &Unit) -> Self {
        let mut blamed = Self::default();
        for message in unit.compiled.messages.iter().filter(|message| message.level == "error") {
            let code = message.code.as_ref().map_or("", |code| code.code.as_str());
            for span in message.spans.iter().filter(|span| span.is_primary) {
                let Some(source) = unit.sources.iter().find(|source| source.name == span.file_name) else { continue };
                match source.map.at(span.byte_start).map(|(_, origin)| origin) {
                    Some(Origin::Take(name)) if matches!(code, "E0382" | "E0381") => {
                        blamed.moved.insert(name.clone());
                    }
                    Some(Origin::Take(name)) if code == "E0505" => {
                        blamed.borrowed.insert(name.clone());
                    }
                    Some(Origin::Take(name)) => {
                        blamed.unnamed.insert(name.clone());
                    }
                    Some(Origin::Use(line)) => blamed.imports.push(line.clone()),
                    Some(Origin::Value(_)) if matches!(code, "E0282" | "E0283" | "E0284") => {
                        blamed.value_of_no_type = true
                    }
                    _ => {}
                }
            }
        }
        blamed
    }
}
