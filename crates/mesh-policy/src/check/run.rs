//! One document, and all policies that are for it.

use mesh_diagnostics::Diagnostic;
use mesh_spec::terms::dates::Day;

use super::context::Context;
use super::finding::{self, Failure};
use super::{Options, Verdict};
use crate::compose::{InForce, RuleSet};
use crate::expr::{Budget, Constant, Environment, Value};
use crate::pack::{Enforcement, PolicyLevel, Subject};
use crate::view::{ContractView, Owner, Thing, View};

/// What came of a document: of each policy its verdict, and what does not hold.
pub(super) type Outcome = Vec<(Verdict, Vec<Diagnostic>)>;

/// Of what does not satisfy one policy, this much is reported for one document.
const REPORTED: usize = 50;

/// Where a contract has several service levels of one name, each is judged; in so many combinations at most.
const COMBINATIONS: usize = 64;

/// Holds a document to all policies that are for it.
pub(super) fn document<'v>(
    view: &'v View<'v>,
    context: &Context<'v>,
    rules: &RuleSet<'_>,
    options: Options<'_>,
) -> Outcome {
    let is_product = matches!(context.thing, Thing::Product(_));
    let as_of = options.as_of.to_string();
    let mut outcome = Vec::new();
    for in_force in &rules.policies {
        let policy = in_force.policy;
        if policy.subject.is_of_product() != is_product || !context.is_in(&policy.scope, view) {
            continue;
        }
        let stage = in_force.enforcement.at(options.as_of, context.is_new);
        let mut verdict = Verdict {
            policy: policy.id.clone(),
            pack: in_force.head.name.clone(),
            level: stage.map(|stage| stage.level),
            next: in_force.enforcement.next(options.as_of),
            stages: stages(&in_force.enforcement, context.is_new),
            subjects: 0,
            failed: 0,
            first: None,
            waiver: None,
        };
        let mut found = Vec::new();
        let failures = run(view, context.thing, in_force, &as_of);
        verdict.subjects = failures.subjects;
        verdict.failed = failures.failures.len() + failures.more;
        verdict.first = failures.failures.first().map(|first| first.message.clone());
        if let Some(stage) = stage {
            for failure in &failures.failures {
                let diagnostic = finding::of(in_force, stage, failure, context, options);
                found.push(diagnostic);
            }
            if let Some(last) = found.last_mut()
                && failures.more > 0
            {
                last.message.push_str(&format!(" (and {} more like it)", failures.more));
            }
        }
        outcome.push((verdict, found));
    }
    outcome
}

/// The levels of a policy by day, each that is stricter than those before.
fn stages(enforcement: &Enforcement, is_new: bool) -> Vec<(PolicyLevel, Option<Day>)> {
    let stages = enforcement.stages().iter().filter(|stage| is_new || !stage.for_new);
    let mut stages: Vec<_> = stages.map(|stage| (stage.level, stage.from)).collect();
    stages.sort_by_key(|(level, from)| (*from, std::cmp::Reverse(*level)));
    let mut highest = None;
    stages.retain(|(level, _)| {
        let is_stricter = Some(*level) > highest;
        highest = highest.max(Some(*level));
        is_stricter
    });
    stages
}

/// What a policy says of a document.
pub(crate) struct Failures {
    /// How many things it was asked of.
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
) -> Failures {
    let mut result = Failures {
        subjects: 0,
        failures: Vec::new(),
        more: 0,
    };
    let budget = Budget::new();
    let values = std::iter::once(&in_force.parameters).chain(&in_force.untightened);
    let values: Vec<&[Constant]> = values.map(Vec::as_slice).collect();
    for subject in subjects(in_force.policy.subject, document) {
        let mut applies = false;
        for parameters in &values {
            let explains = result.failures.len() < REPORTED;
            match judge(view, &subject, in_force, parameters, as_of, &budget, explains) {
                Judged::NotMeant => {}
                Judged::Holds => applies = true,
                Judged::Fails(failure) => {
                    applies = true;
                    match failure {
                        Some(failure) => result.failures.push(*failure),
                        None => result.more += 1,
                    }
                    break;
                }
            }
        }
        result.subjects += usize::from(applies);
    }
    result
}

