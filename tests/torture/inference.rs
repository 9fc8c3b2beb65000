//! Types that are known only later, by fallback, or by coercion.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::ops::{Mul, Shr};

#[stacklens::frame]
pub fn known_later() -> usize {
    let mut list = Vec::new();
    let mut map = HashMap::new();
    let none = None;
    let empty = Default::default();
    let parsed = "1".parse().unwrap();
    let mut last = None;
    for i in 0..3 {
        list.push(i);
        map.insert(i, last);
        last = Some(parsed);
    }
    let collected = list.iter().map(|x| x + 1).collect();
    let sum = |list: Vec<usize>| list.len();
    let total: u64 = parsed;
    let text: Option<String> = none;
    let tree: BTreeMap<u8, u8> = empty;
    sum(collected) + total as usize + text.map_or(0, |t| t.len()) + tree.len()
}

pub struct B;

impl Shr<i32> for B {
    type Output = B;
    fn shr(self, _: i32) -> B {
        B
    }
}

impl Shr<u8> for B {
    type Output = B;
    fn shr(self, _: u8) -> B {
        B
    }
}

impl Mul<f32> for B {
    type Output = u8;
    fn mul(self, _: f32) -> u8 {
        1
    }
}

impl Mul<f64> for B {
    type Output = u8;
    fn mul(self, _: f64) -> u8 {
        2
    }
}

#[stacklens::frame]
pub fn known_by_fallback() -> u8 {
    let x = B >> 1;
    let n = 1;
    let y = x >> n;
    let list = vec![y >> 3];
    let z = B * 1.0;
    let w = list.into_iter().map(|b: B| b * 2.0).next();
    let v: Option<u8> = w;
    z + v.unwrap_or(0)
}

#[stacklens::frame]
pub fn literals_by_use(list: &[u8]) -> u8 {
    let zero = 0;
    let one = 1.5;
    let mut sum = 0;
    for x in list {
        sum += x;
    }
    let at = 2;
    let third = list[at];
    let float: f32 = one;
    sum + zero + third + float as u8
}

#[stacklens::frame]
pub fn cast_to_inferred_pointers(x: &u8) -> *const u8 {
    let p = x as *const _;
    let q = p as *const ();
    let r = q as *const _;
    r
}

#[stacklens::frame]
pub fn coerced_at_a_let(flag: bool) -> usize {
    let a: Box<dyn Debug> = Box::new(1);
    let b: &dyn Debug = &"a";
    let c: &[u8] = &[1, 2, 3];
    let d: [Box<dyn Debug>; 2] = [Box::new(1), Box::new("a")];
    let e: fn(u8) -> u8 = |x| x;
    let f: Option<Box<dyn Fn() -> u8>> = Some(Box::new(|| 1));
    let g: Result<&dyn Debug, ()> = if flag { Ok(&1) } else { Err(()) };
    let h: &str = &String::from("a");
    let i: Box<[u8]> = Box::new([1, 2]);
    let j: std::rc::Rc<dyn Debug> = std::rc::Rc::new(3);
    let k: Vec<Box<dyn Debug>> = vec![Box::new(1), Box::new('a')];
    let l: &mut dyn Iterator<Item = u8> = &mut c.iter().cloned();
    let m = l.next();
    format!("{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}", a, b, d, g, j, k, m, i).len()
        + h.len()
        + e(1) as usize
        + f.map_or(0, |f| f()) as usize
}

#[stacklens::frame]
pub fn coerced_in_branches(n: u8) -> Box<dyn Debug> {
    if n == 0 {
        return Box::new(n);
    }
    match n {
        1 => Box::new("one"),
        2 => {
            let text = String::new();
            Box::new(text)
        }
        _ => {
            if n > 5 {
                Box::new(())
            } else {
                Box::new([n; 3])
            }
        }
    }
}

#[stacklens::frame]
pub fn coerced_functions(n: u8) -> fn(u8) -> u8 {
    fn a(x: u8) -> u8 {
        x
    }
    fn b(x: u8) -> u8 {
        x + 1
    }
    let f = if n > 1 { a } else { b };
    let g = match n {
        0 => a,
        1 => |x| x + 3,
        _ => f,
    };
    g
}

#[stacklens::frame]
pub fn coerced_results(n: u8) -> Result<Box<dyn Debug>, Box<dyn std::error::Error>> {
    if n == 0 {
        return Ok(Box::new(1));
    }
    if n == 1 {
        return Err("one".into());
    }
    if n == 2 {
        Err(std::fmt::Error)?;
    }
    match n {
        3 => Ok(Box::new("a")),
        4 => Err(Box::new(std::fmt::Error)),
        _ => Ok(Box::new(n)),
    }
}

#[stacklens::frame]
pub fn unsized_option(n: u8) -> Option<&'static dyn Debug> {
    if n > 3 { Some(&1) } else { Some(&"a") }
}

#[stacklens::frame]
pub fn never_type_in_branches(n: u8) -> u8 {
    let x = if n > 3 { return 1 } else { n };
    let y = match x {
        0 => panic!(),
        1 => return 2,
        _ => x,
    };
    let z: u8 = loop {
        if y > 200 {
            break y;
        }
        return y;
    };
    z
}

#[stacklens::frame]
pub fn unit_by_default() {
    let x = ();
    let y = Default::default();
    let z: () = y;
    let _w = [x, z];
    let f = || {};
    let _unit: () = f();
}

#[stacklens::frame]
pub fn turbofish_free(text: &str) -> Result<(u8, Vec<u16>), std::num::ParseIntError> {
    let n = text.parse()?;
    let list = text.split(',').map(|p| p.parse()).collect::<Result<_, _>>()?;
    Ok((n, list))
}

pub trait Projects {
    type Out: Debug;
    fn get(&self) -> Self::Out;
}

impl Projects for u8 {
    type Out = String;
    fn get(&self) -> String {
        self.to_string()
    }
}

impl Projects for i32 {
    type Out = Vec<u8>;
    fn get(&self) -> Vec<u8> {
        vec![]
    }
}

fn project<T: Projects>(x: T) -> T::Out {
    x.get()
}

fn apply<T: Projects>(f: impl Fn() -> T) -> T::Out {
    f().get()
}

#[stacklens::frame]
pub fn projected_from_a_fallback() -> usize {
    let x = project(3);
    let y = apply(|| 3);
    let z = project(3u8);
    format!("{:?}{:?}", x, y).len() + z.len()
}
