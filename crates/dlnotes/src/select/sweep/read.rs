//! A sweep that ran elsewhere: a folder of `dlnotes-sweep`, or a file of trials.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::super::space::{Axes, Axis, Params, Scale};
use super::SweepResult;
use super::result::Setting;
use crate::dropped::Field;
use crate::json::{Json, Scalar};
use crate::plot::Column;
use crate::tensor::Error;
use crate::tensor::error::counted;

const OP: &str = "SweepResult::read";

/// With no more values the numbers of a parameter were listed, and not drawn from a range.
const FEW: usize = 12;

/// Names of parameters with their scales, where these are known.
type Names = Vec<(String, Option<Scale>)>;

/// A trial with what it returned, if it did.
struct Found {
    /// In the order of the names.
    params: Vec<Scalar>,
    seed: u64,
    value: Option<f64>,
    folder: Option<PathBuf>,
}

impl SweepResult {
    /// Reads what came of a sweep: the folder of one that `dlnotes-sweep` runs or has run (trials that failed, were ended
    /// early, or aren't done are left out), or a file of comma-separated values, as [`save`](Self::save) and
    /// `dlnotes-sweep show --format csv --trials` write it; there smaller values are better. Figures and tables are those of
    /// a sweep in a cell.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let path = std::env::temp_dir().join(format!("dlnotes-read-{}.csv", std::process::id()));
    /// let result = Sweep::new().over("lr", [0.1, 0.01]).over("decay", [0.0, 1.0]).seeds(2).run(|p| p["lr"] + p["decay"]);
    /// result.save(&path)?;
    /// let again = SweepResult::read(&path)?;
    /// assert_eq!((again.rows(), again.to_string()), (result.rows(), result.to_string()));
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such folder or file, it isn't as these programs write it, or no trial in it has a value.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        read(path.as_ref())
    }
}

fn read(path: &Path) -> Result<SweepResult, Error> {
    if !path.is_dir() {
        let (names, found) = table(&text(path)?).map_err(|why| wrong(path, why))?;
        let axes = names.into_iter().map(|name| (name, None)).collect();
        return gather(path, axes, false, found);
    }
    let file = path.join("sweep.json");
    if !file.exists() {
        return Err(wrong(path, "holds no sweep (no sweep.json): `dlnotes-sweep plan` makes one"));
    }
    let (axes, maximize) = plan(&text(&file)?).map_err(|why| wrong(&file, why))?;
    let names: Vec<String> = axes.iter().map(|(name, _)| name.clone()).collect();
    let mut found = Vec::new();
    let generations = (1..).map(|number| path.join("generations").join(format!("{number}.json")));
    let lists = std::iter::once(path.join("points.json")).chain(generations.take_while(|file| file.exists()));
    for list in lists {
        for (id, params, seed) in points(&text(&list)?, &names).map_err(|why| wrong(&list, why))? {
            let folder = path.join("trials").join(id);
            let result = folder.join("result.json");
            // A file that a power failure cut off counts as not there, as for `dlnotes-sweep`.
            let value = if result.exists() { value(&text(&result)?).unwrap_or(None) } else { None };
            found.push(Found { params, seed, value, folder: Some(folder) });
        }
    }
    gather(path, axes, maximize, found)
}

fn wrong(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::new(OP, format!("{}: {why}", path.display()))
}

fn text(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|error| wrong(path, error))
}

/// Of `sweep.json`: names with their scales, where they have one, and whether larger values are better.
fn plan(text: &str) -> Result<(Names, bool), String> {
    let (mut axes, mut maximize) = (Vec::new(), false);
    Json::new("the file", text).object(|json, key| match key.as_str() {
        "set" => json.list(|json| {
            let axis = json.string()?;
            let (name, values) = axis.split_once('=').unwrap_or((&axis, ""));
            let scale = match values.split_once(':') {
                Some(("log", _)) => Some(Scale::Log),
                Some(("lin", _)) => Some(Scale::Linear),
                _ => Some(Scale::Listed),
            };
            axes.push((name.to_owned(), scale));
            Ok(())
        }),
        "maximize" => json.scalar().map(|value| maximize = value == Scalar::Bool(true)),
        _ => json.skip(),
    })?;
    Ok((axes, maximize))
}

/// Of `points.json`: identifier, parameters in the order of `names`, and seed of each trial.
fn points(text: &str, names: &[String]) -> Result<Vec<(String, Vec<Scalar>, u64)>, String> {
    let mut points = Vec::new();
    Json::new("the file", text).list(|json| {
        let (mut id, mut seed, mut params) = (String::new(), 0, vec![Scalar::Null; names.len()]);
        json.object(|json, key| match key.as_str() {
            "id" => json.string().map(|text| id = text),
            "seed" => json.scalar().map(|value| seed = if let Scalar::Number(seed) = value { seed as u64 } else { 0 }),
            "params" => json.object(|json, name| {
                let value = json.scalar()?;
                if let Some(place) = names.iter().position(|known| *known == name) {
                    params[place] = value;
                }
                Ok(())
            }),
            _ => json.skip(),
        })?;
        points.push((id, params, seed));
        Ok(())
    })?;
    Ok(points)
}

