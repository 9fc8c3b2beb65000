//! What addresses of code and of vtables mean.

use super::source::{Entry, Key, Source, Value};
use crate::native::image;
use crate::native::symbols::Symbols;
use crate::native::unwind;
use gimli::{Operation, UnitOffset};
use std::cell::RefCell;
use std::collections::HashMap;

/// Units whose vtables are kept.
const MOST_UNITS: usize = 16;

/// Where code and vtables belong.
pub(crate) trait Objects {
    /// The name of the function whose code begins here.
    fn function(&self, address: u64) -> Option<String>;

    /// The type that a vtable is of.
    fn vtable(&self, address: u64) -> Option<Entry>;

    /// Whether an address is of an object that is loaded: what is there stays.
    fn is_static(&self, address: u64) -> bool;
}

/// The objects that are loaded in this process.
#[derive(Default)]
pub(crate) struct Loaded {
    /// By unit, then by address in the file.
    vtables: RefCell<HashMap<Key, HashMap<u64, Entry>>>,
}

impl Objects for Loaded {
    fn function(&self, address: u64) -> Option<String> {
        let address = usize::try_from(address).ok()?;
        if unwind::function_of(address) != Some(address) {
            return None;
        }
        // Behind those that are inlined at its beginning.
        let symbols = Symbols::of(address);
        Some(symbols.functions().last()?.name().to_owned())
    }

    fn vtable(&self, address: u64) -> Option<Entry> {
        let address = usize::try_from(address).ok()?;
        let image = image::at(address)?;
        let debug = image.debug().ok()?;
        // The units list what constants they have beside their code, so that a vtable leads to its unit.
        let svma = image.svma(address);
        let unit = debug.unit_at(svma)?;
        let source = Source::new(debug.unit(unit)?, image);
        let mut known = self.vtables.borrow_mut();
        if known.len() >= MOST_UNITS {
            known.clear();
        }
        let of_unit = known
            .entry(source.key())
            .or_insert_with(|| vtables(&source));
        of_unit.get(&svma).cloned()
    }

    fn is_static(&self, address: u64) -> bool {
        usize::try_from(address).is_ok_and(|address| image::at(address).is_some())
    }
}

/// The types of the vtables of a unit, by their addresses in the file.
///
/// Found by going through the whole unit once.
fn vtables(source: &Source) -> HashMap<u64, Entry> {
    let mut found = HashMap::new();
    for offset in image::statics(source.unit()) {
        if let Some((address, concrete)) = vtable(source, offset) {
            found.insert(address, concrete);
        }
    }
    found
}

/// Where a vtable is and what type it is of, if the variable is one.
fn vtable(source: &Source, offset: UnitOffset) -> Option<(u64, Entry)> {
    let die = source.unit().entry(offset).ok()?;
    let name = source.text(die.attr_value(gimli::DW_AT_name)?)?;
    if !name.ends_with("{vtable}") {
        return None;
    }
    let Value::Exprloc(expression) = die.attr_value(gimli::DW_AT_location)? else {
        return None;
    };
    let mut operations = expression.operations(source.unit().encoding());
    let address = match operations.next().ok()?? {
        Operation::Address { address } => address,
        Operation::AddressIndex { index } => source.dwarf().address(source.unit(), index).ok()?,
        _ => return None,
    };
    let table = source.referred(die.attr_value(gimli::DW_AT_type)?)?;
    let die = table.source.unit().entry(table.offset).ok()?;
    let concrete = die.attr_value(gimli::DW_AT_containing_type)?;
    Some((address, table.source.referred(concrete)?))
}
