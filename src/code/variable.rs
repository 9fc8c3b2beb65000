//! One variable of a function: where it can be seen, and where its recorded value is out of date.

use super::decode::Numbers;

/// A variable of a literal that stays.
pub(crate) type Variable = VariableOf<'static>;

/// A variable as the macro described it.
pub(crate) struct VariableOf<'t> {
    name: &'t str,
    flags: u32,
    slot: u32,
    scope_start: u32,
    start: u32,
    end: u32,
    /// Still encoded: looked at only where the recorded value may have changed.
    marks: Numbers<'t>,
    /// Names of the fields that may be moved out.
    #[cfg_attr(not(native_elf), allow(dead_code))]
    fields: &'t str,
}

/// What may have become of a variable's value, for who reads it from memory.
#[cfg(native_elf)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loss<'t> {
    pub(crate) what: What,
    /// Of which field, if of one.
    pub(crate) field: &'t str,
    /// In the statement that runs.
    pub(crate) is_now: bool,
}

/// As the macro tells them apart: what they come to is for the type to say.
#[cfg(native_elf)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// It was taken.
    Whole,
    /// It was taken, unless a type of std's has this method: those borrow.
    ByMethod,
    /// What is in it was taken, if it is a box.
    Content,
    /// A field was taken, unless it was copied.
    Part,
    /// As `ByMethod`, a field.
    PartByMethod,
    /// It was used for the last time: what it refers to may be gone.
    Referred,
}

#[cfg(native_elf)]
impl What {
    fn of(number: u32) -> Option<What> {
        Some(match number {
            0 => What::Whole,
            1 => What::ByMethod,
            2 => What::Content,
            3 => What::Part,
            4 => What::PartByMethod,
            5 => What::Referred,
            _ => return None,
        })
    }
}

/// A loss, and at which positions it is one.
#[cfg(native_elf)]
struct LossAt<'t> {
    position: u32,
    /// The last.
    end: u32,
    what: What,
    /// The statement captures the variable before it does this, and not after.
    captured_before: bool,
    field: &'t str,
}

#[cfg(native_elf)]
impl LossAt<'_> {
    /// Whether it is of the value captured at this position.
    fn follows(&self, captured: u32) -> bool {
        captured < self.position || self.captured_before && captured == self.position
    }
}

/// Whether a variable that is in scope has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Assigned,
    Unassigned,
}

/// Whether the value recorded last is still the variable's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    Current,
    /// It may have been changed since.
    AsOfCapture,
    /// It may have been moved out since.
    MaybeMoved,
}

/// Why a variable has no recorded value anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    Redacted,
    Skipped,
    NotCaptured,
}

const ARGUMENT: u32 = 1;
const CHANGES: u32 = 1 << 1;
const NOT_CAPTURED: u32 = 1 << 2;
const REDACTED: u32 = 1 << 3;
const MOVES: u32 = 1 << 4;
const SKIPPED: u32 = 1 << 5;
const INTERNAL: u32 = 1 << 6;

impl<'t> VariableOf<'t> {
    /// Reads `name flags slot scope_start start end marks.. losses.. fields..`; `None` if one of the first numbers is missing.
    pub(super) fn decode(line: &'t str) -> Option<VariableOf<'t>> {
        let (name, rest) = line.split_once(' ')?;
        let (rest, fields) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut numbers = Numbers::new(rest);
        Some(VariableOf {
            name,
            flags: numbers.next_u32()?,
            slot: numbers.next_u32()?,
            scope_start: numbers.next_u32()?,
            start: numbers.next_u32()?,
            end: numbers.next_u32()?,
            marks: numbers,
            fields,
        })
    }

    pub(crate) fn name(&self) -> &'t str {
        self.name
    }

    pub(crate) fn is_argument(&self) -> bool {
        self.flags & ARGUMENT != 0
    }

    pub(crate) fn is_internal(&self) -> bool {
        self.flags & INTERNAL != 0
    }

    /// The first position at which it has a value.
    #[cfg(native_elf)]
    pub(crate) fn bound(&self) -> u32 {
        self.start
    }

