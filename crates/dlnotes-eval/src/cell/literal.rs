//! Values that are written down: `0.1`, `-3`, `true`, `"adam"`, `"adam".to_owned()`.

use std::ops::Range;

use quote::ToTokens as _;
use syn::{Expr, Lit, Local, Pat, Stmt, UnOp};

use super::extent::extent;

/// Where the value of `let name = 0.1;` is, if it is a literal.
pub(super) fn of_let(local: &Local) -> Option<Range<usize>> {
    let pattern = match &local.pat {
        Pat::Type(typed) => &*typed.pat,
        other => other,
    };
    let is_name = matches!(pattern, Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none());
    let value = local.init.as_ref().filter(|init| is_name && init.diverge.is_none())?;
    is_literal(&value.expr).then(|| extent(value.expr.to_token_stream()))
}

/// Where the number of `seed(3);` is.
pub(super) fn of_seed(statement: &Stmt) -> Option<Range<usize>> {
    let Stmt::Expr(Expr::Call(call), _) = statement else { return None };
    let is_seed = matches!(&*call.func, Expr::Path(path) if path.path.is_ident("seed"));
    let number = call.args.first().filter(|number| is_seed && call.args.len() == 1 && is_integer(number))?;
    Some(extent(number.to_token_stream()))
}

fn is_integer(value: &Expr) -> bool {
    matches!(value, Expr::Lit(literal) if matches!(literal.lit, Lit::Int(_)))
}

fn is_literal(value: &Expr) -> bool {
    match value {
        Expr::Lit(literal) => {
            matches!(literal.lit, Lit::Int(_) | Lit::Float(_) | Lit::Bool(_) | Lit::Str(_) | Lit::Char(_))
        }
        Expr::Unary(negated) => {
            let is_number = |of: &Expr| matches!(of, Expr::Lit(l) if matches!(l.lit, Lit::Int(_) | Lit::Float(_)));
            matches!(negated.op, UnOp::Neg(_)) && is_number(&negated.expr)
        }
        // A word of one's own: `"adam".to_owned()`, `String::from("adam")`.
        Expr::MethodCall(call) => {
            let owned = ["to_owned", "to_string", "into"].iter().any(|name| call.method == name);
            owned && call.args.is_empty() && is_text(&call.receiver)
        }
        Expr::Call(call) => {
            let name = call.func.to_token_stream().to_string().replace(' ', "");
            match name.as_str() {
                "String::from" => call.args.len() == 1 && call.args.first().is_some_and(is_text),
                "String::new" => call.args.is_empty(),
                _ => false,
            }
        }
        _ => false,
    }
}

fn is_text(value: &Expr) -> bool {
    matches!(value, Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)))
}

#[cfg(test)]
mod tests {
    use crate::cell::parse;

    fn literals(code: &str) -> Vec<Option<&str>> {
        parse(code).unwrap().lets.iter().map(|of| of.literal.clone().map(|range| &code[range])).collect()
    }

    #[test]
    fn a_value_that_is_written_down_is_a_literal() {
        let code = "let a = 0.1; let mut b: f32 = -1e-3; let c = true; let d = \"adam\"; let e = 'x'; let f = 3_u64;\n\
                    let g = \"a\".to_owned(); let h: String = \"b\".into(); let i = String::from(\"c\"); let j = String::new();";
        let expected =
            "0.1|-1e-3|true|\"adam\"|'x'|3_u64|\"a\".to_owned()|\"b\".into()|String::from(\"c\")|String::new()";
        assert_eq!(literals(code).into_iter().flatten().collect::<Vec<_>>().join("|"), expected);
        let code = "let a = 2 * 3; let (b, c) = (1, 2); let d = vec![1.0]; let e; let f = a; let g = !true;\n\
                    let Some(h) = Some(1) else { panic!() }; let i = f(1);";
        assert_eq!(literals(code), [None; 8]);
    }

    #[test]
    fn a_seed_is_a_call_with_a_number() {
        let code = "seed(3);\nrng.seed(4);\nseed(n);\nseed(1, 2);\n{ seed(5); }\nseed(0x10)";
        let found = parse(code).unwrap().seeds;
        assert_eq!(found.into_iter().map(|range| &code[range]).collect::<Vec<_>>(), ["3", "0x10"]);
    }
}