/// Of `result.json`: the value, if there is one.
fn value(text: &str) -> Result<Option<f64>, String> {
    let (mut value, mut failed) = (None, false);
    Json::new("the file", text).object(|json, key| {
        match key.as_str() {
            "value" => {
                value = match json.scalar()? {
                    Scalar::Number(number) => Some(number),
                    Scalar::Null => Some(f64::NAN),
                    other => return Err(format!("the file has {other:?} where the value is meant")),
                };
            }
            "error" => failed = json.scalar()? != Scalar::Null,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(value.filter(|_| !failed))
}

/// Comma-separated values: the names before `seed`, and the trials.
fn table(text: &str) -> Result<(Vec<String>, Vec<Found>), String> {
    let mut lines = records(text).into_iter();
    let head = lines.next().unwrap_or_default();
    let place = |name: &str| head.iter().position(|field| field == name);
    let (Some(seed), Some(value)) = (place("seed"), place("value")) else {
        return Err("the first line has no columns `seed` and `value`, behind the parameters".into());
    };
    let mut found = Vec::new();
    for (number, line) in (2..).zip(lines) {
        if line.len() != head.len() {
            return Err(format!(
                "record {number} has {}, and the first one {}",
                counted(line.len(), "field"),
                head.len()
            ));
        }
        let params = line[..seed].iter().map(|field| match field.parse::<f64>() {
            Ok(number) if number.is_finite() => Scalar::Number(number),
            _ => Scalar::Text(field.clone()),
        });
        let number = |field: &str, what: &str| {
            field.parse::<f64>().map_err(|_| format!("record {number} has {field:?} for a {what}"))
        };
        let value = if line[value].is_empty() { None } else { Some(number(&line[value], "value")?) };
        let seed_of = number(&line[seed], "seed")? as u64;
        found.push(Found { params: params.collect(), seed: seed_of, value, folder: None });
    }
    Ok((head[..seed].to_vec(), found))
}

/// The fields of each record, by RFC 4180.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\r' if !quoted && characters.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            c => field.push(c),
        }
    }
    if !field.is_empty() || !record.is_empty() {
        record.push(field);
        records.push(record);
    }
    records
}

/// The result that these trials make; names whose scale isn't known get one by their values.
fn gather(path: &Path, names: Names, maximize: bool, found: Vec<Found>) -> Result<SweepResult, Error> {
    if found.iter().all(|trial| trial.value.is_none()) {
        return Err(wrong(path, "no trial has a value yet"));
    }
    let axes: Vec<Axis> =
        names.into_iter().enumerate().map(|(i, (name, scale))| axis(i, name, scale, &found)).collect();
    let mut settings: Vec<Setting> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for trial in found {
        let mut pairs = Vec::new();
        let mut texts = Vec::new();
        for (axis, value) in axes.iter().zip(&trial.params) {
            let number = match value {
                Scalar::Number(number) if axis.words.is_empty() => *number,
                value => {
                    let word = told(value);
                    let place = axis.words.iter().position(|known| *known == word);
                    texts.push((axis.name.clone(), word));
                    place.map_or(f64::NAN, |place| place as f64)
                }
            };
            pairs.push((axis.name.clone(), number));
        }
        let params = Params::new(pairs, texts);
        let at = *places.entry(params.to_string()).or_insert(settings.len());
        if at == settings.len() {
            settings.push(Setting { params, seeds: Vec::new(), values: Vec::new(), folders: Vec::new() });
        }
        if let Some(value) = trial.value {
            settings[at].seeds.push(trial.seed);
            settings[at].values.push(value);
            settings[at].folders.extend(trial.folder);
        }
    }
    settings.retain(|setting| !setting.values.is_empty());
    Ok(SweepResult {
        axes: Field::new(Axes::of(axes)),
        objective: Field::new("value".into()),
        settings: Field::new(settings),
        maximize,
    })
}

/// Parameter `i`, whose numbers lie as its scale says, or as they look.
fn axis(i: usize, name: String, scale: Option<Scale>, found: &[Found]) -> Axis {
    let (mut words, mut numbers): (Vec<String>, Vec<f64>) = (Vec::new(), Vec::new());
    if found.iter().any(|trial| matches!(trial.params[i], Scalar::Text(_))) {
        words.extend(found.iter().map(|trial| told(&trial.params[i])));
        let mut known = HashSet::new();
        words.retain(|word| known.insert(word.clone()));
    } else {
        numbers.extend(found.iter().filter_map(|trial| match trial.params[i] {
            Scalar::Number(number) => Some(number),
            _ => None,
        }));
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
    }
    let looks = match numbers.len() {
        ..=FEW => Scale::Listed,
        _ if Column::spans_decades(&numbers) => Scale::Log,
        _ => Scale::Linear,
    };
    Axis { name, values: Vec::new(), scale: scale.unwrap_or(looks), words }
}

fn told(value: &Scalar) -> String {
    match value {
        Scalar::Text(text) => text.clone(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Null => String::new(),
    }
}
