//! The answer for programs: see `docs/json.md`.

use std::io::Write;

use mesh_compat::Impact;
use mesh_compat::lineage::{Affected, Use};
use serde_json::{Value, json};

use super::{Answer, Port, Subject};
use crate::failure::Failure;
use crate::ops::output;

/// How many products on the way to another are listed.
const LONGEST_PATH: usize = 50;

pub(crate) fn write(answer: &Answer, out: &mut impl Write) -> Result<(), Failure> {
    let products: Vec<Value> = answer.products.iter().map(subject).collect();
    let consumers = answer.consumers();
    let of = |pick: fn(&mesh_compat::lineage::Consumer) -> Option<&str>| {
        let picked: std::collections::BTreeSet<&str> = consumers
            .values()
            .filter_map(|consumer| pick(consumer))
            .collect();
        picked.len()
    };
    let view = json!({
        "version": 1,
        "registry": answer.registry,
        "profile": answer.profile.as_str(),
        "all": answer.is_all,
        "summary": {
            "products": consumers.len(),
            "domains": of(|consumer| consumer.domain.as_deref()),
            "owners": of(|consumer| consumer.owner.as_deref()),
            "breaking": answer.breaks_somebody(),
        },
        "products": products,
    });
    output::json(out, &view)?;
    Ok(())
}

fn subject(subject: &Subject) -> Value {
    json!({
        "product": subject.reference,
        "base": subject.base,
        "version": subject.version,
        "ports": subject.ports.iter().map(port).collect::<Vec<_>>(),
    })
}

fn port(port: &Port) -> Value {
    let changes = port.changes.iter().map(|change| {
        json!({
            "kind": change.kind,
            "impact": change.impact,
            "message": change.message,
            "element": change.element,
        })
    });
    json!({
        "names": port.names,
        "contract": port.contract,
        "old": port.old,
        "new": port.new,
        "changes": changes.collect::<Vec<_>>(),
        "consumers": port.affected.iter().map(|found| affected(found, port)).collect::<Vec<_>>(),
    })
}

fn affected(affected: &Affected, port: &Port) -> Value {
    let consumer = &affected.consumer;
    let names = |named: &Use| {
        json!({
            "element": named.element,
            "by": named.by,
            "at": named.at,
            "how": named.how,
            "certain": named.is_certain,
        })
    };
    let impact = affected.reach.is_reached().then_some(affected.impact);
    json!({
        "product": consumer.reference,
        "id": consumer.id,
        "name": consumer.name,
        "domain": consumer.domain,
        "owner": consumer.owner,
        "version": consumer.version,
        "status": consumer.status,
        "published": consumer.is_published,
        "distance": affected.distance,
        "path": path(affected, port),
        "contract": affected.contract,
        "inputPort": affected.input.port,
        "pinned": affected.input.version,
        "sameLine": affected.reach != mesh_compat::lineage::Reach::OtherLine,
        "reach": affected.reach,
        "impact": impact.filter(|impact| *impact > Impact::None),
        "possible": affected.is_possible_only,
        "names": affected.uses.iter().map(names).collect::<Vec<_>>(),
    })
}

/// The products on the way, from the first consumer to the last before this one; of a very long way the
/// end.
fn path(affected: &Affected, port: &Port) -> Vec<String> {
    let before = |affected: &&Affected| affected.through.map(|place| &port.affected[place]);
    let way = std::iter::successors(before(&affected), before);
    let way = way.take(LONGEST_PATH);
    let mut path: Vec<String> = way.map(|found| found.consumer.reference.clone()).collect();
    path.reverse();
    path
}
