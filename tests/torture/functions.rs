//! Free functions: visibilities, results, attributes.

#[stacklens::frame]
pub fn nothing() {}

#[stacklens::frame]
pub fn unit() -> () {
    nothing()
}

#[stacklens::frame]
pub fn one_expression(a: u32, b: u32) -> u32 { a + b }

#[stacklens::frame]
pub fn a_semicolon_at_the_end(a: &mut Vec<u32>) {
    a.push(1);
}

#[stacklens::frame]
pub(crate) fn in_the_crate(text: &str) -> usize {
    let length = text.len();
    length
}

pub mod inner {
    #[stacklens::frame]
    pub(super) fn in_the_parent(x: i8) -> i8 {
        -x
    }

    pub mod deeper {
        #[stacklens::frame]
        pub(in super::super) fn two_levels_up() -> u8 {
            1
        }

        #[stacklens::frame]
        pub(self) fn here() -> u8 {
            two_levels_up() + 1
        }

        #[stacklens::frame]
        pub fn uses_it() -> u8 {
            here()
        }
    }
}

#[stacklens::frame]
pub fn calls_them() -> usize {
    in_the_crate("abc") + inner::in_the_parent(1) as usize + usize::from(inner::deeper::two_levels_up())
}

/// Documented.
#[stacklens::frame]
#[inline]
#[must_use]
pub fn attributes_below(x: u64) -> u64 {
    x.wrapping_mul(3)
}

#[inline(always)]
#[must_use = "for a reason"]
#[cold]
/// Documented between.
#[stacklens::frame]
#[doc(hidden)]
pub fn attributes_round_it(x: u64) -> u64 {
    x.wrapping_mul(3)
}

#[track_caller]
#[stacklens::frame]
pub fn where_called() -> u32 {
    std::panic::Location::caller().line()
}

#[stacklens::frame]
#[track_caller]
#[inline(never)]
pub fn where_called_too() -> u32 {
    let place = std::panic::Location::caller();
    place.line()
}

#[stacklens::frame]
#[deprecated(note = "old")]
pub fn deprecated() {}

#[stacklens::frame]
pub extern "C" fn with_another_abi(x: i32) -> i32 {
    x + 1
}

#[stacklens::frame]
pub fn early(x: Option<u32>) -> u32 {
    if x.is_none() {
        return 0;
    }
    match x {
        Some(0) => return 1,
        Some(n) if n > 100 => return n,
        _ => {}
    }
    for i in 0..10 {
        if Some(i) == x {
            return i * 2;
        }
    }
    return 7;
}

#[stacklens::frame]
pub fn only_a_return() -> u8 {
    return 3;
}

#[stacklens::frame]
pub fn returns_a_function(x: bool) -> fn(u8) -> u8 {
    #[stacklens::frame]
    fn double(x: u8) -> u8 {
        x * 2
    }
    fn same(x: u8) -> u8 {
        x
    }
    if x { double } else { same }
}

#[stacklens::frame]
pub fn returns_tuples_and_arrays(x: u8) -> (u8, [u8; 2], &'static str) {
    (x, [x, x], "x")
}

#[stacklens::frame]
pub fn returns_references<'a>(x: &'a str, y: &str) -> &'a str {
    if x.len() > y.len() { x } else { &x[..0] }
}

#[stacklens::frame]
pub fn returns_a_mutable_reference(x: &mut [u8], at: usize) -> Option<&mut u8> {
    x.get_mut(at)
}

#[stacklens::frame]
pub fn elided<'a>(x: &'a mut Vec<String>) -> &'a mut String {
    x.push(String::new());
    x.last_mut().unwrap()
}

#[stacklens::frame]
pub fn coerces(flag: bool) -> Box<dyn std::fmt::Debug> {
    if flag {
        return Box::new(1);
    }
    Box::new("text")
}

#[stacklens::frame]
pub fn coerces_references(x: &[u8; 3]) -> &[u8] {
    x
}

#[stacklens::frame]
pub fn recursive(n: u32) -> u32 {
    if n < 2 { n } else { recursive(n - 1) + recursive(n - 2) }
}
