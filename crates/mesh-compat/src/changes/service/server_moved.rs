use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::environment::{self, Environment};
use crate::facts::server;
use crate::impact::{Impact, Impacts};
use crate::pair::{Both, Pair};
use crate::quote::quoted;

const PORT_PROPERTY: &[&str] = &["server"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "server-moved",
    group: Group::Service,
    impacts: Impacts::all(Impact::Major),
    summary: "The data is served from another address, or from none.",
    why: "readers look where the data was",
    help: "serve the data from both addresses, and remove the old one in the next major version",
    docs: "\
The address of a server is all that a reader needs to find it: host, port, database, schema, location,
path, project and the like. A server that is gone, has another name, or is not for production any more
counts as moved; so does an output port whose custom property `server` names another one.

It is major where readers rely on the server, and a patch on one for development or tests: one whose
`environment` is `dev`, `test`, `int`, `qa`, `uat`, `staging`, `preprod`, `sandbox` or the like. A server
without an environment, or with one that mesh does not know, may be the one for production. A part of
the address that is said for the first time is minor.

Upper and lower case of host names, and a port that is written out although it is the usual one, make
no difference. Of a server that has another type,
[server-type-or-format-changed](server-type-or-format-changed.md) tells.",
    reverse: &["server-moved", "server-or-role-added"],
    example: Example::contract(
        "\
servers:
  - server: warehouse
    type: postgres
    environment: prod
    host: db-1.example.com
    port: 5432
    database: sales
    schema: orders
",
        "\
servers:
  - server: warehouse
    type: postgres
    environment: prod
    host: db-2.example.com
    port: 5432
    database: sales
    schema: orders_v2
",
    ),
    on: &[
        On::Removed(Entity::Server),
        On::Keys(Entity::Server, server::ADDRESS),
        On::Keys(Entity::Server, &["server", "environment"]),
        On::Added(Entity::Custom),
        On::Removed(Entity::Custom),
        On::Keys(Entity::Custom, &["value"]),
    ],
    judge,
};

/// How many parts of an address are told of before the others are counted.
const TOLD: usize = 3;

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.entity == Entity::Custom {
        of_port(pair, found);
        return;
    }
    let environments = environment::of(pair);
    let impact = impact_of(environments.old);
    if pair.is_removed() {
        found
            .whole(format!("{} was removed", pair.subject()))
            .impact_of(impact);
        return;
    }
    if pair.has_changed("server") {
        let name = pair.text("server").new.unwrap_or_default();
        found
            .at(
                "server",
                format!("{} is called {} now", pair.subject(), quoted(name)),
            )
            .impact_of(impact)
            .because("readers and tools that choose the server by its name do not find it");
    }
    if pair.has_changed("environment") {
        environment_changed(pair, found, environments);
    }
    address_changed(pair, found, impact);
}

fn impact_of(environment: Environment) -> Impact {
    if environment.is_relied_on() {
        Impact::Major
    } else {
        Impact::Patch
    }
}

fn environment_changed(pair: &Pair<'_>, found: &mut Found<'_>, environments: Both<Environment>) {
    let message = format!("{}: {}", pair.subject(), server::went(pair, "environment"));
    match environments.split() {
        (Environment::Other, Environment::Other) => {
            found.at("environment", message).impact_of(Impact::Patch);
        }
        (_, Environment::Other) => {
            found
                .at("environment", message)
                .because("what readers rely on is for development or tests now");
        }
        _ => {}
    }
}

fn address_changed(pair: &Pair<'_>, found: &mut Found<'_>, impact: Impact) {
    let keys: Vec<&str> = server::ADDRESS
        .iter()
        .copied()
        .filter(|key| pair.has_changed(key))
        .collect();
    if keys.is_empty() {
        return;
    }
    if server::value(pair, "type").differ() {
        // Another type of server has an address of another form.
        found.accounts_for(&keys);
        return;
    }
    let is_readable = |key: &&&str| {
        let (texts, nodes) = (pair.text(key), pair.at(key));
        texts.old.is_some() == nodes.old.is_some() && texts.new.is_some() == nodes.new.is_some()
    };
    let keys: Vec<&str> = keys.iter().filter(is_readable).copied().collect();
    found.accounts_for(&keys);
    let moved: Vec<&str> = keys
        .into_iter()
        .filter(|key| server::value(pair, key).differ())
        .collect();
    let Some(first) = moved.first() else { return };
    let named = moved.iter().take(TOLD);
    let mut went: Vec<_> = named.map(|key| server::went(pair, key)).collect();
    if moved.len() > TOLD {
        went.push(format!("{} other keys changed", moved.len() - TOLD));
    }
    let went = match went.split_last() {
        Some((last, others)) if !others.is_empty() => {
            format!("{}, and {last}", others.join(", "))
        }
        _ => went.concat(),
    };
    let message = format!("{} moved: {went}", pair.subject());
    let is_new = moved
        .iter()
        .all(|key| server::value(pair, key).old.is_none());
    let change = found.at(first, message);
    if is_new {
        change
            .impact_of(impact.min(Impact::Minor))
            .because("the address is said in more detail, which readers had to know before");
    } else {
        change.impact_of(impact);
    }
}

