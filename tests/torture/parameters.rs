//! Parameters that are patterns.

pub struct Pair(pub u8, pub String);

pub struct Named {
    pub a: u8,
    pub b: Option<String>,
    pub c: [u8; 4],
}

#[stacklens::frame]
pub fn tuple((a, b): (u8, &str)) -> usize {
    a as usize + b.len()
}

#[stacklens::frame]
pub fn tuple_struct(Pair(n, text): Pair) -> String {
    format!("{}{}", n, text)
}

#[stacklens::frame]
pub fn partly(Pair(n, _): Pair, Named { a, .. }: Named) -> u8 {
    n + a
}

#[stacklens::frame]
pub fn renamed(Named { a: x, b: y, c: [first, _, third, _] }: Named) -> (u8, Option<String>, u8, u8) {
    (x, y, first, third)
}

#[stacklens::frame]
pub fn mutable((mut a, mut b): (u8, String), mut c: u8) -> (u8, String, u8) {
    a += 1;
    b.push('x');
    c += a;
    (a, b, c)
}

#[stacklens::frame]
pub fn by_reference(&(a, ref b): &(u8, String)) -> (u8, &str) {
    (a, b)
}

#[stacklens::frame]
pub fn referenced(ref a: String, ref mut b: Vec<u8>) -> usize {
    b.push(1);
    a.len() + b.len()
}

#[stacklens::frame]
pub fn bound_whole(whole @ (_, _): (u8, u8), x @ _: u8) -> u8 {
    whole.0 + whole.1 + x
}

#[stacklens::frame]
pub fn wildcards(_: u8, _: &str, _unused: Vec<u8>, (_, _): (String, u8)) {}

#[stacklens::frame]
pub fn nested(&[ref a, [x, _], ref rest @ ..]: &[[u8; 2]; 5]) -> u8 {
    a[0] + x + rest[0][0]
}

#[stacklens::frame]
pub fn box_and_slices(list: &[(u8, Box<str>)], &mut (ref mut total, step): &mut (u32, u32)) -> u32 {
    for &(n, ref text) in list {
        *total += u32::from(n) + text.len() as u32 + step;
    }
    *total
}

#[stacklens::frame]
pub fn many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8) -> u8 {
    a + b + c + d + e + f + g + h + i + j
}

#[stacklens::frame]
pub fn many_of_many_kinds(
    a: &u8,
    b: Option<&str>,
    mut c: Vec<u8>,
    d: &mut Vec<u8>,
    (e, f): (u8, u8),
    g: Box<dyn Fn(u8) -> u8>,
    h: &dyn std::fmt::Debug,
    i: [u8; 3],
    j: (),
    k: std::collections::BTreeMap<u8, Vec<&str>>,
) -> String {
    c.push(*a);
    d.push(g(e));
    let () = j;
    format!("{:?}{:?}{:?}{:?}{:?}{:?}{:?}", b, c, d, f, h, i, k)
}

pub enum Only {
    Variant { x: u8 },
}

#[stacklens::frame]
pub fn irrefutable_of_one_variant(Only::Variant { x }: Only) -> u8 {
    x
}

#[stacklens::frame]
pub fn attributes_on_parameters(#[cfg(all())] a: u8, #[cfg_attr(all(), cfg(all()))] b: u8) -> u8 {
    a + b
}

#[stacklens::frame]
pub fn reassigned<'a>(mut x: &'a str, z: &'a str, mut y: u8) -> usize {
    if y > 3 {
        x = z;
        y = 0;
    }
    x.len() + y as usize
}

#[stacklens::frame]
pub fn shadowed_at_once(x: &str) -> usize {
    let x = x.trim();
    let x: usize = x.len();
    let x = (x, x);
    let (x, _) = x;
    x
}
