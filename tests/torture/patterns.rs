//! Patterns of every kind, and the guards of arms.

use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    Leaf,
    Number(i64),
    Pair(Box<Tree>, Box<Tree>),
    Named { name: String, children: Vec<Tree> },
}

const LIMIT: i64 = 10;
pub mod constants {
    pub const HIGH: u8 = 200;
}

#[stacklens::frame]
pub fn matches(tree: &Tree) -> i64 {
    match *tree {
        Tree::Leaf => 0,
        Tree::Number(LIMIT) => 1,
        Tree::Number(-3) | Tree::Number(-2) => 2,
        Tree::Number(n @ 0..=9) => n,
        Tree::Number(n) if n < 0 => -n,
        Tree::Number(n) if { let m = n; m > 100 } => return n,
        Tree::Number(_) => 3,
        Tree::Pair(ref a, ref b) if **a == **b => matches(a),
        Tree::Pair(ref a, ref b) => {
            let left = matches(a);
            left + matches(b)
        }
        Tree::Named { ref name, .. } if name.is_empty() => 4,
        Tree::Named { ref name, ref children } => match children.as_slice() {
            [] => name.len() as i64,
            [one] => matches(one),
            [first, .., last] if first == last => 5,
            [first, middle @ .., _] => matches(first) + middle.len() as i64,
        },
    }
}

#[stacklens::frame]
pub fn by_default_modes(tree: &mut Tree) -> Option<&mut i64> {
    match tree {
        Tree::Number(n) if *n > 3 => Some(n),
        Tree::Pair(left, right) => match by_default_modes(left) {
            None => by_default_modes(right),
            some => some,
        },
        Tree::Named { name, children: list } if !name.is_empty() => {
            name.push('x');
            list.iter_mut().filter_map(by_default_modes).next()
        }
        _ => None,
    }
}

#[stacklens::frame]
pub fn moves(tree: Tree) -> (String, Vec<Tree>) {
    match tree {
        Tree::Named { name, children } => (name, children),
        Tree::Pair(a, b) => {
            let pair = vec![*a, *b];
            (String::new(), pair)
        }
        other => (format!("{:?}", other), vec![other]),
    }
}

#[stacklens::frame]
pub fn guards_that_move_nothing(x: Option<String>) -> String {
    match x {
        Some(ref text) if text.len() > 3 => text.clone(),
        Some(text) if text.starts_with('a') => text,
        Some(text) => text + "!",
        None => String::new(),
    }
}

#[stacklens::frame]
pub fn slices(list: &[u8]) -> u8 {
    match list {
        [] => 0,
        [x] => *x,
        [b'a', rest @ ..] => rest.len() as u8,
        [.., 0] => 1,
        [first, second] if first > second => *first,
        [x, all @ .., _] => all.get(0).copied().unwrap_or(*x),
    }
}

#[stacklens::frame]
pub fn literals(x: &str, c: char, f: f64, b: (bool, u8)) -> u8 {
    match (x, c) {
        ("a" | "b", 'a'..='z') => 1,
        (_, '0'..='9') => match b {
            (true, 0) => 3,
            (false, 1..=9) => 4,
            (_, constants::HIGH) => 5,
            (_, 250..=std::u8::MAX) => 6,
            (true, n) | (false, n) => n,
        },
        _ if f > 1.0 => 7,
        _ => 8,
    }
}

#[stacklens::frame]
pub fn or_patterns(x: Result<u8, u8>, y: (Option<u8>, Option<u8>)) -> u8 {
    let n = match x {
        Ok(n) | Err(n) => n,
    };
    if let (Some(a), _) | (None, Some(a)) = y {
        return a + n;
    }
    n
}

#[stacklens::frame]
pub fn destructuring_lets(x: (u8, (String, [u8; 3])), tree: Tree) -> usize {
    let (a, (text, [b, ref c, _])) = x;
    let &d = &a;
    let whole @ Tree::Named { .. } = tree else { return 0 };
    let (ref e, mut f) = (text.len(), b);
    f += 1;
    let [g, h] = [1, 2];
    let () = ();
    let _ = whole;
    (a + b + *c + d + f) as usize + *e + g + h
}

#[stacklens::frame]
pub fn destructuring_assignments(mut a: u8, mut b: u8) -> u8 {
    (a, b) = (b, a);
    let c;
    [c, _] = [a, 1];
    (a, ..) = (b + c, 1, 2);
    let (d, e);
    (d, e) = (a, b);
    if let Some(x) = Some(a) {
        a = x;
    }
    a + d + e
}

#[stacklens::frame]
pub fn references(pairs: &[(u8, &str)], map: &BTreeMap<String, Vec<u8>>) -> usize {
    let mut n = 0;
    for &(x, text) in pairs {
        n += x as usize + text.len();
    }
    for (key, values) in map {
        if let [first, ..] = &values[..] {
            n += key.len() + *first as usize;
        }
    }
    if let Some(&(_, ref text)) = pairs.first() {
        n += text.len();
    }
    n
}

#[stacklens::frame]
pub fn arms_of_every_form(x: u8) -> u8 {
    match x {
        | 0 => 1,
        1 => { 2 }
        2 => { 3 },
        3 => return 4,
        4 => panic!("{}", x),
        5 => unreachable!{},
        6 => if x > 3 { 1 } else { 2 },
        7 => match x { _ => 1 },
        8 => loop { break 1 },
        9 => (|| 1)(),
        10 => 'a: { break 'a 3 },
        11 => { x }.min(3),
        12 => ({ x }) + 1,
        13 => (if x > 1 { 1 } else { 2 }) + 1,
        14 if x > 3 || x < 2 => [1, 2][0],
        15 => <u8 as Default>::default(),
        n => n,
    }
}

#[stacklens::frame]
pub fn arms_without_value(x: u8, list: &mut Vec<u8>) {
    match x {
        0 => (),
        1 => {}
        2 => return,
        3 => list.push(1),
        4 => list[0] = 1,
        5 => list[0] += 1,
        6 => drop(list.pop()),
        7 => for y in list { *y = 1 },
        8 => println!(),
        9 => { list.pop(); }
        _ => (),
    }
}
