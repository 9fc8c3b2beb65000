//! The form of `pprof`: protocol buffers by hand, from `profile.proto` of github.com/google/pprof.

use super::Profile;
use crate::code::Code;
use std::collections::HashMap;
use std::hash::Hash;
use std::time::SystemTime;

/// A message being written.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.0.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }

    /// A field that is a number. 0 is what a missing one means.
    fn integer(mut self, field: u64, value: u64) -> Message {
        if value != 0 {
            self.number(field << 3);
            self.number(value);
        }
        self
    }

    /// A field that is a text or a message of its own.
    fn bytes(mut self, field: u64, bytes: &[u8]) -> Message {
        self.number(field << 3 | 2);
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    fn message(self, field: u64, message: Message) -> Message {
        self.bytes(field, &message.0)
    }

    /// A field that is a list of numbers.
    fn integers(self, field: u64, values: impl IntoIterator<Item = u64>) -> Message {
        let mut packed = Message::default();
        values.into_iter().for_each(|value| packed.number(value));
        self.message(field, packed)
    }
}

/// Things that are referred to by their numbers, from `first` on.
struct Table<K> {
    numbers: HashMap<K, u64>,
    list: Vec<K>,
    first: u64,
}

impl<K: Clone + Eq + Hash> Table<K> {
    fn new(first: u64) -> Table<K> {
        Table {
            numbers: HashMap::new(),
            list: Vec::new(),
            first,
        }
    }

    fn number(&mut self, key: K) -> u64 {
        let next = self.first + self.list.len() as u64;
        *self.numbers.entry(key.clone()).or_insert_with(|| {
            self.list.push(key);
            next
        })
    }
}

pub(super) fn encode(profile: &Profile) -> Vec<u8> {
    let mut texts: Table<String> = Table::new(0);
    // The first text is the empty one.
    texts.number(String::new());
    let mut functions: Table<&Code> = Table::new(1);
    let mut locations: Table<(u64, u32)> = Table::new(1);
    let period = u64::try_from(profile.period.as_nanos()).unwrap_or(u64::MAX);
    let mut kind = |name: &str, unit: &str| {
        let name = texts.number(name.to_owned());
        let unit = texts.number(unit.to_owned());
        Message::default().integer(1, name).integer(2, unit)
    };
    let time = if profile.idle { "wall" } else { "cpu" };
    let mut out = Message::default()
        .message(1, kind("samples", "count"))
        .message(1, kind(time, "nanoseconds"))
        .message(11, kind(time, "nanoseconds"))
        .integer(12, period);
    let thread = texts.number("thread".to_owned());
    for sample in profile.samples() {
        let mut location = |(code, line): (&'static Code, u32)| {
            let function = functions.number(code);
            locations.number((function, line))
        };
        let stack: Vec<u64> = sample.frames().map(&mut location).collect();
        let label = Message::default()
            .integer(1, thread)
            .integer(2, texts.number(sample.thread().to_owned()));
        let values = [sample.count(), sample.count().saturating_mul(period)];
        let message = Message::default()
            .integers(1, stack)
            .integers(2, values)
            .message(3, label);
        out = out.message(2, message);
    }
    for (&(function, line), id) in locations.list.iter().zip(1..) {
        let line = Message::default()
            .integer(1, function)
            .integer(2, line.into());
        out = out.message(4, Message::default().integer(1, id).message(4, line));
    }
    for (code, id) in functions.list.iter().zip(1..) {
        let name = texts.number(code.qualified_name().to_owned());
        let message = Message::default()
            .integer(1, id)
            .integer(2, name)
            .integer(3, name)
            .integer(4, texts.number(code.file().to_owned()))
            .integer(5, code.first_line().into());
        out = out.message(5, message);
    }
    for text in &texts.list {
        out = out.bytes(6, text.as_bytes());
    }
    let began = profile.began.duration_since(SystemTime::UNIX_EPOCH);
    let nanoseconds =
        |time: std::time::Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    out.integer(9, began.map_or(0, nanoseconds))
        .integer(10, nanoseconds(profile.took))
        .0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::fixture::Function;
    use crate::threads::Sample;
    use std::time::Duration;

    /// The fields of a message: numbers, and bytes.
    #[derive(Debug, PartialEq)]
    enum Field<'a> {
        Number(u64),
        Bytes(&'a [u8]),
    }

    fn number(bytes: &mut &[u8]) -> u64 {
        let mut n = 0;
        for shift in (0..).step_by(7) {
            let (byte, rest) = bytes.split_first().unwrap();
            *bytes = rest;
            n |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        n
    }

    fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let key = number(&mut bytes);
            let field = match key & 7 {
                0 => Field::Number(number(&mut bytes)),
                2 => {
                    let length = number(&mut bytes) as usize;
                    let (field, rest) = bytes.split_at(length);
                    bytes = rest;
                    Field::Bytes(field)
                }
                other => panic!("wire type {other}"),
            };
            fields.push((key >> 3, field));
        }
        fields
    }

    fn all<'a>(fields: &[(u64, Field<'a>)], wanted: u64) -> Vec<&'a [u8]> {
        let bytes = |(field, it): &(u64, Field<'a>)| match it {
            Field::Bytes(bytes) if *field == wanted => Some(*bytes),
            _ => None,
        };
        fields.iter().filter_map(bytes).collect()
    }

    #[test]
    fn a_profile_has_all_that_the_form_asks_for() {
        let code: &'static Code = Box::leak(Box::new(Function::default().code()));
        let profile = Profile {
            period: Duration::from_millis(10),
            samples: vec![Sample {
                thread: "worker".to_owned(),
                frames: vec![(code, 300), (code, 12)],
                omitted: 0,
                count: 7,
            }],
            ..Profile::default()
        };
        let bytes = encode(&profile);
        let profile = fields(&bytes);
        let texts = all(&profile, 6);
        let text = |n: u64| std::str::from_utf8(texts[n as usize]).unwrap();
        assert_eq!(texts[0], b"");
        let samples = all(&profile, 2);
        let sample = fields(samples[0]);
        assert_eq!(all(&sample, 1), [&[1, 2][..]]);
        let mut values = all(&sample, 2)[0];
        assert_eq!((number(&mut values), number(&mut values)), (7, 70_000_000));
        let label = fields(all(&sample, 3)[0]);
        let [(1, Field::Number(key)), (2, Field::Number(value))] = label[..] else {
            panic!("{label:?}");
        };
        assert_eq!((text(key), text(value)), ("thread", "worker"));
        let locations = all(&profile, 4);
        let location = fields(locations[0]);
        let line = fields(all(&location, 4)[0]);
        assert_eq!(line, [(1, Field::Number(1)), (2, Field::Number(300))]);
        assert_eq!(locations.len(), 2);
        let functions = all(&profile, 5);
        assert_eq!(functions.len(), 1);
        let function = fields(functions[0]);
        let named = |field| match function.iter().find(|(f, _)| *f == field) {
            Some((_, Field::Number(n))) => text(*n),
            other => panic!("{other:?}"),
        };
        assert_eq!((named(2), named(4)), ("mycrate::a::f", "src/a.rs"));
        let kinds = all(&profile, 1);
        let kind = fields(kinds[1]);
        let [(1, Field::Number(name)), (2, Field::Number(unit))] = kind[..] else {
            panic!("{kind:?}");
        };
        assert_eq!((text(name), text(unit)), ("cpu", "nanoseconds"));
        assert!(profile.contains(&(12, Field::Number(10_000_000))));
    }
}
