//! Holds policies to their own examples: each must accept what it says it accepts, and reject what it says it rejects.

use std::borrow::Cow;
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, Related, Span};
use mesh_spec::document::Document;
use mesh_spec::model::{ApiVersion, Kind};
use mesh_spec::terms::dates::Day;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::{Role, Workspace};
use serde_json::{Map, Value as Json, json};

use crate::check::{Asked, GROUP, ask};
use crate::compose::{InForce, RuleSet};
use crate::pack::{Expected, Fixture, Head};
use crate::policies::Policies;

/// The id of the finding that an example does not come out as it should.
const FAILED: &str = "policy-test-failed";
/// The id of the finding that a policy has no example that it accepts, or none that it rejects.
const MISSING: &str = "policy-test-missing";

/// What came of testing policies.
#[derive(Debug, Default)]
pub struct Tested {
    /// How many policies were tested.
    pub policies: usize,
    /// How many examples there were.
    pub examples: usize,
    /// What did not come out as it should, as findings that point into the packs.
    pub findings: Vec<Diagnostic>,
}

impl Tested {
    /// This, and what came of another test.
    pub fn add(&mut self, other: Self) {
        self.policies += other.policies;
        self.examples += other.examples;
        self.findings.extend(other.findings);
    }
}

impl Policies {
    /// Tests the policies of the packs and overlays of which the name `is_meant`, as of `day` where an example names
    /// none.
    ///
    /// A pack is tested by itself, with its own parameters; an overlay with what it extends.
    pub fn test(&self, day: Day, is_meant: impl Fn(&str) -> bool) -> Tested {
        let mut tested = Tested::default();
        let packs = self.for_domains(&[]);
        for (at, pack) in self.packs.iter().enumerate() {
            if is_meant(&pack.head.name) {
                // What overlays for everyone move is theirs to test.
                let own: Vec<_> = pack
                    .values
                    .iter()
                    .map(|value| value.value.clone())
                    .collect();
                let mine = packs
                    .policies
                    .iter()
                    .filter(|it| it.head.name == self.packs[at].head.name);
                for in_force in mine {
                    test(
                        &InForce {
                            parameters: own.clone(),
                            untightened: None,
                            ..in_force.clone()
                        },
                        day,
                        &mut tested,
                    );
                }
            }
        }
        for linked in &self.overlays {
            let head = &linked.overlay.head;
            if is_meant(&head.name) {
                let domains: Vec<&str> = linked.overlay.domain.as_deref().into_iter().collect();
                let rules: RuleSet<'_> = self.for_domains(&domains);
                for in_force in rules.policies.iter().filter(|it| it.head.name == head.name) {
                    test(in_force, day, &mut tested);
                }
            }
        }
        tested
    }
}

/// Tests one policy.
fn test(in_force: &InForce<'_>, day: Day, tested: &mut Tested) {
    let policy = in_force.policy;
    tested.policies += 1;
    for (expected, key) in [(Expected::Pass, "pass"), (Expected::Fail, "fail")] {
        if !policy
            .fixtures
            .iter()
            .any(|fixture| fixture.expected == expected)
        {
            let does = if expected == Expected::Pass {
                "accepts"
            } else {
                "rejects"
            };
            tested.findings.push(finding(
                MISSING,
                in_force.head,
                policy.id_span,
                format!("`{}` has no example that it {does}", policy.id),
                format!("add one under `tests: {{{key}: […]}}`: a rule that was never seen to work may not"),
            ));
        }
    }
    for fixture in &policy.fixtures {
        tested.examples += 1;
        tested.findings.extend(judge(in_force, fixture, day));
    }
}

