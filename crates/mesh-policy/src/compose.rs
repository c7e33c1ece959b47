//! What is in force for a domain: packs, tightened by its overlays.
//!
//! Composition can only tighten. A level is the strictest that anyone asks for. A parameter is the tightest that
//! anyone asks for, by an operation (`max`, `min`, intersection, union) that knows no order. And a policy whose
//! parameters have been moved is held to the values of its pack as well: whatever an overlay does, what the pack alone
//! denies stays denied.

use std::collections::BTreeMap;

use mesh_diagnostics::Span;
use semver::Version;

use crate::expr::Constant;
use crate::pack::model::Tighten;
use crate::pack::{Enforcement, Head, PackPlace, Policy, Waivable};
use crate::policies::{LinkedOverlay, Policies};

/// What is in force for some domains.
#[derive(Debug)]
pub(crate) struct RuleSet<'p> {
    pub(crate) policies: Vec<InForce<'p>>,
    pub(crate) rules: BTreeMap<&'p str, RuleInForce<'p>>,
}

/// A policy that is in force.
#[derive(Debug, Clone)]
pub(crate) struct InForce<'p> {
    pub(crate) policy: &'p Policy,
    pub(crate) head: &'p Head,
    pub(crate) version: Option<&'p Version>,
    pub(crate) enforcement: Enforcement,
    /// The parameters that its expressions read.
    pub(crate) parameters: Vec<Constant>,
    /// Those of the pack alone, if they differ.
    pub(crate) untightened: Option<Vec<Constant>>,
    /// Those that overlays have moved.
    pub(crate) moved: Vec<Moved>,
}

/// A parameter that an overlay has moved.
#[derive(Debug, Clone)]
pub(crate) struct Moved {
    /// Its position among the parameters of the policy.
    pub(crate) parameter: usize,
    pub(crate) name: String,
    /// The value in the pack.
    pub(crate) from: Constant,
    /// Where the overlay says so.
    pub(crate) place: PackPlace,
}

/// A rule of the linter, or a kind of change, that is in force.
#[derive(Debug)]
pub(crate) struct RuleInForce<'p> {
    pub(crate) enforcement: Enforcement,
    /// Who set it first, and where.
    pub(crate) head: &'p Head,
    pub(crate) span: Span,
    pub(crate) why: Option<&'p str>,
    /// Whether all have agreed on anything that sets it.
    pub(crate) is_agreed: bool,
    /// How it may be waived: only as everyone who sets it allows.
    pub(crate) waivable: Option<&'p Waivable>,
}

