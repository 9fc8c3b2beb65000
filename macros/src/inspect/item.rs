//! The definition of the type, taken apart: its generics, its fields, and what the user wants of each.

use proc_macro::{Delimiter, Ident, Span, TokenStream, TokenTree};

use super::cursor::{is_punct, is_word, Cursor};
use super::error::{error, Result};
use crate::secret::is_secret;

/// The definition of the type.
pub(super) struct Item {
    pub(super) name: Ident,
    pub(super) generics: Vec<Param>,
    /// The predicates of the `where` clause.
    pub(super) predicates: Vec<TokenTree>,
    pub(super) body: Body,
    /// Fields can't be borrowed where they lie.
    pub(super) packed: bool,
    /// The path of the stacklens crate.
    pub(super) krate: Option<Vec<TokenTree>>,
}

pub(super) enum Body {
    Struct(Fields),
    Enum(Vec<(Ident, Fields)>),
}

pub(super) struct Fields {
    pub(super) named: bool,
    pub(super) list: Vec<Field>,
}

pub(super) struct Field {
    /// The place is that of the type if there is no name.
    pub(super) span: Span,
    pub(super) name: Option<Ident>,
    pub(super) kind: Vec<TokenTree>,
    pub(super) how: How,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum How {
    Shown,
    Opaque,
    Redacted,
    Skipped,
}

pub(super) enum Param {
    Lifetime {
        name: Vec<TokenTree>,
        bounds: Vec<TokenTree>,
    },
    Type {
        name: Ident,
        bounds: Vec<TokenTree>,
    },
    Const {
        name: Ident,
        declaration: Vec<TokenTree>,
    },
}

/// The name as people say it: `type` for `r#type`.
pub(super) fn plain(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

impl Item {
    pub(super) fn parse(input: TokenStream) -> Result<Item> {
        let mut cursor = Cursor::new(input);
        let mut packed = false;
        let mut krate = None;
        for attribute in cursor.attributes() {
            let mut attribute = Cursor::new(attribute.stream());
            if attribute.word("repr") {
                let list = attribute
                    .group(Delimiter::Parenthesis)
                    .map(|group| group.stream());
                packed |= list
                    .into_iter()
                    .flatten()
                    .any(|token| is_word(&token, "packed"));
            } else if attribute.word("inspect") {
                krate = Some(crate_path(&mut attribute)?);
            }
        }
        cursor.visibility();
        let is_struct = match cursor.ident("a struct or enum")? {
            word if word.to_string() == "struct" => true,
            word if word.to_string() == "enum" => false,
            word => {
                let message =
                    "Inspect can't be derived for a union: which field is valid is not known";
                return error(word.span(), message);
            }
        };
        let name = cursor.ident("the type's name")?;
        let generics = generics(&mut cursor)?;
        let mut predicates = where_clause(&mut cursor);
        let body = if let Some(group) = cursor.group(Delimiter::Brace) {
            let mut inside = Cursor::new(group.stream());
            if is_struct {
                Body::Struct(Fields::parse(&mut inside, true)?)
            } else {
                Body::Enum(variants(&mut inside)?)
            }
        } else if let Some(group) = cursor.group(Delimiter::Parenthesis) {
            let fields = Fields::parse(&mut Cursor::new(group.stream()), false)?;
            predicates = where_clause(&mut cursor);
            Body::Struct(fields)
        } else {
            Body::Struct(Fields {
                named: false,
                list: Vec::new(),
            })
        };
        Ok(Item {
            name,
            generics,
            predicates,
            body,
            packed,
            krate,
        })
    }
}

/// `(crate = path)`
fn crate_path(attribute: &mut Cursor) -> Result<Vec<TokenTree>> {
    let Some(group) = attribute.group(Delimiter::Parenthesis) else {
        let span = attribute
            .tokens
            .first()
            .map_or_else(Span::call_site, TokenTree::span);
        return error(span, "expected `#[inspect(crate = path)]`");
    };
    let mut options = Cursor::new(group.stream());
    let first = options.peek().map_or_else(|| group.span(), TokenTree::span);
    if !(options.word("crate") && options.punct('=')) {
        let message =
            "the only option of a type is `crate = path`; `skip`, `redact`, `show` and `opaque` \
                       are for fields";
        return error(first, message);
    }
    let path = options.until(&[',']);
    if path.is_empty() {
        return error(group.span(), "expected a path after `crate =`");
    }
    options.punct(',');
    match options.next() {
        Some(token) => error(token.span(), "unexpected after the path of the crate"),
        None => Ok(path),
    }
}

fn generics(cursor: &mut Cursor) -> Result<Vec<Param>> {
    let mut list = Vec::new();
    if !cursor.punct('<') {
        return Ok(list);
    }
    while !cursor.punct('>') {
        if cursor.done() {
            return error(
                Span::call_site(),
                "derive(Inspect): the generics have no end",
            );
        }
        cursor.attributes();
        if cursor.peek().is_some_and(|token| is_punct(token, '\'')) {
            let name = cursor.tokens[cursor.at..].iter().take(2).cloned().collect();
            cursor.at += 2;
            let bounds = if cursor.punct(':') {
                cursor.until(&[',', '>'])
            } else {
                Vec::new()
            };
            list.push(Param::Lifetime { name, bounds });
        } else if cursor.word("const") {
            let start = cursor.at;
            let name = cursor.ident("the name of a const parameter")?;
            cursor.until(&[',', '>', '=']);
            let declaration = cursor.tokens[start..cursor.at].to_vec();
            list.push(Param::Const { name, declaration });
        } else {
            let name = cursor.ident("the name of a type parameter")?;
            let bounds = if cursor.punct(':') {
                cursor.until(&[',', '>', '='])
            } else {
                Vec::new()
            };
            list.push(Param::Type { name, bounds });
        }
        if cursor.punct('=') {
            cursor.until(&[',', '>']);
        }
        cursor.punct(',');
    }
    Ok(list)
}

fn where_clause(cursor: &mut Cursor) -> Vec<TokenTree> {
    if !cursor.word("where") {
        return Vec::new();
    }
    let start = cursor.at;
    // Braces can stand in a predicate (`[u8; { N }]:`), but not before the body at top level.
    while let Some(token) = cursor.peek() {
        let body =
            matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        if body || is_punct(token, ';') {
            break;
        }
        cursor.at += 1;
    }
    cursor.tokens[start..cursor.at].to_vec()
}

fn variants(cursor: &mut Cursor) -> Result<Vec<(Ident, Fields)>> {
    let mut list = Vec::new();
    while !cursor.done() {
        for attribute in cursor.attributes() {
            let mut attribute = Cursor::new(attribute.stream());
            if let Some(token) = attribute.peek().filter(|token| is_word(token, "inspect")) {
                return error(
                    token.span(),
                    "`inspect` options are for fields, not for variants",
                );
            }
            attribute.at += 1;
        }
        cursor.visibility();
        let name = cursor.ident("the name of a variant")?;
        let fields = if let Some(group) = cursor.group(Delimiter::Brace) {
            Fields::parse(&mut Cursor::new(group.stream()), true)?
        } else if let Some(group) = cursor.group(Delimiter::Parenthesis) {
            Fields::parse(&mut Cursor::new(group.stream()), false)?
        } else {
            Fields {
                named: false,
                list: Vec::new(),
            }
        };
        if cursor.punct('=') {
            // A discriminant: an expression, in which `<` is a comparison.
            while cursor.peek().is_some_and(|token| !is_punct(token, ',')) {
                cursor.at += 1;
            }
        }
        cursor.punct(',');
        list.push((name, fields));
    }
    Ok(list)
}

impl Fields {
    pub(super) fn parse(cursor: &mut Cursor, named: bool) -> Result<Fields> {
        let mut list = Vec::new();
        while !cursor.done() {
            let mut how = None;
            for attribute in cursor.attributes() {
                let mut attribute = Cursor::new(attribute.stream());
                if attribute.word("inspect") {
                    how = Some(field_option(&mut attribute, how)?);
                }
            }
            cursor.visibility();
            let name = if named {
                Some(cursor.ident("the name of a field")?)
            } else {
                None
            };
            if named && !cursor.punct(':') {
                let span = cursor.peek().map_or_else(Span::call_site, TokenTree::span);
                return error(span, "derive(Inspect): expected `:` and a type");
            }
            let kind = cursor.until(&[',', '=']);
            if cursor.punct('=') {
                cursor.until(&[',']);
            }
            cursor.punct(',');
            let secret = name.as_ref().is_some_and(|name| is_secret(&plain(name)));
            let how = how.unwrap_or(if secret { How::Redacted } else { How::Shown });
            let span = match (&name, kind.first()) {
                (Some(name), _) => name.span(),
                (None, Some(token)) => token.span(),
                (None, None) => Span::call_site(),
            };
            list.push(Field {
                span,
                name,
                kind,
                how,
            });
        }
        Ok(Fields { named, list })
    }
}

fn field_option(attribute: &mut Cursor, before: Option<How>) -> Result<How> {
    const EXPECTED: &str = "expected one of `skip`, `redact`, `show`, `opaque`";
    let span = attribute.tokens[0].span();
    let Some(group) = attribute.group(Delimiter::Parenthesis) else {
        return error(span, EXPECTED);
    };
    let mut options = Cursor::new(group.stream());
    let Some(option) = options.next() else {
        return error(group.span(), EXPECTED);
    };
    let how = match option.to_string().as_str() {
        "skip" => How::Skipped,
        "redact" => How::Redacted,
        "show" => How::Shown,
        "opaque" => How::Opaque,
        _ => return error(option.span(), EXPECTED),
    };
    options.punct(',');
    if let Some(token) = options.next() {
        return error(token.span(), "a field takes one option");
    }
    if before.is_some() {
        return error(option.span(), "a field takes one option");
    }
    Ok(how)
}
