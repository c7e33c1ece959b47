use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::access::Access;
use crate::facts::environment::{self, Environment};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "server-or-role-added",
    group: Group::Service,
    impacts: Impacts::all(Impact::Minor),
    summary: "There is another way to the data: a server, a role, or more access through a role.",
    why: "readers can use it, and need not",
    help: "raise the minor version",
    docs: "\
A new server or role takes nothing away. Nor does a role that grants more than before, such as
`readWrite` in place of `read`, or a server that was for development or tests and is for production now.
What is added for development or tests is a patch.",
    reverse: &["server-moved", "role-removed"],
    example: Example::contract(
        "\
servers:
  - server: lake
    type: s3
    location: s3://sales/orders/*.parquet
    format: parquet
roles:
  - role: orders_reader
    access: read
",
        "\
servers:
  - server: lake
    type: s3
    location: s3://sales/orders/*.parquet
    format: parquet
  - server: warehouse
    type: databricks
    catalog: sales
    schema: orders
roles:
  - role: orders_reader
    access: read
  - role: orders_steward
    access: readWrite
",
    ),
    on: &[
        On::Added(Entity::Server),
        On::Added(Entity::Role),
        On::Keys(Entity::Role, &["access"]),
        On::Keys(Entity::Server, &["environment"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let environments = environment::of(pair);
    let impact = if environments.new.is_relied_on() {
        Impact::Minor
    } else {
        Impact::Patch
    };
    if pair.is_added() {
        found
            .whole(format!("{} was added", pair.subject()))
            .impact_of(impact);
    } else if pair.entity == Entity::Role {
        more_access(pair, found, impact);
    } else if environments.old == Environment::Other && environments.new.is_relied_on() {
        let (old, new) = pair.text("environment").split();
        let message = match new {
            Some(new) => format!("{} is for {} now", pair.subject(), quoted(new)),
            None => format!(
                "{} is not for {} any more",
                pair.subject(),
                quoted(old.unwrap_or_default())
            ),
        };
        found.at("environment", message);
    }
}

fn more_access(pair: &Pair<'_>, found: &mut Found<'_>, impact: Impact) {
    let texts = pair.text("access");
    let access = texts.map(|text| text.and_then(Access::of));
    let message = match (texts.split(), access.split()) {
        ((None, Some(new)), _) if pair.at("access").old.is_none() => {
            format!(
                "{} grants {}, which was not said",
                pair.subject(),
                quoted(new)
            )
        }
        ((Some(was), Some(is)), (Some(old), Some(new))) if new.allows(old) => {
            if old.allows(new) {
                found.accounts_for(&["access"]);
                return;
            }
            format!(
                "{} grants {} now, and granted {}",
                pair.subject(),
                quoted(is),
                quoted(was)
            )
        }
        _ => return,
    };
    found.at("access", message).impact_of(impact);
}
