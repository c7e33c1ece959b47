//! Evaluation: from a typed tree and a view to a value.

use std::cell::Cell;
use std::rc::Rc;

use mesh_diagnostics::Span;
use regex::{Regex, RegexBuilder};

use super::Program;
use super::functions::Function;
use super::syntax::Binary;
use super::tree::{Each, Expr, ExprKind, Quantifier};
use super::value::{Constant, List, Value};
use crate::view::{Attribute, ContractView, Place, Thing, View};

/// How much may be done to hold one document to one policy: enough for the largest contract that can be read, and an
/// end for what would take hours. Counted, not timed, so that every machine comes to the same.
#[derive(Debug)]
pub(crate) struct Budget {
    steps: Cell<u64>,
    bytes: Cell<u64>,
    /// What explanations may take.
    apart: (Cell<u64>, Cell<u64>),
}

/// How many steps it takes to find out whether there is something under a name.
const NAME: usize = 4;

/// The largest program of a regular expression, in bytes.
const MAX_PATTERN: usize = 1 << 20;

impl Budget {
    /// Steps, each a node of an expression or an item of a list: a tenth of a second or two.
    const STEPS: u64 = 10_000_000;
    /// Bytes of texts and lists that are computed.
    const BYTES: u64 = 64 << 20;

    pub(crate) fn new() -> Self {
        Self::of(Self::STEPS, Self::BYTES)
    }

    /// A budget of so much.
    pub(super) fn of(steps: u64, bytes: u64) -> Self {
        Self {
            steps: Cell::new(steps),
            bytes: Cell::new(bytes),
            apart: (Cell::new(Self::STEPS), Cell::new(Self::BYTES)),
        }
    }

    /// Does `work` with a budget for explanations, which all of them share: to explain a verdict must not fail for what
    /// it took to reach it, and many of them must not take long either.
    pub(crate) fn apart<T>(&self, work: impl FnOnce() -> T) -> T {
        let swap = || {
            self.steps.set(self.apart.0.replace(self.steps.get()));
            self.bytes.set(self.apart.1.replace(self.bytes.get()));
        };
        swap();
        let result = work();
        swap();
        result
    }

