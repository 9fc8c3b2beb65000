//! Reports as a page: whole, alone, and harmless.
#![cfg(feature = "html")]

#[path = "report_samples/page.rs"]
mod page;
#[path = "report_samples/mod.rs"]
mod samples;

use stacklens::report::{HtmlOptions, Order};

#[test]
fn every_page_is_whole_loads_nothing_and_runs_only_its_own_script() {
    for (_, report) in samples::all() {
        page::valid(&report.to_html());
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
