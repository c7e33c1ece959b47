use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::access::Access;
use crate::facts::environment;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "role-removed",
    group: Group::Security,
    impacts: Impacts::all(Impact::Major),
    summary: "A role is gone, has another name, or grants less.",
    why: "readers who have access through the role are locked out",
    help: "keep the role until everyone who has it was moved to another one",
    docs: "\
Roles are matched by name, then by `id`, those of a contract and those of each of its servers. A role
with another name has to be applied for again. Of `access`, mesh knows `read`, `write`, `readWrite`,
`admin` and common words for them; a role that does not grant what it granted, or does not say any more
what it grants, counts as removed. Other words for access need review where they change.

It is a patch on a server for development or tests.",
    reverse: &["server-or-role-added", "role-removed"],
    example: Example::contract(
        "\
roles:
  - role: orders_reader
    access: read
  - role: orders_analyst
    access: read
",
        "\
roles:
  - role: orders_reader
    access: read
",
    ),
    on: &[
        On::Removed(Entity::Role),
        On::Keys(Entity::Role, &["role", "access"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let impact = if environment::of(pair).old.is_relied_on() {
        Impact::Major
    } else {
        Impact::Patch
    };
    let subject = pair.subject();
    if pair.is_removed() {
        let message = format!("{subject} was removed");
        found.whole(message).impact_of(impact);
        return;
    }
    if pair.has_changed("role") {
        let name = pair.text("role").new.unwrap_or_default();
        let message = format!("{subject} is called {} now", quoted(name));
        found.at("role", message).impact_of(impact);
    }
    if !pair.has_changed("access") {
        return;
    }
    let message = match pair.text("access").split() {
        (Some(old), None) => {
            format!(
                "{subject} does not say any more what it grants; it was {}",
                quoted(old)
            )
        }
        (Some(old), Some(new)) => {
            let lost = Access::of(old)
                .zip(Access::of(new))
                .is_some_and(|(old, new)| !new.allows(old));
            if !lost {
                return;
            }
            format!(
                "{subject} grants {} now, and granted {}",
                quoted(new),
                quoted(old)
            )
        }
        _ => return,
    };
    found.at("access", message).impact_of(impact);
}

#[cfg(test)]
mod tests {
    use crate::facts::briefly;
    use crate::testing::contract;

    #[test]
    fn access_is_compared_by_what_it_allows() {
        for (old, new, expected) in [
            ("access: readWrite", "access: read", "role-removed major"),
            ("access: read", "access: write", "role-removed major"),
            (
                "access: read",
                "access: read-write",
                "server-or-role-added minor",
            ),
            (
                "access: read",
                "access: SELECT",
                "key-order-or-comments none",
            ),
            ("access: read", "access: unicorn", "needs-review review"),
            ("access: read", "", "role-removed major"),
            ("", "access: read", "server-or-role-added minor"),
            (
                "description: a",
                "description: b",
                "service-described patch",
            ),
        ] {
            let with = |rest: &str| format!("roles: [{{role: reader, {rest}}}]\n");
            let found = briefly(&contract(&with(old), &with(new)));
            assert_eq!(found, [expected], "{old} > {new}");
        }
    }

    #[test]
    fn roles_of_test_servers_are_no_promise() {
        for (environment, expected) in [("dev", "patch"), ("prod", "major")] {
            let with = |roles: &str| {
                format!(
                    "servers: [{{server: a, type: s3, environment: {environment}, roles: [{roles}]}}]\n"
                )
            };
            let found = briefly(&contract(&with("{role: reader}"), &with("")));
            assert_eq!(found, [format!("role-removed {expected}")]);
        }
    }
}
