//! Gates that ask whether something is there.

use mesh_spec::facts::fields::{self, Object};
use mesh_spec::facts::quality::{self, Coverage};
use mesh_spec::model::TeamMember;
use mesh_spec::terms::placeholder::is_placeholder;
use mesh_spec::terms::promise::Promise;
use mesh_spec::workspace::ProductRef;

use super::findings::plural;
use super::gate::{Count, Missing, Place};
use super::subject::{Promised, Subject, port_name};

/// How many fields without a description are named.
const NAMED: usize = 3;

/// Nobody owns the product. Whether an owner has left is for the linter to tell, which knows the day.
pub(super) fn owner(product: ProductRef<'_>, subject: &Subject<'_>) -> Option<Missing> {
    let team = product.model.team.as_ref();
    let mut members = team.into_iter().flat_map(|team| &team.members);
    let mut findings = subject.findings.iter();
    let message = if !members.any(is_owner) {
        "nobody owns the data product"
    } else if findings.any(|found| found.rule == "owner-departed") {
        "nobody owns the data product any more"
    } else {
        return None;
    };
    Some(Missing {
        message: message.to_owned(),
        places: vec![Place::of(product.document, "/team", "the team")],
    })
}

/// Whether a member of the team is somebody, and an owner.
fn is_owner(member: &TeamMember) -> bool {
    let name = member.username.as_deref().or(member.name.as_deref());
    let name = name.map(str::trim).unwrap_or_default();
    member.is_owner() && !name.is_empty() && !is_placeholder(name)
}

/// The output ports whose contract is not here.
pub(super) fn contracts(product: ProductRef<'_>) -> Option<Missing> {
    if product.model.output_ports.is_empty() {
        return Some(Missing {
            message: "the data product has no output port".to_owned(),
            places: vec![Place::of(
                product.document,
                "/outputPorts",
                "the output ports",
            )],
        });
    }
    let ports = product.output_ports();
    let places: Vec<Place> = ports
        .filter(|port| port.contract().is_none())
        .map(|port| {
            let name = port_name(port.model.name.as_deref(), port.index);
            let pointer = format!("{}/contractId", port.pointer());
            Place::of(product.document, &pointer, format!("output port {name}"))
        })
        .collect();
    let all = product.model.output_ports.len();
    named(
        places,
        |port| format!("{port} has no contract that can be found"),
        |n| format!("{n} of {all} output ports have no contract that can be found"),
    )
}

/// The schema objects without a primary key.
pub(super) fn primary_key(promised: &[Promised<'_>]) -> Option<Missing> {
    lacking_objects(
        promised,
        "name",
        |object| object.lacks_primary_key(),
        "primary key",
    )
}

/// The schema objects that no check is there for, or none but in words.
pub(super) fn quality_check(promised: &[Promised<'_>]) -> Option<Missing> {
    lacking_objects(
        promised,
        "quality",
        |object| {
            !object.model.properties.is_empty() && quality::coverage(object) != Coverage::Executable
        },
        "quality check that a machine can run",
    )
}

/// The contracts that do not say how fresh the data is.
pub(super) fn freshness(promised: &[Promised<'_>]) -> Option<Missing> {
    lacking_contracts(
        promised,
        "/slaProperties",
        |it| !Promise::Freshness.is_in(it.contract.model),
        "how fresh the data is",
    )
}

/// The contracts that do not say how long the data is kept.
pub(super) fn retention(promised: &[Promised<'_>]) -> Option<Missing> {
    lacking_contracts(
        promised,
        "/slaProperties",
        |it| !Promise::Retention.is_in(it.contract.model),
        "how long the data is kept",
    )
}

/// The contracts that do not say how to use the data.
pub(super) fn usage(promised: &[Promised<'_>]) -> Option<Missing> {
    let is_said = |it: &Promised<'_>| {
        let description = it.contract.model.description.as_ref();
        let usage = description.and_then(|description| description.usage.as_deref());
        usage.is_some_and(|usage| !usage.trim().is_empty())
    };
    lacking_contracts(
        promised,
        "/description/usage",
        |it| !is_said(it),
        "how to use the data",
    )
}

/// The contracts of which less than so many of a hundred fields are described.
pub(super) fn described(percent: usize, promised: &[Promised<'_>]) -> Option<Missing> {
    let places: Vec<Place> = promised
        .iter()
        .filter_map(|it| undescribed(percent, it))
        .collect();
    let all = promised.len();
    named(places, str::to_owned, |n| {
        format!("in {n} of {all} contracts too few fields are described")
    })
}

fn undescribed(percent: usize, promised: &Promised<'_>) -> Option<Place> {
    let contract = promised.contract;
    let name = promised.name();
    let mut bare = Vec::new();
    let mut of = 0;
    for object in fields::objects(contract.model) {
        of += object.count_named();
        bare.extend(object.select_named(|field| !field.is_described()));
    }
    if of == 0 {
        let what = format!("the contract of {name} lists no fields");
        return Some(Place::of(contract.document, "/schema", what));
    }
    let count = Count {
        have: of - bare.len(),
        of,
        needed: (of * percent).div_ceil(100),
    };
    if count.have >= count.needed {
        return None;
    }
    let first = bare.first()?;
    let names = bare
        .iter()
        .take(NAMED)
        .map(|field| format!("`{}`", field.path));
    let names: Vec<String> = names.collect();
    let more = match bare.len() - names.len() {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let Count { have, needed, .. } = count;
    let verb = if have == 1 { "is" } else { "are" };
    let what = format!(
        "{have} of {} of {name} {verb} described, {needed} needed; not {}{more}",
        plural(of, "field"),
        names.join(", ")
    );
    let pointer = format!("{}/description", first.pointer);
    Some(Place {
        count: Some(count),
        ..Place::of(contract.document, &pointer, what)
    })
}

/// The schema objects that lack `what`; it would stand at `key`.
fn lacking_objects(
    promised: &[Promised<'_>],
    key: &str,
    lacks: impl Fn(Object<'_>) -> bool,
    what: &str,
) -> Option<Missing> {
    let mut all = 0;
    let mut places = Vec::new();
    for it in promised {
        for object in fields::objects(it.contract.model) {
            all += 1;
            if lacks(object) {
                let pointer = format!("{}/{key}", object.pointer());
                let what = format!("`{}` of {}", object.name(), it.name());
                places.push(Place::of(it.contract.document, &pointer, what));
            }
        }
    }
    named(
        places,
        |object| format!("{object} has no {what}"),
        |n| format!("{n} of {all} schema objects have no {what}"),
    )
}

/// The contracts that do not say `what`, as they would at `pointer`.
fn lacking_contracts(
    promised: &[Promised<'_>],
    pointer: &str,
    lacks: impl Fn(&Promised<'_>) -> bool,
    what: &str,
) -> Option<Missing> {
    let lacking = promised.iter().filter(|it| lacks(it));
    let places = lacking.map(|it| {
        let name = format!("the contract of {}", it.name());
        Place::of(it.contract.document, pointer, name)
    });
    let all = promised.len();
    named(
        places.collect(),
        |contract| format!("{contract} does not say {what}"),
        |n| format!("{n} of {all} contracts do not say {what}"),
    )
}

/// What is missing at `places`: of one place as `one` says it, of several as `many` does.
fn named(
    places: Vec<Place>,
    one: impl FnOnce(&str) -> String,
    many: impl FnOnce(usize) -> String,
) -> Option<Missing> {
    let message = match places.as_slice() {
        [] => return None,
        [place] => one(&place.what),
        places => many(places.len()),
    };
    Some(Missing { message, places })
}
