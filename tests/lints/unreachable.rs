//! Code that is never reached.

#[stacklens::frame]
fn stops() -> ! {
    panic!()
}

#[stacklens::log_calls]
pub fn ends_in_a_call_that_does_not_return(layout: std::alloc::Layout) -> *mut u8 {
    std::alloc::handle_alloc_error(layout)
}

#[stacklens::frame]
pub fn after_return(x: u8) -> u8 {
    return x;
    let y = 1;
    y
}

#[stacklens::frame]
pub fn after_panic(x: u8) -> u8 {
    panic!("{}", x);
    println!();
    x
}

#[stacklens::frame]
pub fn after_a_call_that_does_not_return(x: u8) -> u8 {
    println!();
    stops();
    let y = x;
    y
}

#[stacklens::frame]
pub fn after_a_call_that_does_not_return_in_a_tail(x: u8) -> u8 {
    stops();
    x
}

#[stacklens::frame]
pub fn after_an_endless_loop(x: u8) -> u8 {
    loop {
        println!("{}", x);
    }
    x
}

#[stacklens::frame]
pub fn after_a_loop_that_only_returns(x: u8) -> u8 {
    loop {
        if x > 1 {
            return 1;
        }
    }
    println!();
    2
}

#[stacklens::frame]
pub fn after_break() {
    loop {
        println!();
        break;
        println!();
    }
    for i in 0..3 {
        continue;
        println!("{}", i);
    }
    while true {
        return;
        let x = 1;
    }
}

#[stacklens::frame]
pub fn after_branches_that_both_return(x: bool) -> u8 {
    if x {
        return 1;
    } else {
        return 2;
    }
    3
}

#[stacklens::frame]
pub fn after_a_match_whose_arms_all_diverge(x: u8) -> u8 {
    match x {
        0 => return 1,
        1 => panic!(),
        _ => stops(),
    }
    println!();
    4
}

#[stacklens::frame]
pub fn in_operands(x: u8) -> u8 {
    let y = [x, return 1];
    y[0]
}

#[stacklens::frame]
pub fn in_arguments(x: u8) -> u8 {
    drop((return x, 1));
    x
}

#[stacklens::frame]
pub fn in_initialisers() -> u8 {
    let x: u8 = return 1;
    let y = x;
    y
}

#[stacklens::frame]
pub fn in_initialisers_with_a_call(z: u8) -> u8 {
    let x = stops();
    let y = z;
    y
}

#[stacklens::frame]
pub fn in_initialisers_with_a_block(z: u8) -> u8 {
    let x: u8 = {
        println!();
        return z;
    };
    x
}

#[stacklens::frame]
pub fn question_after(x: Option<u8>) -> Option<u8> {
    return x;
    x?;
    None
}

#[stacklens::frame]
pub fn question_of_a_diverging_operand(x: Option<u8>) -> Option<u8> {
    let y = { return x; None::<u8> }?;
    Some(y)
}

#[stacklens::frame]
pub fn nested_blocks(x: u8) -> u8 {
    {
        return x;
    }
    {
        println!();
    }
    x
}

#[stacklens::frame]
pub fn a_labelled_block(x: u8) -> u8 {
    'a: {
        break 'a;
        println!();
    }
    x
}

#[stacklens::frame]
pub fn a_macro_that_returns(x: u8) -> u8 {
    macro_rules! leave {
        () => {
            return 1
        };
    }
    leave!();
    println!();
    x
}

#[stacklens::frame]
pub fn unreachable_patterns(x: u8) -> u8 {
    match x {
        _ => 1,
        2 => 3,
        3 | 3 => 4,
    }
}

#[stacklens::frame]
pub fn unreachable_arms(x: Option<u8>) -> u8 {
    match x {
        Some(n) => n,
        None | Some(3) => 2,
        None => 3,
    }
}

#[stacklens::frame]
pub fn arms_after_a_diverging_guard(x: u8) -> u8 {
    match stops() {
        1 => 2,
        _ => x,
    }
}

#[stacklens::frame]
pub fn conditions(x: u8) -> u8 {
    if return 3 {
        println!();
    }
    x
}

#[stacklens::frame]
pub fn never_taken_question(x: u8) -> Result<u8, String> {
    Err(String::new())?;
    panic!();
    Ok(x)
}

#[stacklens::frame]
pub fn with_captures(mut list: Vec<u8>) -> usize {
    list.push(1);
    std::process::exit(1);
    list.push(2);
    let n = list.len();
    n
}
