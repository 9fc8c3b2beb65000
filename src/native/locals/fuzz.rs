//! Variables of any unit, in any memory: for `fuzz/fuzz_targets/elf.rs`.

use super::known::Known;
use super::memory::Memory;
use super::registers::Registers;
use super::source::Home;
use super::work::Work;
use crate::capture::Limits;
use crate::native::image::LoadedUnit;
use gimli::{DebugInfoOffset, UnitOffset};
use std::sync::Arc;
use std::time::Duration;

/// Memory that is everywhere: small numbers and addresses, by the address alone.
struct Anything(u64);

impl Memory for Anything {
    fn read(&self, address: u64, to: &mut [u8]) -> bool {
        for (at, chunk) in (address..).zip(to.chunks_mut(8)) {
            let noise = (at ^ self.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let word = match noise >> 61 {
                0 | 1 => noise & 7,
                2 => noise & 0xffff,
                3 | 4 => 0x7000_0000_0000 | noise & 0xff_fff8,
                _ => noise,
            };
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
        !address.is_multiple_of(7)
    }
}

/// No other units are there, and no object was moved.
struct Nowhere;

impl Home for Nowhere {
    fn unit_of(&self, _: DebugInfoOffset) -> Option<Arc<LoadedUnit>> {
        None
    }

    fn address(&self, of_file: u64) -> u64 {
        of_file
    }
}

pub(crate) fn variables(unit: Arc<LoadedUnit>, subprogram: UnitOffset, svma: u64, seed: u64) {
    let registers = Registers::at(seed | 8).with(3, seed).with(6, seed ^ svma);
    let work = &mut Work::within(Duration::from_millis(40));
    let found = Known::default().in_unit(
        (unit, subprogram, &Nowhere),
        svma,
        &registers,
        &Anything(seed),
        &Limits::DEFAULT,
        work,
    );
    for live in found.iter().flatten() {
        assert!(live.local.to_string().len() < 100_000);
    }
}
