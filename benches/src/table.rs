//! The table, as text and as JSON.

use crate::row::{Counted, Outcome, Verdict};
use std::fmt::Write;

const HEAD: [&str; 5] = ["", "measured", "budget", "", "time, x a plain call"];

/// Instructions (or allocations, where a row says so) over the same work without; then time.
pub(crate) fn text(outcomes: &[Outcome], remarks: &[String]) -> String {
    let mut lines: Vec<[String; 5]> = vec![HEAD.map(str::to_owned)];
    let mut section: Option<&str> = None;
    for outcome in outcomes {
        if section != Some(outcome.row.section) {
            section = Some(outcome.row.section);
            lines.push([
                outcome.row.section.to_owned(),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
            ]);
        }
        lines.push(line(outcome));
    }
    let width = |column: usize| {
        lines
            .iter()
            .map(|line| line[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    let mut out = String::from(
        "Instructions over the same call without a frame (rows of allocations say so).\n\n",
    );
    for line in &lines {
        let [name, measured, budget, verdict, time] = line;
        let [a, b, c, d, e] = widths;
        let row = format!("{name:<a$}  {measured:>b$}  {budget:<c$}  {verdict:<d$}  {time:>e$}");
        writeln!(out, "{}", row.trim_end()).unwrap();
    }
    for remark in remarks {
        write!(out, "\n{remark}").unwrap();
    }
    if !remarks.is_empty() {
        out.push('\n');
    }
    out
}

fn line(outcome: &Outcome) -> [String; 5] {
    let budget = outcome
        .row
        .budget
        .map_or(String::new(), |budget| match budget.goal {
            Some(goal) => format!("<= {}, goal {goal}", grouped(budget.most)),
            None => format!("<= {}", grouped(budget.most)),
        });
    [
        format!("  {}", outcome.row.name),
        outcome.measured.map_or("-".to_owned(), number),
        budget,
        verdict(outcome.verdict()).to_owned(),
        outcome.times_bare.map_or(String::new(), number),
    ]
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NoBudget => "",
        Verdict::Unmeasured => "not measured",
        Verdict::Ok => "ok",
        Verdict::Over => "OVER",
    }
}

/// One decimal place where it tells something.
fn number(number: f64) -> String {
    // Not "-0.0".
    let number = if number.abs() < 0.05 { 0.0 } else { number };
    if number.abs() < 1000.0 {
        format!("{number:.1}")
    } else {
        grouped(number.round())
    }
}

fn grouped(number: f64) -> String {
    let digits = format!("{}", number.abs());
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut out = String::from(if number < 0.0 { "-" } else { "" });
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + fraction
}

pub(crate) fn json(outcomes: &[Outcome]) -> String {
    let rows = outcomes.iter().map(|outcome| {
        serde_json::json!({
            "section": outcome.row.section,
            "name": outcome.row.name,
            "unit": match outcome.row.counted {
                Counted::Allocations => "allocations",
                _ => "instructions",
            },
            "measured": outcome.measured,
            "budget": outcome.row.budget.map(|budget| budget.most),
            "goal": outcome.row.budget.and_then(|budget| budget.goal),
            "verdict": verdict(outcome.verdict()).to_lowercase(),
            "times_bare": outcome.times_bare,
        })
    });
    format!("{:#}", serde_json::Value::Array(rows.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Row;
    use crate::work::{BARE, NOTHING};

    fn outcomes() -> Vec<Outcome> {
        let ours = Row::new("stacklens", "enter + leave", BARE, NOTHING)
            .budget(18.0)
            .goal(14.0);
        let peer = Row::new("peers", "another", BARE, NOTHING);
        vec![
            Outcome {
                row: ours,
                measured: Some(21.04),
                times_bare: Some(1.3),
            },
            Outcome {
                row: peer,
                measured: Some(54_321.4),
                times_bare: None,
            },
        ]
    }

    #[test]
    fn measured_stands_beside_budget() {
        let text = text(&outcomes(), &["A remark.".to_owned()]);
        let expected = "\
Instructions over the same call without a frame (rows of allocations say so).

                 measured  budget                time, x a plain call
stacklens
  enter + leave      21.0  <= 18, goal 14  OVER                   1.3
peers
  another          54,321

A remark.
";
        assert_eq!(text, expected);
    }

    #[test]
    fn json_says_the_same() {
        let rows: serde_json::Value = serde_json::from_str(&json(&outcomes())).unwrap();
        assert_eq!(rows[0]["verdict"], "over");
        assert_eq!(
            (&rows[0]["budget"], &rows[0]["measured"]),
            (&18.0.into(), &21.04.into())
        );
        assert!(rows[1]["budget"].is_null() && rows[1]["times_bare"].is_null());
    }

    #[test]
    fn numbers_are_readable() {
        let shown = [0.0, -0.01, 14.96, 999.94, 1000.0, -1234.5].map(number);
        assert_eq!(shown, ["0.0", "0.0", "15.0", "999.9", "1,000", "-1,235"]);
        assert_eq!(grouped(0.5), "0.5");
    }
}
