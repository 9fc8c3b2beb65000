//! `#[derive(Inspect)]`: a bounded copy of a type's fields.
//!
//! Works on raw tokens. Of the type's definition it needs only where things begin and end; types,
//! bounds and names are passed on as they were written, with their spans. [`item`] takes it apart,
//! [`emit`] writes the impl.

mod cursor;
mod emit;
mod error;
mod item;
mod needs;
mod output;

use item::Item;
use proc_macro::TokenStream;

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    match Item::parse(input) {
        Ok(item) => item.emit(),
        Err(error) => error.emit(),
    }
}
