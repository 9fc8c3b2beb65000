//! Functions made by `macro_rules!`, and macros inside functions.

macro_rules! function {
    ($(#[$attribute:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty $body:block) => {
        $(#[$attribute])*
        #[stacklens::frame]
        $vis fn $name($($arg: $type),*) -> $result $body
    };
}

function! {
    /// Made.
    #[inline]
    pub fn made(a: u8, b: &str) -> usize {
        let n = b.len();
        n + a as usize
    }
}

function! { pub(crate) fn made_in_the_crate() -> () { made(1, "a"); } }

#[stacklens::frame]
pub fn calls_what_is_made() {
    made_in_the_crate()
}

function! {
    #[stacklens::frame]
    pub fn framed_twice(x: Option<u8>) -> Option<u8> {
        let y = x?;
        Some(y)
    }
}

macro_rules! by_parts {
    ($name:ident, $type:ty, $start:expr, $operator:tt, $limit:literal, $pattern:pat, $call:expr) => {
        #[stacklens::frame]
        pub fn $name(x: $type, list: &[$type]) -> $type {
            let mut sum: $type = $start;
            $call;
            for y in list {
                sum = sum $operator *y;
                match sum {
                    $pattern => return sum,
                    _ if sum as u64 > $limit => break,
                    _ => {}
                }
            }
            if $start > x { sum } else { $start }
        }
    };
}

by_parts!(by_parts_one, u32, 1 + 1, +, 10, 3, println!("{}", 2));
by_parts!(by_parts_two, u64, { let x = 3; x + 4 }, *, 1000, 5..=6, println!());

macro_rules! hygiene {
    ($name:ident, $inner:ident) => {
        #[stacklens::frame]
        pub fn $name($inner: u8) -> (u8, u8) {
            let x = 1;
            let outer = $inner + x;
            let $inner = 5;
            (outer, $inner + x)
        }
    };
}

hygiene!(hygiene_of_another_name, y);
hygiene!(hygiene_of_the_same_name, x);

macro_rules! methods {
    ($($type:ident { $($method:ident => $value:expr),* })*) => {$(
        pub struct $type(pub u8);

        impl $type {
            $(
                #[stacklens::frame]
                pub fn $method(&self) -> u8 {
                    let me = self.0;
                    me + $value
                }
            )*
        }

        #[stacklens::frame]
        impl Clone for $type {
            fn clone(&self) -> Self {
                let inner = self.0;
                $type(inner)
            }
        }
    )*};
}

methods! {
    A { one => 1, two => 1 + 1 }
    B { one => { 1 } }
}

macro_rules! bind {
    ($name:ident = $value:expr) => {
        let $name = $value;
    };
}

macro_rules! fail {
    ($message:expr) => {
        return Err($message.into())
    };
}

macro_rules! either {
    ($a:pat, $b:pat) => {
        $a | $b
    };
}

macro_rules! list_of {
    ($type:ty) => { Vec<$type> };
}

macro_rules! body {
    ($x:ident) => {{
        let y = $x;
        y + 1
    }};
}

#[stacklens::frame]
pub fn statement_macros(x: u8) -> Result<u8, String> {
    bind!(y = x + 1);
    bind! { z = y + 1 }
    println!("{} {}", y, z);
    assert!(y > 0, "{}", y);
    assert_eq! {y, y}
    if z > 5 {
        fail!("too much");
    }
    let shadowed = 1;
    bind!(shadowed = shadowed + z);
    Ok(shadowed)
}

#[stacklens::frame]
pub fn expression_macros(x: u8) -> list_of!(u8) {
    let y = body!(x) + body!(x);
    let list: list_of!(u8) = vec![x, y, body!(y)];
    let text = format!("{:?}", list);
    match text.len() as u8 {
        either!(1, 2) => vec![],
        n => vec![n; 3],
    }
}

#[stacklens::frame]
pub fn tail_macro_in_parentheses(x: u8) -> u8 {
    body!(x)
}

#[stacklens::frame]
pub fn tail_macro_in_brackets(x: u8) -> Vec<u8> {
    vec![x]
}

#[stacklens::frame]
pub fn tail_macro_in_braces(x: u8) -> u8 {
    body! { x }
}

#[stacklens::frame]
pub fn tail_macro_statement(x: u8) {
    println! { "{}", x }
}

#[stacklens::frame]
pub fn method_on_a_macro(x: u8) -> usize {
    vec![x, x].len() + format!("{}", x).len()
}

#[stacklens::frame]
pub fn macro_defined_inside(x: u8) -> u8 {
    macro_rules! double {
        ($e:expr) => {
            $e * 2
        };
    }
    let y = double!(x);
    macro_rules! captured {
        () => {
            y
        };
    }
    let y = 7 + captured!();
    double!(y) + captured!()
}

#[stacklens::frame]
pub fn macro_makes_items(x: u8) -> u8 {
    function! { fn inner(x: u8) -> u8 { x + 1 } }
    inner(x)
}

macro_rules! whole_file {
    ($($item:item)*) => { $(#[stacklens::frame] $item)* };
}

whole_file! {
    pub fn an_item(x: u8) -> u8 {
        let y = x;
        y
    }

    pub mod a_module {
        pub fn f(x: &str) -> usize {
            x.len()
        }
    }

    pub trait ATrait {
        fn provided(&self) -> usize {
            "a".len()
        }
    }
}

macro_rules! block_of {
    ($name:ident $body:block) => {
        #[stacklens::frame]
        pub fn $name() -> Option<u8> {
            let x = $body;
            if $body > 3 { Some(x) } else { None }
        }
    };
}

block_of!(block_twice { let x = 3; x + 1 });

macro_rules! lifetimes {
    ($name:ident $life:lifetime) => {
        #[stacklens::frame]
        pub fn $name<$life>(x: &$life str) -> &$life str {
            $life: loop {
                if x.is_empty() {
                    break $life;
                }
                break;
            }
            x
        }
    };
}

lifetimes!(lifetime_from_outside 'outside);

macro_rules! expression_with_question {
    ($e:expr) => {
        $e?
    };
}

#[stacklens::frame]
pub fn question_in_macros(x: Option<u8>) -> Option<u8> {
    let y = expression_with_question!(x);
    let z = Some(expression_with_question!(Some(y)))?;
    Some(y + z + expression_with_question!(x))
}
