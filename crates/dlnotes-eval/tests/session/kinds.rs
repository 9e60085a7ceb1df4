//! Variables of every kind: what a cell defines, the next one uses.

use crate::notebook::Notebook;

/// How many kinds are in a cell.
const AT_ONCE: usize = 16;

/// Names that a kind may define; each kind has its own of them.
const NAMES: [&str; 8] = ["is", "v", "w", "x", "f", "m", "tx", "whole"];

/// `code` with a number behind those names.
fn numbered(code: &str, number: usize) -> String {
    let (mut out, mut word) = (String::new(), String::new());
    for c in code.chars().chain([' ']) {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        out += &word;
        if NAMES.contains(&word.as_str()) {
            out += &format!("_{number}");
        }
        word.clear();
        out.push(c);
    }
    out
}

#[test]
fn values_of_every_kind_are_there_in_the_next_cells() {
    let mut notebook = Notebook::open();
    for (group, kinds) in KINDS.chunks(AT_ONCE).enumerate() {
        let cell = |part: usize| -> String {
            kinds.iter().enumerate().map(|(index, kind)| numbered(kind[part], group * AT_ONCE + index) + "\n").collect()
        };
        notebook.ok(&cell(0));
        // They are put back, and taken out again.
        let all: Vec<String> = (0..kinds.len()).map(|index| format!("&v_{}", group * AT_ONCE + index)).collect();
        let named = |all: &String| notebook.session.variables().contains_key(all.trim_start_matches('&'));
        let all: Vec<String> = all.into_iter().filter(named).collect();
        notebook.ok(&format!("let _ = ({});", all.join(", ")));
        notebook.ok(&cell(1));
    }
}

#[test]
fn values_of_the_readers_own_types_are_there_in_the_next_cells() {
    let mut notebook = Notebook::open();
    for [value, check, items] in OWN {
        notebook.ok(&format!("{items}\n{value}"));
        notebook.ok("();");
        notebook.ok(check);
        notebook.ok(items);
        notebook.ok(value);
        notebook.ok(check);
    }
}

