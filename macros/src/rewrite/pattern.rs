//! The names that a pattern binds.

use crate::tree::{ident_at, operator_at, punct_at, Tok};
use proc_macro::{Delimiter, Ident};

/// A binding of a pattern.
pub(crate) struct Binding {
    pub(crate) ident: Ident,
    pub(crate) mutable: bool,
}

/// All names that the pattern binds. An identifier that starts in upper case is taken for a constant or a unit variant; a
/// lower-case constant is captured like a variable, which compiles and shows its value.
pub(crate) fn bindings(pattern: &[Tok]) -> Vec<Binding> {
    let mut found = Vec::new();
    collect(pattern, &mut found);
    // `A(x) | B(x)` binds one x.
    let mut names: Vec<String> = Vec::new();
    found.retain(|b: &Binding| {
        let name = b.ident.to_string();
        let new = !names.contains(&name);
        names.push(name);
        new
    });
    found
}

fn collect(toks: &[Tok], found: &mut Vec<Binding>) {
    let mut i = 0;
    while i < toks.len() {
        match &toks[i] {
            // `#[cfg(..)] field`: whether it is there is not known; it and what follows it up to the comma is left alone.
            tok if tok.is_punct('#') => {
                while i < toks.len() && !toks[i].is_punct(',') {
                    i += 1;
                }
            }
            Tok::Ident { name, token } => {
                let path =
                    operator_at(toks, i + 1, "::") || (i >= 2 && operator_at(toks, i - 2, "::"));
                let field = punct_at(toks, i + 1, ':') && !operator_at(toks, i + 1, "::");
                let call = matches!(
                    toks.get(i + 1),
                    Some(Tok::Group {
                        delimiter: Delimiter::Parenthesis | Delimiter::Brace,
                        ..
                    })
                );
                let macro_call = punct_at(toks, i + 1, '!');
                if macro_call {
                    i += 2; // and its group, by the step below
                } else if !path && !field && !call && is_binding_name(name) {
                    let mutable = ident_at(toks, i.wrapping_sub(1)) == Some("mut");
                    found.push(Binding {
                        ident: token.clone(),
                        mutable,
                    });
                } else if !path
                    && !field
                    && !call
                    && ident_at(toks, i.wrapping_sub(1)) == Some("mut")
                {
                    found.push(Binding {
                        ident: token.clone(),
                        mutable: true,
                    });
                }
            }
            Tok::Group {
                inner, delimiter, ..
            } if *delimiter != Delimiter::None => collect(inner, found),
            _ => {}
        }
        i += 1;
    }
}

fn is_binding_name(name: &str) -> bool {
    let plain = name.strip_prefix("r#").unwrap_or(name);
    let lower = plain
        .chars()
        .find(|&c| c != '_')
        .is_some_and(|c| !c.is_uppercase() && !c.is_ascii_digit());
    lower
        && !matches!(
            name,
            "ref"
                | "mut"
                | "box"
                | "true"
                | "false"
                | "self"
                | "super"
                | "crate"
                | "const"
                | "if"
                | "in"
        )
}
