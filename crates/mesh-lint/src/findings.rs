//! How rules report.

use std::borrow::Cow;
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, Related, Span};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;

use crate::rule::Rule;

/// What a rule has found so far.
pub struct Findings<'r> {
    rule: &'r Rule,
    found: Vec<Diagnostic>,
}

/// A finding just made, to which help and further places can be added.
pub struct Finding<'f> {
    diagnostic: &'f mut Diagnostic,
}

impl<'r> Findings<'r> {
    pub(crate) fn new(rule: &'r Rule) -> Self {
        Self {
            rule,
            found: Vec::new(),
        }
    }

    /// Reports `message` at the JSON Pointer `pointer` of `document`.
    ///
    /// A pointer that leads nowhere, such as that of a missing key, marks the closest ancestor.
    pub fn at(
        &mut self,
        document: &Document,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> Finding<'_> {
        let pointer = pointer.into();
        let span = document.span_at(&pointer);
        self.at_span(document, span, pointer, message)
    }

    /// Reports `message` at `span`, for what a pointer cannot express.
    pub fn at_span(
        &mut self,
        document: &Document,
        span: Span,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> Finding<'_> {
        let index = self.found.len();
        self.found.push(Diagnostic {
            rule: Cow::Borrowed(self.rule.id),
            group: Cow::Borrowed(self.rule.group.as_str()),
            level: level(self.rule, document),
            message: message.into(),
            help: None,
            source: Arc::clone(&document.source),
            span,
            pointer: pointer.into(),
            related: Vec::new(),
        });
        Finding {
            diagnostic: &mut self.found[index],
        }
    }

    pub(crate) fn into_inner(self) -> Vec<Diagnostic> {
        self.found
    }
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "the finding is made already; what these add to it is not lost with the result"
)]
impl Finding<'_> {
    /// Says what to do, in the imperative.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.diagnostic.help = Some(help.into());
        self
    }

    /// Points out a second place, and says what is to be seen there.
    pub fn see(self, document: &Document, pointer: &str, message: impl Into<String>) -> Self {
        let span = document.span_at(pointer);
        self.see_span(document, span, message)
    }

    /// Points out a second place by its bytes.
    pub fn see_span(self, document: &Document, span: Span, message: impl Into<String>) -> Self {
        self.diagnostic.related.push(Related {
            message: message.into(),
            source: Arc::clone(&document.source),
            span,
        });
        self
    }

    /// Weighs this one finding differently from the rule's default.
    pub fn level(self, level: Level) -> Self {
        self.diagnostic.level = level;
        self
    }
}

/// The level of a finding of `rule` in `document`: one lower while that is a draft or a proposal,
/// for the groups that spare drafts.
fn level(rule: &Rule, document: &Document) -> Level {
    if !rule.group.spares_no_draft() && is_draft(document) {
        rule.level.lowered()
    } else {
        rule.level
    }
}

fn is_draft(document: &Document) -> bool {
    let status = match document.kind() {
        Some(Kind::DataProduct) => document.product().and_then(|p| p.status.as_deref()),
        Some(Kind::DataContract) => document.contract().and_then(|c| c.status.as_deref()),
        None => None,
    };
    matches!(status, Some("draft" | "proposed"))
}
