//! Packs, overlays and waivers together: what is in force, and whether it goes together.
//!
//! All that can be wrong is found here, before any product is looked at: names that lead nowhere, circles, parameters
//! that are moved the wrong way, levels that are lowered, waivers that nobody may grant. Whatever is wrong makes the
//! whole unusable: a policy that is not understood must not pass for one that holds.

mod files;
mod tightening;
mod waivers;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Span};
use mesh_spec::settings::Mistakes;
use mesh_spec::terms::dates::Day;
use semver::Version;

use self::files::{Files, in_order};
use crate::expr::{Constant, Parameter, Parameters};
use crate::pack::{
    Declared, Extends, Head, MISTAKE, Origin, Overlay, Pack, Policy, PolicyFile, Waivable, Waiver,
    check_uses,
};

/// What policies need to know of the world around them.
#[derive(Clone, Copy)]
pub struct Terms<'t> {
    /// The day of the run.
    pub as_of: Day,
    /// The ids that packs may set levels of: rules of the linter and kinds of change.
    pub rules: &'t [&'static str],
    /// Other names of those, and what each stands for.
    pub aliases: &'t [(&'static str, &'static str)],
}

/// All that is in force.
#[derive(Debug, Default)]
pub struct Policies {
    pub(crate) packs: Vec<Pack>,
    pub(crate) overlays: Vec<LinkedOverlay>,
    pub(crate) waivers: Vec<Waiver>,
    /// The names of what all have agreed on: packs and overlays of the registry, and what they extend, wherever that is
    /// from.
    agreed: BTreeSet<String>,
}

/// An overlay together with what it extends.
#[derive(Debug)]
pub(crate) struct LinkedOverlay {
    pub(crate) overlay: Overlay,
    pub(crate) policies: Vec<Policy>,
    /// For each parameter that its policies can read, in which pack it is, and where.
    pub(crate) parameters: Vec<(usize, usize)>,
    /// What it moves: which parameter of which pack, and to what.
    pub(crate) moves: Vec<(usize, usize, Constant)>,
}

/// A policy, or a rule that a pack sets, wherever it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'p> {
    pub(crate) id: &'p str,
    pub(crate) head: &'p Head,
    pub(crate) span: Span,
    pub(crate) waivable: Option<&'p Waivable>,
}

impl Terms<'_> {
    /// The id of a rule under the name that a pack gives it.
    pub(crate) fn rule(&self, name: &str) -> Option<&'static str> {
        let alias = self.aliases.iter().find(|(alias, _)| *alias == name);
        let name = alias.map_or(name, |(_, id)| id);
        self.rules.iter().copied().find(|id| *id == name)
    }
}

impl Policies {
    /// Brings `files` together, in whatever order they come.
    ///
    /// # Errors
    /// All that does not go together, as findings of level error that point into the files.
    pub fn new(files: Vec<PolicyFile>, terms: Terms<'_>) -> Result<Self, Vec<Diagnostic>> {
        let mut mistakes = Mistakes::new(MISTAKE);
        let mut files = Files::sorted(files, &mut mistakes);
        files.settle_rules(terms, &mut mistakes);
        files.check_extends(&mut mistakes);
        if !mistakes.is_empty() {
            return Err(mistakes.into_findings());
        }
        let Files {
            packs,
            overlays,
            waivers,
        } = files;
        let mut policies = Self {
            packs,
            overlays: Vec::new(),
            waivers: Vec::new(),
            agreed: BTreeSet::new(),
        };
        for overlay in in_order(overlays) {
            let linked = policies.link(overlay, &mut mistakes);
            policies.overlays.extend(linked);
        }
        policies
            .overlays
            .sort_by(|a, b| a.overlay.head.name.cmp(&b.overlay.head.name));
        policies.agreed = policies.agreed();
        policies.check_ids(terms, &mut mistakes);
        // What a waiver names may be in what could not be linked.
        if mistakes.is_empty() {
            policies.waivers = waivers;
            policies.check_waivers(terms, &mut mistakes);
        }
        if mistakes.is_empty() {
            Ok(policies)
        } else {
            Err(mistakes.into_findings())
        }
    }

    /// Whether nothing is in force.
    pub fn is_empty(&self) -> bool {
        self.packs.is_empty() && self.overlays.is_empty()
    }

    /// Whether all have agreed on a pack or an overlay: then nobody waives for themselves what it asks for.
    pub fn is_agreed(&self, head: &Head) -> bool {
        self.agreed.contains(&head.name)
    }

    fn agreed(&self) -> BTreeSet<String> {
        let packs = self.packs.iter().map(|pack| (&pack.head, &pack.extends));
        let overlays = self
            .overlays
            .iter()
            .map(|it| (&it.overlay.head, &it.overlay.extends));
        let of_registry = packs
            .chain(overlays)
            .filter(|(head, _)| head.origin == Origin::Registry);
        let mut agreed = BTreeSet::new();
        for (head, extends) in of_registry {
            agreed.insert(head.name.clone());
            let (packs, overlays) = self.reached(extends);
            agreed.extend(packs.iter().map(|at| self.packs[*at].head.name.clone()));
            agreed.extend(
                overlays
                    .iter()
                    .map(|at| self.overlays[*at].overlay.head.name.clone()),
            );
        }
        agreed
    }

