//! Directives: `mycrate::parser=debug,depth<5,slow>1ms`.

use super::{Conditions, Filter, FilterError, Rule};
use crate::log_calls::Level;
use std::num::NonZeroU64;
use std::time::Duration;

/// What the text says, and what is wrong with it.
pub(super) fn filter(text: &str) -> (Filter, Option<FilterError>) {
    let mut rules = Vec::new();
    let mut general = Conditions::default();
    let mut level = None;
    let mut wrong = Vec::new();
    for directive in directives(text) {
        match parse(directive) {
            Ok(Directive::Level(most)) => level = Some(most),
            Ok(Directive::Condition(condition)) => condition.apply(&mut general),
            Ok(Directive::Rule(rule)) => rules.push(rule),
            Err(expected) => wrong.push((directive.to_owned(), expected)),
        }
    }
    // Who names what is to be seen sees that; who only names what is not sees the rest.
    let named = rules.iter().any(|rule| rule.level.is_some());
    let rest = Rule {
        level: level.unwrap_or((!named).then_some(Level::Info)),
        ..Rule::default()
    };
    // Of two that are equally particular the later wins, as in a list of options.
    rules.reverse();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.pattern.len()));
    rules.push(rest);
    for rule in &mut rules {
        rule.conditions = rule.conditions.or(general);
    }
    let filter = Filter {
        text: text.into(),
        rules,
    };
    (filter, (!wrong.is_empty()).then_some(FilterError { wrong }))
}

enum Directive {
    Level(Option<Level>),
    Condition(Condition),
    Rule(Rule),
}

enum Condition {
    Depth(u32),
    Slow(Duration),
    Sample(NonZeroU64),
    First(u64),
}

impl Condition {
    fn apply(self, conditions: &mut Conditions) {
        match self {
            Condition::Depth(depth) => conditions.depth = Some(depth),
            Condition::Slow(slow) => conditions.slow = Some(slow),
            Condition::Sample(sample) => conditions.sample = Some(sample),
            Condition::First(first) => conditions.first = Some(first),
        }
    }
}

impl Conditions {
    fn or(self, general: Conditions) -> Conditions {
        Conditions {
            depth: self.depth.or(general.depth),
            slow: self.slow.or(general.slow),
            sample: self.sample.or(general.sample),
            first: self.first.or(general.first),
        }
    }
}

/// Split at the commas; what is empty between two says nothing.
fn directives(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|d| !d.is_empty())
}

fn parse(directive: &str) -> Result<Directive, String> {
    if let Some(level) = level(directive) {
        return Ok(Directive::Level(level));
    }
    if !directive.contains('[')
        && let Some(condition) = condition(directive)
    {
        return condition.map(Directive::Condition);
    }
    let (path, rest) = match directive.find(['[', '=']) {
        Some(at) => directive.split_at(at),
        None => (directive, ""),
    };
    let mut conditions = Conditions::default();
    let mut rest = rest;
    if let Some(inside) = rest.strip_prefix('[') {
        let (inside, after) = inside
            .split_once(']')
            .ok_or("expected `]` behind the conditions of a path")?;
        for part in inside.split(';').map(str::trim).filter(|p| !p.is_empty()) {
            condition(part)
                .ok_or_else(|| format!("{KNOWN}, not `{part}`"))??
                .apply(&mut conditions);
        }
        rest = after;
    }
    let most = match rest.strip_prefix('=') {
        Some(name) => level(name.trim()).ok_or_else(|| {
            format!("expected `off`, `error`, `warn`, `info`, `debug` or `trace` behind `{path}=`")
        })?,
        None if rest.is_empty() => Some(Level::Trace),
        None => return Err(format!("expected `=` and a level behind `{path}[..]`")),
    };
    let (path, suffix) = match path.trim().strip_prefix("*::") {
        Some(end) => (end, true),
        None => (path.trim(), false),
    };
    let segments: Vec<&str> = path.split("::").collect();
    if !segments.iter().all(|segment| is_segment(segment)) {
        return Err(format!("expected a level, a path, or a condition: {KNOWN}"));
    }
    Ok(Directive::Rule(Rule {
        pattern: segments.into_iter().map(Box::from).collect(),
        suffix,
        level: most,
        conditions,
    }))
}

const KNOWN: &str = "one of `depth<N`, `slow>1ms`, `sample=1/N`, `first=N`";

fn is_segment(segment: &str) -> bool {
    !segment.is_empty() && segment.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// `None`: no level at all; `Some(None)`: `off`.
fn level(text: &str) -> Option<Option<Level>> {
    if text.eq_ignore_ascii_case("off") {
        return Some(None);
    }
    text.parse().ok().map(Some)
}

/// `None` if the text is about something else.
fn condition(text: &str) -> Option<Result<Condition, String>> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("depth<") {
        let (inclusive, number) = match rest.strip_prefix('=') {
            Some(number) => (1, number),
            None => (0, rest),
        };
        return Some(match number.trim().parse::<u32>() {
            Ok(number) => Ok(Condition::Depth(number.saturating_add(inclusive))),
            Err(_) => Err("expected a number behind `depth<`".to_owned()),
        });
    }
    if let Some(rest) = text.strip_prefix("slow>") {
        let rest = rest.strip_prefix('=').unwrap_or(rest);
        return Some(match duration(rest.trim()) {
            Some(duration) => Ok(Condition::Slow(duration)),
            None => {
                Err("expected a time behind `slow>`, as in `slow>1ms` or `slow>2.5s`".to_owned())
            }
        });
    }
    // A crate may be called `sample` or `first`; its level is no number.
    if let Some(rest) = text.strip_prefix("sample=") {
        if level(rest).is_some() {
            return None;
        }
        let number = rest.strip_prefix("1/").and_then(|n| n.parse().ok());
        return Some(match number {
            Some(number) => Ok(Condition::Sample(number)),
            None => Err("expected `sample=1/N` with a number from 1 on".to_owned()),
        });
    }
    if let Some(rest) = text.strip_prefix("first=") {
        if level(rest).is_some() {
            return None;
        }
        return Some(match rest.parse() {
            Ok(number) => Ok(Condition::First(number)),
            Err(_) => Err("expected a number behind `first=`".to_owned()),
        });
    }
    None
}

