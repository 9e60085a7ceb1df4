//! Fashion-MNIST: 70,000 grey pictures of clothes in ten classes.

use std::fmt;
use std::path::{Path, PathBuf};

use super::idx::{self, Idx};
use super::{Batches, Dataset};
use crate::plot::{Figure, images};
use crate::tensor::error::{counted, fail};
use crate::tensor::{Error, Tensor};

/// The names of the ten classes; a label is a place in this list.
///
/// ```
/// use dlnotes::data::CLASSES;
/// assert_eq!((CLASSES[0], CLASSES[9]), ("t-shirt", "ankle boot"));
/// ```
pub const CLASSES: [&str; 10] =
    ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

/// The four official files: training images and labels, test images and labels.
const FILES: [&str; 4] = [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
];

const SUBSET: [&[u8]; 4] = [
    include_bytes!("../../data/train-images-idx3-ubyte.gz"),
    include_bytes!("../../data/train-labels-idx1-ubyte.gz"),
    include_bytes!("../../data/t10k-images-idx3-ubyte.gz"),
    include_bytes!("../../data/t10k-labels-idx1-ubyte.gz"),
];

/// Stands in every result that rests on the subset.
const SUBSET_NOTE: &str = "embedded subset of 5,800 + 1,000 images";

/// Where data came from.
///
/// ```
/// use dlnotes::data::{FashionMnist, Source};
/// assert_eq!(FashionMnist::embedded().source, Source::EmbeddedSubset);
/// assert_eq!(Source::Folder("data/fashion-mnist".into()).to_string(), "data/fashion-mnist");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The official files in this folder.
    Folder(PathBuf),
    /// The small subset inside this crate: results are not those of the whole data set.
    EmbeddedSubset,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::EmbeddedSubset => write!(f, "the embedded subset"),
        }
    }
}

/// Fashion-MNIST: images `[1, 28, 28]` with values 0..=1, and class numbers.
///
/// ```
/// use dlnotes::prelude::*;
/// let data = FashionMnist::embedded();
/// let (x, y) = data.train.select(&[0]);
/// assert_eq!((x.shape(), y.shape()), (&[1, 1, 28, 28][..], &[1][..]));
/// assert!(x.min().item() >= 0.0 && x.max().item() <= 1.0);
/// ```
#[derive(Clone, Debug)]
pub struct FashionMnist {
    /// 60,000 images to train on.
    pub train: Dataset,
    /// 10,000 images to test with.
    pub test: Dataset,
    /// Where they came from.
    pub source: Source,
}

impl FashionMnist {
    /// Loads the official files from the first of these folders that has one of them: `$DLNOTES_DATA`, a folder
    /// `data/fashion-mnist` (or `.tools/data/fashion-mnist`, where `cargo xtask lab` puts it) here or in a folder
    /// above, the user's cache (`~/.cache/dlnotes/fashion-mnist`), Debian's package `dataset-fashion-mnist`. Where
    /// there is none, the subset inside this crate is loaded: a line on standard error says so, and so does every
    /// history and figure that rests on it.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = FashionMnist::load().unwrap();
    /// let (x, y) = data.test.select(&[0, 1]);
    /// assert_eq!((x.shape(), y.shape()), (&[2, 1, 28, 28][..], &[2][..]));
    /// ```
    ///
    /// # Errors
    /// If `$DLNOTES_DATA` is set but has no such files, or a file is missing, corrupt, or does not fit the others.
    pub fn load() -> Result<Self, Error> {
        match find()? {
            Some(folder) => Self::from_folder(folder),
            None => {
                eprintln!(
                    "Fashion-MNIST is not installed: this is the {SUBSET_NOTE}, and numbers will differ from the notes'. \
                     To get all 70,000: `cargo xtask lab`, Debian's package dataset-fashion-mnist, or put the four .gz \
                     files into a folder and name it in DLNOTES_DATA."
                );
                Ok(Self::embedded())
            }
        }
    }

    /// The subset inside this crate: 580 training and 100 test images of each class.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = FashionMnist::embedded();
    /// assert_eq!((data.train.len(), data.test.len()), (5800, 1000));
    /// ```
    #[must_use]
    pub fn embedded() -> Self {
        Self::from_files(SUBSET, Source::EmbeddedSubset).expect("the embedded files are whole")
    }

    /// Whether this is the subset inside this crate, with which numbers are not those of the notes.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(FashionMnist::embedded().is_subset());
    /// ```
    #[must_use]
    pub fn is_subset(&self) -> bool {
        self.source == Source::EmbeddedSubset
    }

