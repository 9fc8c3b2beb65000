//! Where a piece of syntax ends, by its tokens.

use super::{GiveUp, Walked};
use crate::tree::{group_at, ident_at, operator_at, punct_at, skip_angles, Tok};
use proc_macro::Delimiter;

/// The end of a statement under `cfg`, where it is certain.
pub(super) fn conditional_end(toks: &[Tok], start: usize) -> Option<usize> {
    if let Some(end) = item_end(toks, start) {
        return Some(end);
    }
    let semicolon = (start..toks.len()).find(|&i| toks[i].is_punct(';'))?;
    let whole = ident_at(toks, start) == Some("let")
        || !toks[start..semicolon]
            .iter()
            .any(|t| t.group(Delimiter::Brace).is_some());
    whole.then_some(semicolon + 1)
}

/// The index behind an item that begins at `start`, if one does.
pub(crate) fn item_end(toks: &[Tok], start: usize) -> Option<usize> {
    let mut i = start;
    if ident_at(toks, i) == Some("pub") {
        i += 1;
        if group_at(toks, i, Delimiter::Parenthesis).is_some() {
            i += 1;
        }
    }
    let to_semicolon = |from: usize| {
        (from..toks.len())
            .find(|&k| toks[k].is_punct(';'))
            .map(|k| k + 1)
    };
    let to_brace = |from: usize| {
        let mut k = from;
        while let Some(tok) = toks.get(k) {
            match tok {
                Tok::Group {
                    delimiter: Delimiter::Brace,
                    ..
                } => return Some(k + 1),
                _ if tok.is_punct(';') => return Some(k + 1),
                _ if tok.is_punct('<') => k = skip_angles(toks, k)?,
                _ => k += 1,
            }
        }
        None
    };
    match ident_at(toks, i)? {
        "use" | "type" => to_semicolon(i),
        "static" if !punct_at(toks, i + 1, '|') && ident_at(toks, i + 1) != Some("move") => {
            to_semicolon(i)
        }
        "const" => match toks.get(i + 1)? {
            Tok::Group { .. } => None,
            tok if tok.is_punct('|')
                || tok.is_ident("move")
                || tok.is_ident("async") && punct_at(toks, i + 2, '|') =>
            {
                None
            }
            tok if matches!(tok.ident(), Some("fn" | "unsafe" | "extern" | "async")) => to_brace(i),
            _ => to_semicolon(i),
        },
        "fn" | "struct" | "enum" | "trait" | "impl" | "mod" => to_brace(i),
        "extern" => match ident_at(toks, i + 1) {
            Some("crate") => to_semicolon(i),
            _ => to_brace(i),
        },
        "unsafe"
            if matches!(
                ident_at(toks, i + 1)?,
                "fn" | "impl" | "trait" | "extern" | "mod"
            ) =>
        {
            to_brace(i)
        }
        "async" if matches!(ident_at(toks, i + 1), Some("fn" | "unsafe")) => to_brace(i),
        "union" | "auto" if matches!(toks.get(i + 1)?, Tok::Ident { .. }) => to_brace(i),
        "macro_rules" if punct_at(toks, i + 1, '!') => {
            let group = i + 3;
            let braced = group_at(toks, group, Delimiter::Brace).is_some();
            Some(if braced { group + 1 } else { group + 2 }.min(toks.len()))
        }
        _ => None,
    }
}

/// The index of the `:`, `=` or `;` behind a `let`'s pattern, or of the `=` behind that of a condition.
pub(super) fn pattern_end(toks: &[Tok], from: usize) -> Walked<usize> {
    let mut i = from;
    while let Some(tok) = toks.get(i) {
        match tok {
            _ if operator_at(toks, i, "..=") => i += 3,
            _ if operator_at(toks, i, "::") => {
                i += 2;
                if punct_at(toks, i, '<') {
                    i = skip_angles(toks, i).ok_or(GiveUp)?;
                }
            }
            // `<T as Trait>::CONST`
            _ if tok.is_punct('<') => i = skip_angles(toks, i).ok_or(GiveUp)?,
            Tok::Punct {
                ch: ':' | '=' | ';',
                ..
            } => return Ok(i),
            _ => i += 1,
        }
    }
    Err(GiveUp)
}

/// The index of the `=` or `;` behind a type.
pub(super) fn type_end(toks: &[Tok], from: usize) -> Walked<usize> {
    let mut i = from;
    while let Some(tok) = toks.get(i) {
        match tok {
            _ if tok.is_punct('<') => i = skip_angles(toks, i).ok_or(GiveUp)?,
            Tok::Punct { ch: '=' | ';', .. } => return Ok(i),
            _ => i += 1,
        }
    }
    Err(GiveUp)
}

