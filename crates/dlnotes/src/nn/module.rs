//! What every layer and model can do.

use std::any::Any;

use super::Mode;
use crate::tensor::Tensor;

/// A layer or a model.
///
/// A model of your own derives it and writes `forward`; parameters, modes and summaries follow from the fields. (A layer
/// that does more writes the `impl` and tells its layers in [`children`](Module::children).)
///
/// ```
/// use dlnotes::prelude::*;
/// #[derive(Module)]
/// struct Net { hidden: Linear, out: Linear }
/// impl Net {
///     fn forward(&self, x: &Tensor) -> Tensor {
///         self.out.forward(&self.hidden.forward(x).relu())
///     }
/// }
/// let net = Net { hidden: Linear::new(4, 8), out: Linear::new(8, 1) };
/// assert_eq!(net.forward(&Tensor::ones([2, 4])).shape(), [2, 1]);
/// let names: Vec<String> = net.named_parameters().into_iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["hidden.weight", "hidden.bias", "out.weight", "out.bias"]);
/// ```
pub trait Module {
    // `track_caller` here and not only where it is implemented: rustc would otherwise put a shim into the vtable, which a
    // notebook's cell can't link to the crate's shared library. So a mistake is also told at the user's line through
    // `dyn Module`.
    /// The output for a batch of inputs: `[n, …]` → `[n, …]`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let layer = Linear::new(3, 2);
    /// assert_eq!(layer.forward(&Tensor::ones([5, 3])).shape(), [5, 2]);
    /// let double = |x: &Tensor| x * 2.0;                          // a function is a module, too
    /// assert_eq!(double.forward(&Tensor::ones([2])).to_vec(), [2.0, 2.0]);
    /// ```
    #[track_caller]
    fn forward(&self, x: &Tensor) -> Tensor;

    /// The parameters that belong to this module itself, not to its children. The tensors are handles of the
    /// parameters, not copies.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// /// y = s·x with one s that is learned.
    /// struct Scale(Tensor);
    /// impl Module for Scale {
    ///     fn forward(&self, x: &Tensor) -> Tensor {
    ///         x * &self.0
    ///     }
    ///     fn own_parameters(&self) -> Vec<(&'static str, Tensor)> {
    ///         vec![("s", self.0.clone())]
    ///     }
    /// }
    /// let net = sequential![Linear::new(2, 2), Scale(Tensor::ones([1]).requires_grad())];
    /// assert_eq!(net.parameters().len(), 3);                      // weight, bias and s
    /// ```
    fn own_parameters(&self) -> Vec<(&'static str, Tensor)> {
        Vec::new()
    }

    /// What this module itself keeps besides parameters and belongs to a model that is saved, such as running means.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let layer = BatchNorm1d::new(3);
    /// let names: Vec<&str> = layer.own_buffers().iter().map(|(name, _)| *name).collect();
    /// assert_eq!(names, ["running_mean", "running_var"]);
    /// assert!(Linear::new(3, 3).own_buffers().is_empty());
    /// ```
    fn own_buffers(&self) -> Vec<(&'static str, Tensor)> {
        Vec::new()
    }

    /// The modules that this one is made of, with their names.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let net = sequential![Linear::new(4, 8), Relu];
    /// let told = |(name, layer): (String, &dyn Module)| format!("{name} {}", layer.describe());
    /// let names: Vec<String> = net.children().into_iter().map(told).collect();
    /// assert_eq!(names, ["0 Linear(4 → 8)", "1 Relu"]);
    /// ```
    fn children(&self) -> Vec<(String, &dyn Module)> {
        Vec::new()
    }

    /// The switch between training and evaluation, where this module itself behaves differently.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(Dropout::new(0.5).mode().unwrap().is_training());
    /// assert!(Linear::new(2, 2).mode().is_none());                // the same in both
    /// ```
    fn mode(&self) -> Option<&Mode> {
        None
    }

    /// This module as [`Any`], so that [`apply`](Module::apply) can find layers of one type; a layer of your own
    /// returns `Some(self)` for it.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let layer: &dyn Module = &Linear::new(2, 3);
    /// assert!(layer.as_any().unwrap().is::<Linear>());
    /// ```
    fn as_any(&self) -> Option<&dyn Any> {
        None
    }

    /// The type's name in a summary, with what tells it from others of its type.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Linear::new(784, 256).describe(), "Linear(784 → 256)");
    /// assert_eq!(Tanh.describe(), "Tanh");
    /// ```
    fn describe(&self) -> String {
        name_of_type(std::any::type_name::<Self>())
    }

    /// All parameters, those of the children included, with their path, such as `0.weight`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let net = sequential![Linear::new(4, 8), Relu, Linear::without_bias(8, 1)];
    /// let names: Vec<String> = net.named_parameters().into_iter().map(|(name, _)| name).collect();
    /// assert_eq!(names, ["0.weight", "0.bias", "2.weight"]);
    /// ```
    fn named_parameters(&self) -> Vec<(String, Tensor)>
    where
        Self: Sized,
    {
        named_parameters(self)
    }

