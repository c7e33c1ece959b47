//! The scorecard for programs: see `docs/json.md`.

use std::io::Write;

use mesh_policy::scorecard::{Gate, Outcome, Place, ProductScore, Tier};
use serde_json::{Value, json};

use super::Answer;
use crate::failure::Failure;
use crate::ops::output;

pub(super) fn write(answer: &Answer, out: &mut impl Write) -> Result<(), Failure> {
    let card = &answer.card;
    let counts = card.counts();
    let domains = card.domains.iter().map(|domain| {
        json!({
            "domain": domain.name,
            "level": Tier::name(domain.level),
            "products": domain.counts.all(),
            "levels": domain.counts,
        })
    });
    let view = json!({
        "version": 1,
        "asOf": answer.as_of,
        "registry": answer.registry,
        "level": Tier::name(card.level()),
        "minLevel": answer.min_level,
        "summary": {
            "products": counts.all(),
            "levels": counts,
            "below": answer.below(),
            "unverified": answer.unverified,
        },
        "products": card.products.iter().map(product).collect::<Vec<_>>(),
        "domains": domains.collect::<Vec<_>>(),
        "others": card.others,
    });
    output::json(out, &view)?;
    Ok(())
}

fn product(product: &ProductScore) -> Value {
    let gates = product.gates.iter();
    json!({
        "file": product.manifest.name(),
        "id": product.id,
        "name": product.name,
        "domain": product.domain,
        "version": product.version,
        "status": product.status,
        "level": Tier::name(product.level),
        "next": product.next(),
        "gates": gates.map(|(passed, outcome)| gate(passed, outcome)).collect::<Vec<_>>(),
    })
}

fn gate(gate: &Gate, outcome: &Outcome) -> Value {
    let (name, missing) = match outcome {
        Outcome::Passed => ("passed", None),
        Outcome::Missing(missing) => ("missing", Some(missing)),
        Outcome::Unknown => ("unknown", None),
    };
    let places = missing.into_iter().flat_map(|missing| &missing.places);
    json!({
        "id": gate.id,
        "level": gate.tier,
        "title": gate.title,
        "outcome": name,
        "message": missing.map(|missing| &missing.message),
        "help": missing.map(|_| gate.help),
        "places": places.map(place).collect::<Vec<_>>(),
        "url": gate.url(),
    })
}

fn place(place: &Place) -> Value {
    let start = place.start();
    json!({
        "what": place.what,
        "file": place.source.name(),
        "line": start.line,
        "column": start.column,
        "count": place.count,
    })
}
