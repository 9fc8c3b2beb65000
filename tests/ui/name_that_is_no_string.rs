#[stacklens::frame(name = 3)]
fn a() {}

#[stacklens::frame(name)]
fn b() {}

#[stacklens::frame(name = "")]
fn c() {}

#[stacklens::frame(name = "c", name = "d")]
fn d() {}

#[stacklens::frame(name("e"))]
fn e() {}

#[stacklens::frame(name = f)]
fn f() {}

#[stacklens::frame(name: "g")]
fn g() {}

fn main() {
    a();
    b();
    c();
    d();
    e();
    f();
    g();
}
