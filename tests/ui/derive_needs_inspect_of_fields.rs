struct Opaque;

#[derive(stacklens::Inspect)]
struct S {
    x: u8,
    opaque: Opaque,
}

fn main() {}
