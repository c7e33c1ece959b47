//! What is in force, in plain data: for lists, explanations, and comparisons of one pack with the next.

use std::collections::BTreeSet;

use mesh_spec::terms::dates::Day;
use serde_json::Value as Json;

use crate::compose::InForce;
use crate::pack::model::Reference;
use crate::pack::{Enforcement, Head, Origin, PackPlace, PolicyLevel, RuleSetting, Waivable};
use crate::policies::Policies;

/// A policy, or a rule of the linter that a pack sets, as it is in force for some domains.
#[derive(Debug, Clone)]
pub struct Description {
    /// Its id.
    pub id: String,
    /// Whether it is a rule of the linter or a kind of change, whose level a pack sets.
    pub is_rule: bool,
    /// The pack or overlay that it is in, with its version: `gdpr 1.0.0`.
    pub pack: String,
    head: String,
    /// Who maintains the pack.
    pub owner: Option<String>,
    /// What the pack is for.
    pub about: Option<String>,
    /// Where that is kept.
    pub origin: Origin,
    /// What it asks for, in one line.
    pub title: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// Where the requirement can be read.
    pub references: Vec<Reference>,
    /// What it is about, as in a pack: `output-port`. Empty for rules.
    pub subject: &'static str,
    /// The condition for it to apply.
    pub when: Option<String>,
    /// What must be true.
    pub require: Option<String>,
    /// Which products and contracts it is for: each key with its words.
    pub scope: Vec<(&'static str, Vec<String>)>,
    /// The parameters that it reads.
    pub parameters: Vec<ParameterDescription>,
    /// How much it weighs, from when on.
    pub enforcement: Enforcement,
    /// How it may be waived: for how many days at most, and who approves.
    pub waivable: Option<(u32, Vec<String>)>,
    /// The ids of the waivers that are in force for it, with subject and last day.
    pub waivers: Vec<(String, String, Day)>,
    /// Where it stands.
    pub place: PackPlace,
    /// How many examples it has: accepted, rejected, left out.
    pub examples: [usize; 3],
}

/// A parameter as it is in force.
#[derive(Debug, Clone)]
pub struct ParameterDescription {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Json,
    /// The value in the pack, if an overlay has moved it.
    pub untightened: Option<Json>,
    /// Which way it may be moved.
    pub tighten: &'static str,
    /// What it means.
    pub description: Option<String>,
}

impl Policies {
    /// Everything that is in force for products of `domains`: policies first, then rules, each by pack and in its
    /// order. For no domains, what is in force for all.
    pub fn describe(&self, domains: &[&str]) -> Vec<Description> {
        let rules = self.for_domains(domains);
        let mut all: Vec<Description> = rules
            .policies
            .iter()
            .map(|in_force| self.describe_policy(in_force))
            .collect();
        for (rule, in_force) in &rules.rules {
            all.push(Description {
                id: (*rule).to_owned(),
                is_rule: true,
                pack: self.name_of(in_force.head),
                head: in_force.head.name.clone(),
                owner: None,
                about: None,
                origin: in_force.head.origin,
                title: None,
                why: in_force.why.map(str::to_owned),
                references: Vec::new(),
                subject: "",
                when: None,
                require: None,
                scope: Vec::new(),
                parameters: Vec::new(),
                enforcement: in_force.enforcement.clone(),
                waivable: terms(in_force.waivable),
                waivers: self.waivers_of(rule),
                place: PackPlace {
                    source: std::sync::Arc::clone(&in_force.head.source),
                    span: in_force.span,
                },
                examples: [0; 3],
            });
        }
        all
    }

    /// Everything that the packs and overlays called `names` ask for, or ask for more strictly, as it is in force for
    /// the domains of those overlays.
    pub fn describe_changed_by(&self, names: &BTreeSet<String>) -> Vec<Description> {
        let overlays = self
            .overlays
            .iter()
            .filter(|it| names.contains(&it.overlay.head.name));
        let overlays: Vec<_> = overlays.collect();
        let domains: Vec<&str> = overlays
            .iter()
            .filter_map(|linked| linked.overlay.domain.as_deref())
            .collect();
        let rules = self.for_domains(&domains);
        let is_changed = |description: &Description| {
            let sets = |rules: &[RuleSetting]| rules.iter().any(|it| it.rule == description.id);
            let mut packs = self
                .packs
                .iter()
                .filter(|pack| names.contains(&pack.head.name));
            names.contains(description.pack_name())
                || packs.any(|pack| sets(&pack.rules))
                || overlays.iter().any(|linked| {
                    let overlay = &linked.overlay;
                    overlay
                        .levels
                        .iter()
                        .any(|change| change.policy == description.id)
                        || sets(&overlay.rules)
                })
        };
        let moves = |in_force: &InForce<'_>| {
            let places = in_force.moved.iter().filter(|moved| {
                overlays
                    .iter()
                    .any(|it| std::sync::Arc::ptr_eq(&it.overlay.head.source, &moved.place.source))
            });
            let moved: Vec<usize> = places.map(|moved| moved.parameter).collect();
            let conditions = in_force
                .policy
                .when
                .iter()
                .chain([&in_force.policy.require]);
            let mut uses = conditions.flat_map(|condition| condition.program.uses());
            uses.any(|found| moved.contains(&found.parameter))
        };
        let tightened: BTreeSet<&str> = rules
            .policies
            .iter()
            .filter(|in_force| moves(in_force))
            .map(|in_force| in_force.policy.id.as_str())
            .collect();
        let mut all = self.describe(&domains);
        all.retain(|it| is_changed(it) || tightened.contains(it.id.as_str()));
        all
    }

