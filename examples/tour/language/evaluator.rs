//! A tree to values.

use std::collections::BTreeMap;

use stacklens::{Inspect, Stack, frame};

use super::Evaluation;
use super::builtins;
use super::error::{Error, Place};
use super::operator::Operator;
use super::tree::{Expr, Kind, Program};
use super::value::Value;

/// How many expressions may be under way at once.
const UNDER_WAY: usize = 250;

/// The parameters of the function of the language that is being evaluated.
type Scope<'p> = BTreeMap<&'p str, Value>;

#[derive(Inspect)]
pub(crate) struct Evaluator<'p> {
    #[inspect(skip)]
    program: &'p Program<'p>,
    #[inspect(skip)]
    settings: Vec<(String, Value)>,
    /// How many expressions are under way.
    under_way: usize,
    #[inspect(skip)]
    deepest: Stack,
}

#[frame]
impl<'p> Evaluator<'p> {
    #[frame(skip)]
    pub(crate) fn new(program: &'p Program<'p>) -> Self {
        Evaluator {
            program,
            settings: Vec::new(),
            under_way: 0,
            deepest: Stack::default(),
        }
    }

    pub(crate) fn settings(mut self) -> Result<Evaluation, Error> {
        let scope: Scope<'p> = Scope::new();
        for (name, expr) in &self.program.settings {
            let value = self.evaluate(expr, &scope)?;
            self.settings.push(((*name).to_owned(), value));
        }
        Ok(Evaluation {
            settings: self.settings,
            deepest: self.deepest,
        })
    }

    /// Not annotated, as the functions that do it say more: one frame for each expression.
    #[frame(skip)]
    fn evaluate(&mut self, expr: &'p Expr<'p>, scope: &Scope<'p>) -> Result<Value, Error> {
        if self.under_way == UNDER_WAY {
            let message = format!("more than {UNDER_WAY} expressions are under way");
            return expr.place.fail(message);
        }
        self.under_way += 1;
        self.look_around();
        let value = self.by_kind(expr, scope)?;
        self.under_way -= 1;
        Ok(value)
    }

    #[frame(skip)]
    fn by_kind(&mut self, expr: &'p Expr<'p>, scope: &Scope<'p>) -> Result<Value, Error> {
        match &expr.kind {
            Kind::Literal(value) => Ok(value.clone()),
            Kind::List(items) => Ok(Value::List(self.evaluate_all(items, scope)?)),
            Kind::Name(name) => self.lookup(name, expr.place, scope),
            Kind::Negate(operand) => self.negate(operand, scope),
            Kind::Not(operand) => self.not(operand, scope),
            Kind::And(left, right) => self.and(left, right, scope),
            Kind::Or(left, right) => self.or(left, right, scope),
            Kind::Binary {
                operator,
                place,
                left,
                right,
            } => self.binary(*operator, *place, left, right, scope),
            Kind::Index { list, index } => self.index(list, index, scope),
            Kind::Call { name, arguments } => self.call(name, arguments, expr.place, scope),
            Kind::If {
                condition,
                then,
                otherwise,
            } => self.choose(condition, then, otherwise, scope),
        }
    }

    #[frame(skip)]
    fn evaluate_all(
        &mut self,
        items: &'p [Expr<'p>],
        scope: &Scope<'p>,
    ) -> Result<Vec<Value>, Error> {
        let values = items.iter().map(|item| self.evaluate(item, scope));
        values.collect()
    }

    fn negate(&mut self, operand: &'p Expr<'p>, scope: &Scope<'p>) -> Result<Value, Error> {
        let value = self.evaluate(operand, scope)?;
        Ok(Value::Number(-value.number(operand.place)?))
    }

    fn not(&mut self, operand: &'p Expr<'p>, scope: &Scope<'p>) -> Result<Value, Error> {
        let truth = self.evaluate(operand, scope)?.truth(operand.place)?;
        Ok(Value::Truth(!truth))
    }

    fn and(
        &mut self,
        left: &'p Expr<'p>,
        right: &'p Expr<'p>,
        scope: &Scope<'p>,
    ) -> Result<Value, Error> {
        let mut truth = self.evaluate(left, scope)?.truth(left.place)?;
        if truth {
            truth = self.evaluate(right, scope)?.truth(right.place)?;
        }
        Ok(Value::Truth(truth))
    }

    fn or(
        &mut self,
        left: &'p Expr<'p>,
        right: &'p Expr<'p>,
        scope: &Scope<'p>,
    ) -> Result<Value, Error> {
        let mut truth = self.evaluate(left, scope)?.truth(left.place)?;
        if !truth {
            truth = self.evaluate(right, scope)?.truth(right.place)?;
        }
        Ok(Value::Truth(truth))
    }

    fn binary(
        &mut self,
        operator: Operator,
        place: Place,
        left: &'p Expr<'p>,
        right: &'p Expr<'p>,
        scope: &Scope<'p>,
    ) -> Result<Value, Error> {
        let left_value = self.evaluate(left, scope)?;
        let right_value = self.evaluate(right, scope)?;
        operator.apply(&left_value, &right_value, place)
    }

    fn index(
        &mut self,
        list: &'p Expr<'p>,
        index: &'p Expr<'p>,
        scope: &Scope<'p>,
    ) -> Result<Value, Error> {
        let value = self.evaluate(list, scope)?;
        let items = value.list(list.place)?;
        let position = self.evaluate(index, scope)?.number(index.place)?;
        match items.get(position as usize) {
            Some(item) if position >= 0.0 && position.fract() == 0.0 => Ok(item.clone()),
            _ => {
                let count = items.len();
                index
                    .place
                    .fail(format!("there is no item {position} in {count} items"))
            }
        }
    }

    fn choose(
        &mut self,
        condition: &'p Expr<'p>,
        then: &'p Expr<'p>,
        otherwise: &'p Expr<'p>,
        scope: &Scope<'p>,
    ) -> Result<Value, Error> {
        let holds = self.evaluate(condition, scope)?.truth(condition.place)?;
        let branch = if holds { then } else { otherwise };
        self.evaluate(branch, scope)
    }

    fn lookup(&self, name: &str, place: Place, scope: &Scope<'p>) -> Result<Value, Error> {
        if let Some(value) = scope.get(name) {
            return Ok(value.clone());
        }
        match self.settings.iter().rev().find(|(set, _)| set == name) {
            Some((_, value)) => Ok(value.clone()),
            None => place.fail(format!("nothing is called `{name}` here")),
        }
    }

    fn call(
        &mut self,
        name: &str,
        arguments: &'p [Expr<'p>],
        place: Place,
        scope: &Scope<'p>,
    ) -> Result<Value, Error> {
        let values: Vec<Value> = self.evaluate_all(arguments, scope)?;
        let Some(function) = self.program.functions.get(name) else {
            return builtins::call(name, &values, place);
        };
        let takes = function.parameters.len();
        if values.len() != takes {
            return builtins::wrong_count(name, takes, values.len(), place);
        }
        let parameters: Scope<'p> = function.parameters.iter().copied().zip(values).collect();
        self.evaluate(&function.body, &parameters)
    }

    /// Keeps the stack if it was never deeper than now.
    #[frame(skip)]
    fn look_around(&mut self) {
        if stacklens::depth() > self.deepest.len() {
            self.deepest = stacklens::stack();
        }
    }
}