    /// Every file, packs first.
    pub fn heads(&self) -> impl Iterator<Item = (&'static str, &Head, Option<&Version>)> {
        let packs = self
            .packs
            .iter()
            .map(|pack| ("pack", &pack.head, Some(&pack.version)));
        let overlays = self
            .overlays
            .iter()
            .map(|linked| ("overlay", &linked.overlay.head, None));
        let waivers = self
            .waivers
            .iter()
            .map(|waiver| ("waiver", &waiver.head, None));
        packs.chain(overlays).chain(waivers)
    }

    /// Every policy and every rule that is set, with what it says of waivers.
    pub(crate) fn known(&self) -> impl Iterator<Item = Known<'_>> {
        let packs = self
            .packs
            .iter()
            .map(|pack| (&pack.head, &pack.policies, &pack.rules));
        let overlays = self.overlays.iter().map(|linked| {
            let overlay = &linked.overlay;
            (&overlay.head, &linked.policies, &overlay.rules)
        });
        packs.chain(overlays).flat_map(|(head, policies, rules)| {
            let policies = policies.iter().map(move |policy| Known {
                id: &policy.id,
                head,
                span: policy.id_span,
                waivable: policy.waivable.as_ref(),
            });
            let rules = rules.iter().map(move |rule| Known {
                id: &rule.rule,
                head,
                span: rule.span,
                waivable: rule.waivable.as_ref(),
            });
            policies.chain(rules)
        })
    }

    /// The packs and overlays that `extends` leads to, and theirs: positions of packs, names of overlays.
    fn reached(&self, extends: &[Extends]) -> (BTreeSet<usize>, BTreeSet<usize>) {
        let (mut packs, mut overlays) = (BTreeSet::new(), BTreeSet::new());
        let mut open: Vec<&Extends> = extends.iter().collect();
        while let Some(next) = open.pop() {
            if let Some(at) = self
                .packs
                .iter()
                .position(|pack| pack.head.name == next.name)
            {
                if packs.insert(at) {
                    open.extend(&self.packs[at].extends);
                }
            } else if let Some(at) = self
                .overlays
                .iter()
                .position(|linked| linked.overlay.head.name == next.name)
                && overlays.insert(at)
            {
                open.extend(&self.overlays[at].overlay.extends);
            }
        }
        (packs, overlays)
    }

    /// Links an overlay to what it extends, which is linked already.
    fn link(&self, overlay: Overlay, mistakes: &mut Mistakes) -> Option<LinkedOverlay> {
        let (packs, overlays) = self.reached(&overlay.extends);
        let mut parameters = Parameters::default();
        let mut places = Vec::new();
        for &pack in &packs {
            for (at, parameter) in self.packs[pack].parameters.0.iter().enumerate() {
                parameters.0.push(Parameter {
                    name: parameter.name.clone(),
                    ty: parameter.ty,
                });
                places.push((pack, at));
            }
        }
        let moves = self.moves(&overlay, &parameters, &places, &overlays, mistakes);
        self.check_levels(&overlay, &packs, &overlays, mistakes);
        self.check_rules(&overlay, &packs, &overlays, mistakes);
        let declared = places.iter().map(|(pack, at)| {
            let (pack, value) = (&self.packs[*pack], &self.packs[*pack].values[*at]);
            Declared {
                tighten: value.tighten,
                source: Arc::clone(&pack.head.source),
                span: value.span,
            }
        });
        let declared: Vec<Declared> = declared.collect();
        match overlay.policies(&parameters) {
            Ok(policies) => {
                // Another overlay may move what they read.
                for policy in &policies {
                    check_uses(policy, &parameters, &declared, &overlay.tree, mistakes);
                }
                Some(LinkedOverlay {
                    overlay,
                    policies,
                    parameters: places,
                    moves,
                })
            }
            Err(found) => {
                mistakes.append(found);
                None
            }
        }
    }

    /// Whether every policy has an id of its own.
    fn check_ids(&self, terms: Terms<'_>, mistakes: &mut Mistakes) {
        let mut seen: BTreeMap<&str, (&Head, Span)> = BTreeMap::new();
        let packs = self.packs.iter().map(|pack| (&pack.head, &pack.policies));
        let overlays = self
            .overlays
            .iter()
            .map(|linked| (&linked.overlay.head, &linked.policies));
        for (head, policies) in packs.chain(overlays) {
            for policy in policies {
                if terms.rule(&policy.id).is_some() {
                    mistakes.add(
                        &head.source,
                        policy.id_span,
                        format!("mesh has a rule `{}` already", policy.id),
                        Some(format!(
                            "set its level under `rules:` as `{}: {{level: deny}}`, or use another id",
                            policy.id
                        )),
                    );
                }
                match seen.get(policy.id.as_str()) {
                    Some((other, span)) => {
                        mistakes.add(
                            &head.source,
                            policy.id_span,
                            format!("there is another policy `{}`", policy.id),
                            Some("give one of them another id".to_owned()),
                        );
                        mistakes.see(&other.source, *span, "the other");
                    }
                    None => {
                        seen.insert(&policy.id, (head, policy.id_span));
                    }
                }
            }
        }
    }
}
