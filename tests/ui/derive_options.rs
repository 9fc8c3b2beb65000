#[derive(stacklens::Inspect)]
struct Unknown {
    #[inspect(hide)]
    x: u8,
}

#[derive(stacklens::Inspect)]
struct Twice {
    #[inspect(skip, redact)]
    x: u8,
}

#[derive(stacklens::Inspect)]
struct Empty {
    #[inspect]
    x: u8,
    #[inspect()]
    y: u8,
}

#[derive(stacklens::Inspect)]
#[inspect(skip)]
struct OnTheType {
    x: u8,
}

#[derive(stacklens::Inspect)]
#[inspect(crate)]
struct NoPath {
    x: u8,
}

fn main() {}