/// `1ms`, `2.5s`, `10us`, `10µs`, `100ns`
fn duration(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, unit) = text.split_at(unit);
    let nanoseconds = match unit.trim() {
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        _ => return None,
    };
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * nanoseconds / 1e9).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decides(directives: &str, name: &str, level: Level) -> bool {
        let (filter, error) = filter(directives);
        assert_eq!(error, None, "{directives}");
        filter.decide(name, level).is_some()
    }

    #[test]
    fn without_directives_functions_up_to_info_are_logged() {
        assert!(decides("", "a::b", Level::Info));
        assert!(!decides("", "a::b", Level::Debug));
        assert!(decides("trace", "a::b", Level::Trace));
        assert!(!decides("off", "a::b", Level::Error));
    }

    #[test]
    fn a_path_is_about_whole_segments_and_the_longest_wins() {
        let filter = "mycrate=info,mycrate::parser=debug,mycrate::parser::noisy=off";
        assert!(decides(filter, "mycrate::parser::parse", Level::Debug));
        assert!(!decides(filter, "mycrate::parser_two::parse", Level::Debug));
        assert!(!decides(filter, "mycrate::parser::noisy", Level::Error));
        assert!(decides(filter, "mycrate::parser::noisy_not", Level::Debug));
        assert!(decides(filter, "mycrate::main", Level::Info));
        assert!(
            !decides(filter, "other::main", Level::Error),
            "others are not named"
        );
    }

    #[test]
    fn who_only_switches_off_keeps_the_rest() {
        assert!(decides("mycrate::noisy=off", "mycrate::main", Level::Info));
        assert!(!decides(
            "*::parse=off",
            "mycrate::parser::parse",
            Level::Error
        ));
        assert!(decides("*::parse=off", "mycrate::parse::main", Level::Info));
    }

    #[test]
    fn of_equals_the_later_wins() {
        assert!(decides("a=off,a=trace", "a::f", Level::Trace));
        assert!(!decides("debug,error", "a::f", Level::Info));
    }

    #[test]
    fn conditions_are_for_all_or_for_a_path() {
        let (filter, error) = filter("a[depth<2;first=3]=debug, slow>1.5ms, sample=1/10,depth<=7");
        assert_eq!(error, None);
        let general = Conditions {
            depth: Some(8),
            slow: Some(Duration::from_micros(1500)),
            sample: NonZeroU64::new(10),
            first: None,
        };
        let own = filter.decide("a::f", Level::Debug).unwrap();
        assert_eq!(
            filter.conditions(own),
            Conditions {
                depth: Some(2),
                first: Some(3),
                ..general
            }
        );
        // Behind the rules lies the one for the rest; it is off here, and has the conditions that are for all.
        assert_eq!(filter.conditions(own + 1), general);
    }

    #[test]
    fn times_have_units() {
        for (text, nanoseconds) in [
            ("100ns", 100),
            ("3us", 3_000),
            ("3µs", 3_000),
            ("1.5ms", 1_500_000),
            ("2s", 2_000_000_000),
        ] {
            assert_eq!(
                duration(text),
                Some(Duration::from_nanos(nanoseconds)),
                "{text}"
            );
        }
        for text in ["", "5", "ms", "-1s", "1h", "1.2.3s", "1e400s"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_named_and_the_rest_is_used() {
        for (directive, expected) in [
            ("depth<x", "expected a number behind `depth<`"),
            (
                "slow>5",
                "expected a time behind `slow>`, as in `slow>1ms` or `slow>2.5s`",
            ),
            ("sample=3", "expected `sample=1/N` with a number from 1 on"),
            (
                "sample=1/0",
                "expected `sample=1/N` with a number from 1 on",
            ),
            ("first=", "expected a number behind `first=`"),
            (
                "a::b=loud",
                "expected `off`, `error`, `warn`, `info`, `debug` or `trace` behind `a::b=`",
            ),
            (
                "a[depth<1=debug",
                "expected `]` behind the conditions of a path",
            ),
            (
                "a[fast]=debug",
                "one of `depth<N`, `slow>1ms`, `sample=1/N`, `first=N`, not `fast`",
            ),
            ("a[depth<1]debug", "expected `=` and a level behind `a[..]`"),
            (
                "a::::b",
                "expected a level, a path, or a condition: one of `depth<N`, `slow>1ms`, `sample=1/N`, `first=N`",
            ),
            (
                "depth>3",
                "expected a level, a path, or a condition: one of `depth<N`, `slow>1ms`, `sample=1/N`, `first=N`",
            ),
        ] {
            let text = format!("{directive},debug");
            let (filter, error) = filter(&text);
            let wrong = error
                .unwrap_or_else(|| panic!("{directive} is wrong"))
                .wrong;
            assert_eq!(wrong, [(directive.to_owned(), expected.to_owned())]);
            assert!(
                filter.decide("any::f", Level::Debug).is_some(),
                "{directive}"
            );
        }
    }

    #[test]
    fn a_crate_may_be_called_like_a_condition() {
        assert!(decides(
            "sample=debug,first=debug",
            "sample::f",
            Level::Debug
        ));
        assert!(decides(
            "sample=debug,first=debug",
            "first::f",
            Level::Debug
        ));
    }
}
