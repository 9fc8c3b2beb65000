//! A line of the table: what is measured, against which budget, and how it came out.

use crate::bench::Bench;

/// What is counted.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Counted {
    Instructions,
    /// Instructions of this program built with stacklens switched off.
    InstructionsOff,
    Allocations,
    /// Nothing but time: where the work switches stacks, callgrind loses track of what it is in.
    TimeAlone,
}

#[derive(Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) most: f64,
    pub(crate) goal: Option<f64>,
}

#[derive(Clone, Copy)]
pub(crate) struct Row {
    /// Rows of the same one stand together under it.
    pub(crate) section: &'static str,
    pub(crate) name: &'static str,
    pub(crate) counted: Counted,
    pub(crate) bench: Bench,
    /// The same without what the row is about; its count is subtracted.
    pub(crate) less: Option<Bench>,
    /// How many of what the row is about one iteration does.
    pub(crate) per: u64,
    pub(crate) budget: Option<Budget>,
    /// Whether the time of an iteration, divided by `per`, means something.
    pub(crate) timed: bool,
    /// A row that tests this program.
    pub(crate) control: bool,
}

impl Row {
    /// Instructions of `bench` over those of `less`.
    pub(crate) const fn new(
        section: &'static str,
        name: &'static str,
        bench: Bench,
        less: Bench,
    ) -> Row {
        Row {
            section,
            name,
            counted: Counted::Instructions,
            bench,
            less: Some(less),
            per: 1,
            budget: None,
            timed: true,
            control: false,
        }
    }

    pub(crate) const fn allocations(
        section: &'static str,
        name: &'static str,
        bench: Bench,
    ) -> Row {
        Row {
            counted: Counted::Allocations,
            less: None,
            timed: false,
            ..Row::new(section, name, bench, bench)
        }
    }

    pub(crate) const fn time_alone(section: &'static str, name: &'static str, bench: Bench) -> Row {
        Row {
            counted: Counted::TimeAlone,
            less: None,
            ..Row::new(section, name, bench, bench)
        }
    }

    pub(crate) const fn switched_off(self) -> Row {
        Row {
            counted: Counted::InstructionsOff,
            ..self
        }
    }

    pub(crate) const fn per(self, per: u64) -> Row {
        Row { per, ..self }
    }

    pub(crate) const fn budget(self, most: f64) -> Row {
        Row {
            budget: Some(Budget { most, goal: None }),
            ..self
        }
    }

    pub(crate) const fn goal(self, goal: f64) -> Row {
        match self.budget {
            Some(Budget { most, .. }) => Row {
                budget: Some(Budget {
                    most,
                    goal: Some(goal),
                }),
                ..self
            },
            None => self,
        }
    }

    pub(crate) const fn untimed(self) -> Row {
        Row {
            timed: false,
            ..self
        }
    }

    pub(crate) const fn control(self) -> Row {
        Row {
            control: true,
            ..self
        }
    }
}

/// What came of a row. `None`: it could not be measured here.
pub(crate) struct Outcome {
    pub(crate) row: Row,
    pub(crate) measured: Option<f64>,
    /// Time of one, in plain calls.
    pub(crate) times_bare: Option<f64>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Verdict {
    NoBudget,
    Unmeasured,
    Ok,
    Over,
}

impl Outcome {
    pub(crate) fn verdict(&self) -> Verdict {
        match (self.row.budget, self.measured) {
            (None, _) => Verdict::NoBudget,
            (Some(_), None) => Verdict::Unmeasured,
            // A rare instruction (a buffer that grows) does not make an average of a whole number.
            (Some(budget), Some(measured)) if measured <= budget.most + 0.05 => Verdict::Ok,
            _ => Verdict::Over,
        }
    }
}

/// The exit status of `--check`. What was not measured was not checked, and is not passed.
pub(crate) fn status(outcomes: &[Outcome]) -> u8 {
    let has = |verdict| outcomes.iter().any(|outcome| outcome.verdict() == verdict);
    match (has(Verdict::Over), has(Verdict::Unmeasured)) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::{BARE, NOTHING};

    fn outcome(budget: Option<f64>, measured: Option<f64>) -> Outcome {
        let row = Row::new("stacklens", "row", BARE, NOTHING);
        let row = budget.map_or(row, |most| row.budget(most));
        Outcome {
            row,
            measured,
            times_bare: None,
        }
    }

    #[test]
    fn a_row_over_its_budget_fails_the_check() {
        let within = || outcome(Some(18.0), Some(18.0));
        let over = outcome(Some(18.0), Some(18.1));
        assert_eq!(
            (within().verdict(), over.verdict()),
            (Verdict::Ok, Verdict::Over)
        );
        assert_eq!(status(&[within()]), 0);
        assert_eq!(status(&[within(), over, outcome(Some(1.0), None)]), 1);
    }

    #[test]
    fn a_row_without_a_budget_is_never_over_it() {
        assert_eq!(status(&[outcome(None, Some(1e9)), outcome(None, None)]), 0);
    }

    #[test]
    fn what_was_not_measured_is_not_passed() {
        assert_eq!(
            status(&[outcome(Some(18.0), None), outcome(Some(18.0), Some(1.0))]),
            2
        );
    }
}
