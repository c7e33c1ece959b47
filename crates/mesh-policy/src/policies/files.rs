//! Whether what files name is there, and nothing is there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mesh_diagnostics::{Span, nearest};
use mesh_spec::settings::Mistakes;

use crate::pack::{Extends, Head, Overlay, Pack, PolicyFile, RuleSetting, Waiver};

use super::Terms;

/// Files by kind, each in the order of names.
pub(super) struct Files {
    pub(super) packs: Vec<Pack>,
    pub(super) overlays: Vec<Overlay>,
    pub(super) waivers: Vec<Waiver>,
}

impl Files {
    /// Parts `files`. The same file twice counts once.
    pub(super) fn sorted(files: Vec<PolicyFile>, mistakes: &mut Mistakes) -> Self {
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
    pub(super) fn settle_rules(&mut self, terms: Terms<'_>, mistakes: &mut Mistakes) {
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
    pub(super) fn check_extends(&self, mistakes: &mut Mistakes) {
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
pub(super) fn in_order(mut overlays: Vec<Overlay>) -> Vec<Overlay> {
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