/// A cell, and one that uses what it defines.
const KINDS: &[[&str; 2]] = &[
    ["let v = 5;", "assert_eq!(v, 5);"],
    ["let v = 1.5;", "assert_eq!(v, 1.5f64);"],
    ["let v = 300u64; let w = -1i8;", "assert_eq!(v as i64 + w as i64, 299);"],
    [r#"let v = "text";"#, "assert_eq!(v.len(), 4);"],
    [r#"let v = String::from("a");"#, r#"assert_eq!(v, "a");"#],
    ["let v = vec![1, 2, 3];", "assert_eq!(v.iter().sum::<i32>(), 6);"],
    ["let v = vec![vec![Some((1u8, 'c'))]];", "assert_eq!(v[0][0], Some((1, 'c')));"],
    ["let v = [[0u8; 3]; 2];", "assert_eq!(v.len(), 2);"],
    ["let v = [7u8; 1_000_000];", "assert_eq!(v.len(), 1_000_000);"],
    [r#"let v = std::collections::HashMap::from([("a", 1)]);"#, r#"assert_eq!(v["a"], 1);"#],
    [r#"let v = std::collections::BTreeMap::from([(1, "x".to_string())]);"#, r#"assert_eq!(v[&1], "x");"#],
    ["let v = std::collections::HashSet::from([1, 2]);", "assert!(v.contains(&2));"],
    ["let v = std::collections::BTreeSet::from([1, 2]);", "assert!(v.contains(&2));"],
    ["let v = std::collections::VecDeque::from([1, 2]);", "assert_eq!(v.len(), 2);"],
    ["let v = std::collections::LinkedList::from([1, 2]);", "assert_eq!(v.len(), 2);"],
    ["let v = std::collections::BinaryHeap::from([1, 2]);", "assert_eq!(v.peek(), Some(&2));"],
    ["let v: Box<dyn Fn(i32) -> i32> = Box::new(|x| x + 1);", "assert_eq!(v(1), 2);"],
    [
        "let v: Box<dyn FnMut() -> i32> = { let mut n = 0; Box::new(move || { n += 1; n }) };",
        "let mut v = v; assert_eq!((v(), v()), (1, 2));",
    ],
    [r#"let v: Box<dyn FnOnce() -> String> = Box::new(|| "x".into());"#, r#"assert_eq!(v(), "x");"#],
    [r#"let v: Box<dyn std::error::Error> = "bad".into();"#, r#"assert_eq!(v.to_string(), "bad");"#],
    [r#"let v: Box<dyn std::error::Error + Send + Sync> = "bad".into();"#, r#"assert_eq!(v.to_string(), "bad");"#],
    [
        r#"let v: Result<i32, Box<dyn std::error::Error>> = "5".parse::<i32>().map_err(Into::into);"#,
        "assert_eq!(v.unwrap(), 5);",
    ],
    [r#"let v: Result<u8, std::num::ParseIntError> = "x".parse();"#, "assert!(v.is_err());"],
    [r#"let v = "x".parse::<f64>();"#, "assert!(v.is_err());"],
    [
        "let v = std::rc::Rc::new(std::cell::RefCell::new(vec![1]));",
        "v.borrow_mut().push(2); assert_eq!(v.borrow().len(), 2);",
    ],
    ["let r = std::rc::Rc::new(5); let v = std::rc::Rc::downgrade(&r);", "assert_eq!(*v.upgrade().unwrap(), 5);"],
    [
        "let v = std::sync::Arc::new(std::sync::Mutex::new(0));",
        "*v.lock().unwrap() += 1; assert_eq!(*v.lock().unwrap(), 1);",
    ],
    ["let v = std::sync::Arc::new(std::sync::RwLock::new(0));", "*v.write().unwrap() += 1;"],
    ["let (tx, v) = std::sync::mpsc::channel(); tx.send(3u8).unwrap();", "assert_eq!(v.recv().unwrap(), 3);"],
    [
        "let (tx, v) = std::sync::mpsc::sync_channel::<String>(2);",
        r#"tx.send("a".into()).unwrap(); assert_eq!(v.recv().unwrap(), "a");"#,
    ],
    ["let v = std::thread::spawn(|| 5);", "assert_eq!(v.join().unwrap(), 5);"],
    ["let v: Box<dyn for<'a> Fn(&'a str) -> &'a str> = Box::new(|s| &s[1..]);", r#"assert_eq!(v("abc"), "bc");"#],
    ["let v: fn(i32) -> i32 = |x| x + 1;", "assert_eq!(v(1), 2);"],
    ["let v: for<'a> fn(&'a str) -> &'a str = str::trim;", r#"assert_eq!(v(" a "), "a");"#],
    ["let v = str::len;", r#"assert_eq!(v("abc"), 3);"#],
    ["let v = i32::pow;", "assert_eq!(v(2, 3), 8);"],
    ["let v = Some::<i32>;", "assert_eq!(v(2), Some(2));"],
    ["let v = <String as From<&str>>::from;", r#"assert_eq!(v("a"), "a");"#],
    ["let v = |x: i32| x + 1;", "assert_eq!(v(1), 2);"],
    ["let k = 3; let v = move |x: i32| x + k;", "assert_eq!(v(1), 4);"],
    [r#"let v = { let s = String::from("ab"); move || s.len() };"#, "assert_eq!(v(), 2);"],
    ["let v = |x: i32| move |y: i32| x + y;", "assert_eq!(v(1)(2), 3);"],
    ["let a = |x: i32| x * 2; let v = move |x: i32| a(x) + 1;", "assert_eq!(v(3), 7);"],
    ["let v = (1..4).map(|x| x * x);", "assert_eq!(v.collect::<Vec<i32>>(), [1, 4, 9]);"],
    ["let v = vec![3, 1, 2].into_iter().filter(|x| *x > 1).enumerate();", "assert_eq!(v.count(), 2);"],
    ["let v = async { 5 };", "fn is<T: std::future::Future<Output = i32>>(_: T) {} is(v);"],
    ["let v = std::future::ready(5);", "fn is<T: std::future::Future<Output = i32>>(_: T) {} is(v);"],
    ["let v = 0..5;", "assert_eq!(v.len(), 5);"],
    ["let v = 0..=5;", "assert_eq!(*v.end(), 5);"],
    ["let v = std::marker::PhantomData::<u8>;", "let _: std::marker::PhantomData<u8> = v;"],
    ["let v = ();", "assert_eq!(v, ());"],
    ["let v = Some(std::time::Instant::now());", "assert!(v.unwrap().elapsed().as_secs() < 100);"],
    ["let v = std::time::SystemTime::now();", "assert!(v.elapsed().is_ok());"],
    ["let v = std::time::Duration::from_secs(1);", "assert_eq!(v.as_secs(), 1);"],
    [r#"let v = std::path::PathBuf::from("/a");"#, "assert!(v.is_absolute());"],
    [r#"let v = std::path::Path::new("/a");"#, "assert!(v.is_absolute());"],
    [r#"let v = std::ffi::CString::new("a").unwrap();"#, "assert_eq!(v.as_bytes().len(), 1);"],
    [r#"let v = std::ffi::OsString::from("a");"#, "assert_eq!(v.len(), 1);"],
    [r#"let v = std::borrow::Cow::Borrowed("a");"#, r#"assert_eq!(v, "a");"#],
    ["let v = std::cell::Cell::new(4);", "v.set(5); assert_eq!(v.get(), 5);"],
    ["let v = std::cell::OnceCell::<i32>::new();", "v.set(5).unwrap();"],
    ["let v = std::sync::OnceLock::<i32>::new();", "v.set(5).unwrap();"],
    ["let v = std::sync::LazyLock::new(|| 5);", "assert_eq!(*v, 5);"],
    ["let v: std::sync::LazyLock<i32> = std::sync::LazyLock::new(|| 5);", "assert_eq!(*v, 5);"],
    ["let v = std::sync::atomic::AtomicUsize::new(5);", "assert_eq!(v.load(std::sync::atomic::Ordering::SeqCst), 5);"],
    ["let v = std::sync::Barrier::new(1);", "v.wait();"],
    ["let v = std::sync::Condvar::new();", "v.notify_all();"],
    ["let v = std::pin::Pin::new(Box::new(5));", "assert_eq!(*v, 5);"],
    ["let v: std::pin::Pin<Box<dyn std::future::Future<Output = i32>>> = Box::pin(async { 5 });", "let _w = v;"],
    ["let v = std::num::NonZeroU8::new(5);", "assert_eq!(v.unwrap().get(), 5);"],
    ["let v = std::num::Wrapping(5u8);", "assert_eq!((v + std::num::Wrapping(255)).0, 4);"],
    ["let v = std::cmp::Reverse(5);", "assert!(v < std::cmp::Reverse(4));"],
    ["let v = std::cmp::Ordering::Less;", "assert!(v.is_lt());"],
    ["let v = std::ops::ControlFlow::<i32, ()>::Break(1);", "assert!(v.is_break());"],
    ["let v = std::ops::Bound::Included(5);", "assert_eq!(v, std::ops::Bound::Included(5));"],
    ["let v = std::iter::repeat(1).take(3);", "assert_eq!(v.count(), 3);"],
    ["let v = std::iter::once(1).chain(vec![2]);", "assert_eq!(v.count(), 2);"],
    ["let v = std::iter::successors(Some(1), |x| Some(x * 2));", "assert_eq!(v.take(3).sum::<i32>(), 7);"],
    [
        "let v = std::iter::from_fn({ let mut n = 0; move || { n += 1; Some(n) } });",
        "let mut v = v; assert_eq!(v.next(), Some(1));",
    ],
    [r#"let v = "a b".split_whitespace();"#, "assert_eq!(v.count(), 2);"],
    [r#"let v = "a,b".split(',');"#, "assert_eq!(v.count(), 2);"],
    [r#"let v = "ab".chars().rev();"#, r#"assert_eq!(v.collect::<String>(), "ba");"#],
    [r#"let v = "ab".bytes();"#, "assert_eq!(v.len(), 2);"],
    [r#"let v = "a\nb".lines();"#, "assert_eq!(v.count(), 2);"],
    ["let v = [1, 2, 3].into_iter();", "assert_eq!(v.len(), 3);"],
    ["let v = vec![1, 2].into_iter().peekable();", "assert_eq!(v.count(), 2);"],
    ["let v = std::env::args();", "let _n = v.count();"],
    [r#"let v = std::process::Command::new("true");"#, "let mut v = v; assert!(v.status().unwrap().success());"],
    ["let v = std::io::stdout();", "let _l = v.lock();"],
    ["let v = std::io::stdin();", "let _w = v;"],
    ["let v = std::io::Cursor::new(vec![1u8]);", "assert_eq!(v.position(), 0);"],
    [r#"let v = std::fs::File::open("/dev/null");"#, "assert!(v.is_ok());"],
    [r#"let v = std::fs::metadata("/").unwrap();"#, "assert!(v.is_dir());"],
    [r#"let v = std::io::Error::other("x");"#, r#"assert_eq!(v.to_string(), "x");"#],
    ["let v: std::io::Result<()> = Ok(());", "assert!(v.is_ok());"],
    ["let v = std::net::IpAddr::from([127, 0, 0, 1]);", "assert!(v.is_loopback());"],
    ["let v = std::net::Ipv4Addr::LOCALHOST;", "assert!(v.is_loopback());"],
    [r#"let v = std::net::TcpListener::bind("127.0.0.1:0").unwrap();"#, "assert!(v.local_addr().is_ok());"],
    ["let v = std::any::TypeId::of::<u8>();", "assert_eq!(v, std::any::TypeId::of::<u8>());"],
    ["let v: Box<dyn std::any::Any> = Box::new(5i32);", "assert_eq!(*v.downcast::<i32>().unwrap(), 5);"],
    ["let v: Box<[i32]> = vec![1].into();", "assert_eq!(v.len(), 1);"],
    [r#"let v: Box<str> = "a".into();"#, "assert_eq!(v.len(), 1);"],
    [r#"let v: std::rc::Rc<str> = "a".into();"#, "assert_eq!(v.len(), 1);"],
    ["let v: &'static [i32] = &[1, 2];", "assert_eq!(v.len(), 2);"],
    ["let v = &5;", "assert_eq!(*v, 5);"],
    ["let v: &'static mut i32 = Box::leak(Box::new(5));", "*v += 1; assert_eq!(*v, 6);"],
    ["let v: *const i32 = std::ptr::null();", "assert!(v.is_null());"],
    ["let v: *mut u8 = std::ptr::null_mut();", "assert!(v.is_null());"],
    ["let v = std::ptr::NonNull::<u8>::dangling();", "let _ = v;"],
    ["let v = std::mem::ManuallyDrop::new(5);", "assert_eq!(*v, 5);"],
    ["let v = std::mem::MaybeUninit::<u8>::uninit();", "let _w = v;"],
    [r#"let v = ('a', 1u128, -1i128, 1.0f32, true, b'z', "s", [1u16], ());"#, "assert_eq!(v.1, 1);"],
    ["let v = (1,);", "assert_eq!(v.0, 1);"],
    ["let v = u128::MAX;", "assert_eq!(v, u128::MAX);"],
    ["let v = std::collections::hash_map::DefaultHasher::new();", "let _w = v;"],
    [
        "let v = std::collections::HashMap::<String, Vec<(usize, Box<dyn Fn(f64) -> f64 + Send>)>>::new();",
        "assert!(v.is_empty());",
    ],
    ["let v = std::alloc::Layout::new::<u64>();", "assert_eq!(v.size(), 8);"],
    ["let v = std::thread::current();", "let _i = v.id();"],
    ["let v = std::backtrace::Backtrace::disabled();", "let _w = v;"],
    ["let v = std::panic::catch_unwind(|| 5);", "assert_eq!(v.unwrap(), 5);"],
    ["let v = std::task::Poll::Ready(5);", "assert!(v.is_ready());"],
    [r#"let v = format_args!("x").to_string();"#, r#"assert_eq!(v, "x");"#],
    ["let v = { struct L { a: i32 } L { a: 4 } };", "assert_eq!(v.a, 4);"],
    ["let v = { #[derive(Clone)] enum L { A, B(u8) } vec![L::B(3), L::A] };", "assert_eq!(v.len(), 2);"],
    ["let r#type = 5;", "assert_eq!(r#type, 5);"],
    ["let r#match = |x: i32| x;", "assert_eq!(r#match(5), 5);"],
    ["let 损失 = 5; let größe = 2.5;", "assert_eq!(损失 as f64 + größe, 7.5);"],
    ["let _x = 5;", "assert_eq!(_x, 5);"],
    ["let __x = 5;", "assert_eq!(__x, 5);"],
    [r#"let x = 1; let x = x + 1; let x = format!("{x}");"#, r#"assert_eq!(x, "2");"#],
    ["let (a, (b, ..), [c, .., d]) = (1, (2, 3, 4), [5, 6, 7]);", "assert_eq!(a + b + c + d, 15);"],
    ["let whole @ (first, _) = (1, 2);", "assert_eq!((whole, first), ((1, 2), 1));"],
    ["let Some(v) = Some(5) else { panic!() };", "assert_eq!(v, 5);"],
    ["let v; if true { v = 1; } else { v = 2; }", "assert_eq!(v, 1);"],
    ["let v: Vec<i32>; v = vec![1];", "assert_eq!(v.len(), 1);"],
    ["let mut v = Vec::new(); v.push(1u8);", "v.push(2); assert_eq!(v, [1, 2]);"],
    [
        r#"use std::collections::HashMap; let mut m = HashMap::new(); for w in "a b a".split_whitespace() { *m.entry(w).or_insert(0) += 1; }"#,
        r#"assert_eq!(m["a"], 2); *m.entry("c").or_insert(0) += 1; assert_eq!(m.len(), 3);"#,
    ],
    ["let f: Box<dyn Fn() -> i32 + '_> = { let n = 3; Box::new(move || n) };", "assert_eq!(f(), 3);"],
    [r#"let v = if true { 1 } else { 2 }; let w = match v { 1 => "a", _ => "b" };"#, r#"assert_eq!(w, "a");"#],
    ["let v = loop { break 5 };", "assert_eq!(v, 5);"],
    ["let v = unsafe { std::mem::transmute::<u32, f32>(0) };", "assert_eq!(v, 0.0);"],
    ["let mut v = (0..3).map(|i| i * 2); v.next();", "assert_eq!(v.next(), Some(2));"],
    ["let v: [Option<Box<i32>>; 4] = Default::default();", "assert!(v[0].is_none());"],
    ["let v: Vec<Box<dyn Fn(f64) -> f64>> = vec![Box::new(f64::sin), Box::new(|x| x)];", "assert_eq!(v[0](0.0), 0.0);"],
    ["let v = f64::sin;", "assert_eq!(v(0.0), 0.0);"],
    ["let v = Vec::<i32>::len;", "assert_eq!(v(&vec![1]), 1);"],
    ["let v = <[i32]>::first;", "assert_eq!(v(&[1]), Some(&1));"],
    ["let v = Box::<i32>::new;", "assert_eq!(*v(1), 1);"],
    [r#"let v = "5".parse::<i32>()?; let f = move |x: i32| x + v;"#, "assert_eq!(f(1), 6);"],
    ["let v = |s: &str| s.len();", r#"assert_eq!(v("abc"), 3);"#],
    ["let v = |s: &str| -> Option<char> { s.chars().next() };", r#"assert_eq!(v("abc"), Some('a'));"#],
    ["let v = Box::new(|x: i32| x + 1);", "assert_eq!(v(1), 2);"],
    ["let v = vec![|x: i32| x + 1];", "assert_eq!(v[0](1), 2);"],
    ["let v = Some(|x: i32| x + 1);", "assert_eq!(v.unwrap()(1), 2);"],
    ["let v = std::rc::Rc::new(|x: i32| x + 1);", "assert_eq!(v(1), 2);"],
    ["let v = std::array::from_fn::<_, 4, _>(|i| i * i);", "assert_eq!(v, [0, 1, 4, 9]);"],
    ["let v = async |x: i32| x + 1;", "let _f = v(1);"],
    ["let v = std::sync::mpsc::channel::<Box<dyn FnOnce() + Send>>();", "let _w = v;"],
    ["let v: Option<std::convert::Infallible> = None;", "assert!(v.is_none());"],
    ["let v = std::str::from_utf8(&[0xff]).is_err();", "assert!(v);"],
    [r#"let v = b"ab";"#, "assert_eq!(v.len(), 2);"],
    [r#"let v = c"ab";"#, "assert_eq!(v.count_bytes(), 2);"],
    ["let v = String::from_utf8(vec![255]);", "assert!(v.is_err());"],
    ["let v = &mut *Box::leak(Box::new([1, 2]));", "v[0] = 5; assert_eq!(v[0], 5);"],
    ["static S: i32 = 5; let v = &S;", "assert_eq!(*v, 5);"],
    ["let v: &'static dyn std::fmt::Debug = &5;", r#"assert_eq!(format!("{v:?}"), "5");"#],
    ["let v: &dyn Fn(i32) -> i32 = &|x| x + 1;", "assert_eq!(v(1), 2);"],
];

/// A cell, one that uses what it defines, and the items for both.
const OWN: &[[&str; 3]] = &[
    ["let v: impl_free_check::T = 3;", "assert_eq!(v, 3);", "mod impl_free_check { pub type T = i64; }"],
    ["let v = make(3);", "assert_eq!(v(4), 7);", "fn make(a: i32) -> impl Fn(i32) -> i32 { move |b| a + b }"],
    [
        "let v = up(3);",
        "assert_eq!(v.collect::<Vec<_>>(), [0, 1, 2]);",
        "fn up(n: u32) -> impl Iterator<Item = u32> { 0..n }",
    ],
    ["let v = show(3);", r#"assert_eq!(v.to_string(), "3");"#, "fn show(n: u32) -> impl std::fmt::Display { n }"],
    [
        "let v = soon(3);",
        "fn is<T: std::future::Future<Output = u32>>(_: T) {} is(v);",
        "async fn soon(n: u32) -> u32 { n }",
    ],
    ["let v = twice;", "assert_eq!(v(4), 8);", "fn twice(a: i32) -> i32 { a * 2 }"],
    ["let v = same::<u8>;", "assert_eq!(v(4), 4);", "fn same<T>(a: T) -> T { a }"],
    [
        "let v = [twice, thrice];",
        "assert_eq!(v[1](4), 12);",
        "fn twice(a: i32) -> i32 { a * 2 } fn thrice(a: i32) -> i32 { a * 3 }",
    ],
    ["let v = vec![twice as fn(i32) -> i32];", "assert_eq!(v[0](4), 8);", "fn twice(a: i32) -> i32 { a * 2 }"],
    ["let v = (twice, 5);", "assert_eq!((v.0)(4), 8);", "fn twice(a: i32) -> i32 { a * 2 }"],
    ["let v = Point;", "let p = v(1.0); assert_eq!(p.0, 1.0);", "struct Point(f64);"],
    ["let v = Some(Point);", "let p = (v.unwrap())(1.0); assert_eq!(p.0, 1.0);", "struct Point(f64);"],
    ["let v = Shape::Circle;", "assert!(matches!(v(1.0), Shape::Circle(_)));", "enum Shape { Circle(f64), None }"],
    ["let v = Shape::None;", "assert!(matches!(v, Shape::None));", "enum Shape { Circle(f64), None }"],
    ["let v = Unit;", "let Unit = v;", "struct Unit;"],
    ["let v = Empty {};", "let Empty {} = v;", "struct Empty {}"],
    ["let v = Zero();", "let Zero() = v;", "struct Zero();"],
    ["let v = Zst(());", "let Zst(()) = v;", "struct Zst(());"],
    ["let v = Point(2.0);", "assert_eq!(v.0, 2.0);", "struct Point(f64);"],
    [r#"let v = P { x: 1, y: "a" };"#, "assert_eq!(v.x, 1);", "struct P<T, U> { x: T, y: U }"],
    [r#"let v = S { s: "a" };"#, r#"assert_eq!(v.s, "a");"#, "struct S<'a> { s: &'a str }"],
    ["let v = A([1, 2, 3]);", "assert_eq!(v.0.len(), 3);", "struct A<const N: usize>([u8; N]);"],
    ["let v = B::<true, 'x', -3>;", "let _w = v;", "struct B<const Q: bool, const C: char, const I: i32>;"],
    ["let v = U { a: 5 };", "assert_eq!(unsafe { v.a }, 5);", "union U { a: u32, b: f32 }"],
    [
        "let v = Big(7);",
        "assert_eq!(std::mem::align_of_val(&v), 128); assert_eq!(&v as *const _ as usize % 128, 0);",
        "#[repr(align(128))] struct Big(u8);",
    ],
    [
        "let v = geo::Point::new(1);",
        "assert_eq!(v.x(), 1);",
        "mod geo { pub struct Point { x: i32 } impl Point { pub fn new(x: i32) -> Self { Self { x } } pub fn x(&self) -> i32 { self.x } } }",
    ],
    [
        "let v = geo::inner::Deep { a: 1 };",
        "assert_eq!(v.a, 1);",
        "mod geo { pub mod inner { pub struct Deep { pub a: i32 } } }",
    ],
    [
        "let v = geo::make();",
        "assert_eq!(v.get(), 3);",
        "mod geo { mod hidden { pub struct H(pub i32); impl H { pub fn get(&self) -> i32 { self.0 } } } pub fn make() -> hidden::H { hidden::H(3) } }",
    ],
    [
        "let v = geo::make();",
        "assert_eq!(v.get(), 3);",
        "mod geo { mod hidden { pub struct H(pub i32); impl H { pub fn get(&self) -> i32 { self.0 } } } pub use hidden::H as Shown; pub fn make() -> Shown { hidden::H(3) } }",
    ],
    [
        "let v = Made { x: 2 };",
        "assert_eq!(v.x, 2);",
        "macro_rules! mk { ($n:ident) => { #[derive(Debug)] struct $n { x: i32 } } } mk!(Made);",
    ],
    [
        "let v: Box<dyn Speak> = Box::new(Dog);",
        r#"assert_eq!(v.speak(), "woof");"#,
        r#"trait Speak { fn speak(&self) -> String; } struct Dog; impl Speak for Dog { fn speak(&self) -> String { "woof".into() } }"#,
    ],
    [
        "let v: Vec<std::rc::Rc<std::cell::RefCell<dyn Speak>>> = vec![std::rc::Rc::new(std::cell::RefCell::new(Dog))];",
        r#"assert_eq!(v[0].borrow().speak(), "woof");"#,
        r#"trait Speak { fn speak(&self) -> String; } struct Dog; impl Speak for Dog { fn speak(&self) -> String { "woof".into() } }"#,
    ],
    [
        "let v: Box<dyn Conv<u8, Out = String>> = Box::new(C);",
        r#"assert_eq!(v.conv(3), "3");"#,
        "trait Conv<T> { type Out; fn conv(&self, t: T) -> Self::Out; } struct C; impl Conv<u8> for C { type Out = String; fn conv(&self, t: u8) -> String { t.to_string() } }",
    ],
    [
        "let v = <Cn as HasConst>::N;",
        "assert_eq!(v, 3);",
        "trait HasConst { const N: usize; } struct Cn; impl HasConst for Cn { const N: usize = 3; }",
    ],
    ["let P { x, y: w } = P { x: 1, y: 2 };", "assert_eq!(x + w, 3);", "struct P { x: i32, y: i32 }"],
    [
        "let v = compose(|x: i32| x + 1, |x: i32| x * 2);",
        "assert_eq!(v(1), 4);",
        "fn compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C { move |x| g(f(x)) }",
    ],
];
