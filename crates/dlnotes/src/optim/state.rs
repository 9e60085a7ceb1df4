//! What an optimizer keeps from step to step, and how it is saved.

use super::group::Groups;
use crate::tensor::error::counted;
use crate::tensor::{Error, Tensor};

/// `N` tensors for each parameter, once it has had its first step, under PyTorch's names.
#[derive(Debug)]
pub(super) struct State<const N: usize> {
    names: [&'static str; N],
    of: Vec<Option<[Tensor; N]>>,
}

impl<const N: usize> State<N> {
    /// Nothing yet.
    pub(super) fn new(names: [&'static str; N], groups: &Groups) -> Self {
        Self { names, of: groups.params().map(|_| None).collect() }
    }

    /// What is kept of parameter `number`.
    pub(super) fn of(&mut self, number: usize) -> &mut Option<[Tensor; N]> {
        &mut self.of[number]
    }

    /// Everything, named `number.name`; the tensors are those in use, not copies.
    pub(super) fn state(&self) -> Vec<(String, Tensor)> {
        let mut state = Vec::new();
        for (number, tensors) in self.of.iter().enumerate() {
            for (name, tensor) in self.names.iter().zip(tensors.iter().flatten()) {
                state.push((format!("{number}.{name}"), tensor.detach()));
            }
        }
        state
    }

    /// Replaces everything by copies of `state`, or nothing where it does not fit the parameters.
    pub(super) fn set_state(&mut self, state: &[(String, Tensor)], groups: &Groups) -> Result<(), Error> {
        let names = self.names;
        let foreign = |name: &str| {
            let known = |(number, name): (&str, &str)| {
                number.parse().is_ok_and(|n: usize| n < self.of.len()) && names.contains(&name)
            };
            !name.split_once('.').is_some_and(known)
        };
        if let Some((name, _)) = state.iter().find(|(name, _)| foreign(name)) {
            let (count, names) = (counted(self.of.len(), "parameter"), names.join(", "));
            return Err(error(format!(
                "`{name}` is nothing that this optimizer keeps: it has {count}, and of each {names}"
            )));
        }
        let mut of = Vec::new();
        for (number, param) in groups.params().enumerate() {
            let find = |name: &str| state.iter().find(|(key, _)| *key == format!("{number}.{name}"));
            let found: Vec<&(String, Tensor)> = names.iter().filter_map(|name| find(name)).collect();
            if !found.is_empty() && found.len() < N {
                let (has, names) = (&found[0].0, names.join(", "));
                return Err(error(format!("has `{has}`, but not all of {names} for parameter {number}")));
            }
            for (name, tensor) in &found {
                // A count of steps is a scalar; everything else has a number for each of the parameter's.
                let shape = if name.ends_with(".step") { &[] } else { param.shape() };
                if tensor.shape() != shape {
                    let theirs = tensor.shape();
                    return Err(error(format!("`{name}` has shape {theirs:?}, it should be {shape:?}")));
                }
            }
            of.push(found.iter().map(|(_, tensor)| tensor.clone_data()).collect::<Vec<_>>().try_into().ok());
        }
        self.of = of;
        Ok(())
    }
}

fn error(message: String) -> Error {
    Error::new("Optimizer::set_state", message + "; it is the state of another optimizer or model")
}
