//! A cell's parts: commands at its head, then Rust.

use ra_ap_syntax::ast::{HasModuleItem as _, HasName as _};
use ra_ap_syntax::{AstNode as _, Edition, Parse, SourceFile, ast};

/// What stands around the code when it is parsed as statements.
pub(super) const WRAPPER: &str = "fn cell() {\n";

/// A line at the head of a cell that is not Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// `:name arguments`.
    Command {
        /// With its colon.
        name: String,
        /// The rest of the line.
        arguments: String,
    },
    /// `!command`, for the system's shell.
    Shell(String),
}

/// A cell, split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Commands, with their line in the cell, from 1.
    pub head: Vec<(usize, Head)>,
    /// The Rust code; the head's lines are there, empty, so that line numbers are the cell's.
    pub code: String,
}

impl Source {
    /// Splits a cell. Commands end where Rust begins.
    pub fn new(cell: &str) -> Self {
        let mut head = Vec::new();
        let mut blank = String::new();
        for (number, line) in cell.lines().enumerate() {
            let trimmed = line.trim_start();
            if trimmed.starts_with(':') && !trimmed.starts_with("::") {
                let (name, arguments) = trimmed.split_once(' ').unwrap_or((trimmed, ""));
                let command = Head::Command { name: name.to_owned(), arguments: arguments.trim().to_owned() };
                head.push((number + 1, command));
            } else if let Some(command) = trimmed.strip_prefix('!') {
                head.push((number + 1, Head::Shell(command.trim().to_owned())));
            } else if !trimmed.is_empty() && !trimmed.starts_with("//") {
                let rest: Vec<&str> = cell.lines().skip(number).collect();
                return Self { head, code: blank + &rest.join("\n") };
            }
            blank.push('\n');
        }
        Self { head, code: String::new() }
    }

    /// Whether the last thing in the code is an expression: the cell's value.
    pub fn has_value(&self) -> bool {
        body(&self.code).and_then(|list| list.tail_expr()).is_some()
    }

    /// A mistake that evcxr would leave out without a word: the byte in the code where it is, and what it is.
    pub fn silent_mistake(&self) -> Option<(usize, &'static str)> {
        let parsed = parse(&self.code);
        let comment =
            parsed.errors().into_iter().find(|error| error.to_string().contains("terminate the block comment"));
        let comment = comment.map(|error| (error.range().start(), "unterminated block comment"));
        let statements = body(&self.code).into_iter().flat_map(|list| list.statements());
        let mut without_name = statements.filter_map(|statement| match statement {
            ast::Stmt::LetStmt(statement) if statement.pat().is_none() => Some(statement.syntax().text_range().start()),
            _ => None,
        });
        let let_alone = || without_name.next().map(|at| (at, "expected a name or a pattern behind `let`"));
        comment.or_else(let_alone).map(|(at, what)| (usize::from(at).saturating_sub(WRAPPER.len()), what))
    }

    /// Whether something in the code is given this name: a variable, or a parameter of a function.
    pub fn binds(&self, name: &str) -> bool {
        let patterns = parse(&self.code).tree().syntax().descendants().filter_map(ast::IdentPat::cast);
        patterns.filter_map(|pattern| pattern.name()).any(|bound| bound.text() == name)
    }

    /// The variables that the code's own statements define.
    pub fn variables(&self) -> Vec<String> {
        let statements = body(&self.code).into_iter().flat_map(|list| list.statements());
        let patterns = statements.filter_map(|statement| match statement {
            ast::Stmt::LetStmt(let_statement) => let_statement.pat(),
            _ => None,
        });
        let names = patterns.flat_map(|pattern| pattern.syntax().descendants().filter_map(ast::IdentPat::cast));
        names.filter_map(|pattern| pattern.name()).map(|name| name.to_string()).collect()
    }
}

/// Parses `code` as a list of statements; offsets in it are shifted by the length of [`WRAPPER`].
pub(super) fn parse(code: &str) -> Parse<SourceFile> {
    SourceFile::parse(&format!("{WRAPPER}{code}\n}}\n"), Edition::Edition2024)
}

/// The statements of `code`.
pub(super) fn body(code: &str) -> Option<ast::StmtList> {
    let file = parse(code).tree();
    let function = file.items().find_map(|item| ast::Fn::cast(item.syntax().clone()))?;
    function.body()?.stmt_list()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_where_it_is_given_and_not_in_others() {
        let source = Source::new("let (a, mut b) = (1, max);\nfn f(c: i32) { let d = c; }\nlet xs = Point { x: y };");
        assert!(["a", "b", "c", "d", "xs"].into_iter().all(|name| source.binds(name)));
        assert!(["x", "y", "max", "f"].into_iter().all(|name| !source.binds(name)));
    }

    #[test]
    fn what_evcxr_would_leave_out_is_found() {
        let found = |code: &str| Source::new(code).silent_mistake();
        assert_eq!(found("let a = 1;\nlet fn = 2;"), Some((11, "expected a name or a pattern behind `let`")));
        assert_eq!(found("let a = 1;\n/* open"), Some((11, "unterminated block comment")));
        assert_eq!(found("let a = 1; /* closed */\nlet (b, _) = (a, 2);\na +"), None);
    }

    #[test]
    fn commands_stand_at_the_head_and_lines_keep_their_numbers() {
        let source = Source::new("// a comment\n:dep a = \"1\"\n\n! ls -l\nlet x = 1;\n:not a command");
        let command = Head::Command { name: ":dep".into(), arguments: "a = \"1\"".into() };
        assert_eq!(source.head, [(2, command), (4, Head::Shell("ls -l".into()))]);
        assert_eq!(source.code.lines().nth(4), Some("let x = 1;"));
        assert_eq!(Source::new(":vars").code, "");
        assert!(Source::new("::std::mem::drop(1);").head.is_empty());
    }

    #[test]
    fn a_value_is_an_expression_without_semicolon_at_the_end() {
        for (code, expect) in [
            ("1 + 1", true),
            ("let x = 1;\nx", true),
            ("let x = 1;", false),
            ("x;", false),
            ("fn f() -> i32 { 1 }", false),
            ("x // the end", true),
        ] {
            assert_eq!(Source::new(code).has_value(), expect, "{code}");
        }
    }

    #[test]
    fn variables_are_those_of_the_cells_own_lets() {
        let source = Source::new("let (a, mut b) = f(); if x { let c = 1; } let P { d, .. } = p;");
        assert_eq!(source.variables(), ["a", "b", "d"]);
    }
}