    /// Loads the four official files from `folder`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let error = FashionMnist::from_folder("no/such/folder").unwrap_err();
    /// assert!(error.to_string().contains("train-images-idx3-ubyte.gz"));   // it says which file it looked for
    /// ```
    ///
    /// # Errors
    /// If a file is missing, corrupt, or does not fit the others; the error names it.
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let mut files = Vec::new();
        for name in FILES {
            let path = folder.join(name);
            files.push(std::fs::read(&path).map_err(|e| error(format!("{}: {e}", path.display())))?);
        }
        Self::from_files([&files[0], &files[1], &files[2], &files[3]], Source::Folder(folder.into()))
    }

    fn from_files([a, b, c, d]: [&[u8]; 4], source: Source) -> Result<Self, Error> {
        let (train, test) =
            rayon::join(|| pair([a, b], [FILES[0], FILES[1]], &source), || pair([c, d], [FILES[2], FILES[3]], &source));
        let (train, test) = (train?, test?);
        if train.len() < test.len() {
            let counts = format!("{} training and {} test images", train.len(), test.len());
            return Err(error(format!("{source}: {counts}: are the train-… and t10k-… files swapped?")));
        }
        let note = (source == Source::EmbeddedSubset).then_some(SUBSET_NOTE);
        Ok(Self { train: train.with_note(note), test: test.with_note(note), source })
    }

    /// Shuffled training batches and test batches in order.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (train_iter, test_iter) = FashionMnist::embedded().batches(256);
    /// let (x, y) = train_iter.iter().next().unwrap();
    /// assert_eq!((x.shape(), y.shape()), (&[256, 1, 28, 28][..], &[256][..]));
    /// assert_eq!(test_iter.len(), 4);                                      // ⌈1000 / 256⌉
    /// ```
    ///
    /// # Panics
    /// If `batch_size` is 0.
    #[must_use]
    #[track_caller]
    pub fn batches(&self, batch_size: usize) -> (Batches, Batches) {
        (Batches::new(&self.train, batch_size).shuffled(), Batches::new(&self.test, batch_size))
    }

    /// The names of these labels.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(FashionMnist::names(&Tensor::from([9.0, 0.0])), ["ankle boot", "t-shirt"]);
    /// ```
    ///
    /// # Panics
    /// If one is not a whole number from 0 to 9.
    #[must_use]
    #[track_caller]
    pub fn names(labels: &Tensor) -> Vec<&'static str> {
        let mut names = Vec::new();
        for label in labels.to_vec() {
            match CLASSES.iter().enumerate().find(|(i, _)| *i as f32 == label) {
                Some((_, name)) => names.push(*name),
                None => fail("FashionMnist::names", format!("label {label}: classes are numbered from 0 to 9")),
            }
        }
        names
    }

    /// The first `count` training images with their names, in rows of `columns`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = FashionMnist::embedded().show_images(6, 3);
    /// assert!(figure.summary().contains("6 pictures of 28×28: ankle boot, t-shirt, t-shirt, dress"));
    /// ```
    ///
    /// # Panics
    /// If `columns` is 0.
    #[must_use]
    #[track_caller]
    pub fn show_images(&self, count: usize, columns: usize) -> Figure {
        let (x, y) = self.train.range(0, count.min(self.train.len()));
        let title = self.train.note().unwrap_or_default();
        images(x.to_vec(), [28, 28], columns).labels(Self::names(&y)).title(title)
    }
}

/// Batches of Fashion-MNIST as in the notes: `let (train_iter, test_iter) = load_fashion_mnist(256);`
///
/// ```
/// use dlnotes::prelude::*;
/// let (train_iter, test_iter) = load_fashion_mnist(256);
/// let (x, _) = test_iter.iter().next().unwrap();
/// assert_eq!(x.shape(), [256, 1, 28, 28]);
/// assert!(train_iter.len() > test_iter.len());
/// ```
///
/// # Panics
/// Where [`FashionMnist::load`] fails, and if `batch_size` is 0.
#[must_use]
#[track_caller]
pub fn load_fashion_mnist(batch_size: usize) -> (Batches, Batches) {
    match FashionMnist::load() {
        Ok(data) => data.batches(batch_size),
        Err(error) => panic!("{error}"),
    }
}

fn error(message: String) -> Error {
    Error::new("FashionMnist", message)
}

/// The folder that holds the files.
fn find() -> Result<Option<PathBuf>, Error> {
    let has = |folder: &Path| FILES.iter().any(|name| folder.join(name).is_file());
    if let Some(folder) = std::env::var_os("DLNOTES_DATA").map(PathBuf::from) {
        let inside = folder.join("fashion-mnist");
        return match [folder.clone(), inside].into_iter().find(|f| has(f)) {
            Some(found) => Ok(Some(found)),
            None => Err(error(format!(
                "DLNOTES_DATA is {}, but neither it nor a folder fashion-mnist in it holds {}; correct it or unset it",
                folder.display(),
                FILES[0]
            ))),
        };
    }
    let here = std::env::current_dir().unwrap_or_default();
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let inside = |folder: &Path| ["data/fashion-mnist", ".tools/data/fashion-mnist"].map(|data| folder.join(data));
    let mut places: Vec<PathBuf> = here.ancestors().flat_map(inside).collect();
    places.extend(cache.map(|cache| cache.join("dlnotes/fashion-mnist")));
    places.push("/usr/share/datasets/fashion-mnist".into());
    Ok(places.into_iter().find(|folder| has(folder)))
}

/// Images and labels that belong together.
fn pair(files: [&[u8]; 2], names: [&str; 2], source: &Source) -> Result<Dataset, Error> {
    let read = |i: usize, rank| {
        idx::read(files[i], rank).map_err(|e| error(format!("{} in {source} {e}; get it again", names[i])))
    };
    let (images, labels): (Idx, Idx) = (read(0, 3)?, read(1, 1)?);
    if images.sizes[1..] != [28, 28] {
        let size = &images.sizes[1..];
        return Err(error(format!("{} in {source} has images of {size:?} pixels, not [28, 28]", names[0])));
    }
    if images.sizes[0] != labels.sizes[0] || images.sizes[0] == 0 {
        let counts = format!("{}, but {}", counted(images.sizes[0], "image"), counted(labels.sizes[0], "label"));
        return Err(error(format!("{} and {} in {source} don't fit: {counts}", names[0], names[1])));
    }
    if let Some(i) = labels.values.iter().position(|&label| usize::from(label) >= CLASSES.len()) {
        let label = labels.values[i];
        return Err(error(format!("{} in {source}: label {label} of image {i} is out of range 0 to 9", names[1])));
    }
    Ok(Dataset::images(images.values, [1, 28, 28], labels.values))
}
