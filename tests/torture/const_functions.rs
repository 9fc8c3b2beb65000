//! What the compiler evaluates, in containers that are annotated.
// does not forbid: unsafe_code

pub struct Meters(pub u32);

#[stacklens::frame]
impl Meters {
    pub const ZERO: Meters = Meters::new(0);

    pub const fn new(n: u32) -> Meters {
        Meters(n)
    }

    pub const fn get(&self) -> u32 {
        let n = self.0;
        if n > 1000 { 1000 } else { n }
    }

    pub const unsafe fn unchecked(n: u32) -> Meters {
        Meters(n)
    }

    pub const extern "C" fn foreign(n: u32) -> u32 {
        n
    }

    pub fn not_constant(&self) -> u32 {
        const LIMIT: u32 = Meters::new(3).get();
        static TABLE: [u32; 2] = [Meters::new(1).get(), { Meters::new(2).get() }];
        let list = [0u8; Meters::new(4).get() as usize];
        TABLE[0].min(LIMIT) + list.len() as u32
    }
}

#[stacklens::frame]
pub mod module {
    pub const fn add(a: u32, b: u32) -> u32 {
        a + b
    }

    pub const SUM: u32 = add(1, 2);
    pub static ARRAY: [u32; add(1, 2) as usize] = [SUM; 3];

    pub fn uses_it<const N: usize>() -> [u32; N] {
        let all = [add(1, 1); N];
        all
    }

    pub fn calls() -> u32 {
        let six = const { add(2, 4) };
        uses_it::<{ add(1, 2) as usize }>()[0] + six
    }
}
