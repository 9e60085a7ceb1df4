//! What makes an item of one crate usable from another: everything public, fields and methods too.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Fields, ImplItem, Item, Safety, Signature, Visibility};

use super::edit::Edit;
use super::macros;

/// The edits that make `item` public.
pub(super) fn publish(item: &Item) -> Vec<Edit> {
    let mut edits = Edits(Vec::new());
    match item {
        Item::Fn(f) => edits.visibility(&f.vis, start(&f.sig)),
        Item::Const(i) => edits.visibility(&i.vis, i.const_token.span()),
        Item::ExternCrate(i) => edits.visibility(&i.vis, i.extern_token.span()),
        Item::Static(i) => edits.visibility(&i.vis, i.static_token.span()),
        Item::Type(i) => edits.visibility(&i.vis, i.type_token.span()),
        Item::TraitAlias(i) => edits.visibility(&i.vis, i.trait_token.span()),
        Item::Struct(i) => {
            edits.visibility(&i.vis, i.struct_token.span());
            edits.fields(&i.fields);
        }
        Item::Union(i) => {
            edits.visibility(&i.vis, i.union_token.span());
            for field in &i.fields.named {
                edits.visibility(&field.vis, field.ident.as_ref().map_or(field.ty.span(), syn::Ident::span));
            }
        }
        Item::Enum(i) => edits.visibility(&i.vis, i.enum_token.span()),
        Item::Trait(i) => {
            let auto = i.modifiers.auto_token.as_ref().map(|t| t.span());
            let first = i.unsafety.as_ref().map(|t| t.span()).or(auto);
            edits.visibility(&i.vis, first.unwrap_or(i.trait_token.span()));
        }
        Item::Mod(i) => {
            edits.visibility(&i.vis, i.unsafety.as_ref().map_or(i.mod_token.span(), |t| t.span()));
            // What is private in a module stays so; what is for the whole crate is for the whole session.
            i.content.iter().flat_map(|(_, items)| items).for_each(|item| edits.visit_item(item));
        }
        Item::Impl(i) if i.trait_.is_none() => {
            for item in &i.items {
                match item {
                    ImplItem::Fn(f) => edits.visibility(&f.vis, start(&f.sig)),
                    ImplItem::Const(c) => edits.visibility(&c.vis, c.const_token.span()),
                    ImplItem::Type(t) => edits.visibility(&t.vis, t.type_token.span()),
                    _ => {}
                }
            }
        }
        Item::ForeignMod(i) => {
            for item in &i.items {
                match item {
                    syn::ForeignItem::Fn(f) => edits.visibility(&f.vis, start(&f.sig)),
                    syn::ForeignItem::Static(s) => edits.visibility(&s.vis, s.static_token.span()),
                    syn::ForeignItem::Type(t) => edits.visibility(&t.vis, t.type_token.span()),
                    syn::ForeignItem::Verbatim(tokens) => edits.unparsed(tokens),
                    _ => {}
                }
            }
        }
        Item::Macro(i) if i.ident.is_some() => {
            let at = i.mac.path.span().byte_range().start;
            if !i.attrs.iter().any(|a| a.path().is_ident("macro_export")) {
                edits.0.push((at..at, "#[macro_export] "));
            }
            edits.0.extend(macros::rules(&i.mac.tokens).1);
        }
        _ => {}
    }
    edits.0.sort_by_key(|(range, _)| range.start);
    edits.0
}

struct Edits(Vec<Edit>);

impl Edits {
    fn visibility(&mut self, visibility: &Visibility, next: proc_macro2::Span) {
        match visibility {
            Visibility::Public(_) => {}
            Visibility::Restricted(restricted) => self.0.push((restricted.span().byte_range(), "pub")),
            Visibility::Inherited => {
                let at = next.byte_range().start;
                self.0.push((at..at, "pub "));
            }
        }
    }

    /// What syn doesn't know, such as `safe fn`: the first word that isn't in an attribute.
    fn unparsed(&mut self, tokens: &TokenStream) {
        let first = tokens.clone().into_iter().find_map(|token| match token {
            TokenTree::Ident(word) => Some(word),
            _ => None,
        });
        if let Some(word) = first.filter(|word| *word != "pub") {
            let at = word.span().byte_range().start;
            self.0.push((at..at, "pub "));
        }
    }

    fn fields(&mut self, fields: &Fields) {
        for field in fields {
            self.visibility(&field.vis, field.ident.as_ref().map_or(field.ty.span(), syn::Ident::span));
        }
    }
}

impl<'ast> Visit<'ast> for Edits {
    fn visit_vis_restricted(&mut self, restricted: &'ast syn::VisRestricted) {
        if restricted.path.is_ident("crate") {
            self.0.push((restricted.span().byte_range(), "pub"));
        }
        visit::visit_vis_restricted(self, restricted);
    }
}

/// The first token of a function behind its visibility.
fn start(signature: &Signature) -> proc_macro2::Span {
    let first = signature.constness.as_ref().map(|t| t.span()).or(signature.asyncness.as_ref().map(|t| t.span()));
    let safety = match &signature.safety {
        Safety::Safe(token) => Some(token.span()),
        Safety::Unsafe(token) => Some(token.span()),
        Safety::Default => None,
    };
    first.or(safety).or(signature.abi.as_ref().map(|abi| abi.span())).unwrap_or(signature.fn_token.span())
}