impl Policies {
    /// What is in force for products of `domains`.
    pub(crate) fn for_domains(&self, domains: &[&str]) -> RuleSet<'_> {
        let applies = |domain: &Option<String>| {
            domain
                .as_deref()
                .is_none_or(|domain| domains.contains(&domain))
        };
        let overlays: Vec<_> = self
            .overlays
            .iter()
            .filter(|linked| applies(&linked.overlay.domain))
            .collect();
        let base: Vec<Vec<Constant>> = self
            .packs
            .iter()
            .map(|pack| {
                pack.values
                    .iter()
                    .map(|value| value.value.clone())
                    .collect()
            })
            .collect();
        let mut tightened = base.clone();
        for linked in &overlays {
            for (pack, at, value) in &linked.moves {
                let tighten = self.packs[*pack].values[*at].tighten;
                tightened[*pack][*at] = tighter(tighten, &tightened[*pack][*at], value);
            }
        }
        // Of several that move a parameter, the one whose value counts.
        let moved = |pack: usize, at: usize, parameter: usize| -> Option<Moved> {
            let value = &tightened[pack][at];
            if base[pack][at] == *value {
                return None;
            }
            let name = &self.packs[pack].parameters.0[at].name;
            let named = overlays.iter().flat_map(|linked| {
                let named = linked.overlay.moves.iter().filter(|it| it.name == *name);
                named.map(|it| (&linked.overlay.head, it))
            });
            let (head, written) = named
                .clone()
                .find(|(_, it)| it.value == *value)
                .or_else(|| named.clone().next())?;
            Some(Moved {
                parameter,
                name: name.clone(),
                from: base[pack][at].clone(),
                place: PackPlace {
                    source: std::sync::Arc::clone(&head.source),
                    span: written.span,
                },
            })
        };
        let stricter = |policy: &Policy| {
            let changes = overlays.iter().flat_map(|linked| &linked.overlay.levels);
            let changes = changes.filter(|change| change.policy == policy.id);
            changes.fold(policy.enforcement.clone(), |all, change| {
                all.and(&change.enforcement)
            })
        };
        let mut policies = Vec::new();
        for (at, pack) in self.packs.iter().enumerate() {
            policies.extend(pack.policies.iter().map(|policy| {
                InForce {
                    policy,
                    head: &pack.head,
                    version: Some(&pack.version),
                    enforcement: stricter(policy),
                    parameters: tightened[at].clone(),
                    untightened: (base[at] != tightened[at]).then(|| base[at].clone()),
                    moved: (0..base[at].len())
                        .filter_map(|it| moved(at, it, it))
                        .collect(),
                }
            }));
        }
        for linked in &overlays {
            let parameters = linked.parameters.iter();
            let parameters: Vec<Constant> = parameters
                .map(|(pack, at)| tightened[*pack][*at].clone())
                .collect();
            policies.extend(linked.policies.iter().map(|policy| {
                InForce {
                    policy,
                    head: &linked.overlay.head,
                    version: None,
                    enforcement: stricter(policy),
                    parameters: parameters.clone(),
                    untightened: None,
                    moved: linked
                        .parameters
                        .iter()
                        .enumerate()
                        .filter_map(|(position, (pack, at))| moved(*pack, *at, position))
                        .collect(),
                }
            }));
        }
        RuleSet {
            policies,
            rules: self.rules_of(&overlays),
        }
    }

    /// The rules that packs and `overlays` set, as strict as the strictest of them.
    fn rules_of<'p>(
        &'p self,
        overlays: &[&'p LinkedOverlay],
    ) -> BTreeMap<&'p str, RuleInForce<'p>> {
        let mut rules: BTreeMap<&str, RuleInForce<'_>> = BTreeMap::new();
        let of_packs = self.packs.iter().map(|pack| (&pack.head, &pack.rules));
        let of_overlays = overlays
            .iter()
            .map(|linked| (&linked.overlay.head, &linked.overlay.rules));
        for (head, settings) in of_packs.chain(of_overlays) {
            for setting in settings {
                match rules.get_mut(setting.rule.as_str()) {
                    Some(known) => {
                        known.enforcement = known.enforcement.and(&setting.enforcement);
                        known.why = known.why.or(setting.why.as_deref());
                        known.is_agreed |= self.is_agreed(head);
                        if setting.waivable.is_none() {
                            known.waivable = None;
                        }
                    }
                    None => {
                        rules.insert(
                            &setting.rule,
                            RuleInForce {
                                enforcement: setting.enforcement.clone(),
                                head,
                                span: setting.span,
                                why: setting.why.as_deref(),
                                is_agreed: self.is_agreed(head),
                                waivable: setting.waivable.as_ref(),
                            },
                        );
                    }
                }
            }
        }
        rules
    }
}

/// The tighter of two values of a parameter.
fn tighter(tighten: Tighten, a: &Constant, b: &Constant) -> Constant {
    let is_less = |a: &Constant, b: &Constant| {
        a.value().compare(&b.value()) == Some(std::cmp::Ordering::Less)
    };
    let items = |value: &Constant| match value {
        Constant::List(items) => items.clone(),
        other => vec![other.clone()],
    };
    let has = |list: &[Constant], item: &Constant| {
        list.iter().any(|other| other.value().equals(&item.value()))
    };
    match tighten {
        Tighten::Up if is_less(a, b) => b.clone(),
        Tighten::Down if is_less(b, a) => b.clone(),
        Tighten::Up | Tighten::Down | Tighten::Fixed => a.clone(),
        // In the order of the pack, whatever the order of the overlays.
        Tighten::Subset => {
            let (mut kept, other) = (items(a), items(b));
            kept.retain(|item| has(&other, item));
            Constant::List(kept)
        }
        Tighten::Superset => {
            let mut all = items(a);
            for item in items(b) {
                if !has(&all, &item) {
                    all.push(item);
                }
            }
            Constant::List(all)
        }
    }
}
