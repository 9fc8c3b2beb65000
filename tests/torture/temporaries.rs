//! Temporaries whose life an initialiser extends, or a statement ends.

use std::cell::RefCell;
use std::sync::Mutex;

fn temporary() -> String {
    String::from("a")
}

fn borrow(text: &str) -> &str {
    text
}

pub struct H<'a>(pub &'a str);

#[stacklens::frame]
pub fn extended(x: u8) -> usize {
    let a = &temporary();
    let b = &mut temporary();
    let c = &[temporary()];
    let d = (&temporary(), x);
    let e = H { 0: &temporary() };
    let f = if x > 1 { &temporary() } else { "b" };
    let g = { &temporary() };
    let h: &dyn std::fmt::Debug = &temporary() as &dyn std::fmt::Debug;
    let ref i = temporary();
    let &ref j = &temporary();
    let k = &temporary()[..];
    let l = &(1, temporary()).1;
    let m = &*Box::new(temporary());
    b.push('x');
    a.len() + b.len() + c.len() + d.0.len() + e.0.len() + f.len() + g.len() + i.len() + j.len()
        + k.len() + l.len() + m.len()
        + format!("{:?}", h).len()
}

#[stacklens::frame]
pub fn extended_and_not_mentioned(x: u8) {
    let _a = &temporary();
    let _b = &mut temporary();
    let _c = &[temporary()];
    let _d = (&temporary(), x);
    let _e = -1;
    let _f = "a";
    let _g = &1;
    let _h = x + 1;
    let _i = !true;
    let _j = x as u16;
    let _k = [1, 2][0];
    let _l = ();
    let _m = (1, 2);
    let _ = temporary();
}

#[stacklens::frame]
pub fn ended_with_the_statement(cell: &RefCell<Vec<u8>>, lock: &Mutex<u8>) -> usize {
    let n = borrow(&temporary()).len();
    cell.borrow_mut().push(1);
    let m = cell.borrow().len();
    cell.borrow_mut().push(*lock.lock().unwrap());
    *lock.lock().unwrap() += 1;
    match cell.borrow().first() {
        Some(x) => return *x as usize + n,
        None => {}
    }
    cell.borrow_mut().clear();
    m
}

#[stacklens::frame]
pub fn question_on_a_temporary(cell: &RefCell<Vec<Option<u8>>>) -> Option<u8> {
    let x = (*cell.borrow().first()?)?;
    let y = cell.borrow_mut().pop()??;
    cell.borrow_mut().push(Some(borrow(&temporary()).bytes().next()?));
    let z = *RefCell::new(x).borrow().checked_add(y).as_ref()?;
    Some(z)
}

#[stacklens::frame]
pub fn of_conditions(cell: &RefCell<Vec<u8>>) -> usize {
    if cell.borrow().is_empty() {
        cell.borrow_mut().push(1);
    }
    while cell.borrow().len() < 3 {
        cell.borrow_mut().push(2);
    }
    let found = cell.borrow().first().copied();
    if let Some(x) = found {
        cell.borrow_mut().push(x);
    }
    let n = cell.borrow().len();
    n
}

#[stacklens::frame]
pub fn in_arguments(text: &mut String) -> usize {
    let n = [borrow(&temporary()), borrow(&temporary())].concat().len();
    text.push_str(&temporary());
    text.push_str(borrow(&(temporary() + &temporary())));
    n + borrow(&temporary()).len()
}
