//! From syntax to a typed tree: every name is resolved, every operator has operands that it fits.

use mesh_diagnostics::{Span, nearest};
use mesh_spec::model::odcs::LogicalType;
use mesh_spec::terms::classification::Label;
use mesh_spec::terms::status;

use super::eval::pattern;
use super::functions::{self, Function, Signature};
use super::syntax::{Binary, Node, NodeKind};
use super::tree::{Each, Expr, ExprKind, Quantifier};
use super::types::Type;
use super::value::Constant;
use super::{Mistake, Program};
use crate::view::contract::SLA_NAMES;
use crate::view::{Attribute, Kind};

/// Something that an expression starts from: the subject of a policy, or what is around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its name in expressions.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// The parameters that an expression may read, each known by its position.
#[derive(Debug, Default)]
pub(crate) struct Parameters(pub(crate) Vec<Parameter>);

/// A parameter of a pack.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) ty: Type,
}

/// Stands where a mistake was found, so that what is around it is checked as well.
const UNKNOWN: ExprKind = ExprKind::Constant(Constant::Null);

pub(super) fn check(
    syntax: &Node,
    variables: &[Variable],
    parameters: &Parameters,
) -> Result<Program, Vec<Mistake>> {
    let mut checker = Checker {
        scope: variables
            .iter()
            .map(|variable| (variable.name.to_owned(), Type::Thing(variable.kind)))
            .collect(),
        slots: variables.len(),
        parameters,
        sla_names: Vec::new(),
        mistakes: Vec::new(),
    };
    let root = checker.expr(syntax);
    if checker.mistakes.is_empty() {
        Ok(Program {
            root,
            slots: checker.slots,
            sla_names: checker.sla_names,
        })
    } else {
        Err(checker.mistakes)
    }
}

struct Checker<'p> {
    /// The variables in scope, by the position at which each is kept.
    scope: Vec<(String, Type)>,
    /// How many there are at most.
    slots: usize,
    parameters: &'p Parameters,
    sla_names: Vec<Box<str>>,
    mistakes: Vec<Mistake>,
}

