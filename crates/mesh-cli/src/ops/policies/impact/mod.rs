//! Whom a pack would affect: the current version of every product of a registry, held to it.

mod json;
mod markdown;
mod pretty;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use mesh_diagnostics::{Level, Report};
use mesh_policy::{Checked, Description, PolicyFile, PolicyLevel};
use mesh_registry::Snapshot;
use mesh_spec::terms::dates::Day;
use mesh_spec::workspace::{ContractRef, ProductRef, Published, Role, Workspace};

use super::{Gathered, Judge, Pins, Request, gather, gather_around};
use crate::cli::ImpactFormat;
use crate::config::Project;
use crate::failure::Failure;
use crate::ops::lint::only_what_is_mandatory;
use crate::ops::workspace;
use crate::terminal::Terminal;

/// What a pack would do.
pub(crate) struct Answer {
    /// The packs, each with its version.
    pub(crate) packs: Vec<String>,
    pub(crate) registry: String,
    pub(crate) as_of: Day,
    /// How many products were held to it.
    pub(crate) products: usize,
    /// The policies that some do not satisfy, in the order of the packs.
    pub(crate) policies: Vec<PolicyImpact>,
}

/// A policy, and those that do not satisfy it.
pub(crate) struct PolicyImpact {
    pub(crate) id: String,
    pub(crate) title: Option<String>,
    /// From which day on it weighs how much; `None` for one that always does.
    pub(crate) stages: Vec<(PolicyLevel, Option<Day>)>,
    pub(crate) affected: Vec<Affected>,
}

/// A product that does not satisfy a policy.
pub(crate) struct Affected {
    /// Its domain and name.
    pub(crate) reference: String,
    pub(crate) version: String,
    pub(crate) owners: Vec<String>,
    /// What is said of it.
    pub(crate) message: String,
    /// The waiver that lets it pass.
    pub(crate) waiver: Option<String>,
    /// Whether what is in force finds it as well.
    pub(crate) is_known: bool,
    /// How much it weighs on the day, and how much by what is in force without the packs that are asked about.
    pub(crate) level: Option<PolicyLevel>,
    pub(crate) level_before: Option<PolicyLevel>,
}

/// Holds every product of `snapshot` to `candidates`.
pub(crate) fn impact(
    candidates: Vec<PolicyFile>,
    snapshot: &Snapshot,
    as_of: Day,
) -> Result<Answer, Failure> {
    let nobody = Project::default();
    let request = Request {
        project: &nobody,
        extra: &[],
        snapshot: Some(snapshot),
        as_of,
        pins: Pins::InForce,
    };
    let names: BTreeSet<String> = candidates
        .iter()
        .map(|file| file.head().name.clone())
        .collect();
    let packs = candidates.iter().filter_map(|file| match file {
        PolicyFile::Pack(_) => Some(format!("{} {}", file.head().name, file.version()?)),
        PolicyFile::Overlay(_) => Some(format!("the overlay {}", file.head().name)),
        PolicyFile::Waiver(_) => None,
    });
    let packs: Vec<String> = packs.collect();
    let before = gather(&request)?;
    let after = gather_around(candidates, &request)?;
    let (files, references) = current(snapshot)?;
    let settings = workspace::with_vocabularies(nobody.lint.clone(), snapshot)?;
    let settings = only_what_is_mandatory(settings);
    let run = |gathered: &Gathered, day: Day| -> Result<(Report, Checked), Failure> {
        let judge = Judge {
            policies: &gathered.policies,
            as_of: day,
            snapshot: Some(snapshot),
        };
        judge.check(&files, &settings)
    };
    let (now, known) = (run(&after, as_of)?, run(&before, as_of)?);
    // Rules of the linter are looked for once packs ask for them, so that day is gone to.
    let descriptions = after.policies.describe_changed_by(&names);
    let later = descriptions
        .iter()
        .flat_map(|it| it.enforcement.days())
        .max();
    let later = match later.filter(|day| *day > as_of) {
        Some(day) => Some(run(&after, day)?),
        None => None,
    };
    let of_rules = later.as_ref().map_or(&now.0, |(report, _)| report);
    let policies = descriptions.iter().map(|description| {
        let mut affected = if description.is_rule {
            rule(
                description,
                of_rules,
                [&now.0, &known.0],
                &files,
                &references,
            )
        } else {
            policy(description, &now.1, &known.1, &files, &references)
        };
        // An overlay tightens for its domain: to others nothing new is said.
        if !names.contains(description.pack_name()) {
            affected.retain(|it| it.level != it.level_before || !it.is_known);
        }
        let stages = description
            .enforcement
            .stages()
            .iter()
            .filter(|stage| !stage.for_new);
        PolicyImpact {
            id: description.id.clone(),
            title: description.title.clone(),
            stages: stages.map(|stage| (stage.level, stage.from)).collect(),
            affected,
        }
    });
    Ok(Answer {
        packs,
        registry: snapshot.location().to_string(),
        as_of,
        products: references.len(),
        policies: policies
            .filter(|policy| !policy.affected.is_empty())
            .collect(),
    })
}

