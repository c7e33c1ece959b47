//! From the text of a file to a pack, an overlay or a waiver.

use std::sync::Arc;

use mesh_diagnostics::{Source, Span, nearest};
use mesh_spec::settings::{self, Mistakes};
use mesh_spec::terms::placeholder::is_placeholder;
use mesh_spec::yaml::{NodeRef, Tree, join};
use semver::{Version, VersionReq};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::compile::{Compiler, is_name};
use super::enforcement::{day, key_span};
use super::model::{self, Kind, OneOrMore, Tighten};
use super::{
    Enforcement, Extends, Head, LevelChange, MISTAKE, Move, Origin, Overlay, Pack, ParameterValue,
    Waiver,
};
use crate::expr::{Constant, Direction, Parameter, Parameters, Type};

/// A file of policies, as far as it can be understood by itself.
#[derive(Debug)]
pub enum PolicyFile {
    /// Rules that the federation has agreed on.
    Pack(Box<Pack>),
    /// What a domain asks for beyond them.
    Overlay(Box<Overlay>),
    /// An exception, for a time.
    Waiver(Box<Waiver>),
}

impl PolicyFile {
    /// What every file has.
    pub fn head(&self) -> &Head {
        match self {
            Self::Pack(pack) => &pack.head,
            Self::Overlay(overlay) => &overlay.head,
            Self::Waiver(waiver) => &waiver.head,
        }
    }

    /// The version, if it is a pack.
    pub fn version(&self) -> Option<&Version> {
        match self {
            Self::Pack(pack) => Some(&pack.version),
            _ => None,
        }
    }

    /// What it builds on.
    pub fn extends(&self) -> &[Extends] {
        match self {
            Self::Pack(pack) => &pack.extends,
            Self::Overlay(overlay) => &overlay.extends,
            Self::Waiver(_) => &[],
        }
    }
}

/// Reads the file shown as `name`.
///
/// # Errors
/// All that is wrong with it by itself. The first mistake in its shape hides those in what it means.
pub fn read(name: &str, bytes: Vec<u8>, origin: Origin) -> Result<PolicyFile, Mistakes> {
    let (source, tree) = settings::tree(MISTAKE, name, bytes)?;
    let mut mistakes = Mistakes::new(MISTAKE);
    let Some(tree) = tree else {
        let help = "start with `kind: PolicyPack`; `mesh policy new` writes a pack to start from";
        mistakes.add(
            &source,
            Span::empty(0),
            "the file is empty",
            Some(help.to_owned()),
        );
        return Err(mistakes);
    };
    let kind = kind(&tree)?;
    let digest = digest(source.text());
    let head = |name: &str, pointer: &str| Head {
        name: name.to_owned(),
        source: Arc::clone(&source),
        name_span: tree.span_at(pointer),
        origin,
        digest: digest.clone(),
    };
    let file = match kind {
        Kind::PolicyPack => {
            let model: model::PolicyPack = typed(&tree)?;
            let head = head(&model.metadata.name, "/metadata/name");
            PolicyFile::Pack(Box::new(pack(&model, head, &tree, &mut mistakes)))
        }
        Kind::PolicyOverlay => {
            let model: model::PolicyOverlay = typed(&tree)?;
            let head = head(&model.metadata.name, "/metadata/name");
            return overlay(model, head, tree, mistakes)
                .map(|overlay| PolicyFile::Overlay(Box::new(overlay)));
        }
        Kind::Waiver => {
            let model: model::Waiver = typed(&tree)?;
            let head = head(&model.id, "/id");
            match waiver(model, head, &tree, &mut mistakes) {
                Some(waiver) => PolicyFile::Waiver(Box::new(waiver)),
                None => return Err(mistakes),
            }
        }
    };
    if mistakes.is_empty() {
        Ok(file)
    } else {
        Err(mistakes)
    }
}

/// `sha256:` and the digest of a text.
pub(crate) fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

fn typed<T: DeserializeOwned>(tree: &Tree) -> Result<T, Mistakes> {
    settings::model(MISTAKE, tree)
}

