//! What a type says of what may have become of a variable: whether what the macro fears takes a value of this type at all.

use super::source::Entry;
use super::types::{Shape, Type, Types};
use crate::code::{Loss, What};

/// Arrays, tuples and options inside of one another.
const MOST_NESTED: usize = 8;

impl Types {
    /// Whether one of these may have taken the value of a variable of this type, or a part of it.
    pub(super) fn is_taken(&mut self, kind: &Type, losses: &[Loss<'_>]) -> bool {
        losses.iter().any(|loss| self.takes(kind, loss))
    }

    /// Whether this may have taken the value, or a part of it.
    fn takes(&mut self, kind: &Type, loss: &Loss<'_>) -> bool {
        if loss.what == What::Referred || self.is_copied(kind, MOST_NESTED) || is_reference(kind) {
            return false;
        }
        match loss.what {
            What::Whole => true,
            What::ByMethod => !borrows_by_name(kind),
            // A `Deref` gives what may be looked at alone; only a box gives its content away.
            What::Content => matches!(kind.shape, Shape::Pointer(_)),
            What::Part | What::PartByMethod => match self.field(kind, loss.field) {
                None => true,
                Some(field) => {
                    let what = match loss.what {
                        What::Part => What::Whole,
                        _ => What::ByMethod,
                    };
                    self.takes(&field, &Loss { what, ..*loss })
                }
            },
            What::Referred => false,
        }
    }

    /// The type of a field, by the name that it has in the source.
    fn field(&mut self, kind: &Type, name: &str) -> Option<std::sync::Arc<Type>> {
        let fields = match &kind.shape {
            Shape::Struct(fields) => fields,
            Shape::Pointer(Some(target)) => {
                let target = self.get(target)?;
                let Shape::Struct(_) = &target.shape else {
                    return None;
                };
                return self.field(&target, name);
            }
            _ => return None,
        };
        // `0.1` of `x.0.1`, which is one token.
        let first = name.split('.').next().unwrap_or(name);
        let numbered = format!("__{first}");
        let member = fields.get(first).or_else(|| fields.get(&numbered))?;
        self.get(&member.entry)
    }

    /// Whether values of this type are copied, whatever crate it is of.
    fn is_copied(&mut self, kind: &Type, left: usize) -> bool {
        let Some(left) = left.checked_sub(1) else {
            return false;
        };
        let mut all = |entries: Vec<&Entry>| {
            let mut entries = entries.into_iter();
            entries.all(|entry| self.get(entry).is_some_and(|it| self.is_copied(&it, left)))
        };
        match &kind.shape {
            Shape::Unit
            | Shape::Bool
            | Shape::Char
            | Shape::Signed
            | Shape::Unsigned
            | Shape::Float
            | Shape::Function => true,
            Shape::Pointer(_) => kind.name.starts_with('*') || kind.name.contains("fn("),
            Shape::Array { item, .. } => all(vec![item]),
            Shape::Struct(fields) if kind.name.starts_with('(') => {
                all(fields.members.iter().map(|member| &member.entry).collect())
            }
            Shape::Enum(_) if kind.base_name() == "Option" => match option_of(kind.name) {
                // By its name: the variants have structs of their own.
                Some(inner) => {
                    is_scalar_name(inner) || inner.starts_with('&') && !inner.starts_with("&mut ")
                }
                None => false,
            },
            _ => is_shared(kind),
        }
    }
}

fn is_reference(kind: &Type) -> bool {
    kind.name.starts_with('&')
}

fn is_shared(kind: &Type) -> bool {
    is_reference(kind) && !kind.name.starts_with("&mut ")
}

fn option_of(name: &str) -> Option<&str> {
    let inner = name.split_once('<')?.1;
    inner.strip_suffix('>')
}

fn is_scalar_name(name: &str) -> bool {
    matches!(
        name,
        "bool"
            | "char"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "u128"
            | "usize"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "i128"
            | "isize"
            | "f32"
            | "f64"
            | "()"
    )
}

/// Types of std's whose methods of the names that the macro knows borrow. Not iterators: they have some of the same names.
fn borrows_by_name(kind: &Type) -> bool {
    let name = kind.base_name();
    matches!(
        name,
        "String"
            | "OsString"
            | "PathBuf"
            | "CString"
            | "Vec"
            | "VecDeque"
            | "BinaryHeap"
            | "LinkedList"
            | "BTreeMap"
            | "BTreeSet"
            | "HashMap"
            | "HashSet"
            | "Rc"
            | "Arc"
            | "Weak"
            | "Cow"
            | "Cell"
            | "RefCell"
            | "OnceCell"
            | "OnceLock"
            | "Mutex"
            | "RwLock"
            | "Ref"
            | "RefMut"
            | "MutexGuard"
            | "RwLockReadGuard"
            | "RwLockWriteGuard"
            | "Option"
            | "Result"
            | "Duration"
            | "Instant"
            | "SystemTime"
    ) || name.starts_with("Atomic")
        || matches!(kind.shape, Shape::Array { .. })
}
