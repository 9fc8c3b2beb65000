//! Whether two variants of the same sources are warned about alike.

use super::diagnostics::{Diagnostic, difference};
use super::source::Source;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A change that is known, in which direction, and why it is as it is.
pub struct Known {
    pub files: &'static [&'static str],
    pub change: Change,
    pub lints: &'static [&'static str],
    pub reason: &'static str,
}

/// The files of what happens anywhere.
pub const ANY: &[&str] = &[];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Only without the attribute.
    Lost,
    /// Only with it.
    New,
}

/// All changes from the first variant to the second that are not known, as text; and, if all lints
/// were asked (`complete`), what is known but did not happen.
pub fn compare(
    sources: &[Source],
    found: &BTreeMap<String, Vec<Diagnostic>>,
    [before, after]: [&str; 2],
    known: &[Known],
    complete: bool,
) -> String {
    let mut report = String::new();
    let mut happened = BTreeSet::new();
    for source in sources {
        for edition in &source.editions {
            let of = |variant: &str| &found[&format!("{variant}-{edition}-{}", source.name)];
            // An error ends the compiler before it comes to the lints.
            if let Some(error) = of(before).iter().find(|diagnostic| diagnostic.is_error()) {
                let _ = writeln!(
                    report,
                    "{}.rs, {edition}, does not compile: {error}",
                    source.name
                );
            }
            let fails = of(after).iter().any(Diagnostic::is_error);
            for (new, diagnostic) in difference(of(before), of(after)) {
                let change = if new { Change::New } else { Change::Lost };
                let is_known = |k: &&Known| {
                    k.change == change
                        && (k.files.is_empty() || k.files.contains(&&*source.name))
                        && k.lints.contains(&&*diagnostic.code)
                };
                match known.iter().find(is_known) {
                    Some(known) => drop(happened.insert((known.reason, diagnostic.code))),
                    None if fails && change == Change::Lost => {}
                    None => {
                        let _ = writeln!(
                            report,
                            "{}.rs, {edition}: {change:?}: {diagnostic}",
                            source.name
                        );
                    }
                }
            }
        }
    }
    for Known {
        lints,
        change,
        reason,
        ..
    } in known
    {
        for lint in lints
            .iter()
            .filter(|lint| !happened.contains(&(reason, (**lint).to_owned())))
        {
            if complete {
                let _ = writeln!(
                    report,
                    "known, but no longer so: {change:?}: {lint}: {reason}"
                );
            }
        }
    }
    report
}
