//! What a cell's generated code calls: taking variables out, running the cell's body, keeping what it defined.
//!
//! A value is kept as bytes, with all that is needed to know it again and to drop it. Next to nothing is compiled for each
//! type: what doesn't depend on one is compiled here, once, and not in each cell.
#![doc(hidden)]
#![allow(unsafe_code)] // values are moved as bytes, see above

use std::alloc::Layout;
use std::any::{Any, TypeId};
use std::fmt;
use std::mem::{MaybeUninit, needs_drop};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

use crate::Interrupted;

/// Why the cell's body was left: by `?`, with an error.
///
/// An error may borrow, as that of `mutex.lock()?` does: it isn't kept, only what it says.
pub struct Left {
    message: String,
    place: &'static Location<'static>,
}

impl<E: fmt::Display> From<E> for Left {
    #[track_caller]
    fn from(error: E) -> Self {
        Self { message: said(&error), place: Location::caller() }
    }
}

/// What an error says; nothing if its own code panics.
#[inline(never)]
fn said(error: &dyn fmt::Display) -> String {
    catch_unwind(AssertUnwindSafe(|| error.to_string())).map_err(discard).unwrap_or_default()
}

/// How the cell's body ended.
#[derive(Debug)]
pub enum Ending {
    /// At its end.
    Completed,
    /// By `?`.
    Left { message: String, place: &'static Location<'static> },
    /// By a panic; the panic hook has told where.
    Panicked { message: String },
    /// By an interrupt.
    Interrupted,
}

/// What is known of a type besides its values.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its identity, within one session.
    pub id: TypeId,
    /// Its name, with the paths of definition.
    pub name: fn() -> &'static str,
    /// Its size and alignment.
    pub layout: Layout,
    /// Drops a value; `None` where there is nothing to do.
    pub drop: Option<unsafe fn(*mut u8)>,
}

impl Kind {
    #[inline(always)]
    fn of<T: 'static>() -> Self {
        unsafe fn drop_value<T>(value: *mut u8) {
            // SAFETY: the store calls it once for a value of this type.
            unsafe { value.cast::<T>().drop_in_place() }
        }
        Self {
            id: TypeId::of::<T>(),
            name: std::any::type_name::<T>,
            layout: Layout::new::<T>(),
            drop: if needs_drop::<T>() { Some(drop_value::<T>) } else { None },
        }
    }
}

/// A variable between two cells.
#[derive(Debug)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    value: *mut u8,
    /// Whether the value is here, and not with the cell that runs.
    there: bool,
}

/// The variables of a session. A slot's number is never used again.
#[derive(Debug, Default)]
pub struct Store(Vec<Option<Slot>>);

impl Store {
    /// An empty store.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// How many slots there have been.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there has been none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is kept in a slot.
    pub fn get(&self, slot: usize) -> Option<&Slot> {
        self.0.get(slot)?.as_ref()
    }

    /// Drops the value in a slot; a destructor that panics is none of the session's business.
    pub fn drop_value(&mut self, slot: usize) {
        let Some(taken) = self.0.get_mut(slot).and_then(Option::take) else { return };
        if let (true, Some(drop)) = (taken.there, taken.kind.drop) {
            // SAFETY: the value is here, of the type that the function was made for, and forgotten now.
            let dropped = catch_unwind(AssertUnwindSafe(|| unsafe { drop(taken.value) }));
            let _ = dropped.map_err(discard);
        }
        // SAFETY: `keep` allocated it with this layout.
        unsafe { std::alloc::dealloc(taken.value, with_room(taken.kind.layout)) }
    }

    /// The slots whose value a cell has taken and not put back are empty now.
    pub fn forget_taken(&mut self, slots: &[usize]) {
        for slot in slots {
            if self.get(*slot).is_some_and(|slot| !slot.there) {
                self.drop_value(*slot);
            }
        }
    }

    #[inline(never)]
    fn keep(&mut self, name: &str, kind: Kind) -> *mut u8 {
        // SAFETY: `with_room` is never of size zero.
        let value = unsafe { std::alloc::alloc(with_room(kind.layout)) };
        assert!(!value.is_null(), "no memory is left for the variable `{name}`");
        self.0.push(Some(Slot { name: name.to_owned(), kind, value, there: true }));
        value
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        for slot in 0..self.len() {
            self.drop_value(slot);
        }
    }
}

fn with_room(layout: Layout) -> Layout {
    Layout::from_size_align(layout.size().max(1), layout.align()).expect("no value is as large as memory")
}

/// What a cell is called with.
pub struct Frame<'a> {
    store: &'a mut Store,
    taken: &'a [usize],
    ending: Ending,
}

impl<'a> Frame<'a> {
    /// For a cell that takes the values in the slots `taken`.
    pub fn new(store: &'a mut Store, taken: &'a [usize]) -> Self {
        Self { store, taken, ending: Ending::Completed }
    }

    /// How the body ended.
    pub fn ending(self) -> Ending {
        self.ending
    }

