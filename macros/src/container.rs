//! The attribute on a whole `impl`, `trait` or inline `mod`: every function in it, as if each had it.

use crate::function::Function;
use crate::options::{Attribute, OptionError, Options};
use crate::rewrite::item_end;
use crate::tree::{group_at, ident_at, operator_at, punct_at, skip_angles, skip_attributes, Tok};
use proc_macro::{Delimiter, Group, Span, TokenStream, TokenTree};

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Impl,
    Trait,
    Mod,
}

/// What the tokens are a container of, and the index of the keyword.
pub(crate) fn kind(toks: &[Tok]) -> Option<(Kind, usize)> {
    let (mut i, _) = skip_attributes(toks, 0);
    toks.last()?.group(Delimiter::Brace)?;
    loop {
        match ident_at(toks, i)? {
            "impl" => return Some((Kind::Impl, i)),
            "trait" => return Some((Kind::Trait, i)),
            "mod" => return Some((Kind::Mod, i)),
            "pub" => {
                i += if group_at(toks, i + 1, Delimiter::Parenthesis).is_some() {
                    2
                } else {
                    1
                }
            }
            "unsafe" | "default" | "auto" => i += 1,
            _ => return None,
        }
    }
}

/// The container with frames in its functions, and what was wrong with options inside it.
pub(crate) fn expand(
    toks: &[Tok],
    kind: Kind,
    keyword: usize,
    options: &Options,
) -> (TokenStream, Vec<OptionError>) {
    let mut errors = Vec::new();
    let qualifier = qualifier(toks, kind, keyword);
    let mut out: Vec<TokenTree> = toks[..toks.len() - 1].iter().map(Tok::token).collect();
    if let Some(Tok::Group { inner, token, .. }) = toks.last() {
        let items = items(inner, kind, &qualifier, options, &mut errors);
        let mut group = Group::new(Delimiter::Brace, items.into_iter().collect());
        group.set_span(token.span());
        out.push(group.into());
    }
    (out.into_iter().collect(), errors)
}

fn items(
    toks: &[Tok],
    kind: Kind,
    qualifier: &str,
    options: &Options,
    errors: &mut Vec<OptionError>,
) -> Vec<TokenTree> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < toks.len() {
        if punct_at(toks, i, '#') && punct_at(toks, i + 1, '!') {
            out.extend(toks[i..(i + 3).min(toks.len())].iter().map(Tok::token));
            i = (i + 3).min(toks.len());
            continue;
        }
        let (start, _) = skip_attributes(toks, i);
        // Visibilities and `default` that `item_end` does not know by themselves; a macro call; or the end.
        let end = associated_end(toks, start).unwrap_or(toks.len());
        let (kept, own) = strip_own(&toks[i..start]);
        let own = match own {
            None => Ok(None),
            Some((attribute, arguments, span)) => Options::parse(arguments, attribute)
                .map(Some)
                .map_err(|e| (e, span)),
        };
        match own {
            Err((error, _)) => {
                // Without the attribute, which would be reported a second time.
                errors.push(error);
                out.extend(kept.iter().map(Tok::token));
                out.extend(toks[start..end].iter().map(Tok::token));
            }
            Ok(own) => {
                let explicit = own.is_some();
                let options = own.unwrap_or_default().over(options, explicit);
                let mut item = kept;
                item.extend(toks[start..end].iter().map(copy));
                out.extend(one(&item, kind, qualifier, &options, explicit, errors));
            }
        }
        i = end.max(i + 1);
    }
    out
}

/// One item of a container.
fn one(
    item: &[Tok],
    kind: Kind,
    qualifier: &str,
    options: &Options,
    explicit: bool,
    errors: &mut Vec<OptionError>,
) -> Vec<TokenTree> {
    let unchanged = || item.iter().map(Tok::token).collect();
    if options.leave_out {
        return unchanged();
    }
    if let Some(function) = Function::parse(item) {
        // A name in `skip` of the container need not be in each function.
        let quiet = function.is_const
            || function.declared
            || function.untouchable
            || !explicit && options.log.is_none() && function.is_trivial();
        if quiet {
            if explicit && function.is_const {
                errors.push(const_error(&function));
            }
            return unchanged();
        }
        return match function.expand(
            &if explicit {
                options.clone()
            } else {
                options.lenient()
            },
            qualifier,
        ) {
            Ok(tokens) => tokens.into_iter().collect(),
            Err(error) => {
                errors.push(error);
                unchanged()
            }
        };
    }
    if kind == Kind::Mod {
        if let Some((kind, keyword)) = self::kind(item) {
            let (tokens, more) = expand(item, kind, keyword, &options.inner());
            errors.extend(more);
            return tokens.into_iter().collect();
        }
    }
    unchanged()
}