    /// Why there is no value to read. A secret is not read even if a value should be there.
    pub(crate) fn missing(&self) -> Option<Missing> {
        if self.flags & REDACTED != 0 {
            Some(Missing::Redacted)
        } else if self.flags & SKIPPED != 0 {
            Some(Missing::Skipped)
        } else if self.flags & NOT_CAPTURED != 0 {
            Some(Missing::NotCaptured)
        } else {
            None
        }
    }

    /// The slot that holds the value.
    pub(crate) fn slot(&self) -> Option<u32> {
        self.missing().is_none().then_some(self.slot)
    }

    /// Whether the variable is in scope at a position, and has a value there.
    pub(super) fn state_at(&self, position: u32) -> Option<State> {
        if (self.start..=self.end).contains(&position) {
            Some(State::Assigned)
        } else if (self.scope_start..self.start).contains(&position) {
            Some(State::Unassigned)
        } else {
            None
        }
    }

    /// Whether this variable, declared later, is the one that its name means.
    pub(super) fn hides(
        &self,
        state: State,
        (other, other_state): (&VariableOf<'_>, State),
    ) -> bool {
        match (state, other_state) {
            (State::Assigned, State::Unassigned) => true,
            (State::Unassigned, State::Assigned) => false,
            _ => self.start >= other.start,
        }
    }

    /// What became of the value captured at `captured`, seen from `position`.
    ///
    /// A mark counts if control may have passed it in between. The mark of the statement that runs
    /// now does not: what that statement does is not done yet, but in an earlier round of a loop. A capture at a later position than
    /// the present one was made in an earlier round of a loop, so then the marks before the present
    /// position count too.
    pub(crate) fn freshness(&self, captured: u32, position: Within) -> Freshness {
        let (position, begun) = match position {
            Within::Statement(position) => (position, false),
            Within::Further(position) => (position, true),
        };
        let outdated = if self.flags & CHANGES != 0 {
            Freshness::AsOfCapture
        } else if self.flags & MOVES != 0 {
            Freshness::MaybeMoved
        } else {
            return Freshness::Current;
        };
        let passed = |mark: Mark| {
            if mark.position == position {
                // Done in part, or in an earlier round than the one that has just come to it.
                return captured <= position && begun || captured < position && mark.in_loop;
            }
            let since_capture =
                mark.position >= captured && (mark.position < position || mark.in_loop);
            let next_round = captured > position && mark.position < position && mark.in_loop;
            since_capture || next_round
        };
        if self.marks().any(passed) {
            outdated
        } else {
            Freshness::Current
        }
    }

    /// What may have become of the value that the variable had at `captured`: by its binding, if that is not known, or by the
    /// assignment that was seen last. The statement that runs now counts: what it takes may be gone.
    #[cfg(native_elf)]
    pub(crate) fn losses(&self, captured: Option<u32>, position: u32) -> Vec<Loss<'t>> {
        // An argument has its value before the first statement.
        let captured = captured.filter(|&captured| captured > 0 || !self.is_argument());
        let may_be = |loss: &LossAt<'_>| {
            let is_passed = (loss.position..=loss.end).contains(&position);
            match captured {
                None => is_passed,
                Some(captured) if captured <= position => loss.follows(captured) && is_passed,
                // It got its value in an earlier round of a loop.
                Some(captured) => is_passed || loss.follows(captured) && loss.end == u32::MAX,
            }
        };
        let found = self.all_losses().filter(may_be);
        found
            .map(|loss| Loss {
                what: loss.what,
                field: loss.field,
                is_now: loss.position == position,
            })
            .collect()
    }

    /// Whether the statement at a position may take the value, or a part of it.
    #[cfg(native_elf)]
    pub(crate) fn is_taken_at(&self, position: u32) -> bool {
        self.all_losses()
            .any(|loss| loss.position == position && loss.what != What::Referred)
    }

    /// In the order of positions: they come behind the marks, and behind them the names of fields.
    #[cfg(native_elf)]
    fn all_losses(&self) -> impl Iterator<Item = LossAt<'t>> {
        let mut numbers = self.marks.clone();
        let marks = numbers.next_u32().unwrap_or(0);
        let mut left = match (0..marks).all(|_| numbers.next_u32().is_some()) {
            true => numbers.next_u32().unwrap_or(0),
            false => 0,
        };
        let mut position = 0u32;
        let mut fields = self.fields.split(' ');
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let encoded = numbers.next_u32()?;
            position = position.saturating_add(encoded >> 4);
            let what = What::of(encoded & 7)?;
            let is_of_field = matches!(what, What::Part | What::PartByMethod);
            Some(LossAt {
                position,
                end: match numbers.next_u32()? {
                    0 => u32::MAX,
                    length => position.saturating_add(length - 1),
                },
                what,
                captured_before: encoded & 8 != 0,
                field: is_of_field.then(|| fields.next()).flatten().unwrap_or(""),
            })
        })
    }

    /// The positions at which the variable may change or be moved, in order.
    fn marks(&self) -> impl Iterator<Item = Mark> {
        let mut numbers = self.marks.clone();
        let mut left = numbers.next_u32().unwrap_or(0);
        let mut position = 0u32;
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let encoded = numbers.next_u32()?;
            position = position.saturating_add(encoded >> 1);
            Some(Mark {
                position,
                in_loop: encoded & 1 != 0,
            })
        })
    }
}

