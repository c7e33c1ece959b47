//! Packs, overlays and waivers together: what is in force, and whether it goes together.
//!
//! All that can be wrong is found here, before any product is looked at: names that lead nowhere, circles, parameters
//! that are moved the wrong way, levels that are lowered, waivers that nobody may grant. Whatever is wrong makes the
//! whole unusable: a policy that is not understood must not pass for one that holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Span, nearest};
use mesh_spec::settings::Mistakes;
use mesh_spec::terms::dates::Day;
use semver::Version;

use crate::expr::{Constant, Parameter, Parameters, Type};
use crate::pack::model::Tighten;
use crate::pack::{
    Declared, Enforcement, Extends, Head, MISTAKE, Origin, Overlay, Pack, Policy, PolicyFile,
    RuleSetting, Waivable, Waiver, check_uses,
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

    /// The parameters that an overlay moves; those that it may not move so are mistakes.
    fn moves(
        &self,
        overlay: &Overlay,
        parameters: &Parameters,
        places: &[(usize, usize)],
        extended: &BTreeSet<usize>,
        mistakes: &mut Mistakes,
    ) -> Vec<(usize, usize, Constant)> {
        let source = &overlay.head.source;
        let mut moves = Vec::new();
        for moved in &overlay.moves {
            let named = parameters.0.iter().zip(places);
            let named: Vec<_> = named
                .filter(|(known, _)| known.name == moved.name)
                .collect();
            let (pack, at, ty) = match named.as_slice() {
                [(parameter, (pack, at))] => (*pack, *at, parameter.ty),
                [] => {
                    let known = parameters.0.iter().map(|known| known.name.as_str());
                    let help = match nearest(&moved.name, known) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => "move a parameter of what the overlay extends".to_owned(),
                    };
                    let message = format!("there is no parameter `{}`", moved.name);
                    mistakes.add(source, moved.name_span, message, Some(help));
                    continue;
                }
                several => {
                    let packs: Vec<String> = several
                        .iter()
                        .map(|(_, (pack, _))| format!("`{}`", self.packs[*pack].head.name))
                        .collect();
                    mistakes.add(
                        source,
                        moved.name_span,
                        format!(
                            "`{}` is a parameter of {}",
                            moved.name,
                            packs.join(" and of ")
                        ),
                        Some("move it in an overlay that extends only one of them".to_owned()),
                    );
                    continue;
                }
            };
            let pack_of = &self.packs[pack];
            let base = &pack_of.values[at];
            let before = extended.iter().flat_map(|other| {
                let other = &self.overlays[*other];
                let own = other.moves.iter();
                let own = own.filter(move |(p, a, _)| (*p, *a) == (pack, at));
                own.map(move |(_, _, value)| {
                    let written = other.overlay.moves.iter().find(|it| it.name == moved.name);
                    let span = written.map_or(other.overlay.head.name_span, |it| it.span);
                    (value, &other.overlay.head, span)
                })
            });
            let before = std::iter::once((&base.value, &pack_of.head, base.span)).chain(before);
            let mut is_fine = true;
            for (old, head, span) in before {
                let Some(message) = objection(base.tighten, ty, old, &moved.value) else {
                    continue;
                };
                let said = format!("`{}` {message}", moved.name);
                mistakes.add(source, moved.span, said, Some(direction_help(base.tighten)));
                let declared = format!("{} has it so", head.name);
                mistakes.see(&head.source, span, declared);
                is_fine = false;
                break;
            }
            if is_fine {
                moves.push((pack, at, moved.value.clone()));
            }
        }
        moves
    }

    /// Whether the levels of an overlay are stricter than those of what it extends.
    fn check_levels(
        &self,
        overlay: &Overlay,
        packs: &BTreeSet<usize>,
        overlays: &BTreeSet<usize>,
        mistakes: &mut Mistakes,
    ) {
        let source = &overlay.head.source;
        let of_packs = packs.iter().flat_map(|at| {
            let pack = &self.packs[*at];
            pack.policies.iter().map(move |policy| (policy, &pack.head))
        });
        let of_overlays = overlays.iter().flat_map(|at| {
            let linked = &self.overlays[*at];
            let head = &linked.overlay.head;
            linked.policies.iter().map(move |policy| (policy, head))
        });
        let known: Vec<(&Policy, &Head)> = of_packs.chain(of_overlays).collect();
        for change in &overlay.levels {
            let Some((policy, _)) = known.iter().find(|(policy, _)| policy.id == change.policy)
            else {
                let ids = known.iter().map(|(policy, _)| policy.id.as_str());
                let help = match nearest(&change.policy, ids) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "name a policy of what the overlay extends; rules go under `rules:`"
                        .to_owned(),
                };
                let message = format!("there is no policy `{}`", change.policy);
                mistakes.add(source, change.name_span, message, Some(help));
                continue;
            };
            let before = overlays
                .iter()
                .flat_map(|at| &self.overlays[*at].overlay.levels);
            let before = before.filter(|other| other.policy == change.policy);
            let base = before.fold(policy.enforcement.clone(), |base, other| {
                base.and(&other.enforcement)
            });
            refuse_looser(
                &change.policy,
                &change.enforcement,
                &base,
                (source, change.span),
                mistakes,
            );
        }
    }

    /// The same for rules.
    fn check_rules(
        &self,
        overlay: &Overlay,
        packs: &BTreeSet<usize>,
        overlays: &BTreeSet<usize>,
        mistakes: &mut Mistakes,
    ) {
        for setting in &overlay.rules {
            let of_packs = packs.iter().flat_map(|at| &self.packs[*at].rules);
            let of_overlays = overlays
                .iter()
                .flat_map(|at| &self.overlays[*at].overlay.rules);
            let same = of_packs
                .chain(of_overlays)
                .filter(|other| other.rule == setting.rule);
            let base = same.fold(Enforcement::default(), |base, other| {
                base.and(&other.enforcement)
            });
            refuse_looser(
                &setting.rule,
                &setting.enforcement,
                &base,
                (&overlay.head.source, setting.span),
                mistakes,
            );
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

    /// Whether waivers are about something, and within the terms that they may be granted under.
    fn check_waivers(&self, terms: Terms<'_>, mistakes: &mut Mistakes) {
        let known: Vec<Known<'_>> = self.known().collect();
        for (at, waiver) in self.waivers.iter().enumerate() {
            let source = &waiver.head.source;
            let policy = waiver.policy.as_str();
            let named: Vec<&Known<'_>> = known.iter().filter(|known| known.id == policy).collect();
            let Some(first) = named.first() else {
                let help = match nearest(policy, known.iter().map(|known| known.id)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "name a policy that `mesh policy list` shows, or take the waiver out"
                        .to_owned(),
                };
                mistakes.add(
                    source,
                    waiver.policy_span,
                    format!("there is no policy `{}` in force", waiver.policy),
                    Some(help),
                );
                continue;
            };
            // Of a rule that several packs set, the strictest terms count.
            if let Some(closed) = named.iter().find(|known| known.waivable.is_none()) {
                mistakes.add(
                    source,
                    waiver.policy_span,
                    format!("`{policy}` cannot be waived"),
                    Some("satisfy it, and take the waiver out".to_owned()),
                );
                mistakes.see(
                    &closed.head.source,
                    closed.span,
                    format!("{} says so", closed.head.name),
                );
                continue;
            }
            let waivables = || named.iter().filter_map(|known| known.waivable);
            let approver = waiver.approved_by.trim();
            if !waivables().all(|it| it.approvers.iter().any(|name| name.trim() == approver)) {
                let approvers: BTreeSet<&str> = waivables()
                    .flat_map(|it| &it.approvers)
                    .map(String::as_str)
                    .collect();
                let approvers: Vec<String> = approvers
                    .into_iter()
                    .map(|name| format!("`{name}`"))
                    .collect();
                mistakes.add(
                    source,
                    waiver.approved_by_span,
                    format!("`{approver}` may not approve a waiver of `{policy}`"),
                    Some(format!("have it approved by {}", approvers.join(" or "))),
                );
                mistakes.see(&first.head.source, first.span, "the policy");
            }
            let longest = waivables().map(|it| it.max_days).min().unwrap_or(0);
            let start = waiver.granted.unwrap_or(terms.as_of);
            let term = waiver.expires.days_since(start);
            if term > i64::from(longest) {
                let last = start.days_later(longest);
                mistakes.add(
                    source,
                    waiver.expires_span,
                    format!("the waiver is for {term} days, and `{policy}` can be waived for {longest}"),
                    Some(match waiver.granted {
                        Some(_) => format!("let it expire on {last} or before"),
                        None => format!(
                            "let it expire on {last} or before, or say with `granted:` since when it has been in force"
                        ),
                    }),
                );
                mistakes.see(&first.head.source, first.span, "the policy");
            }
            for other in &self.waivers[..at] {
                if other.head.name == waiver.head.name {
                    mistakes.add(
                        source,
                        waiver.head.name_span,
                        format!("there is another waiver `{}`", waiver.head.name),
                        Some("give one of them another id".to_owned()),
                    );
                    mistakes.see(&other.head.source, other.head.name_span, "the other");
                } else if other.overlaps(waiver) {
                    mistakes.add(
                        source,
                        waiver.policy_span,
                        format!(
                            "`{}` and `{}` both waive `{policy}` for `{}@{}` at the same time",
                            other.head.name, waiver.head.name, waiver.subject, waiver.major
                        ),
                        Some("keep one of them: the term must be plain".to_owned()),
                    );
                    mistakes.see(&other.head.source, other.policy_span, "the other");
                }
            }
        }
    }
}

impl Waiver {
    /// Whether both are for the same, on some day.
    fn overlaps(&self, other: &Self) -> bool {
        let same = self.subject == other.subject
            && self.major == other.major
            && self.policy == other.policy;
        let begins_before_end = |a: &Self, b: &Self| a.granted.is_none_or(|from| from <= b.expires);
        same && begins_before_end(self, other) && begins_before_end(other, self)
    }
}

/// Files by kind, each in the order of names.
struct Files {
    packs: Vec<Pack>,
    overlays: Vec<Overlay>,
    waivers: Vec<Waiver>,
}

impl Files {
    /// Parts `files`. The same file twice counts once.
    fn sorted(files: Vec<PolicyFile>, mistakes: &mut Mistakes) -> Self {
        let mut sorted = Self {
            packs: Vec::new(),
            overlays: Vec::new(),
            waivers: Vec::new(),
        };
        for file in files {
            match file {
                PolicyFile::Pack(pack) => sorted.packs.push(*pack),
                PolicyFile::Overlay(overlay) => sorted.overlays.push(*overlay),
                PolicyFile::Waiver(waiver) => sorted.waivers.push(*waiver),
            }
        }
        let order = |a: &Head, b: &Head| {
            (&a.name, a.origin, &a.digest, a.source.name()).cmp(&(
                &b.name,
                b.origin,
                &b.digest,
                b.source.name(),
            ))
        };
        sorted.packs.sort_by(|a, b| order(&a.head, &b.head));
        sorted.overlays.sort_by(|a, b| order(&a.head, &b.head));
        sorted.waivers.sort_by(|a, b| order(&a.head, &b.head));
        let is_same = |a: &Head, b: &Head| a.name == b.name && a.digest == b.digest;
        sorted
            .packs
            .dedup_by(|later, earlier| is_same(&later.head, &earlier.head));
        sorted
            .overlays
            .dedup_by(|later, earlier| is_same(&later.head, &earlier.head));
        sorted
            .waivers
            .dedup_by(|later, earlier| is_same(&later.head, &earlier.head));
        let packs = sorted
            .packs
            .iter()
            .map(|pack| (&pack.head, pack.version_span));
        let overlays = sorted
            .overlays
            .iter()
            .map(|overlay| (&overlay.head, overlay.head.name_span));
        let mut seen: BTreeMap<&str, (&Head, Span)> = BTreeMap::new();
        for (head, span) in packs.chain(overlays) {
            if let Some((other, other_span)) = seen.insert(&head.name, (head, span)) {
                mistakes.add(
                    &head.source,
                    span,
                    format!(
                        "there are two packs or overlays `{}`, which differ",
                        head.name
                    ),
                    Some("keep one of them in force".to_owned()),
                );
                mistakes.see(&other.source, other_span, "the other");
            }
        }
        sorted
    }

    /// Gives rules, and waivers of them, their proper ids, and finds those that there are none of.
    fn settle_rules(&mut self, terms: Terms<'_>, mistakes: &mut Mistakes) {
        let packs = self
            .packs
            .iter_mut()
            .map(|pack| (&pack.head, &mut pack.rules));
        let overlays = self.overlays.iter_mut().map(|it| (&it.head, &mut it.rules));
        for (head, rules) in packs.chain(overlays) {
            for setting in rules.iter_mut() {
                settle(setting, &head.source, terms, mistakes);
            }
        }
        for waiver in &mut self.waivers {
            if let Some(id) = terms.rule(&waiver.policy) {
                id.clone_into(&mut waiver.policy);
            }
        }
    }

    /// Whether everything that is extended is there, and nothing extends itself.
    fn check_extends(&self, mistakes: &mut Mistakes) {
        let packs = self
            .packs
            .iter()
            .map(|pack| (&pack.head, &pack.extends, true));
        let overlays = self
            .overlays
            .iter()
            .map(|it| (&it.head, &it.extends, false));
        let all: Vec<(&Head, &Vec<Extends>, bool)> = packs.chain(overlays).collect();
        for (head, extends, is_pack) in &all {
            for wanted in *extends {
                let found = all.iter().find(|(other, ..)| other.name == wanted.name);
                self.check_wanted(
                    head,
                    wanted,
                    found.map(|(_, _, other)| *other),
                    *is_pack,
                    mistakes,
                );
            }
        }
        let by_name: BTreeMap<&str, &Vec<Extends>> = all
            .iter()
            .map(|(head, extends, _)| (head.name.as_str(), *extends))
            .collect();
        for (head, extends, _) in &all {
            for first in *extends {
                if let Some(circle) = circle(&head.name, first, &by_name) {
                    mistakes.add(
                        &head.source,
                        first.span,
                        format!("`{}` extends itself: {}", head.name, circle.join(" → ")),
                        Some("take one of these out of `extends`".to_owned()),
                    );
                }
            }
        }
    }

    fn check_wanted(
        &self,
        head: &Head,
        wanted: &Extends,
        found_pack: Option<bool>,
        is_pack: bool,
        mistakes: &mut Mistakes,
    ) {
        let source = &head.source;
        match found_pack {
            None => {
                let packs = self.packs.iter().map(|pack| pack.head.name.as_str());
                let overlays = self.overlays.iter().map(|it| it.head.name.as_str());
                let known = packs.chain(overlays.filter(|_| !is_pack));
                let help = match nearest(&wanted.name, known) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "bring it into force: list it under `policies` in mesh.yaml, or put it into the registry"
                        .to_owned(),
                };
                mistakes.add(
                    source,
                    wanted.span,
                    format!("there is no pack `{}` here", wanted.name),
                    Some(help),
                );
            }
            Some(false) if is_pack => mistakes.add(
                source,
                wanted.span,
                format!(
                    "`{}` is an overlay: a pack for all cannot build on it",
                    wanted.name
                ),
                Some("extend packs only, or make this an overlay".to_owned()),
            ),
            Some(false) => {}
            Some(true) => {
                let pack = self.packs.iter().find(|pack| pack.head.name == wanted.name);
                let versions = wanted.versions.as_ref();
                if let (Some(pack), Some(versions)) = (pack, versions)
                    && !versions.matches(&pack.version)
                {
                    mistakes.add(
                        source,
                        wanted.span,
                        format!(
                            "`{}` or a compatible version is asked for, and {} is in force",
                            wanted.written, pack.version
                        ),
                        Some(format!(
                            "check it against {0}, and write `{1}@{0}`",
                            pack.version, wanted.name
                        )),
                    );
                    mistakes.see(&pack.head.source, pack.version_span, "in force");
                }
            }
        }
    }
}

