//! The language of the `tour` example computes what its grammar promises, and points at what is wrong.

#[path = "../examples/tour/language/mod.rs"]
#[allow(dead_code)] // what the tour alone shows
mod language;

use language::{Value, run};

/// What the last setting of a program comes to.
fn last(source: &str) -> String {
    match run(source) {
        Ok(evaluation) => evaluation.settings.last().expect("a setting").1.to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn operators_bind_as_in_arithmetic() {
    assert_eq!(last("x = 1 + 2 * 3 - 4 / 2"), "5");
    assert_eq!(last("x = 10 - 3 - 2"), "5");
    assert_eq!(last("x = (1 + 2) * -3"), "-9");
    assert_eq!(last("x = not 1 + 1 == 3 and 2 >= 2 or false"), "true");
}

#[test]
fn and_and_or_leave_out_what_they_do_not_need() {
    assert_eq!(last(r#"x = false and fail("seen")"#), "false");
    assert_eq!(last(r#"x = true or fail("seen")"#), "true");
}

#[test]
fn texts_and_lists_are_joined_and_compared() {
    assert_eq!(last(r#"x = "a \"b\"" + "\n""#), r#""a \"b\"\n""#);
    assert_eq!(last("x = [1, 2] + [[3]]"), "[1, 2, [3]]");
    assert_eq!(last("x = [1, [2]] == [1, [2]]"), "true");
    assert_eq!(last("x = [[1, 2], [3],][0][1]"), "2");
}

#[test]
fn functions_recurse_and_see_settings_and_only_their_own_parameters() {
    assert_eq!(
        last("fn f(n) = if n <= 1 then 1 else n * f(n - 1) x = f(5)"),
        "120"
    );
    assert_eq!(last("k = 3 x = f(4) fn f(n) = n * k"), "12");
    assert_eq!(
        last("fn f(n) = g() fn g() = n x = f(1)"),
        "1:24: nothing is called `n` here"
    );
}

#[test]
fn comments_and_line_ends_mean_nothing() {
    assert_eq!(last("# one\nx # two\n=\n1 +\n# three\n2"), "3");
    assert_eq!(last("a = 1\nb = a\n  - 3 # not a new setting"), "-2");
}

#[test]
fn a_later_setting_replaces_an_earlier_one_from_there_on() {
    let settings = run("a = 1 b = a a = 2 c = a")
        .expect("no mistakes")
        .settings;
    assert_eq!(settings[1], ("b".to_owned(), Value::Number(1.0)));
    assert_eq!(settings[3], ("c".to_owned(), Value::Number(2.0)));
}

#[test]
fn mistakes_are_found_at_their_place() {
    let cases = [
        (
            "x = 1 +",
            "1:8: expected a value, found the end of the file",
        ),
        ("x = 1\ny 2", "2:3: expected `=`, found `2`"),
        ("if = 1", "1:1: expected a name, found `if`"),
        ("x = 1.2.3", "1:5: `1.2.3` is not a number"),
        (
            "x = \"ü\" + \"a\ny = 1",
            "1:11: this text has no closing quote on its line",
        ),
        ("x = 1 ; y = 2", "1:7: ';' does not begin anything"),
        (
            "x = 1 * \"a\"",
            "1:7: `*` does not work on a number and a text",
        ),
        (
            "x = if 1 then 2 else 3",
            "1:8: this is a number, 1, and has to be a truth value",
        ),
        ("x = [1, 2][2]", "1:12: there is no item 2 in 2 items"),
        ("x = [1, 2][0.5]", "1:12: there is no item 0.5 in 2 items"),
        ("x = first([])", "1:5: an empty list has no first item"),
        ("x = round(1)", "1:5: `round` takes 2 arguments, not 1"),
        ("fn f(a) = a x = f()", "1:17: `f` takes 1 argument, not 0"),
        ("x = f(1)", "1:5: there is no function `f`"),
        ("x = fail(\"no\")", "1:5: no"),
    ];
    for (source, message) in cases {
        assert_eq!(last(source), message, "{source}");
    }
}

#[test]
fn nesting_and_recursion_end_before_the_stack_does() {
    let nested = "more than 50 expressions are nested here";
    for opening in ["(", "[", "-", "not ", "f(", "1 + ("] {
        let message = last(&format!("x = {}", opening.repeat(1000)));
        assert!(message.ends_with(nested), "{opening}: {message}");
    }
    let endless = last("fn f(n) = f(n + 1) x = f(0)");
    assert_eq!(endless, "1:13: more than 250 expressions are under way");
}

#[test]
#[cfg_attr(feature = "off", ignore = "nothing is recorded")]
fn the_stack_of_a_mistake_leads_to_the_function_that_found_it() {
    let error = run("fn half(n) = n / \"2\"\nx = half(3)")
        .err()
        .expect("a mistake");
    let names: Vec<_> = error.stack.iter().map(|frame| frame.name()).collect();
    assert_eq!(names, ["apply", "binary", "call", "settings", "run"]);

    let locals = error.stack[0].locals();
    assert_eq!(
        locals.get("left").expect("an argument").value().to_string(),
        "Number(3.0)"
    );
    assert_eq!(
        locals
            .get("right")
            .expect("an argument")
            .value()
            .to_string(),
        "Text(\"2\")"
    );
}

#[test]
#[cfg_attr(feature = "off", ignore = "nothing is recorded")]
fn the_deepest_moment_is_that_of_the_innermost_call() {
    let source = "fn f(n) = if n < 1 then 0 else f(n - 1) x = f(2)";
    let deepest = run(source).expect("no mistakes").deepest;
    let calls = deepest.iter().filter(|frame| frame.name() == "call");
    assert_eq!(calls.count(), 3);
}
