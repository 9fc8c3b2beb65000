//! Any bytes as a file with debug information: for `fuzz/fuzz_targets/elf.rs`.

use super::{Debug, ObjectFile, functions, lines};
use crate::native::locals;
use std::path::Path;
use std::sync::Arc;

/// Asks all that is asked of a file, at addresses that a small one has code at. The first eight bytes say what memory
/// holds.
pub(crate) fn fuzz(bytes: &[u8]) {
    let Some((seed, bytes)) = bytes.split_first_chunk() else {
        return;
    };
    let bytes: *mut [u8] = Box::into_raw(bytes.into());
    // SAFETY: not freed before all that borrows it is gone, at the end of this function.
    look(unsafe { &*bytes }, u64::from_le_bytes(*seed));
    // SAFETY: made above, and used no more.
    drop(unsafe { Box::from_raw(bytes) });
}

fn look(bytes: &'static [u8], seed: u64) {
    let Ok(file) = ObjectFile::of_bytes(bytes, Path::new("/nowhere/fuzzed")) else {
        return;
    };
    let _ = (
        file.identity(),
        file.build_id(),
        file.debug_link(),
        file.has_debug(),
    );
    // Content that is decompressed is kept for ever.
    let debug = match file.compressed_bytes() {
        0 => Debug::of(&file, &file).ok(),
        _ => None,
    };
    for svma in (0x1000..0x1400).step_by(0x28).chain([0, seed, u64::MAX]) {
        let _ = (file.symbol(svma), file.exported_symbol(svma));
        if let Some(debug) = &debug {
            ask(debug, svma, seed);
        }
    }
}

fn ask(debug: &Debug, svma: u64, seed: u64) {
    let Some(unit) = debug.unit_at(svma).and_then(|at| debug.unit(at)) else {
        return;
    };
    let (dwarf, with_lines) = unit.with_lines();
    if let Some(line) = lines::at(with_lines, svma) {
        lines::file(dwarf, with_lines, line.file);
    }
    for die in functions::statics(&unit.unit).into_iter().take(8) {
        let _ = unit.function(debug, die);
    }
    if let Some((subprogram, inlined)) = functions::at(&unit.dwarf, &unit.unit, svma) {
        for die in [subprogram].into_iter().chain(inlined).take(8) {
            let _ = unit.function(debug, die);
        }
        locals::fuzz_variables(Arc::clone(&unit), subprogram, svma, seed);
    }
}