/// What a file says it is.
fn kind(tree: &Tree) -> Result<Kind, Mistakes> {
    let names = Kind::ALL.map(Kind::as_str);
    let mut mistakes = Mistakes::new(MISTAKE);
    let choices = format!("`kind: {}`", names.join("`, `kind: "));
    match tree.root().get("kind").and_then(NodeRef::as_str) {
        Some(text) => {
            if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == text) {
                return Ok(kind);
            }
            let help = match nearest(text, names) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("use one of {choices}"),
            };
            mistakes.add(
                tree.source(),
                tree.span_at("/kind"),
                format!("`{text}` is no kind of policy file"),
                Some(help),
            );
        }
        None => mistakes.add(
            tree.source(),
            tree.span_at("/kind"),
            "the file does not say what it is",
            Some(format!("add one of {choices}")),
        ),
    }
    Err(mistakes)
}

fn check_name(head: &Head, what: &str, mistakes: &mut Mistakes) {
    if !is_name(&head.name) {
        mistakes.add(
            &head.source,
            head.name_span,
            format!("`{}` is no name of {what}", head.name),
            Some("use small letters, digits and hyphens, such as `pharma-core`".to_owned()),
        );
    }
}

fn extends(written: &OneOrMore, tree: &Tree, mistakes: &mut Mistakes) -> Vec<Extends> {
    let mut found = Vec::new();
    for (at, text) in written.texts.iter().enumerate() {
        let pointer = if written.is_list {
            format!("/metadata/extends/{at}")
        } else {
            "/metadata/extends".to_owned()
        };
        let span = tree.span_at(&pointer);
        let (name, version) = match text.trim().split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text.trim(), None),
        };
        let versions = version.map(VersionReq::parse);
        if !is_name(name) || matches!(versions, Some(Err(_))) {
            mistakes.add(
                tree.source(),
                span,
                format!("`{text}` names no pack"),
                Some("write a name and a version, such as `pharma-core@1.2.0`".to_owned()),
            );
            continue;
        }
        found.push(Extends {
            name: name.to_owned(),
            versions: versions.and_then(Result::ok),
            written: text.trim().to_owned(),
            span,
        });
    }
    found
}

fn pack(model: &model::PolicyPack, head: Head, tree: &Tree, mistakes: &mut Mistakes) -> Pack {
    check_name(&head, "a pack", mistakes);
    let version_span = tree.span_at("/metadata/version");
    let version = Version::parse(&model.metadata.version).ok();
    let version = version.filter(|version| version.build.is_empty());
    let version = version.unwrap_or_else(|| {
        mistakes.add(
            tree.source(),
            version_span,
            format!("`{}` is not a semantic version", model.metadata.version),
            Some("use a version such as 1.2.0".to_owned()),
        );
        Version::new(0, 0, 0)
    });
    let extends = extends(&model.metadata.extends, tree, mistakes);
    let (parameters, values) = parameters(&model.params, tree, mistakes);
    let mut compiler = Compiler {
        tree,
        parameters: &parameters,
        namespace: None,
        mistakes,
    };
    let policies = compiler.policies(&model.policies);
    let rules = compiler.rules(&model.rules);
    // What did not compile may be what uses a parameter.
    if policies.len() == model.policies.len() {
        check_parameters(&parameters, &values, &policies, tree, mistakes);
    }
    if model.policies.is_empty() && model.rules.is_empty() && extends.is_empty() {
        mistakes.add(
            tree.source(),
            tree.span_at("/metadata"),
            "the pack asks for nothing",
            Some("add `policies:` or `rules:`".to_owned()),
        );
    }
    Pack {
        head,
        version,
        version_span,
        owner: model.metadata.owner.clone(),
        description: model.metadata.description.clone(),
        extends,
        parameters,
        values,
        rules,
        policies,
    }
}

