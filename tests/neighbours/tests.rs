//! Attributes of test harnesses and runtimes, in both orders.

#![deny(warnings)]

fn here() -> String {
    stacklens::currentframe().map_or_else(String::new, |frame| frame.name().to_owned())
}

#[stacklens::frame]
#[test]
fn test_below() {
    assert_eq!(here(), "test_below");
}

#[test]
#[stacklens::frame]
fn test_above() {
    assert_eq!(here(), "test_above");
}

#[stacklens::frame]
#[test]
#[should_panic(expected = "as it should")]
fn test_that_panics() {
    panic!("as it should");
}

#[test]
#[stacklens::frame]
fn test_with_a_result() -> Result<(), std::num::ParseIntError> {
    let n: u8 = "12".parse()?;
    assert_eq!(n, 12);
    assert_eq!(here(), "test_with_a_result");
    Ok(())
}

#[stacklens::frame]
#[test]
#[ignore = "never run"]
fn ignored() {
    panic!();
}

#[stacklens::frame]
#[tokio::test]
async fn tokio_test_below() {
    tokio::task::yield_now().await;
    assert_eq!(here(), "tokio_test_below");
}

#[tokio::test]
#[stacklens::frame]
async fn tokio_test_above() {
    let before = here();
    tokio::task::yield_now().await;
    assert_eq!((before, here()), ("tokio_test_above".to_owned(), "tokio_test_above".to_owned()));
}

#[tokio::test(flavor = "current_thread")]
#[stacklens::frame]
async fn tokio_test_with_a_result() -> Result<(), Box<dyn std::error::Error>> {
    let n: u8 = "12".parse()?;
    tokio::task::yield_now().await;
    assert_eq!(n, 12);
    Ok(())
}

/// `main` of a runtime, called as a function.
mod main_below {
    #[stacklens::frame]
    #[tokio::main(flavor = "current_thread")]
    pub async fn main() -> String {
        tokio::task::yield_now().await;
        super::here()
    }
}

mod main_above {
    #[tokio::main(flavor = "current_thread")]
    #[stacklens::frame]
    pub async fn main() -> String {
        tokio::task::yield_now().await;
        super::here()
    }
}

#[test]
fn tokio_main_in_both_orders() {
    assert_eq!(main_below::main(), "main");
    assert_eq!(main_above::main(), "main");
}

#[stacklens::frame]
mod whole_module {
    #[test]
    fn test_inside() {
        assert_eq!(super::here(), "test_inside");
    }

    #[tokio::test]
    async fn tokio_test_inside() {
        tokio::task::yield_now().await;
        assert_eq!(super::here(), "tokio_test_inside");
    }
}

#[tokio::test]
async fn futures_are_spawned_and_selected() {
    #[stacklens::frame]
    async fn child(n: u32) -> u32 {
        for _ in 0..n {
            tokio::task::yield_now().await;
        }
        n
    }

    #[stacklens::frame]
    async fn parent() -> u32 {
        let spawned = tokio::spawn(child(3));
        let (a, b) = tokio::join!(child(1), child(2));
        let first = tokio::select! {
            n = child(5) => n,
            n = child(1) => n,
        };
        spawned.await.expect("no panic") + a + b + first
    }

    assert_eq!(parent().await, 7);
    assert_eq!(stacklens::depth(), 0);
}
