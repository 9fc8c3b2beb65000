//! Blocks, labels, loops, and what leaves them.

#[stacklens::frame]
pub fn labelled_blocks(x: u8) -> u8 {
    let y = 'a: {
        if x > 3 {
            break 'a 1;
        }
        let z = x + 1;
        if z > 3 {
            break 'a z;
        }
        2
    };
    'b: {
        if y == 2 {
            break 'b;
        }
        return 5;
    }
    'c: {
        if y == 1 {
            break 'c 1;
        }
        y
    }
}

#[stacklens::frame]
pub fn labelled_loops(rows: &[Vec<u8>]) -> Option<(usize, usize)> {
    let mut found = None;
    'rows: for (i, row) in rows.iter().enumerate() {
        'columns: for (j, &cell) in row.iter().enumerate() {
            if cell == 0 {
                continue 'columns;
            }
            if cell == 1 {
                continue 'rows;
            }
            if cell == 2 {
                found = Some((i, j));
                break 'rows;
            }
        }
    }
    found
}

#[stacklens::frame]
pub fn loops_with_values(mut n: u32) -> u32 {
    let a = loop {
        n += 1;
        if n > 10 {
            break n;
        }
    };
    let b = 'outer: loop {
        loop {
            n += 1;
            if n > 20 {
                break 'outer n * 2;
            }
            break;
        }
    };
    a + b + loop { break 1 }
}

#[stacklens::frame]
pub fn while_loops(text: &str) -> usize {
    let mut rest = text;
    let mut n = 0;
    while !rest.is_empty() {
        rest = &rest[1..];
        n += 1;
    }
    let mut list = vec![1, 2, 3];
    while let Some(x) = list.pop() {
        if x == 2 {
            continue;
        }
        n += x;
    }
    'outer: while n > 0 {
        while { n -= 1; n > 2 } {
            if n == 5 {
                continue 'outer;
            }
        }
        break 'outer;
    }
    while let Some(1) | None = list.get(n) {
        break;
    }
    n
}

#[stacklens::frame]
pub fn for_loops(n: usize) -> usize {
    let mut sum = 0;
    for _ in 0..n {
        sum += 1;
    }
    for i in (0..=n).rev().step_by(2) {
        sum += i;
    }
    for (i, x) in [1, 2, 3].iter().enumerate().filter(|&(i, _)| i > 0) {
        sum += i * x;
    }
    for x in &mut [1, 2, 3] {
        *x += 1;
        sum += *x;
    }
    for _ in std::iter::empty::<u8>() {}
    for i in 0.. {
        if i > n {
            break;
        }
    }
    for [a, b] in vec![[1, 2], [3, 4]] {
        sum += a + b;
    }
    sum
}

#[stacklens::frame]
pub fn plain_blocks(x: u8) -> u8 {
    {
        let x = x + 1;
        println!("{}", x);
    }
    let y = {
        let x = x + 2;
        x * 2
    };
    {
        {}
    }
    {
        let z = y;
        {
            z + { let w = z; w }
        }
    }
}

#[stacklens::frame]
pub fn chains_of_ifs(x: u8, y: Option<u8>) -> &'static str {
    if x == 0 {
        "zero"
    } else if let Some(0) = y {
        "none"
    } else if let Some(n) = y {
        if n > x { "more" } else { "less" }
    } else if x > 10 {
        return "big";
    } else {
        let text = "else";
        text
    }
}

#[stacklens::frame]
pub fn ifs_as_operands(x: u8) -> u8 {
    let y = if x > 1 { 1 } else { 2 } + if x > 2 { 3 } else { 4 };
    let z = (if x > 1 { y } else { x }).wrapping_add(match y { 1 => 1, _ => 2 });
    if if x > 0 { true } else { false } {
        return if z > 1 { z } else { y };
    }
    if { let a = x; a > 3 } { y } else { z }
}

#[stacklens::frame]
pub fn statements_that_begin_as_blocks(x: &mut Vec<u8>) -> u8 {
    if x.is_empty() { x.push(1); }
    *x.first_mut().unwrap() = 2;
    match x.len() { 0 => {} _ => {} }
    {}
    [1, 2].iter().for_each(drop);
    loop { break }
    (|| ())();
    for _ in 0..1 {}
    { x.push(3); };
    ({ x.len() }) as u8
}

#[stacklens::frame]
pub fn let_else(x: Option<&str>, list: &[u8]) -> Result<u8, String> {
    let Some(text) = x else {
        return Err("none".to_owned());
    };
    let (Some(first), [second, .., last]) = (text.chars().next(), list) else {
        let n = list.len();
        return Err(format!("{}", n));
    };
    let Ok(n) = text.parse::<u8>() else { return Ok(*second) };
    let mut i = 0;
    loop {
        i += 1;
        let Some(&x) = list.get(i) else { break };
        let 0..=9 = x else { continue };
        if x == n {
            let Some(_) = list.get(x as usize) else { panic!("{}", first) };
        }
    }
    let Some(m) = (if n > 1 { Some(n) } else { None }) else {
        return Ok(*last);
    };
    Ok(m)
}

#[stacklens::frame]
pub fn control_flow_in_operands(list: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for x in list {
        sum += if *x == 0 { continue } else if *x > 100 { break } else { *x };
        let y = match *x {
            1 => return None,
            2 => continue,
            y => y,
        };
        let _ = y > 3 && { return Some(y) };
        sum += list.get(usize::from(y)).copied().unwrap_or({
            if sum > 9 {
                break;
            }
            1
        });
    }
    Some(sum)
}
