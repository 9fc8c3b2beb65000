//! `framed!("name", expression)`, `framed!(log, "name", expression)`: a frame for a block, a closure's body or a
//! thread's root.

use crate::emit::{compile_error, Emit, Reach};
use crate::log::{LogOptions, LoggedResult, Unseen};
use crate::meta::{flag, pack, Facts, Positions};
use crate::rewrite::Scope;
use crate::tree::Tok;
use proc_macro::{Delimiter, Span, TokenStream, TokenTree};

const USAGE: &str = "expected `framed!(\"name\", expression)`";

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let toks = Tok::tree(input);
    let (logged, toks) = match &toks[..] {
        [log, comma, rest @ ..] if log.is_ident("log") && comma.is_punct(',') => (true, rest),
        all => (false, all),
    };
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
        embedded: None,
    };
    let meta = pack(&facts, &positions, &Scope::default(), &[]);
    let mut body = Vec::new();
    let options = LogOptions::default();
    if logged {
        emit.log_site(&mut body, &meta, &options, Unseen::Value);
    }
    emit.enter(&mut body, &meta, &[]);
    if logged {
        emit.log_enter(&mut body, &options, Vec::new());
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