pub(crate) fn const_error(function: &Function<'_>) -> OptionError {
    OptionError {
        span: function.const_span.unwrap_or_else(Span::call_site),
        message: "a `const fn` cannot have a frame: it may run in the compiler, where there is no stack to look at".to_owned(),
    }
}

/// The end of an item in an `impl`, `trait` or `mod`.
fn associated_end(toks: &[Tok], start: usize) -> Option<usize> {
    let mut i = start;
    if ident_at(toks, i) == Some("default") && matches!(toks.get(i + 1), Some(Tok::Ident { .. })) {
        i += 1;
    }
    if let Some(end) = item_end(toks, i) {
        return Some(end);
    }
    // `pub(in path) unsafe fn`, macro calls: to the first `;` or brace.
    let end = (i..toks.len())
        .find(|&k| toks[k].is_punct(';') || toks[k].group(Delimiter::Brace).is_some())?;
    Some(end + 1)
}

/// The attributes without our own, and the arguments of that.
#[allow(clippy::type_complexity)]
fn strip_own(attributes: &[Tok]) -> (Vec<Tok>, Option<(Attribute, &[Tok], Span)>) {
    let mut kept = Vec::new();
    let mut own = None;
    for pair in attributes.chunks(2) {
        let inner = pair
            .get(1)
            .and_then(|t| t.group(Delimiter::Bracket))
            .unwrap_or(&[]);
        match own_arguments(inner) {
            Some((attribute, arguments)) if own.is_none() => {
                own = Some((attribute, arguments, pair[0].span()));
            }
            _ => kept.extend(pair.iter().map(copy)),
        }
    }
    (kept, own)
}

/// The arguments of `frame`, `stacklens::frame`, `::stacklens::frame` (or `log_calls`), if that is the attribute's path.
pub(crate) fn own_arguments(inner: &[Tok]) -> Option<(Attribute, &[Tok])> {
    let mut i = if operator_at(inner, 0, "::") { 2 } else { 0 };
    if ident_at(inner, i) == Some("stacklens") && operator_at(inner, i + 1, "::") {
        i += 3;
    }
    let attribute = match ident_at(inner, i)? {
        "frame" => Attribute::Frame,
        "log_calls" => Attribute::LogCalls,
        _ => return None,
    };
    match inner.len() - i {
        1 => Some((attribute, &[])),
        2 => Some((attribute, group_at(inner, i + 1, Delimiter::Parenthesis)?)),
        _ => None,
    }
}

fn copy(tok: &Tok) -> Tok {
    // One token gives one token.
    Tok::tree(TokenStream::from(tok.token()))
        .pop()
        .expect("a token")
}

/// `Type`, `<Type as Trait>` or the trait's name.
fn qualifier(toks: &[Tok], kind: Kind, keyword: usize) -> String {
    let body = toks.len() - 1;
    let end = (keyword..body)
        .find(|&k| toks[k].is_ident("where"))
        .unwrap_or(body);
    match kind {
        Kind::Mod => String::new(),
        Kind::Trait => ident_at(toks, keyword + 1).unwrap_or("").to_owned(),
        Kind::Impl => {
            let mut from = keyword + 1;
            if punct_at(toks, from, '<') {
                from = skip_angles(toks, from).unwrap_or(from);
            }
            let (mut split, mut k) = (None, from);
            while k < end {
                if toks[k].is_ident("for") && !punct_at(toks, k + 1, '<') {
                    split = Some(k);
                }
                k = if punct_at(toks, k, '<') {
                    skip_angles(toks, k).unwrap_or(k + 1)
                } else {
                    k + 1
                };
            }
            match split {
                None => text(&toks[from..end]),
                Some(k) => format!("<{} as {}>", text(&toks[k + 1..end]), text(&toks[from..k])),
            }
        }
    }
}

fn text(toks: &[Tok]) -> String {
    let stream: TokenStream = toks.iter().map(Tok::token).collect();
    let spaced = stream.to_string();
    // `Vec < T >` as a person writes it.
    let mut out = String::with_capacity(spaced.len());
    for c in spaced.chars() {
        let glue_before = matches!(c, '<' | '>' | ',' | ':' | ';' | ')' | ']');
        if glue_before && out.ends_with(' ') {
            out.pop();
        }
        let glue_after = out.ends_with(['<', ':', '(', '[', '&', '\'']);
        if !(c == ' ' && glue_after) {
            out.push(if c == '\n' { ' ' } else { c });
        }
    }
    out
}
