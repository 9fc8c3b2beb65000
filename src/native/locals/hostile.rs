//! Whatever registers, memory and debug information hold: no crash, no panic, no unbounded time.

use super::*;
use crate::native::image::garbled::{Random, section, unit_bytes, with_section};
use crate::native::image::{Image, LoadedUnit};
use crate::native::locals::source::Home;
use crate::native::locals::work::worked;
use crate::native::unwind;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::fmt::Debug;
use std::hint::black_box;
use std::rc::Rc;

/// Memory that is everywhere, and whose content depends on the address alone: small numbers, addresses, and noise.
struct Noise(u64);

impl Memory for Noise {
    fn read(&self, address: u64, to: &mut [u8]) -> bool {
        let mut at = address;
        for chunk in to.chunks_mut(8) {
            let mut random = Random(at ^ self.0);
            let noise = random.next();
            let word = match random.below(8) {
                0 => 0,
                1 => 1,
                2 | 3 => noise & 7,
                4 => noise & 0xffff,
                5 => 0x7000_0000_0000 | noise & 0xff_fff8,
                6 => u64::MAX,
                _ => noise,
            };
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
            at = at.wrapping_add(8);
        }
        true
    }
}

#[derive(Debug)]
#[allow(dead_code)] // read from memory alone
enum Tree {
    Leaf,
    Text(String),
    Node {
        left: Box<Tree>,
        right: Option<Rc<Tree>>,
    },
}

type Frames = (unwind::RawFrame, usize);

/// A frame with variables of many types, while it is there.
#[inline(never)]
fn with_many_variables(mut look: impl FnMut(Frames)) {
    let tree = Tree::Node {
        left: Box::new(Tree::Text("left".to_owned())),
        right: Some(Rc::new(Tree::Leaf)),
    };
    let list = vec![Some(1u32), None];
    let deque = VecDeque::from([vec![1u8], vec![]]);
    let linked = LinkedList::from(["a", "b"]);
    let map = HashMap::from([("k".to_owned(), Tree::Leaf)]);
    let set = HashSet::from([(1u8, 'x')]);
    let ordered: BTreeMap<u32, String> = (0..40).map(|n| (n, n.to_string())).collect();
    let ordered_set = BTreeSet::from([-1i64, 1]);
    let objects: Vec<Box<dyn Debug>> = vec![Box::new(1u8), Box::new("x")];
    let shared: Rc<RefCell<Vec<Rc<dyn Debug>>>> = Rc::default();
    let function: fn(u32) -> u32 = u32::count_ones;
    let time = Some(Duration::from_secs(1));
    let array = [[Some('x'); 3]; 2];
    let cell = Cell::new(Some(Ok::<u128, Box<str>>(1)));
    let path = std::path::PathBuf::from("/tmp");
    let address = std::net::IpAddr::from([127, 0, 0, 1]);
    let stack = unwind::capture_registers();
    // The closure's frame comes first if it is not inlined; here it is this function's own.
    look((stack.frames[0], stack.frames[1].sp));
    black_box((
        &tree,
        &list,
        &deque,
        &linked,
        &map,
        &set,
        &ordered,
        &ordered_set,
    ));
    black_box((
        &objects, &shared, &function, &time, &array, &cell, &path, &address,
    ));
}

/// The longest that a request may take, which stops after 40 ms at the next look at the clock.
const MOST: Duration = Duration::from_millis(50);

fn printed(frames: &[Vec<Live>]) -> usize {
    let locals = frames.iter().flatten();
    locals.map(|live| live.local.to_string().len()).sum()
}

