#[stacklens::frame]
const fn f(x: u8) -> u8 {
    x
}

#[stacklens::frame]
pub const unsafe fn g() {}

struct S;

impl S {
    #[stacklens::frame]
    pub const fn h(&self) -> u8 {
        1
    }
}

#[stacklens::frame]
impl S {
    #[frame(hide)]
    const fn i(&self) -> u8 {
        1
    }
}

fn main() {
    f(1);
    S.h();
    S.i();
}
