//! Values between cells, and the ways a cell's body can end.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use crate::Interrupted;
use crate::cell::{Ending, Frame, Left, Store};

/// What was dropped, in order; tests that look at it take turns.
static DROPPED: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static TURN: Mutex<()> = Mutex::new(());

struct Told(u32);

impl Drop for Told {
    fn drop(&mut self) {
        DROPPED.lock().unwrap_or_else(PoisonError::into_inner).push(self.0);
    }
}

fn dropped() -> Vec<u32> {
    std::mem::take(&mut DROPPED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Runs a cell as the process does.
fn run(store: &mut Store, taken: &[usize], cell: impl FnOnce(&mut Frame<'_>)) -> Result<Ending, Box<dyn Any + Send>> {
    let mut frame = Frame::new(store, taken);
    let outcome = catch_unwind(AssertUnwindSafe(|| cell(&mut frame)));
    let ending = frame.ending();
    store.forget_taken(taken);
    outcome.map(|()| ending)
}

fn keep<T: 'static>(store: &mut Store, name: &str, value: T) -> usize {
    let ending = run(store, &[], |frame| {
        frame.run(|keeper| {
            keeper.keep(name, value);
            Ok(())
        });
    });
    assert!(matches!(ending, Ok(Ending::Completed)));
    store.len() - 1
}

#[test]
fn values_come_back_as_they_were() {
    #[repr(align(256))]
    #[derive(Debug, PartialEq)]
    struct Wide([u8; 300]);
    struct Nothing;
    let mut store = Store::new();
    let counted = Rc::new(5);
    let slots = [
        keep(&mut store, "counted", counted.clone()),
        keep(&mut store, "nothing", Nothing),
        keep(&mut store, "wide", Wide([7; 300])),
        keep(&mut store, "boxed", Box::new(|x: i32| x + 1) as Box<dyn Fn(i32) -> i32>),
    ];
    assert_eq!(slots, [0, 1, 2, 3]);
    let kind = store.get(2).unwrap().kind;
    assert_eq!((kind.layout.size(), kind.layout.align(), kind.drop.is_none()), (512, 256, true));
    assert!((kind.name)().ends_with("::Wide"));
    for _ in 0..3 {
        let taken = [3, 2, 1, 0];
        let ending = run(&mut store, &taken, |frame| {
            let boxed: Box<dyn Fn(i32) -> i32> = frame.take(0);
            let wide: Wide = frame.take(1);
            let nothing: Nothing = frame.take(2);
            let counted: Rc<i32> = frame.take(3);
            assert_eq!((boxed(*counted), &wide), (6, &Wide([7; 300])));
            assert_eq!(std::ptr::from_ref(&wide).addr() % 256, 0);
            frame.run(|_| Ok(()));
            frame.put_back(0, boxed);
            frame.put_back(1, wide);
            frame.put_back(2, nothing);
            frame.put_back(3, counted);
        });
        assert!(matches!(ending, Ok(Ending::Completed)));
    }
    assert_eq!(Rc::strong_count(&counted), 2);
    for slot in slots {
        store.drop_value(slot);
        store.drop_value(slot);
    }
    assert_eq!(Rc::strong_count(&counted), 1);
    assert!(slots.iter().all(|slot| store.get(*slot).is_none()));
    assert_eq!(store.len(), 4);
    store.drop_value(99);
}

#[test]
fn every_value_is_dropped_exactly_once_and_in_order() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    dropped();
    let mut store = Store::new();
    for number in 0..4 {
        keep(&mut store, "told", Told(number));
    }
    assert_eq!(dropped(), []);
    // One is put back, one is moved away, one is taken and lost by a panic, one isn't touched.
    let ending = run(&mut store, &[0, 1, 2], |frame| {
        let (first, second, third) = (frame.take::<Told>(0), frame.take::<Told>(1), frame.take::<Told>(2));
        frame.run(move |keeper| {
            keeper.keep("before", Told(10));
            drop(second);
            let _third = third;
            panic!("on purpose");
        });
        frame.put_back(0, first);
    });
    assert!(matches!(ending, Ok(Ending::Panicked { .. })));
    assert_eq!(dropped(), [1, 2]);
    assert!(store.get(0).is_some() && store.get(1).is_none() && store.get(2).is_none());
    assert_eq!(store.get(4).unwrap().name, "before");
    for slot in [4, 3, 0, 1] {
        store.drop_value(slot);
    }
    assert_eq!(dropped(), [10, 3, 0]);
}

#[test]
fn a_destructor_that_panics_is_contained() {
    struct Bad;
    impl Drop for Bad {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }
    let mut store = Store::new();
    let (bad, good) = (keep(&mut store, "bad", Bad), keep(&mut store, "good", 1));
    store.drop_value(bad);
    assert!(store.get(bad).is_none() && store.get(good).is_some());

    /// Its destructor panics with a payload whose destructor panics.
    struct Worse;
    impl Drop for Worse {
        fn drop(&mut self) {
            std::panic::panic_any(Bad);
        }
    }
    let worse = keep(&mut store, "worse", Worse);
    store.drop_value(worse);
    assert!(store.get(worse).is_none());
}

#[test]
fn a_value_of_another_type_is_refused_and_stays() {
    let mut store = Store::new();
    keep(&mut store, "x", 1.0_f32);
    let outcome = run(&mut store, &[0], |frame| {
        frame.take::<i32>(0);
    });
    let message = outcome.unwrap_err();
    assert!(message.downcast_ref::<String>().unwrap().contains("`x`"));
    let ending = run(&mut store, &[0], |frame| {
        let x: f32 = frame.take(0);
        assert_eq!(x, 1.0);
        frame.put_back(0, x);
    });
    assert!(ending.is_ok());
    // Twice, or one that isn't there.
    assert!(run(&mut store, &[0], |frame| _ = (frame.take::<f32>(0), frame.take::<f32>(0))).is_err());
    assert!(run(&mut store, &[7], |frame| _ = frame.take::<f32>(0)).is_err());
    assert!(run(&mut store, &[], |frame| frame.put_back(0, 1)).is_err());
    assert!(store.get(0).is_none(), "it was taken and not put back");
}

#[test]
#[allow(unsafe_code)] // the value was made by the same code, as `take_as` asks
fn a_type_without_a_name_is_told_by_the_code_that_made_it() {
    fn made(captured: String) -> impl Fn(&str) -> String + 'static {
        move |more| format!("{captured}{more}")
    }
    let mut store = Store::new();
    keep(&mut store, "joined", made("a".into()));
    let ending = run(&mut store, &[0], |frame| {
        // SAFETY: the value was made by the same function.
        let joined = unsafe { frame.take_as(0, || Ok::<_, Left>(made(String::new()))) };
        assert_eq!(joined("b"), "ab");
        frame.put_back(0, joined);
    });
    assert!(ending.is_ok());
    let outcome = run(&mut store, &[0], |frame| {
        // SAFETY: it is not, and refused before it is read.
        let _: u8 = unsafe { frame.take_as(0, || Ok(1)) };
    });
    assert!(outcome.is_err());
    assert!(store.get(0).is_some());
}

