//! Which functions an error's return trace names: all that it left through, and none that another error did.

#![cfg(not(feature = "off"))]

use stacklens::{ReturnTrace, frame};
use std::fmt;

#[derive(Debug, Clone, PartialEq)]
struct Low(u32);
#[derive(Debug)]
struct High(#[allow(dead_code)] Low);

impl fmt::Display for Low {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "low {}", self.0)
    }
}
impl std::error::Error for Low {}
impl fmt::Display for High {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("high")
    }
}
impl std::error::Error for High {}
impl From<Low> for High {
    fn from(low: Low) -> High {
        High(low)
    }
}

/// The hops' names, innermost first.
fn hops<E: ?Sized>(error: &E) -> Vec<&'static str> {
    let trace = ReturnTrace::of(error);
    trace
        .iter()
        .flat_map(|t| t.hops())
        .map(|hop| hop.frame().name())
        .collect()
}

#[frame]
fn fails(n: u32) -> Result<u32, Low> {
    Err(Low(n))
}

#[frame]
fn even(n: u32) -> Result<u32, Low> {
    if n % 2 == 1 {
        return Err(Low(n));
    }
    Ok(n)
}

/// Fails without a frame.
fn bare(n: u32) -> Result<u32, Low> {
    Err(Low(n))
}

fn bare_even(n: u32) -> Result<u32, Low> {
    if n % 2 == 1 { Err(Low(n)) } else { Ok(n) }
}

