//! Programs that the borrow checker accepts only just: an inserted read too many, or too late, and
//! they fail.

use std::collections::HashMap;

#[stacklens::frame]
pub fn get_or_insert<'a>(map: &'a mut HashMap<String, u8>, key: &str) -> &'a mut u8 {
    if map.contains_key(key) {
        return map.get_mut(key).unwrap();
    }
    map.insert(key.to_owned(), 1);
    map.get_mut(key).unwrap()
}

#[stacklens::frame]
pub fn borrow_ends_before_a_push(list: &mut Vec<u8>) -> usize {
    let first = &list[0];
    let n = usize::from(*first);
    list.push(1);
    let last = list.last_mut();
    if let Some(last) = last {
        *last += 1;
    }
    list.push(2);
    let all = &mut *list;
    all.push(3);
    list.len() + n
}

fn ok() -> Result<u8, String> {
    Ok(1)
}

#[stacklens::frame]
pub fn loan_of_a_dead_let_and_a_question(mut v: Vec<u8>) -> Result<u8, String> {
    let n = &v;
    let length = n.len() as u8;
    v.push(2);
    let x = ok()?;
    Ok(x + length)
}

#[stacklens::frame]
pub fn two_phase(list: &mut Vec<usize>) {
    list.push(list.len());
    list.insert(0, list.iter().sum());
    let n = list.len();
    list[n - 1] += list[0];
}

#[stacklens::frame]
pub fn moved_in_one_branch(text: String, yes: bool) -> Option<String> {
    if yes {
        drop(text);
        return None;
    }
    let other = text;
    Some(other)
}

#[stacklens::frame]
pub fn moved_out_and_back(mut text: String, n: usize) -> String {
    for _ in 0..n {
        let moved = text;
        text = moved + "a";
    }
    let taken = std::mem::replace(&mut text, String::new());
    text = taken;
    text
}

#[stacklens::frame]
pub fn late_initialisation(x: bool) -> usize {
    let text;
    let list: Vec<u8>;
    let borrowed;
    if x {
        text = String::from("a");
        list = vec![];
        borrowed = &text[..];
    } else {
        list = vec![1];
        borrowed = "b";
    }
    let n;
    loop {
        n = borrowed.len();
        break;
    }
    list.len() + n
}

#[stacklens::frame]
pub fn partly_moved(mut pair: (String, Vec<u8>)) -> usize {
    let text = pair.0;
    pair.1.push(1);
    let n = pair.1.len();
    pair.0 = text + "x";
    let (a, b) = pair;
    a.len() + b.len() + n
}

pub struct List {
    pub value: u8,
    pub next: Option<Box<List>>,
}

#[stacklens::frame]
pub fn last(mut list: &mut List) -> &mut u8 {
    while list.next.is_some() {
        list = list.next.as_mut().unwrap();
    }
    &mut list.value
}

#[stacklens::frame]
pub fn append(list: &mut List, value: u8) {
    let mut cursor = &mut list.next;
    while let Some(node) = cursor {
        cursor = &mut node.next;
    }
    *cursor = Some(Box::new(List { value: value, next: None }));
}

#[stacklens::frame]
pub fn remove(mut cursor: &mut Option<Box<List>>, value: u8) -> bool {
    loop {
        match cursor {
            None => return false,
            Some(node) if node.value == value => {
                *cursor = node.next.take();
                return true;
            }
            Some(node) => cursor = &mut node.next,
        }
    }
}

#[stacklens::frame]
pub fn reborrows(x: &mut Vec<u8>, y: &mut Vec<u8>) -> usize {
    let z = if x.len() > y.len() { &mut *x } else { &mut *y };
    z.push(1);
    let w = &mut *z;
    w.push(2);
    z.push(3);
    x.push(4);
    let mut target = x;
    target.push(1);
    target = y;
    target.push(2);
    target.len()
}

fn two(a: &mut u8, b: &u8) -> Result<u8, String> {
    *a += *b;
    Ok(*a)
}

#[stacklens::frame]
pub fn disjoint_fields(pair: &mut (u8, u8)) -> Result<u8, String> {
    let a = &mut pair.0;
    let n = two(a, &pair.1)?;
    let b = &mut pair.1;
    *a += n;
    *b += 1;
    two(&mut pair.0, &pair.1)?;
    two(&mut pair.1, &pair.0)
}

