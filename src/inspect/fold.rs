//! Which frames of a long stack are printed.

use crate::capture::Limits;
use std::fmt;

/// One line of a printed stack: a frame, by its index, or what stands for frames left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Frame(usize),
    /// The `frames` before this line come another `times` times.
    Repeated {
        frames: usize,
        times: usize,
    },
    /// Frames cut out of the middle.
    Omitted(usize),
    /// Frames of functions marked `#[frame(hide)]`.
    Hidden(usize),
    /// Frames of which nothing is known.
    Unrecorded(usize),
    /// What follows ran elsewhere, as the entry with this index says.
    Joined(usize),
}

impl Row {
    fn frames(self) -> usize {
        match self {
            Row::Frame(_) => 1,
            Row::Repeated { frames, times } => frames.saturating_mul(times),
            Row::Omitted(n) | Row::Hidden(n) | Row::Unrecorded(n) => n,
            Row::Joined(_) => 0,
        }
    }
}

/// Counts repetitions instead of listing them: of one frame, or of a few that call each other in a
/// circle. `same` says whether the frames at two indices are at the same place of the same
/// function. Linear in `len`.
pub(crate) fn collapse(
    limits: &Limits,
    len: usize,
    same: impl Fn(usize, usize) -> bool,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < len {
        let repetition = (1..=limits.cycle).find_map(|cycle| {
            let matching = (at..len.saturating_sub(cycle))
                .take_while(|&i| same(i, i + cycle))
                .count();
            let rounds = matching / cycle + 1;
            (rounds > limits.repeats).then_some((cycle, rounds))
        });
        match repetition {
            Some((cycle, rounds)) => {
                rows.extend((at..at + cycle * limits.repeats).map(Row::Frame));
                rows.push(Row::Repeated {
                    frames: cycle,
                    times: rounds - limits.repeats,
                });
                at += cycle * rounds;
            }
            None => {
                rows.push(Row::Frame(at));
                at += 1;
            }
        }
    }
    rows
}

/// Shows the last round of a repetition at the end instead of counting it: where a traceback ends is what it is read for.
/// `len` is the number of frames that `rows` are of.
pub(crate) fn show_last_round(mut rows: Vec<Row>, len: usize) -> Vec<Row> {
    if let Some(&Row::Repeated { frames, times }) = rows.last() {
        rows.pop();
        if times > 1 {
            rows.push(Row::Repeated {
                frames,
                times: times - 1,
            });
        }
        rows.extend((len - frames..len).map(Row::Frame));
    }
    rows
}

/// Keeps the first and the last of the frames that are printed. Hidden ones stay where they are but
/// do not count.
pub(crate) fn cut(limits: &Limits, rows: Vec<Row>, hidden: impl Fn(usize) -> bool) -> Vec<Row> {
    let (first, last) = (limits.frames_first, limits.frames_last);
    let printed = |row: &Row| matches!(row, Row::Frame(i) if !hidden(*i));
    let printed: Vec<usize> = (0..rows.len()).filter(|&at| printed(&rows[at])).collect();
    if printed.len() <= first.saturating_add(last) {
        return rows;
    }
    let start = first.checked_sub(1).map_or(0, |nth| printed[nth] + 1);
    let end = last
        .checked_sub(1)
        .map_or(rows.len(), |nth| printed[printed.len() - 1 - nth]);
    let omitted = rows[start..end]
        .iter()
        .fold(0, |n: usize, row| n.saturating_add(row.frames()));
    let omitted = [Row::Omitted(omitted)];
    // Where it goes on elsewhere is said all the same.
    let is_joint = |row: &&Row| matches!(row, Row::Joined(_));
    let joints: Vec<Row> = rows[start..end].iter().filter(is_joint).copied().collect();
    [&rows[..start], &omitted, &joints, &rows[end..]].concat()
}

