//! The whole state of a training run in a file: parameters, what the optimizer remembers, the random generator.

use std::path::Path;

use ndarray_rand::rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use crate::nn::safetensors::{Contents, at, load_tensors, matching, save_tensors};
use crate::nn::{Module, named_state};
use crate::optim::Optimizer;
use crate::tensor::{Error, Tensor, generator, no_grad};

/// Saves what training needs to go on after `epoch` epochs as if it had never stopped: the parameters of `net`, what
/// `optimizer` remembers, and the state of the random generator. The file is a safetensors file; an older one is
/// replaced when the new one is whole.
///
/// [`Fit::checkpoint`](super::Fit::checkpoint) does this after every epoch; this function is for loops of your own.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::train::{load_checkpoint, save_checkpoint};
/// let path = std::env::temp_dir().join(format!("dlnotes-checkpoint-{}.safetensors", std::process::id()));
/// let net = sequential![Linear::new(3, 2)];
/// let mut trainer = Adam::new(net.parameters(), 0.01);
/// save_checkpoint(&path, &net, &trainer, 7)?;
/// assert_eq!(load_checkpoint(&path, &net, &mut trainer)?, 7);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// If the file can't be written.
pub fn save_checkpoint(
    path: impl AsRef<Path>,
    net: &dyn Module,
    optimizer: &dyn Optimizer,
    epoch: usize,
) -> Result<(), Error> {
    save(path.as_ref(), net, optimizer, epoch, Vec::new(), Vec::new())
}

/// Goes back to what [`save_checkpoint`] saved; returns the number of epochs done. The optimizer must be made with the
/// same settings. Unless everything fits, nothing is changed.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::train::{load_checkpoint, save_checkpoint};
/// let path = std::env::temp_dir().join(format!("dlnotes-load-checkpoint-{}.safetensors", std::process::id()));
/// let w = Linear::new(3, 2);
/// let mut trainer = Adam::new(w.parameters(), 0.01);
/// save_checkpoint(&path, &w, &trainer, 3)?;
/// init::constant_(&w.weight, 0.0);                                     // an accident …
/// assert_eq!(load_checkpoint(&path, &w, &mut trainer)?, 3);
/// assert!(w.weight.norm().item() > 0.0);                               // … undone
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// If the file can't be read, is corrupt, or belongs to another model or optimizer.
pub fn load_checkpoint(
    path: impl AsRef<Path>,
    net: &dyn Module,
    optimizer: &mut dyn Optimizer,
) -> Result<usize, Error> {
    load(path.as_ref(), net, optimizer).map(|checkpoint| checkpoint.epoch)
}

/// What a checkpoint holds besides the state that loading puts back.
pub(super) struct Checkpoint {
    pub(super) epoch: usize,
    contents: Contents,
}

impl Checkpoint {
    /// The tensors whose names begin with `prefix`, without it.
    pub(super) fn take(&mut self, prefix: &str) -> Vec<(String, Tensor)> {
        let mut taken = Vec::new();
        self.contents.tensors.retain(|(name, tensor)| match name.strip_prefix(prefix) {
            Some(rest) => {
                taken.push((rest.to_owned(), tensor.clone()));
                false
            }
            None => true,
        });
        taken
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.contents.metadata.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}

/// `more` tensors and `words` go into the file besides.
pub(super) fn save(
    path: &Path,
    net: &dyn Module,
    optimizer: &dyn Optimizer,
    epoch: usize,
    more: Vec<(String, Tensor)>,
    words: Vec<(&'static str, String)>,
) -> Result<(), Error> {
    let named = |prefix: &str, tensors: Vec<(String, Tensor)>| {
        tensors.into_iter().map(|(name, tensor)| (format!("{prefix}{name}"), tensor)).collect::<Vec<_>>()
    };
    let mut tensors = named("model.", named_state(net));
    tensors.extend(named("optimizer.", optimizer.state()));
    tensors.extend(more);
    let mut metadata = vec![("epoch", epoch.to_string()), ("generator", generator_state())];
    metadata.extend(words);
    save_tensors("save_checkpoint", path, &tensors, &metadata)
}

pub(super) fn load(path: &Path, net: &dyn Module, optimizer: &mut dyn Optimizer) -> Result<Checkpoint, Error> {
    let op = "load_checkpoint";
    let no_checkpoint = || at(op, path, "holds parameters, but no state of a training run; load_parameters reads it");
    let mut checkpoint = Checkpoint { epoch: 0, contents: load_tensors(op, path)? };
    let epoch = checkpoint.text("epoch").and_then(|epoch| epoch.parse().ok());
    checkpoint.epoch = epoch.ok_or_else(no_checkpoint)?;
    let generator_state = checkpoint.text("generator").and_then(parse_generator).ok_or_else(no_checkpoint)?;
    let parameters = matching(&named_state(net), &checkpoint.take("model.")).map_err(|e| at(op, path, e))?;
    optimizer.set_state(&checkpoint.take("optimizer.")).map_err(|e| at(op, path, e))?;
    no_grad(|| parameters.iter().for_each(|(parameter, value)| parameter.copy_(value)));
    *generator() = generator_state;
    Ok(checkpoint)
}

/// Seed, stream and position in it, in hexadecimal.
fn generator_state() -> String {
    let generator = generator();
    let seed: String = generator.get_seed().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{seed} {:x} {:x}", generator.get_stream(), generator.get_word_pos())
}

fn parse_generator(text: &str) -> Option<ChaCha8Rng> {
    let mut parts = text.split(' ');
    let hex = parts.next().filter(|hex| hex.len() == 64 && hex.is_ascii())?;
    let mut seed = [0; 32];
    for (byte, at) in seed.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&hex[at..at + 2], 16).ok()?;
    }
    let mut generator = ChaCha8Rng::from_seed(seed);
    generator.set_stream(u64::from_str_radix(parts.next()?, 16).ok()?);
    generator.set_word_pos(u128::from_str_radix(parts.next()?, 16).ok()?);
    Some(generator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray_rand::rand::Rng as _;

    #[test]
    fn a_generator_goes_on_where_it_was_saved() {
        crate::tensor::with_stream(3, 5, || {
            let _: [u32; 7] = generator().random();
            let state = generator_state();
            let expected: [u64; 40] = generator().random();
            assert_eq!(parse_generator(&state).unwrap().random::<[u64; 40]>(), expected);
            assert!(parse_generator("00 1 2").is_none() && parse_generator("").is_none());
        });
    }
}
