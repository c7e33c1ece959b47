//! How rules report.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use mesh_diagnostics::{Change, Diagnostic, Edit, Fix, Level, Related, Safety, Span};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::yaml::edit;

use crate::engine::Options;
use crate::rule::Rule;
use crate::settings::{Leniency, Setting};

/// What a rule has found so far.
pub struct Findings<'r> {
    rule: &'r Rule,
    options: &'r Options,
    found: Vec<Diagnostic>,
    /// How many findings there are in each file, by the address of its text.
    counts: HashMap<usize, usize>,
    /// For each file with too many, the finding that stands for the others.
    more: BTreeMap<usize, Diagnostic>,
    /// The last finding of those that are only counted.
    spare: Option<Diagnostic>,
}

/// How many findings of one rule are kept for one file. A file of which every line is wrong would
/// otherwise take a hundred times its size in memory.
const KEPT: usize = 1000;

/// A finding just made, to which help and further places can be added.
pub struct Finding<'f> {
    /// What the settings decide, which a rule cannot change.
    setting: Setting,
    diagnostic: &'f mut Diagnostic,
}

impl<'r> Findings<'r> {
    pub(crate) fn new(rule: &'r Rule, options: &'r Options) -> Self {
        Self {
            rule,
            options,
            found: Vec::new(),
            counts: HashMap::new(),
            more: BTreeMap::new(),
            spare: None,
        }
    }

    /// The words that the mesh has agreed on.
    pub fn vocabularies(&self) -> &'r Vocabularies {
        &self.options.settings.vocabularies
    }

    /// The day on which everything is judged, as `YYYY-MM-DD`.
    pub fn as_of(&self) -> &'r str {
        &self.options.as_of
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
        let setting = self.setting(document);
        let diagnostic = Diagnostic {
            rule: Cow::Borrowed(self.rule.id),
            group: Cow::Borrowed(self.rule.group.as_str()),
            level: self.level(document, setting, self.rule.level),
            message: message.into(),
            help: None,
            source: Arc::clone(&document.source),
            span,
            pointer: pointer.into(),
            related: Vec::new(),
            fix: None,
            is_binding: false,
        };
        let file = Arc::as_ptr(&document.source).addr();
        let count = self.counts.entry(file).or_default();
        *count += 1;
        let diagnostic = if *count <= KEPT {
            let index = self.found.len();
            self.found.push(diagnostic);
            &mut self.found[index]
        } else {
            self.more.entry(file).or_insert_with(|| diagnostic.clone());
            self.spare.insert(diagnostic)
        };
        Finding {
            setting,
            diagnostic,
        }
    }

    /// The level of a finding in `document` that weighs `level` by itself: what the settings ask
    /// for, else one less while that is a draft or a proposal, for the groups that spare drafts and
    /// unless the settings spare none. What policies ask for is the least.
    fn level(&self, document: &Document, setting: Setting, level: Level) -> Level {
        let level = match setting.level {
            Some(configured) => configured,
            None if self.spares_drafts() && is_draft(document) => level.lowered(),
            None => level,
        };
        setting.floor.map_or(level, |floor| level.max(floor))
    }

    fn spares_drafts(&self) -> bool {
        self.options.settings.leniency == Leniency::Granted && !self.rule.group.spares_no_draft()
    }

    fn setting(&self, document: &Document) -> Setting {
        self.options.settings.of(self.rule, document.name())
    }

    pub(crate) fn into_inner(self) -> Vec<Diagnostic> {
        let Self {
            rule,
            mut found,
            counts,
            more,
            ..
        } = self;
        found.extend(more.into_iter().map(|(file, first)| Diagnostic {
            message: format!(
                "and {} more of `{}` in this file, from here on",
                counts[&file] - KEPT,
                rule.id
            ),
            help: Some("correct the others first, or the program that writes the file".to_owned()),
            ..first
        }));
        found
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
    ///
    /// It is not lowered for drafts. A level that the settings ask for stays.
    pub fn level(self, level: Level) -> Self {
        if self.setting.level.is_none() {
            let floor = self.setting.floor.unwrap_or(level);
            self.diagnostic.level = level.max(floor);
        }
        self
    }

    /// Offers to carry out `changes` of `document`, which the finding is about. `title` says what
    /// they do, in the imperative.
    ///
    /// Where they cannot be written without touching anything else, or change nothing, nothing is
    /// offered.
    pub fn fix(
        self,
        document: &Document,
        safety: Safety,
        title: impl Into<String>,
        changes: Vec<Change>,
    ) -> Self {
        let tree = document.tree.as_ref();
        let edits = tree.and_then(|tree| edit::plan(tree, &changes));
        if let Some(edits) = edits.filter(|edits| !edits.is_empty()) {
            self.diagnostic.fix = Some(Fix {
                title: title.into(),
                safety,
                changes,
                edits,
                rename: None,
            });
        }
        self
    }

    /// Offers `edits` of comments, in ascending order, which leave the document as it is.
    pub fn fix_comments(self, safety: Safety, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.diagnostic.fix = Some(Fix {
            title: title.into(),
            safety,
            changes: Vec::new(),
            edits,
            rename: None,
        });
        self
    }

    /// Offers to give the file another name in its folder.
    pub fn fix_by_renaming(self, safety: Safety, name: impl Into<String>) -> Self {
        let name = name.into();
        self.diagnostic.fix = Some(Fix {
            title: format!("rename the file to `{name}`"),
            safety,
            changes: Vec::new(),
            edits: Vec::new(),
            rename: Some(name),
        });
        self
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

#[cfg(test)]
mod tests {
    use crate::rules;

    use super::*;

    #[test]
    fn of_too_many_findings_in_a_file_the_rest_is_counted() {
        let document = |name: &str| Document::parse(name, b"id: a\n".to_vec(), None);
        let (many, few) = (document("many.yaml"), document("few.yaml"));
        let options = Options::as_of("2026-06-30");
        let mut findings = Findings::new(rules::ALL[0], &options);
        for n in 0..KEPT + 3 {
            findings
                .at(&many, "/id", format!("finding {n}"))
                .help("mend it");
        }
        findings.at(&few, "/id", "one");
        let found = findings.into_inner();
        let count = |document: &Document| {
            let of = |found: &&Diagnostic| found.source.name() == document.name();
            found.iter().filter(of).count()
        };
        assert_eq!((count(&many), count(&few)), (KEPT + 1, 1));
        let rest = found.last().expect("there are findings");
        assert!(
            rest.message.starts_with("and 3 more of"),
            "{}",
            rest.message
        );
    }
}
