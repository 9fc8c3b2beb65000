//! What holds for the page of every report: whole, alone, and harmless.

use std::collections::HashSet;

/// The tags of a page in order, each with its attributes. Everything that looks like a tag must be one that
/// a page is made of; style and script are looked at apart.
fn tags(page: &str) -> Vec<(String, String)> {
    const KNOWN: &[&str] = &[
        "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "a", "header", "div", "h1",
        "h2", "span", "p", "ul", "ol", "li", "code", "button", "details", "summary", "table",
        "tbody", "tr", "th", "td", "pre", "script",
    ];
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let (tag, after) = rest[at + 1..].split_once('>').unwrap();
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\n'])
            .next()
            .unwrap();
        assert!(KNOWN.contains(&name), "<{tag}>");
        tags.push((name.to_owned(), tag.to_owned()));
        rest = after;
        if tag.starts_with("style") || tag.starts_with("script") {
            let end = rest.find(&format!("</{name}>")).unwrap();
            rest = &rest[end..];
        }
    }
    tags
}

/// Checks a page.
#[track_caller]
pub fn valid(page: &str) {
    let tags = tags(page);
    every_tag_is_closed(&tags);
    nothing_is_loaded_or_run(page, &tags);
    identities_are_unique_and_lead_somewhere(page);
}

#[track_caller]
fn every_tag_is_closed(tags: &[(String, String)]) {
    let mut open: Vec<&str> = Vec::new();
    for (tag, text) in tags {
        match &**tag {
            "!DOCTYPE" | "meta" => {}
            _ if text.starts_with('/') => assert_eq!(open.pop(), Some(&**tag)),
            _ => open.push(tag),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

/// But its own script.
#[track_caller]
fn nothing_is_loaded_or_run(page: &str, tags: &[(String, String)]) {
    let scripts = tags.iter().filter(|(_, text)| text.starts_with("script"));
    assert_eq!(scripts.count(), 1);
    for (_, text) in tags {
        // Attributes as a browser sees them: without what stands in quotes.
        let bare: String = text.split('"').step_by(2).collect();
        for word in bare.split_whitespace().skip(1) {
            let attribute = word.split('=').next().unwrap();
            assert!(!attribute.starts_with("on"), "<{text}>");
            assert!(
                !["src", "srcset", "style", "action"].contains(&attribute),
                "<{text}>"
            );
        }
        assert!(
            !text.contains("href") || text.contains("href=\"#frames\""),
            "<{text}>"
        );
    }
    assert!(page.contains("default-src 'none'"));
    let (style, _) = page.split_once("</style>").unwrap();
    assert!(!style.contains("url("));
}

#[track_caller]
fn identities_are_unique_and_lead_somewhere(page: &str) {
    let after = |text: &str| {
        let ends = [' ', '>', '"'];
        page.split(text)
            .skip(1)
            .map(|rest| rest.split(ends).next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let ids = after(" id=");
    assert_eq!(
        ids.iter().collect::<HashSet<_>>().len(),
        ids.len(),
        "{ids:?}"
    );
    for target in after("data-copy=") {
        assert!(ids.contains(&target), "{target}");
    }
}