fn parameters(
    params: &std::collections::BTreeMap<String, model::Param>,
    tree: &Tree,
    mistakes: &mut Mistakes,
) -> (Parameters, Vec<ParameterValue>) {
    let mut parameters = Parameters::default();
    let mut values = Vec::new();
    for (name, param) in params {
        let pointer = join("/params", name);
        let is_identifier = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_identifier {
            mistakes.add(
                tree.source(),
                key_span(tree, &pointer),
                format!("`{name}` is no name of a parameter"),
                Some("use letters, digits and underscores, such as `retention_days`".to_owned()),
            );
        }
        let span = tree.span_at(&format!("{pointer}/value"));
        let Some((value, ty)) = constant(&param.value) else {
            mistakes.add(
                tree.source(),
                span,
                format!(
                    "the value of `{name}` is neither a value nor a list of values of one type"
                ),
                Some(
                    "give a number, a text, a truth value, or a list of texts or numbers"
                        .to_owned(),
                ),
            );
            continue;
        };
        let fits = match param.tighten {
            Tighten::Up | Tighten::Down => ty.is_number(),
            Tighten::Subset | Tighten::Superset => matches!(ty, Type::List(_)),
            Tighten::Fixed => true,
        };
        if !fits {
            let tighten = param.tighten.as_str();
            mistakes.add(
                tree.source(),
                tree.span_at(&format!("{pointer}/tighten")),
                format!("`{name}` is {ty}, and cannot be tightened `{tighten}`"),
                Some(match ty {
                    Type::List(_) => "use `subset`, `superset` or `fixed`".to_owned(),
                    ty if ty.is_number() => "use `up`, `down` or `fixed`".to_owned(),
                    _ => "use `fixed`".to_owned(),
                }),
            );
        }
        parameters.0.push(Parameter {
            name: name.clone(),
            ty,
        });
        values.push(ParameterValue {
            value,
            tighten: param.tighten,
            description: param.description.clone(),
            span,
        });
    }
    (parameters, values)
}

/// The value that `json` is, and its type; `None` for mappings, null, and lists of several types.
fn constant(json: &Json) -> Option<(Constant, Type)> {
    let value = Constant::of_json(json)?;
    let ty = match &value {
        Constant::List(items) => {
            let types = items.iter().map(type_of).collect::<Option<Vec<_>>>()?;
            let item = types.first().copied().unwrap_or(Type::Text);
            if !types.iter().all(|ty| ty.may_equal(item)) {
                return None;
            }
            Type::list_of(types.into_iter().reduce(Type::with).unwrap_or(item))
        }
        one => type_of(one)?,
    };
    Some((value, ty))
}

/// The type of a value that is no list.
fn type_of(constant: &Constant) -> Option<Type> {
    Some(match constant {
        Constant::Bool(_) => Type::Bool,
        Constant::Int(_) => Type::Int,
        Constant::Double(_) => Type::Double,
        Constant::Text(_) => Type::Text,
        Constant::Null | Constant::List(_) => return None,
    })
}

/// The value that an overlay gives a parameter.
pub(super) fn new_value(json: &Json) -> Option<Constant> {
    constant(json).map(|(value, _)| value)
}

/// What is declared of a parameter, and where.
pub(crate) struct Declared {
    pub(crate) tighten: Tighten,
    pub(crate) source: Arc<Source>,
    pub(crate) span: Span,
}

/// Holds what is declared of parameters to how a policy, which stands in `tree`, uses them.
pub(crate) fn check_uses(
    policy: &super::Policy,
    parameters: &Parameters,
    declared: &[Declared],
    tree: &Tree,
    mistakes: &mut Mistakes,
) {
    let require = policy.require.program.uses().into_iter();
    let require = require.map(|found| (found, &policy.require, found.tightens));
    // The more a `when` holds, the more is asked for.
    let when = policy.when.iter();
    let when = when.flat_map(|when| {
        let uses = when.program.uses().into_iter();
        uses.map(move |found| (found, when, found.tightens.reversed()))
    });
    for (found, condition, tightens) in require.chain(when) {
        let declared = &declared[found.parameter];
        if is_declared(declared.tighten, tightens) {
            continue;
        }
        let name = &parameters.0[found.parameter].name;
        let span = match tree.at(&condition.pointer) {
            Some(node) => super::span::Places::new(node).of(found.span),
            None => tree.span_at(&condition.pointer),
        };
        let (message, help) = match tightens {
            Direction::Unclear => (
                format!("nobody can tell which way `{name}` tightens, as it is used here"),
                "compare it directly, as in `… >= params.x` or `… in params.x`, or declare it `tighten: fixed`"
                    .to_owned(),
            ),
            _ => (
                format!(
                    "`{name}` is declared to tighten `{}`, and used so that this lets more pass",
                    declared.tighten.as_str()
                ),
                format!("declare it `tighten: {}`, or turn the comparison round", word(tightens)),
            ),
        };
        mistakes.add(tree.source(), span, message, Some(help));
        mistakes.see(&declared.source, declared.span, "declared here");
    }
}

