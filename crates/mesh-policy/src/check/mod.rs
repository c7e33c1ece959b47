//! Holds products and contracts to what is in force.

mod context;
mod finding;
mod ruling;
mod run;
mod waive;

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, Span, Waived};
use mesh_spec::terms::dates::Day;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::{Role, Workspace};
use rayon::prelude::*;

use crate::compose::InForce;
use crate::pack::PolicyLevel;
use crate::policies::Policies;
use crate::view::{Thing, View};
use context::Context;
use ruling::Ruling;

/// The group of findings of policies.
pub const GROUP: &str = mesh_diagnostics::POLICY;

/// How a workspace is judged.
#[derive(Clone, Copy)]
pub struct Options<'o> {
    /// The day.
    pub as_of: Day,
    /// The words that the mesh has agreed on.
    pub vocabularies: &'o Vocabularies,
    /// Whether a product with this id was ever published. Without a registry nobody can tell, and then no product is
    /// taken for a new one.
    pub is_published: Option<&'o (dyn Fn(&str) -> bool + Sync)>,
}

/// What came of holding a workspace to policies.
#[derive(Debug, Default)]
pub struct Checked {
    /// What does not hold, and waivers that are past their time or waive nothing.
    pub findings: Vec<Diagnostic>,
    /// What does not hold, and is waived.
    pub waived: Vec<Waived>,
    /// What was asked of each document, by its position.
    pub verdicts: BTreeMap<usize, Vec<Verdict>>,
    /// Documents on which the program failed: each is a defect of mesh, and what it would have found is unknown.
    pub defects: Vec<String>,
}

/// What came of one policy for one document, in which it applied to something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The policy.
    pub policy: Arc<str>,
    /// The pack or overlay that it is in.
    pub pack: Arc<str>,
    /// How much it weighs on the day; `None` if it is not in force yet.
    pub level: Option<PolicyLevel>,
    /// The next day on which it weighs more.
    pub next: Option<(Day, PolicyLevel)>,
    /// Where it weighs how much: every level with its first day, `None` for one that always holds.
    pub stages: Arc<[(PolicyLevel, Option<Day>)]>,
    /// How many things it was asked of.
    pub subjects: usize,
    /// How many of them do not satisfy it.
    pub failed: usize,
    /// What is said of the first of them.
    pub first: Option<String>,
    /// The waiver under which that is let pass.
    pub waiver: Option<String>,
}

/// The level that a rule of the linter, or a kind of change, has at least, in the files named.
#[derive(Debug, Clone)]
pub struct Floor {
    /// The rule.
    pub rule: String,
    /// The level.
    pub level: Level,
    /// The names of the files.
    pub files: Vec<String>,
}

/// What a policy says of a workspace of one document, or of a product with its contracts.
#[derive(Debug)]
pub(crate) enum Asked {
    /// It does not apply.
    NotMeant,
    Holds,
    Fails {
        /// What decided, in the pack.
        span: Span,
        message: String,
        /// Why it could not be told, if it could not.
        error: Option<String>,
    },
}

/// Asks one policy of all targets of `workspace` that it can be about.
pub(crate) fn ask(
    workspace: &Workspace,
    vocabularies: &Vocabularies,
    in_force: &InForce<'_>,
    as_of: Day,
) -> Asked {
    let view = View::new(workspace, vocabularies);
    let options = Options {
        as_of,
        vocabularies,
        is_published: None,
    };
    let mut result = Asked::NotMeant;
    for index in 0..workspace.documents().len() {
        let Some(context) = Context::new(&view, index, options) else {
            continue;
        };
        let is_product = matches!(context.thing, Thing::Product(_));
        if in_force.policy.subject.is_of_product() != is_product
            || !context.is_in(&in_force.policy.scope, &view)
        {
            continue;
        }
        let mut asked = run::run(&view, context.thing, in_force, &as_of.to_string());
        if !asked.failures.is_empty() {
            let first = asked.failures.swap_remove(0);
            return Asked::Fails {
                span: first.pack_span,
                message: first.message,
                error: first.error,
            };
        }
        if asked.subjects > 0 {
            result = Asked::Holds;
        }
    }
    result
}

/// A workspace that is held to policies: what all questions about it share.
pub struct Session<'s> {
    policies: &'s Policies,
    view: &'s View<'s>,
    contexts: &'s Contexts<'s>,
    options: Options<'s>,
}

