use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use crate::{Fix, Level, Source, Span};

/// One finding: what is wrong, where, and what to do.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Kebab-case id of the rule that found it, such as `contract-not-found`.
    pub rule: Cow<'static, str>,
    /// The rule's group, such as `discoverable`.
    pub group: Cow<'static, str>,
    /// How serious it is, after configuration.
    pub level: Level,
    /// What is wrong: one sentence without a full stop, naming things as the document names them.
    pub message: String,
    /// What to do about it: an imperative sentence.
    pub help: Option<String>,
    /// The text it is about.
    pub source: Arc<Source>,
    /// The bytes to mark.
    pub span: Span,
    /// JSON Pointer (RFC 6901) of the node it is about; empty for the whole document.
    pub pointer: String,
    /// Other places that explain it, in the same file or in others.
    pub related: Vec<Related>,
    /// How to get rid of it without a person, where that can be said.
    pub fix: Option<Fix>,
    /// Whether no comment and no baseline lets it pass: what policies ask for, which only a waiver does, and what says
    /// that something is not what it was taken for.
    pub is_binding: bool,
}

/// A second place that explains a [`Diagnostic`].
#[derive(Debug, Clone)]
pub struct Related {
    /// What is to be seen there.
    pub message: String,
    /// The text the place is in.
    pub source: Arc<Source>,
    /// The bytes to mark.
    pub span: Span,
}

/// A finding that is let pass for a time. It is shown and counted, but fails nothing.
#[derive(Debug, Clone)]
pub struct Waived {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// The id of the waiver.
    pub waiver: String,
    /// The last day on which it is waived, `YYYY-MM-DD`.
    pub until: String,
    /// What sort of exception it is: `mitigated`, `accepted` or `transition`.
    pub category: String,
    /// Why it is waived.
    pub reason: String,
    /// What is done instead.
    pub compensating: Option<String>,
    /// Who asked for it.
    pub owner: String,
    /// Who approved it.
    pub approved_by: String,
    /// Where it was decided.
    pub ticket: Option<String>,
    /// The text of the waiver.
    pub source: Arc<Source>,
    /// Where in it the waiver is named.
    pub span: Span,
}

impl Diagnostic {
    /// Where the rule is explained.
    pub fn url(&self) -> String {
        rule_url(&self.group, &self.rule)
    }

    /// The order of a report: by file, then position, then rule and message, so that the same
    /// findings always come out the same.
    pub fn report_order(&self, other: &Self) -> Ordering {
        (
            self.source.name(),
            self.span,
            &self.rule,
            &self.message,
            &self.pointer,
        )
            .cmp(&(
                other.source.name(),
                other.span,
                &other.rule,
                &other.message,
                &other.pointer,
            ))
    }
}

/// The group of what is found between two versions of a document; its pages have a folder of their own.
pub const COMPATIBILITY: &str = "compatibility";

/// The group of what policies find. What each asks for, and why, its pack says.
pub const POLICY: &str = "policy";

/// The group of what is found between `mesh.lock`, the products that it pins inputs of, and the registry.
pub const LOCK: &str = "lock";

/// The group of what is found when a registry is verified; one page explains all of it.
pub const REGISTRY: &str = "registry";

/// The page that explains the rule `id` of a group.
pub fn rule_url(group: &str, id: &str) -> String {
    let folder = match group {
        COMPATIBILITY => "changes",
        POLICY => {
            return format!(
                "{}/blob/main/docs/policies.md",
                env!("CARGO_PKG_REPOSITORY")
            );
        }
        LOCK => {
            return format!(
                "{}/blob/main/docs/consuming.md#{id}",
                env!("CARGO_PKG_REPOSITORY")
            );
        }
        REGISTRY => {
            return format!(
                "{}/blob/main/docs/registry-checks.md#{id}",
                env!("CARGO_PKG_REPOSITORY")
            );
        }
        _ => "rules",
    };
    format!(
        "{}/blob/main/docs/{folder}/{id}.md",
        env!("CARGO_PKG_REPOSITORY")
    )
}
