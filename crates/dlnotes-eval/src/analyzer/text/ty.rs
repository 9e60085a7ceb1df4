//! As much of a type as it takes to find its methods and fields.

use serde::{Deserialize, Serialize};

use super::lexer::{Kind, Tokens};

/// A type without its references: `&mut Vec<T>` is `Vec` with one argument.
///
/// Slices and arrays are named `[]`, tuples `()`, functions and closures `fn`, what isn't known `_`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ty {
    /// The last name of its path.
    #[serde(rename = "n")]
    pub(crate) name: String,
    /// The names before it.
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) path: Vec<String>,
    /// Its type arguments.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) args: Vec<Ty>,
}

/// What isn't known.
pub(crate) const UNKNOWN: &str = "_";
/// Slices and arrays.
pub(crate) const SLICE: &str = "[]";
/// Tuples.
pub(crate) const TUPLE: &str = "()";
/// Functions and closures.
pub(crate) const FUNCTION: &str = "fn";

impl Ty {
    /// A type by its name.
    pub(crate) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// A type by its name, with arguments.
    pub(crate) fn with(name: &str, args: Vec<Self>) -> Self {
        Self { args, ..Self::named(name) }
    }

    /// The type that isn't known.
    pub(crate) fn unknown() -> Self {
        Self::named(UNKNOWN)
    }

    /// Whether anything is known.
    pub(crate) fn is_known(&self) -> bool {
        self.name != UNKNOWN
    }

    /// What the text of a type says.
    pub(crate) fn parse(text: &str) -> Self {
        let tokens = Tokens::new(text);
        Self::read(&tokens, &mut 0, tokens.list.len())
    }

    /// The type that begins at the token `at`, which moves behind it.
    pub(crate) fn read(tokens: &Tokens<'_>, at: &mut usize, end: usize) -> Self {
        // Nobody writes types that are nested deeper, but anybody can type them.
        if tokens.nesting.get() >= 100 {
            *at = end;
            return Self::unknown();
        }
        tokens.nesting.update(|depth| depth + 1);
        let ty = Self::read_sum(tokens, at, end);
        tokens.nesting.update(|depth| depth - 1);
        ty
    }

    fn read_sum(tokens: &Tokens<'_>, at: &mut usize, end: usize) -> Self {
        while *at < end {
            match tokens.word(*at) {
                "&" | "&&" | "mut" | "dyn" | "impl" => *at += 1,
                "?" => *at = (*at + 2).min(end), // `?Sized +`
                "+" => *at += 1,
                "for" if tokens.is(*at + 1, "<") => *at = tokens.behind_angle(*at + 1, end),
                "*" if matches!(tokens.word(*at + 1), "const" | "mut") => {
                    *at += 2;
                    return Self::with("*", vec![Self::read(tokens, at, end)]);
                }
                _ if tokens.kind(*at) == Some(Kind::Lifetime) => *at += 1,
                _ => break,
            }
        }
        let ty = Self::read_one(tokens, at, end);
        // `A + B`: the first bound is the one that says what a value can do.
        while *at < end && tokens.is(*at, "+") {
            *at += 1;
            if tokens.kind(*at) == Some(Kind::Lifetime) {
                *at += 1;
            } else {
                Self::read(tokens, at, end);
            }
        }
        ty
    }

    fn read_one(tokens: &Tokens<'_>, at: &mut usize, end: usize) -> Self {
        let start = *at;
        match tokens.word(start) {
            "(" | "[" => {
                let behind = tokens.behind(start, end);
                let inner = behind.saturating_sub(1).max(start + 1);
                *at = behind;
                if tokens.is(start, "[") {
                    return Self::with(SLICE, vec![Self::read(tokens, &mut (start + 1), inner)]);
                }
                let (mut args, is_tuple) = Self::list(tokens, start + 1, inner);
                if args.len() == 1 && !is_tuple { args.remove(0) } else { Self::with(TUPLE, args) }
            }
            "unsafe" | "extern" | "fn" => {
                while *at < end && !tokens.is(*at, "(") {
                    *at += 1;
                }
                *at = tokens.behind(*at, end);
                Self::with(FUNCTION, vec![Self::returned(tokens, at, end)])
            }
            "<" => {
                *at = tokens.behind_angle(start, end);
                while *at < end && tokens.is(*at, "::") {
                    *at += 2;
                }
                Self::unknown()
            }
            "!" | "_" => {
                *at += 1;
                Self::named(tokens.word(start))
            }
            _ => Self::read_path(tokens, at, end),
        }
    }

