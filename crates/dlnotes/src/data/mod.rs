//! Data: sets of samples, batches of them, and the sets that the notes use.

pub mod augment;
mod batches;
mod dataset;
mod fashion_mnist;
mod idx;
mod kfold;
mod polynomial;
mod prefetch;
mod split;
mod synthetic;
mod test_set;

pub use augment::Augment;
pub use batches::{Batches, BatchesIter};
pub use dataset::Dataset;
pub use fashion_mnist::{CLASSES, FashionMnist, Source, load_fashion_mnist};
pub use kfold::{Fold, KFold};
pub use polynomial::{Polynomial, polynomial_data, polynomial_features};
pub use split::random_split;
pub use synthetic::synthetic_data;
pub use test_set::TestSet;