/// Where control is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// In the statement of this position.
    Statement(u32),
    /// In that one, or in one behind it that has no position: nothing in it can be observed, but that it panics.
    Further(u32),
}

impl Within {
    pub(crate) fn position(self) -> u32 {
        let (Within::Statement(position) | Within::Further(position)) = self;
        position
    }
}

struct Mark {
    position: u32,
    in_loop: bool,
}

#[cfg(test)]
mod tests {
    use super::super::fixture::numbers;
    use super::Within::{Further, Statement};
    use super::*;

    /// A variable of positions 2 to 20 with these marks.
    fn variable(flags: u32, marks: &[(u64, bool)]) -> Variable {
        let mut n = vec![u64::from(flags), 0, 1, 2, 20, marks.len() as u64];
        let mut last = 0;
        for (position, in_loop) in marks {
            n.push((position - last) * 2 + u64::from(*in_loop));
            last = *position;
        }
        Variable::decode(format!("v {}", numbers(&n)).leak()).unwrap()
    }

    #[test]
    fn a_binding_that_cannot_change_is_always_current() {
        let v = variable(0, &[(5, true)]);
        assert_eq!(v.freshness(2, Statement(9)), Freshness::Current);
    }

    #[test]
    fn what_a_statement_has_begun_to_change_is_out_of_date_further_on() {
        let v = variable(CHANGES, &[(5, true)]);
        assert_eq!(v.freshness(2, Further(5)), Freshness::AsOfCapture);
        assert_eq!(v.freshness(5, Further(5)), Freshness::AsOfCapture);
        let v = variable(CHANGES, &[(5, false)]);
        assert_eq!(v.freshness(2, Further(4)), Freshness::Current);
        assert_eq!(v.freshness(2, Further(5)), Freshness::AsOfCapture);
        assert_eq!(v.freshness(6, Further(7)), Freshness::Current);
    }

    #[test]
    fn a_value_is_out_of_date_once_a_change_was_passed() {
        let v = variable(CHANGES, &[(5, false)]);
        assert_eq!(
            v.freshness(2, Statement(4)),
            Freshness::Current,
            "not reached"
        );
        assert_eq!(
            v.freshness(2, Statement(5)),
            Freshness::Current,
            "about to happen"
        );
        assert_eq!(
            v.freshness(2, Statement(6)),
            Freshness::AsOfCapture,
            "passed"
        );
        assert_eq!(
            v.freshness(6, Statement(7)),
            Freshness::Current,
            "captured again since"
        );
        assert_eq!(
            v.freshness(5, Statement(6)),
            Freshness::AsOfCapture,
            "captured before the statement that changes it"
        );
    }

    #[test]
    fn a_change_further_down_in_a_loop_may_have_happened_in_an_earlier_round() {
        let v = variable(CHANGES, &[(8, true)]);
        assert_eq!(v.freshness(2, Statement(5)), Freshness::AsOfCapture);
        assert_eq!(v.freshness(2, Statement(8)), Freshness::AsOfCapture);
        assert_eq!(
            v.freshness(8, Statement(8)),
            Freshness::Current,
            "captured as the statement began"
        );
        assert_eq!(
            variable(CHANGES, &[(8, false)]).freshness(2, Statement(5)),
            Freshness::Current
        );
    }

