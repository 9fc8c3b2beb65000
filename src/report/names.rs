//! Names of types as people say them.

/// `Vec<io::Error>` for `alloc::vec::Vec<std::io::error::Error>`: paths are left out, but what is called
/// `Error` and the like, as so many types are, keeps the module that tells it apart.
pub(crate) fn short_type(name: &str) -> String {
    let mut short = String::with_capacity(name.len());
    let mut rest = name;
    while !rest.is_empty() {
        let in_path = |c: char| matches!(c, '_' | ':' | '{' | '}') || c.is_alphanumeric();
        let end = rest.find(|c| !in_path(c)).unwrap_or(rest.len());
        if end == 0 {
            let c = rest.chars().next().unwrap_or_default();
            short.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        short.push_str(&last(&rest[..end]));
        rest = &rest[end..];
    }
    short
}

/// The part of a path that is enough to know it.
fn last(path: &str) -> String {
    const GENERAL: [&str; 4] = ["Error", "ErrorKind", "Err", "{{closure}}"];
    if path == "core::error::Error" {
        // The trait.
        return "Error".to_owned();
    }
    let mut parts: Vec<&str> = path.split("::").filter(|part| !part.is_empty()).collect();
    let Some(name) = parts.pop() else {
        return path.to_owned();
    };
    // `std::io::error::Error` is known as `std::io::Error`.
    let module = parts
        .into_iter()
        .rfind(|part| *part != "error" && *part != "errors");
    match module.filter(|_| GENERAL.contains(&name)) {
        Some(module) => format!("{module}::{name}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_keeps_what_tells_it_apart() {
        for (name, short) in [
            ("core::num::error::ParseIntError", "ParseIntError"),
            ("std::io::error::Error", "io::Error"),
            ("app::Error", "app::Error"),
            (
                "alloc::boxed::Box<dyn core::error::Error>",
                "Box<dyn Error>",
            ),
            ("alloc::vec::Vec<(u8, a::B<'_>)>", "Vec<(u8, B<'_>)>"),
            ("Error", "Error"),
            ("app::run::{{closure}}", "run::{{closure}}"),
            ("", ""),
            ("::", "::"),
            ("größe::Straße", "Straße"),
        ] {
            assert_eq!(short_type(name), short, "{name}");
        }
    }
}
