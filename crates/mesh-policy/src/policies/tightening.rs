//! What an overlay changes only tightens.

use std::collections::BTreeSet;
use std::sync::Arc;

use mesh_diagnostics::{Span, nearest};
use mesh_spec::settings::Mistakes;

use crate::expr::{Constant, Parameters, Type};
use crate::pack::model::Tighten;
use crate::pack::{Enforcement, Head, Overlay, Policy};

use super::Policies;

impl Policies {
    /// The parameters that an overlay moves; those that it may not move so are mistakes.
    pub(super) fn moves(
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
    pub(super) fn check_levels(
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
    pub(super) fn check_rules(
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
