//! Parameters in files of the safetensors format, which PyTorch reads and writes, too.
//!
//! Eight bytes with the length of the header; the header, JSON that says name, type, shape and place of each tensor; the
//! numbers.

mod header;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use header::Entry;

use super::{Module, named_parameters};
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
    let path = path.as_ref();
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = write(&named_parameters(module), &beside).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|e| {
        // What was written of it is no use to anyone; that it can't be removed either would say nothing new.
        let _ = std::fs::remove_file(&beside);
        Error::new("save_parameters", format!("{}: {e}; a file that was there before is unchanged", path.display()))
    })
}

fn write(parameters: &[(String, Tensor)], path: &Path) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let header = header::write(parameters.iter().map(|(name, p)| (name.as_str(), p.shape())));
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    for (_, parameter) in parameters {
        parameter.with_data(|data| data.iter().try_for_each(|x| file.write_all(&x.to_le_bytes())))?;
    }
    file.into_inner()?.sync_all()
}

/// Loads the parameters of `module` from a safetensors file that holds them under the same names and shapes. Unless all
/// of them fit, none is changed.
///
/// # Errors
/// If the file can't be read, is corrupt, or is that of another model; the error names what differs.
pub fn load_parameters(module: &dyn Module, path: impl AsRef<Path>) -> Result<(), Error> {
    let path = path.as_ref();
    let error = |message: String| Error::new("load_parameters", format!("{}: {message}", path.display()));
    let file = std::fs::read(path).map_err(|e| error(e.to_string()))?;
    let (entries, data) = split(&file).map_err(|e| error(format!("no whole safetensors file: {e}")))?;
    let parameters = named_parameters(module);
    if let Some(entry) = entries.iter().find(|entry| parameters.iter().all(|(name, _)| *name != entry.name)) {
        return Err(error(format!("has `{}`, which this model does not: the file of another model", entry.name)));
    }
    let mut values = Vec::new();
    for (name, parameter) in &parameters {
        let Some(entry) = entries.iter().find(|entry| entry.name == *name) else {
            return Err(error(format!("lacks `{name}`, which this model has: the file of another model")));
        };
        if entry.shape != parameter.shape() {
            let (theirs, ours) = (&entry.shape, parameter.shape());
            return Err(error(format!(
                "`{name}` has shape {theirs:?} there, {ours:?} here: the file of another model"
            )));
        }
        values.push(read(entry, data).map_err(error)?);
    }
    no_grad(|| parameters.iter().zip(&values).for_each(|((_, parameter), value)| parameter.copy_(value)));
    Ok(())
}

fn split(file: &[u8]) -> Result<(Vec<Entry>, &[u8]), String> {
    let (length, rest) = file.split_first_chunk::<8>().ok_or("shorter than 8 bytes")?;
    let length = u64::from_le_bytes(*length);
    let length = usize::try_from(length).ok().filter(|&n| n <= rest.len());
    let (header, data) = rest.split_at(length.ok_or("the header reaches past its end")?);
    let header = std::str::from_utf8(header).map_err(|_| "the header is no text")?;
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
    let numbers = bytes.as_chunks::<4>().0.iter().map(|&b| f32::from_le_bytes(b)).collect();
    Tensor::try_from_vec(numbers, &entry.shape[..]).map_err(|e| format!("`{}` is corrupt: {e}", entry.name))
}
