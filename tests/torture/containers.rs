//! Whole `impl`s, traits and modules, with functions left out.

use std::fmt;

pub struct Counter<T> {
    pub values: Vec<T>,
    pub n: usize,
}

#[stacklens::frame]
impl<T: Clone> Counter<T> {
    pub const LIMIT: usize = 3;

    pub const fn limit() -> usize {
        Self::LIMIT
    }

    pub const fn size(&self) -> usize {
        self.n
    }

    pub fn new() -> Self {
        Counter { values: Vec::new(), n: 0 }
    }

    #[inline]
    pub fn add(&mut self, value: T) -> &mut Self {
        self.values.push(value);
        self.n += 1;
        self
    }

    #[frame(skip)]
    pub fn left_out(&self) -> Option<&T> {
        self.values.first()
    }

    #[stacklens::frame(skip)]
    #[must_use]
    pub(crate) fn left_out_by_path(&self) -> usize {
        self.values.len()
    }

    #[frame(name = "renamed", skip(by))]
    pub fn with_options(&mut self, by: usize) -> usize {
        self.n += by + self.left_out_by_path();
        self.n
    }

    pub fn last(&self) -> Option<&T> {
        let last = self.values.last()?;
        Some(last)
    }

    pub extern "C" fn foreign(x: i32) -> i32 {
        x + 1
    }
}

#[stacklens::frame]
impl<T> Drop for Counter<T> {
    fn drop(&mut self) {
        self.values.clear();
    }
}

#[stacklens::frame(hide)]
impl<'a, T: fmt::Debug + 'a> fmt::Debug for Counter<T>
where
    &'a T: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counter").field("values", &self.values).finish()
    }
}

#[stacklens::frame]
impl<T> Iterator for Counter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let n = self.n.checked_sub(1)?;
        self.n = n;
        self.values.pop()
    }
}

#[stacklens::frame(skip(secret))]
pub trait Visitor: Sized {
    const NAME: &'static str = "visitor";
    type Output: Default;

    fn declared(&mut self, x: u8) -> Self::Output;

    fn provided(&mut self, secret: u8) -> Self::Output {
        if secret > 3 {
            return Self::Output::default();
        }
        self.declared(secret)
    }

    #[frame(skip)]
    fn left_out(self) -> Self {
        self
    }

    fn generic<V: Visitor<Output = Self::Output>>(mut self, other: &mut V) -> (Self::Output, Self::Output)
    where
        Self::Output: Clone,
    {
        let mine = self.declared(1);
        let theirs = other.provided(2);
        (mine, theirs)
    }
}

#[stacklens::frame]
impl Visitor for u8 {
    type Output = u16;

    fn declared(&mut self, x: u8) -> u16 {
        u16::from(*self) + u16::from(x)
    }
}

#[stacklens::frame]
pub mod module {
    use std::collections::HashMap;

    pub struct Point(pub u8, pub u8);

    pub enum Choice {
        Left { x: u8 },
        Right(fn(u8) -> u8),
    }

    pub static TABLE: [fn(u8) -> u8; 1] = [double];
    pub const LENGTH: usize = { const fn three() -> usize { 3 } three() };
    pub type Map = HashMap<String, Vec<u8>>;

    pub const fn constant(x: u8) -> u8 {
        x * 2
    }

    pub fn double(x: u8) -> u8 {
        let y = x * constant(1);
        y
    }

    #[frame(skip)]
    pub fn left_out(x: u8) -> u8 {
        double(x)
    }

    impl Point {
        pub fn sum(&self) -> u8 {
            double(self.0) + self.1
        }

        #[frame(skip)]
        pub fn left_out(&self) -> u8 {
            double(self.1)
        }
    }

    impl Default for Point {
        fn default() -> Self {
            let zero = double(0);
            Point(zero, zero)
        }
    }

    pub trait Inner {
        fn provided(&self) -> u8 {
            double(1)
        }
    }

    macro_rules! make {
        ($name:ident) => {
            pub fn $name() -> u8 {
                double(2)
            }
        };
    }

    make!(made);
    make! { made_too }

    pub mod deeper {
        pub fn calls(choice: super::Choice) -> u8 {
            match choice {
                super::Choice::Left { x } => super::double(x),
                super::Choice::Right(f) => f(1),
            }
        }

        #[frame(skip)]
        pub mod left_out {
            pub fn f() -> u8 {
                super::super::double(1)
            }
        }
    }

    #[stacklens::frame]
    pub fn framed_in_framed(x: &str) -> usize {
        let n = x.len();
        n
    }

    #[cfg_attr(all(), stacklens::frame)]
    pub fn framed_by_cfg_attr(x: &str) -> usize {
        let n = x.len();
        n
    }

    #[derive(Clone, Debug, Default, PartialEq, PartialOrd)]
    pub struct Derived<T> {
        pub x: T,
    }

    extern crate std as other_std;
    pub use self::other_std::mem;

    pub fn union() -> u8 {
        let auto = 1;
        let union = double(auto);
        union
    }
}

#[stacklens::frame]
pub mod empty {}

#[stacklens::frame]
impl<T> Counter<T> {}
