//! `?` on everything that has it, everywhere.

use std::num::ParseIntError;
use std::ops::ControlFlow;
use std::task::Poll;

#[derive(Debug)]
pub enum Failure {
    Number(ParseIntError),
    Text(String),
}

impl From<ParseIntError> for Failure {
    fn from(e: ParseIntError) -> Self {
        Failure::Number(e)
    }
}

impl<'a> From<&'a str> for Failure {
    fn from(text: &'a str) -> Self {
        Failure::Text(text.to_owned())
    }
}

pub type Fallible<T> = Result<T, Failure>;

#[stacklens::frame]
pub fn on_result(text: &str) -> Result<u32, ParseIntError> {
    let n = text.parse::<u32>()?;
    Ok(n)
}

#[stacklens::frame]
pub fn on_result_with_conversion(text: &str) -> Fallible<u32> {
    let n: u32 = text.trim().parse()?;
    if n == 0 {
        Err("zero")?;
    }
    if n == 1 {
        return Err("one")?;
    }
    if n == 2 {
        return Err(Failure::from("two"));
    }
    Ok(on_result(text)? + n)
}

#[stacklens::frame]
pub fn to_a_box(text: &str) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    let n: u32 = text.parse()?;
    let m = on_result(text)?;
    if n > m {
        return Err("bigger".into());
    }
    Err(format!("{}", n))?
}

#[stacklens::frame]
pub fn on_option(list: &[Option<u8>]) -> Option<u8> {
    let first = (*list.first()?)?;
    let second = list.get(1)?.as_ref()?;
    Some(first + second)
}

#[stacklens::frame]
pub fn on_control_flow(list: &[u8]) -> ControlFlow<u8, usize> {
    let mut n = 0;
    for &x in list {
        if x > 9 { ControlFlow::Break(x) } else { ControlFlow::Continue(()) }?;
        n += 1;
    }
    list.iter().try_for_each(|&x| if x == 3 { ControlFlow::Break(x) } else { ControlFlow::Continue(()) })?;
    ControlFlow::Continue(n)
}

#[stacklens::frame]
pub fn on_poll(x: Poll<Result<u8, String>>) -> Poll<Result<u8, String>> {
    let y: Poll<u8> = x?;
    let z = match y {
        Poll::Ready(z) => z,
        Poll::Pending => return Poll::Pending,
    };
    Poll::Ready(Ok(z))
}

#[stacklens::frame]
pub fn on_poll_of_an_option(x: Poll<Option<Result<u8, String>>>) -> Poll<Option<Result<u8, String>>> {
    let y: Poll<Option<u8>> = x?;
    y.map(|y| y.map(Ok))
}

#[stacklens::frame]
pub fn on_references<'a>(map: &'a std::collections::HashMap<String, Vec<u8>>, key: &str) -> Option<&'a mut u8>
where
    'a: 'a,
{
    let list = map.get(key)?;
    let _first: &u8 = list.first()?;
    None
}

#[stacklens::frame]
pub fn borrows_mutably<'a>(list: &'a mut Vec<Vec<u8>>, at: usize) -> Option<&'a mut u8> {
    let inner = list.get_mut(at)?;
    inner.push(1);
    let last = inner.last_mut()?;
    *last += 1;
    Some(last)
}

#[stacklens::frame]
pub fn in_operands(text: &str) -> Fallible<u32> {
    let sum = text.parse::<u32>()? + on_result(text)? * { on_result(text)? };
    let pair = (on_result(text)?, [on_result(text)?; 2]);
    let closure = |x: &str| -> Fallible<u32> { Ok(x.parse::<u32>()?) };
    let called = closure(&format!("{}", on_result(text)?))?.checked_add(on_result(text)?).ok_or("overflow")?;
    if on_result(text)? > 3 && !text.is_empty() || on_result(text)? == 1 {
        return Ok(-(text.parse::<i32>()?) as u32);
    }
    while on_result(text)? > 5 {
        break;
    }
    for _ in 0..on_result(text)? {
        on_result(text)?;
    }
    match on_result(text)? {
        0 => Ok(on_result(text)?),
        n if n > on_result(text)? => Ok(n),
        n => {
            let m = on_result(text)?;
            Ok(n + m + sum + pair.0 + pair.1[on_result(text)? as usize] + called)
        }
    }
}

#[stacklens::frame]
pub fn chained(text: &str) -> Option<char> {
    text.split(',').next()?.chars().rev().next()?.to_lowercase().next()?.to_string().chars().next()
}

#[stacklens::frame]
pub fn as_the_tail(text: &str) -> Option<u8> {
    Some(text.bytes().next()?)
}

#[stacklens::frame]
pub fn twice(x: Option<Option<u8>>, y: Result<Result<u8, String>, String>) -> Option<u8> {
    let a = x??;
    let b = (|| -> Result<u8, String> { Ok(y??) })().ok()?;
    Some(a + b)
}

#[stacklens::frame]
pub fn mixed(x: Option<u8>) -> Result<u8, &'static str> {
    let a = x.ok_or("none")?;
    let b = (move || Some(x? + 1))().ok_or("nothing")?;
    let c: Result<_, &str> = (|| {
        let n = x.ok_or("c")?;
        Ok(n)
    })();
    c.map(|c| a + b + c)
}

#[stacklens::frame]
pub fn unit_results(out: &mut dyn std::fmt::Write) -> std::fmt::Result {
    out.write_str("a")?;
    write!(out, "{}", 1)?;
    if false {
        return out.write_char('b');
    }
    Ok(())
}

#[stacklens::frame]
pub fn in_macros(text: &str) -> Fallible<String> {
    let list = vec![on_result(text)?, on_result(text)?];
    assert!(on_result(text)? > 0, "{}", on_result(text)?);
    Ok(format!("{:?}{}", list, on_result(text)?))
}

#[stacklens::frame]
pub fn assigned(text: &str, list: &mut Vec<u32>) -> Fallible<()> {
    let mut n = 0;
    n += on_result(text)?;
    n = on_result(text)? + n;
    list[on_result(text)? as usize] = n;
    list.push(text.parse()?);
    let (a, b);
    (a, b) = (on_result(text)?, on_result(text)?);
    let Some(c) = text.parse::<u32>().ok() else { Err("none")? };
    *list.first_mut().ok_or("empty")? = a + b + c;
    Ok(())
}

#[stacklens::frame]
pub fn nested_generic<T: std::str::FromStr>(text: &str) -> Result<Vec<T>, T::Err> {
    let mut all = Vec::new();
    for part in text.split(' ') {
        all.push(part.parse()?);
    }
    Ok(all)
}

/// A user's type called like one of std's.
pub mod own {
    pub struct Result<T>(pub T);
    pub enum Option {
        Some,
        None,
    }

    #[stacklens::frame]
    pub fn named_result(x: u8) -> Result<u8> {
        if x > 3 {
            return Result(1);
        }
        Result(x)
    }

    #[stacklens::frame]
    pub fn named_option(x: u8) -> Option {
        match x {
            0 => Option::None,
            _ => return Option::Some,
        }
    }
}
