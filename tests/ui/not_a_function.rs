#[stacklens::frame]
struct S;

#[stacklens::frame]
pub enum E {
    A,
}

#[stacklens::frame]
static X: u8 = 1;

#[stacklens::frame]
const Y: u8 = 1;

#[stacklens::frame]
type T = u8;

#[stacklens::frame]
use std::fmt as f;

#[stacklens::frame]
union U {
    a: u8,
}

#[stacklens::frame]
extern "C" {}

fn main() {}