    /// All parameters, those of the children included: what an optimizer is made for.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let net = sequential![Linear::new(4, 8), Relu, Linear::new(8, 1)];
    /// let count: usize = net.parameters().iter().map(Tensor::len).sum();
    /// assert_eq!(count, 4 * 8 + 8 + 8 + 1);
    /// ```
    fn parameters(&self) -> Vec<Tensor>
    where
        Self: Sized,
    {
        parameters(self)
    }

    /// Switches to training, children included: dropout drops.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (net, x) = (sequential![Dropout::new(1.0)], Tensor::ones([3]));
    /// net.eval();
    /// net.train();
    /// assert_eq!(net.forward(&x).to_vec(), [0.0; 3]);
    /// ```
    fn train(&self)
    where
        Self: Sized,
    {
        set_training(self, true);
    }

    /// Switches to evaluation, children included: dropout passes everything. [`Eval`](super::Eval) does so for a while.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (net, x) = (sequential![Dropout::new(1.0)], Tensor::ones([3]));
    /// net.eval();
    /// assert_eq!(net.forward(&x).to_vec(), [1.0; 3]);
    /// ```
    fn eval(&self)
    where
        Self: Sized,
    {
        set_training(self, false);
    }

    /// The module as [`Sequential`](super::Sequential) keeps it. This crate's layers have it compiled; a cell that adds one
    /// would compile everything that a `dyn Module` needs.
    #[doc(hidden)]
    fn boxed(self) -> Box<dyn Module + Send + Sync>
    where
        Self: Sized + Send + Sync + 'static,
    {
        Box::new(self)
    }

    /// Calls `f` on every module inside, innermost first, then on this one (PyTorch's `net.apply(init_weights)`).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let net = sequential![Linear::new(4, 8), Relu, Linear::new(8, 1)];
    /// net.apply(|m| if let Some(layer) = m.downcast_ref::<Linear>() { init::normal_(&layer.weight, 0.0, 0.01) });
    /// assert!(net.parameters()[0].std().item() < 0.02);
    /// ```
    fn apply(&self, mut f: impl FnMut(&dyn Module))
    where
        Self: Sized,
    {
        visit(self, &mut f);
    }
}

impl dyn Module + '_ {
    /// This module as a layer of type `T`, if it is one.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let net = sequential![Linear::new(4, 8), Relu, Linear::new(8, 2)];
    /// let mut widths = Vec::new();
    /// net.apply(|m| widths.extend(m.downcast_ref::<Linear>().map(|layer| layer.weight.shape()[0])));
    /// assert_eq!(widths, [8, 2]);                                          // ReLU isn't a Linear
    /// ```
    pub fn downcast_ref<T: Module + 'static>(&self) -> Option<&T> {
        self.as_any()?.downcast_ref()
    }
}

/// A function of a tensor is a module without parameters of its own.
impl<F: Fn(&Tensor) -> Tensor> Module for F {
    fn forward(&self, x: &Tensor) -> Tensor {
        self(x)
    }

    fn describe(&self) -> String {
        "function".into()
    }
}

fn name_of_type(path: &str) -> String {
    path.split('<').next().and_then(|path| path.rsplit("::").next()).unwrap_or(path).to_owned()
}

/// [`Module::parameters`] of a module behind a reference.
pub(crate) fn parameters(module: &dyn Module) -> Vec<Tensor> {
    named_parameters(module).into_iter().map(|(_, parameter)| parameter).collect()
}

/// [`Module::named_parameters`] of a module behind a reference.
pub(crate) fn named_parameters(module: &dyn Module) -> Vec<(String, Tensor)> {
    let mut all = Vec::new();
    collect(module, "", &|module| module.own_parameters(), &mut all);
    all
}

/// What a saved model consists of: its parameters, then its buffers.
pub(crate) fn named_state(module: &dyn Module) -> Vec<(String, Tensor)> {
    let mut all = named_parameters(module);
    collect(module, "", &|module| module.own_buffers(), &mut all);
    all
}

type Own = dyn Fn(&dyn Module) -> Vec<(&'static str, Tensor)>;

fn collect(module: &dyn Module, prefix: &str, own: &Own, all: &mut Vec<(String, Tensor)>) {
    all.extend(own(module).into_iter().map(|(name, tensor)| (format!("{prefix}{name}"), tensor)));
    for (name, child) in module.children() {
        collect(child, &format!("{prefix}{name}."), own, all);
    }
}

/// Calls `f` on every module inside, then on the module itself.
pub(crate) fn visit(module: &dyn Module, f: &mut dyn FnMut(&dyn Module)) {
    for (_, child) in module.children() {
        visit(child, f);
    }
    f(module);
}

/// [`Module::train`] and [`Module::eval`] of a module behind a reference.
pub(crate) fn set_training(module: &dyn Module, training: bool) {
    visit(module, &mut |m| {
        if let Some(mode) = m.mode() {
            mode.set(training);
        }
    });
}
