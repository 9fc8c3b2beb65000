//! `impl Trait` as an argument and as a result.

use std::fmt::Display;

#[stacklens::frame]
pub fn argument(x: impl Display, mut y: impl Iterator<Item = u8>) -> String {
    let first = y.next();
    format!("{}{:?}", x, first)
}

#[stacklens::frame]
pub fn argument_by_reference(
    x: &(impl Display + ?Sized),
    y: &mut impl Iterator<Item = impl Display>,
) -> usize {
    let text = x.to_string();
    y.map(|y| y.to_string().len()).sum::<usize>() + text.len()
}

#[stacklens::frame]
pub fn unused_argument(_x: impl Fn(u8) -> u8) {}

#[stacklens::frame]
pub fn result(n: u8) -> impl Iterator<Item = u8> {
    let from = n / 2;
    (from..n).filter(|x| x % 2 == 0)
}

#[stacklens::frame]
pub fn result_borrows<'a>(x: &'a [String]) -> impl Iterator<Item = &'a str> + 'a {
    x.iter().map(|s| s.as_str())
}

#[stacklens::frame]
pub fn result_returned_early(n: u8) -> impl Iterator<Item = u8> + Clone {
    if n > 100 {
        return vec![n].into_iter();
    }
    let list = vec![1, 2, n];
    list.into_iter()
}

#[stacklens::frame]
pub fn result_is_a_closure(by: u8) -> impl Fn(u8) -> u8 {
    move |x| x + by
}

#[stacklens::frame]
pub fn result_is_a_closure_with_inferred_types<'a>(by: &'a str) -> impl Fn(&str) -> String + 'a {
    let copy = by.to_owned();
    move |x| {
        let joined = format!("{}{}", x, copy);
        joined
    }
}

#[stacklens::frame]
pub fn result_is_a_closure_of_closures() -> impl Fn(u8) -> Box<dyn Fn(u8) -> u8> {
    |x| Box::new(move |y| x + y)
}

#[stacklens::frame]
pub fn result_closure_through_a_let() -> impl Fn(&u8) -> u8 {
    fn id<T>(x: T) -> T {
        x
    }
    id(|x: &u8| *x)
}

#[stacklens::frame]
pub fn nested_in_an_option(x: bool) -> Option<impl Display> {
    if x { Some(1) } else { None }
}

#[stacklens::frame]
pub fn nested_in_a_result(x: &str) -> Result<impl Iterator<Item = char> + '_, std::num::ParseIntError> {
    let n: usize = x.parse()?;
    Ok(x.chars().take(n))
}

#[stacklens::frame]
pub fn nested_in_a_tuple() -> (impl Display, impl Fn() -> u8) {
    ("a", || 1)
}

#[stacklens::frame]
pub fn is_dyn(x: Vec<u8>) -> Box<dyn Iterator<Item = u8>> {
    if x.is_empty() {
        return Box::new(std::iter::empty());
    }
    Box::new(x.into_iter().rev())
}

#[stacklens::frame]
pub fn captures_said<'a, T>(x: &'a T) -> impl Sized + use<'a, T> {
    let y = x;
    y
}

#[stacklens::frame]
pub fn recursive(n: u8) -> impl Display {
    if n > 0 {
        let before = recursive(n - 1).to_string();
        return format!("{}{}", before, n);
    }
    String::new()
}

pub trait Source {
    #[stacklens::frame]
    fn items(&self) -> impl Iterator<Item = u8>;

    #[stacklens::frame]
    fn provided(&self) -> impl Iterator<Item = u8> {
        self.items().skip(1)
    }
}

impl Source for [u8] {
    #[stacklens::frame]
    fn items(&self) -> impl Iterator<Item = u8> {
        let all = self.iter();
        all.cloned()
    }
}