/// Holds what is declared of parameters to how policies use them.
fn check_parameters(
    parameters: &Parameters,
    values: &[ParameterValue],
    policies: &[super::Policy],
    tree: &Tree,
    mistakes: &mut Mistakes,
) {
    let declared = parameters
        .0
        .iter()
        .zip(values)
        .map(|(parameter, value)| Declared {
            tighten: value.tighten,
            source: Arc::clone(tree.source()),
            span: tree.span_at(&format!("{}/tighten", join("/params", &parameter.name))),
        });
    let declared: Vec<Declared> = declared.collect();
    let mut used = vec![false; values.len()];
    for policy in policies {
        check_uses(policy, parameters, &declared, tree, mistakes);
        let conditions = policy.when.iter().chain([&policy.require]);
        let conditions = conditions.map(|condition| &condition.program);
        let templates = policy.message.iter().chain(&policy.help);
        let programs = conditions.chain(templates.flat_map(super::Template::programs));
        for found in programs.flat_map(crate::expr::Program::uses) {
            used[found.parameter] = true;
        }
    }
    for (at, parameter) in parameters.0.iter().enumerate() {
        if !used[at] {
            mistakes.add(
                tree.source(),
                key_span(tree, &join("/params", &parameter.name)),
                format!("no policy uses the parameter `{}`", parameter.name),
                Some(format!(
                    "use it as `params.{}`, or take it out: to tighten it would change nothing",
                    parameter.name
                )),
            );
        }
    }
}

/// Whether a parameter that is declared to tighten so may be used where it tightens like this.
fn is_declared(declared: Tighten, tightens: Direction) -> bool {
    match declared {
        Tighten::Fixed => true,
        Tighten::Up => tightens == Direction::Up,
        Tighten::Down => tightens == Direction::Down,
        Tighten::Subset => tightens == Direction::Subset,
        Tighten::Superset => tightens == Direction::Superset,
    }
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => Tighten::Up,
        Direction::Down => Tighten::Down,
        Direction::Subset => Tighten::Subset,
        Direction::Superset => Tighten::Superset,
        Direction::Unclear => Tighten::Fixed,
    }
    .as_str()
}

fn overlay(
    model: model::PolicyOverlay,
    head: Head,
    tree: Tree,
    mut mistakes: Mistakes,
) -> Result<Overlay, Mistakes> {
    check_name(&head, "an overlay", &mut mistakes);
    let extends = extends(&model.metadata.extends, &tree, &mut mistakes);
    if model.metadata.extends.texts.is_empty() {
        mistakes.add(
            tree.source(),
            tree.span_at("/metadata/extends"),
            "the overlay extends nothing",
            Some("name the pack that it tightens, such as `extends: pharma-core@1.2.0`".to_owned()),
        );
    }
    let mut moves = Vec::new();
    for (name, json) in &model.params {
        let pointer = join("/params", name);
        let span = tree.span_at(&pointer);
        match new_value(json) {
            Some(value) => moves.push(Move {
                name: name.clone(),
                name_span: key_span(&tree, &pointer),
                value,
                span,
            }),
            None => mistakes.add(
                tree.source(),
                span,
                format!(
                    "the new value of `{name}` is neither a value nor a list of values of one type"
                ),
                Some("give the value alone, as in `retention_days: 3650`".to_owned()),
            ),
        }
    }
    let mut levels = Vec::new();
    for (policy, level) in &model.levels {
        let pointer = join("/levels", policy);
        levels.push(LevelChange {
            policy: policy.clone(),
            name_span: key_span(&tree, &pointer),
            enforcement: Enforcement::read_either(level, &tree, &pointer, &mut mistakes),
            span: tree.span_at(&pointer),
        });
    }
    let parameters = Parameters::default();
    let rules = Compiler {
        tree: &tree,
        parameters: &parameters,
        namespace: Some(&head.name),
        mistakes: &mut mistakes,
    }
    .rules(&model.rules);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let domain = model
        .metadata
        .domain
        .clone()
        .unwrap_or_else(|| head.name.clone());
    Ok(Overlay {
        domain: (domain != "*").then_some(domain),
        head,
        extends,
        moves,
        levels,
        rules,
        model,
        tree,
    })
}

