//! What is in force, for those who ask.

use mesh_policy::pack::Enforcement;
use mesh_policy::{Description, PolicyLevel};
use mesh_spec::terms::dates::Day;
use serde::Serialize;
use serde_json::Value as Json;

use super::{Pins, Request, gather};
use crate::cli::InForceArgs;
use crate::config::Project;
use crate::failure::Failure;
use crate::ops::{check, lint};

/// What is in force.
pub(crate) struct Found {
    pub(crate) all: Vec<Description>,
    /// The policies of all overlays, for whatever domains.
    pub(crate) of_overlays: Vec<Description>,
    pub(crate) as_of: Day,
}

/// What is in force where `arguments` ask.
pub(crate) fn describe(arguments: &InForceArgs) -> Result<Found, Failure> {
    let project = Project::of(&arguments.path)?;
    let as_of = check::as_of(arguments.as_of.as_deref())?;
    let snapshot = lint::snapshot(&arguments.registry, &project)?;
    let gathered = gather(&Request {
        project: &project,
        extra: &arguments.with,
        snapshot: snapshot.as_ref(),
        as_of,
        pins: Pins::Locked,
    })?;
    if gathered.policies.is_empty() {
        return Err(lint::none_in_force());
    }
    let domains: Vec<&str> = arguments.domain.iter().map(String::as_str).collect();
    Ok(Found {
        all: gathered.policies.describe(&domains),
        of_overlays: gathered.policies.describe_overlays(),
        as_of,
    })
}

/// The value of a parameter as people write it.
pub(crate) fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

/// How much something weighs, from when on.
pub(crate) fn levels(enforcement: &Enforcement, as_of: Day) -> String {
    let stages = enforcement.stages().iter().map(|stage| {
        let level = stage.level;
        match (stage.from, stage.for_new) {
            (_, true) => format!("{level} for new products"),
            (None, false) => level.to_string(),
            (Some(day), false) => format!("{level} from {day}"),
        }
    });
    let stages: Vec<String> = stages.collect();
    let now = enforcement
        .at(as_of, false)
        .map_or("not in force yet", |stage| stage.level.as_str());
    match stages.as_slice() {
        [only] if enforcement.stages()[0].from.is_none() => only.clone(),
        _ => format!("{} (now: {now})", stages.join(", ")),
    }
}

/// A policy in JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescriptionView<'a> {
    id: &'a str,
    kind: &'static str,
    pack: &'a str,
    origin: &'static str,
    title: Option<&'a str>,
    why: Option<&'a str>,
    references: Vec<ReferenceView<'a>>,
    #[serde(rename = "for")]
    subject: Option<&'static str>,
    when: Option<&'a str>,
    require: Option<&'a str>,
    scope: serde_json::Map<String, Json>,
    parameters: Vec<ParameterView<'a>>,
    level: Option<&'static str>,
    stages: Vec<StageView>,
    waivable: Option<WaivableView<'a>>,
    waivers: Vec<WaiverView<'a>>,
    file: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct ReferenceView<'a> {
    title: &'a str,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct ParameterView<'a> {
    name: &'a str,
    value: &'a Json,
    untightened: Option<&'a Json>,
    tighten: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StageView {
    level: &'static str,
    from: Option<String>,
    new_products_only: bool,
    file: String,
    line: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WaivableView<'a> {
    max_days: u32,
    approvers: &'a [String],
}

#[derive(Serialize)]
struct WaiverView<'a> {
    id: &'a str,
    subject: &'a str,
    until: String,
}

impl<'a> DescriptionView<'a> {
    /// `description` as it is on a day.
    pub(crate) fn of(description: &'a Description, as_of: Day) -> Self {
        let scope = description.scope.iter();
        let references = description.references.iter();
        let parameters = description.parameters.iter();
        let stages = description.enforcement.stages().iter();
        let waivers = description.waivers.iter();
        Self {
            id: &description.id,
            kind: if description.is_rule {
                "rule"
            } else {
                "policy"
            },
            pack: &description.pack,
            origin: description.origin.as_str(),
            title: description.title.as_deref(),
            why: description.why.as_deref(),
            references: references
                .map(|reference| ReferenceView {
                    title: &reference.title,
                    url: reference.url.as_deref(),
                })
                .collect(),
            subject: Some(description.subject).filter(|subject| !subject.is_empty()),
            when: description.when.as_deref(),
            require: description.require.as_deref(),
            scope: scope
                .map(|(key, words)| ((*key).to_owned(), words.clone().into()))
                .collect(),
            parameters: parameters
                .map(|parameter| ParameterView {
                    name: &parameter.name,
                    value: &parameter.value,
                    untightened: parameter.untightened.as_ref(),
                    tighten: parameter.tighten,
                })
                .collect(),
            level: description.level(as_of).map(PolicyLevel::as_str),
            stages: stages
                .map(|stage| StageView {
                    level: stage.level.as_str(),
                    from: stage.from.map(|day| day.to_string()),
                    new_products_only: stage.for_new,
                    file: stage.place.source.name().to_owned(),
                    line: stage.place.source.position(stage.place.span.start).line,
                })
                .collect(),
            waivable: description
                .waivable
                .as_ref()
                .map(|(days, approvers)| WaivableView {
                    max_days: *days,
                    approvers,
                }),
            waivers: waivers
                .map(|(id, subject, until)| WaiverView {
                    id,
                    subject,
                    until: until.to_string(),
                })
                .collect(),
            file: description.place.source.name(),
            line: description
                .place
                .source
                .position(description.place.span.start)
                .line,
        }
    }
}
