//! Closures, and what they borrow.

use std::collections::HashMap;

#[stacklens::frame]
pub fn of_every_form(x: u8) -> u8 {
    let none = || 1u8;
    let one = |a: u8| a + 1;
    let typed = |a: u8, b: &str| -> u8 { a + b.len() as u8 };
    let pattern = |(a, b): (u8, u8), [c, _]: [u8; 2]| a + b + c;
    let by_move = move || x;
    let reference = |a: &u8| *a;
    let block = |a: u8| {
        let b = a;
        b
    };
    let nested = |a: u8| move |b: u8| a + b;
    let or = |a: bool, b: bool| a || b;
    let ignored = |_: u8, _: &u8| 1;
    let question = |a: Option<u8>| -> Option<u8> {
        let b = a?;
        Some(b + x)
    };
    let returns = |a: u8| {
        if a > 3 {
            return 1;
        }
        a
    };
    let generic = |a: Vec<Vec<u8>>| a.len();
    let never = |a: bool| if a { panic!() };
    never(false);
    let unit = || ();
    unit();
    none() + one(1) + typed(1, "a") + pattern((1, 2), [3, 4]) + by_move() + reference(&1) + block(2)
        + nested(1)(2) + or(true, false) as u8 + ignored(1, &2) + question(None).unwrap_or(1) + returns(1)
        + generic(vec![]) as u8
}

#[stacklens::frame]
pub fn borrows_mutably(list: &mut Vec<u8>) -> usize {
    let mut n = 0;
    let mut add = |x| {
        n += 1;
        list.push(x);
    };
    add(1);
    add(2);
    list.push(n);
    let mut clear = || list.clear();
    clear();
    list.len()
}

#[stacklens::frame]
pub fn moves(text: String, list: Vec<u8>) -> impl FnOnce() -> String {
    let copy = text.clone();
    let one = move || drop(text);
    one();
    move || copy + &list.len().to_string()
}

#[stacklens::frame]
pub fn stored<'a>(map: &mut HashMap<String, Box<dyn Fn(u8) -> u8 + 'a>>, by: &'a u8) {
    map.insert("a".to_string(), Box::new(move |x| x + *by));
    let f: Box<dyn Fn(u8) -> u8> = Box::new(|x| x);
    map.insert("b".to_string(), f);
    let g: fn(u8) -> u8 = |x| x * 2;
    map.insert("c".to_string(), Box::new(g));
}

#[stacklens::frame]
pub fn elided_signatures(list: &[String]) -> Vec<&str> {
    let first: &dyn for<'x> Fn(&'x str) -> &'x str = &|x| &x[..1];
    let mut all: Vec<&str> = list.iter().map(|x| first(x)).collect();
    all.sort_by(|a, b| b.cmp(a));
    all.sort_by_key(|x| x.len());
    all
}

fn call<R>(f: impl FnOnce(&mut String) -> R) -> R {
    f(&mut String::new())
}

#[stacklens::frame]
pub fn expected_signature(x: &str) -> usize {
    let length = call(|text| {
        text.push_str(x);
        text.len()
    });
    call(|text| {
        let text: &mut String = text;
        text.len() + length
    })
}

#[stacklens::frame]
pub fn recursion_by_reference(n: u64) -> u64 {
    fn fix(f: &dyn Fn(&dyn Fn(u64) -> u64, u64) -> u64, n: u64) -> u64 {
        f(&|n| fix(f, n), n)
    }
    fix(&|f, n| if n == 0 { 1 } else { n * f(n - 1) }, n)
}

#[stacklens::frame]
pub fn chains(text: &str) -> Result<Vec<u32>, std::num::ParseIntError> {
    let numbers = text
        .split(',')
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<u32>().map(|n| n + 1))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(numbers.into_iter().filter(|&n| n % 2 == 0).collect())
}

#[stacklens::frame]
pub fn captures_by_field(mut pair: (String, Vec<u8>)) -> usize {
    let name = &pair.0;
    let n = name.len();
    let mut push = |x| pair.1.push(x);
    push(1);
    n + pair.1.len()
}

#[stacklens::frame]
pub fn in_conditions(list: &[u8]) -> bool {
    if list.iter().any(|x| *x == 1) && (|| true)() {
        return true;
    }
    while (|x: &u8| *x > 255 - 1)(&list[0]) {}
    match (|x| x)(list.len()) {
        0 => false,
        n if (move || n > 1)() => true,
        _ => false,
    }
}

#[stacklens::frame]
pub fn returns_a_boxed_closure<'a>(by: &'a mut u8) -> Box<dyn FnMut() -> u8 + 'a> {
    Box::new(move || {
        *by += 1;
        *by
    })
}

#[stacklens::frame]
pub fn static_closure() -> u8 {
    static TABLE: [fn(u8) -> u8; 2] = [|x| x, |x| x + 1];
    const ONE: fn() -> u8 = || 1;
    TABLE[1](ONE())
}
