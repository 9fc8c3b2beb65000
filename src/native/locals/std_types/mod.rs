//! std's types, by the names of their fields. Where a field is not as expected, the value is shown field by field.

mod cells;
mod hash;
mod nodes;
mod pointers;
mod sequences;
mod system;
mod text;

use super::bytes::View;
use super::reader::ValueReader;
use super::types::Type;
use crate::capture::Value;

/// Reads a value of a type with a certain name; `None` if it is another type than the one that is known.
pub(crate) type StdReader = fn(&mut ValueReader<'_>, &Type, View<'_>) -> Option<Value>;

/// Goes on with the number; a part of a value that is not known stands for the whole.
macro_rules! known {
    ($number:expr) => {
        match $number {
            Ok(known) => known,
            Err(gap) => return Some($crate::native::locals::reader::missing(gap)),
        }
    };
}
pub(crate) use known;

/// What is known of a type with this name, parameters left out.
pub(crate) fn reader(name: &str) -> Option<StdReader> {
    Some(match name {
        "String" => text::string,
        "OsString" | "PathBuf" | "Buf" => text::os_string,
        "CString" => text::c_string,
        "Vec" => sequences::vec,
        "VecDeque" => sequences::vec_deque,
        "Iter" | "IterMut" => sequences::iter,
        "IntoIter" => sequences::into_iter,
        "BinaryHeap" => sequences::binary_heap,
        "LinkedList" => nodes::linked_list,
        "BTreeMap" => nodes::btree_map,
        "BTreeSet" => nodes::btree_set,
        "HashMap" => hash::map,
        "HashSet" => hash::set,
        "Rc" | "Arc" => pointers::counted,
        "Weak" => pointers::weak,
        "Pin" | "Wrapping" | "Saturating" | "NonZero" | "Cow" => {
            return transparent(name);
        }
        "NonNull" | "Unique" => pointers::non_null,
        "Cell" | "RefCell" | "UnsafeCell" | "OnceCell" | "OnceLock" | "LazyCell" | "LazyLock" => {
            return cell(name);
        }
        "Mutex" | "RwLock" => cells::lock,
        "Ref" | "RefMut" => cells::borrow,
        "MutexGuard" | "RwLockReadGuard" | "RwLockWriteGuard" => cells::guard,
        "AtomicBool" => cells::atomic_bool,
        "Framed" => pointers::framed,
        "PhantomData" => system::phantom,
        "Alignment" => system::alignment,
        "Error" => system::io_error,
        "Duration" => system::duration,
        "Instant" | "SystemTime" => system::time,
        "Range" | "RangeInclusive" | "RangeFrom" | "RangeTo" | "RangeToInclusive" | "RangeFull" => {
            system::range
        }
        "Ipv4Addr" => system::ipv4,
        "Ipv6Addr" => system::ipv6,
        "SocketAddrV4" => system::socket_v4,
        "SocketAddrV6" => system::socket_v6,
        "IpAddr" | "SocketAddr" => system::either_address,
        _ if name.starts_with("Atomic") => cells::atomic,
        _ => return None,
    })
}

fn transparent(name: &str) -> Option<StdReader> {
    Some(match name {
        "Pin" => pointers::pin,
        "Wrapping" | "Saturating" => cells::wrapping,
        "NonZero" => cells::non_zero,
        "Cow" => pointers::cow,
        _ => return None,
    })
}

fn cell(name: &str) -> Option<StdReader> {
    Some(match name {
        "Cell" => cells::cell,
        "RefCell" => cells::ref_cell,
        "UnsafeCell" => cells::unsafe_cell,
        "OnceCell" => cells::once_cell,
        "OnceLock" => cells::once_lock,
        "LazyCell" => cells::lazy_cell,
        _ => cells::lazy_lock,
    })
}
