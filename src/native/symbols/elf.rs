//! From the files of the loaded objects.

use super::super::image::{self, Debug, Image, Located, lines};
use super::super::runtime::is_bare;
use super::{Function, Resolved};
use gimli::UnitOffset;
use std::fmt::Display;

pub(super) fn resolve(address: usize) -> Resolved {
    let Some(image) = image::at(address) else {
        return Resolved {
            functions: Vec::new(),
            object: String::new(),
            missing: Some("no loaded object has this address".to_owned()),
        };
    };
    let object = image.path().display().to_string();
    let (functions, missing) = match image.debug() {
        Ok(debug) => described(image, debug, address),
        Err(absent) => (symbol(image, address), Some(absent.to_string())),
    };
    let missing = missing.map(|why| match functions.first() {
        None => format!("no name: {why}"),
        Some(function) if function.line == 0 => format!("no line: {why}"),
        Some(_) => why,
    });
    Resolved {
        functions,
        object,
        missing,
    }
}

/// By debug information, and what that lacks by symbols.
fn described(
    image: &'static Image,
    debug: &Debug,
    address: usize,
) -> (Vec<Function>, Option<String>) {
    let missing = || {
        let path = debug.path().display();
        format!("this function was compiled without debug information ({path} has some)")
    };
    let svma = image.svma(address);
    let located = match debug.listed_unit(svma) {
        Some(unit) => Located::in_unit(image, debug, unit, svma),
        None => {
            // What the compiler and the C library make is described by no unit: the others need not be gone through, which
            // reads the beginning of each from the file.
            let named = symbol(image, address);
            if named.iter().any(|function| is_bare(&function.name)) {
                return (named, Some(missing()));
            }
            Located::within(image, debug, address)
        }
    };
    let Some(located) = located else {
        return (symbol(image, address), Some(missing()));
    };
    let unit = &*located.unit;
    let missing = unit.missing.as_ref().map(|absent| absent.to_string());
    let (mut functions, has_path) = functions(debug, &located);
    if !has_path && let Some(named) = symbol(image, address).pop() {
        match functions.last_mut() {
            Some(outermost) => outermost.name = named.name,
            None => functions.push(named),
        }
    }
    (functions, missing)
}

/// The functions of a place, innermost first, and whether the outermost has its whole path.
fn functions(debug: &Debug, located: &Located) -> (Vec<Function>, bool) {
    let unit = &*located.unit;
    let (dwarf, with_lines) = unit.with_lines();
    let directory = with_lines
        .comp_dir
        .map(|path| String::from_utf8_lossy(path.slice()).into_owned())
        .unwrap_or_default();
    let at = |(file, line, column): (u64, u32, u32)| Function {
        name: String::new(),
        file: lines::file(dwarf, with_lines, file).unwrap_or_default(),
        directory: directory.clone(),
        line,
        column,
        is_inlined: false,
    };
    let line = lines::at(with_lines, located.svma).unwrap_or_default();
    let mut place = at((line.file, line.line, line.column));
    if line.line == 0 {
        place.file.clear();
    }
    let dies: Vec<UnitOffset> = located
        .subprogram
        .iter()
        .chain(&located.inlined)
        .copied()
        .collect();
    let mut functions = Vec::with_capacity(dies.len().max(1));
    let mut has_path = false;
    for (depth, &die) in dies.iter().enumerate().rev() {
        let function = unit.function(debug, die);
        has_path = function.linkage_name.is_some();
        let call = function.call;
        place.name = name_of(function);
        place.is_inlined = depth > 0;
        functions.push(place);
        // Where the function around it called it.
        place = at(call);
    }
    if functions.is_empty() && place.line != 0 {
        functions.push(place);
    }
    (functions, has_path)
}

fn name_of(function: image::Function) -> String {
    match (function.linkage_name, function.name) {
        (Some(name), _) => demangled(name.slice()),
        (None, Some(name)) => String::from_utf8_lossy(name.slice()).into_owned(),
        (None, None) => String::new(),
    }
}

/// By the table of symbols: the function whose machine code it is, without a line.
fn symbol(image: &Image, address: usize) -> Vec<Function> {
    let found = image.symbol(image.svma(address));
    let function = |(name, _): (&[u8], u64)| Function {
        name: demangled(name),
        file: String::new(),
        directory: String::new(),
        line: 0,
        column: 0,
        is_inlined: false,
    };
    found.map(function).into_iter().collect()
}

fn demangled(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    match rustc_demangle::try_demangle(&name) {
        // Without the hash.
        Ok(demangled) => bounded(&format_args!("{demangled:#}")),
        Err(_) => name.into_owned(),
    }
}

/// A v0 name can be made to say the same thing without an end: what is longer than any name of use is cut.
fn bounded(name: &dyn Display) -> String {
    use std::fmt::Write;
    struct Bounded(String);
    impl Write for Bounded {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            const MOST: usize = 16 << 10;
            if self.0.len() + text.len() > MOST {
                return Err(std::fmt::Error);
            }
            self.0.push_str(text);
            Ok(())
        }
    }
    let mut text = Bounded(String::new());
    if write!(text, "{name}").is_err() {
        text.0.push_str("...");
    }
    text.0
}
