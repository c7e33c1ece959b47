//! What decided: of a condition that does not hold, the part that is to blame, and the place in the document that it
//! looked at.

use mesh_diagnostics::Span;

use super::Program;
use super::eval::{Environment, Error};
use super::tree::{Each, Expr, ExprKind, Quantifier};
use super::value::{List, Map, Value};
use crate::view::{Place, Thing};

/// Of what failed in a list, this many are pointed out beside the first.
const SHOWN: usize = 3;

/// Names of fewer characters are not taken for misspelt ones.
const SHORTEST: usize = 4;

/// Why a condition is what it is.
#[derive(Debug)]
pub(crate) struct Decision<'a> {
    /// The part that decided: bytes of the expression's text.
    pub(crate) span: Span,
    /// What it looked at.
    pub(crate) place: Option<Place<'a>>,
    /// Further places that are like it: other items of a list that fail as well.
    pub(crate) others: Vec<Place<'a>>,
    /// How many of those there are.
    pub(crate) more: usize,
    /// Why it could not be told, if it could not.
    pub(crate) error: Option<String>,
    /// A name in the document that was probably meant to be the one that the condition looks for, and that one.
    pub(crate) near: Option<(String, String)>,
}

impl<'a> Environment<'a> {
    /// Why `program`, a condition, is not true: it is false, or has no value because of `error`.
    pub(crate) fn decision(
        &mut self,
        program: &'a Program,
        error: Option<Error<'a>>,
    ) -> Decision<'a> {
        self.prepare(program);
        match error {
            Some(error) => self.because_of(&error, &program.root),
            None => Decision {
                // That it is false is known; an error now is the end of the budget for explanations.
                error: None,
                ..self.decide_as(&program.root, false)
            },
        }
    }

    fn decide(&mut self, expr: &'a Expr) -> Decision<'a> {
        match self.truth(expr) {
            Ok(value) => self.decide_as(expr, value),
            Err(error) => self.because_of(&error, expr),
        }
    }

    /// Why `expr` has no value.
    fn because_of(&mut self, error: &Error<'a>, expr: &'a Expr) -> Decision<'a> {
        Decision {
            span: error.span,
            place: error.place().or_else(|| self.place_of_error(expr)),
            others: Vec::new(),
            more: 0,
            error: Some(error.message()),
            near: None,
        }
    }

    /// What a condition that cannot be told looked at, where the reason has no place of its own.
    fn place_of_error(&mut self, expr: &'a Expr) -> Option<Place<'a>> {
        match &expr.kind {
            ExprKind::Not(inner) => self.place_of_error(inner),
            ExprKind::And(operands) | ExprKind::Or(operands) => {
                let failed = operands
                    .iter()
                    .find(|operand| self.truth(operand).is_err())?;
                self.place_of_error(failed)
            }
            _ => self.place_of(expr),
        }
    }

    /// Why `expr` is `value`.
    fn decide_as(&mut self, expr: &'a Expr, value: bool) -> Decision<'a> {
        match &expr.kind {
            ExprKind::Not(inner) => self.decide_as(inner, !value),
            ExprKind::And(operands) => self.decide_row(expr, operands, value, false),
            ExprKind::Or(operands) => self.decide_row(expr, operands, value, true),
            ExprKind::Conditional(parts) => {
                let [condition, yes, no] = &**parts;
                match self.truth(condition) {
                    Ok(true) => self.decide(yes),
                    Ok(false) => self.decide(no),
                    Err(_) => self.decide(condition),
                }
            }
            ExprKind::Each(each) => self.decide_each(expr, each, value),
            _ => self.simply(expr),
        }
    }

    fn simply(&mut self, expr: &'a Expr) -> Decision<'a> {
        let near = self.near(expr);
        let (place, near) = match near {
            Some((place, found, wanted)) => (Some(place), Some((found, wanted))),
            None => (self.place_of(expr), None),
        };
        Decision {
            span: expr.span,
            place,
            others: Vec::new(),
            more: 0,
            error: None,
            near,
        }
    }

    /// Where in values by name something is written that is nearly the name that `expr` looks for in vain; what it is,
    /// and the name.
    fn near(&mut self, expr: &'a Expr) -> Option<(Place<'a>, String, String)> {
        let (of, name) = match &expr.kind {
            ExprKind::Has(inner) => return self.near(inner),
            ExprKind::Compare(_, sides) => {
                let [left, right] = &**sides;
                return self.near(left).or_else(|| self.near(right));
            }
            ExprKind::Key(of, name) => (&**of, name.to_string()),
            ExprKind::In(sides) => {
                let [name, of] = &**sides;
                (of, self.value(name).ok()?.as_text()?.to_owned())
            }
            _ => return None,
        };
        let Ok(Value::Map(map @ (Map::Custom(_) | Map::Links(_)))) = self.value(of) else {
            return None;
        };
        // Short names are near to any other.
        if map.position(&name).is_some() || name.chars().count() < SHORTEST {
            return None;
        }
        let names = (0..map.len()).filter_map(|at| Some((at, map.name(at)?)));
        let near = mesh_diagnostics::nearest(&name, names.clone().map(|(_, name)| name))?;
        let (at, _) = names.clone().find(|(_, name)| *name == near)?;
        let key = if matches!(map, Map::Custom(_)) {
            "property"
        } else {
            "type"
        };
        let place = self.place_of(of)?.beneath(&format!("/{at}/{key}"));
        Some((place, near.to_owned(), name))
    }

    /// Of operands of which one that is `decisive` decides: that one, or of many that do not, the last that looks at
    /// something. In `!(a) || b` that is what was asked for, and not when.
    fn decide_row(
        &mut self,
        expr: &'a Expr,
        operands: &'a [Expr],
        value: bool,
        decisive: bool,
    ) -> Decision<'a> {
        if value == decisive {
            for operand in operands {
                if self.truth(operand).is_ok_and(|found| found == decisive) {
                    return self.decide_as(operand, decisive);
                }
            }
        }
        for operand in operands.iter().rev() {
            let decision = self.decide(operand);
            if decision.place.is_some() {
                return decision;
            }
        }
        self.simply(expr)
    }

    fn decide_each(&mut self, expr: &'a Expr, each: &'a Each, value: bool) -> Decision<'a> {
        let wanted = match (each.what, value) {
            (Quantifier::All, false) => false,
            (Quantifier::Exists, true) => true,
            // There is none: the list itself is what was looked at.
            _ => return self.simply(expr),
        };
        let Ok(list) = self.items(each) else {
            return self.simply(expr);
        };
        let mut first: Option<Decision<'a>> = None;
        for at in 0..list.len() {
            let item = list.get(at);
            self.slots[each.slot] = item.clone();
            if !self
                .truth(&each.condition)
                .is_ok_and(|found| found == wanted)
            {
                continue;
            }
            if let Some(first) = &mut first {
                first.more += 1;
                if first.others.len() < SHOWN
                    && let Some(place) = self.place_of_item(each, &item, at, wanted)
                    && first
                        .place
                        .iter()
                        .chain(&first.others)
                        .all(|shown| !shown.is_same(&place))
                {
                    first.others.push(place);
                }
            } else {
                let mut decision = self.decide_as(&each.condition, wanted);
                if decision.place.is_none() {
                    decision.place = self.place_of_item(each, &item, at, wanted);
                }
                first = Some(decision);
            }
        }
        match first {
            Some(mut decision) => {
                if decision.place.is_none() {
                    decision.place = self.place_of(&each.list);
                }
                decision
            }
            None => self.simply(expr),
        }
    }

    /// Where an item that decided is to be looked at.
    fn place_of_item(
        &mut self,
        each: &'a Each,
        item: &Value<'a>,
        at: usize,
        wanted: bool,
    ) -> Option<Place<'a>> {
        match item {
            Value::Thing(thing) => {
                let inner = self.decide_as(&each.condition, wanted).place;
                Some(inner.unwrap_or_else(|| thing.place()))
            }
            _ => self.place_in_list(&each.list, at),
        }
    }

    fn place_in_list(&mut self, list: &'a Expr, at: usize) -> Option<Place<'a>> {
        let is_written = matches!(
            self.value(list),
            Ok(Value::List(List::Texts(_) | List::Json(_)))
        );
        let place = self.place_of(list)?;
        Some(if is_written {
            place.beneath(&format!("/{at}"))
        } else {
            place
        })
    }

    /// Where the value of `expr` is written, or would be.
    pub(super) fn place_of(&mut self, expr: &'a Expr) -> Option<Place<'a>> {
        match &expr.kind {
            ExprKind::Slot(at) => match self.slots.get(*at)? {
                Value::Thing(thing) => Some(thing.place()),
                _ => None,
            },
            ExprKind::Attribute(of, attribute) => {
                let Ok(Value::Thing(thing)) = self.value(of) else {
                    return self.place_of(of);
                };
                // What leads to another thing stands for that.
                match attribute.of(self.view, thing) {
                    Some(Value::Thing(other)) => Some(other.place()),
                    _ => Some(thing.place().beneath(attribute.pointer)),
                }
            }
            ExprKind::Sla(of, name) => match self.value(of) {
                Ok(Value::Thing(Thing::Slas(contract))) => Some(
                    self.sla(expr, contract, name)
                        .unwrap_or(Thing::Slas(contract))
                        .place(),
                ),
                _ => self.place_of(of),
            },
            ExprKind::Key(of, name) => self.place_of_key(of, name),
            ExprKind::Index(of, at) => match self.value(at) {
                Ok(Value::Int(at)) => self.place_in_list(of, usize::try_from(at).ok()?),
                Ok(name) => {
                    let name = name.as_text()?.to_owned();
                    self.place_of_key(of, &name)
                }
                Err(_) => self.place_of(of),
            },
            ExprKind::Has(inner) | ExprKind::Not(inner) | ExprKind::Negate(inner) => {
                self.place_of(inner)
            }
            ExprKind::Compare(_, sides) | ExprKind::In(sides) | ExprKind::Arithmetic(_, sides) => {
                let [left, right] = &**sides;
                self.place_of(left).or_else(|| self.place_of(right))
            }
            ExprKind::Each(each) => self.place_of(&each.list),
            ExprKind::Call(_, arguments) => self.place_of(arguments.first()?),
            ExprKind::Constant(_)
            | ExprKind::Parameter(_)
            | ExprKind::AsOf
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Conditional(_)
            | ExprKind::List(_) => None,
        }
    }

    fn place_of_key(&mut self, of: &'a Expr, name: &str) -> Option<Place<'a>> {
        let map = self.value(of).ok()?;
        let place = self.place_of(of)?;
        Some(match map {
            Value::Map(map @ (Map::Custom(_) | Map::Links(_))) => match map.position(name) {
                Some(at) if matches!(map, Map::Custom(_)) => place.beneath(&format!("/{at}/value")),
                Some(at) => place.beneath(&format!("/{at}/url")),
                None => place,
            },
            Value::Map(Map::Json(_)) => place.beneath(&mesh_spec::yaml::join("", name)),
            _ => place,
        })
    }
}
