//! Paths of functions, as demangled symbols have them.

/// The last segment of a path, without generic arguments: `poll` of `<a::B<C> as d::E>::poll::<F>`.
pub(crate) fn last_segment(path: &str) -> &str {
    let path = without_arguments(path);
    let last = &path[start_of_last(path)..];
    match last.find("{{") {
        // `call_once{{vtable.shim}}`
        Some(at) if at > 0 => &last[..at],
        _ => last,
    }
}

/// The path of the function around closures, and how many of these there are: `a::f` of `a::f::{{closure}}`.
pub(crate) fn around_closures(path: &str) -> (&str, usize) {
    let (mut path, mut closures) = (without_arguments(path), 0);
    loop {
        let start = start_of_last(path);
        if start < 2 || !is_closure(&path[start..]) {
            return (path, closures);
        }
        (path, closures) = (without_arguments(&path[..start - 2]), closures + 1);
    }
}

/// `{{closure}}` of legacy names, `{closure#0}` of v0 ones; async functions have bodies called so too.
fn is_closure(segment: &str) -> bool {
    segment.starts_with("{{closure}}")
        || segment.starts_with("{closure#")
        || segment.starts_with("{async_")
        || segment.starts_with("{shim:")
}

/// The crate that a path begins with; of `<a::B as c::D>::e`, that of the type.
pub(crate) fn crate_of(path: &str) -> &str {
    let path = path.trim_start_matches(['<', '&', '*', '(', '[']);
    let path = path
        .trim_start_matches("mut ")
        .trim_start_matches("const ")
        .trim_start_matches("dyn ");
    let end = path.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    let end = end.unwrap_or(path.len());
    // Only what a path goes on from is a crate.
    if path[end..].starts_with("::") {
        &path[..end]
    } else {
        ""
    }
}

/// Without `::<..>` at the end.
fn without_arguments(path: &str) -> &str {
    let bytes = path.as_bytes();
    if bytes.last() != Some(&b'>') {
        return path;
    }
    let mut depth = 0_usize;
    for at in (0..bytes.len()).rev() {
        match bytes[at] {
            // Not that of `->`.
            b'>' if at == 0 || bytes[at - 1] != b'-' => depth += 1,
            b'<' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && at > 0 {
                    // Debug information without paths has `f<..>`.
                    return path[..at].strip_suffix("::").unwrap_or(&path[..at]);
                }
            }
            _ => {}
        }
    }
    path
}

/// Where behind a `::` outside of all brackets the last segment begins.
fn start_of_last(path: &str) -> usize {
    let bytes = path.as_bytes();
    let mut depth = 0_usize;
    for at in (0..bytes.len()).rev() {
        match bytes[at] {
            b'>' if at > 0 && bytes[at - 1] == b'-' => {}
            b'>' | b')' | b']' | b'}' => depth += 1,
            b'<' | b'(' | b'[' | b'{' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_segment_is_the_functions_name() {
        for (path, name) in [
            ("main", "main"),
            ("demo::leaf", "leaf"),
            ("demo::generic::<(i32, &str)>", "generic"),
            ("<demo::S as demo::Tr>::meth", "meth"),
            ("<demo::S<a::B> as demo::Tr>::meth::<c::D<E>>", "meth"),
            (
                "<fn() -> a::B as core::ops::function::FnOnce<()>>::call_once",
                "call_once",
            ),
            ("demo::mid::{{closure}}", "{{closure}}"),
            ("demo::mid::{closure#0}", "{closure#0}"),
            ("<demo::S>::new", "new"),
            ("generic<fn(), ()>", "generic"),
            ("<demo::S>", "<demo::S>"),
            (
                "core::ops::function::FnOnce::call_once{{vtable.shim}}",
                "call_once",
            ),
            ("", ""),
        ] {
            assert_eq!(last_segment(path), name, "{path}");
        }
    }

    #[test]
    fn closures_are_taken_off() {
        for (path, around) in [
            ("demo::mid::{{closure}}::{{closure}}", ("demo::mid", 2)),
            ("demo::mid::{closure#1}", ("demo::mid", 1)),
            ("demo::mid::<u8>::{closure#0}::<a::B>", ("demo::mid", 1)),
            ("demo::mid", ("demo::mid", 0)),
            ("{{closure}}", ("{{closure}}", 0)),
        ] {
            assert_eq!(around_closures(path), around, "{path}");
        }
    }

    #[test]
    fn a_path_begins_with_its_crate() {
        for (path, name) in [
            ("std::rt::lang_start", "std"),
            (
                "<alloc::boxed::Box<F> as core::ops::function::FnOnce<A>>::call_once",
                "alloc",
            ),
            ("<&mut demo::A as demo::B>::c", "demo"),
            ("main", ""),
            ("_start", ""),
        ] {
            assert_eq!(crate_of(path), name, "{path}");
        }
    }
}
