//! One file: its text, its tree, its typed model, and everything that is wrong with it on its own.

use std::collections::HashSet;
use std::sync::Arc;

use mesh_diagnostics::{Change, Safety, Source, Span};
use serde::de::DeserializeOwned;

use crate::model::mesh;
use crate::model::odcs::DataContract;
use crate::model::odps::DataProduct;
use crate::model::{ApiVersion, Kind};
use crate::schema::{self, Target, Violation, ViolationKind};
use crate::yaml::{self, NodeId, Tree, YamlProblemKind};

/// Of a document's schema violations, this many are reported one by one.
const MAX_VIOLATIONS: usize = 500;

/// A file that was read, whatever became of it.
#[derive(Debug)]
pub struct Document {
    /// The text, under the name it is shown by.
    pub source: Arc<Source>,
    /// The text's structure; `None` if it is not YAML.
    pub tree: Option<Tree>,
    /// What the file describes, as far as it could be understood.
    pub content: Content,
    /// The standard's version the file declares, if mesh reads that version.
    pub api_version: Option<ApiVersion>,
    /// What is wrong with the file in itself.
    pub problems: Vec<Problem>,
    /// Pointers of the schema's problems, sorted.
    violated: Vec<String>,
}

/// What a [`Document`] describes.
#[derive(Debug)]
pub enum Content {
    /// An ODPS data product.
    Product(Box<DataProduct>),
    /// An ODCS data contract.
    Contract(Box<DataContract>),
    /// Neither, or nothing that could be read.
    Other,
}

/// Something wrong with a file in itself, before any rule looks at what it means.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The bytes it is about.
    pub span: Span,
    /// JSON Pointer of the node it is about.
    pub pointer: String,
    /// A second place that explains it, with what is to be seen there.
    pub related: Option<(String, Span)>,
    /// What to change about the document, where that can be said.
    pub remedy: Option<Remedy>,
}

/// What gets rid of a [`Problem`].
#[derive(Debug, Clone, PartialEq)]
pub struct Remedy {
    /// What it does: an imperative sentence without a full stop.
    pub title: String,
    /// Whether it may be applied unseen.
    pub safety: Safety,
    /// The change.
    pub change: Change,
}

/// The kinds of [`Problem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The file could not be read.
    Unreadable,
    /// The file is not YAML that mesh accepts.
    Syntax,
    /// A mapping holds a key twice.
    DuplicateKey,
    /// The document does not fit the schema of its `apiVersion`.
    Schema,
}

impl Document {
    /// Reads one document. Never fails: what is wrong is in [`Document::problems`], and the model
    /// holds whatever is right.
    ///
    /// `expected` is the kind that the file's name promises; the document's own `kind` decides.
    pub fn parse(name: impl Into<String>, bytes: Vec<u8>, expected: Option<Kind>) -> Self {
        let (text, encoding_problem) = yaml::decode(bytes);
        let source = Arc::new(Source::new(name, text));
        let (tree, problems) = match encoding_problem {
            Some(problem) => (None, vec![problem]),
            None => yaml::parse(&source),
        };
        let mut document = Self {
            source,
            tree: None,
            content: Content::Other,
            api_version: None,
            problems: problems.into_iter().map(Problem::from).collect(),
            violated: Vec::new(),
        };
        if let Some(tree) = tree {
            document.interpret(&tree, expected);
            document.tree = Some(tree);
        }
        let schema = document.problems.iter();
        let schema = schema.filter(|problem| problem.kind == ProblemKind::Schema);
        document.violated = schema.map(|problem| problem.pointer.clone()).collect();
        document.violated.sort();
        document
    }

    /// A file that could not be read, so that it is reported and not passed over.
    pub fn unreadable(name: impl Into<String>, message: String, help: &str) -> Self {
        Self {
            source: Arc::new(Source::new(name, "")),
            tree: None,
            content: Content::Other,
            api_version: None,
            problems: vec![Problem {
                kind: ProblemKind::Unreadable,
                message,
                help: Some(help.to_owned()),
                span: Span::empty(0),
                pointer: String::new(),
                related: None,
                remedy: None,
            }],
            violated: Vec::new(),
        }
    }