/// The server that a port of a product is served from.
fn of_port(pair: &Pair<'_>, found: &mut Found<'_>) {
    let port = pair
        .owner
        .filter(|owner| owner.entity == Entity::OutputPort);
    let Some(port) = port.filter(|_| pair.is_custom(PORT_PROPERTY)) else {
        return;
    };
    let port = port.subject();
    match pair.text("value").split() {
        (None, Some(new)) if pair.is_added() => {
            found
                .whole(format!("{port} is served from server {}", quoted(new)))
                .impact_of(Impact::Minor)
                .because("readers learn which of the contract's servers it is");
        }
        (Some(old), None) if pair.is_removed() => {
            found.whole(format!(
                "{port} does not say any more that it is served from server {}",
                quoted(old)
            ));
        }
        (Some(old), Some(new)) => {
            found.at(
                "value",
                format!(
                    "{port} is served from server {} now, and was from {}",
                    quoted(new),
                    quoted(old)
                ),
            );
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::briefly;
    use crate::testing::{contract, product};

    fn found(old: &str, new: &str) -> Vec<String> {
        let list = |server: &str| format!("servers: [{server}]\n");
        briefly(&contract(&list(old), &list(new)))
    }

    #[test]
    fn only_servers_that_readers_rely_on_matter() {
        for (old, new, expected) in [
            (
                "location: s3://a",
                "location: s3://b",
                &["server-moved major"][..],
            ),
            (
                "location: s3://a, environment: prod",
                "location: s3://b, environment: prod",
                &["server-moved major"],
            ),
            (
                "location: s3://a, environment: blue",
                "location: s3://b, environment: blue",
                &["server-moved major"],
            ),
            (
                "location: s3://a, environment: staging",
                "location: s3://b, environment: staging",
                &["server-moved patch"],
            ),
            (
                "environment: prod",
                "environment: dev",
                &["server-moved major"],
            ),
            (
                "environment: dev",
                "environment: test",
                &["server-moved patch"],
            ),
            (
                "environment: dev",
                "environment: prod",
                &["server-or-role-added minor"],
            ),
            (
                "environment: prod",
                "environment: Production",
                &["service-described patch"],
            ),
            (
                "environment: prod",
                "environment: blue",
                &["needs-review review"],
            ),
            ("location: s3://a", "", &["server-moved major"]),
            ("", "location: s3://a", &["server-moved minor"]),
            (
                "format: csv",
                "format: CSV",
                &["key-order-or-comments none"],
            ),
            (
                "encoding: UTF-8",
                "encoding: utf8",
                &["key-order-or-comments none"],
            ),
            (
                "format: csv",
                "format: json",
                &["server-type-or-format-changed major"],
            ),
            (
                "format: csv, environment: dev",
                "format: json, environment: dev",
                &["server-type-or-format-changed patch"],
            ),
            ("", "format: json", &["server-type-or-format-changed minor"]),
            ("flavour: a", "flavour: b", &["needs-review review"]),
        ] {
            let server = |rest: &str| format!("{{server: a, type: s3, {rest}}}");
            assert_eq!(found(&server(old), &server(new)), expected, "{old} > {new}");
        }
    }

    #[test]
    fn servers_come_and_go_and_change_their_names() {
        for (old, new, expected) in [
            ("{server: a, type: s3}", "", &["server-moved major"][..]),
            (
                "{server: a, type: s3, environment: dev}",
                "",
                &["server-moved patch"],
            ),
            (
                "",
                "{server: a, type: s3, environment: dev}",
                &["server-or-role-added patch"],
            ),
            (
                "{id: x, server: a, type: s3}",
                "{id: x, server: b, type: s3}",
                &["server-moved major"],
            ),
            (
                "{server: a, type: postgres, host: A.example.com}",
                "{server: a, type: postgresql, host: a.example.com, port: 5432}",
                &["server-moved minor"],
            ),
            (
                "{server: a, type: zen, host: a}",
                "{server: a, type: zen, host: a, port: 1583}",
                &["server-moved minor"],
            ),
            (
                "{server: a, type: poet, database: d}",
                "{server: a, type: fastobjects, database: d, port: '6001'}",
                &["key-order-or-comments none"],
            ),
            (
                "{server: a, type: s3, location: s3://b}",
                "{server: a, type: sftp, location: sftp://b}",
                &["server-type-or-format-changed major"],
            ),
        ] {
            assert_eq!(found(old, new), expected, "{old} > {new}");
        }
    }

    #[test]
    fn a_port_is_served_from_a_server() {
        let with = |property: &str| {
            format!(
                "outputPorts:\n  - name: orders\n    version: 1.0.0\n    contractId: orders\n{property}"
            )
        };
        let named = |name: &str| {
            with(&format!(
                "    customProperties: [{{vendor: mesh, property: server, value: {name}}}]\n"
            ))
        };
        for (old, new, expected) in [
            (named("a"), named("b"), "server-moved major"),
            (with(""), named("b"), "server-moved minor"),
            (named("a"), with(""), "server-moved major"),
        ] {
            assert_eq!(briefly(&product(&old, &new)), [expected]);
        }
    }
}