/// Puts a count in the place of each run of hidden frames.
pub(crate) fn hide(rows: Vec<Row>, hidden: impl Fn(usize) -> bool) -> Vec<Row> {
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        match row {
            Row::Frame(i) if hidden(i) => match shown.last_mut() {
                Some(Row::Hidden(n)) => *n += 1,
                _ => shown.push(Row::Hidden(1)),
            },
            row => shown.push(row),
        }
    }
    shown
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = |n: usize| if n == 1 { "" } else { "s" };
        match *self {
            Row::Frame(i) => write!(f, "[{i}]"),
            Row::Repeated { frames: 1, times } => {
                write!(f, "[previous frame repeated {times} more time{}]", s(times))
            }
            Row::Repeated { frames, times } => {
                write!(
                    f,
                    "[previous {frames} frames repeated {times} more time{}]",
                    s(times)
                )
            }
            Row::Omitted(n) => write!(f, "[{n} frame{} not shown]", s(n)),
            Row::Hidden(n) => write!(f, "[{n} hidden frame{}]", s(n)),
            Row::Unrecorded(n) => write!(f, "[{n} frame{} not recorded]", s(n)),
            Row::Joined(_) => f.write_str("[joined]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Row::*;

    const LIMITS: &Limits = &Limits::DEFAULT;

    fn collapsed(places: &str) -> Vec<Row> {
        let places = places.as_bytes();
        collapse(LIMITS, places.len(), |a, b| places[a] == places[b])
    }

    fn frames(range: std::ops::Range<usize>) -> impl Iterator<Item = Row> {
        range.map(Frame)
    }

    #[test]
    fn the_last_round_of_a_recursion_is_shown() {
        let rows = show_last_round(collapsed("mffffff"), 7);
        let shown = [Frame(0), Frame(1), Frame(2), Frame(3)];
        let end = [
            Repeated {
                frames: 1,
                times: 2,
            },
            Frame(6),
        ];
        assert_eq!(rows, [&shown[..], &end].concat());
        // Four rounds are all there is to show.
        assert_eq!(
            show_last_round(collapsed("mffff"), 5),
            frames(0..5).collect::<Vec<_>>()
        );
        let rows = show_last_round(collapsed("ababababab"), 10);
        assert_eq!(
            rows[6..],
            [
                Repeated {
                    frames: 2,
                    times: 1
                },
                Frame(8),
                Frame(9)
            ]
        );
        assert_eq!(show_last_round(collapsed("fffffm"), 6), collapsed("fffffm"));
    }

    #[test]
    fn three_rounds_are_printed_in_full() {
        assert_eq!(collapsed("mffft"), frames(0..5).collect::<Vec<_>>());
        assert_eq!(collapsed("mababab"), frames(0..7).collect::<Vec<_>>());
        assert_eq!(collapsed(""), []);
    }

    #[test]
    fn from_the_fourth_round_on_repetitions_are_counted() {
        let rows = collapsed("mfffft");
        assert_eq!(
            rows,
            [
                Frame(0),
                Frame(1),
                Frame(2),
                Frame(3),
                Repeated {
                    frames: 1,
                    times: 1
                },
                Frame(5)
            ]
        );
    }

    #[test]
    fn cycles_of_two_to_eight_frames_are_counted_too() {
        let rows = collapsed(&format!("m{}t", "ab".repeat(500)));
        let expected: Vec<Row> = frames(0..7)
            .chain([
                Repeated {
                    frames: 2,
                    times: 497,
                },
                Frame(1001),
            ])
            .collect();
        assert_eq!(rows, expected);
        let rows = collapsed(&"abcdefgh".repeat(10));
        assert_eq!(
            rows.last(),
            Some(&Repeated {
                frames: 8,
                times: 7
            })
        );
        assert_eq!(collapsed(&"abcdefghi".repeat(10)).len(), 90);
    }

    #[test]
    fn a_cycle_that_was_left_midway_shows_the_rest() {
        let rows = collapsed(&format!("{}a", "ab".repeat(5)));
        assert_eq!(rows.last(), Some(&Frame(10)));
    }

    #[test]
    fn no_frame_is_lost() {
        for text in [
            "aabbaabbaabbaabbab",
            "aaaaabaaaaabaaaaabaaaaab",
            "abcabcabcabcabdabcabc",
        ] {
            let n: usize = collapsed(text).iter().map(|row| row.frames()).sum();
            assert_eq!(n, text.len(), "{text}");
        }
    }

    #[test]
    fn of_more_than_a_hundred_frames_the_middle_is_counted() {
        let all = |n| frames(0..n).collect::<Vec<_>>();
        assert_eq!(cut(LIMITS, all(100), |_| false), all(100));
        let expected: Vec<Row> = frames(0..50)
            .chain([Omitted(1)])
            .chain(frames(51..101))
            .collect();
        assert_eq!(cut(LIMITS, all(101), |_| false), expected);
    }

    #[test]
    fn a_limit_of_none_shows_none() {
        let mut limits = Limits::DEFAULT;
        limits.frames_last = 0;
        limits.frames_first = 1;
        assert_eq!(
            cut(&limits, frames(0..3).collect(), |_| false),
            [Frame(0), Omitted(2)]
        );
        limits.frames_first = 0;
        assert_eq!(
            cut(&limits, frames(0..3).collect(), |_| false),
            [Omitted(3)]
        );
        limits.repeats = 0;
        assert_eq!(
            collapse(&limits, 3, |_, _| true),
            [Repeated {
                frames: 1,
                times: 3
            }]
        );
    }

    #[test]
    fn frames_counted_as_repeated_count_again_where_they_are_cut() {
        let mut rows: Vec<Row> = frames(0..60).collect();
        rows.push(Repeated {
            frames: 2,
            times: 100,
        });
        rows.extend(frames(260..320));
        let shown = cut(LIMITS, rows, |_| false);
        assert_eq!(shown[50], Omitted(10 + 200 + 10));
        assert_eq!(shown.len(), 101);
    }

    #[test]
    fn hidden_frames_do_not_use_up_the_hundred() {
        let rows: Vec<Row> = frames(0..200).collect();
        assert_eq!(cut(LIMITS, rows.clone(), |i| i % 2 == 0), rows);
    }

    #[test]
    fn runs_of_hidden_frames_are_one_line() {
        let shown = hide(frames(0..6).collect(), |i| matches!(i, 1 | 2 | 5));
        assert_eq!(shown, [Frame(0), Hidden(2), Frame(3), Frame(4), Hidden(1)]);
    }

    #[test]
    fn each_gap_says_what_is_missing() {
        let text = |row: Row| row.to_string();
        assert_eq!(
            text(Repeated {
                frames: 1,
                times: 996
            }),
            "[previous frame repeated 996 more times]"
        );
        assert_eq!(
            text(Repeated {
                frames: 2,
                times: 1
            }),
            "[previous 2 frames repeated 1 more time]"
        );
        assert_eq!(text(Omitted(900)), "[900 frames not shown]");
        assert_eq!(text(Hidden(1)), "[1 hidden frame]");
        assert_eq!(text(Unrecorded(3)), "[3 frames not recorded]");
    }
}