    /// The name under which the file is shown: its path.
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// The folder the file is in, as a path prefix without a trailing slash; empty for none.
    pub fn folder(&self) -> &str {
        self.name()
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder)
    }

    /// What the file turned out to be.
    pub fn kind(&self) -> Option<Kind> {
        match self.content {
            Content::Product(_) => Some(Kind::DataProduct),
            Content::Contract(_) => Some(Kind::DataContract),
            Content::Other => None,
        }
    }

    /// The data product that the file describes.
    pub fn product(&self) -> Option<&DataProduct> {
        match &self.content {
            Content::Product(product) => Some(product),
            _ => None,
        }
    }

    /// The data contract that the file describes.
    pub fn contract(&self) -> Option<&DataContract> {
        match &self.content {
            Content::Contract(contract) => Some(contract),
            _ => None,
        }
    }

    /// The bytes to mark for a finding at `pointer`; see [`Tree::span_at`].
    pub fn span_at(&self, pointer: &str) -> Span {
        self.tree
            .as_ref()
            .map_or(Span::empty(0), |tree| tree.span_at(pointer))
    }

    /// Whether the schema accepts what stands at `pointer` and beneath it.
    pub fn is_sound(&self, pointer: &str) -> bool {
        self.violated
            .binary_search_by(|at| at.as_str().cmp(pointer))
            .is_err()
            && self.violated_beneath(pointer).next().is_none()
    }

    /// What the schema objects to beneath `pointer`: the rest of each pointer, after the slash.
    pub fn violated_beneath<'d>(&'d self, pointer: &str) -> impl Iterator<Item = &'d str> {
        let prefix = format!("{pointer}/");
        let start = self.violated.partition_point(|at| *at < prefix);
        self.violated[start..]
            .iter()
            .map_while(move |at| at.strip_prefix(&prefix))
    }

    fn interpret(&mut self, tree: &Tree, expected: Option<Kind>) {
        let root = tree.root();
        let text = |key: &str| root.get(key).and_then(yaml::NodeRef::as_str);
        if root.value() != yaml::Value::Mapping {
            self.problem_at(
                tree,
                "",
                "a manifest must be a mapping of keys to values".to_owned(),
                "start with `apiVersion:` and `kind:`; `mesh init` writes a manifest to start from",
            );
            return;
        }
        let declared = text("kind").map(|kind| (kind, Kind::parse(kind)));
        let kind = match (declared, expected) {
            (Some((_, Some(kind))), _) | (None, Some(kind)) => kind,
            (Some((other, None)), _) => {
                self.unknown_kind(tree, other);
                return;
            }
            (None, None) => {
                self.problem_at(
                    tree,
                    "",
                    "the document does not say what it is".to_owned(),
                    "add `kind: DataProduct` or `kind: DataContract`",
                );
                return;
            }
        };
        match text("apiVersion") {
            Some(version) => match ApiVersion::parse(kind, version) {
                Some(version) => self.api_version = Some(version),
                None => self.unknown_version(tree, kind, version),
            },
            // The schema reports that the key is missing or is not a text.
            None => self.api_version = Some(ApiVersion::current(kind)),
        }
        let masked = match self.api_version {
            Some(version) => self.validate(tree, version),
            None => HashSet::new(),
        };
        let (content, lost) = match kind {
            Kind::DataProduct => {
                let (product, lost) = read(tree, masked);
                (Content::Product(Box::new(product)), lost)
            }
            Kind::DataContract => {
                let (contract, lost) = read(tree, masked);
                (Content::Contract(Box::new(contract)), lost)
            }
        };
        self.content = content;
        if let Some(node) = lost {
            self.problems.push(Problem {
                kind: ProblemKind::Schema,
                message: "the document could not be understood beyond this point".to_owned(),
                help: Some(
                    "correct this and what was found before it; nothing else was checked"
                        .to_owned(),
                ),
                span: tree.span_of(node),
                pointer: String::new(),
                related: None,
                remedy: None,
            });
        }
        self.check_mesh_properties(tree);
    }

    /// Reports what mesh keeps in custom properties and cannot read.
    fn check_mesh_properties(&mut self, tree: &Tree) {
        let mut lists = Vec::new();
        match &self.content {
            Content::Product(product) => {
                lists.push((String::new(), &product.custom_properties));
                for (index, port) in product.input_ports.iter().enumerate() {
                    lists.push((format!("/inputPorts/{index}"), &port.custom_properties));
                }
                for (index, port) in product.output_ports.iter().enumerate() {
                    lists.push((format!("/outputPorts/{index}"), &port.custom_properties));
                }
            }
            Content::Contract(contract) => {
                lists.push((String::new(), &contract.custom_properties));
                for (index, object) in contract.schema.iter().enumerate() {
                    lists.push((format!("/schema/{index}"), &object.custom_properties));
                }
            }
            Content::Other => {}
        }
        let mistakes: Vec<(String, String, String)> = lists
            .iter()
            .flat_map(|(owner, list)| {
                mesh::mistakes(list)
                    .into_iter()
                    .map(move |(index, message, help)| {
                        (format!("{owner}/customProperties/{index}"), message, help)
                    })
            })
            .collect();
        for (pointer, message, help) in mistakes {
            self.problem_at(tree, &pointer, message, &help);
        }
    }

    /// Holds the document to the schema of `version`; gives the nodes that the model must not see.
    fn validate(&mut self, tree: &Tree, version: ApiVersion) -> HashSet<NodeId> {
        if schema::accepts(version, tree.root()) && !is_open(version) {
            return HashSet::new();
        }
        let json = tree.to_json();
        let mut masked: Vec<String> = Vec::new();
        let violations = schema::validate(version, &json);
        let more = violations.len().saturating_sub(MAX_VIOLATIONS);
        for (index, violation) in violations.into_iter().enumerate() {
            if index < MAX_VIOLATIONS || more == 1 {
                self.report(tree, &violation);
            } else if index == MAX_VIOLATIONS {
                let span = tree.span_at(&violation.pointer);
                self.problems.push(Problem {
                    kind: ProblemKind::Schema,
                    message: format!("and {more} more violations, of which this is the first"),
                    help: Some("correct those above, then run the check again".to_owned()),
                    span,
                    pointer: violation.pointer.clone(),
                    related: None,
                    remedy: None,
                });
            }
            masked.extend(violation.masks);
        }
        if is_open(version) {
            masked.extend(schema::undefined_keys(version, &json));
        }
        masked
            .iter()
            .filter_map(|pointer| Some(tree.at(pointer)?.id()))
            .collect()
    }

    fn report(&mut self, tree: &Tree, violation: &Violation) {
        let (pointer, span) = match &violation.target {
            Target::Value => {
                let pointer = match &violation.kind {
                    // As rules do, a missing key is reported where it should stand.
                    ViolationKind::MissingKey { key } => yaml::join(&violation.pointer, key),
                    _ => violation.pointer.clone(),
                };
                (pointer, tree.span_at(&violation.pointer))
            }
            Target::Key(key) => {
                let pointer = yaml::join(&violation.pointer, key);
                let span = tree
                    .key_at(&pointer)
                    .map_or_else(|| tree.span_at(&violation.pointer), yaml::NodeRef::span);
                (pointer, span)
            }
        };
        let node = tree.at(&violation.pointer);
        let quoted = quote_help(violation, node);
        self.problems.push(Problem {
            kind: ProblemKind::Schema,
            message: as_written(&violation.message, node),
            help: quoted.or_else(|| violation.help.clone()),
            span,
            related: None,
            remedy: remedy(violation, node, &pointer),
            pointer,
        });
    }

    fn unknown_kind(&mut self, tree: &Tree, found: &str) {
        let names = Kind::ALL.map(Kind::as_str);
        let help = match mesh_diagnostics::nearest(found, names) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("use `{}` or `{}`", names[0], names[1]),
        };
        self.problem_at(
            tree,
            "/kind",
            format!("`{found}` is not a kind of document that mesh knows"),
            &help,
        );
    }

    fn unknown_version(&mut self, tree: &Tree, kind: Kind, found: &str) {
        let versions: Vec<String> = ApiVersion::all(kind)
            .iter()
            .map(|version| format!("`{version}`"))
            .collect();
        let current = ApiVersion::current(kind).to_string();
        let help = if current.trim_start_matches('v') == found {
            format!("write it as `{current}`")
        } else {
            format!("use one of {}", versions.join(", "))
        };
        self.problem_at(
            tree,
            "/apiVersion",
            format!(
                "`{found}` is not a version of the {} standard that mesh reads",
                kind.noun()
            ),
            &help,
        );
    }

    fn problem_at(&mut self, tree: &Tree, pointer: &str, message: String, help: &str) {
        self.problems.push(Problem {
            kind: ProblemKind::Schema,
            message,
            help: Some(help.to_owned()),
            span: tree.span_at(pointer),
            pointer: pointer.to_owned(),
            related: None,
            remedy: None,
        });
    }
}

