//! Reports as a page: whole, alone, and harmless.
#![cfg(feature = "html")]

#[path = "report_samples/mod.rs"]
mod samples;

use stacklens::report::{HtmlOptions, Order};
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

#[test]
fn every_tag_is_ours_and_is_closed() {
    for (name, report) in samples::all() {
        let page = report.to_html();
        let mut open: Vec<String> = Vec::new();
        for (tag, text) in tags(&page) {
            match &*tag {
                "!DOCTYPE" | "meta" => {}
                _ if text.starts_with('/') => {
                    assert_eq!(open.pop().as_deref(), Some(&*tag), "{name}")
                }
                _ => open.push(tag),
            }
        }
        assert!(open.is_empty(), "{name}: {open:?}");
    }
}

#[test]
fn a_page_loads_nothing_and_runs_only_its_own_script() {
    for (name, report) in samples::all() {
        let page = report.to_html();
        let tags = tags(&page);
        assert_eq!(
            tags.iter()
                .filter(|(_, text)| text.starts_with("script"))
                .count(),
            1,
            "{name}"
        );
        for (_, text) in &tags {
            // Attributes as a browser sees them: without what stands in quotes.
            let bare: String = text.split('"').step_by(2).collect();
            for word in bare.split_whitespace().skip(1) {
                let attribute = word.split('=').next().unwrap();
                assert!(!attribute.starts_with("on"), "{name}: <{text}>");
                assert!(
                    !["src", "srcset", "style", "action"].contains(&attribute),
                    "{name}: <{text}>"
                );
            }
            assert!(
                !text.contains("href") || text.contains("href=\"#frames\""),
                "{name}: <{text}>"
            );
        }
        assert!(page.contains("default-src 'none'"));
        assert!(!page.contains("url("), "{name}");
    }
}

#[test]
fn identities_are_unique_and_lead_somewhere() {
    for (name, report) in samples::all() {
        let page = report.to_html();
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
            "{name}: {ids:?}"
        );
        for target in after("data-copy=") {
            assert!(ids.contains(&target), "{name}: {target}");
        }
    }
}

#[test]
fn hostile_text_is_shown_and_not_obeyed() {
    let page = samples::hostile().to_html();
    let hostile =
        |c: &char| c.is_control() && *c != '\n' || "\u{202e}\u{2066}\u{2028}".contains(*c);
    assert_eq!(page.chars().find(hostile), None);
    assert!(page.contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;"));
    assert!(!page.contains("<img"));
}

#[test]
fn frames_values_and_causes_are_there() {
    let page = samples::chain().to_html();
    for part in [
        "<span class=name>app::config::load</span> <span class=place>src/config.rs:5:30</span>",
        "<span class=\"failed\">.map(Config::checked)?</span>",
        "<span class=label>caused by</span> <span class=said><span class=type>ParseIntError</span>: invalid digit",
        "class=absent>&lt;redacted&gt;</code>",
        "<span class=as-of>as of line 3</span>",
        "Here <code>ParseIntError</code> became <code>ConfigError</code>.",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn the_order_can_be_chosen() {
    let place = |page: &str, name: &str| {
        page.find(&format!("<span class=name>app::config::{name}<"))
            .unwrap()
    };
    let page = samples::chain().to_html();
    assert!(place(&page, "parse") < place(&page, "main"));
    let mut options = HtmlOptions::default();
    options.order = Order::RecentLast;
    let page = samples::chain().to_html_with(&options);
    assert!(place(&page, "parse") > place(&page, "main"));
    assert!(page.contains("most recent call last"));
}
