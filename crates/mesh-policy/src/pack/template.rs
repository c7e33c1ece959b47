//! Messages with expressions in them: `retention must be >= {params.days} days`.

use mesh_diagnostics::Span;

use crate::expr::{Environment, Mistake, Parameters, Program, Variable};

/// A text with expressions in braces. A brace itself is written twice.
#[derive(Debug, Default)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Expression(Program),
}

impl Template {
    /// Reads `text`.
    ///
    /// # Errors
    /// All that is wrong with the expressions in it; spans are those of `text`.
    pub(crate) fn new(
        text: &str,
        variables: &[Variable],
        parameters: &Parameters,
    ) -> Result<Self, Vec<Mistake>> {
        let mut parts = Vec::new();
        let mut mistakes = Vec::new();
        let mut plain = String::new();
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            if rest.starts_with("{{") || rest.starts_with("}}") {
                plain.push(c);
                at += 2;
                continue;
            }
            if c == '}' {
                mistakes.push(mistake(
                    at,
                    at + 1,
                    "there is no `{` before this",
                    "write `}}` for a brace",
                ));
            }
            if c != '{' {
                plain.push(c);
                at += c.len_utf8();
                continue;
            }
            let Some(end) = rest.find('}') else {
                mistakes.push(mistake(
                    at,
                    at + 1,
                    "the brace is not closed",
                    "close it, or write `{{` for a brace",
                ));
                break;
            };
            parts.push(Part::Text(std::mem::take(&mut plain)));
            let inner = &rest[1..end];
            match Program::new(inner, variables, parameters) {
                Ok(program) => parts.push(Part::Expression(program)),
                Err(found) => mistakes.extend(found.into_iter().map(|mut mistake| {
                    let shift = offset(at + 1);
                    mistake.span = Span::new(mistake.span.start + shift, mistake.span.end + shift);
                    mistake
                })),
            }
            at += end + 1;
        }
        parts.push(Part::Text(plain));
        if mistakes.is_empty() {
            Ok(Self { parts })
        } else {
            Err(mistakes)
        }
    }

    /// The text, with the values of the expressions. What is missing is shown as such.
    pub(crate) fn render<'a>(&'a self, environment: &mut Environment<'a>) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Expression(program) => match environment.evaluate(program) {
                    Ok(value) => text.push_str(&value.show()),
                    Err(_) => text.push_str("(nothing)"),
                },
            }
        }
        text
    }

    /// The expressions in it.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &Program> {
        self.parts.iter().filter_map(|part| match part {
            Part::Expression(program) => Some(program),
            Part::Text(_) => None,
        })
    }
}

fn mistake(start: usize, end: usize, message: &str, help: &str) -> Mistake {
    Mistake {
        span: Span::new(offset(start), offset(end)),
        message: message.to_owned(),
        help: Some(help.to_owned()),
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
