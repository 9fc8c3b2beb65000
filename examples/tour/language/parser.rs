//! Tokens to a tree: one function for each rule of the grammar.

use stacklens::{Inspect, frame};

use super::error::{Error, Place};
use super::lexer::{self, Token};
use super::operator::Operator;
use super::tree::{Expr, Function, Kind, Program};
use super::value::Value;

const KEYWORDS: [&str; 9] = [
    "and", "else", "false", "fn", "if", "not", "or", "then", "true",
];

/// How tightly `not` binds: more than `and`, less than `==`.
const NOT: u32 = 3;
/// How tightly the sign binds: more than any operator.
const SIGN: u32 = 6;

/// How many expressions may be inside of each other.
const NESTED: usize = 50;

/// Parses a whole program.
#[frame(show(tokens))]
pub(crate) fn parse<'s>(source: &'s str, tokens: &[Token<'s>]) -> Result<Program<'s>, Error> {
    let mut parser = Parser {
        source,
        tokens,
        end: Place::START,
        nested: 0,
    };
    let mut program = Program::default();
    while parser.peek().kind != lexer::Kind::End {
        if parser.accept("fn") {
            let (name, function) = parser.function()?;
            program.functions.insert(name, function);
        } else {
            program.settings.push(parser.setting()?);
        }
    }
    Ok(program)
}

#[derive(Inspect)]
struct Parser<'t, 's> {
    #[inspect(skip)]
    source: &'s str,
    /// What is still to be read; never empty, as the end is never passed.
    #[inspect(skip)]
    tokens: &'t [Token<'s>],
    /// Where the last token that was read ends.
    end: Place,
    /// How many expressions are being read.
    nested: usize,
}

