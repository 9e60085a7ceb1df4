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
    if matches!(case.code, "E0425" | "E0423") && case.error.message.contains("function") {
        return function(case);
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
        "E0425" if matches!(case.pointed_to(), "console" | "System" | "cout") => Some(FUNCTIONS[0].1.to_owned()),
        "E0425" if matches!(case.pointed_to(), "null" | "nil" | "Nil" | "undefined" | "NULL") => {
            Some("what may be missing is an `Option`: `None`, or `Some(x)`".into())
        }
        "E0425" if is_assigned(case) => {
            let name = case.pointed_to();
            Some(format!(
                "a new variable is defined with `let {name} = …;`, one that changes with `let mut {name} = …;`"
            ))
        }
        "E0369" if case.error.message.contains("multiply `&str`") => {
            Some("text is repeated with `\"a\".repeat(3)`".into())
        }
        "E0599" if matches!(case.pointed_to(), "push" | "push_str") && case.error.says("&str") => {
            Some("a `&str` can't grow: make a `String` of it, `let mut s = String::from(\"…\");`".into())
        }
        "E0599" if case.pointed_to() == "pow" => {
            Some("powers of numbers with a point are `x.powi(2)` and `x.powf(0.5)`".into())
        }
        _ => None,
    }
}

/// Whether the cell gives a value to what the error is about.
fn is_assigned(case: &Case<'_>) -> bool {
    let Some(label) = case.error.labels.first() else { return false };
    let next = case.tokens.iter().position(|token| token.range.end == label.mark.range.end);
    let text = |at: usize| case.tokens.get(at).map_or("", |token| token.text.as_str());
    let Some(at) = next else { return false };
    let before = if at == 0 { ";" } else { text(at - 1) };
    text(at + 1) == "=" && text(at + 2) != "=" && matches!(before, ";" | "{" | "}")
}

/// A sentence that isn't Rust's.
fn syntax(case: &Case<'_>) -> Option<String> {
    let line = case.line().trim();
    let (first, rest) = line.split_once(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or((line, ""));
    let text = match first {
        "def" => "a function is written `fn name(x: f32) -> f32 { … }`",
        "class" => "a class is written `struct Name { … }`, with its methods in `impl Name { … }`",
        "import" | "from" => {
            "names are imported with `use`, as in `use std::collections::HashMap;`; those of the notes are there without it"
        }
        "elif" | "elsif" => "`elif` is written `else if … { … }`",
        "lambda" => "a small function is written `|x| x + 1`",
        "while" | "if" | "for" | "else" | "match" | "loop" if line.ends_with(':') => {
            return Some(format!("a block stands in braces: `{first} … {{ … }}`"));
        }
        "try" | "except" => "an error is a value: `?` hands it on, `match` or `if let Err(e) = …` handles it",
        "int" | "float" | "double" | "long" | "char" | "auto" | "string" | "String" | "bool" | "f32" | "f64"
        | "i32" | "usize"
            if rest.contains('=') =>
        {
            "a variable is defined with `let`, its type behind its name: `let x: f32 = 1.0;`"
        }
        "for" if rest.trim_start().starts_with('(') && rest.contains(';') => {
            "a loop over numbers is written `for i in 0..3 { … }`"
        }
        "switch" => "a choice between cases is written `match x { 1 => …, _ => … }`",
        "do" => "a loop that ends in the middle or at its end is written `loop { …; if done { break; } }`",
        "type" => FUNCTIONS[28].1,
        "var" | "val" if rest.contains('=') && !case.error.says("let") => "a variable is defined with `let x = …;`",
        "del" => "a value is dropped with `drop(x);`",
        "pass" => "an empty block is written `{}`",
        "not" => "not is written `!`",
        "print" | "puts" | "echo" | "cout" => FUNCTIONS[0].1,
        _ if rest.trim_start().starts_with(',') && line.contains('=') => {
            "several variables are defined at once with `let (a, b) = (1, 2);`"
        }
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
    let text = if line.starts_with(':') && !line.starts_with("::") && message.ends_with("found `:`") {
        "commands stand at the head of a cell, before its code"
    } else if line.starts_with("#include") {
        "nothing has to be included: the standard library is there as `std`, other crates with `:dep`"
    } else if line.starts_with('#') && !line.starts_with("#[") && !line.starts_with("#!") {
        "a comment begins with `//`"
    } else if message.contains("prefix `f`") || message.contains("unknown prefix") && message.contains("`f`") {
        "text with values in it is made with `format!(\"{x}\")`, and printed with `println!(\"{x}\")`"
    } else if line.contains("lambda ") {
        "a small function is written `|x| x + 1`"
    } else if case.line_has("elif") {
        "`elif` is written `else if … { … }`"
    } else if message.contains("found `=>`") && first_word(line) == "let" {
        "a small function is written `|x| x + 1`"
    } else if case.line_has("new") && message.contains("found `") {
        "a value is made by a function of its type: `Vec::new()`"
    } else if line.contains("{\"") && message.contains("found `:`") {
        "a dictionary is made with `std::collections::HashMap::from([(\"a\", 1), (\"b\", 2)])`"
    } else if message.starts_with("expected `;`") && comment_is_a_number(line) {
        "whole numbers are divided with `/`; `//` begins a comment"
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

fn first_word(line: &str) -> &str {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// Whether `//` was meant to divide.
fn comment_is_a_number(line: &str) -> bool {
    line.split_once("//").is_some_and(|(_, rest)| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
}
