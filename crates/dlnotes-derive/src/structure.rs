//! What a struct is made of, as far as a derive needs to know.

use std::iter::Peekable;

use proc_macro::token_stream::IntoIter;
use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// What can't be derived, and where that is.
pub(crate) struct Mistake {
    pub(crate) span: Span,
    pub(crate) text: String,
}

/// A struct's name, parameters and fields.
pub(crate) struct Structure {
    name: Ident,
    /// `<T: Module, const N: usize>`, without defaults.
    generics: TokenStream,
    /// `<T, N>`.
    arguments: TokenStream,
    /// `where …`.
    conditions: TokenStream,
    fields: Vec<Field>,
}

struct Field {
    /// Its name, or its number.
    name: String,
    kind: TokenStream,
    span: Span,
}

type Tokens = Peekable<IntoIter>;

impl Structure {
    pub(crate) fn read(item: TokenStream) -> Result<Self, Mistake> {
        let mut tokens = item.into_iter().peekable();
        skip_attributes(&mut tokens)?;
        skip_visibility(&mut tokens);
        let keyword = tokens.next().expect("a derive gets an item");
        if keyword.to_string() != "struct" {
            let text = format!("derive(Module): this {keyword} has no fields that are layers; derive it on a struct");
            return Err(Mistake { span: keyword.span(), text });
        }
        let Some(TokenTree::Ident(name)) = tokens.next() else { unreachable!("a struct has a name") };
        let (generics, arguments) = generics(&mut tokens)?;
        let (mut conditions, mut fields) = (TokenStream::new(), Vec::new());
        for token in tokens {
            match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => fields = read_fields(&group, true)?,
                // The fields of a tuple, but not a bound's `Fn(…)`.
                TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis && conditions.is_empty() => {
                    fields = read_fields(&group, false)?;
                }
                token if is(&token, ';') => {}
                token => conditions.extend([token]),
            }
        }
        Ok(Self { name, generics, arguments, conditions, fields })
    }

    /// Replaces `@NAME` and the like in a piece of code.
    pub(crate) fn fill(&self, template: &str) -> TokenStream {
        self.filled(template.parse().expect("the template is Rust"))
    }

    fn filled(&self, template: TokenStream) -> TokenStream {
        let mut out = TokenStream::new();
        let mut tokens = template.into_iter();
        while let Some(token) = tokens.next() {
            match token {
                token if is(&token, '@') => {
                    let what = tokens.next().expect("a name follows").to_string();
                    out.extend(match what.as_str() {
                        "NAME" => TokenStream::from(TokenTree::from(self.name.clone())),
                        // What goes wrong with `forward` is reported at the struct's name.
                        "SELF" => TokenTree::from(Ident::new("Self", self.name.span())).into(),
                        "GENERICS" => self.generics.clone(),
                        "ARGUMENTS" => self.arguments.clone(),
                        "WHERE" => self.conditions.clone(),
                        "PARTS" => self.fields.iter().flat_map(Field::part).collect(),
                        other => unreachable!("@{other}"),
                    });
                }
                TokenTree::Group(group) => {
                    out.extend([TokenTree::from(Group::new(group.delimiter(), self.filled(group.stream())))]);
                }
                token => out.extend([token]),
            }
        }
        out
    }
}

impl Field {
    /// `<Linear as Field>::part(&self.hidden, "hidden"),`, at the place of the type, where a wrong one is told.
    fn part(&self) -> TokenStream {
        let code =
            format!("as ::dlnotes::nn::Field>::part(&self.{}, {:?}),", self.name, self.name.trim_start_matches("r#"));
        let open = at("<".parse().expect("a bracket"), self.span);
        let rest = at(code.parse().expect("a call"), self.span);
        open.into_iter().chain(self.kind.clone()).chain(rest).collect()
    }
}

