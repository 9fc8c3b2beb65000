//! What a written type tells.

use crate::tree::{punct_at, Tok};

/// Whether a written type has lifetime arguments: `Name<'a>`.
pub(crate) fn has_lifetimes(written: &[Tok]) -> bool {
    let opens = |t: &Tok| t.is_punct('<') || t.is_punct(',');
    written
        .windows(2)
        .any(|w| opens(&w[0]) && w[1].is_punct('\''))
}

/// Whether the values of a written type are asked for by the type's own impls: not scalars and the everyday types, which
/// are found by identity, for less.
pub(crate) fn is_probed(written: &[Tok]) -> bool {
    let everyday = |name: &str| {
        matches!(
            name,
            "bool"
                | "char"
                | "u8"
                | "u16"
                | "u32"
                | "u64"
                | "usize"
                | "i8"
                | "i16"
                | "i32"
                | "i64"
                | "isize"
                | "f32"
                | "f64"
                | "u128"
                | "i128"
                | "str"
                | "String"
                | "Vec"
                | "Option"
                | "mut"
                | "static"
                | "std"
                | "string"
                | "vec"
                | "_"
        )
    };
    fn names<'t>(toks: &'t [Tok], found: &mut Vec<&'t str>, groups: &mut usize) {
        for (i, tok) in toks.iter().enumerate() {
            match tok {
                Tok::Ident { name, .. } if !punct_at(toks, i.wrapping_sub(1), '\'') => {
                    found.push(name)
                }
                Tok::Group { inner, .. } => {
                    *groups += 1;
                    names(inner, found, groups);
                }
                _ => {}
            }
        }
    }
    let (mut found, mut groups) = (Vec::new(), 0);
    names(written, &mut found, &mut groups);
    let nested = found
        .iter()
        .filter(|n| matches!(**n, "Vec" | "Option"))
        .count()
        + groups
        > 1;
    let spoken = found.iter().any(|n| matches!(*n, "impl" | "dyn" | "fn"));
    !found.is_empty() && !spoken && (nested || found.iter().any(|name| !everyday(name)))
}

pub(super) fn has_mut(toks: &[Tok]) -> bool {
    toks.iter().take(4).any(|t| t.is_ident("mut"))
}
