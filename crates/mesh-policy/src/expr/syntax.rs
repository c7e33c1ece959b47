//! The syntax tree of an expression, and how a text becomes one.

use mesh_diagnostics::Span;

use super::lex::{Token, TokenKind, tokens};
use super::{MAX_DEPTH, MAX_TEXT, Mistake};

/// A part of an expression, with its bytes in the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) span: Span,
    /// How many nodes there are on the longest way down, itself included.
    depth: u16,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum NodeKind {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    /// A variable.
    Name(String),
    /// `of.name`
    Select {
        of: Box<Node>,
        name: String,
        name_span: Span,
    },
    /// `of[at]`
    Index {
        of: Box<Node>,
        at: Box<Node>,
    },
    /// `name(arguments)`, or `receiver.name(arguments)`
    Call {
        receiver: Option<Box<Node>>,
        name: String,
        name_span: Span,
        arguments: Vec<Node>,
    },
    Not(Box<Node>),
    Negate(Box<Node>),
    /// Operands of `&&` in a row.
    And(Vec<Node>),
    /// Operands of `||` in a row.
    Or(Vec<Node>),
    Binary {
        operator: Binary,
        left: Box<Node>,
        right: Box<Node>,
    },
    Conditional {
        condition: Box<Node>,
        yes: Box<Node>,
        no: Box<Node>,
    },
    List(Vec<Node>),
}

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Binary {
    /// The operator as it is written.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

/// Reads `text` as one expression.
pub(super) fn parse(text: &str) -> Result<Node, Mistake> {
    if text.len() > MAX_TEXT {
        let first = text.chars().next().map_or(0, char::len_utf8);
        return Err(Mistake::new(
            Span::new(0, u32::try_from(first).unwrap_or(0)),
            format!("the expression is longer than {MAX_TEXT} bytes"),
        )
        .help("split the policy into several"));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser {
        text,
        tokens,
        at: 0,
        depth: 0,
    };
    let node = parser.expression()?;
    match parser.peek() {
        TokenKind::End => Ok(node),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    /// How many brackets and operators are open.
    depth: usize,
}

type Parsed = Result<Node, Mistake>;

impl Parser<'_> {
    fn peek(&self) -> &TokenKind {
        &self.tokens[self.at].kind
    }

    fn span(&self) -> Span {
        self.tokens[self.at].span
    }

    /// Steps over the current token, unless it is the end.
    fn next(&mut self) -> Token {
        let token = self.tokens[self.at].clone();
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        token
    }

    /// Steps over `symbol`, if that is what comes.
    fn take(&mut self, symbol: &'static str) -> bool {
        let is_there = *self.peek() == TokenKind::Symbol(symbol);
        if is_there {
            self.at += 1;
        }
        is_there
    }

    fn expect(&mut self, symbol: &'static str) -> Result<Span, Mistake> {
        let span = self.span();
        if self.take(symbol) {
            Ok(span)
        } else {
            Err(self.unexpected(&format!("`{symbol}`")))
        }
    }

    fn unexpected(&self, wanted: &str) -> Mistake {
        let span = self.span();
        let found = match self.peek() {
            TokenKind::End => "the end of the expression".to_owned(),
            _ => format!("`{}`", &self.text[span.range()]),
        };
        let mistake = Mistake::new(span, format!("{wanted} is expected here, and not {found}"));
        match self.peek() {
            TokenKind::Symbol("=") => mistake.help("compare with `==`"),
            TokenKind::Symbol("&") => mistake.help("write `&&`"),
            TokenKind::Symbol("|") => mistake.help("write `||`"),
            TokenKind::Name(name) if name == "and" => mistake.help("write `&&`"),
            TokenKind::Name(name) if name == "or" => mistake.help("write `||`"),
            TokenKind::End => mistake.help("complete the expression"),
            _ => mistake.help("take it out, or write what is missing before it"),
        }
    }

    fn make(kind: NodeKind, span: Span) -> Parsed {
        let depth = 1 + kind.children().map(|child| child.depth).max().unwrap_or(0);
        if usize::from(depth) > MAX_DEPTH {
            return Err(too_deep(span));
        }
        Ok(Node { kind, span, depth })
    }

    fn expression(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_deep(self.span()));
        }
        let condition = self.either()?;
        let node = if self.take("?") {
            let yes = self.either()?;
            self.expect(":")?;
            let no = self.expression()?;
            let span = Span::new(condition.span.start, no.span.end);
            let kind = NodeKind::Conditional {
                condition: Box::new(condition),
                yes: Box::new(yes),
                no: Box::new(no),
            };
            Self::make(kind, span)?
        } else {
            condition
        };
        self.depth -= 1;
        Ok(node)
    }

    fn either(&mut self) -> Parsed {
        self.row("||", Self::both, NodeKind::Or)
    }

    fn both(&mut self) -> Parsed {
        self.row("&&", Self::relation, NodeKind::And)
    }

    /// Operands with the same operator between them.
    fn row(
        &mut self,
        symbol: &'static str,
        operand: fn(&mut Self) -> Parsed,
        kind: fn(Vec<Node>) -> NodeKind,
    ) -> Parsed {
        let first = operand(self)?;
        if *self.peek() != TokenKind::Symbol(symbol) {
            return Ok(first);
        }
        let mut operands = vec![first];
        while self.take(symbol) {
            operands.push(operand(self)?);
        }
        let span = Span::new(
            operands[0].span.start,
            operands[operands.len() - 1].span.end,
        );
        Self::make(kind(operands), span)
    }

    fn relation(&mut self) -> Parsed {
        const RELATIONS: [(&str, Binary); 6] = [
            ("==", Binary::Equal),
            ("!=", Binary::NotEqual),
            ("<=", Binary::LessOrEqual),
            (">=", Binary::GreaterOrEqual),
            ("<", Binary::Less),
            (">", Binary::Greater),
        ];
        self.operators(Self::sum, |token| match token {
            TokenKind::In => Some(Binary::In),
            token => of_symbol(token, &RELATIONS),
        })
    }

    fn sum(&mut self) -> Parsed {
        const SUMS: [(&str, Binary); 2] = [("+", Binary::Add), ("-", Binary::Subtract)];
        self.operators(Self::product, |token| of_symbol(token, &SUMS))
    }

    fn product(&mut self) -> Parsed {
        const PRODUCTS: [(&str, Binary); 3] = [
            ("*", Binary::Multiply),
            ("/", Binary::Divide),
            ("%", Binary::Remainder),
        ];
        self.operators(Self::unary, |token| of_symbol(token, &PRODUCTS))
    }

    /// Operands with operators of one rank between them, which bind to the left.
    fn operators(
        &mut self,
        operand: fn(&mut Self) -> Parsed,
        operator: fn(&TokenKind) -> Option<Binary>,
    ) -> Parsed {
        let mut left = operand(self)?;
        while let Some(operator) = operator(self.peek()) {
            self.at += 1;
            let right = operand(self)?;
            let span = Span::new(left.span.start, right.span.end);
            let kind = NodeKind::Binary {
                operator,
                left: Box::new(left),
                right: Box::new(right),
            };
            left = Self::make(kind, span)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed {
        let start = self.span().start;
        let mut signs = Vec::new();
        loop {
            if self.take("!") {
                signs.push(true);
            } else if self.take("-") {
                signs.push(false);
            } else {
                break;
            }
        }
        let mut node = self.member()?;
        for is_not in signs.into_iter().rev() {
            let span = Span::new(start, node.span.end);
            let inner = Box::new(node);
            let kind = if is_not {
                NodeKind::Not(inner)
            } else {
                NodeKind::Negate(inner)
            };
            node = Self::make(kind, span)?;
        }
        Ok(node)
    }

    fn member(&mut self) -> Parsed {
        let mut node = self.primary()?;
        loop {
            if self.take(".") {
                let token = self.next();
                let TokenKind::Name(name) = token.kind else {
                    self.at -= usize::from(token.kind != TokenKind::End);
                    return Err(self.unexpected("a name"));
                };
                let start = node.span.start;
                if *self.peek() == TokenKind::Symbol("(") {
                    let (arguments, end) = self.arguments()?;
                    let kind = NodeKind::Call {
                        receiver: Some(Box::new(node)),
                        name,
                        name_span: token.span,
                        arguments,
                    };
                    node = Self::make(kind, Span::new(start, end))?;
                } else {
                    let kind = NodeKind::Select {
                        of: Box::new(node),
                        name,
                        name_span: token.span,
                    };
                    node = Self::make(kind, Span::new(start, token.span.end))?;
                }
            } else if self.take("[") {
                let at = self.expression()?;
                let end = self.expect("]")?.end;
                let span = Span::new(node.span.start, end);
                let kind = NodeKind::Index {
                    of: Box::new(node),
                    at: Box::new(at),
                };
                node = Self::make(kind, span)?;
            } else {
                return Ok(node);
            }
        }
    }

    /// The arguments of a call, and where its bracket closes.
    fn arguments(&mut self) -> Result<(Vec<Node>, u32), Mistake> {
        self.expect("(")?;
        self.listed(")")
    }

    /// Expressions with commas between them, up to `close`.
    fn listed(&mut self, close: &'static str) -> Result<(Vec<Node>, u32), Mistake> {
        let mut nodes = Vec::new();
        loop {
            let span = self.span();
            if self.take(close) {
                return Ok((nodes, span.end));
            }
            nodes.push(self.expression()?);
            if !self.take(",") {
                let end = self.expect(close)?.end;
                return Ok((nodes, end));
            }
        }
    }

    fn primary(&mut self) -> Parsed {
        let token = self.next();
        let kind = match token.kind {
            TokenKind::Null => NodeKind::Null,
            TokenKind::Bool(value) => NodeKind::Bool(value),
            TokenKind::Int(value) => NodeKind::Int(value),
            TokenKind::Double(value) => NodeKind::Double(value),
            TokenKind::Text(value) => NodeKind::Text(value),
            TokenKind::Name(name) if *self.peek() == TokenKind::Symbol("(") => {
                let (arguments, end) = self.arguments()?;
                let kind = NodeKind::Call {
                    receiver: None,
                    name,
                    name_span: token.span,
                    arguments,
                };
                return Self::make(kind, Span::new(token.span.start, end));
            }
            TokenKind::Name(name) => NodeKind::Name(name),
            TokenKind::Symbol("(") => {
                let node = self.expression()?;
                let end = self.expect(")")?.end;
                // The brackets belong to what is marked.
                return Ok(Node {
                    span: Span::new(token.span.start, end),
                    ..node
                });
            }
            TokenKind::Symbol("[") => {
                let (items, end) = self.listed("]")?;
                return Self::make(NodeKind::List(items), Span::new(token.span.start, end));
            }
            TokenKind::Symbol("{") => {
                return Err(
                    Mistake::new(token.span, "policies make no maps of their own")
                        .help("compare with lists such as `['a', 'b']`, or with parameters"),
                );
            }
            kind => {
                self.at -= usize::from(kind != TokenKind::End);
                return Err(self.unexpected("a value"));
            }
        };
        Self::make(kind, token.span)
    }
}

fn of_symbol(token: &TokenKind, list: &[(&str, Binary)]) -> Option<Binary> {
    let TokenKind::Symbol(symbol) = token else {
        return None;
    };
    let found = list.iter().find(|(name, _)| name == symbol)?;
    Some(found.1)
}

fn too_deep(span: Span) -> Mistake {
    Mistake::new(
        span,
        format!("the expression is nested deeper than {MAX_DEPTH} levels"),
    )
    .help("split the policy into several")
}

impl NodeKind {
    /// What the node is made of.
    fn children(&self) -> Box<dyn Iterator<Item = &Node> + '_> {
        match self {
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Double(_)
            | Self::Text(_)
            | Self::Name(_) => Box::new(std::iter::empty()),
            Self::Select { of, .. } => Box::new(std::iter::once(&**of)),
            Self::Not(inner) | Self::Negate(inner) => Box::new(std::iter::once(&**inner)),
            Self::Index { of, at } => Box::new([&**of, &**at].into_iter()),
            Self::Binary { left, right, .. } => Box::new([&**left, &**right].into_iter()),
            Self::Conditional { condition, yes, no } => {
                Box::new([&**condition, &**yes, &**no].into_iter())
            }
            Self::Call {
                receiver,
                arguments,
                ..
            } => Box::new(receiver.as_deref().into_iter().chain(arguments)),
            Self::And(nodes) | Self::Or(nodes) | Self::List(nodes) => Box::new(nodes.iter()),
        }
    }
}
