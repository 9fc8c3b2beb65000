//! Constants and unit structs in lower case, which look like bindings.
// does not forbid: warnings

#[allow(non_upper_case_globals)]
pub const limit: u8 = 5;
#[allow(non_camel_case_types)]
#[derive(Clone, Copy)]
pub struct unit;
pub static flag: u8 = 1;

#[stacklens::frame]
pub fn constant_in_a_pattern(x: Option<u8>) -> bool {
    match x {
        Some(limit) => true,
        Some(_) | None => false,
    }
}

#[stacklens::frame]
pub fn unit_struct_in_a_pattern(unit: unit) -> u8 {
    let unit = unit;
    match unit {
        unit => flag,
    }
}
