//! What the derive has to say to the user: a message at the token that it is about.

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

pub(super) struct Error {
    span: Span,
    message: String,
}

pub(super) type Result<T> = std::result::Result<T, Error>;

pub(super) fn error<T>(span: Span, message: impl Into<String>) -> Result<T> {
    Err(Error {
        span,
        message: message.into(),
    })
}

impl Error {
    pub(super) fn emit(self) -> TokenStream {
        let mut message = Literal::string(&self.message);
        message.set_span(self.span);
        let mut arguments = Group::new(Delimiter::Brace, TokenTree::from(message).into());
        arguments.set_span(self.span);
        let mut bang = Punct::new('!', Spacing::Alone);
        bang.set_span(self.span);
        let name = Ident::new("compile_error", self.span);
        [TokenTree::from(name), bang.into(), arguments.into()]
            .into_iter()
            .collect()
    }
}
