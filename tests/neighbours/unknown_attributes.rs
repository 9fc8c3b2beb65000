//! Attribute macros that a function may have besides ours, each with a habit that real ones have.

use proc_macro::{Delimiter, Group, Span, TokenStream, TokenTree};

/// Gives the item back.
#[proc_macro_attribute]
pub fn unchanged(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Prints the item and parses it again, as macros do that go through strings: no token keeps its
/// place.
#[proc_macro_attribute]
pub fn reparsed(_: TokenStream, item: TokenStream) -> TokenStream {
    item.to_string().parse().expect("what was parsed before")
}

/// Gives all tokens one span, as `quote!` does with what it makes.
#[proc_macro_attribute]
pub fn respanned(_: TokenStream, item: TokenStream) -> TokenStream {
    map(item, &|tree| {
        let mut tree = tree;
        tree.set_span(Span::call_site());
        tree
    })
}

/// Puts the body into a block of its own, behind a statement.
#[proc_macro_attribute]
pub fn with_a_statement(_: TokenStream, item: TokenStream) -> TokenStream {
    map_body(item, |body| {
        let mut out: TokenStream = "let _before: u8 = 1;".parse().expect("a statement");
        out.extend([TokenTree::Group(Group::new(Delimiter::Brace, body))]);
        out
    })
}

/// Puts the body into a group without delimiters, as fragments of `macro_rules!` are.
#[proc_macro_attribute]
pub fn grouped(_: TokenStream, item: TokenStream) -> TokenStream {
    map_body(item, |body| {
        let mut block = Group::new(Delimiter::Brace, body);
        block.set_span(Span::call_site());
        let inner = TokenStream::from(TokenTree::Group(block));
        TokenTree::Group(Group::new(Delimiter::None, inner)).into()
    })
}

/// Emits something beside the item.
#[proc_macro_attribute]
pub fn with_an_item(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut out: TokenStream = "const _: () = ();".parse().expect("an item");
    out.extend(item);
    out
}

fn map(stream: TokenStream, change: &dyn Fn(TokenTree) -> TokenTree) -> TokenStream {
    stream
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(group) => {
                change(TokenTree::Group(Group::new(group.delimiter(), map(group.stream(), change))))
            }
            other => change(other),
        })
        .collect()
}

fn map_body(item: TokenStream, change: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
    let mut trees: Vec<TokenTree> = item.into_iter().collect();
    if let Some(TokenTree::Group(body)) = trees.pop() {
        let mut group = Group::new(Delimiter::Brace, change(body.stream()));
        group.set_span(body.span());
        trees.push(group.into());
    }
    trees.into_iter().collect()
}
