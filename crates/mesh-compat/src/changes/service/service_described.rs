use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::environment::{self, Environment};
use crate::facts::server;
use crate::impact::{Impact, Impacts};
use crate::pair::{Both, Pair};

const OF_SERVER: &[&str] = &["description", "environment"];
const OF_ROLE: &[&str] = &["description"];
const OF_SLA: &[&str] = &["description", "driver", "scheduler", "schedule"];
const OF_QUALITY: &[&str] = &[
    "description",
    "name",
    "dimension",
    "businessImpact",
    "method",
    "scheduler",
    "schedule",
];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "service-described",
    group: Group::Service,
    impacts: Impacts::all(Impact::Patch),
    summary: "A server, a role, a service level or a check is described differently.",
    why: "what is promised stays as it was",
    help: "raise the patch version",
    docs: "\
These keys say what something is for, not what it promises: `description` of servers, roles, service
levels and checks; `driver`, `scheduler` and `schedule` of a service level; `name`, `dimension`,
`businessImpact` and `method` of a check; and `environment` of a server, as long as it says production in
other words or for the first time.

A check that is written in words is its description, so another one needs review. So does another
schedule of a check, which may be a less frequent one; that a check has a schedule at all, where none was
said, is a patch.",
    reverse: &["service-described", "needs-review"],
    example: Example::contract(
        "\
slaProperties:
  - property: latency
    value: 24
    unit: h
    driver: analytics
",
        "\
slaProperties:
  - property: latency
    value: 24
    unit: h
    driver: regulatory
    description: Orders of a day are there on the next.
",
    ),
    on: &[
        On::Keys(Entity::Server, OF_SERVER),
        On::Keys(Entity::Role, OF_ROLE),
        On::Keys(Entity::Sla, OF_SLA),
        On::Keys(Entity::Quality, OF_QUALITY),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let keys = match pair.entity {
        Entity::Server => OF_SERVER,
        Entity::Role => OF_ROLE,
        Entity::Sla => OF_SLA,
        _ => OF_QUALITY,
    };
    for key in keys.iter().filter(|key| pair.has_changed(key)) {
        if is_description(pair, key) {
            found.at(key, format!("{}: {}", pair.subject(), worded(pair, key)));
        }
    }
}

/// Whether a key does no more than describe what is promised.
fn is_description(pair: &Pair<'_>, key: &str) -> bool {
    match (pair.entity, key) {
        (Entity::Server, "environment") => {
            let says_production =
                |environment| matches!(environment, Environment::Production | Environment::Unsaid);
            let Both { old, new } = environment::of(pair).map(says_production);
            old && new
        }
        (Entity::Quality, "description") => {
            let is_text = pair.text("type").map(|kind| kind == Some("text"));
            !(is_text.old || is_text.new)
        }
        (Entity::Quality, "scheduler" | "schedule") => ["scheduler", "schedule"]
            .iter()
            .all(|key| pair.at(key).old.is_none()),
        _ => true,
    }
}

fn worded(pair: &Pair<'_>, key: &str) -> String {
    if matches!(key, "description" | "businessImpact") {
        format!("`{key}` is worded differently")
    } else {
        server::went(pair, key)
    }
}