/// The current versions of all products as a workspace, and what each product is called, by the position of its
/// manifest.
fn current(snapshot: &Snapshot) -> Result<(Workspace, BTreeMap<usize, String>), Failure> {
    let mut documents = Vec::new();
    let mut references = BTreeMap::new();
    for entry in snapshot.current()? {
        references.insert(documents.len(), entry.reference());
        let own = workspace::documents_of(snapshot, &entry)?.into_iter();
        documents.extend(own.map(|(document, _)| (document, Role::Target)));
    }
    if documents.is_empty() {
        return Err(Failure::new("there is no data product in the registry")
            .help("name another registry with --registry, or publish something first"));
    }
    let files = Workspace::new(documents, Some(Published::default()));
    Ok((files, references))
}

/// The products that `policy` does not hold for.
fn policy(
    description: &Description,
    now: &Checked,
    known: &Checked,
    files: &Workspace,
    references: &BTreeMap<usize, String>,
) -> Vec<Affected> {
    let fails = |checked: &Checked, product: ProductRef<'_>| {
        let verdicts = documents(product)
            .into_iter()
            .filter_map(|index| checked.verdicts.get(&index));
        let mut verdicts = verdicts
            .flatten()
            .filter(|it| *it.policy == *description.id && it.failed > 0);
        let first = verdicts.next()?.clone();
        // One document that is not waived is enough.
        let unwaived = verdicts.find(|it| it.waiver.is_none());
        Some(match (&first.waiver, unwaived) {
            (Some(_), Some(other)) => other.clone(),
            _ => first,
        })
    };
    let affected = files.products().filter_map(|product| {
        let verdict = fails(now, product)?;
        let level_before = fails(known, product).and_then(|it| it.level);
        Some(Affected {
            message: verdict.first.unwrap_or_default(),
            waiver: verdict.waiver,
            is_known: level_before.is_some(),
            level: verdict.level,
            level_before,
            ..of(product, references)
        })
    });
    affected.collect()
}

/// The products in which a rule finds something.
fn rule(
    description: &Description,
    later: &Report,
    [now, known]: [&Report; 2],
    files: &Workspace,
    references: &BTreeMap<usize, String>,
) -> Vec<Affected> {
    let affected = files.products().filter_map(|product| {
        let names: Vec<&str> = documents(product)
            .into_iter()
            .filter_map(|index| Some(files.documents().get(index)?.0.name()))
            .collect();
        let is_it = |rule: &str, name: &str| rule == description.id && names.contains(&name);
        let found = later
            .diagnostics()
            .iter()
            .find(|it| is_it(&it.rule, it.source.name()));
        let let_pass = later
            .waived()
            .iter()
            .find(|it| is_it(&it.diagnostic.rule, it.diagnostic.source.name()));
        let (message, waiver) = match (found, let_pass) {
            (Some(found), _) => (found.message.clone(), None),
            (None, Some(waived)) => (
                waived.diagnostic.message.clone(),
                Some(waived.waiver.clone()),
            ),
            (None, None) => return None,
        };
        let level = |report: &Report| {
            let found = report.diagnostics().iter();
            let found = found.filter(|it| is_it(&it.rule, it.source.name()));
            found.map(|it| it.level).max().map(policy_level)
        };
        let level_before = level(known);
        Some(Affected {
            message,
            waiver,
            is_known: level_before.is_some(),
            level: level(now),
            level_before,
            ..of(product, references)
        })
    });
    affected.collect()
}

