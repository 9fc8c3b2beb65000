//! Chains of `let` in conditions.
// editions: 2024

#[stacklens::frame]
pub fn chains(x: Option<u8>, y: Result<&str, String>) -> usize {
    if let Some(a) = x
        && a > 1
        && let Ok(b) = y
        && !b.is_empty()
    {
        return b.len() + usize::from(a);
    } else if let Some(a) = x && let 1..=9 = a {
        return usize::from(a);
    }
    0
}

#[stacklens::frame]
pub fn in_a_loop(mut list: Vec<Option<u8>>) -> u8 {
    let mut sum = 0;
    while let Some(item) = list.pop()
        && let Some(x) = item
        && (x > 1 || x == 0)
    {
        sum += x;
    }
    sum
}

#[stacklens::frame]
pub fn with_question(x: Option<Option<u8>>) -> Option<u8> {
    if let Some(y) = x? && y > Some(1)? && let z = y + 1 && z < 100 {
        return Some(z);
    }
    while let Some(y) = x?
        && y > 3
    {
        break;
    }
    None
}

#[stacklens::frame]
pub fn with_temporaries(cell: &std::cell::RefCell<Vec<u8>>) -> u8 {
    if let Some(x) = cell.borrow_mut().pop()
        && let Some(&y) = cell.borrow().last()
    {
        x + y
    } else {
        cell.borrow_mut().push(1);
        0
    }
}

#[stacklens::frame]
pub fn last_is_a_let(x: Option<u8>) -> u8 {
    if x.is_some() && let Some(y) = x { y } else { 0 }
}

#[stacklens::frame]
pub async fn asynchronous(x: Option<u8>) -> u8 {
    if let Some(y) = x && std::future::ready(y).await > 1 && let Some(z) = std::future::ready(x).await {
        return y + z;
    }
    0
}

pub struct Attribute(pub String);

impl Attribute {
    fn take(self) -> bool {
        self.0.is_empty()
    }
}

fn address(attribute: Attribute) -> Result<Option<usize>, String> {
    Ok(Some(attribute.0.len()))
}

/// What a `let` has bound, a later condition takes.
#[stacklens::frame]
pub fn what_is_bound_is_taken(first: Option<Attribute>, second: Option<Attribute>) -> Result<usize, String> {
    let mut sum = 0;
    if let Some(first) = first
        && !first.0.is_empty()
        && let Some(found) = address(first)?
    {
        sum += found;
    }
    while let Some(second) = Some(Attribute(String::new()))
        && second.take()
        && let Some(found) = address(Attribute(String::new()))?
    {
        sum += found;
        break;
    }
    if let Some(Attribute(text)) = second && let bytes = text.into_bytes() && let [first, ..] = bytes[..] {
        sum += usize::from(first);
    }
    Ok(sum)
}

/// The last `let` of a chain, too, has a `?`.
#[stacklens::frame]
pub fn last_asks(x: Option<u8>) -> Option<u8> {
    if x.is_some() && let Some(y) = Some(x?) && y > 1 { Some(y) } else if x > Some(1) && let y = x? { Some(y) } else { None }
}
