//! A frame is a record of its thread.

fn main() {
    let frame = stacklens::currentframe();
    std::thread::spawn(move || drop(frame));
}
