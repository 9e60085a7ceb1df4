//! Values in the [`store`](crate::store) between two cells.

use std::rc::Rc;

use crate::store::create_variable_store;

#[test]
fn values_come_back_as_they_were() {
    // SAFETY: it was just made, and it is the only reference.
    #[allow(unsafe_code)] // the store is made as evcxr makes it, by a pointer
    let mut store = unsafe { Box::from_raw(create_variable_store()) };
    #[repr(align(64))]
    #[derive(Debug, PartialEq)]
    struct Wide([u8; 100]);
    let counted = Rc::new(5);
    store.put_variable("counted", counted.clone());
    store.put_variable("nothing", ());
    store.put_variable("wide", Wide([7; 100]));
    assert!(store.check_variable::<Wide>("wide") && store.check_variable::<()>("nothing"));
    assert!(store.check_variable::<i32>("unknown") && !store.check_variable::<i32>("counted"));
    assert_eq!(store.take_variable::<Wide>("wide"), Wide([7; 100]));
    // One of another type takes the place of what could not be taken out.
    store.put_variable("changed", 1_i32);
    assert!(!store.check_variable::<String>("changed"));
    store.put_variable("changed", String::from("new"));
    assert!(store.check_variable::<String>("changed"));
    assert_eq!(store.take_variable::<String>("changed"), "new");
    store.take_variable::<()>("nothing");
    let shared = store.lazy_arc("shared", || 8);
    assert_eq!(*store.lazy_arc("shared", || 9), 8);
    assert_eq!(std::sync::Arc::strong_count(&shared), 2);
    drop(store.take_variable::<std::sync::Arc<i32>>("shared"));
    assert_eq!(std::sync::Arc::strong_count(&shared), 1);
    assert_eq!(Rc::strong_count(&counted), 2);
    drop(store.take_variable::<Rc<i32>>("counted"));
    assert_eq!(Rc::strong_count(&counted), 1);
}
