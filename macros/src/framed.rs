//! `framed!("name", expression)`, with `log` or `embed` before the name: a frame for a block, a closure's body or a thread's
//! root.

use crate::embed;
use crate::emit::{compile_error, Emit, Reach};
use crate::function::mentions;
use crate::log::{LogOptions, LoggedResult, Unseen};
use crate::meta::{flag, pack, Facts, Positions};
use crate::options::Options;
use crate::rewrite::{Scope, Walker};
use crate::tree::Tok;
use proc_macro::{Delimiter, Group, Span, TokenStream, TokenTree};

const USAGE: &str = "expected `framed!(\"name\", expression)`";

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let toks = Tok::tree(input);
    let mut toks = &toks[..];
    let (mut logged, mut embeds) = (false, cfg!(feature = "embed"));
    while let [option, comma, rest @ ..] = toks {
        match option.ident() {
            Some("log") if comma.is_punct(',') => logged = true,
            Some("embed") if comma.is_punct(',') => embeds = true,
            _ => break,
        }
        toks = rest;
    }
    let (name, expression) = match toks {
        [Tok::Literal(name), comma, rest @ ..] if comma.is_punct(',') && !rest.is_empty() => {
            (name, rest)
        }
        [] => return compile_error(Span::call_site(), USAGE),
        [first, ..] => return compile_error(first.span(), USAGE),
    };
    let text = name.to_string();
    let Some(text) = text
        .strip_prefix('"')
        .and_then(|t| t.strip_suffix('"'))
        .filter(|t| !t.contains('\\'))
    else {
        return compile_error(name.span(), USAGE);
    };
    // Without its trailing comma.
    let expression = match expression {
        [rest @ .., last] if last.is_punct(',') => rest,
        all => all,
    };
    let tokens: Vec<TokenTree> = expression.iter().map(Tok::token).collect();
    if cfg!(feature = "off") {
        return tokens.into_iter().collect();
    }
    let embedded = || Some((embed::first_line(expression)?, embed::lines(expression)?));
    let embedded = embeds.then(embedded).flatten();
    if let Some((head, block)) = async_block(expression).filter(|_| !logged) {
        if let Some(future) = future(text, name.span(), head, block, embedded.clone()) {
            return future;
        }
    }
    let emit = Emit::new(None, Reach::Guard, false);
    let mut positions = Positions::new(name.span());
    let at = positions.push(expression[0].span());
    let last_line = expression.last().map_or(0, |t| match t {
        Tok::Group { token, .. } => token.span_close().line(),
        other => other.span().line(),
    });
    let facts = Facts {
        name: text,
        qualifier: "",
        flags: flag::BLOCK,
        arguments: 0,
        last_line,
        file: name.span().file(),
        embedded,
    };
    let meta = pack(&facts, &positions, &Scope::default(), &[]);
    let mut body = Vec::new();
    let options = LogOptions::default();
    if logged {
        emit.log_site(&mut body, &meta, &options, Unseen::Value);
    }
    emit.enter(&mut body, &meta, &[]);
    if logged {
        emit.log_enter(&mut body, &options, Vec::new(), Vec::new());
    }
    emit.at(&mut body, at);
    let value = emit.group(Delimiter::Parenthesis, tokens);
    if logged {
        let unnamed = LoggedResult::unnamed(&emit);
        body.extend(emit.log_leaf(&unnamed, vec![value]));
    } else {
        body.push(value);
    }
    TokenStream::from(emit.group(Delimiter::Brace, body))
}

/// `async { .. }` or `async move { .. }`, and nothing behind it: what stands before the block, and the block.
fn async_block(expression: &[Tok]) -> Option<(&[Tok], &Tok)> {
    let (block, head) = expression.split_last()?;
    block.group(Delimiter::Brace)?;
    let is_head = match head {
        [a] => a.is_ident("async"),
        [a, m] => a.is_ident("async") && m.is_ident("move"),
        _ => false,
    };
    is_head.then_some((head, block))
}

/// The block as a future with a frame. `None` if it cannot be walked.
fn future(
    name: &str,
    place: Span,
    head: &[Tok],
    block: &Tok,
    embedded: Option<(usize, String)>,
) -> Option<TokenStream> {
    let Tok::Group { inner, token, .. } = block else {
        return None;
    };
    let options = Options::default();
    let plain = mentions(inner, "unsafe");
    let emit = Emit::new(None, Reach::Top, plain);
    emit.locate(place);
    let mut walker = Walker::new(&emit, &options, Positions::new(place));
    let walked = walker.body(inner).ok()?;
    let scope = std::mem::take(&mut walker.scope);
    let positions = std::mem::replace(&mut walker.positions, Positions::new(place));
    let facts = Facts {
        name,
        qualifier: "",
        flags: flag::BLOCK | flag::ASYNC,
        arguments: 0,
        last_line: token.span_close().line(),
        file: place.file(),
        embedded,
    };
    let meta = pack(&facts, &positions, &scope, &[]);
    let statements = walked.items.into_iter().chain(walked.statements);
    let mut framed_block = Group::new(Delimiter::Brace, statements.collect());
    framed_block.set_span(token.span());
    emit.locate(place);
    let mut body: Vec<TokenTree> = head.iter().map(Tok::token).collect();
    body.push(framed_block.into());
    let out = emit.framed(vec![emit.ident("_")], scope.slots(), &meta, None, body);
    Some(out.into_iter().collect())
}
