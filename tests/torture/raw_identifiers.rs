//! Raw identifiers, and names in other scripts.

#[stacklens::frame]
pub fn r#fn(r#type: u8, mut r#match: u8) -> u8 {
    let r#let = r#type + r#match;
    r#match = r#let;
    let mut r#mut = r#match;
    r#mut += 1;
    let r#while = |r#in: u8| r#in + r#mut;
    r#while(r#let)
}

#[stacklens::frame]
pub fn unneeded(r#a: u8) -> u8 {
    let r#b = a;
    b + r#a
}

pub struct Struct;

pub mod r#mod {
    #[stacklens::frame]
    pub fn r#use(r#as: Option<u8>) -> Option<u8> {
        let r#ref = r#as?;
        Some(r#ref)
    }
}

impl Struct {
    #[stacklens::frame]
    pub fn r#impl<T: Trait>(&self, r#dyn: T) -> u8 {
        r#dyn.r#for()
    }
}

pub trait Trait {
    #[stacklens::frame]
    fn r#for(&self) -> u8 {
        let r#async = 1;
        r#async
    }
}

#[stacklens::frame]
pub fn r#loop((r#move, r#static): (u8, u8), r#return: &[u8]) -> u8 {
    let mut r#yield = 0;
    for r#box in r#return {
        r#yield += *r#box;
    }
    match r#yield {
        r#priv if r#priv > 3 => r#priv,
        _ => r#move + r#static,
    }
}

#[stacklens::frame]
pub fn größe(länge: u8, 幅: u8) -> u8 {
    let fläche = länge * 幅;
    fläche
}

#[stacklens::frame]
pub fn unused_raw(r#_type: u8, _break: &str) {}
