//! Addresses whose meaning was asked for before.

use super::Symbols;
use crate::lock::Lock;
use crate::native::image;

/// As many addresses as are kept, one for each place: another one with the same place takes it.
const PLACES: usize = 1024;

#[derive(Default)]
struct Cache {
    places: Vec<Option<(usize, Symbols)>>,
    /// Objects that were unloaded when the first of them was put here. Another one may lie there now.
    unloaded: u64,
}

/// Only ever tried: a panic hook must not wait. Without it, it takes longer.
static CACHE: Lock<Cache> = Lock::new(Cache {
    places: Vec::new(),
    unloaded: 0,
});

pub(super) fn get(address: usize, resolve: impl FnOnce() -> Symbols) -> Symbols {
    let unloaded = image::unloaded();
    let place = address.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as usize) >> (usize::BITS - 10);
    if let Some(mut cache) = CACHE.try_lock() {
        if cache.unloaded != unloaded {
            cache.places.clear();
            cache.unloaded = unloaded;
        }
        if let Some(Some((known, symbols))) = cache.places.get(place)
            && *known == address
        {
            return symbols.clone();
        }
    }
    let symbols = resolve();
    if let Some(mut cache) = CACHE.try_lock()
        && cache.unloaded == unloaded
    {
        if cache.places.is_empty() {
            cache.places.resize(PLACES, None);
        }
        cache.places[place] = Some((address, symbols.clone()));
    }
    symbols
}