enum Judged {
    /// The policy does not apply.
    NotMeant,
    Holds,
    /// It does not hold; why, if that is asked for.
    Fails(Option<Box<Failure>>),
}

/// Asks a policy of one thing.
fn judge<'a>(
    view: &'a View<'a>,
    subject: &[Thing<'a>],
    in_force: &'a InForce<'_>,
    parameters: &'a [Constant],
    as_of: &'a str,
    budget: &'a Budget,
    explains: bool,
) -> Judged {
    let policy = in_force.policy;
    let contract = subject.first().and_then(|thing| thing.contract());
    let programs = policy.when.iter().chain([&policy.require]);
    let names = programs.flat_map(|condition| condition.program.sla_names());
    let Some(choices) = choices(contract, names.map(|name| &**name)) else {
        let failure = || Box::new(finding::too_many(in_force, subject));
        return Judged::Fails(explains.then(failure));
    };
    let mut applies = false;
    for chosen in &choices {
        let mut environment = Environment {
            view,
            parameters,
            as_of,
            budget,
            slots: subject.iter().copied().map(Value::Thing).collect(),
            chosen: chosen.clone(),
            contract,
        };
        let when = policy.when.as_ref().map(|when| environment.holds(&when.program));
        let failed = match when {
            Some(Ok(false)) => continue,
            Some(Err(_)) => policy.when.as_ref(),
            _ => {
                applies = true;
                match environment.holds(&policy.require.program) {
                    Ok(true) => continue,
                    _ => Some(&policy.require),
                }
            }
        };
        if let Some(condition) = failed {
            let explain = || {
                budget.apart(|| finding::failure(&mut environment, in_force, condition, subject))
            };
            return Judged::Fails(explains.then(explain).map(Box::new));
        }
    }
    if applies { Judged::Holds } else { Judged::NotMeant }
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

/// Everything in `document` that is a `subject`, each with what is around it: what fills the variables, in order.
fn subjects<'v>(subject: Subject, document: Thing<'v>) -> Vec<Vec<Thing<'v>>> {
    let many = |count: usize, thing: &dyn Fn(u32) -> Thing<'v>| {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        (0..count).map(|at| vec![document, thing(at)]).collect()
    };
    match document {
        Thing::Product(product) => match subject {
            Subject::Product => vec![vec![document]],
            Subject::InputPort => {
                many(product.model.input_ports.len(), &|at| Thing::InputPort(product, at))
            }
            Subject::OutputPort => {
                many(product.model.output_ports.len(), &|at| Thing::OutputPort(product, at))
            }
            _ => Vec::new(),
        },
        Thing::Contract(contract) => {
            let model = contract.model();
            match subject {
                Subject::Contract => vec![vec![document]],
                Subject::SchemaObject => {
                    many(model.schema.len(), &|at| Thing::Object(contract, at))
                }
                Subject::Field => (0..contract.len())
                    .map(|at| {
                        let object = Thing::Object(contract, contract.object_of(at));
                        vec![document, object, Thing::Field(contract, at)]
                    })
                    .collect(),
                Subject::Server => many(model.servers.len(), &|at| Thing::Server(contract, at)),
                Subject::Role => many(model.roles.len(), &|at| Thing::Role(contract, at)),
                Subject::Sla => many(model.sla_properties.len(), &|at| Thing::Sla(contract, at)),
                Subject::Quality => contract
                    .checks()
                    .map(|(owner, at): (Owner, u32)| {
                        vec![document, Thing::Quality(contract, owner, at)]
                    })
                    .collect(),
                Subject::Product | Subject::InputPort | Subject::OutputPort => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}
