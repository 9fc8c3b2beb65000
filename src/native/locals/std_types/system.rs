//! Times, ranges, addresses of the network.

use super::known;
use crate::capture::Value;
use crate::capture::build::RangeBounds;
use crate::native::locals::bytes::View;
use crate::native::locals::reader::ValueReader;
use crate::native::locals::types::Type;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use std::time::Duration;

/// The lowest bits of an error of the operating system.
const OS_ERROR: u64 = 2;
const NANOS_PER_SECOND: u64 = 1_000_000_000;

pub(super) fn phantom(_: &mut ValueReader<'_>, kind: &Type, _: View<'_>) -> Option<Value> {
    // As `std::any::type_name` has it.
    let name = kind.name.replace(", alloc::alloc::Global>", ">");
    Some(Value::verbatim(&name))
}

/// What `std::alloc::Layout` has.
pub(super) fn alignment(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let (inner, _) = reader.part(kind, view, &["_inner_repr_trick"])?;
    let align = known!(view.unsigned(inner.size)) as u64;
    if !align.is_power_of_two() {
        return Some(reader.invalid(kind));
    }
    Some(Value::verbatim(&format!(
        "{align} (1 << {})",
        align.trailing_zeros()
    )))
}

/// `std::io::Error` where it is one word: what it is, the lowest two bits tell.
pub(super) fn io_error(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (repr, repr_view) = reader.part(kind, view, &["repr"])?;
    let (_, word) = reader.part(&repr, repr_view, &["__0", "pointer"])?;
    let word = known!(word.unsigned(8)) as u64;
    // Another one is a pointer, to what may be the program's own: its fields are shown.
    (word & 3 == OS_ERROR).then(|| {
        let error = io::Error::from_raw_os_error((word >> 32) as i32);
        Value::verbatim(&format!("{error:?}"))
    })
}

pub(super) fn duration(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let seconds = known!(reader.number(kind, view, &["secs"])?);
    let nanos = known!(reader.number(kind, view, &["nanos"])?);
    Some(match u32::try_from(nanos) {
        Ok(nanos) if u64::from(nanos) < NANOS_PER_SECOND => {
            Value::duration(Duration::new(seconds, nanos))
        }
        _ => reader.invalid(kind),
    })
}

/// `Instant` and `SystemTime`, where they are a `timespec`.
pub(super) fn time(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (spec, view) = reader.part(kind, view, &["__0", "t"])?;
    let seconds = known!(reader.number(&spec, view, &["tv_sec"])?) as i64;
    let nanos = known!(reader.number(&spec, view, &["tv_nsec"])?);
    if nanos >= NANOS_PER_SECOND {
        return Some(reader.invalid(kind));
    }
    let fields = vec![
        ("tv_sec".into(), Value::signed(seconds.into())),
        ("tv_nsec".into(), Value::unsigned(nanos.into())),
    ];
    Some(Value::structure(kind.base_name(), true, fields, 2, false))
}

pub(super) fn range(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (form, ends): (_, &[&str]) = match kind.base_name() {
        "Range" => (RangeBounds::Both, &["start", "end"]),
        "RangeInclusive" => (RangeBounds::Inclusive, &["start", "end"]),
        "RangeFrom" => (RangeBounds::From, &["start"]),
        "RangeTo" => (RangeBounds::To, &["end"]),
        "RangeToInclusive" => (RangeBounds::ToInclusive, &["end"]),
        _ => (RangeBounds::Full, &[]),
    };
    let mut values = Vec::new();
    for end in ends {
        let (end, view) = reader.part(kind, view, &[end])?;
        values.push(reader.value(&end, view));
    }
    Some(Value::range(form, values))
}

pub(super) fn ipv4(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let address = known!(v4(reader, kind, view)?);
    Some(Value::verbatim(&address.to_string()))
}

pub(super) fn ipv6(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let address = known!(v6(reader, kind, view)?);
    Some(Value::verbatim(&address.to_string()))
}

type Read<T> = Option<Result<T, crate::native::locals::location::Gap>>;

fn v4(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Read<Ipv4Addr> {
    let (_, view) = reader.part(kind, view, &["octets"])?;
    let octets = view.get(4).map(|octets| octets.first_chunk::<4>().copied());
    Some(octets.map(|octets| Ipv4Addr::from(octets.unwrap_or_default())))
}

fn v6(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Read<Ipv6Addr> {
    let (_, view) = reader.part(kind, view, &["octets"])?;
    let octets = view
        .get(16)
        .map(|octets| octets.first_chunk::<16>().copied());
    Some(octets.map(|octets| Ipv6Addr::from(octets.unwrap_or_default())))
}

pub(super) fn socket_v4(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let (ip, ip_view) = reader.part(kind, view, &["ip"])?;
    let ip = known!(v4(reader, &ip, ip_view)?);
    let port = known!(reader.number(kind, view, &["port"])?) as u16;
    Some(Value::verbatim(&SocketAddrV4::new(ip, port).to_string()))
}

pub(super) fn socket_v6(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let (ip, ip_view) = reader.part(kind, view, &["ip"])?;
    let ip = known!(v6(reader, &ip, ip_view)?);
    let port = known!(reader.number(kind, view, &["port"])?) as u16;
    let flow = known!(reader.number(kind, view, &["flowinfo"])?) as u32;
    let scope = known!(reader.number(kind, view, &["scope_id"])?) as u32;
    let address = SocketAddrV6::new(ip, port, flow, scope);
    Some(Value::verbatim(&address.to_string()))
}

/// `IpAddr` and `SocketAddr` print what they hold.
pub(super) fn either_address(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    reader.content(kind, view, &["V4", "V6"])
}
