//! Functions that do not return, and code that is not reached.

#[stacklens::frame]
pub fn panics() -> ! {
    panic!("always")
}

#[stacklens::frame]
pub fn panics_as_a_statement(x: &str) -> ! {
    panic!("{}", x);
}

#[stacklens::frame]
pub fn exits(code: i32) -> ! {
    std::process::exit(code)
}

#[stacklens::frame]
pub fn runs_forever(mut n: u64) -> ! {
    loop {
        n = n.wrapping_add(1);
        if n == 7 {
            std::thread::yield_now();
        }
    }
}

#[stacklens::frame]
pub fn calls_one_that_panics(x: u8) -> u8 {
    if x == 0 {
        panics();
    }
    let y = match x {
        1 => panics(),
        2 => unreachable!(),
        3 => return 9,
        n => n,
    };
    y
}

#[stacklens::frame]
pub fn never_in_a_match(x: Result<u8, std::convert::Infallible>) -> u8 {
    match x {
        Ok(n) => n,
        Err(never) => match never {},
    }
}

#[stacklens::frame]
pub fn never_as_an_argument(x: std::convert::Infallible) -> u32 {
    match x {}
}

#[stacklens::frame]
pub fn not_yet() -> Vec<u8> {
    unimplemented!()
}

#[stacklens::frame]
pub fn later(_x: &str) -> Option<String> {
    unimplemented!("{}", 1)
}

#[stacklens::frame]
pub fn loops_with_a_value(mut n: u32) -> u32 {
    loop {
        n += 1;
        if n % 7 == 0 {
            break n;
        }
    }
}

#[stacklens::frame]
pub fn returns_or_loops(list: &[u8]) -> u8 {
    let mut at = 0;
    loop {
        match list.get(at) {
            None => return 0,
            Some(&0) => at += 1,
            Some(&n) => return n,
        }
    }
}

#[stacklens::frame]
pub fn falls_through_to_a_diverging_tail(x: Option<u8>) -> u8 {
    if let Some(x) = x {
        return x;
    }
    panics()
}

#[stacklens::frame]
pub fn diverges_in_both(x: bool) -> u8 {
    if x {
        return 1;
    } else {
        panics();
    }
}

#[stacklens::frame]
pub fn coerced_from_never() -> Result<u8, String> {
    Err(String::new())?
}

#[stacklens::frame]
pub fn question_of_never(x: Result<u8, String>) -> Result<std::convert::Infallible, String> {
    let e = match x {
        Ok(n) => n.to_string(),
        Err(e) => e,
    };
    Err(e)
}
