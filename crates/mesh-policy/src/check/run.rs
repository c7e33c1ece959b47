//! One document, and all policies that are for it.

use std::sync::Arc;

use mesh_diagnostics::Diagnostic;

use super::context::Context;
use super::finding::{self, Failure};
use super::ruling::Ruling;
use super::{Options, Verdict};
use crate::compose::InForce;
use crate::expr::{Budget, Constant, Environment, Error, Value};
use crate::pack::Subject;
use crate::view::{ContractView, Thing, View};

/// What came of a document: of each policy that applied its verdict, and what does not hold.
pub(super) type Outcome = Vec<(Verdict, Vec<Diagnostic>)>;

/// Of what does not satisfy one policy, this much is reported for one document.
const REPORTED: usize = 50;

/// Where a contract has several service levels of one name, each is judged; in so many combinations at most.
const COMBINATIONS: usize = 64;

/// Holds a document to all policies that are for it.
pub(super) fn document<'v>(
    view: &'v View<'v>,
    context: &Context<'v>,
    rules: &Ruling<'_>,
    options: Options<'_>,
) -> Outcome {
    let is_product = matches!(context.thing, Thing::Product(_));
    let mut outcome = Vec::new();
    for (in_force, timing) in rules.policies() {
        let policy = in_force.policy;
        if policy.subject.is_of_product() != is_product || !context.is_in(&policy.scope, view) {
            continue;
        }
        let result = run(view, context.thing, in_force, &rules.as_of);
        if result.subjects == 0 {
            continue;
        }
        let timing = timing.of(context.is_new);
        let stage = timing.stage.map(|at| &in_force.enforcement.stages()[at]);
        let verdict = Verdict {
            policy: Arc::clone(&timing.policy),
            pack: Arc::clone(&timing.pack),
            level: stage.map(|stage| stage.level),
            next: timing.next,
            stages: Arc::clone(&timing.stages),
            subjects: result.subjects,
            failed: result.failures.len() + result.more,
            first: result.failures.first().map(|first| first.message.clone()),
            waiver: None,
        };
        let mut found = Vec::new();
        if let Some(stage) = stage {
            for failure in &result.failures {
                found.push(finding::of(in_force, stage, failure, context, options));
            }
            if let Some(last) = found.last_mut()
                && result.more > 0
            {
                last.message
                    .push_str(&format!(" (and {} more like it)", result.more));
            }
        }
        outcome.push((verdict, found));
    }
    outcome
}

/// What a policy says of a document.
pub(crate) struct Asked {
    /// How many things it applied to.
    pub(crate) subjects: usize,
    /// Those that do not satisfy it.
    pub(crate) failures: Vec<Failure>,
    /// How many more there are.
    pub(crate) more: usize,
}

/// Asks a policy of everything in `document` that it is about.
pub(crate) fn run<'v>(
    view: &'v View<'v>,
    document: Thing<'v>,
    in_force: &InForce<'_>,
    as_of: &str,
) -> Asked {
    let mut result = Asked {
        subjects: 0,
        failures: Vec::new(),
        more: 0,
    };
    let budget = Budget::new();
    let mut asking = Asking {
        environment: Environment {
            view,
            parameters: &in_force.parameters,
            as_of,
            budget: &budget,
            slots: Vec::new(),
            chosen: Vec::new(),
            contract: document.contract(),
        },
        in_force,
    };
    each_subject(in_force.policy.subject, document, |subject| {
        let explains = result.failures.len() < REPORTED;
        match asking.judge(subject, explains) {
            Judged::NotMeant => return,
            Judged::Holds => {}
            Judged::Fails(Some(failure)) => result.failures.push(*failure),
            Judged::Fails(None) => result.more += 1,
        }
        result.subjects += 1;
    });
    result
}

enum Judged {
    /// The policy does not apply.
    NotMeant,
    Holds,
    /// It does not hold; why, if that is asked for.
    Fails(Option<Box<Failure>>),
}

/// A policy that is asked of one thing after the other.
struct Asking<'a> {
    environment: Environment<'a>,
    in_force: &'a InForce<'a>,
}

