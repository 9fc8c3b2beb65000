//! By the `backtrace` crate, on systems whose files are not read here.

use super::{Function, Resolved};
use std::ffi::c_void;

pub(super) fn resolve(address: usize) -> Resolved {
    let mut functions: Vec<Function> = Vec::new();
    backtrace::resolve(address as *mut c_void, |symbol| {
        let name = symbol.name().map(|name| format!("{name:#}"));
        let file = symbol.filename().map(|file| file.display().to_string());
        functions.push(Function {
            name: name.unwrap_or_default(),
            file: file.unwrap_or_default(),
            directory: String::new(),
            line: symbol.lineno().unwrap_or(0),
            column: symbol.colno().unwrap_or(0),
            is_inlined: true,
        });
    });
    if let Some(outermost) = functions.last_mut() {
        outermost.is_inlined = false;
    }
    let missing = functions
        .is_empty()
        .then(|| "nothing is known of the address".to_owned());
    Resolved {
        functions,
        object: String::new(),
        missing,
    }
}
