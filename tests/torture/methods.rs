//! Methods of types and traits, with `self` in every form.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    pub x: i32,
    pub y: i32,
    pub label: String,
}

impl Point {
    #[stacklens::frame]
    pub fn new(x: i32, y: i32) -> Self {
        Self { x: x, y: y, label: String::new() }
    }

    #[stacklens::frame]
    pub fn by_value(self) -> i32 {
        self.x
    }

    #[stacklens::frame]
    pub fn by_mutable_value(mut self) -> Self {
        self.x += 1;
        self
    }

    #[stacklens::frame]
    pub fn by_reference(&self) -> i32 {
        self.x + self.y
    }

    #[stacklens::frame]
    pub fn by_mutable_reference(&mut self, by: i32) -> &mut Self {
        self.x += by;
        self.y += by;
        self
    }

    #[stacklens::frame]
    pub fn by_named_reference<'a>(&'a self) -> &'a str {
        &self.label
    }

    #[stacklens::frame]
    pub fn by_named_mutable_reference<'a>(&'a mut self, other: &str) -> &'a mut String {
        self.label.push_str(other);
        &mut self.label
    }

    #[stacklens::frame]
    pub fn typed(self: Self) -> Point {
        self
    }

    #[stacklens::frame]
    pub fn typed_mutable(mut self: Self) -> Point {
        self.y = 0;
        self
    }

    #[stacklens::frame]
    pub fn typed_reference(self: &Self) -> &i32 {
        &self.x
    }

    #[stacklens::frame]
    pub fn typed_mutable_reference(self: &mut Self) -> &mut i32 {
        &mut self.x
    }

    #[stacklens::frame]
    pub fn boxed(self: Box<Self>) -> Point {
        *self
    }

    #[stacklens::frame]
    pub fn boxed_mutable(mut self: Box<Self>) -> Box<Self> {
        self.x = 1;
        self
    }

    #[stacklens::frame]
    pub fn counted(self: Rc<Self>) -> Rc<Self> {
        let other = self.clone();
        drop(self);
        other
    }

    #[stacklens::frame]
    pub fn counted_reference(self: &Rc<Self>) -> usize {
        Rc::strong_count(self)
    }

    #[stacklens::frame]
    pub fn shared(self: Arc<Self>) -> i32 {
        self.x
    }

    #[stacklens::frame]
    pub fn pinned(self: Pin<&mut Self>) -> i32 {
        self.x
    }

    #[stacklens::frame]
    pub fn pinned_mutable(mut self: Pin<&mut Self>, by: i32) {
        self.x += by;
        let me = self.as_mut();
        me.get_mut().y += by;
    }

    #[stacklens::frame]
    pub fn pinned_reference<'a>(self: Pin<&'a Self>) -> &'a str {
        &self.get_ref().label
    }

    #[stacklens::frame]
    pub fn pinned_box(self: Pin<Box<Self>>) -> i32 {
        self.by_reference()
    }

    #[stacklens::frame]
    fn in_a_closure(&mut self) -> i32 {
        let mut add = |n: i32| {
            self.x += n;
            self.x
        };
        add(1);
        add(2)
    }

    #[stacklens::frame]
    pub fn fields_apart(&mut self) -> (&mut i32, &mut i32) {
        let Point { ref mut x, ref mut y, .. } = *self;
        (x, y)
    }

    #[stacklens::frame]
    pub fn takes_its_field(mut self) -> String {
        let label = self.label;
        self.label = label.clone() + "!";
        label + &self.label
    }

    #[stacklens::frame]
    pub fn uses_closures(&mut self) -> i32 {
        self.in_a_closure()
    }

    #[stacklens::frame]
    pub fn of_another_type(other: &Self) -> Self {
        Self { x: other.x, ..other.clone() }
    }
}

pub trait Shape {
    const SIDES: u32;
    type Unit: Default;

    #[stacklens::frame]
    fn declared(&self) -> u32;

    #[stacklens::frame]
    fn provided(&self) -> u32 {
        self.declared() + Self::SIDES
    }

    #[stacklens::frame]
    fn provided_by_value(self) -> u32
    where
        Self: Sized,
    {
        self.declared()
    }

    #[stacklens::frame]
    fn provided_and_mutable(mut self) -> Self
    where
        Self: Sized,
    {
        self.grow();
        self
    }

    #[stacklens::frame]
    fn grow(&mut self) {}

    #[stacklens::frame]
    fn unit(&self) -> Self::Unit {
        <Self::Unit as Default>::default()
    }

    #[stacklens::frame]
    fn made() -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    #[stacklens::frame]
    fn boxed_dyn(self: Box<Self>) -> u32 {
        1
    }
}

impl Shape for Point {
    const SIDES: u32 = 1;
    type Unit = u8;

    #[stacklens::frame]
    fn declared(&self) -> u32 {
        Self::SIDES
    }

    #[stacklens::frame]
    fn grow(&mut self) {
        self.x += 1;
    }

    #[stacklens::frame]
    fn made() -> Option<Self> {
        Some(Self::new(1, 2))
    }
}

impl Drop for Guarded {
    #[stacklens::frame]
    fn drop(&mut self) {
        self.0.push('.');
    }
}

#[derive(Debug)]
pub struct Guarded(pub String);

impl std::fmt::Display for Guarded {
    #[stacklens::frame]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{}>", self.0)?;
        f.write_str(".")
    }
}

impl std::ops::Add<i32> for Point {
    type Output = Point;

    #[stacklens::frame]
    fn add(mut self, by: i32) -> Point {
        self.x += by;
        self
    }
}

impl std::ops::Index<usize> for Point {
    type Output = i32;

    #[stacklens::frame]
    fn index(&self, at: usize) -> &i32 {
        match at {
            0 => &self.x,
            1 => &self.y,
            _ => panic!("no {}th coordinate", at),
        }
    }
}

impl Iterator for Point {
    type Item = i32;

    #[stacklens::frame]
    fn next(&mut self) -> Option<Self::Item> {
        self.x = self.x.checked_sub(1)?;
        if self.x > 0 { Some(self.x) } else { None }
    }
}

impl<'a> From<&'a Point> for (i32, i32) {
    #[stacklens::frame]
    fn from(p: &'a Point) -> Self {
        (p.x, p.y)
    }
}

#[stacklens::frame]
pub fn on_objects(shape: &mut dyn Iterator<Item = i32>) -> Option<i32> {
    let first = shape.next()?;
    shape.next().map(|second| first + second)
}