impl<'a> Asking<'a> {
    /// Asks it of `subject`, with what is in force and, where an overlay has moved parameters, with those of the pack
    /// alone: what does not hold there does not hold.
    fn judge(&mut self, subject: &[Thing<'a>], explains: bool) -> Judged {
        let own = self.judge_with(&self.in_force.parameters, subject, explains);
        match (&self.in_force.untightened, own) {
            (_, Judged::Fails(failure)) => Judged::Fails(failure),
            (Some(parameters), own) => match self.judge_with(parameters, subject, explains) {
                Judged::NotMeant => own,
                other => other,
            },
            (None, own) => own,
        }
    }

    fn judge_with(
        &mut self,
        parameters: &'a [Constant],
        subject: &[Thing<'a>],
        explains: bool,
    ) -> Judged {
        self.environment.parameters = parameters;
        self.environment.chosen.clear();
        let policy = self.in_force.policy;
        let programs = policy.when.iter().chain([&policy.require]);
        let names = programs.flat_map(|condition| condition.program.sla_names());
        let mut names = names.map(|name| &**name).peekable();
        if names.peek().is_none() {
            return self.ask(subject, explains);
        }
        let Some(choices) = choices(self.environment.contract, names) else {
            let failure = || Box::new(finding::too_many(self.in_force, subject));
            return Judged::Fails(explains.then(failure));
        };
        let mut judged = Judged::NotMeant;
        for chosen in choices {
            self.environment.chosen = chosen;
            match self.ask(subject, explains) {
                Judged::NotMeant => {}
                Judged::Holds => judged = Judged::Holds,
                fails @ Judged::Fails(_) => return fails,
            }
        }
        judged
    }

    /// Asks it with the parameters and the service levels that are chosen.
    fn ask(&mut self, subject: &[Thing<'a>], explains: bool) -> Judged {
        let policy = self.in_force.policy;
        let environment = &mut self.environment;
        environment.slots.clear();
        environment
            .slots
            .extend(subject.iter().copied().map(Value::Thing));
        let when = policy.when.as_ref();
        let failed = match when.map(|when| environment.holds(&when.program)) {
            Some(Ok(false)) => return Judged::NotMeant,
            // What cannot be told to be left out is meant, and does not hold.
            Some(Err(error)) => when.map(|when| (when, Some(error))),
            _ => match environment.holds(&policy.require.program) {
                Ok(true) => return Judged::Holds,
                Ok(false) => Some((&policy.require, None)),
                Err(error) => Some((&policy.require, Some(error))),
            },
        };
        let explain = |(condition, error): (_, Option<Error<'a>>)| {
            let budget = environment.budget;
            let explain =
                || finding::failure(environment, self.in_force, condition, error, subject);
            Box::new(budget.apart(explain))
        };
        Judged::Fails(failed.filter(|_| explains).map(explain))
    }
}

/// Every way to choose one service level for each of `names` that the contract has several of; `None` if there are too
/// many.
fn choices<'n>(
    contract: Option<&ContractView<'_>>,
    names: impl Iterator<Item = &'n str>,
) -> Option<Vec<Vec<(&'n str, u32)>>> {
    let mut all: Vec<Vec<(&str, u32)>> = vec![Vec::new()];
    let Some(contract) = contract else {
        return Some(all);
    };
    for name in names {
        let mut levels = contract.slas(name);
        let (first, second) = (levels.next(), levels.next());
        if second.is_none() || all[0].iter().any(|(known, _)| *known == name) {
            continue;
        }
        let levels: Vec<u32> = first.into_iter().chain(second).chain(levels).collect();
        if all.len() * levels.len() > COMBINATIONS {
            return None;
        }
        all = all
            .iter()
            .flat_map(|chosen| {
                levels.iter().map(move |level| {
                    let mut longer = chosen.clone();
                    longer.push((name, *level));
                    longer
                })
            })
            .collect();
    }
    Some(all)
}

/// Shows `ask` everything in `document` that is a `subject`, each with what is around it: what fills the variables, in
/// order.
fn each_subject<'v>(subject: Subject, document: Thing<'v>, mut ask: impl FnMut(&[Thing<'v>])) {
    let mut many = |count: usize, thing: &dyn Fn(u32) -> Thing<'v>| {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        for at in 0..count {
            ask(&[document, thing(at)]);
        }
    };
    match document {
        Thing::Product(product) => match subject {
            Subject::Product => ask(&[document]),
            Subject::InputPort => {
                many(product.model.input_ports.len(), &|at| {
                    Thing::InputPort(product, at)
                });
            }
            Subject::OutputPort => {
                many(product.model.output_ports.len(), &|at| {
                    Thing::OutputPort(product, at)
                });
            }
            _ => {}
        },
        Thing::Contract(contract) => {
            let model = contract.model();
            match subject {
                Subject::Contract => ask(&[document]),
                Subject::SchemaObject => {
                    many(model.schema.len(), &|at| Thing::Object(contract, at));
                }
                Subject::Field => {
                    for at in 0..contract.len() {
                        let object = Thing::Object(contract, contract.object_of(at));
                        ask(&[document, object, Thing::Field(contract, at)]);
                    }
                }
                Subject::Server => many(model.servers.len(), &|at| Thing::Server(contract, at)),
                Subject::Role => many(model.roles.len(), &|at| Thing::Role(contract, at)),
                Subject::Sla => many(model.sla_properties.len(), &|at| Thing::Sla(contract, at)),
                Subject::Quality => {
                    for (owner, at) in contract.checks() {
                        ask(&[document, Thing::Quality(contract, owner, at)]);
                    }
                }
                Subject::Product | Subject::InputPort | Subject::OutputPort => {}
            }
        }
        _ => {}
    }
}
