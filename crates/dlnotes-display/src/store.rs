//! Keeps variables between cells: the kernel puts this in the place of evcxr's module of the same purpose in each cell's
//! source, and it has the functions that evcxr's generated code calls.
//!
//! Values are kept as bytes: next to nothing is compiled for each type, and no destructor runs: every cell takes all
//! variables out, but for one whose type has changed, which can't be dropped as what it was. What a cell calls for each
//! variable is a small `extern "C"` function that is not inlined: nothing unwinds out of it, and what does not depend on
//! a type is compiled here, once, and not in each cell. An error of the store itself ends the process, as it would in the
//! function that evcxr puts around a cell.
#![doc(hidden)]
#![allow(unsafe_code, improper_ctypes_definitions)] // values are kept as bytes, see above

use std::alloc::Layout;
use std::any::TypeId;
use std::mem::MaybeUninit;
use std::sync::Arc;

/// What evcxr reads on the process's standard output.
pub const USER_ERROR_OCCURRED: &str = "EVCXR_ERROR_OCCURRED";

/// The variables of a session.
pub struct VariableStore(Vec<Variable>);

struct Variable {
    name: String,
    kind: (TypeId, Layout),
    value: *mut u8,
}

fn kind<T: 'static>() -> (TypeId, Layout) {
    (TypeId::of::<T>(), Layout::new::<T>())
}

impl VariableStore {
    /// Keeps `value` under `name`.
    #[inline(always)]
    pub fn put_variable<T: 'static>(&mut self, name: &str, value: T) {
        self.put_one(name, &mut MaybeUninit::new(value));
    }

    #[inline(never)]
    extern "C" fn put_one<T: 'static>(&mut self, name: &str, value: &mut MaybeUninit<T>) {
        // SAFETY: it is a value of this kind, and it is not used or dropped where it was any more.
        unsafe { self.put(name, kind::<T>(), value.as_ptr().cast()) }
    }

    /// Whether what is kept under `name`, if anything, is a `T`; says so on standard output if not.
    #[inline(never)]
    pub extern "C" fn check_variable<T: 'static>(&mut self, name: &str) -> bool {
        self.check(name, kind::<T>())
    }

    /// Hands the value under `name` out.
    #[inline(always)]
    pub fn take_variable<T: 'static>(&mut self, name: &str) -> T {
        let mut value = MaybeUninit::uninit();
        self.take_one(name, &mut value);
        // SAFETY: `take_one` left a value there.
        unsafe { value.assume_init() }
    }

    #[inline(never)]
    extern "C" fn take_one<T: 'static>(&mut self, name: &str, value: &mut MaybeUninit<T>) {
        // SAFETY: there is room for a value of this kind.
        unsafe { self.take(name, kind::<T>(), value.as_mut_ptr().cast()) }
    }

    /// What cells that `.await` share: their runtime.
    pub fn lazy_arc<T: 'static, F: FnOnce() -> T>(&mut self, name: &str, create: F) -> Arc<T> {
        let made = self.0.iter().any(|variable| variable.name == name);
        let shared: Arc<T> = if made { self.take_variable(name) } else { Arc::new(create()) };
        self.put_variable(name, shared.clone());
        shared
    }

    #[inline(never)]
    unsafe extern "C" fn put(&mut self, name: &str, kind: (TypeId, Layout), from: *const u8) {
        // SAFETY: one byte more than the value has, so that the size is not zero; the caller has the value at `from`.
        unsafe {
            let value = std::alloc::alloc(with_room(kind.1));
            assert!(!value.is_null(), "no memory is left for the variable `{name}`");
            std::ptr::copy_nonoverlapping(from, value, kind.1.size());
            self.0.retain(|variable| variable.name != name);
            self.0.push(Variable { name: name.to_owned(), kind, value });
        }
    }

    #[inline(never)]
    extern "C" fn check(&mut self, name: &str, kind: (TypeId, Layout)) -> bool {
        let changed = self.0.iter().any(|variable| variable.name == name && variable.kind != kind);
        if changed {
            eprintln!("The type of the variable {name} was redefined, so was lost.");
            println!("EVCXR_VARIABLE_CHANGED_TYPE:{name}");
        }
        !changed
    }

    #[inline(never)]
    unsafe extern "C" fn take(&mut self, name: &str, kind: (TypeId, Layout), to: *mut u8) {
        let at = self.0.iter().position(|variable| variable.name == name && variable.kind == kind);
        let variable = self.0.swap_remove(at.unwrap_or_else(|| panic!("the variable `{name}` is gone")));
        // SAFETY: `put` left a value of this kind there, and the caller has room for one at `to`.
        unsafe { std::ptr::copy_nonoverlapping(variable.value, to, kind.1.size()) }
    }
}

impl Drop for Variable {
    /// Frees the bytes; what they meant has been handed out, or can't be known any more.
    fn drop(&mut self) {
        // SAFETY: `put` allocated them with this layout.
        unsafe { std::alloc::dealloc(self.value, with_room(self.kind.1)) }
    }
}

fn with_room(layout: Layout) -> Layout {
    Layout::from_size_align(layout.size() + 1, layout.align()).expect("no value is as large as memory")
}

/// Tells evcxr that the cell was left by a panic.
#[inline(never)]
pub extern "C" fn panicked() {
    println!("EVCXR_PANIC_NOTIFICATION");
}

/// An empty store, which lives as long as the process.
#[must_use]
pub fn create_variable_store() -> *mut VariableStore {
    Box::into_raw(Box::new(VariableStore(Vec::new())))
}
