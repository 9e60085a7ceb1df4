//! The program `dlnotes-sweep` as its users run it, over real processes: what is killed, shared, changed, full or locked.

#![cfg(target_os = "linux")]

mod checkpoints;
mod common;
mod dask;
mod failures;
mod hyper_queue;
mod kills;
mod ledger;
mod places;
mod pruning;
mod runners;
mod search;
mod slurm;
