//! Four locals, one of them a short text.
//!
//! What a body pays to show its variables: three numbers and the five bytes of a `&str`, copied at their
//! `let`, since what a reference leads to may be gone by the time somebody looks. The text is most of it.
//!
//! It would grow with the length of the text (up to the 256 bytes that are kept), with containers, whose
//! elements are visited up to the tenth, and with locals in a loop, which are recorded in each turn.

use super::STACKLENS;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::calls;
use stacklens::frame;
use std::hint::black_box;

macro_rules! function {
    ($name:ident, $($attribute:tt)*) => {
        #[$($attribute)*]
        #[inline(never)]
        fn $name(a: u64, b: &str) -> u64 {
            let double = a.wrapping_add(a);
            let odd = a & 1 == 1;
            let text = black_box(b);
            let length = text.len();
            black_box(());
            double.wrapping_add(length as u64).wrapping_add(u64::from(odd))
        }
    };
}

function!(recorded, frame(only(double, odd, text, length)));
function!(skipped, frame(skip_all));

pub(super) const ROW: Row = Row::new(
    STACKLENS,
    "+ four locals, one of them a short text",
    Bench::new("locals recorded", calls!(recorded)),
    Bench::new("locals skipped", calls!(skipped)),
)
.budget(26.0);
