//! Which way parameters tighten, by how they are used.

use super::*;

/// Conditions, and for each use of a parameter the change that makes the condition hold less.
const DIRECTIONS: &[(&str, &str)] = &[
    ("contract.tags.size() > 1", ""),
    // Compared from either side.
    ("contract.sla.retention.days >= params.days", "days up"),
    ("contract.sla.retention.days > params.days", "days up"),
    ("contract.sla.retention.days <= params.days", "days down"),
    ("contract.sla.retention.days < params.days", "days down"),
    ("params.days <= contract.sla.retention.days", "days up"),
    ("params.days < contract.sla.retention.days", "days up"),
    ("params.days >= contract.sla.retention.days", "days down"),
    ("params.days > contract.sla.retention.days", "days down"),
    ("contract.sla.retention.days == params.days", "days unclear"),
    ("contract.sla.retention.days != params.days", "days unclear"),
    (
        "double(params.days) <= contract.sla.retention.days",
        "days up",
    ),
    ("int(params.ratio) <= contract.tags.size()", "ratio unclear"),
    // Negated, and negated again.
    ("!(contract.sla.retention.days >= params.days)", "days down"),
    ("!!(contract.sla.retention.days >= params.days)", "days up"),
    (
        "!(!(contract.sla.retention.days < params.days) && true)",
        "days down",
    ),
    // In lists.
    (
        "contract.servers.all(s, s.region in params.regions)",
        "regions subset",
    ),
    (
        "contract.servers.exists(s, s.region in params.regions)",
        "regions subset",
    ),
    ("!('x' in params.regions)", "regions superset"),
    (
        "contract.servers.all(s, !(s.region in params.regions))",
        "regions superset",
    ),
    (
        "params.regions.all(r, contract.servers.exists(s, s.region == r))",
        "regions superset",
    ),
    (
        "params.regions.exists(r, contract.servers.exists(s, s.region == r))",
        "regions subset",
    ),
    (
        "!params.regions.exists(r, r in contract.tags)",
        "regions superset",
    ),
    (
        "!params.regions.all(r, r in contract.tags)",
        "regions subset",
    ),
    (
        "contract.fields.all(f, f.tags.size() >= params.days)",
        "days up",
    ),
    (
        "contract.fields.exists(f, f.tags.size() >= params.days)",
        "days up",
    ),
    (
        "!contract.fields.exists(f, f.tags.size() >= params.days)",
        "days down",
    ),
    (
        "params.regions.all(r, r in params.none)",
        "regions superset, none subset",
    ),
    (
        "contract.fields.exists_one(f, f.tags.size() >= params.days)",
        "days unclear",
    ),
    (
        "contract.fields.filter(f, f.tags.size() >= params.days).size() > 1",
        "days unclear",
    ),
    (
        "contract.fields.map(f, f.tags.size() + params.days).size() > 1",
        "days unclear",
    ),
    (
        "params.regions.exists_one(r, r in contract.tags)",
        "regions unclear",
    ),
    ("params.regions.size() > 1", "regions unclear"),
    ("params.regions[0] == 'x'", "regions unclear"),
    (
        "'x' in params.regions + params.none",
        "regions unclear, none unclear",
    ),
    ("'x' in [params.label]", "label unclear"),
    ("params.label in contract.tags", "label unclear"),
    ("(params.regions + []).all(r, r == 'x')", "regions unclear"),
    // Together.
    (
        "contract.tags.size() > params.days && contract.tags.size() < params.days",
        "days up, days down",
    ),
    (
        "contract.tags.size() > params.days || params.strict",
        "days up, strict unclear",
    ),
    (
        "'gxp' in contract.tags ? contract.tags.size() > params.days : contract.tags.size() < params.days",
        "days up, days down",
    ),
    (
        "contract.tags.size() > params.days ? true : false",
        "days unclear",
    ),
    (
        "contract.tags.size() > (true ? params.days : 1)",
        "days unclear",
    ),
    // Computed with: who knows.
    ("contract.tags.size() > params.days + 1", "days unclear"),
    ("contract.tags.size() > -params.days", "days unclear"),
    ("contract.id.matches(params.label)", "label unclear"),
    ("has(contract.custom[params.label])", "label unclear"),
    ("contract.custom[params.label] == 1", "label unclear"),
    // A name of a list hides no parameter.
    ("[1].all(params, contract.tags.size() > 1)", ""),
];

fn directions(text: &str) -> String {
    let names = parameters().0.0;
    let uses = program(text).uses();
    let uses = uses.iter().map(|found| {
        assert_eq!(
            &text[found.span.range()],
            format!("params.{}", names[found.parameter].name)
        );
        let direction = format!("{:?}", found.tightens).to_lowercase();
        format!("{} {direction}", names[found.parameter].name)
    });
    uses.collect::<Vec<_>>().join(", ")
}

#[test]
fn which_way_a_parameter_tightens_is_found_out_from_its_use() {
    compare(DIRECTIONS, directions);
}

#[test]
fn a_direction_turned_round_twice_is_the_same() {
    use Direction::{Down, Subset, Superset, Unclear, Up};
    for direction in [Up, Down, Subset, Superset, Unclear] {
        assert_eq!(direction.reversed().reversed(), direction);
        assert_eq!(direction.reversed() == direction, direction == Unclear);
    }
}
