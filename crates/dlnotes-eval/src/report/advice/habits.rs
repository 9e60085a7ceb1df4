//! What comes from other languages.

use super::Case;

/// Functions of other languages, and what they are here.
const FUNCTIONS: [(&str, &str); 32] = [
    ("print", "text is printed with `println!(\"{}\", x)`, or `println!(\"{x:?}\")` for any value"),
    ("println", "text is printed with `println!(\"{}\", x)`, or `println!(\"{x:?}\")` for any value"),
    ("printf", "text is printed with `println!(\"{}\", x)`, or `println!(\"{x:?}\")` for any value"),
    ("echo", "text is printed with `println!(\"{}\", x)`, or `println!(\"{x:?}\")` for any value"),
    ("len", "length is a method: `v.len()`"),
    ("range", "a range is written `0..n`, as in `for i in 0..3 { … }`"),
    ("sum", "a sum is a method: `v.iter().sum::<f32>()`, of a tensor `x.sum()`"),
    ("max", "the larger of two is `a.max(b)`; of many, `v.iter().max()`, of a tensor `x.max()`"),
    ("min", "the smaller of two is `a.min(b)`; of many, `v.iter().min()`, of a tensor `x.min()`"),
    ("abs", "mathematical functions are methods: `x.abs()`"),
    ("sqrt", "mathematical functions are methods: `x.sqrt()`"),
    ("exp", "mathematical functions are methods: `x.exp()`"),
    ("log", "mathematical functions are methods: `x.ln()`"),
    ("sin", "mathematical functions are methods: `x.sin()`"),
    ("cos", "mathematical functions are methods: `x.cos()`"),
    ("tanh", "mathematical functions are methods: `x.tanh()`"),
    ("round", "mathematical functions are methods: `x.round()`"),
    ("pow", "powers are methods: `x.powi(2)`, `x.powf(0.5)`, of integers `n.pow(2)`"),
    ("str", "text is made with `x.to_string()`"),
    ("int", "numbers are converted with `x as i32`, text with `s.parse::<i32>().unwrap()`"),
    ("float", "numbers are converted with `x as f32`, text with `s.parse::<f32>().unwrap()`"),
    ("list", "a list is a `Vec`: `vec![1, 2, 3]`"),
    ("dict", "a dictionary is a `std::collections::HashMap`"),
    ("set", "a set is a `std::collections::HashSet`"),
    ("sorted", "a `Vec` is sorted in place: `v.sort()`, numbers with a point with `v.sort_by(f32::total_cmp)`"),
    ("enumerate", "elements with their numbers: `for (i, x) in v.iter().enumerate() { … }`"),
    ("zip", "two sequences side by side: `for (x, y) in xs.iter().zip(&ys) { … }`"),
    ("map", "a function of each element: `v.iter().map(|x| x * 2).collect::<Vec<_>>()`"),
    ("type", "the type of a variable is shown by `:vars`, that of an expression by `:type`"),
    ("input", "a line is read with `std::io::stdin().read_line(&mut text)`"),
    ("open", "a file is read with `std::fs::read_to_string(\"name\")?`"),
    ("isinstance", "a value's type is known when the cell is compiled, and nothing to ask for"),
];

pub(super) fn advice(case: &Case<'_>) -> Option<String> {
    if matches!(case.code, "E0425" | "E0423") {
        return function(case).or_else(|| words(case));
    }
    if case.code.is_empty() {
        return syntax(case);
    }
    words(case)
}

/// A function that Rust doesn't have.
fn function(case: &Case<'_>) -> Option<String> {
    let pointed = case.pointed_to();
    let (_, text) = FUNCTIONS.iter().find(|(name, _)| *name == pointed)?;
    Some((*text).to_owned())
}

fn words(case: &Case<'_>) -> Option<String> {
    let line = case.line();
    match case.code {
        "E0614" if line.contains("**") => {
            Some("powers are methods: `x.powi(2)`, `x.powf(0.5)`, of integers `n.pow(2)`".into())
        }
        "E0425" if line.trim_start().starts_with("print ") => Some(FUNCTIONS[0].1.to_owned()),
        _ => None,
    }
}

/// A sentence that isn't Rust's.
fn syntax(case: &Case<'_>) -> Option<String> {
    let line = case.line().trim();
    let (first, rest) = line.split_once(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or((line, ""));
    let message = case.error.message.as_str();
    let text = match first {
        "def" => "a function is written `fn name(x: f32) -> f32 { … }`",
        "class" => "a class is written `struct Name { … }`, with its methods in `impl Name { … }`",
        "import" | "from" => {
            "names are imported with `use`, as in `use std::collections::HashMap;`; those of the notes are there without it"
        }
        "elif" | "elsif" => "`elif` is written `else if … { … }`",
        "lambda" => "a small function is written `|x| x + 1`",
        "while" | "if" | "for" | "else" | "match" | "loop" if message.contains('{') && line.ends_with(':') => {
            return Some(format!("a block stands in braces: `{first} … {{ … }}`"));
        }
        "try" | "except" => "an error is a value: `?` hands it on, `match` or `if let Err(e) = …` handles it",
        "int" | "float" | "double" | "long" | "char" | "auto" | "string" | "String" | "bool" | "f32" | "f64"
        | "i32" | "usize"
            if rest.contains('=') =>
        {
            "a variable is defined with `let`, its type behind its name: `let x: f32 = 1.0;`"
        }
        "var" | "val" | "const" if rest.contains('=') && !case.error.says("let") => {
            "a variable is defined with `let x = …;`"
        }
        "del" => "a value is dropped with `drop(x);`",
        "pass" => "an empty block is written `{}`",
        "not" => "not is written `!`",
        "print" | "puts" | "echo" | "cout" => FUNCTIONS[0].1,
        "with" => {
            "a block that ends something is written `{ let file = …; … }`: the value is closed where the block ends"
        }
        "assert" => "a check is written `assert!(x == 1)` or `assert_eq!(x, 1)`",
        "raise" | "throw" => "a cell is stopped with an error by `panic!(\"…\")`, or by `?`",
        "function" | "func" | "fun" if !case.error.says("`fn`") => {
            "a function is written `fn name(x: f32) -> f32 { … }`"
        }
        _ => return signs(case, line),
    };
    Some(text.to_owned())
}

/// Signs that mean something else.
fn signs(case: &Case<'_>, line: &str) -> Option<String> {
    let message = case.error.message.as_str();
    let text = if line.starts_with('#') && !line.starts_with("#[") && !line.starts_with("#!") {
        "a comment begins with `//`"
    } else if message.contains("prefix `f`") || message.contains("unknown prefix") && message.contains("`f`") {
        "text with values in it is made with `format!(\"{x}\")`, and printed with `println!(\"{x}\")`"
    } else if line.contains("lambda ") {
        "a small function is written `|x| x + 1`"
    } else if line.contains(":=") {
        "a variable is defined with `let x = …;`"
    } else if line.contains('[') && case.line_has("for") && case.line_has("in") {
        "a list made from another is written `v.iter().map(|x| x * 2).collect::<Vec<_>>()`"
    } else if (case.line_has("if") && case.line_has("else") && !line.contains('{')) || line.contains(" ? ") {
        "a choice between two values is written `if c { a } else { b }`"
    } else if line.contains("is None") || line.contains("is not None") {
        "`x.is_none()` and `x.is_some()` tell whether there is a value"
    } else if case.line_has("not") && case.line_has("in") || case.line_has("in") && !case.line_has("for") {
        "whether something is in a list is asked with `v.contains(&x)`"
    } else {
        return None;
    };
    Some(text.to_owned())
}
