//! What a closure behind controls gives, as outputs.

use std::cell::RefCell;

use crate::Bundle;
use crate::record::Record;

/// What can be shown below controls. A type of your own that shows itself with [`display`](crate::display()) or
/// [`result`](crate::result) gets its bundles with [`captured`].
///
/// ```
/// use dlnotes_display::Bundle;
/// use dlnotes_display::controls::View;
/// struct Percent(f64);
/// impl View for Percent {
///     fn view(&self) -> Vec<Bundle> {
///         vec![Bundle::new("text/plain", format!("{:.1} %", 100.0 * self.0))]
///     }
/// }
/// assert_eq!((Percent(0.875), "of all").view().len(), 2);
/// ```
pub trait View {
    /// Its outputs, from top to bottom.
    ///
    /// ```
    /// use dlnotes_display::controls::View;
    /// assert_eq!(0.25.view()[0].get("text/plain"), Some("0.25"));
    /// ```
    fn view(&self) -> Vec<Bundle>;
}

impl View for Bundle {
    fn view(&self) -> Vec<Bundle> {
        vec![self.clone()]
    }
}

/// For closures that show things themselves.
impl View for () {
    fn view(&self) -> Vec<Bundle> {
        Vec::new()
    }
}

impl<T: View + ?Sized> View for &T {
    fn view(&self) -> Vec<Bundle> {
        (**self).view()
    }
}

impl<T: View> View for Vec<T> {
    fn view(&self) -> Vec<Bundle> {
        self.iter().flat_map(View::view).collect()
    }
}

fn text(value: &dyn std::fmt::Display) -> Vec<Bundle> {
    vec![Bundle::new("text/plain", value.to_string())]
}

macro_rules! texts {
    ($($kind:ty),*) => {$(
        impl View for $kind {
            fn view(&self) -> Vec<Bundle> {
                text(&self)
            }
        }
    )*};
}
texts!(bool, char, f32, f64, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, str, String);

/// Compiled here, and not in the cells that have tuples.
fn append(all: &mut Vec<Bundle>, mut more: Vec<Bundle>) {
    all.append(&mut more);
}

macro_rules! tuples {
    ($(($($name:ident),+);)*) => {$(
        impl<$($name: View),+> View for ($($name,)+) {
            fn view(&self) -> Vec<Bundle> {
                #[allow(non_snake_case)] // a field is called as its type
                let ($($name,)+) = self;
                let mut all = Vec::new();
                $(append(&mut all, $name.view());)+
                all
            }
        }
    )*};
}
tuples! { (A); (A, B); (A, B, C); (A, B, C, D); (A, B, C, D, E); (A, B, C, D, E, F); }

/// What is shown goes here while something is captured: bundles, and the names under which they can be replaced.
type Captured = Option<Vec<(Option<String>, Bundle)>>;

thread_local! {
    static CAPTURED: RefCell<Captured> = const { RefCell::new(None) };
}

/// What `f` shows on this thread, which nobody else sees: of a figure that is replaced, its last state.
///
/// ```
/// use dlnotes_display::controls::captured;
/// use dlnotes_display::{Bundle, display_with_id, finish};
/// let shown = captured(|| {
///     display_with_id(&Bundle::new("text/plain", "0 %"), "copying");
///     finish(&Bundle::new("text/plain", "100 %"), "copying");
/// });
/// assert_eq!(shown, [Bundle::new("text/plain", "100 %")]);
/// ```
pub fn captured(f: impl FnOnce()) -> Vec<Bundle> {
    let mut f = Some(f);
    capture(&mut || {
        if let Some(f) = f.take() {
            f();
        }
    })
}

fn capture(f: &mut dyn FnMut()) -> Vec<Bundle> {
    let outer = Outer(CAPTURED.replace(Some(Vec::new())));
    f();
    let shown = CAPTURED.take().unwrap_or_default();
    drop(outer);
    shown.into_iter().map(|(_, bundle)| bundle).collect()
}

/// What was captured around it goes on when it is dropped, even while a panic unwinds.
struct Outer(Captured);

impl Drop for Outer {
    fn drop(&mut self) {
        CAPTURED.set(self.0.take());
    }
}

/// Keeps what a record shows if this thread's outputs are captured; whether it did.
pub(crate) fn capture_record(record: &Record<'_>) -> bool {
    CAPTURED.with_borrow_mut(|captured| {
        let Some(shown) = captured else { return false };
        match record {
            Record::Display { bundle, id } => shown.push((id.map(str::to_owned), Bundle::clone(bundle))),
            Record::Result { bundle } => shown.push((None, Bundle::clone(bundle))),
            Record::Update { bundle, id } => {
                let old = shown.iter_mut().find(|(name, _)| name.as_deref() == Some(*id));
                match old {
                    Some((_, old)) => Bundle::clone(bundle).clone_into(old),
                    None => shown.push((Some((*id).to_owned()), Bundle::clone(bundle))),
                }
            }
            Record::Clear { .. } => shown.clear(),
            _ => return false,
        }
        true
    })
}
