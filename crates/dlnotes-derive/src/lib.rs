//! `#[derive(Module)]`: a model's parameters, parts and mode from its fields. Use it as `dlnotes::nn::Module`, where its
//! documentation is.

mod structure;

use proc_macro::TokenStream;

use structure::{Mistake, Structure};

/// Implements `Module` for a struct with a method `forward` of its own; see `dlnotes::nn::Module`.
#[proc_macro_derive(Module, attributes(module))]
pub fn module(item: TokenStream) -> TokenStream {
    match Structure::read(item) {
        Ok(structure) => implementation(&structure),
        Err(mistake) => error(&mistake),
    }
}

/// The `impl`, in a scope of its own. A model without a `forward` would call itself for ever: the trait in front of it
/// makes that call ambiguous, which rustc reports by the trait's name.
fn implementation(structure: &Structure) -> TokenStream {
    let template = "const _: () = {
        #[allow(non_camel_case_types)]
        trait this_model_has_no_forward_of_its_own {
            fn forward(&self, _: &::dlnotes::Tensor) -> ::dlnotes::Tensor { ::std::unreachable!() }
        }
        #[automatically_derived]
        impl<T: ?::std::marker::Sized> this_model_has_no_forward_of_its_own for T {}

        #[automatically_derived]
        impl @GENERICS ::dlnotes::nn::derived::Fields for @NAME @ARGUMENTS @WHERE {
            fn parts(&self) -> ::std::vec::Vec<::dlnotes::nn::derived::Part<'_>> {
                ::std::vec::Vec::from([ @PARTS ])
            }
        }

        #[automatically_derived]
        impl @GENERICS ::dlnotes::nn::Module for @NAME @ARGUMENTS @WHERE {
            #[track_caller]
            fn forward(&self, x: &::dlnotes::Tensor) -> ::dlnotes::Tensor {
                #[allow(unused_imports)]
                use ::dlnotes::nn::Module as _;
                @SELF::forward(self, x)
            }
            fn own_parameters(&self) -> ::std::vec::Vec<(&'static str, ::dlnotes::Tensor)> {
                ::dlnotes::nn::derived::own_parameters(&::dlnotes::nn::derived::Fields::parts(self))
            }
            fn own_buffers(&self) -> ::std::vec::Vec<(&'static str, ::dlnotes::Tensor)> {
                ::dlnotes::nn::derived::own_buffers(&::dlnotes::nn::derived::Fields::parts(self))
            }
            fn children(&self) -> ::std::vec::Vec<(::std::string::String, &dyn ::dlnotes::nn::Module)> {
                ::dlnotes::nn::derived::children(&::dlnotes::nn::derived::Fields::parts(self))
            }
            fn mode(&self) -> ::std::option::Option<&::dlnotes::nn::Mode> {
                ::dlnotes::nn::derived::own_mode(&::dlnotes::nn::derived::Fields::parts(self))
            }
            fn as_any(&self) -> ::std::option::Option<&dyn ::std::any::Any> {
                ::std::option::Option::Some(self)
            }
        }
    };";
    structure.fill(template)
}

/// `compile_error!` at the place of the mistake.
fn error(mistake: &Mistake) -> TokenStream {
    let text: TokenStream = format!("::std::compile_error!({:?});", mistake.text).parse().expect("a macro call");
    structure::at(text, mistake.span)
}
