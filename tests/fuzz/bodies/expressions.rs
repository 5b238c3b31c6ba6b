//! Any text as a byte expression. What parses is printed as a text that parses to the same; what it means is bounded.

use sockeye::expr::{self, Context, Expr, RESULT_MAX_BYTES};

use super::{Target, texts};

pub const TARGET: Target = Target {
    name: "expressions",
    check,
    seeds,
};

/// A socket that frames by a length, and knows a file and a message.
#[derive(Debug, Default)]
struct Socket {
    count: u64,
}

impl Context for Socket {
    fn frame(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u16::try_from(payload.len()).map_err(|_| "too long".to_owned())?;
        Ok([&length.to_be_bytes(), payload].concat())
    }

    fn seed(&mut self) -> u64 {
        7
    }

    fn file(&self, path: &str) -> Result<&[u8], String> {
        if path.len() < 8 {
            Ok(b"a file")
        } else {
            Err("no such file".to_owned())
        }
    }

    fn count(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn now(&self) -> u64 {
        1_700_000_000_000_000
    }

    fn last(&self) -> Option<Vec<u8>> {
        Some(b"the last".to_vec())
    }

    fn field(&self, name: &str) -> Option<Vec<u8>> {
        (name.len() < 8).then(|| name.as_bytes().to_vec())
    }
}

fn check(data: &[u8]) {
    let literal = Expr::from_bytes(data);
    assert_eq!(same_again(&literal).constant().as_deref(), Ok(data));
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let chars = text.chars().count();
    if let Ok((_, end)) = expr::parse_prefix(text, chars / 3, &["or", "keep"]) {
        assert!(end <= chars);
    }
    match expr::parse(text) {
        Ok(expr) => {
            let mut expr = same_again(&expr);
            let constant = expr.constant();
            expr.settle(&mut Socket::default());
            let one = expr.evaluate(&mut Socket::default());
            let other = same_again(&expr).evaluate(&mut Socket::default());
            assert_eq!(one, other, "{text:?}");
            if let Ok(constant) = constant {
                assert_eq!(one, Ok(constant), "{text:?}");
            }
            assert!(one.is_err() || one.is_ok_and(|bytes| bytes.len() as u64 <= RESULT_MAX_BYTES));
        }
        Err(error) => assert!(
            error.column <= error.end && error.end <= chars + 1,
            "{text:?}: {error:?}"
        ),
    }
}

/// The expression that its print parses to.
fn same_again(expr: &Expr) -> Expr {
    let printed = expr.to_string();
    match expr::parse(&printed) {
        Ok(again) => {
            assert_eq!(&again, expr, "{printed:?}");
            again
        }
        Err(error) => panic!("{printed:?}: {error:?}"),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    texts::examples("bytes.txt")
}
