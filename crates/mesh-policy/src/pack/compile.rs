//! From what a file says about a policy to what is run.

use mesh_diagnostics::{Span, nearest};
use mesh_spec::settings::Mistakes;
use mesh_spec::terms::dates::Day;
use mesh_spec::terms::status;
use mesh_spec::yaml::Tree;
use serde_json::{Map, Value as Json};

use super::enforcement::{day, key_span};
use super::model::{self, Scope};
use super::{Enforcement, RuleSetting, Template, Waivable, span};
use crate::expr::{Constant, Mistake, Parameters, Program, Variable};
use crate::view::Kind;

pub(crate) use super::model::Subject;

/// A policy, compiled.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) id: String,
    pub(crate) id_span: Span,
    pub(crate) title: Option<String>,
    pub(crate) why: Option<String>,
    pub(crate) references: Vec<model::Reference>,
    pub(crate) subject: Subject,
    pub(crate) scope: Scope,
    pub(crate) when: Option<Condition>,
    pub(crate) require: Condition,
    pub(crate) message: Option<Template>,
    pub(crate) help: Option<Template>,
    pub(crate) enforcement: Enforcement,
    pub(crate) waivable: Option<Waivable>,
    pub(crate) fixtures: Vec<Fixture>,
}

/// A condition, and where it stands.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) program: Program,
    pub(crate) text: String,
    /// JSON Pointer of the text in the file.
    pub(crate) pointer: String,
    /// The bytes of the file that hold the text.
    pub(crate) span: Span,
    /// Where each part of the text is in the file.
    places: span::Places,
}

impl Condition {
    /// The bytes of the file that hold a part of the text.
    pub(crate) fn within(&self, part: Span) -> Span {
        self.places.of(part)
    }
}

/// An example of a policy.
#[derive(Debug)]
pub(crate) struct Fixture {
    pub(crate) expected: Expected,
    pub(crate) name: Option<String>,
    /// The documents, each with what every document has.
    pub(crate) product: Option<Map<String, Json>>,
    pub(crate) contracts: Vec<Map<String, Json>>,
    /// Parameters that are different, by position.
    pub(crate) parameters: Vec<(usize, Constant)>,
    pub(crate) as_of: Option<Day>,
    pub(crate) span: Span,
}

/// What a policy makes of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    Pass,
    Fail,
    Skip,
}

impl Subject {
    /// All subjects.
    pub(crate) const ALL: [Self; 10] = [
        Self::Product,
        Self::InputPort,
        Self::OutputPort,
        Self::Contract,
        Self::SchemaObject,
        Self::Field,
        Self::Server,
        Self::Role,
        Self::Sla,
        Self::Quality,
    ];

    /// The word in packs.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::InputPort => "input-port",
            Self::OutputPort => "output-port",
            Self::Contract => "contract",
            Self::SchemaObject => "schema-object",
            Self::Field => "field",
            Self::Server => "server",
            Self::Role => "role",
            Self::Sla => "sla",
            Self::Quality => "quality",
        }
    }

    /// Whether it is a product, or a part of one; else it is a contract, or a part of one.
    pub(crate) const fn is_of_product(self) -> bool {
        matches!(self, Self::Product | Self::InputPort | Self::OutputPort)
    }

    /// What expressions about it start from: the document, what is between, and it itself, by position.
    pub(crate) const fn variables(self) -> &'static [Variable] {
        const PRODUCT: Variable = variable("product", Kind::Product);
        const CONTRACT: Variable = variable("contract", Kind::Contract);
        const OBJECT: Variable = variable("object", Kind::Object);
        const INPUT_PORT: &[Variable] = &[PRODUCT, variable("inputPort", Kind::InputPort)];
        const OUTPUT_PORT: &[Variable] = &[PRODUCT, variable("outputPort", Kind::OutputPort)];
        const FIELD: &[Variable] = &[CONTRACT, OBJECT, variable("field", Kind::Field)];
        const SERVER: &[Variable] = &[CONTRACT, variable("server", Kind::Server)];
        const ROLE: &[Variable] = &[CONTRACT, variable("role", Kind::Role)];
        const SLA: &[Variable] = &[CONTRACT, variable("sla", Kind::Sla)];
        const QUALITY: &[Variable] = &[CONTRACT, variable("quality", Kind::Quality)];
        match self {
            Self::Product => &[PRODUCT],
            Self::InputPort => INPUT_PORT,
            Self::OutputPort => OUTPUT_PORT,
            Self::Contract => &[CONTRACT],
            Self::SchemaObject => &[CONTRACT, OBJECT],
            Self::Field => FIELD,
            Self::Server => SERVER,
            Self::Role => ROLE,
            Self::Sla => SLA,
            Self::Quality => QUALITY,
        }
    }
}

