//! YAML files that are not manifests: read into a type, with mistakes shown where they are.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, Related, Report, Source, Span, Summary, nearest};
use mesh_spec::yaml::{self, ModelError, NodeRef, Tree, YamlProblem};
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// What is wrong with a file.
#[derive(Debug, Default)]
pub(crate) struct Mistakes(Vec<Diagnostic>);

impl Mistakes {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what is wrong at `span`, and what to do about it.
    pub(crate) fn add(
        &mut self,
        source: &Arc<Source>,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.0.push(Diagnostic {
            rule: Cow::Borrowed("mesh-yaml"),
            group: Cow::Borrowed("valid"),
            level: Level::Error,
            message: message.into(),
            help,
            source: Arc::clone(source),
            span,
            pointer: String::new(),
            related: Vec::new(),
            fix: None,
        });
    }

    fn add_problem(&mut self, source: &Arc<Source>, problem: YamlProblem) {
        self.add(source, problem.span, problem.message, problem.help);
        if let (Some((message, span)), Some(last)) = (problem.related, self.0.last_mut()) {
            last.related.push(Related {
                message,
                source: Arc::clone(source),
                span,
            });
        }
    }

    /// The failure to read `what`, such as a configuration.
    pub(crate) fn into_failure(self, what: &str) -> Failure {
        let name = self.0.first().map_or("", |first| first.source.name());
        let failure = Failure::new(format!("`{name}` is not a valid {what}"));
        failure.report(Report::new(Summary::default(), self.0))
    }
}

/// Reads the file shown as `name`. A file of comments alone says nothing, and has no tree.
pub(crate) fn typed<T: DeserializeOwned + Default>(
    name: &str,
    bytes: Vec<u8>,
) -> Result<(T, Option<Tree>), Mistakes> {
    let mut mistakes = Mistakes::default();
    let (text, encoding) = yaml::decode(bytes);
    let source = Arc::new(Source::new(name, text));
    if let Some(problem) = encoding {
        mistakes.add_problem(&source, problem);
        return Err(mistakes);
    }
    let says_nothing = |line: &str| line.trim().is_empty() || line.starts_with('#');
    if source.text().lines().all(says_nothing) {
        return Ok((T::default(), None));
    }
    let (tree, problems) = yaml::parse(&source);
    for problem in problems {
        mistakes.add_problem(&source, problem);
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let Some(tree) = tree.filter(|tree| tree.root().value() != yaml::Value::Null) else {
        return Ok((T::default(), None));
    };
    match tree.deserialize::<T>(&HashSet::new()) {
        Ok(value) => Ok((value, Some(tree))),
        Err(error) => {
            let (span, message, help) = explain(&tree, &error);
            mistakes.add(&source, span, message, help);
            Err(mistakes)
        }
    }
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
