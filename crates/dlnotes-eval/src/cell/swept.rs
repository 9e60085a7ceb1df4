//! A sweep in a cell: `Sweep::new().over("lr", [0.1, 0.01]).run(|p| train(p["lr"]))`.

use std::ops::Range;

use quote::ToTokens as _;
use syn::parse::Parser as _;
use syn::visit::{self, Visit};
use syn::{Expr, ExprMethodCall, Lit, Pat, Stmt};

use super::extent::extent;
use super::parse::apart;

/// What a cell says of sweeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Names of parameters, each with the variable that the sweep is kept in, if it is.
    pub names: Vec<(Option<String>, String)>,
    /// Its last sweep that runs.
    pub run: Option<Run>,
}

/// A sweep that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The variable that the sweep is in, unless it is made there.
    pub of: Option<String>,
    /// The statement that it stands in.
    pub statement: Range<usize>,
    /// What the closure calls its point.
    pub point: String,
    /// What the closure does.
    pub body: Range<usize>,
}

/// Looks for sweeps in a cell's code.
pub fn swept(code: &str) -> Swept {
    if !super::words(code).contains("run") && !super::words(code).contains("Sweep") {
        return Swept::default();
    }
    let found = apart(|| {
        let statements = syn::Block::parse_within.parse_str(code).ok()?;
        let mut finder = Finder::default();
        for statement in statements.iter().filter(|statement| !matches!(statement, Stmt::Item(_))) {
            finder.variable = match statement {
                Stmt::Local(local) => match &local.pat {
                    Pat::Ident(name) => Some(name.ident.to_string()),
                    _ => None,
                },
                _ => None,
            };
            finder.statement = extent(statement.to_token_stream());
            finder.visit_stmt(statement);
        }
        finder.names.sort_by_key(|(at, ..)| *at);
        let names = finder.names.into_iter().map(|(_, variable, name)| (variable, name)).collect();
        Some(Swept { names, run: finder.run })
    });
    found.flatten().unwrap_or_default()
}

#[derive(Default)]
struct Finder {
    /// What the statement defines, and where it is.
    variable: Option<String>,
    statement: Range<usize>,
    /// Where they stand, the variable, the names.
    names: Vec<(usize, Option<String>, String)>,
    run: Option<Run>,
}

/// What a chain of calls begins with.
enum Root {
    /// `Sweep::new()`.
    New,
    Variable(String),
}

fn root(expression: &Expr) -> Option<Root> {
    match expression {
        Expr::MethodCall(call) => root(&call.receiver),
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else { return None };
            let path: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            path.ends_with(&["Sweep".to_owned(), "new".to_owned()]).then_some(Root::New)
        }
        Expr::Path(path) => path.path.get_ident().map(|name| Root::Variable(name.to_string())),
        _ => None,
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        match (root(&call.receiver), call.method.to_string().as_str(), call.args.first()) {
            (Some(Root::New), "over" | "log" | "linear", Some(Expr::Lit(name))) => {
                if let Lit::Str(name) = &name.lit {
                    self.names.push((name.span().byte_range().start, self.variable.clone(), name.value()));
                }
            }
            (Some(of), "run", Some(Expr::Closure(closure))) if call.args.len() == 1 && closure.inputs.len() == 1 => {
                let point = match &closure.inputs[0] {
                    Pat::Type(typed) => typed.pat.to_token_stream().to_string(),
                    other => other.to_token_stream().to_string(),
                };
                let of = match of {
                    Root::New => None,
                    Root::Variable(name) => Some(name),
                };
                let (statement, body) = (self.statement.clone(), extent(closure.body.to_token_stream()));
                self.run = Some(Run { of, statement, point, body });
            }
            _ => {}
        }
        visit::visit_expr_method_call(self, call);
    }
}

#[cfg(test)]
mod tests {
    use super::swept;

    #[test]
    fn a_sweep_has_names_and_a_closure() {
        let code = "let a = 1;\nlet found = Sweep::new().log(\"lr\", 1e-3, 1.0, 4).over(\"wd\", [0.0]).seeds(2).run(|p| {\n    \
                    p[\"lr\"] + f(|x| x)\n});\nfound";
        let found = swept(code);
        let run = found.run.unwrap();
        assert_eq!(found.names.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["lr", "wd"]);
        assert!(run.of.is_none() && run.point == "p" && code[run.statement.clone()].starts_with("let found"));
        assert!(code[run.body.clone()].starts_with("{\n") && code[run.body].ends_with('}'));
        let kept = swept("let plan = Sweep::new().linear(\"p\", 0.0, 0.5, 3);");
        assert_eq!((kept.names, kept.run), (vec![(Some("plan".to_owned()), "p".to_owned())], None));
        assert_eq!(swept("plan.run(|point: &Trial| g(point))").run.unwrap().of.as_deref(), Some("plan"));
        assert_eq!(swept("fit.run()?; let x = runs(|p| 1.0);"), super::Swept::default());
    }
}
