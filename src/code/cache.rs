//! Every literal decoded so far, by its address.
//!
//! A fixed array of chains that only ever grow. Readers take no lock and writers wait for nobody,
//! so that a panic hook or a reader on another thread may ask at any time; two threads that decode
//! the same literal at once both do the work and one of the results is dropped.

use super::{Code, decode};
use crate::stack::Meta;
use once_cell::race::OnceBox;

/// Functions that were asked about, not functions that exist: mostly tens, at worst some thousands.
const CHAINS: usize = 1 << CHAINS_LOG2;
const CHAINS_LOG2: u32 = 10;

static TABLE: [OnceBox<Entry>; CHAINS] = [const { OnceBox::new() }; CHAINS];

struct Entry {
    address: usize,
    code: Code,
    next: OnceBox<Entry>,
}

/// The code of this literal, decoded if it is asked for the first time.
pub(super) fn get(meta: Option<Meta>) -> &'static Code {
    let address = meta.map_or(0, Meta::address);
    let mut link = &TABLE[chain(address)];
    let mut new = None;
    loop {
        if let Some(entry) = link.get() {
            if entry.address == address {
                return &entry.code;
            }
            link = &entry.next;
            continue;
        }
        let entry = new.take().unwrap_or_else(|| entry(meta));
        // Refused if another thread was faster: then look at what it put there.
        new = link.set(entry).err();
    }
}

#[cold]
fn entry(meta: Option<Meta>) -> Box<Entry> {
    let text = meta.map_or("", Meta::text);
    Box::new(Entry {
        address: meta.map_or(0, Meta::address),
        code: decode::decode(text),
        next: OnceBox::new(),
    })
}

/// Literals lie close together, at any alignment: the golden ratio spreads neighbours over the
/// table.
fn chain(address: usize) -> usize {
    ((address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - CHAINS_LOG2)) as usize
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Function;
    use super::*;
    use crate::stack;

    fn meta(name: &'static str) -> Option<Meta> {
        let _frame = stack::enter(
            Function {
                name,
                ..Function::default()
            }
            .literal(),
        );
        stack::current().unwrap().meta()
    }

    #[test]
    fn a_literal_is_decoded_once() {
        let meta = meta("once");
        assert!(std::ptr::eq(get(meta), get(meta)));
        assert_eq!(get(meta).name(), "once");
    }

    #[test]
    fn without_a_literal_the_function_is_unknown() {
        assert_eq!((get(None).name(), get(None).first_line()), ("?", 0));
        assert!(std::ptr::eq(get(None), get(None)));
    }

    #[test]
    fn literals_of_one_chain_are_told_apart() {
        let metas: Vec<Option<Meta>> = (0..CHAINS * 4)
            .map(|i| meta(i.to_string().leak()))
            .collect();
        for pass in 0..2 {
            for (i, meta) in metas.iter().enumerate() {
                assert_eq!(get(*meta).name(), i.to_string(), "pass {pass}");
            }
        }
    }

    #[test]
    fn threads_that_ask_at_once_get_the_same_code() {
        let metas: Vec<Option<Meta>> = (0..500).map(|i| meta(i.to_string().leak())).collect();
        let ask = || {
            metas
                .iter()
                .map(|m| std::ptr::from_ref(get(*m)) as usize)
                .collect::<Vec<_>>()
        };
        let answers: Vec<_> = std::thread::scope(|s| {
            let threads: Vec<_> = (0..4).map(|_| s.spawn(ask)).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|a| *a == answers[0]));
    }
}