    /// Hands the value out that the cell takes as number `index`.
    ///
    /// # Panics
    /// If it is not a `T`.
    #[inline(always)]
    pub fn take<T: 'static>(&mut self, index: usize) -> T {
        let value = self.value(index, Layout::new::<T>(), Some(TypeId::of::<T>()));
        // SAFETY: a `T` is there, as its identity says, and it is marked as taken.
        unsafe { value.cast::<T>().read() }
    }

    /// Hands the value out as the type of what a closure returns that is never called: for types that no cell can name.
    ///
    /// # Safety
    /// The value must have been made by the same code.
    ///
    /// # Panics
    /// If it has another size or alignment.
    #[inline(always)]
    pub unsafe fn take_as<T>(&mut self, index: usize, _: impl FnOnce() -> Result<T, Left>) -> T {
        let value = self.value(index, Layout::new::<T>(), None);
        // SAFETY: the caller knows that such a value is there; it is marked as taken.
        unsafe { value.cast::<T>().read() }
    }

    /// Puts a value back that was taken.
    #[inline(always)]
    pub fn put_back<T>(&mut self, index: usize, value: T) {
        let place = self.place(index);
        // SAFETY: the slot is as large as when the value was taken out of it; types are checked then.
        unsafe { place.cast::<T>().write(value) }
    }

    /// Runs the cell's body, from which nothing unwinds.
    #[inline(always)]
    pub fn run(&mut self, body: impl FnOnce(&mut Keeper<'_>) -> Result<(), Left>) {
        let mut body = Some(body);
        self.run_once(&mut |keeper| match body.take() {
            Some(body) => body(keeper),
            None => Ok(()),
        });
    }

    #[inline(never)]
    fn run_once(&mut self, body: &mut dyn FnMut(&mut Keeper<'_>) -> Result<(), Left>) {
        let mut keeper = Keeper { store: self.store };
        self.ending = match catch_unwind(AssertUnwindSafe(|| body(&mut keeper))) {
            Ok(Ok(())) => Ending::Completed,
            Ok(Err(Left { message, place })) => Ending::Left { message, place },
            Err(payload) if payload.is::<Interrupted>() => Ending::Interrupted,
            Err(payload) => Ending::Panicked { message: message(payload) },
        };
    }

    #[inline(never)]
    fn value(&mut self, index: usize, layout: Layout, id: Option<TypeId>) -> *mut u8 {
        let slot = self.taken.get(index).and_then(|slot| self.store.0.get_mut(*slot)).and_then(Option::as_mut);
        let slot = slot.filter(|slot| slot.there).unwrap_or_else(|| panic!("variable {index} of the cell is gone"));
        let same = slot.kind.layout == layout && id.is_none_or(|id| id == slot.kind.id);
        assert!(same, "the variable `{}` is no longer of the type that it was made with", slot.name);
        slot.there = false;
        slot.value
    }

    #[inline(never)]
    fn place(&mut self, index: usize) -> *mut u8 {
        let slot = self.taken.get(index).and_then(|slot| self.store.0.get_mut(*slot)).and_then(Option::as_mut);
        let slot = slot.unwrap_or_else(|| panic!("variable {index} of the cell is gone"));
        slot.there = true;
        slot.value
    }
}

/// Drops what a panic was made with. Its destructor may panic, and so on: what comes of that in the end stays.
pub(crate) fn discard(mut payload: Box<dyn Any + Send>) {
    for _ in 0..8 {
        match catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            Ok(()) => return,
            Err(next) => payload = next,
        }
    }
    std::mem::forget(payload);
}

/// What a panic's payload says.
pub(crate) fn message(payload: Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| String::from(*text));
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    discard(payload);
    text.unwrap_or_else(|| String::from(NO_TEXT))
}

/// What is said of a panic without a message.
pub(crate) const NO_TEXT: &str = "a panic whose payload is not text";

/// Keeps what a cell's body defines.
pub struct Keeper<'a> {
    store: &'a mut Store,
}

impl Keeper<'_> {
    /// Keeps `value` as the variable `name`.
    #[inline(always)]
    pub fn keep<T: 'static>(&mut self, name: &str, value: T) {
        let value = MaybeUninit::new(value);
        let place = self.store.keep(name, Kind::of::<T>());
        // SAFETY: there is room for a `T`, and the value isn't dropped where it was.
        unsafe { place.cast::<T>().copy_from_nonoverlapping(value.as_ptr(), 1) }
    }
}

/// Shows the value of a cell's last expression where its type has no `evcxr_display` of its own.
pub trait Shown {
    /// Shows it as `{:?}` does.
    fn evcxr_display(&self)
    where
        Self: fmt::Debug;
}

impl<T: ?Sized> Shown for &T {
    #[inline(always)]
    fn evcxr_display(&self)
    where
        Self: fmt::Debug,
    {
        if std::any::type_name::<T>() != "()" {
            crate::result_of(self);
        }
    }
}

/// Says what a cell's future gives, so that `?` in it knows what to become.
#[inline(always)]
pub fn body<F: Future<Output = Result<(), Left>>>(future: F) -> F {
    future
}

/// Stands for a value of the type of what a closure returns, in code that never runs.
pub fn never<T>(_: impl FnOnce() -> Result<T, Left>) -> T {
    unreachable!("code that stands for a variable's type does not run")
}

/// The name of the type that a closure would give, which isn't called.
pub fn type_of<T>(_: impl FnOnce() -> T) -> &'static str {
    std::any::type_name::<T>()
}