/// The index behind `async {`, `async move {`, `const {`, `gen {`.
pub(super) fn opaque_block(toks: &[Tok], i: usize) -> Option<usize> {
    let mut k = i + 1;
    while matches!(ident_at(toks, k), Some("move" | "gen")) {
        k += 1;
    }
    group_at(toks, k, Delimiter::Brace).map(|_| k + 1)
}

/// The index behind the type of a cast.
pub(super) fn cast_end(toks: &[Tok], from: usize) -> Walked<usize> {
    let mut i = from;
    loop {
        match toks.get(i).ok_or(GiveUp)? {
            tok if tok.is_punct('*') => i += 2,
            tok if tok.is_punct('&') => {
                i += 1;
                if punct_at(toks, i, '\'') {
                    i += 2;
                }
                if ident_at(toks, i) == Some("mut") {
                    i += 1;
                }
            }
            tok if tok.is_punct('!') => return Ok(i + 1),
            tok if tok.is_ident("dyn") || tok.is_ident("impl") => i += 1,
            tok if tok.is_ident("unsafe") || tok.is_ident("extern") => i += 1,
            Tok::Literal(_) => i += 1,
            tok if tok.is_ident("for") => i = skip_angles(toks, i + 1).ok_or(GiveUp)?,
            tok if tok.is_ident("fn") => {
                i += 2;
                if operator_at(toks, i, "->") {
                    i += 2;
                    continue;
                }
                return Ok(i);
            }
            Tok::Group { .. } => return Ok(i + 1),
            _ => break,
        }
    }
    if punct_at(toks, i, '<') {
        i = skip_angles(toks, i).ok_or(GiveUp)?;
    }
    loop {
        if operator_at(toks, i, "::") {
            i += 2;
        } else if toks.get(i).is_some_and(|t| t.ident().is_some())
            && (i == from || !toks[i - 1].is_punct('>') || i < 2)
        {
            i += 1;
            if punct_at(toks, i, '<') && !operator_at(toks, i, "<<") && !operator_at(toks, i, "<=")
            {
                i = skip_angles(toks, i).ok_or(GiveUp)?;
            }
            if !operator_at(toks, i, "::") {
                return Ok(i);
            }
        } else if i > from {
            return Ok(i);
        } else {
            return Err(GiveUp);
        }
    }
}

/// `!` of a macro call, not of `!=`.
pub(super) fn punct_bang(toks: &[Tok], i: usize) -> bool {
    punct_at(toks, i, '!') && matches!(toks.get(i + 1), Some(Tok::Group { .. }))
}

/// The index behind an `if`, `match`, `unsafe` or plain block that begins at `from`: expressions whose values are those of
/// their branches. `None` for anything else, or if a block in the head makes it uncertain.
pub(super) fn block_like_end(toks: &[Tok], from: usize) -> Option<usize> {
    let head_end = |from: usize| {
        let end = (from..toks.len()).find(|&k| group_at(toks, k, Delimiter::Brace).is_some())?;
        let certain = toks[from..end].iter().all(|t| {
            !t.is_punct('|')
                && !matches!(
                    t.ident(),
                    Some("unsafe" | "async" | "const" | "match" | "if" | "loop" | "move")
                )
        });
        (certain && end > from).then_some(end + 1)
    };
    match toks.get(from)? {
        Tok::Group {
            delimiter: Delimiter::Brace,
            ..
        } => Some(from + 1),
        tok if tok.is_ident("unsafe") => {
            group_at(toks, from + 1, Delimiter::Brace).map(|_| from + 2)
        }
        tok if tok.is_ident("match") => head_end(from + 1),
        tok if tok.is_ident("if") => {
            let mut end = head_end(from + 1)?;
            while ident_at(toks, end) == Some("else") {
                if ident_at(toks, end + 1) == Some("if") {
                    end = head_end(end + 2)?;
                } else {
                    group_at(toks, end + 1, Delimiter::Brace)?;
                    return Some(end + 2);
                }
            }
            Some(end)
        }
        _ => None,
    }
}

/// `raw const`, `raw mut`
pub(super) fn raw_borrow(toks: &[Tok], i: usize) -> bool {
    let raw = |k| ident_at(toks, k) == Some("raw");
    let kind = |k| matches!(ident_at(toks, k), Some("const" | "mut"));
    raw(i)
        && kind(i + 1)
        && toks
            .get(i + 2)
            .is_some_and(|t| t.ident().is_some() || t.is_punct('*'))
        || kind(i) && i > 0 && raw(i - 1)
}