/// What is wrong with an example, or with the policy by its example.
fn judge(in_force: &InForce<'_>, fixture: &Fixture, day: Day) -> Option<Diagnostic> {
    let policy = in_force.policy;
    let workspace = workspace(fixture);
    let name = fixture
        .name
        .as_deref()
        .map(|name| format!(" \"{name}\""))
        .unwrap_or_default();
    let failed =
        |message: String, help: String| finding(FAILED, in_force.head, fixture.span, message, help);
    for document in workspace.files() {
        if let Some(problem) = document.problems.first() {
            let help = problem.help.clone();
            return Some(failed(
                format!(
                    "the example{name} of `{}` is no valid document: {}",
                    policy.id, problem.message
                ),
                help.unwrap_or_else(|| "correct the example".to_owned()),
            ));
        }
    }
    let mut parameters = in_force.parameters.clone();
    for (at, value) in &fixture.parameters {
        parameters[*at] = value.clone();
    }
    let mine = InForce {
        parameters,
        untightened: None,
        ..in_force.clone()
    };
    let as_of = fixture.as_of.unwrap_or(day);
    let asked = ask(&workspace, &Vocabularies::default(), &mine, as_of);
    let says = |word: &str| format!("`{}` {word} the example{name}", policy.id);
    match (fixture.expected, asked) {
        (Expected::Pass, Asked::Holds)
        | (Expected::Skip, Asked::NotMeant)
        | (Expected::Fail, Asked::Fails { error: None, .. }) => None,
        (Expected::Pass | Expected::Fail, Asked::NotMeant) => Some(failed(
            format!(
                "{}: `when` or `scope` leaves it out, or nothing in it is a `{}`",
                says("does not apply to"),
                policy.subject.as_str()
            ),
            "complete the example so that the policy applies, or move it to `skip`".to_owned(),
        )),
        (Expected::Fail, Asked::Holds) => Some(failed(
            says("accepts"),
            "correct `require`, or move the example to `pass`".to_owned(),
        )),
        (Expected::Skip, Asked::Holds | Asked::Fails { .. }) => Some(failed(
            says("applies to"),
            "correct `when` or `scope`, or move the example".to_owned(),
        )),
        (
            _,
            Asked::Fails {
                span,
                message,
                error,
            },
        ) => {
            let (message, help) = match error {
                Some(error) => (
                    format!("{}: {error}", says("cannot be evaluated for")),
                    "ask first whether it is there, with `has(…)`".to_owned(),
                ),
                None => (
                    format!("{}: {message}", says("rejects")),
                    "correct `require`, or move the example to `fail`".to_owned(),
                ),
            };
            let mut found = failed(message, help);
            found.related.push(Related {
                message: "this decided".to_owned(),
                source: Arc::clone(&in_force.head.source),
                span,
            });
            Some(found)
        }
    }
}

fn finding(
    rule: &'static str,
    head: &Head,
    span: Span,
    message: String,
    help: String,
) -> Diagnostic {
    Diagnostic {
        rule: Cow::Borrowed(rule),
        group: Cow::Borrowed(GROUP),
        level: Level::Error,
        message,
        help: Some(help),
        source: Arc::clone(&head.source),
        span,
        pointer: String::new(),
        related: Vec::new(),
        fix: None,
        is_binding: false,
    }
}

/// The documents of an example, completed.
fn workspace(fixture: &Fixture) -> Workspace {
    let product = fixture.product.iter().map(|product| {
        document(
            "example/dataproduct.yaml".to_owned(),
            Kind::DataProduct,
            product,
        )
    });
    let contracts = fixture.contracts.iter().enumerate().map(|(at, contract)| {
        document(
            format!("example/{at}.odcs.yaml"),
            Kind::DataContract,
            contract,
        )
    });
    let documents = product
        .chain(contracts)
        .map(|document| (document, Role::Target));
    Workspace::new(documents.collect(), None)
}

/// A document of which `part` is given.
fn document(name: String, kind: Kind, part: &Map<String, Json>) -> Document {
    let mut whole = Map::new();
    let header = [
        ("apiVersion", ApiVersion::current(kind).to_string()),
        ("kind", kind.as_str().to_owned()),
        ("id", "example".to_owned()),
        ("version", "1.0.0".to_owned()),
        ("status", "active".to_owned()),
    ];
    for (key, value) in header {
        whole.insert(key.to_owned(), json!(value));
    }
    for (key, value) in part {
        whole.insert(key.clone(), value.clone());
    }
    Document::parse(
        name,
        Json::Object(whole).to_string().into_bytes(),
        Some(kind),
    )
}
