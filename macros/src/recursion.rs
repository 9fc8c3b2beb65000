//! What a function says of its recursion: `recursion_limit = N`, `on_recursion = "error"`, `grow`.

use crate::emit::Emit;
use crate::options::{error, OptionError};
use crate::tree::Tok;
use proc_macro::{Delimiter, Ident, Spacing, Span, TokenTree};

#[derive(Clone, Default)]
pub(crate) struct Recursion {
    limit: Option<Vec<TokenTree>>,
    on_error: Option<bool>,
    pub(crate) grow: bool,
    /// `on_recursion` is the container's: it is meant for those functions in it that return a `Result`.
    lenient: bool,
}

impl Recursion {
    /// `recursion_limit = 100`, or a path of a constant.
    pub(crate) fn limit(&mut self, span: Span, rest: &[Tok]) -> Result<(), OptionError> {
        let wanted = "expected how often the function may be active: `recursion_limit = 100`";
        let value = match rest {
            [equals, value @ ..] if equals.is_punct('=') && !value.is_empty() => value,
            _ => return Err(error(span, wanted.to_owned())),
        };
        if let [Tok::Literal(literal)] = value {
            let digits = literal.to_string().replace('_', "");
            let digits = digits.strip_suffix("usize").unwrap_or(&digits);
            match digits.parse::<u64>() {
                Ok(0) => {
                    let message = "`recursion_limit` is at least 1: that one call is let in";
                    return Err(error(literal.span(), message.to_owned()));
                }
                Ok(_) => {}
                Err(_) => return Err(error(literal.span(), wanted.to_owned())),
            }
        }
        self.limit = Some(value.iter().map(Tok::token).collect());
        Ok(())
    }

    /// `on_recursion = "error"`
    pub(crate) fn on_recursion(&mut self, at: Span, text: &str) -> Result<(), OptionError> {
        self.on_error = Some(match text {
            "error" => true,
            "panic" => false,
            other => {
                let message = format!("`on_recursion` is \"error\" or \"panic\", not {other:?}");
                return Err(error(at, message));
            }
        });
        Ok(())
    }

    /// `grow`
    pub(crate) fn grow(&mut self, span: Span) -> Result<(), OptionError> {
        if !cfg!(feature = "grow") {
            let message = "`grow` needs the feature `grow` of stacklens: \
                           `stacklens = { version = \"..\", features = [\"grow\"] }`";
            return Err(error(span, message.to_owned()));
        }
        self.grow = true;
        Ok(())
    }

    /// A function's own, over what its container has.
    pub(crate) fn over(self, container: &Recursion) -> Recursion {
        Recursion {
            limit: self.limit.or_else(|| container.limit.clone()),
            lenient: self.on_error.is_none(),
            on_error: self.on_error.or(container.on_error),
            grow: self.grow || container.grow,
        }
    }

    fn returns_errors(&self, result: &[Tok]) -> bool {
        let named = |t: &Tok| t.ident().is_some_and(|name| name.ends_with("Result"));
        self.on_error == Some(true) && (!self.lenient || result.iter().any(named))
    }

    /// Whether the frame is entered in another way than by `enterN`.
    pub(crate) fn is_special(&self, result: &[Tok]) -> bool {
        self.limit.is_some() || self.returns_errors(result)
    }
}

impl Emit {
    /// `let guard = enter_limited(META, N);`, or, where the error is returned,
    /// `let guard = match try_enter(META, N) { Ok(guard) => guard, Err(error) => return refused(error) };`
    pub(crate) fn enter_specially(
        &self,
        out: &mut Vec<TokenTree>,
        meta: &str,
        recursion: &Recursion,
        result: &[Tok],
    ) {
        let mut inner = self.meta(meta);
        inner.push(self.punct(','));
        inner.extend(self.recursion_limit(recursion));
        out.push(self.ident("let"));
        out.push(self.guard().into());
        out.push(self.punct('='));
        if recursion.returns_errors(result) {
            out.push(self.ident("match"));
            self.call(out, "try_enter", inner);
            let mut arms = self.arm("Ok", self.guard());
            arms.push(self.guard().into());
            arms.push(self.punct(','));
            let failure = Ident::new("stacklens_error", Span::mixed_site());
            arms.extend(self.arm("Err", failure.clone()));
            arms.push(self.ident("return"));
            // What is wrong with the function's result is said there.
            let entry = self.located();
            self.locate(result.first().map_or(entry, Tok::span));
            self.call(&mut arms, "refused", vec![failure.into()]);
            self.locate(entry);
            out.push(self.group(Delimiter::Brace, arms));
        } else {
            self.call(out, "enter_limited", inner);
        }
        out.push(self.punct(';'));
    }

    /// `VARIANT(NAME) =>`
    fn arm(&self, variant: &str, name: Ident) -> Vec<TokenTree> {
        let mut arm = self.path(variant);
        arm.push(self.group(Delimiter::Parenthesis, [name.into()]));
        arm.push(self.punct_spaced('=', Spacing::Joint));
        arm.push(self.punct('>'));
        arm
    }

    fn recursion_limit(&self, recursion: &Recursion) -> Vec<TokenTree> {
        match &recursion.limit {
            Some(limit) => limit.clone(),
            None => self.path("UNLIMITED"),
        }
    }

    /// How a poll of an async function enters its frame: `Growing(OrError(N))`. `None`: as any.
    pub(crate) fn way(&self, recursion: &Recursion, result: &[Tok]) -> Option<Vec<TokenTree>> {
        let mut way = Vec::new();
        if recursion.returns_errors(result) {
            let entry = self.located();
            self.locate(result.first().map_or(entry, Tok::span));
            self.call(&mut way, "OrError", self.recursion_limit(recursion));
            self.locate(entry);
        } else if recursion.limit.is_some() {
            self.call(&mut way, "Limited", self.recursion_limit(recursion));
        } else if recursion.grow {
            way = self.path("Plain");
        } else {
            return None;
        }
        if recursion.grow {
            let inner = std::mem::take(&mut way);
            self.call(&mut way, "Growing", inner);
        }
        Some(way)
    }

    /// `grow(move || -> R { BODY })`
    pub(crate) fn grown(
        &self,
        result: Vec<TokenTree>,
        body: impl IntoIterator<Item = TokenTree>,
    ) -> Vec<TokenTree> {
        let mut closure = vec![
            self.ident("move"),
            self.punct_spaced('|', Spacing::Joint),
            self.punct('|'),
            self.punct_spaced('-', Spacing::Joint),
            self.punct('>'),
        ];
        closure.extend(result);
        closure.push(self.group(Delimiter::Brace, body));
        let mut out = Vec::new();
        self.call(&mut out, "grow", closure);
        out
    }
}
