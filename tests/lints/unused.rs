//! Things that are never used, in every place.

#[stacklens::frame]
pub fn parameters(a: u8, b: &str, c: String, d: Vec<u8>, mut e: u8, mut f: String, g: &mut Vec<u8>) {}

#[stacklens::frame]
pub fn parameters_beside_used_ones(a: u8, b: &str, c: String) -> u8 {
    a
}

#[stacklens::frame]
pub fn patterns_as_parameters((a, b): (u8, u8), [c, d]: [String; 2], &(ref e, f): &(u8, u8)) -> u8 {
    b + f
}

#[stacklens::frame]
pub fn lets() {
    let a = 1;
    let b = "b";
    let c = String::new();
    let d = vec![1];
    let e = -1.5;
    let f = 1 + 2;
    let g = f as u64;
    let h: u16 = 3;
    let (i, j) = (1, 2);
    let k = (1, 2);
    let l = &1;
    let m = || 1;
    let n;
    n = 5;
    let o: u8;
    let p = [1, 2][0];
    let q = true;
    let r = 'r';
    let s = !q;
}

#[stacklens::frame]
pub fn lets_that_may_fail(x: Option<u8>) -> Option<u8> {
    let a = x?;
    let Some(b) = x else { return None };
    if let Some(c) = x {}
    while let Some(d) = x {
        break;
    }
    for e in 0..3 {}
    match x {
        Some(f) => {}
        None => {}
    }
    let g = x? + 1;
    Some(1)
}

#[stacklens::frame]
pub fn shadowed() -> u8 {
    let x = 1;
    let x = 2;
    {
        let x = 3;
    }
    x
}

#[stacklens::frame]
pub fn inside_closures(list: &[u8]) -> usize {
    let f = |a: u8, b: u8| a;
    list.iter()
        .map(|x| {
            let y = 1;
            2
        })
        .count()
}

#[stacklens::frame]
pub fn assignments(mut a: u8, b: &mut u8) -> u8 {
    a = 1;
    let mut c = 1;
    c = 2;
    let mut d = 1;
    d += 1;
    let mut e = 0;
    for i in 0..3 {
        e = i;
    }
    let mut f = String::new();
    f = String::from("f");
    let mut g = 1;
    if c > 1 {
        g = 2;
    }
    let h;
    h = 3;
    let mut i = 3;
    i = 4;
    i = 5;
    i
}

#[stacklens::frame]
pub fn assignments_read_once(x: bool) -> u8 {
    let mut a = 1;
    if x {
        a = 2;
        a = 3;
    }
    a += 1;
    println!("{}", a);
    a = 7;
    let mut b = a;
    b = 8;
    b
}

#[stacklens::frame]
pub fn mutability(mut a: u8, mut b: String, mut c: &mut Vec<u8>) -> usize {
    let mut d = 1;
    let mut e = vec![1];
    let (mut f, mut g) = (1, 2);
    f += 1;
    for mut h in 0..3 {
        println!("{}", h);
    }
    if let Some(mut i) = Some(1) {
        println!("{}", i);
    }
    let mut j = || 1;
    let mut k;
    k = 1;
    c.push(j());
    a as usize + b.len() + d + e.len() + f + g + k
}

#[stacklens::frame]
pub fn expressions(x: Option<u8>, y: Result<u8, String>) {
    x;
    x.is_some();
    y.clone();
    y;
    1 + 2;
    x == None;
    "text";
    x.map(|x| x + 1);
    must_be_used();
    &x;
    -1;
    format!("{:?}", x);
    [1, 2];
    (|| 1);
    x.iter().map(|x| *x);
    if x.is_some() { 1 } else { 2 };
    x.unwrap_or(1) + 2;
}

#[must_use]
#[stacklens::frame]
pub fn must_be_used() -> u8 {
    1
}

#[must_use = "for a reason"]
#[stacklens::frame]
pub fn must_be_used_too(unused: u8) -> u8 {
    must_be_used();
    1
}

#[stacklens::frame]
pub fn labels_and_braces(x: u8) -> u8 {
    'unused: loop {
        break;
    }
    let y = { x };
    let z = (x + 1);
    if (y > 1) {
        return (z);
    }
    while (false) {}
    for i in (0..3) {
        drop((i));
    }
    match (x) {
        _ => {}
    };
    ;
    (x + z)
}

#[stacklens::frame]
pub fn imports_and_items() {
    use std::collections::HashMap;
    use std::fmt::{Debug, Display};
    fn inner_function() {}
    const INNER: u8 = 1;
    struct Inner;
    enum Choice {
        Left,
    }
    macro_rules! inner_macro {
        () => {};
    }
}

#[stacklens::frame]
fn dead(x: u8) -> u8 {
    dead_too(x)
}

#[stacklens::frame]
fn dead_too(x: u8) -> u8 {
    x
}

struct DeadStruct {
    field: u8,
}

impl DeadStruct {
    #[stacklens::frame]
    fn dead_method(&self) -> u8 {
        self.field
    }
}

pub struct PartlyDead {
    never_read: u8,
    pub read: u8,
}

#[stacklens::frame]
impl PartlyDead {
    pub fn new(read: u8) -> Self {
        PartlyDead { never_read: read, read: read }
    }

    fn dead_method(&self, x: &str) -> usize {
        x.len()
    }

    pub fn live(&self, unused: u8) {
        let unused_too = 1;
    }
}

#[stacklens::frame]
impl Drop for PartlyDead {
    fn drop(&mut self) {
        let unused = 1;
    }
}

pub trait Provides {
    #[stacklens::frame]
    fn provided(&self, unused: u8, mut also: String) {
        let x = 1;
    }

    #[stacklens::frame]
    fn declared(&self, not_linted: u8);
}

#[stacklens::frame]
pub mod module {
    fn dead() {}

    pub fn parameters(a: u8, b: String) {
        let x = 1;
    }

    use std::collections::BTreeMap;
}

#[stacklens::frame]
pub unsafe fn in_unsafe_functions(a: u8, b: &str) {
    let c = 1;
    let mut d = 2;
    unsafe {}
}

#[stacklens::frame]
pub fn attributes_that_speak_of_it(
    #[allow(unused_variables)] a: u8,
    #[warn(unused_variables)] b: u8,
    _c: u8,
    __d: u8,
) {
    #[allow(unused_variables)]
    let e = 1;
    #[warn(unused_mut)]
    let mut f = 2;
    let _g = 3;
}

#[stacklens::frame]
#[allow(unused_variables)]
pub fn allowed(a: u8) {
    let b = 1;
    let mut c = 2;
}

#[stacklens::frame]
pub fn looping(n: u32) -> u32 {
    let mut sum = 0;
    let mut last = 0;
    for i in 0..n {
        last = i;
        sum += 1;
    }
    let mut count = 0;
    loop {
        count += 1;
        if sum > 3 {
            break;
        }
        sum += 1;
    }
    sum
}

#[stacklens::frame]
pub fn captured(x: u8) -> impl Fn() {
    let mut n = 0;
    let mut m = 0;
    let mut add = move || n += 1;
    add();
    m = 1;
    move || {
        let x = x;
    }
}

#[stacklens::frame]
pub fn recursion(n: u8, carried: u8) -> u8 {
    if n == 0 { 0 } else { recursion(n - 1, carried) }
}

#[stacklens::frame]
pub fn unconditional(n: u8) -> u8 {
    unconditional(n + 1)
}
