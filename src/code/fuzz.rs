//! Any text as a literal: for `fuzz/fuzz_targets/literal.rs`.

use super::{Scan, decode};

/// Both readers answer everything; what they agree on is the same.
pub(crate) fn fuzz(text: &str) {
    // A literal has no NUL but the one it ends in, and lives for ever.
    let text: &'static str = text.replace('\0', " ").leak();
    let code = decode::decode(text);
    let scan = Scan::new(text);
    let _ = (code.varnames(), code.qualified_name(), format!("{code:?}"));
    for variable in code.arguments() {
        let _ = (variable.name(), variable.slot(), variable.missing());
    }
    for position in [0, 1, 2, 7, 100, u32::MAX] {
        let _ = (code.place(position), code.range(position));
        let decoded = code.variables_at(position);
        let Some(scan) = &scan else { continue };
        assert_eq!((scan.name, scan.file), (code.name(), code.file()));
        assert_eq!(scan.is_hidden(), code.is_hidden());
        assert_eq!(scan.variables_at(position).count(), decoded.len());
        let _ = scan.line(position);
    }
}
