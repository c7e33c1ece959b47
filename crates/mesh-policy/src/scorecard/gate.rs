//! What a gate is.

use std::sync::Arc;

use mesh_diagnostics::{Position, Source, Span};
use mesh_spec::document::Document;
use mesh_spec::workspace::ProductRef;
use serde::Serialize;

use super::subject::{Finding, Promised, Subject};
use super::tier::Tier;

/// One thing that a level asks of a data product.
#[derive(Debug)]
pub struct Gate {
    /// Kebab-case name; never renamed.
    pub id: &'static str,
    /// The level that it guards.
    pub tier: Tier,
    /// What it asks for: what holds once it is passed.
    pub title: &'static str,
    /// What to do to pass it, in the imperative.
    pub help: &'static str,
    /// The page that explains it, as a path within the repository.
    pub page: &'static str,
    /// What it looks at, and how it judges that.
    pub check: Check,
}

/// What a gate looks at. Each function gives what is missing, if anything is.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// What was found, even if the manifest cannot be read.
    Found(fn(&[Finding<'_>]) -> Option<Missing>),
    /// The product with what was found in it.
    Product(fn(ProductRef<'_>, &Subject<'_>) -> Option<Missing>),
    /// The contracts of its output ports; there is at least one.
    Contracts(fn(&[Promised<'_>]) -> Option<Missing>),
}

/// What became of a product at a gate.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It has what the gate asks for.
    Passed,
    /// It lacks it.
    Missing(Missing),
    /// What the gate looks at cannot be seen before others are passed. It is not passed.
    Unknown,
}

/// What is missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    /// What it is: a sentence without a full stop.
    pub message: String,
    /// Where it is missing.
    pub places: Vec<Place>,
}

/// Where something is missing.
#[derive(Debug, Clone)]
pub struct Place {
    /// What there is to see: a rule, a schema object, an output port.
    pub what: String,
    /// How many there are and should be, where things are counted.
    pub count: Option<Count>,
    /// The text that it is in.
    pub source: Arc<Source>,
    /// The bytes that it is about.
    pub span: Span,
}

/// How many there are of something, and how many of them are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many are as they should be.
    pub have: usize,
    /// How many there are.
    pub of: usize,
    /// How many have to be as they should be.
    pub needed: usize,
}

impl Gate {
    /// The page that explains it.
    pub fn url(&self) -> String {
        format!("{}/blob/main/{}", env!("CARGO_PKG_REPOSITORY"), self.page)
    }

    /// Judges `subject`, whose output ports promise `promised`.
    pub(super) fn judge(&self, subject: &Subject<'_>, promised: &[Promised<'_>]) -> Outcome {
        let missing = match (self.check, subject.product, promised) {
            (Check::Found(check), ..) => check(&subject.findings),
            (Check::Product(check), Some(product), _) => check(product, subject),
            (Check::Contracts(check), _, [_, ..]) => check(promised),
            (Check::Product(_), None, _) | (Check::Contracts(_), _, []) => return Outcome::Unknown,
        };
        missing.map_or(Outcome::Passed, Outcome::Missing)
    }
}

impl Missing {
    /// `message`, and nowhere to look.
    pub(super) fn nowhere(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            places: Vec::new(),
        }
    }
}

impl Place {
    /// The place at the JSON Pointer `pointer` of `document`, or where that should be.
    pub(super) fn of(document: &Document, pointer: &str, what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            count: None,
            source: Arc::clone(&document.source),
            span: document.span_at(pointer),
        }
    }

    /// Where it begins.
    pub fn start(&self) -> Position {
        self.source.position(self.span.start)
    }

    /// The file and the line, as in `a/dataproduct.yaml:12`.
    pub fn at(&self) -> String {
        format!("{}:{}", self.source.name(), self.start().line)
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        (&self.what, self.count, self.source.name(), self.span)
            == (&other.what, other.count, other.source.name(), other.span)
    }
}