/// The way from `first` back to `name`, if there is one.
fn circle(
    name: &str,
    first: &Extends,
    by_name: &BTreeMap<&str, &Vec<Extends>>,
) -> Option<Vec<String>> {
    let mut open = vec![vec![name.to_owned(), first.name.clone()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = open.pop() {
        let last = way.last()?;
        if last == name {
            return Some(way);
        }
        if !seen.insert(last.clone()) {
            continue;
        }
        for next in by_name
            .get(last.as_str())
            .into_iter()
            .flat_map(|extends| *extends)
        {
            let mut longer = way.clone();
            longer.push(next.name.clone());
            open.push(longer);
        }
    }
    None
}

/// Overlays so that each comes after those that it extends. There are no circles.
fn in_order(mut overlays: Vec<Overlay>) -> Vec<Overlay> {
    let mut ordered: Vec<Overlay> = Vec::new();
    while !overlays.is_empty() {
        let names: BTreeSet<String> = overlays.iter().map(|it| it.head.name.clone()).collect();
        let (ready, later): (Vec<_>, Vec<_>) = overlays.into_iter().partition(|it| {
            it.extends
                .iter()
                .all(|wanted| !names.contains(&wanted.name))
        });
        if ready.is_empty() {
            ordered.extend(later);
            break;
        }
        ordered.extend(ready);
        overlays = later;
    }
    ordered
}

fn settle(
    setting: &mut RuleSetting,
    source: &Arc<mesh_diagnostics::Source>,
    terms: Terms<'_>,
    mistakes: &mut Mistakes,
) {
    if let Some(id) = terms.rule(&setting.rule) {
        id.clone_into(&mut setting.rule);
        return;
    }
    let names = terms.rules.iter().copied();
    let help = match nearest(&setting.rule, names) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "name one that `mesh rules` lists, or write a policy of your own".to_owned(),
    };
    let message = format!("mesh has no rule `{}`", setting.rule);
    mistakes.add(source, setting.span, message, Some(help));
}

/// Notes a mistake if `new` asks for less than `base` on some day.
fn refuse_looser(
    id: &str,
    new: &Enforcement,
    base: &Enforcement,
    (source, span): (&Arc<mesh_diagnostics::Source>, Span),
    mistakes: &mut Mistakes,
) {
    let Some((level, from)) = new.looser_than(base) else {
        return;
    };
    let since = from
        .map(|day| format!(" from {day} on"))
        .unwrap_or_default();
    mistakes.add(
        source,
        span,
        format!("`{id}` would weigh less than agreed: it is `{level}`{since}"),
        Some(
            "an overlay only tightens: use a stricter level or an earlier day, or take it out"
                .to_owned(),
        ),
    );
    let stages = base.stages().iter().filter(|stage| !stage.for_new);
    let deciding = stages
        .rev()
        .find(|stage| stage.level == level && stage.from == from);
    if let Some(stage) = deciding {
        mistakes.see(&stage.place.source, stage.place.span, "agreed here");
    }
}

/// What is wrong with moving a parameter from `old` to `new`, as the end of a sentence about it.
fn objection(tighten: Tighten, ty: Type, old: &Constant, new: &Constant) -> Option<String> {
    use std::cmp::Ordering::{Greater, Less};

    let (a, b) = (old.value(), new.value());
    let is_list = |value: &Constant| matches!(value, Constant::List(_));
    let is_number = |value: &Constant| matches!(value, Constant::Int(_) | Constant::Double(_));
    if tighten == Tighten::Fixed {
        return (old != new).then(|| "is fixed: no overlay may move it".to_owned());
    }
    if is_list(new) != is_list(old) || is_number(new) != is_number(old) {
        return Some(format!("is {ty}, and cannot become `{}`", b.show()));
    }
    let shown = format!("would go from `{}` to `{}`, which", a.show(), b.show());
    let items = |value: &Constant| match value {
        Constant::List(items) => items.clone(),
        _ => Vec::new(),
    };
    let is_within = |small: &Constant, large: &Constant| {
        let large = items(large);
        let has = |item: &Constant| {
            large
                .iter()
                .any(|other| other.value().equals(&item.value()))
        };
        items(small).iter().all(has)
    };
    let loosens = match tighten {
        Tighten::Up => b.compare(&a) == Some(Less),
        Tighten::Down => b.compare(&a) == Some(Greater),
        Tighten::Subset => !is_within(new, old),
        Tighten::Superset => !is_within(old, new),
        Tighten::Fixed => false,
    };
    loosens.then(|| format!("{shown} lets more pass"))
}

fn direction_help(tighten: Tighten) -> String {
    match tighten {
        Tighten::Up => "an overlay may only raise it",
        Tighten::Down => "an overlay may only lower it",
        Tighten::Subset => "an overlay may only take items out",
        Tighten::Superset => "an overlay may only add items",
        Tighten::Fixed => "take it out of the overlay",
    }
    .to_owned()
}
