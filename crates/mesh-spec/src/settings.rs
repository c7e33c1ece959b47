//! YAML files that are not manifests, such as `mesh.yaml` and policies: read into a type, with mistakes shown
//! where they are.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, Related, Source, Span, nearest};
use serde::de::DeserializeOwned;

use crate::yaml::{self, ModelError, NodeRef, Tree, YamlProblem};

/// What is wrong with a file.
#[derive(Debug, Clone)]
pub struct Mistakes {
    /// The id under which each is reported.
    rule: &'static str,
    found: Vec<Diagnostic>,
}

impl Mistakes {
    /// None so far, in a file whose mistakes are reported as `rule`.
    pub fn new(rule: &'static str) -> Self {
        Self {
            rule,
            found: Vec::new(),
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them, as findings of level error.
    pub fn into_findings(self) -> Vec<Diagnostic> {
        self.found
    }

    /// Takes over what is wrong with another file.
    pub fn append(&mut self, others: Self) {
        self.found.extend(others.found);
    }

    /// Adds what is wrong at `span`, and what to do about it.
    pub fn add(
        &mut self,
        source: &Arc<Source>,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.found.push(Diagnostic {
            rule: Cow::Borrowed(self.rule),
            group: Cow::Borrowed("valid"),
            level: Level::Error,
            message: message.into(),
            help,
            source: Arc::clone(source),
            span,
            pointer: String::new(),
            related: Vec::new(),
            fix: None,
            is_binding: false,
        });
    }

    fn add_problem(&mut self, source: &Arc<Source>, problem: YamlProblem) {
        self.add(source, problem.span, problem.message, problem.help);
        if let Some((message, span)) = problem.related {
            self.see(source, span, message);
        }
    }

    /// Points out a second place that explains what was added last.
    pub fn see(&mut self, source: &Arc<Source>, span: Span, message: impl Into<String>) {
        if let Some(last) = self.found.last_mut() {
            last.related.push(Related {
                message: message.into(),
                source: Arc::clone(source),
                span,
            });
        }
    }
}

/// Reads the file shown as `name`, whose mistakes are reported as `rule`. A file of comments alone says
/// nothing, and has no tree.
///
/// # Errors
/// What is wrong with it: as text, as YAML, or as a `T`.
pub fn typed<T: DeserializeOwned + Default>(
    rule: &'static str,
    name: &str,
    bytes: Vec<u8>,
) -> Result<(T, Option<Tree>), Mistakes> {
    let (_, tree) = tree(rule, name, bytes)?;
    match tree {
        Some(tree) => Ok((model(rule, &tree)?, Some(tree))),
        None => Ok((T::default(), None)),
    }
}

/// Reads the file shown as `name` as YAML of any shape: its text, and its tree unless it says nothing.
///
/// # Errors
/// What is wrong with it as text or as YAML.
pub fn tree(
    rule: &'static str,
    name: &str,
    bytes: Vec<u8>,
) -> Result<(Arc<Source>, Option<Tree>), Mistakes> {
    let mut mistakes = Mistakes::new(rule);
    let (text, encoding) = yaml::decode(bytes);
    let source = Arc::new(Source::new(name, text));
    if let Some(problem) = encoding {
        mistakes.add_problem(&source, problem);
        return Err(mistakes);
    }
    let says_nothing = |line: &str| line.trim().is_empty() || line.starts_with('#');
    if source.text().lines().all(says_nothing) {
        return Ok((source, None));
    }
    let (tree, problems) = yaml::parse(&source);
    for problem in problems {
        mistakes.add_problem(&source, problem);
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let tree = tree.filter(|tree| tree.root().value() != yaml::Value::Null);
    Ok((source, tree))
}

/// Reads a `T` from a tree, with mistakes reported as `rule`.
///
/// # Errors
/// The first value that does not fit.
pub fn model<T: DeserializeOwned>(rule: &'static str, tree: &Tree) -> Result<T, Mistakes> {
    tree.deserialize::<T>(&HashSet::new()).map_err(|error| {
        let (span, message, help) = explain(tree, &error);
        let mut mistakes = Mistakes::new(rule);
        mistakes.add(tree.source(), span, message, help);
        mistakes
    })
}

/// Where a value does not fit its type, why, and what to do.
fn explain(tree: &Tree, error: &ModelError) -> (Span, String, Option<String>) {
    let node = error.node().map_or_else(|| tree.root(), |id| tree.node(id));
    let message = error.to_string();
    for (start, word) in [
        ("unknown field `", "setting"),
        ("unknown variant `", "value"),
    ] {
        let Some((name, rest)) = message
            .strip_prefix(start)
            .and_then(|rest| rest.split_once('`'))
        else {
            continue;
        };
        // What is known stands between further quotes.
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        let help = match nearest(name, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("use one of {}", quoted(&known)),
        };
        let key = node
            .entries()
            .map(|(key, _)| key)
            .find(|key| key.key_text() == name);
        return (
            key.map_or_else(|| node.mark(), NodeRef::span),
            format!("there is no {word} `{name}` here"),
            Some(help),
        );
    }
    if let Some(name) = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'))
    {
        return (
            node.mark(),
            format!("`{name}` is missing"),
            Some(format!("add `{name}:`")),
        );
    }
    (node.mark(), in_yaml_words(&message), None)
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// serde's words for values, as those who write YAML say them.
fn in_yaml_words(message: &str) -> String {
    let message = match message
        .strip_prefix("invalid type: ")
        .and_then(|rest| rest.rsplit_once(", expected "))
    {
        Some((found, expected)) => format!("{expected} is expected here, and not {found}"),
        None => message.to_owned(),
    };
    message
        .replace("a string", "a text")
        .replace("string \"", "text \"")
        .replace("a sequence", "a list")
        .replace("sequence", "a list")
        .replace("a map", "a mapping")
        .replace("a mappingping", "a mapping")
        .replace("unit value", "nothing")
}
