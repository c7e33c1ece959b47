//! Keeps credentials out of reports.
//!
//! A credential can show up in any finding: in the excerpt around it, in a message that quotes a
//! value, in a pointer. So every text that a report would show is searched, whoever wrote it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Edit, Fix, Source, Span};
use mesh_spec::document::Document;
use mesh_spec::yaml;

use crate::facts::secret;

/// What stands in messages where a credential was.
const BLANK: &str = "***";

/// Messages quote no more characters of a value than these, and then an ellipsis.
const QUOTED: usize = 40;

/// Credentials shorter than this are only blanked where a message quotes them: their letters may be
/// those of any word.
const DISTINCTIVE: usize = 4;

/// What is secret in a document, and the document's text without it.
struct Clean {
    source: Arc<Source>,
    spans: Vec<Span>,
}

/// Blanks out the credentials of those of `documents` that `diagnostics` show, in excerpts and in words.
///
/// A fix that touches a credential, or would write one, is dropped: what it says is made of it.
pub fn secrets<'d>(
    documents: impl IntoIterator<Item = &'d Document>,
    diagnostics: &mut [Diagnostic],
) {
    // Often nothing is shown of many documents.
    let shown: HashSet<*const Source> = diagnostics
        .iter()
        .flat_map(|diagnostic| {
            let related = diagnostic.related.iter().map(|related| &related.source);
            related.chain([&diagnostic.source]).map(Arc::as_ptr)
        })
        .collect();
    if shown.is_empty() {
        return;
    }
    let documents: HashMap<*const Source, &Document> = documents
        .into_iter()
        .map(|document| (Arc::as_ptr(&document.source), document))
        .filter(|(source, _)| shown.contains(source))
        .collect();
    let mut clean: HashMap<*const Source, Option<Clean>> = HashMap::new();
    let mut values = BTreeSet::new();
    for diagnostic in &mut *diagnostics {
        let own = Arc::as_ptr(&diagnostic.source);
        let related = diagnostic.related.iter_mut();
        let sources = related.map(|related| &mut related.source);
        for source in sources.chain([&mut diagnostic.source]) {
            let without = clean.entry(Arc::as_ptr(source)).or_insert_with(|| {
                let document = documents.get(&Arc::as_ptr(source))?;
                without_secrets(document, &mut values)
            });
            if let Some(without) = without {
                *source = Arc::clone(&without.source);
            }
        }
        if let Some(Some(without)) = clean.get(&own) {
            let touches = |edit: &Edit| without.spans.iter().any(|span| meet(*span, edit.span));
            let is_touching = |fix: &mut Fix| fix.edits.iter().any(touches);
            diagnostic.fix.take_if(is_touching);
        }
    }
    if values.is_empty() {
        return;
    }
    let values: Vec<String> = values.into_iter().collect();
    for diagnostic in diagnostics {
        let texts = [&mut diagnostic.message, &mut diagnostic.pointer];
        let related = diagnostic.related.iter_mut();
        let related = related.map(|related| &mut related.message);
        for text in texts.into_iter().chain(&mut diagnostic.help).chain(related) {
            blank(text, &values);
        }
        diagnostic.fix.take_if(|fix| writes(fix, &values));
    }
}

/// Whether `fix` says or writes one of `values`.
fn writes(fix: &Fix, values: &[String]) -> bool {
    let is_secret = |text: &str| {
        let mut clean = text.to_owned();
        blank(&mut clean, values);
        clean != text
    };
    is_secret(&fix.title)
        || fix.edits.iter().any(|edit| is_secret(&edit.text))
        || fix.rename.as_deref().is_some_and(is_secret)
}

/// Whether two spans share a byte, or one lies within the other.
fn meet(a: Span, b: Span) -> bool {
    a.start <= b.end && b.start <= a.end
}

/// The text of `document` with asterisks in place of its credentials.
pub fn blanked_text(document: &Document) -> Cow<'_, str> {
    match without_secrets(document, &mut BTreeSet::new()) {
        Some(clean) => Cow::Owned(clean.source.text().to_owned()),
        None => Cow::Borrowed(document.source.text()),
    }
}

/// The credentials of some documents, to keep them out of what is no finding.
#[derive(Debug, Default)]
pub struct Secrets {
    sources: HashMap<*const Source, Arc<Source>>,
    values: Vec<String>,
}

