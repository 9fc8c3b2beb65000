//! One function: its signature taken apart as far as needed, its body walked, the two put together again.

mod expansion;
mod future;
mod grown;
mod logged;
mod parameter;
mod plain;
mod received;

use crate::options::{OptionError, Options};
use crate::tree::{
    group_at, ident_at, operator_at, punct_at, skip_angles, skip_attributes, split_commas, Tok,
};
use expansion::Expansion;
use proc_macro::{Delimiter, Group, Span, TokenStream, TokenTree};

/// A function item, by index into its tokens.
pub(crate) struct Function<'t> {
    toks: &'t [Tok],
    /// The first token behind the attributes.
    start: usize,
    name: usize,
    parameters: usize,
    /// Behind `->`, empty without one.
    result: &'t [Tok],
    body: usize,
    pub(crate) is_const: bool,
    pub(crate) const_span: Option<Span>,
    is_async: bool,
    is_unsafe: bool,
    generic: bool,
    /// Ends in `;`: a declaration.
    pub(crate) declared: bool,
    pub(crate) untouchable: bool,
}

impl<'t> Function<'t> {
    /// The function that the tokens are; `None` if they are something else, or a syntax that is not known.
    pub(crate) fn parse(toks: &'t [Tok]) -> Option<Function<'t>> {
        let (start, _) = skip_attributes(toks, 0);
        let untouchable = attributes(toks, start).any(|name| {
            matches!(
                name,
                "naked"
                    | "proc_macro"
                    | "proc_macro_attribute"
                    | "proc_macro_derive"
                    | "panic_handler"
            )
        });
        let keyword = (start..toks.len())
            .take_while(|&k| !toks[k].is_punct('='))
            .find(|&k| toks[k].is_ident("fn"))?;
        let head = &toks[start..keyword];
        if !is_function_head(head) {
            return None;
        }
        let name = keyword + 1;
        toks.get(name)?.ident()?;
        let mut i = name + 1;
        let generic = punct_at(toks, i, '<');
        if generic {
            i = skip_angles(toks, i)?;
        }
        let parameters = i;
        let inner = group_at(toks, i, Delimiter::Parenthesis)?;
        i += 1;
        let body = toks.len() - 1;
        let declared = toks[body].is_punct(';');
        if !declared {
            block(&toks[body])?;
        }
        let result = if operator_at(toks, i, "->") {
            let from = i + 2;
            let end = (from..body)
                .find(|&k| toks[k].is_ident("where"))
                .unwrap_or(body);
            &toks[from..end]
        } else {
            &[]
        };
        let variadic = split_commas(inner)
            .iter()
            .any(|p| p.last().is_some_and(|t| t.is_punct('.')));
        let is_const = head.iter().any(|t| t.is_ident("const"));
        Some(Function {
            toks,
            start,
            name,
            parameters,
            result,
            body,
            is_const,
            const_span: head.iter().find(|t| t.is_ident("const")).map(Tok::span),
            is_async: head.iter().any(|t| t.is_ident("async")),
            is_unsafe: head.iter().any(|t| t.is_ident("unsafe")),
            generic: generic || inner.iter().any(|t| t.is_ident("impl")),
            declared,
            untouchable: untouchable || variadic || head.iter().any(|t| t.is_ident("gen")),
        })
    }

    /// The names in the function's own `<...>` that begin a parameter.
    fn type_parameters(&self) -> impl Iterator<Item = &'t str> {
        let toks = &self.toks[self.name + 1..self.parameters];
        (1..toks.len())
            .filter(|&i| toks[i - 1].is_punct('<') || toks[i - 1].is_punct(','))
            .filter_map(|i| toks[i].ident())
    }

    /// The body in its braces.
    fn block(&self) -> Option<&'t Tok> {
        block(&self.toks[self.body])
    }

    /// A new body in the braces of the old one, and in the group that those came in.
    fn braced(&self, body: &[TokenTree]) -> TokenTree {
        fn rebuild(tok: &Tok, body: &[TokenTree]) -> TokenTree {
            let Tok::Group {
                delimiter,
                inner,
                token,
            } = tok
            else {
                return tok.token();
            };
            let content = match (&inner[..], delimiter) {
                ([inner], Delimiter::None) => vec![rebuild(inner, body)],
                _ => body.to_vec(),
            };
            let mut group = Group::new(*delimiter, content.into_iter().collect());
            group.set_span(token.span());
            group.into()
        }
        rebuild(&self.toks[self.body], body)
    }

    fn body_toks(&self) -> &'t [Tok] {
        match self.block() {
            Some(Tok::Group { inner, .. }) => inner,
            _ => &[],
        }
    }

    /// Whether the body calls nothing: no parentheses, macros, loops or `?`.
    pub(crate) fn is_trivial(&self) -> bool {
        fn calls(toks: &[Tok]) -> bool {
            toks.iter().enumerate().any(|(i, tok)| match tok {
                Tok::Group {
                    delimiter: Delimiter::Brace,
                    inner,
                    ..
                } => calls(inner),
                Tok::Group {
                    delimiter: Delimiter::Bracket,
                    ..
                } => !punct_at(toks, i.wrapping_sub(1), '#'),
                Tok::Group { .. } => true,
                Tok::Punct { ch: '?', .. } => true,
                _ => matches!(tok.ident(), Some("loop" | "while" | "for" | "await")),
            })
        }
        !calls(self.body_toks())
    }

    /// The function with its frame.
    pub(crate) fn expand(
        &self,
        options: &Options,
        qualifier: &str,
    ) -> Result<TokenStream, OptionError> {
        Expansion::new(self, options, qualifier).run()
    }
}

fn attributes(toks: &[Tok], end: usize) -> impl Iterator<Item = &str> {
    (0..end).step_by(2).filter_map(move |i| {
        let inner = group_at(toks, i + 1, Delimiter::Bracket)?;
        // `#[unsafe(naked)]`
        match ident_at(inner, 0)? {
            "unsafe" => ident_at(group_at(inner, 1, Delimiter::Parenthesis)?, 0),
            name => Some(name),
        }
    })
}

/// A block, also as a `$body:block` of `macro_rules!` comes: in a group without delimiters.
fn block(tok: &Tok) -> Option<&Tok> {
    match tok {
        Tok::Group {
            delimiter: Delimiter::Brace,
            ..
        } => Some(tok),
        Tok::Group {
            delimiter: Delimiter::None,
            inner,
            ..
        } => match &inner[..] {
            [inner] => block(inner),
            _ => None,
        },
        _ => None,
    }
}

/// Only what may stand before `fn`.
fn is_function_head(head: &[Tok]) -> bool {
    head.iter().enumerate().all(|(i, tok)| match tok {
        Tok::Ident { name, .. } => matches!(
            name.as_str(),
            "pub" | "default" | "const" | "async" | "unsafe" | "safe" | "extern" | "gen" | "crate"
        ),
        Tok::Literal(_) => i > 0 && head[i - 1].is_ident("extern"),
        // `pub(in path)`, and `$vis` of a macro.
        Tok::Group {
            delimiter: Delimiter::Parenthesis,
            ..
        } => i > 0 && head[i - 1].is_ident("pub"),
        Tok::Group {
            delimiter: Delimiter::None,
            ..
        } => true,
        _ => false,
    })
}

pub(crate) fn mentions(toks: &[Tok], name: &str) -> bool {
    toks.iter().any(|t| match t {
        Tok::Group { inner, .. } => mentions(inner, name),
        _ => t.is_ident(name),
    })
}