/// `message` with a number as the document writes it: `1.10`, where JSON has `1.1`.
fn as_written(message: &str, node: Option<yaml::NodeRef<'_>>) -> String {
    match node.map(|node| (node, node.value())) {
        Some((node, yaml::Value::Number(text))) => {
            message.replace(&format!("`{}`", node.to_json()), &format!("`{text}`"))
        }
        _ => message.to_owned(),
    }
}

/// Whether documents of `version` may have keys that nothing defines: contracts before v3.1.0. Such a
/// key may be called like one of a later version and mean something else.
fn is_open(version: ApiVersion) -> bool {
    version.kind() == Kind::DataContract && version.to_semver() < semver::Version::new(3, 1, 0)
}

/// `version: 1.10` is a number to YAML, and its last zero is lost on everyone who reads it so.
fn quote_help(violation: &Violation, node: Option<yaml::NodeRef<'_>>) -> Option<String> {
    let ViolationKind::WrongType { expected } = &violation.kind else {
        return None;
    };
    let node = node.filter(|_| expected.contains(&"string"))?;
    match node.value() {
        yaml::Value::Number(text) => Some(format!("quote it: \"{text}\"")),
        yaml::Value::Bool(_) => Some(format!("quote it: \"{}\"", node.raw())),
        _ => None,
    }
}