impl Secrets {
    /// The credentials in `documents`.
    pub fn of<'d>(documents: impl IntoIterator<Item = &'d Document>) -> Self {
        let mut values = BTreeSet::new();
        let mut sources = HashMap::new();
        for document in documents {
            if let Some(clean) = without_secrets(document, &mut values) {
                sources.insert(Arc::as_ptr(&document.source), clean.source);
            }
        }
        Self {
            sources,
            values: values.into_iter().collect(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Puts asterisks in place of the credentials in the source of one of the documents; every other
    /// byte stays where it is.
    pub fn blank_source(&self, source: &mut Arc<Source>) {
        if let Some(clean) = self.sources.get(&Arc::as_ptr(source)) {
            *source = Arc::clone(clean);
        }
    }

    /// Takes the credentials out of what is said about the documents.
    pub fn blank(&self, text: &mut String) {
        if !self.is_empty() {
            blank(text, &self.values);
        }
    }

    /// The same for a whole value, which may be a credential that is too short to be told from other
    /// words where it stands among them.
    pub fn blank_value(&self, value: &mut String) {
        if self.values.contains(&format!("`{}`", value.trim())) {
            BLANK.clone_into(value);
        } else {
            self.blank(value);
        }
    }
}

/// The source of `document` without its credentials, if it has any; what they are is added to
/// `values`.
fn without_secrets(document: &Document, values: &mut BTreeSet<String>) -> Option<Clean> {
    let source = &document.source;
    let mut spans = Vec::new();
    if document.tree.is_none() {
        spans = secret::in_lines(source.text());
    }
    for secret in secret::all(document) {
        spans.extend(secret.spans);
        for span in secret.spans {
            add_forms(source.slice(span), values);
        }
        add_forms(secret.value, values);
    }
    (!spans.is_empty()).then(|| Clean {
        source: Arc::new(blanked(source, spans.clone())),
        spans,
    })
}

/// The forms in which a credential can stand in a message or a pointer.
fn add_forms(value: &str, values: &mut BTreeSet<String>) {
    let value = value.trim();
    if value.is_empty() {
        return;
    }
    if value.chars().count() < DISTINCTIVE {
        values.insert(format!("`{value}`"));
        return;
    }
    if let Some((cut, _)) = value.char_indices().nth(QUOTED) {
        values.insert(value[..cut].to_owned());
    }
    values.insert(value.to_owned());
    values.insert(yaml::escape(value).into_owned());
}

/// Replaces every one of `values`, which are sorted, in `text`.
fn blank(text: &mut String, values: &[String]) {
    let mut clean: Option<String> = None;
    let mut kept = 0;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match longest_prefix(&text.as_bytes()[at..], values) {
            Some(len) => {
                let clean = clean.get_or_insert_default();
                clean.push_str(&text[kept..at]);
                clean.push_str(BLANK);
                at += len;
                kept = at;
            }
            None => at += c.len_utf8(),
        }
    }
    if let Some(mut clean) = clean {
        clean.push_str(&text[kept..]);
        *text = clean;
    }
}

/// The length of the longest of `values`, which are sorted, that `text` starts with.
fn longest_prefix(mut text: &[u8], values: &[String]) -> Option<usize> {
    loop {
        let before = values.partition_point(|value| value.as_bytes() <= text);
        let closest = values[..before].last()?.as_bytes();
        let shared = closest.iter().zip(text).take_while(|(a, b)| a == b).count();
        if shared == closest.len() {
            return Some(shared);
        }
        // Whatever else `text` starts with lies before what it shares with the closest.
        text = &text[..shared];
    }
}

/// `source` with asterisks in place of `spans`; every other byte stays where it is.
fn blanked(source: &Source, mut spans: Vec<Span>) -> Source {
    spans.sort();
    let all = source.text();
    let mut text = String::with_capacity(all.len());
    for span in spans {
        let start = span.range().start.max(text.len());
        let Some(secret) = all.get(start..span.range().end) else {
            continue;
        };
        text.push_str(&all[text.len()..start]);
        for c in secret.chars() {
            if c.is_whitespace() {
                text.push(c);
            } else {
                text.extend(std::iter::repeat_n('*', c.len_utf8()));
            }
        }
    }
    text.push_str(&all[text.len()..]);
    Source::new(source.name(), text)
}

#[cfg(test)]
mod tests {
    use mesh_spec::workspace::Role;

    use mesh_spec::workspace::Workspace;

    use super::*;
    use crate::{Options, lint};

    const HEAD: &str = "apiVersion: v1.1.0\nkind: DataProduct\nid: orders\n";

    fn found(documents: Vec<(Document, Role)>) -> Vec<Diagnostic> {
        let workspace = Workspace::new(documents, None);
        let outcome = lint(&workspace, &Options::as_of("2026-06-30"));
        assert_eq!(outcome.defects, Vec::<String>::new());
        outcome.report.diagnostics().to_vec()
    }

    fn found_in(yaml: &str) -> Vec<Diagnostic> {
        let document = Document::parse("dataproduct.yaml", yaml.into(), None);
        found(vec![(document, Role::Target)])
    }

    fn assert_silent(found: &[Diagnostic], secret: &str) {
        assert!(!found.is_empty());
        for diagnostic in found {
            let all = format!("{diagnostic:?}");
            assert!(!all.contains(secret), "{all}");
        }
    }

    #[test]
    fn no_excerpt_shows_a_secret() {
        let yaml = format!(
            "{HEAD}customProperties:\n  - property: password\n    value: größe-2\nstatus: live\n"
        );
        let found = found_in(&yaml);
        for rule in ["secret-in-manifest", "unknown-status"] {
            let diagnostic = found
                .iter()
                .find(|d| d.rule == rule)
                .expect("the rule fires");
            assert_eq!(
                diagnostic.source.text(),
                yaml.replace("größe-2", "*********")
            );
        }
        assert_silent(&found, "größe");
    }

    #[test]
    fn numbers_and_aliases_hide_no_secret() {
        for value in ["12345678", "&p hunter2xyz"] {
            let alias = if value.starts_with('&') { "*p" } else { value };
            let yaml = format!(
                "{HEAD}customProperties:\n  - {{property: note, value: {value}}}\n  - {{property: password, value: {alias}}}\n"
            );
            let found = found_in(&yaml);
            assert!(found.iter().any(|d| d.rule == "secret-in-manifest"));
            assert!(!found[0].source.text().contains("hunter2xyz"));
            assert_eq!(found[0].source.text().len(), yaml.len());
        }
        let list = format!(
            "{HEAD}customProperties:\n  - {{property: note, value: &p [hunter2xyz]}}\n  - {{property: password, value: *p}}\n"
        );
        assert_silent(&found_in(&list), "hunter2xyz");
    }

    #[test]
    fn no_message_shows_a_secret() {
        let token = format!("ghp_{}", "aB3".repeat(14));
        for yaml in [
            format!("{HEAD}status: {token}\n"),
            format!("{HEAD}version: {token}\n"),
            format!("{HEAD}{token}: 1\n"),
            format!("{HEAD}a/{token}: 1\n"),
            format!("{HEAD}type: [{token}]\nteam: {token}\n"),
        ] {
            assert_silent(&found_in(&yaml), &token[..20]);
        }
    }

    #[test]
    fn no_fix_touches_or_writes_a_secret() {
        let fixed = |yaml: &str| {
            let found = found_in(yaml);
            // Other rules have fixes of their own, of no value that stands here.
            let of_values = found
                .iter()
                .filter(|found| found.rule == "schema-violation");
            of_values.filter(|found| found.fix.is_some()).count()
        };
        let properties = |key: &str| {
            format!(
                "{HEAD}customProperties:\n  - property: password\n    value: 12345678\n    {key}: x\n"
            )
        };
        // What stands beside a secret may be fixed, but not the secret itself.
        assert_eq!(fixed(&properties("descripton")), 1);
        assert_eq!(
            fixed(&format!(
                "{HEAD}description:\n  purpose: 1\n  password: 12345678\n"
            )),
            1
        );
        let token = format!("ghp_{}", "aB3".repeat(14));
        assert_eq!(fixed(&format!("{HEAD}name: 12345678\n")), 1);
        assert_eq!(
            fixed(&format!(
                "{HEAD}tags: [{token}]\ntenant: 1\nnmae: {token}\n"
            )),
            2
        );
        let secret = "customProperties:\n  - {property: p, value: &p 12345678}\n  - {property: password, value: *p}\n";
        assert_eq!(fixed(&format!("{HEAD}{secret}name: *p\n")), 0);
    }

    #[test]
    fn a_file_that_is_no_yaml_shows_no_secret() {
        assert_silent(
            &found_in("name: a\npassword: hunter2xyz\nb: 'open\n"),
            "hunter2xyz",
        );
    }

    #[test]
    fn a_neighbour_that_is_shown_is_searched() {
        let product = |folder: &str, tail: &str| {
            let yaml = format!("{HEAD}name: {folder}\n{tail}");
            Document::parse(format!("{folder}/dataproduct.yaml"), yaml.into(), None)
        };
        let found = found(vec![
            (product("a", ""), Role::Target),
            (
                product("b", "tags: [ghp_aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3]\n"),
                Role::Neighbour,
            ),
        ]);
        assert!(found.iter().any(|d| d.rule == "id-not-unique"));
        assert_silent(&found, "ghp_");
    }

    #[test]
    fn the_longest_secret_is_blanked() {
        let values: Vec<String> = ["`ab`", "hunt", "hunter2", "huntz"].map(Into::into).into();
        let mut text = "`ab` ab hunter2! hunter1 (huntä)".to_owned();
        blank(&mut text, &values);
        assert_eq!(text, "*** ab ***! ***er1 (***ä)");
    }
}
