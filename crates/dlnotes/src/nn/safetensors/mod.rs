//! Parameters in files of the safetensors format, which PyTorch reads and writes, too.
//!
//! Eight bytes with the length of the header; the header, JSON that says name, type, shape and place of each tensor; the
//! numbers.

mod header;

use std::fmt::Display;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use header::{Entry, Header};

use super::{Module, named_state};
use crate::tensor::error::counted;
use crate::tensor::{Error, Tensor, no_grad};

/// Saves the parameters of `module` to a safetensors file (PyTorch: `safetensors.torch.load_file`).
///
/// The file is written beside its place and moved there when it is whole: if that fails, an older file is untouched.
///
/// ```
/// use dlnotes::prelude::*;
/// let path = std::env::temp_dir().join(format!("dlnotes-doc-{}.safetensors", std::process::id()));
/// let (net, other) = (sequential![Linear::new(3, 2)], sequential![Linear::new(3, 2)]);
/// save_parameters(&net, &path)?;
/// load_parameters(&other, &path)?;
/// assert_eq!(net.parameters()[0].to_vec(), other.parameters()[0].to_vec());
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// If the file can't be written.
pub fn save_parameters(module: &dyn Module, path: impl AsRef<Path>) -> Result<(), Error> {
    save(module, path.as_ref())
}

/// Loads the parameters of `module` from a safetensors file that holds them under the same names and shapes. Unless all
/// of them fit, none is changed.
///
/// ```
/// use dlnotes::prelude::*;
/// let path = std::env::temp_dir().join(format!("dlnotes-load-{}.safetensors", std::process::id()));
/// save_parameters(&sequential![Linear::new(3, 2)], &path)?;
/// assert!(load_parameters(&sequential![Linear::new(3, 2)], &path).is_ok());
/// let error = load_parameters(&sequential![Linear::new(5, 2)], &path).unwrap_err();
/// assert!(error.to_string().contains("[2, 3]"));                       // another model's file
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// If the file can't be read, is corrupt, or is that of another model; the error names what differs.
pub fn load_parameters(module: &dyn Module, path: impl AsRef<Path>) -> Result<(), Error> {
    load(module, path.as_ref())
}

fn save(module: &dyn Module, path: &Path) -> Result<(), Error> {
    save_tensors("save_parameters", path, &named_state(module), &[])
}

fn load(module: &dyn Module, path: &Path) -> Result<(), Error> {
    let op = "load_parameters";
    let file = load_tensors(op, path)?;
    let values = matching(&named_state(module), &file.tensors).map_err(|e| at(op, path, e))?;
    no_grad(|| values.iter().for_each(|(parameter, value)| parameter.copy_(value)));
    Ok(())
}

/// What a safetensors file holds.
pub(crate) struct Contents {
    pub(crate) tensors: Vec<(String, Tensor)>,
    pub(crate) metadata: Vec<(String, String)>,
}

/// An error that names the file.
pub(crate) fn at(op: &'static str, path: &Path, message: impl Display) -> Error {
    Error::new(op, format!("{}: {message}", path.display()))
}

/// Writes a file of tensors beside its place and moves it there when it is whole.
pub(crate) fn save_tensors(
    op: &'static str,
    path: &Path,
    tensors: &[(String, Tensor)],
    metadata: &[(&'static str, String)],
) -> Result<(), Error> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = write(tensors, metadata, &beside).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|e| {
        // What was written of it is of no use to anyone; that it can't be removed either would say nothing new.
        let _ = std::fs::remove_file(&beside);
        at(op, path, format!("{e}; a file that was there before is unchanged"))
    })
}

fn write(tensors: &[(String, Tensor)], metadata: &[(&'static str, String)], path: &Path) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let header = header::write(tensors.iter().map(|(name, t)| (name.as_str(), t.shape())), metadata);
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    for (_, tensor) in tensors {
        tensor.with_data(|data| data.iter().try_for_each(|x| file.write_all(&x.to_le_bytes())))?;
    }
    file.into_inner()?.sync_all()
}

/// Reads a whole file.
pub(crate) fn load_tensors(op: &'static str, path: &Path) -> Result<Contents, Error> {
    let file = std::fs::read(path).map_err(|e| at(op, path, e))?;
    let (header, data) = split(&file).map_err(|e| at(op, path, format!("no whole safetensors file: {e}")))?;
    let mut tensors = Vec::new();
    for entry in header.entries {
        let tensor = read(&entry, data).map_err(|e| at(op, path, e))?;
        tensors.push((entry.name, tensor));
    }
    Ok(Contents { tensors, metadata: header.metadata })
}

/// Each parameter with the value that `tensors` has for it, or what does not fit.
pub(crate) fn matching(
    parameters: &[(String, Tensor)],
    tensors: &[(String, Tensor)],
) -> Result<Vec<(Tensor, Tensor)>, String> {
    if let Some((name, _)) = tensors.iter().find(|(name, _)| parameters.iter().all(|(known, _)| known != name)) {
        return Err(format!("has `{name}`, which this model does not: the file of another model"));
    }
    let mut pairs = Vec::new();
    for (name, parameter) in parameters {
        let Some((_, value)) = tensors.iter().find(|(known, _)| known == name) else {
            return Err(format!("lacks `{name}`, which this model has: the file of another model"));
        };
        let (theirs, ours) = (value.shape(), parameter.shape());
        if theirs != ours {
            return Err(format!("`{name}` has shape {theirs:?} there, {ours:?} here: the file of another model"));
        }
        pairs.push((parameter.clone(), value.clone()));
    }
    Ok(pairs)
}

/// The longest header that is read; the format's own limit, too.
const LONGEST_HEADER: usize = 100_000_000;

/// Header and numbers.
fn split(file: &[u8]) -> Result<(Header, &[u8]), String> {
    let (length, rest) = file.split_first_chunk::<8>().ok_or("shorter than 8 bytes")?;
    let length = u64::from_le_bytes(*length);
    let length = usize::try_from(length).ok().filter(|&n| n <= rest.len());
    let length = length.ok_or("the header reaches past its end")?;
    if length > LONGEST_HEADER {
        return Err(format!("a header of {length} bytes; {LONGEST_HEADER} are allowed"));
    }
    let (header, data) = rest.split_at(length);
    let header = std::str::from_utf8(header).map_err(|_| "the header isn't text")?;
    Ok((header::read(header)?, data))
}

fn read(entry: &Entry, data: &[u8]) -> Result<Tensor, String> {
    if entry.dtype != "F32" {
        return Err(format!(
            "`{}` has type {}: only F32 is read; convert it in PyTorch with .float()",
            entry.name, entry.dtype
        ));
    }
    let [start, end] = entry.place;
    let bytes = data.get(start..end).ok_or_else(|| format!("cut short: `{}` lies past its end", entry.name))?;
    let (numbers, []) = bytes.as_chunks::<4>() else {
        return Err(format!(
            "`{}` is corrupt: {} can't be a whole number of F32",
            entry.name,
            counted(bytes.len(), "byte")
        ));
    };
    let numbers = numbers.iter().map(|&b| f32::from_le_bytes(b)).collect();
    Tensor::try_from_vec(numbers, &entry.shape[..]).map_err(|e| format!("`{}` is corrupt: {e}", entry.name))
}