/// The parameters of a generic struct as they are declared and as they are named.
fn generics(tokens: &mut Tokens) -> Result<(TokenStream, TokenStream), Mistake> {
    let (mut declared, mut named) = (TokenStream::new(), TokenStream::new());
    if !tokens.peek().is_some_and(|token| is(token, '<')) {
        return Ok((declared, named));
    }
    let (mut depth, mut before_name, mut in_default, mut last) = (0, true, false, None);
    for token in tokens.by_ref() {
        match &token {
            token if is(token, '<') => depth += 1,
            token if is(token, '>') && last != Some('-') => depth -= 1,
            token if is(token, ',') && depth == 1 => {
                (before_name, in_default) = (true, false);
                named.extend([token.clone()]);
            }
            token if is(token, '=') && depth == 1 => in_default = true,
            token if is(token, '\'') && before_name => {
                let text = "derive(Module): a model owns its layers, so it can't have a lifetime".to_owned();
                return Err(Mistake { span: token.span(), text });
            }
            TokenTree::Ident(name) if before_name && name.to_string() != "const" => {
                before_name = false;
                named.extend([token.clone()]);
            }
            _ => {}
        }
        let ends = depth == 0;
        if depth == 1 && is(&token, '<') || ends {
            named.extend([token.clone()]);
        }
        last = if let TokenTree::Punct(punct) = &token { Some(punct.as_char()) } else { None };
        if !in_default || ends {
            declared.extend([token]);
        }
        if ends {
            break;
        }
    }
    Ok((declared, named))
}

fn read_fields(group: &Group, have_names: bool) -> Result<Vec<Field>, Mistake> {
    let mut tokens = group.stream().into_iter().peekable();
    let mut fields = Vec::new();
    for number in 0.. {
        if tokens.peek().is_none() {
            break;
        }
        let skipped = skip_attributes(&mut tokens)?;
        skip_visibility(&mut tokens);
        let mut name = number.to_string();
        if have_names {
            name = tokens.next().expect("a field has a name").to_string();
            tokens.next(); // the colon
        }
        let span = tokens.peek().map_or_else(Span::call_site, TokenTree::span);
        let kind = until_comma(&mut tokens);
        if !skipped {
            fields.push(Field { name, kind, span });
        }
    }
    Ok(fields)
}

/// A type, up to the comma behind it, which is taken too.
fn until_comma(tokens: &mut Tokens) -> TokenStream {
    let (mut depth, mut last, mut kind) = (0, None, TokenStream::new());
    for token in tokens.by_ref() {
        match &token {
            token if is(token, ',') && depth == 0 => break,
            token if is(token, '<') => depth += 1,
            token if is(token, '>') && last != Some('-') => depth -= 1,
            _ => {}
        }
        last = if let TokenTree::Punct(punct) = &token { Some(punct.as_char()) } else { None };
        kind.extend([token]);
    }
    kind
}

/// Passes over `#[…]`; whether `#[module(skip)]` was among them.
fn skip_attributes(tokens: &mut Tokens) -> Result<bool, Mistake> {
    let mut skipped = false;
    while tokens.next_if(|token| is(token, '#')).is_some() {
        let Some(TokenTree::Group(group)) = tokens.next() else { continue };
        let told: String = group.stream().to_string().split_whitespace().collect();
        if told == "module(skip)" {
            skipped = true;
        } else if told.starts_with("module") {
            let text = format!("derive(Module): `{told}` isn't known; `module(skip)` leaves a field out");
            return Err(Mistake { span: group.span(), text });
        }
    }
    Ok(skipped)
}

fn skip_visibility(tokens: &mut Tokens) {
    if tokens.next_if(|token| token.to_string() == "pub").is_some() {
        let restricts = |token: &TokenTree| {
            let TokenTree::Group(group) = token else { return false };
            let first = group.stream().into_iter().next().map(|token| token.to_string());
            group.delimiter() == Delimiter::Parenthesis
                && matches!(first.as_deref(), Some("crate" | "self" | "super" | "in"))
        };
        tokens.next_if(restricts);
    }
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// The same code, as if it stood at `span`.
pub(crate) fn at(code: TokenStream, span: Span) -> TokenStream {
    let moved = |token: TokenTree| {
        let mut token = match token {
            TokenTree::Group(group) => Group::new(group.delimiter(), at(group.stream(), span)).into(),
            token => token,
        };
        // Names still mean what they mean where the macro is used.
        token.set_span(span.resolved_at(Span::call_site()));
        token
    };
    code.into_iter().map(moved).collect()
}