/// The positions of the documents of a product.
fn documents(product: ProductRef<'_>) -> Vec<usize> {
    // What is published is in the folder of its version, so that each product has contracts of its own.
    let contracts = product.own_contracts().into_iter().map(ContractRef::index);
    std::iter::once(product.index()).chain(contracts).collect()
}

fn of(product: ProductRef<'_>, references: &BTreeMap<usize, String>) -> Affected {
    let owners = product.model.owners();
    let owners = owners.filter_map(|owner| owner.username.clone().or_else(|| owner.name.clone()));
    Affected {
        reference: references
            .get(&product.index())
            .cloned()
            .unwrap_or_default(),
        version: product.model.version.clone().unwrap_or_default(),
        owners: owners.collect(),
        message: String::new(),
        waiver: None,
        is_known: false,
        level: None,
        level_before: None,
    }
}

/// The level of a policy of which the findings have a level.
fn policy_level(level: Level) -> PolicyLevel {
    match level {
        Level::Info => PolicyLevel::Advise,
        Level::Warn => PolicyLevel::Warn,
        Level::Error => PolicyLevel::Deny,
    }
}

impl PolicyImpact {
    /// Whether it denies on some day.
    pub(crate) fn denies(&self) -> bool {
        self.stages
            .iter()
            .any(|(level, _)| *level == PolicyLevel::Deny)
    }

    /// The levels and their days, in words.
    pub(crate) fn levels(&self, as_of: Day) -> String {
        let stages = self.stages.iter().map(|(level, from)| match from {
            None => format!("{level} at once"),
            Some(day) if *day <= as_of => format!("{level} since {day}"),
            Some(day) => format!("{level} from {day}"),
        });
        stages.collect::<Vec<_>>().join(", ")
    }
}

impl Answer {
    /// How many products are denied on the day, and how many only later.
    pub(crate) fn denied(&self) -> (usize, usize) {
        let mut now = BTreeSet::new();
        let mut later = BTreeSet::new();
        for policy in &self.policies {
            let open = policy
                .affected
                .iter()
                .filter(|affected| affected.waiver.is_none());
            for affected in open {
                if affected.level == Some(PolicyLevel::Deny) {
                    now.insert(&affected.reference);
                } else if policy.denies() {
                    later.insert(&affected.reference);
                }
            }
        }
        (now.len(), later.difference(&now).count())
    }

    /// How many products do not satisfy something.
    pub(crate) fn affected(&self) -> usize {
        let affected = self.policies.iter().flat_map(|policy| &policy.affected);
        affected
            .map(|it| &it.reference)
            .collect::<BTreeSet<_>>()
            .len()
    }

    /// What would happen, in a sentence.
    pub(crate) fn summary(&self) -> String {
        let (now, later) = self.denied();
        let products = crate::ops::text::plural(self.products, "data product");
        match self.affected() {
            0 => format!("{} holds for all of {products}", self.packs.join(", ")),
            affected => format!(
                "{affected} of {products} do not satisfy {}: {now} denied on {}, {later} more later",
                self.packs.join(", "),
                self.as_of
            ),
        }
    }
}

/// Writes `answer` in a format, for people as `terminal` shows it.
pub(crate) fn write(
    answer: &Answer,
    format: ImpactFormat,
    terminal: Terminal,
    out: &mut impl Write,
) -> Result<(), Failure> {
    match format {
        ImpactFormat::Pretty => pretty::write(answer, terminal, out),
        ImpactFormat::Json => json::write(answer, out),
        ImpactFormat::Markdown => markdown::write(answer, out),
    }
}
