//! Whether lines are coloured.

use std::env::var_os;

/// `NO_COLOR` says no; `CLICOLOR_FORCE` and `FORCE_COLOR` say yes; `TERM=dumb` says no; else the output being a
/// terminal.
pub(super) fn wanted(is_terminal: bool) -> bool {
    let set = |name: &str| var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    if var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return false;
    }
    if set("CLICOLOR_FORCE") || set("FORCE_COLOR") {
        return true;
    }
    is_terminal && var_os("TERM").is_none_or(|term| term != "dumb")
}
