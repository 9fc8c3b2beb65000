//! Attributes inside bodies, and attributes on statements and expressions.
// does not forbid: unused warnings unreachable_code

#[stacklens::frame]
pub fn inner_first(x: u8) -> u8 {
    #![allow(unused_variables)]
    #![doc = "inner"]
    let unused = x;
    x
}

#[stacklens::frame]
pub fn inner_documentation() -> u8 {
    //! Said inside.
    /*! And so. */
    let x = 1;
    x
}

#[stacklens::frame]
#[expect(unused_variables)]
pub fn expected_on_the_function(x: u8) {
    let y = 1;
}

#[expect(unused_variables)]
#[stacklens::frame]
pub fn expected_above(x: &str, y: String) {}

#[stacklens::frame]
pub fn expected_on_a_statement() -> u8 {
    #[expect(unused_variables)]
    let x = 1;
    #[expect(unused_mut)]
    let mut y = 2;
    #[expect(unused_assignments)]
    let mut z = 3;
    z = y;
    z
}

#[stacklens::frame]
pub fn expected_inside(x: u8) -> u8 {
    #![expect(unused_variables)]
    let y = 3;
    4
}

#[stacklens::frame]
pub fn on_statements(x: u8) -> u8 {
    #[allow(unused_must_use)]
    Some(1).ok_or(2);
    #[allow(path_statements)]
    x;
    #[allow(unused_parens)]
    let y = (x);
    #[allow(unused_assignments, unused_variables)]
    let z = y;
    #[allow(clippy::let_and_return)]
    {
        let w = y;
        w
    }
}

#[stacklens::frame]
pub fn on_parameters(
    #[allow(unused_variables)] x: u8,
    #[allow(unused_mut)] mut y: u8,
    #[expect(unused_variables)] z: u8,
) -> u8 {
    y
}

#[stacklens::frame]
pub fn on_arms_and_fields(x: Option<u8>) -> u8 {
    match x {
        #[allow(unused_variables)]
        Some(y) => 1,
        #[allow(unreachable_patterns)]
        None | None => 0,
    }
}

#[stacklens::frame]
#[allow(unused_mut, clippy::all)]
pub fn allowed(mut x: u8) -> u8 {
    let mut y = x;
    y
}

#[stacklens::frame]
#[warn(unused_variables)]
#[deny(unreachable_code)]
pub fn leveled(x: u8) -> u8 {
    x
}

#[stacklens::frame]
#[allow(unused)]
pub mod module {
    #![allow(dead_code)]
    //! Said inside.

    fn not_used(x: u8) {
        #![allow(unused_assignments)]
        let mut y = 1;
        y = 2;
    }

    #[expect(unused_variables)]
    pub fn expected(x: u8) {
        let y = "a";
    }
}