/// Each case is a function that is to fail; its error's hops are compared.
macro_rules! traces {
    ($($(#[$attribute:meta])* $name:ident -> $error:ty $body:block is [$($hop:literal),*];)*) => {$(
        #[test]
        $(#[$attribute])*
        fn $name() {
            #[frame(name = "case")]
            #[allow(clippy::all)]
            fn case() -> Result<u32, $error> $body
            let error = case().unwrap_err();
            assert_eq!(hops(&error), [$($hop),*] as [&str; { [$($hop,)* ""].len() - 1 }]);
        }
    )*};
}

traces! {
    question_mark -> Low { Ok(fails(1)?) } is ["fails", "case"];
    tail_call -> Low { fails(1) } is ["fails", "case"];
    returned_call -> Low { if true { return fails(1); } Ok(0) } is ["fails", "case"];
    made_here_by_return -> Low { if true { return Err(Low(1)); } Ok(0) } is ["case"];
    made_here_as_the_tail -> Low { Err(Low(1)) } is ["case"];
    made_by_code_without_frames -> Low { Ok(bare(1)?) } is ["case"];
    converted -> High { Ok(fails(1)?) } is ["fails", "case"];
    converted_by_map_err -> High { fails(1).map_err(High) } is ["fails", "case"];
    converted_by_map_err_and_question -> High { Ok(fails(1).map_err(High)?) } is ["fails", "case"];
    boxed -> Box<dyn std::error::Error> { Ok(fails(1)?) } is ["fails", "case"];
    through_a_function_without_a_frame -> Low {
        fn between() -> Result<u32, Low> { fails(1) }
        Ok(between()?)
    } is ["fails", "case"];
    in_an_argument -> Low { even(fails(1)?) } is ["fails", "case"];
    of_the_second_argument -> Low { let n = even(even(2)? + fails(1)?)?; Ok(n) } is ["fails", "case"];
    in_a_chain -> Low { Ok(even(2)?.pow(fails(1)?)) } is ["fails", "case"];
    in_a_closure_that_is_called -> Low { let f = || fails(1); f() } is ["fails", "case"];
    matched_and_returned -> Low {
        match fails(1) { Ok(n) => Ok(n), Err(error) => Err(error) }
    } is ["fails", "case"];
    matched_and_returned_early -> High {
        let n = match fails(1) { Ok(n) => n, Err(error) => return Err(error.into()) };
        Ok(n)
    } is ["fails", "case"];
    bound_by_if_let_and_returned -> High {
        if let Err(error) = fails(1) { return Err(High(error)); }
        Ok(0)
    } is ["fails", "case"];
    passed_on_by_an_arm -> Low {
        match fails(1) { Ok(n) => Ok(n), failed => failed }
    } is ["fails", "case"];
    stored_then_asked -> Low { let r = fails(1); let _n = even(2)?; Ok(r?) } is ["fails", "case"];
    stored_while_another_fails -> Low {
        let r = fails(1);
        let _ = fails(2);
        Ok(r?)
    } is ["fails", "case"];
    stored_then_the_tail -> Low { let r = fails(1); even(2).ok(); r } is ["fails", "case"];
    through_two_of_the_same_function -> Low {
        #[frame]
        fn twice(n: u32) -> Result<u32, Low> { if n == 0 { fails(1) } else { Ok(twice(n - 1)?) } }
        twice(1)
    } is ["fails", "twice", "twice", "case"];
    // Handled: the error that comes later is another one.
    handled_by_ok -> Low { fails(1).ok(); Ok(bare(2)?) } is ["case"];
    handled_by_unwrap_or -> Low { let n = fails(1).unwrap_or(3); Ok(bare(n)?) } is ["case"];
    handled_by_is_err -> Low { if fails(1).is_err() { bare(2)?; } Ok(0) } is ["case"];
    handled_by_let_underscore -> Low { let _ = fails(1); bare(2) } is ["case"];
    handled_by_match -> Low {
        match fails(1) { Ok(n) => Ok(n), Err(_) => Ok(bare(2)?) }
    } is ["case"];
    handled_and_replaced -> Low { if fails(1).is_err() { return Err(Low(2)); } Ok(0) } is ["case"];
    handled_then_another_call_fails -> Low { fails(1).ok(); fails(2) } is ["fails", "case"];
    handled_inside_a_callee -> Low {
        #[frame]
        fn careful() -> Result<u32, Low> { Ok(fails(1).unwrap_or(0)) }
        Ok(bare(careful()?)?)
    } is ["case"];
    handled_inside_a_callee_in_the_same_statement -> Low {
        #[frame]
        fn careful() -> u32 { fails(1).unwrap_or(0) }
        Ok(bare(careful())?)
    } is ["case"];
    retried -> Low {
        let mut tries = 0;
        loop {
            tries += 1;
            match fails(tries) {
                Ok(n) => return Ok(n),
                Err(_) if tries < 3 => continue,
                Err(error) => return Err(error),
            }
        }
    } is ["fails", "case"];
    retried_until_something_else_fails -> Low {
        for n in [1, 3, 4] {
            match even(n).and_then(|n| bare_even(n + 1)) {
                Ok(_) => break,
                Err(error) if n == 4 => return Err(error),
                Err(_) => {}
            }
        }
        Ok(0)
    } is ["case"];
    collected_in_a_loop -> Low {
        let mut last = None;
        for n in 0..3 {
            if let Err(error) = even(2 * n + 1) { last = Some(error); }
        }
        Err(last.unwrap())
    } is ["case"];
    failed_to_be_made -> High { return Err(High(Low(fails(1)?))); } is ["fails", "case"];
    in_a_destructor_meanwhile -> Low {
        struct Careless;
        impl Drop for Careless {
            fn drop(&mut self) { let _ = fails(7); }
        }
        let _careless = Careless;
        Ok(even(1)?)
    } is ["even", "case"];
    while_converting -> High {
        #[frame]
        fn convert(low: Low) -> High { let _ = fails(9); High(low) }
        Ok(even(1).map_err(convert)?)
    } is ["even", "case"];
    left_by_a_macro -> Low {
        macro_rules! bail { ($n:expr) => { return Err(Low($n)) }; }
        if true { bail!(1); }
        Ok(0)
    } is ["case"];
    left_by_a_macro_that_asks -> Low {
        macro_rules! attempt { ($e:expr) => { match $e { Ok(n) => n, Err(e) => return Err(e) } }; }
        let n = attempt!(fails(1));
        Ok(n)
    } is ["fails", "case"];
    a_macro_that_could_return_and_does_not -> Low {
        macro_rules! attempt { ($e:expr) => { match $e { Ok(n) => n, Err(e) => return Err(e) } }; }
        #[frame]
        fn fine() -> Result<u32, Low> { let n = attempt!(even(2)); Ok(n) }
        Ok(bare(fine()?)?)
    } is ["case"];
    with_a_panic_caught_meanwhile -> Low {
        let _ = std::panic::catch_unwind(|| { let _ = fails(1); std::panic::resume_unwind(Box::new(())) });
        Ok(bare(2)?)
    } is ["case"];
}

#[test]
fn an_error_of_another_thread_has_no_hops_here() {
    let error = std::thread::spawn(|| fails(1)).join().unwrap().unwrap_err();
    assert!(hops(&error).is_empty());
}

#[test]
fn a_joined_error_starts_where_it_is_passed_on() {
    #[frame]
    fn join() -> Result<u32, Low> {
        std::thread::spawn(|| fails(1)).join().unwrap()
    }
    assert_eq!(hops(&join().unwrap_err()), ["join"]);
}

#[test]
fn of_errors_of_two_types_each_has_its_own() {
    #[frame]
    fn number() -> Result<u32, std::num::ParseIntError> {
        "x".parse()
    }
    let low = fails(1).unwrap_err();
    let number = number().unwrap_err();
    assert_eq!((hops(&low), hops(&number)), (vec!["fails"], vec!["number"]));
}

#[test]
fn an_error_that_nothing_annotated_made_has_none() {
    let _ = fails(1);
    assert!(hops(&"x".parse::<f64>().unwrap_err()).is_empty());
}

#[test]
fn hops_tell_place_type_and_values() {
    #[frame]
    fn outer(host: &str) -> Result<u32, High> {
        let port = 80 + 1;
        let n = fails(port)?;
        Ok(n + host.len() as u32)
    }
    let line = line!() - 3;
    let trace = ReturnTrace::of(&outer("localhost").unwrap_err()).unwrap();
    let [inner, outer] = trace.hops() else {
        panic!("{trace:?}")
    };
    assert!(inner.error_type().unwrap().ends_with("::Low"));
    assert_eq!(inner.converted_to(), None);
    assert!(outer.converted_to().unwrap().ends_with("::High"));
    assert_eq!((outer.frame().line(), outer.frame().column()), (line, 28));
    assert_eq!(
        outer.frame().locals().to_string(),
        r#"{host: "localhost", port: 81, n: <not yet assigned>}"#
    );
    assert_eq!(inner.frame().locals().to_string(), "{n: 81}");
}

#[test]
fn a_long_trace_keeps_its_ends_and_counts_the_rest() {
    #[frame]
    fn deep(n: u32) -> Result<u32, Low> {
        if n == 0 {
            return Err(Low(0));
        }
        deep(n - 1)
    }
    let trace = ReturnTrace::of(&deep(199).unwrap_err()).unwrap();
    assert_eq!((trace.hops().len(), trace.omitted()), (64, 136));
    let n = |i: usize| {
        let locals = trace.hops()[i].frame().locals();
        locals.get("n").unwrap().value().as_i64().unwrap()
    };
    assert_eq!((n(0), n(15), n(16), n(63)), (0, 15, 152, 199));
}

#[test]
fn none_is_a_failure_where_the_attribute_says_so() {
    #[frame(trace_none)]
    fn first(list: &[u32]) -> Option<u32> {
        let n = list.first()?;
        Some(*n)
    }
    #[frame]
    fn silent(list: &[u32]) -> Option<u32> {
        let n = list.first()?;
        Some(*n)
    }
    #[frame]
    fn outer(list: &[u32]) -> Result<u32, Low> {
        silent(list);
        first(list).ok_or(Low(0))
    }
    assert_eq!(hops(&outer(&[]).unwrap_err()), ["first", "outer"]);
}

/// Async functions that macros return from.
mod left_early_while_polled {
    use super::*;
    use stacklens::report::How;
    use std::future::{Future, poll_fn};
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    fn run<T>(future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                return value;
            }
        }
    }

    async fn pause() {
        let mut paused = false;
        poll_fn(|_| match std::mem::replace(&mut paused, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }

    macro_rules! give_up {
        ($error:expr) => {
            return Err($error)
        };
    }

    #[frame]
    async fn checked(n: u32) -> Result<u32, Low> {
        pause().await;
        if n > 2 {
            give_up!(Low(n));
        }
        pause().await;
        Ok(n)
    }

    #[test]
    fn they_are_hops() {
        #[frame]
        async fn all(upto: u32) -> Result<u32, High> {
            let mut sum = 0;
            for n in 0..upto {
                sum += checked(n).await?;
            }
            Ok(sum)
        }
        run(all(2)).unwrap();
        let error = run(all(9)).unwrap_err();
        assert_eq!(hops(&error), ["checked", "all"]);
        let trace = ReturnTrace::of(&error).unwrap();
        assert_eq!(trace.hops()[0].frame().locals().to_string(), "{n: 3}");
    }

    #[test]
    fn the_report_says_that_they_were_left_early() {
        let error = run(checked(7)).unwrap_err();
        let report = stacklens::Report::of(&error);
        let exit = report.frames().next_back().unwrap().exit.clone().unwrap();
        assert_eq!(exit.how, How::Early);
        assert!(exit.error_type.unwrap().ends_with("Low"));
    }

    #[test]
    fn by_macros_of_others_too() {
        #[frame]
        async fn level(text: &str) -> anyhow::Result<u8> {
            anyhow::ensure!(!text.is_empty(), "no level given");
            pause().await;
            if text == "9" {
                anyhow::bail!("too high");
            }
            Ok(text.parse()?)
        }
        #[frame]
        async fn levels(first: &str, second: &str) -> anyhow::Result<u8> {
            let first = level(first).await?;
            Ok(first + level(second).await?)
        }
        for (first, second) in [("", "1"), ("1", ""), ("9", "1"), ("1", "9"), ("x", "1")] {
            let error = run(levels(first, second)).unwrap_err();
            assert_eq!(hops(&error), ["level", "levels"], "{first} {second}");
        }
    }

    #[test]
    fn an_error_that_was_handled_before_is_another_one() {
        #[frame]
        async fn patient() -> Result<u32, Low> {
            if let Err(Low(n)) = checked(5).await {
                give_up!(Low(n + 1));
            }
            Ok(0)
        }
        #[frame]
        async fn handled() -> Result<u32, Low> {
            let first = checked(5).await.unwrap_or(1);
            pause().await;
            if first == 1 {
                give_up!(Low(1));
            }
            Ok(first)
        }
        assert_eq!(hops(&run(handled()).unwrap_err()), ["handled"]);
        // Returned from where the other came back: as if it were passed on.
        assert_eq!(
            *hops(&run(patient()).unwrap_err()).last().unwrap(),
            "patient"
        );
    }

    /// As `#[async_trait]` leaves a method to the attribute.
    #[frame]
    fn boxed<'a>(n: &'a u32) -> Pin<Box<dyn Future<Output = Result<u32, Low>> + Send + 'a>> {
        Box::pin(async move {
            if let Some(__ret) = None::<Result<u32, Low>> {
                #[allow(unreachable_code)]
                return __ret;
            }
            let n = n;
            let __ret: Result<u32, Low> = {
                pause().await;
                match *n {
                    3 => give_up!(Low(3)),
                    4 => return Err(Low(4)),
                    5 => Err(Low(5)),
                    6 => checked(6).await,
                    7 => Ok(checked(7).await?),
                    n => Ok(n),
                }
            };
            #[allow(unreachable_code)]
            __ret
        })
    }

    #[test]
    fn in_boxes_too() {
        #[frame]
        fn calls(n: u32) -> Pin<Box<dyn Future<Output = Result<u32, Low>>>> {
            Box::pin(async move {
                let n = boxed(&n).await?;
                Ok(n + 1)
            })
        }
        assert_eq!(run(calls(1)).unwrap(), 2);
        for (n, how, expected) in [
            (3, How::Early, &["boxed", "calls"][..]),
            (4, How::Return, &["boxed", "calls"]),
            (5, How::Tail, &["boxed", "calls"]),
            (6, How::Early, &["checked", "boxed", "calls"]),
            (7, How::Early, &["checked", "boxed", "calls"]),
        ] {
            let error = run(calls(n)).unwrap_err();
            assert_eq!(hops(&error), expected, "{n}");
            let report = stacklens::Report::of(&error);
            let exit = report.frames().next_back().unwrap().exit.clone().unwrap();
            assert_eq!(exit.how, how, "{n}");
        }
    }

    #[test]
    fn what_counts_is_what_they_return() {
        /// No failure, though it is called so.
        type Result = std::result::Result<u32, Low>;
        #[frame]
        async fn aliased(n: u32) -> Result {
            if n > 2 {
                give_up!(Low(n));
            }
            Ok(n)
        }
        #[frame(recursion_limit = 50)]
        async fn limited(n: u32) -> std::result::Result<u32, Low> {
            if n > 2 {
                give_up!(Low(n));
            }
            Ok(n)
        }
        #[frame(trace_none)]
        async fn optional(n: u32) -> Option<u32> {
            macro_rules! none {
                () => {
                    return None
                };
            }
            if n > 2 {
                none!();
            }
            Some(n)
        }
        assert_eq!(hops(&run(aliased(3)).unwrap_err()), ["aliased"]);
        assert_eq!(hops(&run(limited(3)).unwrap_err()), ["limited"]);
        assert_eq!(run(optional(3)), None);
        assert_eq!(run(aliased(1)).unwrap() + run(limited(1)).unwrap(), 2);
    }
}

#[test]
fn async_functions_are_hops_too() {
    #[frame]
    async fn fetch(n: u32) -> Result<u32, Low> {
        std::future::ready(()).await;
        Err(Low(n))
    }
    #[frame]
    async fn gather() -> Result<u32, High> {
        let n = fetch(1).await?;
        Ok(n)
    }
    let mut future = std::pin::pin!(gather());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = future.as_mut().poll(&mut context) else {
        panic!("it is ready and failed")
    };
    assert_eq!(hops(&error), ["fetch", "gather"]);
}