    #[test]
    fn a_value_of_an_earlier_round_is_out_of_date_after_a_change_in_this_one() {
        let v = variable(CHANGES, &[(4, true)]);
        assert_eq!(v.freshness(8, Statement(6)), Freshness::AsOfCapture);
        assert_eq!(v.freshness(8, Statement(3)), Freshness::Current);
        assert_eq!(v.freshness(5, Statement(6)), Freshness::Current);
    }

    #[test]
    fn a_binding_that_only_moves_is_maybe_moved() {
        let v = variable(MOVES, &[(5, false)]);
        assert_eq!(v.freshness(2, Statement(5)), Freshness::Current);
        assert_eq!(v.freshness(2, Statement(6)), Freshness::MaybeMoved);
    }

    #[cfg(native_elf)]
    #[test]
    fn a_variable_is_lost_from_the_statement_on_that_may_take_it() {
        let line =
            |numbers_of: &[u64]| Variable::decode(format!("v {}", numbers(numbers_of)).leak());
        let lost = |v: &Variable, captured, position| !v.losses(captured, position).is_empty();
        // From position 2 on; a change at 4; taken at 5 for good and at 9 as long as the block lasts, up to 11.
        let v = line(&[0, 0, 1, 2, 20, 1, 8, 2, 5 * 16, 0, 4 * 16, 3]).unwrap();
        assert!(!lost(&v, None, 4));
        assert!(lost(&v, None, 5) && lost(&v, None, 7) && lost(&v, None, 20));
        assert!(!lost(&v, Some(6), 8), "assigned again");
        assert!(lost(&v, Some(6), 9) && lost(&v, Some(6), 11));
        assert!(!lost(&v, Some(6), 12), "its block went to its end");
        assert!(!lost(&v, Some(7), 4), "assigned in an earlier round");
        assert!(lost(&v, Some(10), 5));
        let recaptured = line(&[0, 0, 1, 2, 20, 1, 8, 1, 5 * 16 + 8, 0]).unwrap();
        assert!(lost(&recaptured, Some(5), 5) && !lost(&recaptured, Some(6), 7));
        let without = line(&[0, 0, 1, 2, 20, 1, 8]).unwrap();
        assert!(!lost(&without, None, 20));
    }

    #[cfg(native_elf)]
    #[test]
    fn an_argument_may_be_lost_to_the_first_statement() {
        let numbers = numbers(&[1, 0, 0, 0, 20, 0, 1, 0, 0]);
        let v = Variable::decode(format!("v {numbers}").leak()).unwrap();
        assert_eq!(v.losses(Some(0), 0).len(), 1);
        assert!(v.is_taken_at(0) && !v.is_taken_at(1));
    }

    #[cfg(native_elf)]
    #[test]
    fn losses_of_fields_have_their_names() {
        let numbers = numbers(&[0, 0, 1, 2, 20, 0, 3, 5 * 16 + 3, 0, 5, 0, 4, 0]);
        let v = Variable::decode(format!("v {numbers} items tail").leak()).unwrap();
        let all = |is_now| {
            [
                (What::Part, "items"),
                (What::Referred, ""),
                (What::PartByMethod, "tail"),
            ]
            .map(|(what, field)| Loss {
                what,
                field,
                is_now,
            })
        };
        assert_eq!(v.losses(None, 5), all(true));
        assert_eq!(v.losses(None, 6), all(false));
    }

    #[test]
    fn a_secret_has_no_slot_whatever_else_is_said_of_it() {
        let v = variable(REDACTED | NOT_CAPTURED | SKIPPED, &[]);
        assert_eq!((v.missing(), v.slot()), (Some(Missing::Redacted), None));
        assert_eq!(
            variable(NOT_CAPTURED | SKIPPED, &[]).missing(),
            Some(Missing::Skipped)
        );
        assert_eq!(variable(0, &[]).slot(), Some(0));
    }

    #[test]
    fn more_marks_promised_than_there_are_is_no_harm() {
        let v = Variable::decode(
            format!("v {}", numbers(&[CHANGES.into(), 0, 1, 2, 20, 900, 10])).leak(),
        )
        .unwrap();
        assert_eq!(v.freshness(2, Statement(9)), Freshness::AsOfCapture);
        assert_eq!(v.freshness(6, Statement(9)), Freshness::Current);
    }
}