    /// The policies of overlays, whatever their domains.
    pub fn describe_overlays(&self) -> Vec<Description> {
        let domains = self
            .overlays
            .iter()
            .filter_map(|linked| linked.overlay.domain.as_deref());
        let domains: Vec<&str> = domains.collect();
        let rules = self.for_domains(&domains);
        let policies = rules
            .policies
            .iter()
            .filter(|in_force| in_force.version.is_none());
        policies
            .map(|in_force| self.describe_policy(in_force))
            .collect()
    }

    fn describe_policy(&self, in_force: &InForce<'_>) -> Description {
        use crate::pack::Expected::{Fail, Pass, Skip};

        let policy = in_force.policy;
        let scope = &policy.scope;
        let scope = [
            ("domains", &scope.domains),
            ("tags", &scope.tags),
            ("classifications", &scope.classifications),
            ("tiers", &scope.tiers),
            ("status", &scope.status),
        ];
        let scope = scope.into_iter().filter(|(_, words)| !words.is_empty());
        let of_pack = self
            .packs
            .iter()
            .find(|pack| pack.head.name == in_force.head.name);
        let of_overlay = self
            .overlays
            .iter()
            .find(|it| it.overlay.head.name == in_force.head.name);
        let of_overlay = of_overlay.map(|it| &it.overlay.model.metadata);
        let count = |expected| {
            policy
                .fixtures
                .iter()
                .filter(|it| it.expected == expected)
                .count()
        };
        Description {
            id: policy.id.clone(),
            is_rule: false,
            pack: self.name_of(in_force.head),
            head: in_force.head.name.clone(),
            owner: of_pack
                .map(|pack| pack.owner.clone())
                .or_else(|| of_overlay.and_then(|it| it.owner.clone())),
            about: of_pack
                .map(|pack| &pack.description)
                .or_else(|| of_overlay.map(|it| &it.description))
                .and_then(Clone::clone),
            origin: in_force.head.origin,
            title: policy.title.clone(),
            why: policy.why.clone(),
            references: policy.references.clone(),
            subject: policy.subject.as_str(),
            when: policy.when.as_ref().map(|when| when.text.clone()),
            require: Some(policy.require.text.clone()),
            scope: scope.map(|(key, words)| (key, words.clone())).collect(),
            parameters: self.parameters_of(in_force),
            enforcement: in_force.enforcement.clone(),
            waivable: terms(policy.waivable.as_ref()),
            waivers: self.waivers_of(&policy.id),
            place: PackPlace {
                source: std::sync::Arc::clone(&in_force.head.source),
                span: policy.id_span,
            },
            examples: [count(Pass), count(Fail), count(Skip)],
        }
    }

    /// The parameters that the conditions of a policy read.
    fn parameters_of(&self, in_force: &InForce<'_>) -> Vec<ParameterDescription> {
        let policy = in_force.policy;
        let conditions = policy.when.iter().chain([&policy.require]);
        let mut used: Vec<usize> = conditions
            .flat_map(|condition| condition.program.uses())
            .map(|found| found.parameter)
            .collect();
        used.sort_unstable();
        used.dedup();
        let place = |at: usize| -> Option<(usize, usize)> {
            let named = |head: &Head| head.name == in_force.head.name;
            if let Some(pack) = self.packs.iter().position(|pack| named(&pack.head)) {
                return Some((pack, at));
            }
            let linked = self.overlays.iter().find(|it| named(&it.overlay.head))?;
            linked.parameters.get(at).copied()
        };
        let described = used.into_iter().filter_map(|at| {
            let (pack, position) = place(at)?;
            let declared = self.packs[pack].values.get(position)?;
            let value = in_force.parameters.get(at)?;
            Some(ParameterDescription {
                name: self.packs[pack].parameters.0.get(position)?.name.clone(),
                value: value.to_json(),
                untightened: (*value != declared.value).then(|| declared.value.to_json()),
                tighten: declared.tighten.as_str(),
                description: declared.description.clone(),
            })
        });
        described.collect()
    }

    fn waivers_of(&self, policy: &str) -> Vec<(String, String, Day)> {
        let waivers = self.waivers.iter().filter(|waiver| waiver.policy == policy);
        waivers
            .map(|waiver| {
                let subject = format!("{}@{}", waiver.subject, waiver.major);
                (waiver.head.name.clone(), subject, waiver.expires)
            })
            .collect()
    }

    /// What a pack or an overlay is called: a pack with its version.
    fn name_of(&self, head: &Head) -> String {
        let pack = self.packs.iter().find(|pack| pack.head.name == head.name);
        match pack {
            Some(pack) => format!("{} {}", head.name, pack.version),
            None => format!("overlay {}", head.name),
        }
    }
}

fn terms(waivable: Option<&Waivable>) -> Option<(u32, Vec<String>)> {
    waivable.map(|it| (it.max_days, it.approvers.clone()))
}

impl Description {
    /// The name of the pack or overlay that it is in, without a version.
    pub fn pack_name(&self) -> &str {
        &self.head
    }

    /// How much it weighs on `day`; none before the first.
    pub fn level(&self, day: Day) -> Option<PolicyLevel> {
        self.enforcement.at(day, false).map(|stage| stage.level)
    }
}