const fn variable(name: &'static str, kind: Kind) -> Variable {
    Variable { name, kind }
}

/// What a policy is compiled in.
pub(super) struct Compiler<'c> {
    pub(super) tree: &'c Tree,
    pub(super) parameters: &'c Parameters,
    /// The name that ids start with, in an overlay.
    pub(super) namespace: Option<&'c str>,
    pub(super) mistakes: &'c mut Mistakes,
}

impl Compiler<'_> {
    /// Compiles the policies of a file. Those with mistakes are left out.
    pub(super) fn policies(&mut self, policies: &[model::Policy]) -> Vec<Policy> {
        let compiled = policies.iter().enumerate();
        let compiled = compiled.map(|(at, policy)| self.policy(policy, &format!("/policies/{at}")));
        compiled.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn mistake(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.mistakes
            .add(self.tree.source(), span, message, Some(help.into()));
    }

    fn policy(&mut self, policy: &model::Policy, pointer: &str) -> Option<Policy> {
        let id_span = self.tree.span_at(&format!("{pointer}/id"));
        self.check_id(&policy.id, id_span);
        self.check_scope(&policy.scope, pointer);
        let variables = policy.subject.variables();
        let when = policy
            .when
            .as_deref()
            .map(|text| self.condition(text, variables, format!("{pointer}/when")));
        let require = self.condition(&policy.require, variables, format!("{pointer}/require"));
        let message = self.template(policy.message.as_deref(), variables, pointer, "message");
        let help = self.template(policy.help.as_deref(), variables, pointer, "help");
        let enforcement = Enforcement::read(
            policy.level,
            policy.rollout.as_ref(),
            self.tree,
            pointer,
            self.mistakes,
        );
        let waivable = self.waivable(&policy.waivable, pointer);
        let fixtures = self.fixtures(policy, pointer);
        Some(Policy {
            id: policy.id.clone(),
            id_span,
            title: policy.title.clone(),
            why: policy.why.clone(),
            references: policy.references.clone(),
            subject: policy.subject,
            scope: policy.scope.clone(),
            when: match when {
                Some(condition) => Some(condition?),
                None => None,
            },
            require: require?,
            message,
            help,
            enforcement,
            waivable,
            fixtures,
        })
    }

    fn check_id(&mut self, id: &str, span: Span) {
        let (namespace, name) = match id.split_once('/') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, id),
        };
        if !is_name(name) {
            self.mistake(
                span,
                format!("`{id}` is no id of a policy"),
                "use small letters, digits and hyphens, such as `owner-named`",
            );
        } else if namespace != self.namespace {
            match self.namespace {
                Some(own) => self.mistake(
                    span,
                    "policies of an overlay carry its name, so that they never meet those of others",
                    format!("call it `{own}/{name}`"),
                ),
                None => self.mistake(
                    span,
                    "policies of a pack have plain names; those with a slash are of overlays",
                    format!("call it `{name}`"),
                ),
            }
        }
    }

    fn check_scope(&mut self, scope: &Scope, pointer: &str) {
        for (at, text) in scope.status.iter().enumerate() {
            if !status::ALL.contains(&text.as_str()) {
                let span = self.tree.span_at(&format!("{pointer}/scope/status/{at}"));
                let help = match nearest(text, status::ALL) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("use one of `{}`", status::ALL.join("`, `")),
                };
                self.mistake(span, format!("there is no status `{text}`"), help);
            }
        }
    }

    fn condition(
        &mut self,
        text: &str,
        variables: &[Variable],
        pointer: String,
    ) -> Option<Condition> {
        match Program::condition(text, variables, self.parameters) {
            Ok(program) => {
                let places = match self.tree.at(&pointer) {
                    Some(node) => span::Places::new(node),
                    None => span::Places::whole(self.tree.span_at(&pointer)),
                };
                Some(Condition {
                    program,
                    text: text.to_owned(),
                    span: places.of_all(),
                    places,
                    pointer,
                })
            }
            Err(mistakes) => {
                self.expression_mistakes(mistakes, &pointer);
                None
            }
        }
    }

    fn template(
        &mut self,
        text: Option<&str>,
        variables: &[Variable],
        pointer: &str,
        key: &str,
    ) -> Option<Template> {
        match Template::new(text?, variables, self.parameters) {
            Ok(template) => Some(template),
            Err(mistakes) => {
                self.expression_mistakes(mistakes, &format!("{pointer}/{key}"));
                None
            }
        }
    }

    fn expression_mistakes(&mut self, found: Vec<Mistake>, pointer: &str) {
        for mistake in found {
            let span = match self.tree.at(pointer) {
                Some(node) => span::Places::new(node).of(mistake.span),
                None => self.tree.span_at(pointer),
            };
            self.mistakes
                .add(self.tree.source(), span, mistake.message, mistake.help);
        }
    }

    fn waivable(&mut self, waivable: &model::Waivable, pointer: &str) -> Option<Waivable> {
        let model::Waivable::Terms(terms) = waivable else {
            return None;
        };
        if terms.max_days == 0 || terms.max_days > 3650 {
            self.mistake(
                self.tree.span_at(&format!("{pointer}/waivable/maxDays")),
                format!("a waiver of {} days is none", terms.max_days),
                "let waivers last from 1 day to 3650",
            );
        }
        if terms.approvers.iter().all(|name| name.trim().is_empty()) {
            self.mistake(
                self.tree.span_at(&format!("{pointer}/waivable")),
                "nobody may approve a waiver",
                "name who may under `approvers`, or write `waivable: false`",
            );
        }
        Some(Waivable {
            max_days: terms.max_days,
            approvers: terms.approvers.clone(),
        })
    }

    /// The levels of rules that a file sets.
    pub(super) fn rules(
        &mut self,
        rules: &std::collections::BTreeMap<String, model::Rule>,
    ) -> Vec<RuleSetting> {
        let mut settings = Vec::new();
        for (rule, setting) in rules {
            let pointer = mesh_spec::yaml::join("/rules", rule);
            let enforcement = Enforcement::read(
                setting.level,
                setting.rollout.as_ref(),
                self.tree,
                &pointer,
                self.mistakes,
            );
            let waivable = self.waivable(&setting.waivable, &pointer);
            settings.push(RuleSetting {
                rule: rule.clone(),
                span: key_span(self.tree, &pointer),
                enforcement,
                waivable,
                why: setting.why.clone(),
            });
        }
        settings
    }

    fn fixtures(&mut self, policy: &model::Policy, pointer: &str) -> Vec<Fixture> {
        let lists = [
            ("pass", Expected::Pass, &policy.tests.pass),
            ("fail", Expected::Fail, &policy.tests.fail),
            ("skip", Expected::Skip, &policy.tests.skip),
        ];
        let mut fixtures = Vec::new();
        for (key, expected, list) in lists {
            for (at, fixture) in list.iter().enumerate() {
                let pointer = format!("{pointer}/tests/{key}/{at}");
                fixtures.push(self.fixture(policy.subject, fixture, expected, &pointer));
            }
        }
        fixtures
    }

    fn fixture(
        &mut self,
        subject: Subject,
        fixture: &model::Fixture,
        expected: Expected,
        pointer: &str,
    ) -> Fixture {
        let span = self.tree.span_at(pointer);
        let contracts = fixture.contract.iter().chain(&fixture.contracts);
        let contracts: Vec<_> = contracts.cloned().collect();
        let (is_there, wanted) = if subject.is_of_product() {
            (fixture.product.is_some(), "product")
        } else {
            (!contracts.is_empty(), "contract")
        };
        if !is_there {
            self.mistake(
                span,
                format!(
                    "the policy is `for: {}`, and the example has no {wanted}",
                    subject.as_str()
                ),
                format!("add `{wanted}:` with what matters of one"),
            );
        }
        let mut parameters = Vec::new();
        for (name, value) in &fixture.params {
            let at = mesh_spec::yaml::join(&format!("{pointer}/params"), name);
            let position = self
                .parameters
                .0
                .iter()
                .position(|known| known.name == *name);
            match (position, Constant::of_json(value)) {
                (Some(position), Some(constant)) => parameters.push((position, constant)),
                (None, _) => {
                    let names = self.parameters.0.iter().map(|known| known.name.as_str());
                    let help = match nearest(name, names) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => "take it out".to_owned(),
                    };
                    let span = key_span(self.tree, &at);
                    self.mistake(span, format!("there is no parameter `{name}`"), help);
                }
                (_, None) => {
                    let span = self.tree.span_at(&at);
                    self.mistake(span, "a parameter is no mapping", "give a value or a list");
                }
            }
        }
        let as_of = fixture.as_of.as_deref().and_then(|text| {
            let span = self.tree.span_at(&format!("{pointer}/asOf"));
            day(text, self.tree.source(), span, self.mistakes)
        });
        Fixture {
            expected,
            name: fixture.name.clone(),
            product: fixture.product.clone(),
            contracts,
            parameters,
            as_of,
            span,
        }
    }
}

/// Whether `text` is a name of small letters, digits and hyphens.
pub(super) fn is_name(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
