//! Holds mesh's schemas to the official ones: for every document of the corpus and for thousands of
//! mutations of them, the verdicts are the same, whichever version of the standard the document is
//! judged by, and whether `jsonschema` or mesh's own fast check judges.
//!
//! The corpus is not part of the repository. Without it this test passes, and says that it has
//! tested nothing.

#[path = "conformance/corpus.rs"]
mod corpus;
#[path = "conformance/mutate.rs"]
mod mutate;
#[path = "conformance/rewriting.rs"]
mod rewriting;
#[path = "conformance/sample.rs"]
mod sample;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use mesh_diagnostics::Source;
use mesh_schemas::Schema;
use mesh_spec::model::odcs::DataContract;
use mesh_spec::model::odps::DataProduct;
use mesh_spec::model::{ApiVersion, Kind};
use mesh_spec::{schema, yaml};
use serde::Deserialize;
use serde_json::Value;

use corpus::Document;
use mutate::{Material, Random};
use sample::Choice;

const SEED: u64 = 2026;
const MUTATIONS_PER_DOCUMENT: usize = 15;
/// Every so manieth document is explained and read as well as judged, which takes longer.
const EXPLAINED: usize = 23;

/// One version of one standard: the official judge and ours.
struct Court {
    version: ApiVersion,
    official: Validator,
    ours: Schema,
}

/// What came of the comparisons.
#[derive(Default)]
struct Tally {
    comparisons: usize,
    valid: usize,
    read: usize,
    disagreements: Vec<String>,
    unreadable: Vec<String>,
}

#[test]
fn verdicts_agree_with_the_official_schemas() {
    let Some(root) = corpus_or_excuse() else {
        return;
    };
    let mut documents = corpus::documents(&root);
    assert!(!documents.is_empty(), "the corpus has no documents");
    documents.extend(corpus::synthetic());
    let mut tally = Tally::default();
    for kind in Kind::ALL {
        let documents: Vec<_> = documents
            .iter()
            .filter(|document| document.kind == kind)
            .collect();
        let courts: Vec<_> = ApiVersion::all(kind)
            .iter()
            .map(|version| Court::new(&root, *version))
            .collect();
        let material = material(&root, kind, &documents);
        let mut random = Random::new(SEED);
        for document in documents {
            let name = document
                .path
                .strip_prefix(&root)
                .unwrap_or(&document.path)
                .display()
                .to_string();
            tally.compare(&courts, &document.value, &name);
            for _ in 0..MUTATIONS_PER_DOCUMENT {
                let mut mutant = document.value.clone();
                let changes = mutate::mutate(&mut mutant, &mut random, &material).join(", ");
                tally.compare(&courts, &mutant, &format!("{name}: {changes}"));
            }
        }
    }
    tally.report();
}

#[test]
fn verdicts_agree_wherever_a_document_is_touched() {
    let Some(root) = corpus_or_excuse() else {
        return;
    };
    let mut tally = Tally::default();
    for kind in Kind::ALL {
        for version in ApiVersion::all(kind) {
            let official = corpus::official_schema(&root, *version);
            let court = Court::new(&root, *version);
            let first = sample::full(&official, Choice::First);
            let last = sample::full(&official, Choice::Last);
            let mut seeds = vec![
                ("full".to_owned(), first.clone(), None),
                ("full".to_owned(), last, None),
            ];
            let variants = sample::variants(&official).into_iter();
            seeds.extend(variants.map(|(name, document)| (name, document, Some(&first))));
            for (name, document, _) in &mut seeds {
                court.remove_unexpected(document);
                assert!(
                    court.official.is_valid(document),
                    "{name} of {version} is not valid: {document}"
                );
            }
            let synthetic = corpus::synthetic()
                .into_iter()
                .filter(|document| document.kind == kind);
            seeds.extend(synthetic.map(|mut document| {
                document.value["apiVersion"] = version.to_string().into();
                (document.path.display().to_string(), document.value, None)
            }));
            for (name, document, known) in &seeds {
                tally.judge(&court, document, name);
                for (change, neighbour) in mutate::neighbours(document, *known) {
                    tally.judge(&court, &neighbour, &format!("{name}: {change}"));
                }
            }
        }
    }
    tally.report();
}

