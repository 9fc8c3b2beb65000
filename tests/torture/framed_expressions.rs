//! `framed!`: closures, blocks and expressions with a frame.

#[stacklens::frame]
pub fn blocks(x: Option<u8>) -> Option<u8> {
    let y = stacklens::framed!("block", {
        let z = x?;
        z + 1
    });
    let list: Vec<u8> = (0..3).map(|i| stacklens::framed!("closure", i + y)).collect();
    let n = stacklens::framed!("trailing comma", list.len(),);
    stacklens::framed!("unit", ());
    for i in 0..n {
        stacklens::framed!("statement", {
            if i > 1 {
                break;
            }
        });
    }
    stacklens::framed!("tail", Some(n as u8))
}

pub fn without_attribute() -> usize {
    let handle = std::thread::spawn(|| stacklens::framed!("root of a thread", "abc".len()));
    handle.join().unwrap_or(0)
}
