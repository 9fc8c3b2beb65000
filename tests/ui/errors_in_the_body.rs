//! Errors of the user's own point at the user's own tokens.

#[stacklens::frame]
fn wrong_type(x: u8) -> String {
    let y = x + 1;
    y
}

#[stacklens::frame]
fn wrong_type_in_a_question(x: Option<u8>) -> Result<u8, String> {
    let y = x?;
    Ok(y)
}

#[stacklens::frame]
fn question_on_no_result(x: u8) -> Option<u8> {
    Some(x?)
}

struct Mine;

#[stacklens::frame]
fn no_conversion(x: Result<u8, u8>) -> Result<u8, Mine> {
    let y = x?;
    Ok(y)
}

#[stacklens::frame]
fn moved_twice(x: String) -> usize {
    let y = x;
    x.len() + y.len()
}

#[stacklens::frame]
fn not_in_scope(x: u8) -> u8 {
    let y = z;
    x + y
}

#[stacklens::frame]
fn borrowed_twice(list: &mut Vec<u8>) {
    let first = &list[0];
    list.push(1);
    println!("{first}");
}

#[stacklens::frame]
fn no_value(x: u8) -> u8 {
    let y = x;
    y + 1;
}

#[stacklens::frame]
async fn wrong_type_in_an_async_function(x: u8) -> String {
    x
}

#[stacklens::frame]
async fn wrong_await(x: u8) -> u8 {
    x.await
}

fn main() {}