#[test]
fn a_body_ends_in_one_of_four_ways() {
    let mut store = Store::new();
    let mut ending = |body: fn() -> Result<(), Left>| run(&mut store, &[], |frame| frame.run(|_| body())).unwrap();
    assert!(matches!(ending(|| Ok(())), Ending::Completed));
    assert!(matches!(ending(|| std::panic::panic_any(5)), Ending::Panicked { .. }));
    let panicked = ending(|| panic!("at {}", 5));
    assert!(matches!(panicked, Ending::Panicked { message } if message == "at 5"));
    assert!(matches!(ending(|| std::panic::resume_unwind(Box::new(Interrupted))), Ending::Interrupted));
    let line = line!() + 2;
    let left = ending(|| {
        "x".parse::<i32>()?;
        Ok(())
    });
    let Ending::Left { message, place } = left else { panic!("{left:?}") };
    assert_eq!((message.as_str(), place.file(), place.line()), ("invalid digit found in string", file!(), line));

    // What an error borrows ends with the body.
    let poisoned = ending(|| {
        let lock = std::sync::Mutex::new(1);
        let broken: std::thread::Result<()> = std::panic::catch_unwind(|| {
            let _guard = lock.lock();
            panic!("with the lock held")
        });
        assert!(broken.is_err());
        *lock.lock()? += 1;
        Ok(())
    });
    assert!(matches!(poisoned, Ending::Left { message, .. } if message.starts_with("poisoned lock")));

    struct Unspeakable;
    impl std::fmt::Debug for Unspeakable {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Ok(())
        }
    }
    impl std::fmt::Display for Unspeakable {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("on purpose")
        }
    }
    impl std::error::Error for Unspeakable {}
    assert!(matches!(ending(|| Err(Unspeakable)?), Ending::Left { .. }));
}