    fn spend(budget: &Cell<u64>, amount: usize) -> bool {
        let left = budget.get().checked_sub(amount as u64);
        budget.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// Why an expression has no value.
#[derive(Debug, Clone)]
pub(crate) struct Error<'a> {
    kind: ErrorKind<'a>,
    /// The bytes of the expression's text.
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
enum ErrorKind<'a> {
    Missing(Thing<'a>, &'static Attribute),
    MissingSla(&'a ContractView<'a>, &'a str),
    MissingKey(Option<Place<'a>>, Rc<str>),
    Ambiguous(&'a ContractView<'a>, &'a str),
    NoItem,
    NotTrueOrFalse(String),
    Incomparable(String, String),
    NotOf(&'static str, String),
    NoNumber(String),
    Overflow,
    DivisionByZero,
    Pattern(String),
    Steps,
    Bytes,
}

impl<'a> Error<'a> {
    fn new(expr: &Expr, kind: ErrorKind<'a>) -> Self {
        Self {
            kind,
            span: expr.span,
        }
    }

    /// What happened, as the end of a sentence that says what could not be told.
    pub(crate) fn message(&self) -> String {
        match &self.kind {
            ErrorKind::Missing(thing, attribute) => {
                format!("{} has no `{}`", thing.label(), attribute.name)
            }
            ErrorKind::MissingSla(contract, name) => {
                format!(
                    "contract `{}` has no service level `{name}`",
                    contract.label()
                )
            }
            ErrorKind::MissingKey(_, name) => format!("there is no `{name}`"),
            ErrorKind::Ambiguous(contract, name) => format!(
                "contract `{}` has several service levels `{name}`",
                contract.label()
            ),
            ErrorKind::NoItem => "the list is too short".to_owned(),
            ErrorKind::NotTrueOrFalse(found) => format!("`{found}` is neither true nor false"),
            ErrorKind::Incomparable(a, b) => format!("`{a}` and `{b}` cannot be compared"),
            ErrorKind::NotOf(wanted, found) => format!("`{found}` is not {wanted}"),
            ErrorKind::NoNumber(found) => format!("`{found}` is no number"),
            ErrorKind::Overflow => "a number is too large".to_owned(),
            ErrorKind::DivisionByZero => "a number is divided by zero".to_owned(),
            ErrorKind::Pattern(reason) => format!("a regular expression is none: {reason}"),
            ErrorKind::Steps => "it takes too many steps for this document".to_owned(),
            ErrorKind::Bytes => "it needs too much memory for this document".to_owned(),
        }
    }

    /// Where in a document the cause is.
    pub(crate) fn place(&self) -> Option<Place<'a>> {
        match &self.kind {
            ErrorKind::Missing(thing, attribute) => Some(thing.place().beneath(attribute.pointer)),
            ErrorKind::MissingSla(contract, _) | ErrorKind::Ambiguous(contract, _) => {
                Some(Thing::Slas(contract).place())
            }
            ErrorKind::MissingKey(place, _) => place.clone(),
            _ => None,
        }
    }
}

pub(crate) type Outcome<'a, T> = Result<T, Error<'a>>;

/// What an expression is evaluated in.
pub(crate) struct Environment<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) parameters: &'a [Constant],
    /// The day of the run, `YYYY-MM-DD`.
    pub(crate) as_of: &'a str,
    pub(crate) budget: &'a Budget,
    /// The variables, by position.
    pub(crate) slots: Vec<Value<'a>>,
    /// Which service level is meant by a name, where a contract has several of that name.
    pub(crate) chosen: Vec<(&'a str, u32)>,
    /// The contract that this is about.
    pub(crate) contract: Option<&'a ContractView<'a>>,
}

/// The pattern that `text` writes.
pub(super) fn pattern(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text)
        .size_limit(MAX_PATTERN)
        .build()
        .map_err(|error| {
            let message = error.to_string();
            let last = message.lines().last().unwrap_or_default().trim();
            last.strip_prefix("error: ").unwrap_or(last).to_owned()
        })
}

impl<'a> Environment<'a> {
    /// Evaluates a condition.
    ///
    /// # Errors
    /// If it has no value; see [`Error`].
    pub(crate) fn holds(&mut self, program: &'a Program) -> Outcome<'a, bool> {
        self.prepare(program);
        self.truth(&program.root)
    }

    /// Evaluates an expression of any type.
    ///
    /// # Errors
    /// As for [`Environment::holds`].
    pub(crate) fn evaluate(&mut self, program: &'a Program) -> Outcome<'a, Value<'a>> {
        self.prepare(program);
        self.value(&program.root)
    }

    /// Makes room for the variables of `program`.
    pub(super) fn prepare(&mut self, program: &Program) {
        if self.slots.len() < program.slots {
            self.slots.resize(program.slots, Value::Null);
        }
    }

    pub(super) fn truth(&mut self, expr: &'a Expr) -> Outcome<'a, bool> {
        match self.value(expr)? {
            Value::Bool(value) => Ok(value),
            other => Err(Error::new(expr, ErrorKind::NotTrueOrFalse(other.brief()))),
        }
    }

    fn step(&self, expr: &Expr, steps: usize) -> Outcome<'a, ()> {
        if Budget::spend(&self.budget.steps, steps) {
            Ok(())
        } else {
            Err(Error::new(expr, ErrorKind::Steps))
        }
    }

    fn allocate(&self, expr: &Expr, bytes: usize) -> Outcome<'a, ()> {
        if Budget::spend(&self.budget.bytes, bytes) {
            self.step(expr, bytes / 64)
        } else {
            Err(Error::new(expr, ErrorKind::Bytes))
        }
    }

    pub(super) fn value(&mut self, expr: &'a Expr) -> Outcome<'a, Value<'a>> {
        self.step(expr, 1)?;
        match &expr.kind {
            ExprKind::Constant(constant) => Ok(constant.value()),
            ExprKind::Parameter(at) => Ok(self.parameters[*at].value()),
            ExprKind::AsOf => Ok(Value::Text(self.as_of)),
            ExprKind::Slot(at) => Ok(self.slots[*at].clone()),
            ExprKind::Attribute(of, attribute) => {
                let Value::Thing(thing) = self.value(of)? else {
                    return Err(Error::new(expr, ErrorKind::NoItem));
                };
                let value = self.read(expr, attribute, thing)?;
                value.ok_or_else(|| Error::new(expr, ErrorKind::Missing(thing, attribute)))
            }
            ExprKind::Sla(of, name) => {
                let Value::Thing(Thing::Slas(contract)) = self.value(of)? else {
                    return Err(Error::new(expr, ErrorKind::NoItem));
                };
                self.sla(expr, contract, name).map(Value::Thing)
            }
            ExprKind::Key(of, name) => {
                let map = self.value(of)?;
                self.key(expr, of, &map, name)
            }
            ExprKind::Index(of, at) => self.index(expr, of, at),
            ExprKind::Has(inner) => self.has(inner).map(Value::Bool),
            ExprKind::Not(inner) => Ok(Value::Bool(!self.truth(inner)?)),
            ExprKind::Negate(inner) => match self.value(inner)? {
                Value::Int(value) => value
                    .checked_neg()
                    .map(Value::Int)
                    .ok_or_else(|| Error::new(expr, ErrorKind::Overflow)),
                Value::Double(value) => Ok(Value::Double(-value)),
                other => Err(Error::new(expr, ErrorKind::NoNumber(other.brief()))),
            },
            ExprKind::And(operands) => self.row(operands, false).map(Value::Bool),
            ExprKind::Or(operands) => self.row(operands, true).map(Value::Bool),
            ExprKind::Conditional(parts) => {
                let [condition, yes, no] = &**parts;
                let taken = if self.truth(condition)? { yes } else { no };
                self.value(taken)
            }
            ExprKind::Compare(operator, sides) => {
                let [left, right] = &**sides;
                let (a, b) = (self.value(left)?, self.value(right)?);
                self.compare(expr, *operator, &a, &b).map(Value::Bool)
            }
            ExprKind::In(sides) => {
                let [left, right] = &**sides;
                let (item, list) = (self.value(left)?, self.value(right)?);
                self.is_in(expr, &item, &list).map(Value::Bool)
            }
            ExprKind::Arithmetic(operator, sides) => {
                let [left, right] = &**sides;
                let (a, b) = (self.value(left)?, self.value(right)?);
                self.arithmetic(expr, *operator, a, b)
            }
            ExprKind::List(items) => {
                self.allocate(expr, items.len() * size_of::<Value<'_>>())?;
                let items: Result<Rc<[_]>, _> = items.iter().map(|item| self.value(item)).collect();
                Ok(Value::List(List::Made(items?)))
            }
            ExprKind::Each(each) => self.each(expr, each),
            ExprKind::Call(function, arguments) => self.call(expr, *function, arguments),
        }
    }

    /// Operands of which one that is `decisive` decides, whatever the others are; errors count only if none does.
    fn row(&mut self, operands: &'a [Expr], decisive: bool) -> Outcome<'a, bool> {
        let mut error = None;
        for operand in operands {
            match self.truth(operand) {
                Ok(value) if value == decisive => return Ok(decisive),
                Ok(_) => {}
                Err(found) => {
                    error.get_or_insert(found);
                }
            }
        }
        error.map_or(Ok(!decisive), Err)
    }

    /// What an attribute is for `thing`, if it is there.
    fn read(
        &self,
        expr: &Expr,
        attribute: &Attribute,
        thing: Thing<'a>,
    ) -> Outcome<'a, Option<Value<'a>>> {
        self.step(expr, attribute.effort(self.view, thing))?;
        let value = attribute.of(self.view, thing);
        match &value {
            Some(Value::List(List::Made(items))) => {
                self.allocate(expr, items.len() * size_of::<Value<'_>>())?;
            }
            Some(Value::Made(text)) => self.allocate(expr, text.len())?,
            _ => {}
        }
        Ok(value)
    }

    /// The service level that `name` means.
    pub(super) fn sla(
        &self,
        expr: &Expr,
        contract: &'a ContractView<'a>,
        name: &'a str,
    ) -> Outcome<'a, Thing<'a>> {
        self.step(expr, contract.model().sla_properties.len())?;
        let mut levels = contract.slas(name);
        let missing = || Error::new(expr, ErrorKind::MissingSla(contract, name));
        let first = levels.next().ok_or_else(missing)?;
        if levels.next().is_none() {
            return Ok(Thing::Sla(contract, first));
        }
        let is_subject = self
            .contract
            .is_some_and(|subject| std::ptr::eq(subject, contract));
        let chosen = self.chosen.iter().find(|(known, _)| *known == name);
        match chosen.filter(|_| is_subject) {
            Some((_, at)) => Ok(Thing::Sla(contract, *at)),
            None => Err(Error::new(expr, ErrorKind::Ambiguous(contract, name))),
        }
    }

    fn key(
        &mut self,
        expr: &Expr,
        of: &'a Expr,
        map: &Value<'a>,
        name: &str,
    ) -> Outcome<'a, Value<'a>> {
        match map {
            Value::Map(map) => {
                self.step(expr, map.len())?;
                if let Some(value) = map.get(name) {
                    return Ok(value);
                }
                let place = self.place_of(of);
                Err(Error::new(expr, ErrorKind::MissingKey(place, name.into())))
            }
            other => Err(Error::new(
                expr,
                ErrorKind::NotOf("a mapping", other.brief()),
            )),
        }
    }

    fn index(&mut self, expr: &'a Expr, of: &'a Expr, at: &'a Expr) -> Outcome<'a, Value<'a>> {
        let list = self.value(of)?;
        let at = self.value(at)?;
        match (&list, &at) {
            (Value::List(list), Value::Int(at)) => {
                let at = usize::try_from(*at).ok().filter(|at| *at < list.len());
                let at = at.ok_or_else(|| Error::new(expr, ErrorKind::NoItem))?;
                Ok(list.get(at))
            }
            (Value::Map(_), name) => {
                let name = name.as_text().unwrap_or_default().to_owned();
                self.key(expr, of, &list, &name)
            }
            _ => Err(Error::new(
                expr,
                ErrorKind::NotOf("a list or a mapping", list.brief()),
            )),
        }
    }

    fn has(&mut self, inner: &'a Expr) -> Outcome<'a, bool> {
        match &inner.kind {
            ExprKind::Attribute(of, attribute) => match self.value(of)? {
                Value::Thing(thing) => {
                    let value = self.read(inner, attribute, thing)?;
                    if let Some(Value::Map(map)) = &value {
                        self.step(inner, map.len() * NAME)?;
                    }
                    Ok(attribute.is_in(thing, value.as_ref()))
                }
                _ => Ok(false),
            },
            ExprKind::Sla(of, name) => match self.value(of)? {
                Value::Thing(Thing::Slas(contract)) => {
                    self.step(inner, contract.model().sla_properties.len())?;
                    Ok(contract.slas(name).next().is_some())
                }
                _ => Ok(false),
            },
            ExprKind::Key(of, name) => match self.value(of)? {
                Value::Map(map) => {
                    self.step(inner, map.len())?;
                    Ok(map.get(name).is_some())
                }
                _ => Ok(false),
            },
            ExprKind::Index(of, at) => {
                let (list, at) = (self.value(of)?, self.value(at)?);
                Ok(match (&list, &at) {
                    (Value::List(list), Value::Int(at)) => {
                        usize::try_from(*at).is_ok_and(|at| at < list.len())
                    }
                    (Value::Map(map), name) => {
                        self.step(inner, map.len())?;
                        name.as_text().is_some_and(|name| map.get(name).is_some())
                    }
                    _ => false,
                })
            }
            _ => Ok(true),
        }
    }

    fn compare(
        &self,
        expr: &Expr,
        operator: Binary,
        a: &Value<'a>,
        b: &Value<'a>,
    ) -> Outcome<'a, bool> {
        if matches!(operator, Binary::Equal | Binary::NotEqual) {
            self.step(expr, a.weight() + b.weight())?;
            return Ok(a.equals(b) == (operator == Binary::Equal));
        }
        if a.as_text().is_some() {
            self.step(expr, a.weight())?;
        }
        let order = a
            .compare(b)
            .ok_or_else(|| Error::new(expr, ErrorKind::Incomparable(a.brief(), b.brief())))?;
        Ok(match operator {
            Binary::Less => order.is_lt(),
            Binary::LessOrEqual => order.is_le(),
            Binary::Greater => order.is_gt(),
            _ => order.is_ge(),
        })
    }

    fn is_in(&self, expr: &Expr, item: &Value<'a>, list: &Value<'a>) -> Outcome<'a, bool> {
        match list {
            Value::List(list) => {
                let steps = match list {
                    List::Texts(items) => items.len() * item.weight(),
                    list => item.weight() + Value::List(list.clone()).weight(),
                };
                self.step(expr, steps)?;
                let found = item.as_text().and_then(|text| list.has_text(text));
                Ok(found.unwrap_or_else(|| (0..list.len()).any(|at| list.get(at).equals(item))))
            }
            Value::Map(map) => {
                self.step(expr, map.len())?;
                Ok(item.as_text().is_some_and(|name| map.get(name).is_some()))
            }
            other => Err(Error::new(expr, ErrorKind::NotOf("a list", other.brief()))),
        }
    }

    fn arithmetic(
        &self,
        expr: &Expr,
        operator: Binary,
        a: Value<'a>,
        b: Value<'a>,
    ) -> Outcome<'a, Value<'a>> {
        if operator == Binary::Add {
            if let (Some(a), Some(b)) = (a.as_text(), b.as_text()) {
                self.allocate(expr, a.len() + b.len())?;
                return Ok(Value::Made([a, b].concat().into()));
            }
            if let (Value::List(a), Value::List(b)) = (&a, &b) {
                self.allocate(expr, (a.len() + b.len()) * size_of::<Value<'_>>())?;
                let items = (0..a.len()).map(|at| a.get(at));
                let items = items.chain((0..b.len()).map(|at| b.get(at)));
                return Ok(Value::List(List::Made(items.collect())));
            }
        }
        match (a, b) {
            (Value::Int(a), Value::Int(b)) => {
                let result = match operator {
                    Binary::Add => a.checked_add(b),
                    Binary::Subtract => a.checked_sub(b),
                    Binary::Multiply => a.checked_mul(b),
                    _ if b == 0 => return Err(Error::new(expr, ErrorKind::DivisionByZero)),
                    Binary::Divide => a.checked_div(b),
                    _ => a.checked_rem(b),
                };
                let result = result.map(Value::Int);
                result.ok_or_else(|| Error::new(expr, ErrorKind::Overflow))
            }
            (Value::Double(a), Value::Double(b)) => Ok(Value::Double(match operator {
                Binary::Add => a + b,
                Binary::Subtract => a - b,
                Binary::Multiply => a * b,
                Binary::Divide => a / b,
                _ => return Err(Error::new(expr, ErrorKind::NoNumber(a.to_string()))),
            })),
            (a, b) => Err(Error::new(
                expr,
                ErrorKind::NotOf(
                    "a number like the other",
                    format!("{} {}", a.brief(), b.brief()),
                ),
            )),
        }
    }

    /// The items of what a macro looks through.
    pub(super) fn items(&mut self, each: &'a Each) -> Outcome<'a, List<'a>> {
        match self.value(&each.list)? {
            Value::List(list) => Ok(list),
            Value::Map(map) => {
                self.step(&each.list, map.len() * NAME)?;
                Ok(List::Made(
                    map.names().into_iter().map(Value::Text).collect(),
                ))
            }
            other => Err(Error::new(
                &each.list,
                ErrorKind::NotOf("a list", other.brief()),
            )),
        }
    }

    fn each(&mut self, expr: &'a Expr, each: &'a Each) -> Outcome<'a, Value<'a>> {
        let list = self.items(each)?;
        let condition = &each.condition;
        let mut error = None;
        let mut made = Vec::new();
        let mut count = 0usize;
        for at in 0..list.len() {
            self.slots[each.slot] = list.get(at);
            let holds = self.truth(condition);
            match (each.what, holds) {
                (Quantifier::All, Ok(false)) => return Ok(Value::Bool(false)),
                (Quantifier::Exists, Ok(true)) => return Ok(Value::Bool(true)),
                (Quantifier::All | Quantifier::Exists, Err(found)) => {
                    error.get_or_insert(found);
                }
                (_, Err(found)) => return Err(found),
                (Quantifier::ExistsOne, Ok(true)) => count += 1,
                (Quantifier::Filter, Ok(true)) => {
                    self.allocate(expr, size_of::<Value<'_>>())?;
                    made.push(list.get(at));
                }
                (Quantifier::Map, Ok(true)) => {
                    self.allocate(expr, size_of::<Value<'_>>())?;
                    if let Some(result) = &each.result {
                        made.push(self.value(result)?);
                    }
                }
                _ => {}
            }
        }
        if let Some(error) = error {
            return Err(error);
        }
        Ok(match each.what {
            Quantifier::All => Value::Bool(true),
            Quantifier::Exists => Value::Bool(false),
            Quantifier::ExistsOne => Value::Bool(count == 1),
            Quantifier::Filter | Quantifier::Map => Value::List(List::Made(made.into())),
        })
    }

    fn call(
        &mut self,
        expr: &'a Expr,
        function: Function,
        arguments: &'a [Expr],
    ) -> Outcome<'a, Value<'a>> {
        let of = self.value(&arguments[0])?;
        let not_text =
            |value: &Value<'a>| Error::new(expr, ErrorKind::NotOf("a text", value.brief()));
        match function {
            Function::Size => Ok(Value::Int(match &of {
                Value::List(list) => whole(list.len()),
                Value::Map(map) => {
                    self.step(expr, map.len() * NAME)?;
                    whole(map.names().len())
                }
                other => {
                    let text = other.as_text().ok_or_else(|| not_text(other))?;
                    self.step(expr, text.len() / 64)?;
                    whole(text.chars().count())
                }
            })),
            Function::ToInt | Function::ToDouble | Function::ToText => {
                self.convert(expr, function, &of)
            }
            Function::LowerAscii | Function::UpperAscii | Function::Trim => {
                let text = of.as_text().ok_or_else(|| not_text(&of))?;
                self.allocate(expr, text.len())?;
                Ok(Value::Made(match function {
                    Function::LowerAscii => text.to_ascii_lowercase().into(),
                    Function::UpperAscii => text.to_ascii_uppercase().into(),
                    _ => text.trim().into(),
                }))
            }
            _ => {
                let argument = self.value(&arguments[1])?;
                let text = of.as_text().ok_or_else(|| not_text(&of))?;
                let other = argument.as_text().ok_or_else(|| not_text(&argument))?;
                self.step(expr, text.len() / 16)?;
                // What stands in the pack is the same for every document, and made once.
                let is_fixed = matches!(
                    arguments[1].kind,
                    ExprKind::Constant(_) | ExprKind::Parameter(_)
                );
                if function == Function::Matches && !is_fixed {
                    self.step(expr, 10_000 + other.len() * 100)?;
                }
                self.on_text(expr, function, text, other)
            }
        }
    }

    fn on_text(
        &self,
        expr: &Expr,
        function: Function,
        text: &str,
        other: &str,
    ) -> Outcome<'a, Value<'a>> {
        Ok(match function {
            Function::Contains => Value::Bool(text.contains(other)),
            Function::StartsWith => Value::Bool(text.starts_with(other)),
            Function::EndsWith => Value::Bool(text.ends_with(other)),
            Function::Split => {
                let count = if other.is_empty() {
                    text.chars().count()
                } else {
                    text.matches(other).count() + 1
                };
                // Each part is a value, and a text of its own.
                self.allocate(expr, text.len() + count * 2 * size_of::<Value<'_>>())?;
                let part = |part: &str| Value::Made(part.into());
                Value::List(List::Made(if other.is_empty() {
                    text.chars()
                        .map(|c| part(c.encode_utf8(&mut [0; 4])))
                        .collect()
                } else {
                    text.split(other).map(part).collect()
                }))
            }
            _ => Value::Bool(Self::matches(expr, text, other)?),
        })
    }

    /// Whether the pattern `other` is found in `text`. Patterns are kept for the next document: each is made once in
    /// a thread.
    fn matches(expr: &Expr, text: &str, other: &str) -> Outcome<'a, bool> {
        const KEPT: usize = 256;
        thread_local! {
            static PATTERNS: std::cell::RefCell<std::collections::HashMap<Box<str>, Regex>> =
                std::cell::RefCell::default();
        }
        let failed = |reason| Error::new(expr, ErrorKind::Pattern(reason));
        PATTERNS.with_borrow_mut(|patterns| {
            if let Some(known) = patterns.get(other) {
                return Ok(known.is_match(text));
            }
            let made = pattern(other).map_err(failed)?;
            let found = made.is_match(text);
            if patterns.len() < KEPT {
                patterns.insert(other.into(), made);
            }
            Ok(found)
        })
    }

    fn convert(
        &self,
        expr: &Expr,
        function: Function,
        value: &Value<'a>,
    ) -> Outcome<'a, Value<'a>> {
        let no_number = || Error::new(expr, ErrorKind::NoNumber(value.brief()));
        match (function, value) {
            (Function::ToInt, Value::Int(_)) | (Function::ToDouble, Value::Double(_)) => {
                Ok(value.clone())
            }
            (Function::ToInt, Value::Double(number)) => {
                const LIMIT: f64 = 9_223_372_036_854_775_808.0;
                if number.is_nan() || *number >= LIMIT || *number < -LIMIT {
                    return Err(Error::new(expr, ErrorKind::Overflow));
                }
                #[expect(clippy::cast_possible_truncation, reason = "the fraction is to go")]
                Ok(Value::Int(*number as i64))
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "what a double can hold is asked for"
            )]
            (Function::ToDouble, Value::Int(number)) => Ok(Value::Double(*number as f64)),
            (Function::ToText, Value::Bool(_) | Value::Int(_) | Value::Double(_)) => {
                let text = value.show();
                self.allocate(expr, text.len())?;
                Ok(Value::Made(text.into()))
            }
            (_, value) => {
                let text = value.as_text().ok_or_else(no_number)?;
                self.step(expr, text.len() / 16)?;
                match function {
                    Function::ToInt => text.trim().parse().map(Value::Int).map_err(|_| no_number()),
                    Function::ToDouble => {
                        let number = text.trim().parse().ok().filter(|n: &f64| n.is_finite());
                        number.map(Value::Double).ok_or_else(no_number)
                    }
                    _ => Ok(value.clone()),
                }
            }
        }
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
