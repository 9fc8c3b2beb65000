//! The attribute and derive macros of `stacklens`. Their documentation is where they are re-exported.

mod container;
mod embed;
mod emit;
mod environment;
mod framed;
mod function;
mod inspect;
mod log;
mod meta;
mod options;
mod recursion;
mod rewrite;
mod secret;
mod tree;

use crate::emit::compile_error;
use crate::function::Function;
use crate::options::{Attribute, Options};
use crate::tree::Tok;
use proc_macro::{Span, TokenStream};

#[allow(missing_docs)] // documented where the library re-exports it
#[proc_macro_attribute]
pub fn frame(arguments: TokenStream, item: TokenStream) -> TokenStream {
    annotate(arguments, item, Attribute::Frame)
}

#[allow(missing_docs)] // documented where the library re-exports it
#[proc_macro_attribute]
pub fn log_calls(arguments: TokenStream, item: TokenStream) -> TokenStream {
    annotate(arguments, item, Attribute::LogCalls)
}

fn annotate(arguments: TokenStream, item: TokenStream, attribute: Attribute) -> TokenStream {
    if cfg!(feature = "off") {
        return item;
    }
    let toks = Tok::tree(item.clone());
    if let Some(span) = other_attribute(&toks, attribute) {
        return beside(
            "`#[log_calls]` implies `#[frame]` and has its options: one attribute is enough",
            span,
            item,
        );
    }
    let mut options = match Options::parse(&Tok::tree(arguments), attribute) {
        Ok(options) => options,
        Err(error) => return beside(&error.message, error.span, item),
    };
    if options.leave_out {
        return item;
    }
    if options.capture.is_none() {
        match environment::capture() {
            Ok(capture) => options.capture = capture,
            Err(message) => return beside(message, Span::call_site(), item),
        }
    }
    if let Some((kind, keyword)) = container::kind(&toks) {
        let (tokens, errors) = container::expand(&toks, kind, keyword, &options);
        return errors
            .into_iter()
            .fold(tokens, |tokens, e| beside(&e.message, e.span, tokens));
    }
    match Function::parse(&toks) {
        Some(function) if function.is_const => {
            let error = container::const_error(&function);
            beside(&error.message, error.span, item)
        }
        Some(function) if function.declared || function.untouchable => item,
        Some(function) => match function.expand(&options, "") {
            Ok(tokens) => tokens,
            Err(error) => beside(&error.message, error.span, item),
        },
        // Another item, or a function in a syntax that is not known: the compiler knows better what to say of it.
        None => match not_a_function(&toks) {
            Some(span) => {
                let name = attribute.name();
                let message = format!(
                    "`#[{name}]` goes on a function, or on an `impl`, `trait` or inline `mod` of them"
                );
                beside(&message, span, item)
            }
            None => item,
        },
    }
}

#[allow(missing_docs)] // documented where the library re-exports it
#[proc_macro_derive(Inspect, attributes(inspect))]
pub fn derive_inspect(input: TokenStream) -> TokenStream {
    inspect::derive(input)
}

#[allow(missing_docs)] // documented where the library re-exports it
#[proc_macro]
pub fn framed(input: TokenStream) -> TokenStream {
    framed::expand(input)
}

/// The item as it is, and an error beside it: what else is wrong with the item is still reported.
fn beside(message: &str, span: Span, item: TokenStream) -> TokenStream {
    let mut out = compile_error(span, message);
    out.extend(item);
    out
}

/// The other attribute of ours on the same item.
fn other_attribute(toks: &[Tok], attribute: Attribute) -> Option<Span> {
    let (end, _) = tree::skip_attributes(toks, 0);
    (0..end).step_by(2).find_map(|i| {
        let inner = tree::group_at(toks, i + 1, proc_macro::Delimiter::Bracket)?;
        let (other, _) = container::own_arguments(inner)?;
        (other != attribute).then(|| toks[i].span())
    })
}

/// The keyword of an item that can have no frame.
fn not_a_function(toks: &[Tok]) -> Option<Span> {
    let (mut i, _) = tree::skip_attributes(toks, 0);
    while let Some(tok) = toks.get(i) {
        match tok.ident()? {
            "struct" | "enum" | "union" | "static" | "const" | "type" | "use" | "extern"
            | "mod" | "trait" | "impl" => {
                return Some(tok.span());
            }
            "pub" | "unsafe" => i += 1,
            _ => return None,
        }
        if tree::group_at(toks, i, proc_macro::Delimiter::Parenthesis).is_some() {
            i += 1;
        }
    }
    None
}
