use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "support-channel-removed",
    group: Group::Service,
    impacts: Impacts::all(Impact::Minor),
    summary: "A support channel is gone.",
    why: "a reader who needs help asks where nobody listens",
    help: "raise the minor version, and name the channel that takes its place",
    docs: "\
Channels are matched by name and tool, then by `id` and address; one that has a new name and kept
its address has [changed](support-channel-changed.md). The data is what it was, so readers survive,
but they should hear of it.",
    reverse: &["support-channel-changed"],
    example: Example::contract(
        "\
support:
  - channel: orders-chat
    url: https://chat.example.com/orders
    tool: slack
  - channel: orders-mail
    url: mailto:orders@example.com
    tool: email
",
        "\
support:
  - channel: orders-mail
    url: mailto:orders@example.com
    tool: email
",
    ),
    on: &[On::Removed(Entity::Support)],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    found.whole(pair.told());
}