#[test]
fn documents_that_must_fail_do_fail() {
    let Some(root) = corpus_or_excuse() else {
        return;
    };
    let documents = corpus::documents(&root);
    let negative = |document: &&Document| {
        document
            .path
            .components()
            .any(|part| part.as_os_str() == "negative")
    };
    for Document { path, kind, value } in documents.iter().filter(negative) {
        let version = match kind {
            Kind::DataProduct => {
                ApiVersion::parse(*kind, value["apiVersion"].as_str().unwrap_or_default())
            }
            // The contracts are meant for the current version, whatever they declare.
            Kind::DataContract => Some(ApiVersion::current(*kind)),
        };
        let version = version.expect("products that must fail declare a supported version");
        assert!(
            !schema_of(version).is_valid(value),
            "{} must be rejected by {version}",
            path.display()
        );
    }
}

#[test]
fn every_document_can_be_edited_without_touching_more() {
    let Some(root) = corpus_or_excuse() else {
        return;
    };
    let trees = rewriting::trees(&root);
    assert!(!trees.is_empty(), "the corpus has no documents");
    let scalars = trees
        .iter()
        .map(|(path, tree)| rewriting::edit_all(path, tree));
    let scalars: usize = scalars.sum();
    eprintln!("{scalars} scalars of {} files were edited", trees.len());
}

#[test]
fn every_older_document_is_moved_or_reported() {
    let Some(root) = corpus_or_excuse() else {
        return;
    };
    let mut moves = rewriting::Moves::default();
    for document in corpus::documents(&root) {
        let text = std::fs::read_to_string(&document.path).expect("a document of the corpus");
        let name = document.path.display().to_string();
        moves.add(&root, &name, &text, document.kind);
    }
    let (count, refused) = (moves.moved, moves.refused);
    let said = refused.join("\n");
    eprintln!(
        "{count} documents moved, {} reported:\n{said}",
        refused.len()
    );
    assert!(refused.len() < count, "{refused:#?}");
    let mut samples = rewriting::Moves::default();
    samples.add_samples(&root);
    let (count, refused) = (samples.moved, samples.refused);
    eprintln!("{count} samples moved, {} reported", refused.len());
    assert!(refused.len() < count, "{refused:#?}");
}

#[expect(
    clippy::print_stderr,
    reason = "a skipped test that looks like a passed one would be a lie"
)]
fn corpus_or_excuse() -> Option<std::path::PathBuf> {
    corpus::root()
        .map_err(|excuse| eprintln!("skipped, nothing was compared: {excuse}"))
        .ok()
}

fn schema_of(version: ApiVersion) -> Schema {
    Schema::named(&format!("{}-{version}", version.kind().standard()))
        .expect("every version has a schema")
}

fn material(root: &Path, kind: Kind, documents: &[&Document]) -> Material {
    let mut words = BTreeSet::new();
    for version in ApiVersion::all(kind) {
        corpus::vocabulary(&corpus::official_schema(root, *version), &mut words);
    }
    Material::new(
        words,
        documents.iter().map(|document| document.value.clone()),
    )
}

impl Court {
    fn new(root: &Path, version: ApiVersion) -> Self {
        let official = corpus::validator(&corpus::official_schema(root, version));
        Self {
            version,
            official,
            ours: schema_of(version),
        }
    }
}

impl Court {
    /// Removes the keys that a schema describes in one place and forbids in another, innermost
    /// first: an object with a wrong key makes the key that it stands under look wrong as well.
    fn remove_unexpected(&self, document: &mut Value) {
        loop {
            let errors = self.official.iter_errors(document);
            let innermost =
                errors.max_by_key(|error| error.instance_path().as_str().matches('/').count());
            let Some(error) = innermost else { return };
            let ValidationErrorKind::UnevaluatedProperties { unexpected } = error.kind() else {
                return;
            };
            let pointers: Vec<_> = unexpected
                .iter()
                .map(|key| format!("{}/{key}", error.instance_path()))
                .collect();
            drop(error);
            for pointer in pointers {
                remove(document, &pointer);
            }
        }
    }
}

impl Tally {
    /// Compares the verdicts on a document in every version, first as it declares itself and then
    /// as if it declared the version that it is judged by.
    fn compare(&mut self, courts: &[Court], document: &Value, name: &str) {
        for court in courts {
            let declared = Some(document["apiVersion"].clone());
            let redeclared = document
                .is_object()
                .then(|| Value::from(court.version.to_string()));
            let mut document = document.clone();
            for api_version in [declared, redeclared].into_iter().flatten() {
                if let Some(object) = document.as_object_mut().filter(|_| !api_version.is_null()) {
                    object.insert("apiVersion".into(), api_version);
                }
                self.judge(court, &document, name);
            }
        }
    }

