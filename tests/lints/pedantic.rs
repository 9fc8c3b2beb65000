//! Code that clippy has something to say of: style, complexity, correctness, pedantic.
// editions: 2021 2024

use std::collections::HashMap;
use std::rc::Rc;

#[stacklens::frame]
pub fn returns_needlessly(x: u8) -> u8 {
    if x > 3 {
        return 1;
    } else {
        return 2;
    }
}

#[stacklens::frame]
pub fn returns_at_the_end(x: u8) -> u8 {
    println!("{}", x);
    return x;
}

#[stacklens::frame]
pub fn lets_and_returns(x: u8) -> u8 {
    let y = x + 1;
    y
}

#[stacklens::frame]
pub fn questions_at_the_end(x: Option<u8>) -> Option<u8> {
    Some(x?)
}

#[stacklens::frame]
pub fn questions_by_hand(x: Option<u8>, y: Result<u8, String>) -> Option<u8> {
    let a = match x {
        Some(a) => a,
        None => return None,
    };
    if x.is_none() {
        return None;
    }
    let Some(b) = x else {
        return None;
    };
    let c = if let Ok(c) = y { c } else { return None };
    Some(a + b + c)
}

#[stacklens::frame]
pub fn takes_by_value(text: String, list: Vec<u8>, shared: Rc<String>) -> usize {
    text.len() + list.len() + shared.len()
}

#[stacklens::frame]
pub fn takes_a_reference_to_a_box(x: &Box<u8>, y: &Vec<u8>, z: &String, w: &mut Vec<u8>) -> usize {
    w[0] = 1;
    usize::from(**x) + y.len() + z.len()
}

#[stacklens::frame]
pub fn takes_trivially(x: &u8, y: &bool) -> u8 {
    if *y { *x } else { 0 }
}