#[stacklens::frame]
pub fn mutable_borrow_across_statements(list: &mut Vec<Vec<u8>>) -> u8 {
    let first = &mut list[0];
    let n = 3;
    first.push(n);
    let m = n + 1;
    first.push(m);
    let taken = first;
    taken.push(1);
    let text = format!("{}", m);
    taken.push(text.len() as u8);
    list.len() as u8
}

#[stacklens::frame]
pub fn iterator_holds_a_loan(list: &mut Vec<u8>) -> u8 {
    let mut sum = 0;
    for x in list.iter_mut() {
        sum += *x;
        *x = sum;
    }
    let mut drain = list.drain(..);
    while let Some(x) = drain.next() {
        sum += x;
        if sum > 9 {
            break;
        }
    }
    drop(drain);
    list.push(sum);
    sum
}

#[stacklens::frame]
pub fn closure_holds_a_loan(mut n: u8) -> u8 {
    let mut add = |x| n += x;
    add(1);
    let y = 2;
    add(y);
    n += 1;
    n
}

type Mutable<'a> = &'a mut Vec<u8>;

fn take(list: Mutable<'_>) -> Result<u8, String> {
    list.pop().ok_or_else(String::new)
}

#[stacklens::frame]
pub fn hidden_mutable_reference(list: Mutable<'_>, n: u8) -> Result<u8, String> {
    let mut sum = n;
    for _ in 0..3 {
        sum += take(list)?;
        list.push(sum);
    }
    take(list)
}

#[stacklens::frame]
pub fn invariant<'a>(cell: &std::cell::Cell<&'a str>, text: &'a str) -> &'a str {
    let before = cell.get();
    cell.set(text);
    let list: &mut Vec<&'a str> = &mut vec![before];
    list.push(text);
    let first = list.remove(0);
    first
}

pub struct Invariant<'a>(pub std::marker::PhantomData<std::cell::Cell<&'a ()>>, pub &'a mut u8);

impl<'a> Invariant<'a> {
    #[stacklens::frame]
    pub fn shorter<'b>(&'b mut self) -> Invariant<'b>
    where
        'a: 'b,
    {
        let inner = &mut *self.1;
        Invariant(std::marker::PhantomData, inner)
    }

    #[stacklens::frame]
    pub fn for_as_long_as_it_lives(&'a mut self) -> &'a mut u8 {
        let inner: &'a mut u8 = self.1;
        inner
    }
}

#[stacklens::frame]
pub fn method_that_takes_the_rest_of_its_life(mut text: String) -> usize {
    struct Once<'a>(&'a mut String, Option<&'a str>);
    impl<'a> Once<'a> {
        fn borrow_forever(&'a mut self) -> usize {
            self.1 = Some(&self.0[..]);
            self.1.map_or(0, str::len)
        }
    }
    let mut once = Once(&mut text, None);
    let n = once.borrow_forever();
    n
}

#[stacklens::frame]
pub fn match_moves_the_scrutinee(x: Option<Box<List>>) -> u8 {
    let y = match x {
        Some(list) => {
            let List { value, next } = *list;
            drop(next);
            value
        }
        None => 0,
    };
    y
}

#[stacklens::frame]
pub fn conditional_return_of_a_loan(list: &mut Vec<u8>, at: usize) -> &mut u8 {
    let n = list.len();
    if at < n {
        let found = &mut list[at];
        return found;
    }
    list.resize(at + 1, 0);
    &mut list[at]
}

#[stacklens::frame]
pub fn binding_of_an_argument_borrows_a_local(text: &str) -> usize {
    let owned;
    let mut text = text;
    if text.is_empty() {
        owned = String::from("a");
        text = &owned;
    }
    text.len()
}

#[stacklens::frame]
pub fn swap(a: &mut u8, b: &mut u8) {
    let c = *a;
    *a = *b;
    *b = c;
    let (d, e) = (a, b);
    std::mem::swap(d, e);
}

#[stacklens::frame]
pub fn receiver_moves(x: Option<String>, list: Vec<String>) -> Result<usize, String> {
    let text = x.ok_or_else(String::new)?;
    let boxed = list.into_boxed_slice();
    let list = boxed.into_vec();
    let n = list.into_iter().map(|s| s.len()).max().ok_or("empty")?;
    Ok(text.into_bytes().len() + n)
}

#[stacklens::frame]
pub fn lock_guards(lock: &std::sync::Mutex<Vec<u8>>) -> usize {
    let mut guard = lock.lock().unwrap();
    guard.push(1);
    let n = guard.len();
    drop(guard);
    let length = lock.lock().unwrap().len();
    lock.lock().unwrap().push(n as u8);
    length
}
