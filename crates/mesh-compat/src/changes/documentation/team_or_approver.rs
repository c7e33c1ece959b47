use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

const MEMBER: &[&str] = &[
    "username",
    "name",
    "role",
    "dateIn",
    "dateOut",
    "replacedByUsername",
];
const APPROVERS: &[&str] = &["firstLevelApprovers", "secondLevelApprovers"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "team-or-approver",
    group: Group::Documentation,
    impacts: Impacts::all(Impact::Patch),
    summary: "Other people are responsible.",
    why: "the data and its promises are what they were",
    help: "raise the patch version",
    docs: "\
The team and its members, and those who approve access to a role. A team that is written as the list
of its members, as older versions of the standards do, is the same as one that is not. Who may read
at all is a matter of the roles themselves, which are compared on their own.",
    reverse: &["team-or-approver"],
    example: Example::contract(
        "\
team:
  name: orders
  members:
    - username: ada@example.com
      role: owner
",
        "\
team:
  name: orders
  members:
    - username: grace@example.com
      role: owner
",
    ),
    on: &[
        On::Added(Entity::Team),
        On::Removed(Entity::Team),
        On::Keys(Entity::Team, &["name"]),
        On::Added(Entity::Member),
        On::Removed(Entity::Member),
        On::Keys(Entity::Member, MEMBER),
        On::Keys(Entity::Role, APPROVERS),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.is_added() || pair.is_removed() {
        found.whole(pair.told());
        return;
    }
    let keys = match pair.entity {
        Entity::Team => &["name"],
        Entity::Role => APPROVERS,
        _ => MEMBER,
    };
    for key in keys.iter().filter(|key| pair.has_changed(key)) {
        found.at(key, pair.told_of(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::contract;

    #[test]
    fn people_are_told_of_by_what_they_are() {
        let role = |approver: &str| {
            format!("roles: [{{role: reader, firstLevelApprovers: {approver}}}]\n")
        };
        let told = |old: &str, new: &str| {
            let changes = contract(old, new);
            assert!(changes.iter().all(|change| change.kind.id == KIND.id));
            changes
                .into_iter()
                .map(|change| change.message)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            told(&role("ada"), &role("grace")),
            ["`firstLevelApprovers` of role `reader` changed from `ada` to `grace`"]
        );
        assert_eq!(
            told(
                "team: [{username: ada, role: owner}]\n",
                "team: {members: [{username: ada, role: steward}]}\n"
            ),
            ["`role` of team member `ada` changed from `owner` to `steward`"]
        );
        assert_eq!(
            told("tags: []\n", "team: {name: orders}\n"),
            ["team `orders` was added"]
        );
    }
}
