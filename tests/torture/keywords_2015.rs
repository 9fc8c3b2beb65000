//! What only 2015 accepts: words that are keywords since, parameters without names, no `dyn`.
// editions: 2015
// does not forbid: warnings
// not as a module: its paths begin at the root

#[stacklens::frame]
pub fn async(await: u8, dyn: u8) -> u8 {
    let async = await + dyn;
    let try = async;
    let mut gen = try;
    gen += 1;
    gen
}

#[stacklens::frame]
pub fn try(x: Option<u8>) -> u8 {
    let dyn: u8 = match x {
        Some(await) => await,
        None => 0,
    };
    async(dyn, 1)
}

pub trait Anonymous {
    #[stacklens::frame]
    fn declared(&self, u8, &str) -> u8;

    #[stacklens::frame]
    fn other(&self, usize) -> usize {
        "a".len()
    }
}

#[stacklens::frame]
impl Anonymous for u8 {
    fn declared(&self, x: u8, text: &str) -> u8 {
        *self + x + text.len() as u8
    }
}

#[stacklens::frame]
pub fn bare(x: &std::fmt::Debug, y: Box<Fn(u8) -> u8>) -> Box<std::fmt::Debug> {
    let text = format!("{:?}", x);
    Box::new((text, y(1)))
}

pub mod inner {
    pub fn f() -> u8 {
        1
    }

    #[stacklens::frame]
    pub fn from_the_root(x: u8) -> u8 {
        let y = ::inner::f();
        use inner::f;
        x + y + f() + ::root()
    }
}

#[stacklens::frame]
pub fn root() -> u8 {
    ::inner::from_the_root(1);
    2
}

#[stacklens::frame]
pub fn old_ranges(x: u8) -> u8 {
    match x {
        0...9 => 1,
        _ => 2,
    }
}

#[stacklens::frame]
pub fn question_by_macro(x: Result<u8, String>) -> Result<u8, String> {
    let y = try!(x);
    Ok(y)
}
