//! Data: sets of samples, batches of them, and the sets that the notes use.

mod batches;
mod dataset;
mod fashion_mnist;
mod idx;
mod polynomial;
mod synthetic;

pub use batches::{Batches, BatchesIter};
pub use dataset::Dataset;
pub use fashion_mnist::{CLASSES, FashionMnist, Source, load_fashion_mnist};
pub use polynomial::{Polynomial, polynomial_data, polynomial_features};
pub use synthetic::synthetic_data;