impl Overlay {
    /// The overlay's own policies, which may read `parameters` of what it extends.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub(crate) fn policies(&self, parameters: &Parameters) -> Result<Vec<super::Policy>, Mistakes> {
        let mut mistakes = Mistakes::new(MISTAKE);
        let policies = Compiler {
            tree: &self.tree,
            parameters,
            namespace: Some(&self.head.name),
            mistakes: &mut mistakes,
        }
        .policies(&self.model.policies);
        if mistakes.is_empty() {
            Ok(policies)
        } else {
            Err(mistakes)
        }
    }
}

/// Whether a waiver says all that it has to say.
fn check_texts(model: &model::Waiver, tree: &Tree, mistakes: &mut Mistakes) {
    let source = tree.source();
    for (key, text) in [
        ("id", &model.id),
        ("reason", &model.reason),
        ("owner", &model.owner),
        ("approvedBy", &model.approved_by),
    ] {
        if text.trim().is_empty() {
            mistakes.add(
                source,
                tree.span_at(&format!("/{key}")),
                format!("`{key}` says nothing"),
                Some("say it: a waiver that nobody can follow is none".to_owned()),
            );
        }
    }
    let said = [
        ("reason", Some(&model.reason)),
        ("compensating", model.compensating.as_ref()),
        ("owner", Some(&model.owner)),
        ("approvedBy", Some(&model.approved_by)),
        ("ticket", model.ticket.as_ref()),
    ];
    for (key, text) in said {
        if text.is_some_and(|text| is_placeholder(text)) {
            mistakes.add(
                source,
                tree.span_at(&format!("/{key}")),
                format!("`{key}` is still to be filled in"),
                Some("write what is true, or take an optional key out".to_owned()),
            );
        }
    }
}

fn waiver(
    model: model::Waiver,
    head: Head,
    tree: &Tree,
    mistakes: &mut Mistakes,
) -> Option<Waiver> {
    let source: &Arc<Source> = tree.source();
    check_texts(&model, tree, mistakes);
    let says_how = model
        .compensating
        .as_deref()
        .is_some_and(|text| !text.trim().is_empty());
    if model.category == model::Category::Mitigated && !says_how {
        mistakes.add(
            source,
            tree.span_at("/category"),
            "the risk is mitigated, and nothing says how",
            Some("add `compensating:` with what is done instead".to_owned()),
        );
    }
    let subject_span = tree.span_at("/subject");
    let subject = model.subject.rsplit_once('@').and_then(|(id, major)| {
        let is_plain = !id.trim().is_empty() && (major == "0" || !major.starts_with('0'));
        Some((
            id.to_owned(),
            major.parse::<u64>().ok().filter(|_| is_plain)?,
        ))
    });
    if subject.is_none() {
        mistakes.add(
            source,
            subject_span,
            format!(
                "`{}` names no product or contract with its major version",
                model.subject
            ),
            Some(
                "write the id and the major version, such as `manufacturing.batch-records@1`"
                    .to_owned(),
            ),
        );
    }
    let expires_span = tree.span_at("/expires");
    let expires = day(&model.expires, source, expires_span, mistakes);
    let granted = match &model.granted {
        Some(text) => day(text, source, tree.span_at("/granted"), mistakes),
        None => None,
    };
    if let (Some(granted), Some(expires)) = (granted, expires)
        && expires < granted
    {
        mistakes.add(
            source,
            expires_span,
            "the waiver expires before it is granted",
            Some("correct one of the two days".to_owned()),
        );
    }
    let (subject, major) = subject?;
    Some(Waiver {
        policy_span: tree.span_at("/policy"),
        policy: model.policy,
        subject,
        subject_span,
        major,
        category: model.category,
        reason: model.reason,
        compensating: model.compensating,
        owner: model.owner,
        approved_by_span: tree.span_at("/approvedBy"),
        approved_by: model.approved_by,
        ticket: model.ticket,
        granted,
        expires: expires?,
        expires_span,
        head,
    })
}
