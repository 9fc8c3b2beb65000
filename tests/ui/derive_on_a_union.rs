#[derive(stacklens::Inspect)]
union U {
    a: u8,
    b: u16,
}

fn main() {}