impl Checker<'_> {
    /// Notes a mistake, and goes on with a value of any type.
    fn mistake(&mut self, mistake: Mistake) -> (ExprKind, Type) {
        self.mistakes.push(mistake);
        (UNKNOWN, Type::Any)
    }

    fn expr(&mut self, node: &Node) -> Expr {
        let (kind, ty) = self.kind(node);
        Expr {
            kind,
            ty,
            span: node.span,
        }
    }

    fn kind(&mut self, node: &Node) -> (ExprKind, Type) {
        let constant = |constant, ty| (ExprKind::Constant(constant), ty);
        match &node.kind {
            NodeKind::Null => constant(Constant::Null, Type::Null),
            NodeKind::Bool(value) => constant(Constant::Bool(*value), Type::Bool),
            NodeKind::Int(value) => constant(Constant::Int(*value), Type::Int),
            NodeKind::Double(value) => constant(Constant::Double(*value), Type::Double),
            NodeKind::Text(text) => constant(Constant::Text(text.as_str().into()), Type::Text),
            NodeKind::Name(name) => self.name(name, node.span),
            NodeKind::Select {
                of,
                name,
                name_span,
            } => self.select(of, name, *name_span),
            NodeKind::Index { of, at } => self.index(of, at),
            NodeKind::Call {
                receiver,
                name,
                name_span,
                arguments,
            } => self.call(node, receiver.as_deref(), name, *name_span, arguments),
            NodeKind::Not(inner) => {
                let inner = self.truth(inner);
                (ExprKind::Not(Box::new(inner)), Type::Bool)
            }
            NodeKind::Negate(inner) => {
                let inner = self.expr(inner);
                let ty = inner.ty;
                if !ty.is_number() && ty != Type::Any {
                    return self.mistake(
                        Mistake::new(inner.span, format!("`-` needs a number, and this is {ty}"))
                            .help("compare it, or write `!` for the opposite"),
                    );
                }
                (ExprKind::Negate(Box::new(inner)), ty)
            }
            NodeKind::And(operands) => {
                let operands = operands.iter().map(|operand| self.truth(operand)).collect();
                (ExprKind::And(operands), Type::Bool)
            }
            NodeKind::Or(operands) => {
                let operands = operands.iter().map(|operand| self.truth(operand)).collect();
                (ExprKind::Or(operands), Type::Bool)
            }
            NodeKind::Binary {
                operator,
                left,
                right,
            } => self.binary(*operator, left, right),
            NodeKind::Conditional { condition, yes, no } => {
                let condition = self.truth(condition);
                let yes = self.expr(yes);
                let no = self.expr(no);
                let ty = yes.ty.with(no.ty);
                (ExprKind::Conditional(Box::new([condition, yes, no])), ty)
            }
            NodeKind::List(items) => {
                let items: Vec<Expr> = items.iter().map(|item| self.expr(item)).collect();
                let item = items.iter().map(|item| item.ty).reduce(Type::with);
                let ty = Type::list_of(item.unwrap_or(Type::Any));
                let constants: Option<Vec<Constant>> = items
                    .iter()
                    .map(|item| match &item.kind {
                        ExprKind::Constant(constant) => Some(constant.clone()),
                        _ => None,
                    })
                    .collect();
                match constants {
                    Some(constants) => (ExprKind::Constant(Constant::List(constants)), ty),
                    None => (ExprKind::List(items), ty),
                }
            }
        }
    }

    /// An operand that has to be true or false.
    fn truth(&mut self, node: &Node) -> Expr {
        let expr = self.expr(node);
        if !matches!(expr.ty, Type::Bool | Type::Any) {
            let help = match expr.ty {
                Type::List(_) => "ask how many there are: `….size() > 0`",
                _ => "compare it, or ask whether it is there: `has(…)`",
            };
            self.mistakes.push(
                Mistake::new(
                    expr.span,
                    format!("true or false is expected here, and this is {}", expr.ty),
                )
                .help(help),
            );
        }
        expr
    }

    fn name(&mut self, name: &str, span: Span) -> (ExprKind, Type) {
        if let Some(slot) = self.scope.iter().rposition(|(known, _)| known == name) {
            return (ExprKind::Slot(slot), self.scope[slot].1);
        }
        if name == "asOf" {
            return (ExprKind::AsOf, Type::Text);
        }
        if name == "params" {
            return self.mistake(
                Mistake::new(
                    span,
                    "`params` holds the parameters, and is no value itself",
                )
                .help("name one of them: `params.…`"),
            );
        }
        let known: Vec<&str> = self.scope.iter().map(|(name, _)| name.as_str()).collect();
        let known = known.into_iter().chain(["params", "asOf"]);
        let known: Vec<&str> = known.collect();
        let help = match nearest(name, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("use one of {}", quoted(&known)),
        };
        self.mistake(Mistake::new(span, format!("there is no `{name}` here")).help(help))
    }

    fn select(&mut self, of: &Node, name: &str, span: Span) -> (ExprKind, Type) {
        if let NodeKind::Name(root) = &of.kind
            && root == "params"
            && !self.scope.iter().any(|(known, _)| known == root)
        {
            return self.parameter(name, span);
        }
        let of = self.expr(of);
        match of.ty {
            Type::Thing(Kind::Slas) => {
                if SLA_NAMES.contains(&name) {
                    return self.sla(of, name);
                }
                let help = match nearest(name, SLA_NAMES) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("write `sla['{name}']` for a service level of your own"),
                };
                self.mistake(
                    Mistake::new(span, format!("the standard has no service level `{name}`"))
                        .help(help),
                )
            }
            Type::Thing(kind) => match kind.attribute(name) {
                Some(attribute) => (ExprKind::Attribute(Box::new(of), attribute), attribute.ty()),
                None => self.unknown_attribute(kind, name, span),
            },
            Type::Map(item) => (ExprKind::Key(Box::new(of), name.into()), *item),
            Type::Any => (ExprKind::Key(Box::new(of), name.into()), Type::Any),
            Type::List(item) => self.mistake(
                Mistake::new(span, format!("{} has no `{name}`", of.ty)).help(match item {
                    Type::Thing(_) => format!(
                        "ask each of them: `….all(x, x.{name} …)` or `….exists(x, x.{name} …)`"
                    ),
                    _ => "ask each item: `….all(x, …)`".to_owned(),
                }),
            ),
            ty => self
                .mistake(Mistake::new(span, format!("{ty} has no `{name}`")).help("take it out")),
        }
    }

    fn unknown_attribute(&mut self, kind: Kind, name: &str, span: Span) -> (ExprKind, Type) {
        let names = || kind.attributes().iter().map(|attribute| attribute.name);
        let help = match nearest(name, names()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if kind.attribute("custom").is_some() => format!(
                "write `custom.{name}` for a custom property; else use one of {}",
                quoted(&names().collect::<Vec<_>>())
            ),
            None => format!("use one of {}", quoted(&names().collect::<Vec<_>>())),
        };
        let message = format!("{} {} has no `{name}`", kind.article(), kind.noun());
        self.mistake(Mistake::new(span, message).help(help))
    }

    fn parameter(&mut self, name: &str, span: Span) -> (ExprKind, Type) {
        let known = &self.parameters.0;
        let mut called_so = known.iter().enumerate().filter(|(_, it)| it.name == name);
        match (called_so.next(), called_so.next()) {
            (Some((at, found)), None) => return (ExprKind::Parameter(at), found.ty),
            (Some(_), Some(_)) => {
                return self.mistake(
                    Mistake::new(
                        span,
                        format!(
                            "several packs have a parameter `{name}`, and it may be any of them"
                        ),
                    )
                    .help("move the policy to an overlay that extends only one of them"),
                );
            }
            (None, _) => {}
        }
        let help = match nearest(name, known.iter().map(|known| known.name.as_str())) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("declare it under `params:`, as `{name}: {{value: …, tighten: …}}`"),
        };
        self.mistake(Mistake::new(span, format!("there is no parameter `{name}`")).help(help))
    }

    fn sla(&mut self, of: Expr, name: &str) -> (ExprKind, Type) {
        if !self.sla_names.iter().any(|known| **known == *name) {
            self.sla_names.push(name.into());
        }
        (
            ExprKind::Sla(Box::new(of), name.into()),
            Type::Thing(Kind::Sla),
        )
    }

    fn index(&mut self, of: &Node, at: &Node) -> (ExprKind, Type) {
        let of = self.expr(of);
        let at = self.expr(at);
        let wanted = match of.ty {
            Type::Thing(Kind::Slas) => {
                if let ExprKind::Constant(Constant::Text(name)) = &at.kind {
                    return self.sla(of, name);
                }
                return self.mistake(
                    Mistake::new(
                        at.span,
                        "the name of a service level must stand here as it is",
                    )
                    .help("write `sla['name']`, or look through `slaProperties`"),
                );
            }
            Type::List(_) => Type::Int,
            Type::Map(_) => Type::Text,
            Type::Any => Type::Any,
            ty => {
                return self.mistake(
                    Mistake::new(of.span, format!("{ty} has no items"))
                        .help("name what is wanted: `.name`"),
                );
            }
        };
        if !at.ty.may_equal(wanted) {
            let message = format!(
                "{wanted} is expected in the brackets, and this is {}",
                at.ty
            );
            return self.mistake(Mistake::new(at.span, message).help("use another index"));
        }
        let ty = match of.ty {
            Type::List(item) | Type::Map(item) => *item,
            _ => Type::Any,
        };
        (ExprKind::Index(Box::new(of), Box::new(at)), ty)
    }

    fn binary(&mut self, operator: Binary, left: &Node, right: &Node) -> (ExprKind, Type) {
        let left = self.expr(left);
        let right = self.expr(right);
        let (a, b) = (left.ty, right.ty);
        let span = Span::new(left.span.start, right.span.end);
        let sign = operator.as_str();
        match operator {
            Binary::Equal | Binary::NotEqual => {
                if a == Type::Null || b == Type::Null {
                    if a != Type::Any && b != Type::Any {
                        return self.mistake(
                            Mistake::new(span, "what is read is never null")
                                .help("ask whether it is there: `has(…)`"),
                        );
                    }
                } else if !a.may_equal(b) {
                    return self.mistake(
                        Mistake::new(span, format!("{a} is never equal to {b}"))
                            .help("compare values of one type"),
                    );
                }
                self.check_word(&left, &right);
                self.check_word(&right, &left);
                (
                    ExprKind::Compare(operator, Box::new([left, right])),
                    Type::Bool,
                )
            }
            Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual => {
                if !a.may_compare(b) {
                    return self.mistake(
                        Mistake::new(span, format!("`{sign}` does not compare {a} with {b}"))
                            .help("compare two numbers or two texts"),
                    );
                }
                (
                    ExprKind::Compare(operator, Box::new([left, right])),
                    Type::Bool,
                )
            }
            Binary::In => {
                let fits = match b {
                    Type::List(item) => a.may_equal(*item),
                    Type::Map(_) => a.may_equal(Type::Text),
                    Type::Any => true,
                    _ => {
                        return self.mistake(
                            Mistake::new(
                                right.span,
                                format!("`in` looks in a list, and this is {b}"),
                            )
                            .help(match b {
                                Type::Text => "write `….contains(…)` to look in a text",
                                _ => "name a list after `in`",
                            }),
                        );
                    }
                };
                if !fits {
                    return self.mistake(
                        Mistake::new(span, format!("{a} is never in {b}"))
                            .help("look for a value of the type that the list holds"),
                    );
                }
                self.check_word(&left, &right);
                (ExprKind::In(Box::new([left, right])), Type::Bool)
            }
            Binary::Add if a == Type::Text && b == Type::Text => (
                ExprKind::Arithmetic(operator, Box::new([left, right])),
                Type::Text,
            ),
            Binary::Add if matches!((a, b), (Type::List(_), Type::List(_))) => (
                ExprKind::Arithmetic(operator, Box::new([left, right])),
                a.with(b),
            ),
            _ => {
                let is_fit = |ty: Type| ty.is_number() || ty == Type::Any;
                if !is_fit(a) || !is_fit(b) {
                    return self.mistake(
                        Mistake::new(span, format!("`{sign}` does not go with {a} and {b}"))
                            .help("use two numbers; `string(…)` makes a text of one"),
                    );
                }
                if a.is_number() && b.is_number() && a != b {
                    return self.mistake(
                        Mistake::new(
                            span,
                            format!("`{sign}` needs numbers of one type, not {a} and {b}"),
                        )
                        .help("write `double(…)` around the whole number"),
                    );
                }
                if operator == Binary::Remainder && (a == Type::Double || b == Type::Double) {
                    return self.mistake(
                        Mistake::new(span, "`%` is for whole numbers").help("use `int(…)`"),
                    );
                }
                let ty = if a == Type::Any { b } else { a };
                (ExprKind::Arithmetic(operator, Box::new([left, right])), ty)
            }
        }
    }

    /// Whether the texts in `constant` are words that the attribute in `read` can have.
    fn check_word(&mut self, read: &Expr, constant: &Expr) {
        let (ExprKind::Attribute(_, attribute), ExprKind::Constant(constants)) =
            (&read.kind, &constant.kind)
        else {
            return;
        };
        let Some(words) = words_of(attribute) else {
            return;
        };
        let texts = match constants {
            Constant::List(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for text in texts {
            if let Constant::Text(text) = text
                && !words.contains(&&**text)
            {
                let help = match nearest(text, words.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("use one of {}", quoted(&words)),
                };
                self.mistakes.push(
                    Mistake::new(
                        constant.span,
                        format!("`{}` is never `{text}`", attribute.name),
                    )
                    .help(help),
                );
            }
        }
    }

    fn call(
        &mut self,
        node: &Node,
        receiver: Option<&Node>,
        name: &str,
        span: Span,
        arguments: &[Node],
    ) -> (ExprKind, Type) {
        if receiver.is_none() && name == "has" {
            return self.has(node, arguments);
        }
        if let Some(list) = receiver
            && let Some((_, what)) = Quantifier::ALL
                .into_iter()
                .find(|(known, _)| *known == name)
        {
            return self.each(what, name, span, list, arguments);
        }
        let called = receiver.into_iter().chain(arguments);
        let called: Vec<Expr> = called.map(|argument| self.expr(argument)).collect();
        let is_method = receiver.is_some();
        let found = functions::ALL
            .iter()
            .find(|known| known.name == name && known.is_method == is_method);
        let Some(signature) = found else {
            return self.unknown_function(name, span, is_method);
        };
        self.apply(signature, span, called)
    }

    fn apply(&mut self, signature: &Signature, span: Span, called: Vec<Expr>) -> (ExprKind, Type) {
        let name = signature.name;
        let wanted = 1 + signature.arguments.len();
        if called.len() != wanted {
            let count = wanted - usize::from(signature.is_method);
            let noun = if count == 1 { "argument" } else { "arguments" };
            return self.mistake(
                Mistake::new(span, format!("`{name}` takes {count} {noun}"))
                    .help("correct the call"),
            );
        }
        if !signature.takes.takes(called[0].ty) {
            return self.mistake(
                Mistake::new(
                    called[0].span,
                    format!(
                        "`{name}` is for {}, and this is {}",
                        signature.takes.words(),
                        called[0].ty
                    ),
                )
                .help(match called[0].ty {
                    Type::List(_) => "ask each item: `….all(x, …)` or `….exists(x, …)`",
                    _ => "use another function or another value",
                }),
            );
        }
        for (argument, wanted) in called[1..].iter().zip(signature.arguments) {
            if !argument.ty.may_equal(*wanted) {
                let message = format!("`{name}` takes {wanted} here, and this is {}", argument.ty);
                return self
                    .mistake(Mistake::new(argument.span, message).help("use another value"));
            }
        }
        if signature.function == Function::Matches
            && let ExprKind::Constant(Constant::Text(text)) = &called[1].kind
            && let Err(reason) = pattern(text)
        {
            return self.mistake(
                Mistake::new(
                    called[1].span,
                    format!("this is no regular expression: {reason}"),
                )
                .help("correct it; the syntax is that of RE2, without look-around"),
            );
        }
        (ExprKind::Call(signature.function, called), signature.gives)
    }

    fn unknown_function(&mut self, name: &str, span: Span, is_method: bool) -> (ExprKind, Type) {
        let macros = Quantifier::ALL.into_iter().map(|(name, _)| name);
        let known = functions::ALL.iter().map(|known| known.name);
        let mut all: Vec<&str> = known.chain(macros).chain(["has"]).collect();
        // What is a function and a method alike is named once.
        all.dedup();
        let help = match nearest(name, all.iter().copied()) {
            Some(meant) if meant != name => format!("did you mean `{meant}`?"),
            Some(_) if is_method => format!("write `{name}(…)`"),
            Some(_) => format!("write `….{name}(…)`"),
            None => format!("use one of {}", quoted(&all)),
        };
        self.mistake(Mistake::new(span, format!("there is no function `{name}`")).help(help))
    }

    fn has(&mut self, node: &Node, arguments: &[Node]) -> (ExprKind, Type) {
        let [argument] = arguments else {
            return self.mistake(
                Mistake::new(node.span, "`has` takes one argument").help("write `has(x.name)`"),
            );
        };
        let inner = self.expr(argument);
        match &inner.kind {
            ExprKind::Attribute(_, attribute)
                if inner.ty == Type::Bool && !attribute.is_always_there() =>
            {
                self.mistake(
                    Mistake::new(inner.span, format!("`{}` is always there", attribute.name))
                        .help("leave `has(…)` out"),
                )
            }
            ExprKind::Attribute(..)
            | ExprKind::Sla(..)
            | ExprKind::Key(..)
            | ExprKind::Index(..) => (ExprKind::Has(Box::new(inner)), Type::Bool),
            // Something in it is wrong, and is reported.
            _ if inner.ty == Type::Any && !self.mistakes.is_empty() => (UNKNOWN, Type::Bool),
            _ => self.mistake(
                Mistake::new(inner.span, "`has` asks whether something has a name")
                    .help("write `has(x.name)`"),
            ),
        }
    }

    fn each(
        &mut self,
        what: Quantifier,
        name: &str,
        span: Span,
        list: &Node,
        arguments: &[Node],
    ) -> (ExprKind, Type) {
        let list = self.expr(list);
        let item = match list.ty {
            Type::List(item) => *item,
            Type::Map(_) => Type::Text,
            Type::Any => Type::Any,
            ty => {
                return self.mistake(
                    Mistake::new(
                        list.span,
                        format!("`{name}` looks through a list, and this is {ty}"),
                    )
                    .help("name a list before it"),
                );
            }
        };
        let (variable, condition, result) = match (what, arguments) {
            (Quantifier::Map, [variable, result]) => (variable, None, Some(result)),
            (Quantifier::Map, [variable, condition, result]) => {
                (variable, Some(condition), Some(result))
            }
            (Quantifier::Map, _) => {
                return self.mistake(
                    Mistake::new(span, "`map` takes a variable and what to make of it")
                        .help("write `….map(x, x.name)`"),
                );
            }
            (_, [variable, condition]) => (variable, Some(condition), None),
            _ => {
                return self.mistake(
                    Mistake::new(span, format!("`{name}` takes a variable and a condition"))
                        .help(format!("write `….{name}(x, …)`")),
                );
            }
        };
        let NodeKind::Name(variable_name) = &variable.kind else {
            return self.mistake(
                Mistake::new(variable.span, "a plain name is expected here, for the item")
                    .help(format!("write `….{name}(x, …)`")),
            );
        };
        let slot = self.scope.len();
        self.scope.push((variable_name.clone(), item));
        self.slots = self.slots.max(self.scope.len());
        let condition = match condition {
            Some(condition) => self.truth(condition),
            None => Expr {
                kind: ExprKind::Constant(Constant::Bool(true)),
                ty: Type::Bool,
                span,
            },
        };
        let result = result.map(|result| self.expr(result));
        self.scope.pop();
        let ty = match (what, &result) {
            (Quantifier::Filter, _) => Type::list_of(item),
            (Quantifier::Map, Some(result)) => Type::list_of(result.ty),
            _ => Type::Bool,
        };
        let each = Each {
            what,
            list,
            slot,
            condition,
            result,
        };
        (ExprKind::Each(Box::new(each)), ty)
    }
}

/// The words that an attribute has, where the standard closes the list.
fn words_of(attribute: &Attribute) -> Option<Vec<&'static str>> {
    Some(match attribute.name {
        "status" => status::ALL.to_vec(),
        "logicalType" => LogicalType::ALL.map(LogicalType::as_str).to_vec(),
        "sensitivity" => Label::ALL.map(Label::as_str).to_vec(),
        _ => return None,
    })
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
