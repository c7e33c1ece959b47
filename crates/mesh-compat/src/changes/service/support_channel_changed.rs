use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

const KEYS: &[&str] = &["channel", "tool", "scope"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "support-channel-changed",
    group: Group::Service,
    impacts: Impacts::all(Impact::Patch),
    summary: "A support channel is new, or is another.",
    why: "nothing: no reader of the data depends on it",
    help: "raise the patch version",
    docs: "\
What is compared is whether the channel is there, and its `channel`, `tool` and `scope`. Its
addresses are [links](links.md), and its description is a [description](description.md).",
    reverse: &["support-channel-changed", "support-channel-removed"],
    example: Example::contract(
        "\
support:
  - channel: orders-mail
    url: mailto:orders@example.com
    tool: email
",
        "\
support:
  - channel: orders-mail
    url: mailto:orders@example.com
    tool: ticket
",
    ),
    on: &[On::Added(Entity::Support), On::Keys(Entity::Support, KEYS)],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.is_added() {
        found.whole(pair.told());
        return;
    }
    for key in KEYS.iter().filter(|key| pair.has_changed(key)) {
        found.at(key, pair.told_of(key));
    }
}
