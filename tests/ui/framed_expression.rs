fn main() {
    stacklens::framed!();
    stacklens::framed!("name");
    stacklens::framed!("name",);
    stacklens::framed!(name, 1);
    stacklens::framed!("name" 1);
    stacklens::framed!(3, 1);
    stacklens::framed!(|| 1);
    stacklens::framed!("name", 1, 2);
    let x: u8 = stacklens::framed!("name", "text");
}
