//! Generics of every kind.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::marker::PhantomData;

#[stacklens::frame]
pub fn unbounded<T>(x: T) -> T {
    x
}

#[stacklens::frame]
pub fn unbounded_in_a_let<T>(x: T, y: T) -> (T, T) {
    let first = x;
    let second = y;
    let pair = (first, second);
    pair
}

#[stacklens::frame]
pub fn bounded<T: Debug + Clone, U>(x: &T, y: U) -> (T, U)
where
    U: Into<String>,
{
    let copy = x.clone();
    (copy, y)
}

#[stacklens::frame]
pub fn unsized_value<T: ?Sized + Debug>(x: &T) -> String {
    format!("{:?}", x)
}

#[stacklens::frame]
pub fn constants<const N: usize, T: Copy + Default>(x: [T; N]) -> [T; N] {
    let mut y = [T::default(); N];
    for i in 0..N {
        y[N - 1 - i] = x[i];
    }
    y
}

#[stacklens::frame]
pub fn constant_of_a_block() -> [u8; { const N: usize = 1; N + 2 }] {
    constants::<{ 2 + 1 }, u8>([1, 2, 3])
}

#[stacklens::frame]
pub fn lifetimes<'a, 'b: 'a, T: 'a>(x: &'a T, y: &'b T, first: bool) -> &'a T {
    if first { x } else { y }
}

#[stacklens::frame]
pub fn higher_ranked<F>(f: F) -> usize
where
    for<'a> F: Fn(&'a str) -> &'a str,
{
    let text = String::from("abc");
    f(&text).len()
}

#[stacklens::frame]
pub fn higher_ranked_in_types(f: &dyn for<'a> Fn(&'a u8) -> &'a u8, g: for<'a> fn(&'a u8) -> &'a u8) -> u8 {
    *f(g(&1))
}

#[stacklens::frame]
pub fn operators_in_types(
    x: fn(u8) -> Vec<Vec<Option<u8>>>,
    y: &'static (dyn Fn() -> u8 + Send + 'static),
) -> u8 {
    let found: Vec<Vec<Option<u8>>> = x(y());
    let first = found.get(0).and_then(|v| v.get(0)).cloned();
    first.unwrap_or(None).unwrap_or(0)
}

#[stacklens::frame]
pub fn group<K: Hash + Eq + Clone, V, I: IntoIterator<Item = V>>(
    items: I,
    key: impl Fn(&V) -> K,
) -> HashMap<K, Vec<V>> {
    let mut map = HashMap::new();
    for item in items {
        map.entry(key(&item)).or_insert_with(Vec::new).push(item);
    }
    map
}

#[stacklens::frame]
pub fn projected<I: Iterator>(mut items: I) -> Option<<I as Iterator>::Item>
where
    I::Item: PartialOrd,
{
    let mut best = items.next()?;
    for item in items {
        if item > best {
            best = item;
        }
    }
    Some(best)
}

pub struct Holder<'a, T: 'a + ?Sized, const N: usize> {
    pub value: &'a T,
    pub phantom: PhantomData<fn() -> [u8; N]>,
}

impl<'a, T: ?Sized + ToOwned, const N: usize> Holder<'a, T, N>
where
    T::Owned: Display,
{
    #[stacklens::frame]
    pub fn cow(&self, owned: bool) -> Cow<'a, T> {
        if owned { Cow::Owned(self.value.to_owned()) } else { Cow::Borrowed(self.value) }
    }

    #[stacklens::frame]
    pub fn map<'b, U: ?Sized, F: FnOnce(&'a T) -> &'b U>(self, f: F) -> Holder<'b, U, N> {
        let value = f(self.value);
        Holder { value: value, phantom: PhantomData }
    }

    #[stacklens::frame]
    pub fn size(&self) -> usize {
        N
    }
}

pub trait Lends {
    type Lent<'a>
    where
        Self: 'a;

    #[stacklens::frame]
    fn lend<'a>(&'a mut self) -> Option<Self::Lent<'a>>;

    #[stacklens::frame]
    fn lend_twice(&mut self) -> u32 {
        let mut n = 0;
        while let Some(lent) = self.lend() {
            drop(lent);
            n += 1;
            if n > 1 {
                break;
            }
        }
        n
    }
}

impl<T> Lends for Vec<T> {
    type Lent<'a> = &'a mut T where Self: 'a;

    #[stacklens::frame]
    fn lend<'a>(&'a mut self) -> Option<&'a mut T> {
        self.first_mut()
    }
}

/// Debug for one type argument only: a probe for it must not pick it.
pub struct Particular<T>(pub T);

impl Debug for Particular<u8> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("u8")
    }
}

#[stacklens::frame]
pub fn literal_types_are_not_forced(y: Particular<u8>) -> usize {
    let x = Particular(3);
    drop(y);
    std::mem::size_of_val(&x)
}

/// Debug for one lifetime only.
pub struct Forever<'a>(pub &'a str);

impl Debug for Forever<'static> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

#[stacklens::frame]
pub fn lifetimes_are_not_forced<'a>(x: Forever<'a>) -> &'a str {
    let y = Forever(x.0);
    y.0
}