#[test]
#[cfg_attr(
    not(unoptimised),
    ignore = "needs a build with variables in it: the default one"
)]
fn any_registers_do() {
    with_many_variables(|(frame, caller)| {
        let mut known = Known::default();
        let mut random = Random(1);
        // What is there once is not part of what is measured.
        let limits = &Limits::DEFAULT;
        let right = known.frame(&frame, Some(caller), limits, &mut Work::within(MOST * 100));
        assert!(
            right[0].len() >= 16 && printed(&right) > 500,
            "{}",
            printed(&right)
        );
        for round in 0..1000 {
            let mut garbled = frame;
            garbled.sp = match round % 4 {
                0 => random.next() as usize,
                1 => frame.sp.wrapping_add(random.below(4096)),
                2 => frame.sp.wrapping_sub(random.below(65536)),
                _ => [0, 1, usize::MAX, 1 << 47, 1 << 63][random.below(5)],
            };
            let start = worked();
            let work = &mut Work::within(Duration::from_millis(40));
            let found = known.frame(&garbled, Some(random.next() as usize), limits, work);
            assert!(printed(&found) < 200_000);
            let took = worked() - start;
            assert!(took < MOST, "{took:?} at {garbled:?}");
        }
    });
}

#[test]
fn any_memory_does() {
    with_many_variables(|(frame, _)| {
        let mut known = Known::default();
        let place = known.place(frame.lookup()).expect("debug information");
        let function = known.function(&place).expect("the function");
        let mut random = Random(2);
        for seed in 0..500 {
            let registers = Registers::at(random.next());
            let start = worked();
            let found = known.variables(
                &function,
                place.svma,
                &registers,
                &Noise(seed),
                &Limits::DEFAULT,
                &mut Work::within(Duration::from_millis(40)),
            );
            assert!(printed(&found) < 400_000);
            let took = worked() - start;
            assert!(took < MOST || seed == 0, "{took:?} with {seed}");
        }
    });
}

/// Units of sections that no object has.
struct Nowhere(&'static Image);

impl Home for Nowhere {
    fn unit_of(&self, _offset: gimli::DebugInfoOffset) -> Option<Arc<LoadedUnit>> {
        None
    }

    fn address(&self, of_file: u64) -> u64 {
        Image::address(self.0, of_file) as u64
    }
}

#[test]
#[cfg_attr(
    not(unoptimised),
    ignore = "needs a build with variables in it: the default one"
)]
fn any_debug_information_does() {
    use gimli::SectionId::*;
    with_many_variables(|(frame, caller)| {
        let mut known = Known::default();
        let place = known.place(frame.lookup()).expect("debug information");
        let subprogram = place.subprogram.expect("the function");
        let home: &'static Nowhere = Box::leak(Box::new(Nowhere(place.image)));
        let registers = Registers::of(&frame, Some(caller));
        let abbreviations = place.unit.unit.header.debug_abbrev_offset().0;
        let mut random = Random(3);
        let (mut read, mut values) = (0, 0);
        for round in 0..400 {
            // The last three are large, and a copy of each stays.
            let sections = [
                DebugInfo,
                DebugAbbrev,
                DebugInfo,
                DebugStr,
                DebugRanges,
                DebugLoc,
            ];
            let id = sections[round % if round < 24 { 6 } else { 3 }];
            let mut bytes = match id {
                DebugInfo => unit_bytes(&place).to_vec(),
                id => section(&place, id).slice().to_vec(),
            };
            // The first of each is whole; then some are cut, others have other bytes.
            let interesting = match id {
                DebugInfo => subprogram.0..bytes.len().min(subprogram.0 + 4000),
                DebugAbbrev => abbreviations..bytes.len().min(abbreviations + 1500),
                _ => 0..bytes.len(),
            };
            if round > 5 {
                random.garble(&mut bytes, interesting);
            }
            let dwarf = with_section(&place, id, bytes);
            let Some(unit) = LoadedUnit::of_sections(&dwarf, gimli::DebugInfoOffset(0)) else {
                continue;
            };
            let source = Source::new(Arc::new(unit), home);
            let start = worked();
            let Some(function) = Function::read(&source.entry(subprogram)) else {
                continue;
            };
            read += 1;
            let found = Known::default().variables(
                &function,
                place.svma,
                &registers,
                &Process,
                &Limits::DEFAULT,
                &mut Work::within(Duration::from_millis(40)),
            );
            values += printed(&found);
            let took = worked() - start;
            assert!(took < 4 * MOST, "{took:?} in round {round}");
        }
        assert!(
            read > 100 && values > 10_000,
            "{read} read, {values} bytes of values"
        );
    });
}