#[frame]
impl<'s> Parser<'_, 's> {
    fn setting(&mut self) -> Result<(&'s str, Expr<'s>), Error> {
        let name = self.name()?;
        self.expect("=")?;
        Ok((name, self.expression()?))
    }

    fn function(&mut self) -> Result<(&'s str, Function<'s>), Error> {
        let name = self.name()?;
        self.expect("(")?;
        let parameters = self.separated(")", Self::name)?;
        self.expect("=")?;
        let body = self.expression()?;
        Ok((name, Function { parameters, body }))
    }

    fn expression(&mut self) -> Result<Expr<'s>, Error> {
        let start = self.peek().place;
        if !self.accept("if") {
            return self.operation(0);
        }
        let condition = Box::new(self.expression()?);
        self.expect("then")?;
        let then = Box::new(self.expression()?);
        self.expect("else")?;
        let otherwise = Box::new(self.expression()?);
        Ok(self.expr(
            start,
            Kind::If {
                condition,
                then,
                otherwise,
            },
        ))
    }

    /// Operands joined by operators that bind more tightly than `looser` does.
    fn operation(&mut self, looser: u32) -> Result<Expr<'s>, Error> {
        let start = self.peek().place;
        if self.nested == NESTED {
            return start.fail(format!("more than {NESTED} expressions are nested here"));
        }
        self.nested += 1;
        let mut left = self.operand()?;
        loop {
            let operator = self.peek();
            let binding = binding(operator);
            if binding <= looser {
                self.nested -= 1;
                return Ok(left);
            }
            self.advance();
            let right = self.operation(binding)?;
            left = self.expr(start, joined(operator, Box::new(left), Box::new(right)));
        }
    }

    fn operand(&mut self) -> Result<Expr<'s>, Error> {
        let start = self.peek().place;
        if self.accept("-") {
            let operand = Box::new(self.operation(SIGN)?);
            return Ok(self.expr(start, Kind::Negate(operand)));
        }
        if self.accept("not") {
            let operand = Box::new(self.operation(NOT)?);
            return Ok(self.expr(start, Kind::Not(operand)));
        }
        let mut operand = self.primary()?;
        while self.accept("[") {
            let index = Box::new(self.expression()?);
            self.expect("]")?;
            operand = self.expr(
                start,
                Kind::Index {
                    list: Box::new(operand),
                    index,
                },
            );
        }
        Ok(operand)
    }

    fn primary(&mut self) -> Result<Expr<'s>, Error> {
        let token = self.peek();
        let kind = match (token.kind, token.text) {
            (lexer::Kind::Number, _) => Kind::Literal(self.number()?),
            (lexer::Kind::Text, _) => Kind::Literal(self.text()),
            (lexer::Kind::Word, truth @ ("true" | "false")) => {
                self.advance();
                Kind::Literal(Value::Truth(truth == "true"))
            }
            (lexer::Kind::Symbol, "[") => {
                self.advance();
                Kind::List(self.separated("]", Self::expression)?)
            }
            (lexer::Kind::Symbol, "(") => {
                self.advance();
                let inner = self.expression()?;
                self.expect(")")?;
                inner.kind
            }
            (lexer::Kind::Word, word) if !KEYWORDS.contains(&word) => {
                self.advance();
                if self.accept("(") {
                    Kind::Call {
                        name: word,
                        arguments: self.separated(")", Self::expression)?,
                    }
                } else {
                    Kind::Name(word)
                }
            }
            _ => return expected("a value", token),
        };
        Ok(self.expr(token.place, kind))
    }

    fn number(&mut self) -> Result<Value, Error> {
        let token = self.advance();
        match token.text.parse() {
            Ok(number) => Ok(Value::Number(number)),
            Err(_) => token
                .place
                .fail(format!("`{}` is not a number", token.text)),
        }
    }

    /// A text without its quotes and backslashes.
    fn text(&mut self) -> Value {
        let token = self.advance();
        let mut characters = token.text[1..token.text.len() - 1].chars();
        let mut text = String::new();
        while let Some(c) = characters.next() {
            text.extend(match c {
                '\\' => characters
                    .next()
                    .map(|escaped| if escaped == 'n' { '\n' } else { escaped }),
                _ => Some(c),
            });
        }
        Value::Text(text)
    }

    fn name(&mut self) -> Result<&'s str, Error> {
        let token = self.peek();
        if token.kind != lexer::Kind::Word || KEYWORDS.contains(&token.text) {
            return expected("a name", token);
        }
        Ok(self.advance().text)
    }

    /// As many items as there are up to `close`, with commas between them and perhaps after the last.
    fn separated<T>(
        &mut self,
        close: &str,
        item: fn(&mut Self) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while !self.accept(close) {
            items.push(item(self)?);
            if !self.accept(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(items)
    }

    fn expect(&mut self, text: &str) -> Result<(), Error> {
        if self.accept(text) {
            Ok(())
        } else {
            expected(&format!("`{text}`"), self.peek())
        }
    }

    #[frame(skip)]
    fn accept(&mut self, text: &str) -> bool {
        let next = self.peek();
        let found = next.text == text && next.kind != lexer::Kind::Text;
        if found {
            self.advance();
        }
        found
    }

    #[frame(skip)]
    fn peek(&self) -> Token<'s> {
        self.tokens[0]
    }

    #[frame(skip)]
    fn advance(&mut self) -> Token<'s> {
        let token = self.peek();
        if token.kind != lexer::Kind::End {
            self.tokens = &self.tokens[1..];
            self.end = token.place.after(token.text);
        }
        token
    }

    /// An expression that reaches from `start` to the last token that was read.
    #[frame(skip)]
    fn expr(&self, start: Place, kind: Kind<'s>) -> Expr<'s> {
        Expr {
            text: &self.source[start.offset..self.end.offset],
            place: start,
            kind,
        }
    }
}

/// How tightly an operator binds; 0 if this is none.
fn binding(token: Token<'_>) -> u32 {
    match token.text {
        _ if token.kind == lexer::Kind::Text => 0,
        "or" => 1,
        "and" => 2,
        "==" | "!=" | "<" | "<=" | ">" | ">=" => 4,
        "+" | "-" => 5,
        "*" | "/" => 6,
        _ => 0,
    }
}

fn joined<'s>(operator: Token<'s>, left: Box<Expr<'s>>, right: Box<Expr<'s>>) -> Kind<'s> {
    match Operator::from_symbol(operator.text) {
        Some(op) => Kind::Binary {
            operator: op,
            place: operator.place,
            left,
            right,
        },
        None if operator.text == "and" => Kind::And(left, right),
        None => Kind::Or(left, right),
    }
}

fn expected<T>(what: &str, found: Token<'_>) -> Result<T, Error> {
    match found.kind {
        lexer::Kind::End => found
            .place
            .fail(format!("expected {what}, found the end of the file")),
        _ => found
            .place
            .fail(format!("expected {what}, found `{}`", found.text)),
    }
}