impl Policies {
    /// Prepares to hold the targets of `workspace` to what is in force for their domains, and does `work` with it.
    pub fn hold<T>(
        &self,
        workspace: &Workspace,
        options: Options<'_>,
        work: impl FnOnce(&Session<'_>) -> T,
    ) -> T {
        let view = View::new(workspace, options.vocabularies);
        let contexts = Contexts::new(self, &view, options);
        work(&Session {
            policies: self,
            view: &view,
            contexts: &contexts,
            options,
        })
    }

    /// Holds the targets of `workspace` to every policy that is for them.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method is not general enough over lifetimes"
    )]
    pub fn check(&self, workspace: &Workspace, options: Options<'_>) -> Checked {
        self.hold(workspace, options, |session| session.check())
    }

    /// The levels that rules have at least in the targets of `workspace`, by the files that they are for.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method is not general enough over lifetimes"
    )]
    pub fn floors(&self, workspace: &Workspace, options: Options<'_>) -> Vec<Floor> {
        self.hold(workspace, options, |session| session.floors())
    }

    /// The rules that packs and overlays set.
    fn known_rules(&self) -> impl Iterator<Item = &str> {
        let packs = self.packs.iter().flat_map(|pack| &pack.rules);
        let overlays = self
            .overlays
            .iter()
            .flat_map(|linked| &linked.overlay.rules);
        packs.chain(overlays).map(|setting| setting.rule.as_str())
    }
}

impl Session<'_> {
    /// Holds every target to every policy that is for it.
    pub fn check(&self) -> Checked {
        let contexts = &self.contexts.all;
        let run = |context: &Context<'_>| {
            catch_unwind(AssertUnwindSafe(|| {
                run::document(
                    self.view,
                    context,
                    self.contexts.rules_of(context),
                    self.options,
                )
            }))
        };
        let outcomes: Vec<_> = if self.view.workspace.is_small() {
            contexts.iter().map(run).collect()
        } else {
            contexts.par_iter().map(run).collect()
        };
        let mut checked = Checked::default();
        let mut used = vec![false; self.policies.waivers.len()];
        for (context, outcome) in contexts.iter().zip(outcomes) {
            match outcome {
                Ok(outcome) => waive::document(
                    self.policies,
                    context,
                    outcome,
                    self.options,
                    &mut used,
                    &mut checked,
                ),
                Err(_) => checked
                    .defects
                    .push(format!("policies failed on {}", context.document.name())),
            }
        }
        waive::leftovers(self.policies, contexts, &used, self.options, &mut checked);
        checked
    }

    /// The levels that rules have at least, by the files that they are for.
    pub fn floors(&self) -> Vec<Floor> {
        let mut floors: BTreeMap<(&str, Level), Vec<String>> = BTreeMap::new();
        for context in &self.contexts.all {
            for (rule, in_force) in &self.contexts.rules_of(context).set.rules {
                if let Some(stage) = in_force.enforcement.at(self.options.as_of, context.is_new) {
                    let files = floors.entry((*rule, stage.level.level())).or_default();
                    files.push(context.document.name().to_owned());
                }
            }
        }
        let floors = floors.into_iter();
        let floor = |((rule, level), files): ((&str, Level), Vec<String>)| Floor {
            rule: rule.to_owned(),
            level,
            files,
        };
        floors.map(floor).collect()
    }

    /// Says of the findings of rules that packs set who asks for them, gives those of kinds of change the level that is
    /// asked for, and takes out what is waived.
    pub fn hold_rules(&self, findings: Vec<Diagnostic>) -> (Vec<Diagnostic>, Vec<Waived>) {
        let contexts = &self.contexts.all;
        let by_name: HashMap<&str, &Context<'_>> = contexts
            .iter()
            .map(|context| (context.document.name(), context))
            .collect();
        let mut kept = Vec::with_capacity(findings.len());
        let mut waived = Vec::new();
        for found in findings {
            let in_force = by_name.get(found.source.name()).and_then(|context| {
                let rule = self
                    .contexts
                    .rules_of(context)
                    .set
                    .rules
                    .get(&*found.rule)?;
                Some((*context, rule))
            });
            let Some((context, rule)) = in_force else {
                kept.push(found);
                continue;
            };
            match waive::rule(self.policies, context, rule, found, self.options) {
                Ok(found) => kept.push(found),
                Err(found) => waived.push(*found),
            }
        }
        (kept, waived)
    }
}

/// The targets of a workspace, and what is in force for each.
struct Contexts<'s> {
    all: Vec<Context<'s>>,
    /// One for each set of domains that a document belongs to.
    rules: Vec<Ruling<'s>>,
}

impl<'s> Contexts<'s> {
    fn new(policies: &'s Policies, view: &'s View<'s>, options: Options<'_>) -> Self {
        let documents = view.workspace.documents().iter().enumerate();
        let targets = documents.filter(|(_, (_, role))| *role == Role::Target);
        let mut all: Vec<Context<'s>> = targets
            .filter_map(|(index, _)| Context::new(view, index, options))
            .collect();
        let mut rules = Vec::new();
        let mut known: HashMap<Vec<&'s str>, usize> = HashMap::new();
        for context in &mut all {
            context.rules = *known.entry(context.domains.clone()).or_insert_with(|| {
                let set = policies.for_domains(&context.domains);
                rules.push(Ruling::new(set, options.as_of));
                rules.len() - 1
            });
        }
        Self { all, rules }
    }

    fn rules_of(&self, context: &Context<'_>) -> &Ruling<'s> {
        &self.rules[context.rules]
    }
}