/// What gets rid of a violation: quotes around what is to be a text, and for a key that no version
/// has, the one that was most likely meant.
fn remedy(violation: &Violation, node: Option<yaml::NodeRef<'_>>, pointer: &str) -> Option<Remedy> {
    match &violation.kind {
        ViolationKind::UnknownKey {
            key,
            versions,
            suggestion: Some(meant),
        } if versions.is_empty() => {
            let is_free = node.is_some_and(|node| node.get(meant).is_none());
            is_free.then(|| Remedy {
                title: format!("rename `{key}` to `{meant}`"),
                safety: Safety::Unsafe,
                change: Change::Rename {
                    pointer: pointer.to_owned(),
                    key: meant.clone(),
                },
            })
        }
        ViolationKind::WrongType { expected } if expected.contains(&"string") => {
            let text = match node?.value() {
                yaml::Value::Number(text) => text,
                yaml::Value::Bool(_) => node?.raw(),
                _ => return None,
            };
            Some(Remedy {
                title: format!("quote it: \"{text}\""),
                safety: Safety::Safe,
                change: Change::set(pointer, text),
            })
        }
        _ => None,
    }
}

/// Reads the model, masking whatever does not fit it. Where too much does not, the model is empty,
/// and the node is given at which the last attempt ended.
///
/// After the schema has had its say this succeeds at once; the loop is for documents whose version
/// is unknown, which no schema has looked at.
fn read<T: DeserializeOwned + Default>(
    tree: &Tree,
    mut masked: HashSet<NodeId>,
) -> (T, Option<NodeId>) {
    const ATTEMPTS: usize = 32;
    let mut last = tree.root().id();
    for _ in 0..ATTEMPTS {
        match tree.deserialize(&masked) {
            Ok(model) => return (model, None),
            Err(error) => {
                last = error.node.unwrap_or(last);
                if !masked.insert(last) {
                    break;
                }
            }
        }
    }
    (T::default(), Some(last))
}

impl From<yaml::YamlProblem> for Problem {
    fn from(problem: yaml::YamlProblem) -> Self {
        Self {
            kind: match problem.kind {
                YamlProblemKind::Syntax => ProblemKind::Syntax,
                YamlProblemKind::DuplicateKey => ProblemKind::DuplicateKey,
            },
            message: problem.message,
            help: problem.help,
            span: problem.span,
            pointer: problem.pointer,
            related: problem.related,
            remedy: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(version: &str, yaml: &str) -> Document {
        let text = format!(
            "apiVersion: {version}\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n{yaml}"
        );
        Document::parse("a.odcs.yaml", text.into_bytes(), None)
    }

    #[test]
    fn a_missing_key_is_reported_at_its_own_pointer() {
        let document = contract("v3.2.0", "servers:\n  - server: a\n");
        let [problem] = document.problems.as_slice() else {
            panic!("{:?}", document.problems);
        };
        assert_eq!(problem.pointer, "/servers/0/type");
        assert_eq!(document.source.slice(problem.span), "a");
        assert!(!document.is_sound("/servers") && !document.is_sound("/servers/0/type"));
        assert!(document.is_sound("/server") && document.is_sound("/servers/0/server"));
    }

    #[test]
    fn violations_beyond_the_limit_are_counted() {
        let keys: String = (0..20_000).map(|i| format!("unknown{i}: 1\n")).collect();
        let document = contract("v3.2.0", &keys);
        assert_eq!(document.problems.len(), MAX_VIOLATIONS + 1);
        let last = &document.problems[MAX_VIOLATIONS];
        assert!(
            last.message.starts_with("and 19500 more"),
            "{}",
            last.message
        );
        assert_eq!(
            document
                .contract()
                .and_then(|contract| contract.id.as_deref()),
            Some("a")
        );
    }

    #[test]
    fn what_cannot_be_understood_is_said() {
        let wrong = "  - {server: [], type: x}\n".repeat(40);
        let document = contract("v9.9.9", &format!("servers:\n{wrong}"));
        let last = document
            .problems
            .last()
            .map(|problem| problem.message.as_str());
        assert_eq!(
            last,
            Some("the document could not be understood beyond this point")
        );
        let few = contract("v9.9.9", "servers: [{server: []}]\n");
        assert_eq!(few.problems.len(), 1);
    }
}