#[stacklens::frame]
pub fn many_arguments(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u8 {
    a + b + c + d + e + f + g + h
}

#[stacklens::frame]
pub fn flags(a: bool, b: bool, c: bool, d: bool) -> bool {
    a & b & c & d
}

#[stacklens::frame]
pub fn casts(x: u64, y: i32, z: f64) -> u8 {
    let a = x as u8;
    let b = y as u32 as u8;
    let c = z as u8;
    let d = a as u64;
    a + b + c + d as u8
}

#[stacklens::frame]
pub fn compares(x: f64, y: bool, z: &str, list: &[u8]) -> bool {
    x == 1.0 || y == true || z == "" || list.len() == 0 || !(x > 3.0) || x != x
}

#[stacklens::frame]
pub fn loops(list: &[u8], mut sum: u32) -> u32 {
    for i in 0..list.len() {
        sum += u32::from(list[i]);
    }
    for x in list.iter() {
        sum += u32::from(*x);
    }
    let mut i = 0;
    for x in list {
        sum += u32::from(*x) + i;
        i += 1;
    }
    loop {
        match list.first() {
            Some(x) => sum += u32::from(*x),
            None => break,
        }
        if sum > 3 {
            break;
        }
    }
    while let Some(x) = list.iter().next() {
        sum += u32::from(*x);
    }
    sum
}

#[stacklens::frame]
pub fn matches(x: Option<u8>, y: bool) -> u8 {
    match y {
        true => 1,
        false => 2,
    };
    match x {
        Some(n) => println!("{n}"),
        _ => {}
    }
    match x {
        Some(_) => true,
        None => false,
    };
    if let Some(_) = x {
        return 1;
    }
    match x {
        Some(1) => 1,
        Some(2) => 1,
        _ => 3,
    }
}

#[stacklens::frame]
pub fn ifs(x: u8, y: u8) -> u8 {
    if x > 1 {
        if y > 2 {
            return 1;
        }
    }
    if x == 1 {
        2
    } else {
        if y == 2 { 3 } else { 4 }
    }
}

#[stacklens::frame]
pub fn same_branches(x: u8) -> u8 {
    if x > 3 { 1 } else { 1 }
}

#[stacklens::frame]
pub fn not_first(x: u8) -> u8 {
    if !(x == 3) { 1 } else { 2 }
}

#[stacklens::frame]
pub fn maps(map: &mut HashMap<String, u8>, key: &str) {
    if !map.contains_key(key) {
        map.insert(key.to_string(), 1);
    }
    map.get(key).map(|x| x + 1).unwrap_or(2);
    map.iter().map(|(k, _)| k).for_each(|k| println!("{}", k));
    map.get(key).is_some();
}

#[stacklens::frame]
pub fn strings(x: &str) -> String {
    let mut out = String::new();
    out.push_str("a");
    out += &format!("{}", x);
    println!("");
    let y = x.to_string().to_string();
    x.chars().nth(0);
    x.chars().rev().next();
    y.clone()
}

#[stacklens::frame]
pub fn clones(x: &Rc<u8>, y: u8, z: String) -> String {
    let a = x.clone();
    let b = y.clone();
    println!("{a}{b}");
    z.clone()
}

#[stacklens::frame]
pub fn closures(list: &[Vec<u8>]) -> usize {
    list.iter().map(|x| x.len()).map(|x| usize::max(x, 1)).filter(|x| *x > 1).map(|x| x).sum()
}

#[stacklens::frame]
pub fn units(x: u8) {
    let y = println!("{x}");
    drop(y);
    let () = ();
    Some(()).unwrap();
}

#[stacklens::frame]
pub fn items_after_statements(x: u8) -> u8 {
    let y = x;
    fn later() -> u8 {
        1
    }
    use std::mem::swap;
    let mut a = 1;
    let mut b = 2;
    swap(&mut a, &mut b);
    y + later() + a + b
}

#[stacklens::frame]
pub fn wildcard_imports(x: Ordering) -> u8 {
    use std::cmp::Ordering::*;
    match x {
        Less => 1,
        Equal => 2,
        Greater => 3,
    }
}

use std::cmp::Ordering;

#[stacklens::frame]
pub fn similar_names(items: u8, item: u8) -> u8 {
    let index_a = items;
    let index_b = item;
    let lhs_value = index_a;
    let rhs_value = index_b;
    lhs_value + rhs_value
}

#[stacklens::frame]
pub fn panics(x: Option<u8>, y: Result<u8, String>) -> u8 {
    assert!(x.is_some());
    let a = x.unwrap();
    let b = y.expect("a value");
    if a > 3 {
        panic!("too big");
    }
    a + b
}

#[stacklens::frame]
pub fn fails(x: u8) -> Result<u8, String> {
    if x > 3 {
        return Err("too big".to_string());
    }
    Ok(x)
}

#[stacklens::frame]
pub fn always_ok(x: u8) -> Result<u8, String> {
    Ok(x)
}

#[stacklens::frame]
fn always_some(x: u8) -> Option<u8> {
    Some(x + 1)
}

#[stacklens::frame]
pub fn underscores(_x: u8, _used: u8) -> u8 {
    let _y = 1;
    let _z = _used;
    _used + _z
}

#[stacklens::frame]
pub fn uses_always_some() -> u8 {
    always_some(1).unwrap_or_default()
}

pub struct Counter {
    pub n: u8,
}

impl Counter {
    #[stacklens::frame]
    pub fn new() -> Counter {
        Counter { n: 0 }
    }

    #[stacklens::frame]
    pub fn unused_self(&self) -> u8 {
        1
    }

    #[stacklens::frame]
    pub fn into_n(&self) -> u8 {
        self.n
    }

    #[stacklens::frame]
    pub fn to_n(self) -> u8 {
        self.n
    }

    #[stacklens::frame]
    pub fn is_n(self) -> bool {
        self.n > 1
    }

    #[stacklens::frame]
    pub fn add(self, other: Counter) -> Counter {
        Counter { n: self.n + other.n }
    }

    #[stacklens::frame]
    pub fn returns_self(self) -> Self {
        self
    }
}

#[stacklens::frame]
pub fn cognitive(x: u8, y: Option<u8>) -> u8 {
    for i in 0..x {
        if i > 1 && y.is_some() || i == 3 {
            for j in 0..i {
                if j > 2 {
                    if let Some(y) = y {
                        match y {
                            0 => return 1,
                            1 if i > j => return 2,
                            2 => {
                                while i > 3 {
                                    if j > 4 {
                                        break;
                                    } else if j > 5 {
                                        continue;
                                    }
                                }
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
    }
    3
}

#[stacklens::frame]
pub fn hundred_lines(x: u8) -> u8 {
    println!("0");
    println!("1");
    println!("2");
    println!("3");
    println!("4");
    println!("5");
    println!("6");
    println!("7");
    println!("8");
    println!("9");
    println!("10");
    println!("11");
    println!("12");
    println!("13");
    println!("14");
    println!("15");
    println!("16");
    println!("17");
    println!("18");
    println!("19");
    println!("20");
    println!("21");
    println!("22");
    println!("23");
    println!("24");
    println!("25");
    println!("26");
    println!("27");
    println!("28");
    println!("29");
    println!("30");
    println!("31");
    println!("32");
    println!("33");
    println!("34");
    println!("35");
    println!("36");
    println!("37");
    println!("38");
    println!("39");
    println!("40");
    println!("41");
    println!("42");
    println!("43");
    println!("44");
    println!("45");
    println!("46");
    println!("47");
    println!("48");
    println!("49");
    println!("50");
    println!("51");
    println!("52");
    println!("53");
    println!("54");
    println!("55");
    println!("56");
    println!("57");
    println!("58");
    println!("59");
    println!("60");
    println!("61");
    println!("62");
    println!("63");
    println!("64");
    println!("65");
    println!("66");
    println!("67");
    println!("68");
    println!("69");
    println!("70");
    println!("71");
    println!("72");
    println!("73");
    println!("74");
    println!("75");
    println!("76");
    println!("77");
    println!("78");
    println!("79");
    println!("80");
    println!("81");
    println!("82");
    println!("83");
    println!("84");
    println!("85");
    println!("86");
    println!("87");
    println!("88");
    println!("89");
    println!("90");
    println!("91");
    println!("92");
    println!("93");
    println!("94");
    println!("95");
    println!("96");
    println!("97");
    println!("98");
    println!("99");
    println!("100");
    x
}