    fn read_path(tokens: &Tokens<'_>, at: &mut usize, end: usize) -> Self {
        let (mut path, mut args) = (Vec::new(), Vec::new());
        if tokens.is(*at, "::") {
            *at += 1;
        }
        while *at < end && tokens.is_word(*at) || tokens.is(*at, "$") {
            if tokens.is(*at, "$") {
                *at += 1; // `$crate`
            }
            path.push(tokens.word(*at).to_owned());
            *at += 1;
            let turbofish = usize::from(tokens.is(*at, "::") && tokens.is(*at + 1, "<"));
            if *at < end && tokens.is(*at + turbofish, "<") {
                let open = *at + turbofish;
                *at = tokens.behind_angle(open, end);
                args = Self::list(tokens, open + 1, at.saturating_sub(1)).0;
            } else if path.last().is_some_and(|name| name.starts_with("Fn")) && tokens.is(*at, "(") {
                *at = tokens.behind(*at, end);
                return Self::with(FUNCTION, vec![Self::returned(tokens, at, end)]);
            }
            if !(tokens.is(*at, "::") && tokens.is_word(*at + 1)) {
                break;
            }
            *at += 1;
        }
        let Some(name) = path.pop() else {
            *at += usize::from(*at < end); // nothing that begins a type: get past it
            return Self::unknown();
        };
        Self { name, path, args }
    }

    /// What stands behind `->`, or `()`.
    pub(crate) fn returned(tokens: &Tokens<'_>, at: &mut usize, end: usize) -> Self {
        if *at >= end || !tokens.is(*at, "->") {
            return Self::named(TUPLE);
        }
        *at += 1;
        Self::read(tokens, at, end)
    }

    /// Types between commas, without lifetimes and constants; whether there was a comma.
    fn list(tokens: &Tokens<'_>, from: usize, to: usize) -> (Vec<Self>, bool) {
        let (mut types, mut at, mut comma) = (Vec::new(), from, false);
        while at < to {
            if tokens.is(at, ",") {
                (at, comma) = (at + 1, true);
                continue;
            }
            match tokens.kind(at) {
                Some(Kind::Lifetime | Kind::Number) => at += 1,
                _ => {
                    // `Item = T`
                    let is_named = tokens.is_word(at) && tokens.is(at + 1, "=");
                    at += if is_named { 2 } else { 0 };
                    types.push(Self::read(tokens, &mut at, to));
                }
            }
            while at < to && !tokens.is(at, ",") {
                at += 1;
            }
        }
        (types, comma)
    }

    /// The type with names replaced: generic parameters by arguments, `Self` by the type it stands for.
    pub(crate) fn replace(&self, with: &dyn Fn(&str) -> Option<Self>) -> Self {
        if self.path.is_empty()
            && self.args.is_empty()
            && let Some(replaced) = with(&self.name)
        {
            return replaced;
        }
        // `Self::Item`, `I::Item`: the first argument is what an iterator gives.
        if let ([owner], "Item") = (self.path.as_slice(), self.name.as_str())
            && let Some(replaced) = with(owner)
        {
            return replaced.args.first().cloned().unwrap_or_else(Self::unknown);
        }
        let args = self.args.iter().map(|arg| arg.replace(with)).collect();
        Self { name: self.name.clone(), path: self.path.clone(), args }
    }

    /// The type argument `index`, or the unknown type.
    pub(crate) fn arg(&self, index: usize) -> Self {
        self.args.get(index).cloned().unwrap_or_else(Self::unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(ty: &Ty) -> String {
        let args: Vec<String> = ty.args.iter().map(shown).collect();
        let path: String = ty.path.iter().map(|name| format!("{name}::")).collect();
        if args.is_empty() { format!("{path}{}", ty.name) } else { format!("{path}{}<{}>", ty.name, args.join(", ")) }
    }

    #[test]
    fn types_are_read_as_far_as_it_matters() {
        for (text, expected) in [
            ("&'a mut Vec<Tensor>", "Vec<Tensor>"),
            ("std::collections::HashMap<String, Vec<f32>>", "std::collections::HashMap<String, Vec<f32>>"),
            ("[f32; 3]", "[]<f32>"),
            ("(f32, &str)", "()<f32, str>"),
            ("(f32)", "f32"),
            ("()", "()"),
            ("impl Iterator<Item = (usize, &'a T)> + 'a", "Iterator<()<usize, T>>"),
            ("Box<dyn Fn(&Tensor) -> Tensor + Send>", "Box<fn<Tensor>>"),
            ("fn(i32) -> i32", "fn<i32>"),
            ("Result<(), Box<dyn std::error::Error>>", "Result<(), Box<std::error::Error>>"),
            ("Vec<", "Vec<_>"),
            ("", "_"),
            ("<T as Iterator>::Item", "_"),
        ] {
            let ty = shown(&Ty::parse(text));
            assert_eq!(ty.trim_end_matches("<>"), expected.trim_end_matches("<_>"), "{text}");
        }
    }

    #[test]
    fn parameters_are_replaced() {
        let ty = Ty::parse("Option<(Self, T, I::Item)>").replace(&|name| match name {
            "Self" => Some(Ty::named("Tensor")),
            "T" => Some(Ty::named("f32")),
            "I" => Some(Ty::parse("Range<usize>")),
            _ => None,
        });
        assert_eq!(shown(&ty), "Option<()<Tensor, f32, usize>>");
    }
}
