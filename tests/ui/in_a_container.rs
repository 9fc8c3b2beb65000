struct S;

#[stacklens::frame]
impl S {
    #[frame(nmae = "f")]
    fn f(&self) {}

    #[frame(skip(x))]
    fn g(&self, y: &str) -> usize {
        y.len()
    }

    #[stacklens::frame(capture = "some")]
    fn h(&self) {}
}

#[stacklens::frame(unknown)]
trait T {
    fn f(&self) {}
}

fn main() {
    S.f();
    S.g("");
    S.h();
}
