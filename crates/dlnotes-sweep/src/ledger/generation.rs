//! The generations of a search that learns from what is done.

use super::{Ledger, file, list, parse};
use crate::search::propose;
use crate::space::points;
use crate::{Axis, Error, Result, Sort, Space, Table};

impl Ledger {
    /// How many trials there will be, also those that aren't known yet.
    #[must_use]
    pub fn planned(&self) -> usize {
        let search = self.sweep.tpe.map(|tpe| tpe.count * self.sweep.seeds as usize);
        search.unwrap_or(self.points.len())
    }

    /// Goes on to the next generation of a search, whoever has computed it; whether there is one. It needs an outcome of
    /// each trial before.
    ///
    /// # Errors
    /// If a file can't be read or written.
    pub fn next_generation(&mut self) -> Result<bool> {
        let Some(tpe) = self.sweep.tpe else { return Ok(false) };
        if self.read_generation()? {
            return Ok(true);
        }
        if self.points.len() >= self.planned() || self.outcomes()?.iter().any(Option::is_none) {
            return Ok(false);
        }
        let axes = self.sweep.set.iter().map(|text| text.parse()).collect::<Result<Vec<Axis>>>()?;
        let space = Space { axes, tpe: self.sweep.tpe, seeds: self.sweep.seeds, random: None };
        let table = Table::new(self, &Sort::Planned)?;
        let settings = propose(&space, tpe, self.generations + 1, table.rows(), self.maximize());
        if settings.is_empty() {
            return Ok(false);
        }
        let file = self.generation();
        let folder = self.path.join("generations");
        std::fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        // A failed trial that was tried again may have changed what another runner found.
        file::write_once(&file, list(&points(&settings, self.sweep.seeds)).as_bytes())?;
        self.read_generation()
    }

    /// Reads the generation after those that are known, if it is there.
    pub(super) fn read_generation(&mut self) -> Result<bool> {
        let file = self.generation();
        let Some(bytes) = (if self.sweep.tpe.is_some() { file::read(&file)? } else { None }) else { return Ok(false) };
        self.points.extend(parse(&file, &bytes)?);
        self.generations += 1;
        Ok(true)
    }

    fn generation(&self) -> std::path::PathBuf {
        self.path.join("generations").join(format!("{}.json", self.generations + 1))
    }
}
