//! When the temporaries of chains of `let` are dropped.
// editions: 2024

#![allow(unused)]

struct D(&'static str);

impl Drop for D {
    fn drop(&mut self) {
        println!("    drop {}", self.0);
    }
}

impl D {
    fn some(&self) -> Option<u8> {
        Some(self.0.len() as u8)
    }
}

#[stacklens::frame]
fn chains(limit: u8) -> u8 {
    let local = D("local");
    if let Some(a) = D("first").some()
        && a > limit
        && let Some(b) = D("second").some()
        && D("third").some() > Some(limit)
    {
        let inner = D("inner");
        return a + b;
    } else if let Some(c) = D("of else").some() && c < limit {
        println!("    else if");
    }
    let mut n = 0;
    while let Some(d) = D("of while").some() && n < 2 && let Some(e) = D("of while too").some() {
        let inner = D("inner");
        n += 1;
    }
    D("of the tail").some().unwrap_or(n)
}

#[stacklens::frame]
fn chains_with_questions(limit: u8) -> Option<u8> {
    let local = D("local");
    if limit > 0 && let Some(a) = Some(D("first").some()?) && D("second").some().filter(|_| limit > 1)? > 0 {
        println!("    then");
    }
    Some(D("of the tail").some()?)
}

fn main() {
    for limit in [0, 5, 100] {
        println!("chains {limit}: {}", chains(limit));
    }
    for limit in 0..3 {
        println!("chains_with_questions {limit}: {:?}", chains_with_questions(limit));
    }
}