    fn judge(&mut self, court: &Court, document: &Value, name: &str) {
        let official = court.official.is_valid(document);
        let ours = court.ours.is_valid(document);
        self.comparisons += 1;
        self.valid += usize::from(official);
        if schema::accepts(court.version, document) != ours {
            self.disagreements.push(format!(
                "{} is wrong about this: {}, says the fast check, of {name}",
                court.version,
                if ours { "invalid" } else { "valid" },
            ));
        }
        if official != ours {
            let errors: Vec<_> = if official {
                court
                    .ours
                    .errors(document)
                    .map(|error| format!("{} at {}", error, error.instance_path()))
                    .collect()
            } else {
                court
                    .official
                    .iter_errors(document)
                    .map(|error| format!("{} at {}", error, error.instance_path()))
                    .collect()
            };
            let side = if official {
                "only ours rejects"
            } else {
                "only the official one rejects"
            };
            self.disagreements.push(format!(
                "{} {side}: {name}\n    {}",
                court.version,
                errors.join("\n    ")
            ));
        }
        if self.comparisons.is_multiple_of(EXPLAINED) {
            self.read(court, document, ours, name);
        }
    }

    /// Holds [`schema::validate`] to its promise: the document, less what is wrong with it, fits
    /// the model.
    fn read(&mut self, court: &Court, document: &Value, valid: bool, name: &str) {
        self.read += 1;
        let source = Arc::new(Source::new(name, document.to_string()));
        let (tree, _) = yaml::parse(&source);
        let tree_accepted = tree.is_some_and(|tree| schema::accepts(court.version, tree.root()));
        if tree_accepted != valid {
            self.disagreements.push(format!(
                "{}: {name}\n    valid: {valid}, but not so as a tree",
                court.version
            ));
        }
        let violations = schema::validate(court.version, document);
        if violations.is_empty() != valid {
            self.unreadable.push(format!(
                "{}: {name}\n    valid: {valid}, but {} violations",
                court.version,
                violations.len()
            ));
        }
        let mut readable = document.clone();
        let masks = violations.into_iter().flat_map(|violation| violation.masks);
        let mut masks: Vec<_> = masks
            .chain(schema::undefined_keys(court.version, document))
            .collect();
        // Within a list, later elements go first, so that the pointers of earlier ones stay right.
        masks.sort_by_key(|mask| {
            mask.split('/')
                .map(|token| (token.parse::<usize>().ok(), token.to_owned()))
                .collect::<Vec<_>>()
        });
        masks.dedup();
        for mask in masks.iter().rev() {
            remove(&mut readable, mask);
        }
        let read = match court.version.kind() {
            Kind::DataProduct => DataProduct::deserialize(&readable).map(drop),
            Kind::DataContract => DataContract::deserialize(&readable).map(drop),
        };
        if let Err(error) = read {
            self.unreadable.push(format!(
                "{}: {name}\n    {error}; masked: {masks:?}",
                court.version
            ));
        }
    }

    #[expect(clippy::print_stderr, reason = "the figure is what the test is for")]
    fn report(&self) {
        eprintln!(
            "{} of {} verdicts agree with the official schemas ({} valid, {} invalid); {} documents read",
            self.comparisons - self.disagreements.len(),
            self.comparisons,
            self.valid,
            self.comparisons - self.valid,
            self.read,
        );
        let shown: Vec<_> = self
            .disagreements
            .iter()
            .take(10)
            .map(String::as_str)
            .collect();
        assert!(
            shown.is_empty(),
            "{} verdicts differ, such as\n{}",
            self.disagreements.len(),
            shown.join("\n")
        );
        let shown: Vec<_> = self
            .unreadable
            .iter()
            .take(10)
            .map(String::as_str)
            .collect();
        assert!(
            shown.is_empty(),
            "{} documents cannot be read, such as\n{}",
            self.unreadable.len(),
            shown.join("\n")
        );
    }
}

/// Leaves a node out of a document.
fn remove(document: &mut Value, pointer: &str) {
    let Some((parent, token)) = pointer.rsplit_once('/') else {
        *document = Value::Object(serde_json::Map::new());
        return;
    };
    let token = token.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent) {
        Some(Value::Object(object)) => drop(object.shift_remove(&token)),
        Some(Value::Array(array)) => drop(
            token
                .parse()
                .ok()
                .filter(|index| *index < array.len())
                .map(|index| array.remove(index)),
        ),
        _ => {}
    }
}
