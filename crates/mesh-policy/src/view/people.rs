//! The people behind products and contracts, and how to reach them.

use mesh_spec::model::Team;

use super::thing::{Document, Kind, Thing};
use super::{Attribute, Get};
use crate::expr::{List, Type, Value};

/// Who owns a product or a contract.
pub(super) const OWNERS: Attribute = Attribute::new(
    "owners",
    "/team",
    "user names of the current members of the team who own it",
    Get::Made(Type::List(&Type::Text), |_, it| Some(owners(it))),
);

/// The team behind a product or a contract.
pub(super) const MEMBERS: Attribute = Attribute::new(
    "members",
    "/team",
    "members of the team, former ones included",
    Get::Made(Type::List(Kind::Member.as_type()), |_, it| members(it)),
);

/// What that team is called.
pub(super) const TEAM_NAME: Attribute = Attribute::new(
    "teamName",
    "/team/name",
    "name of the team",
    Get::Text(|_, it| it.document()?.team()?.name.as_deref()),
);

/// Where its consumers get help.
pub(super) const CHANNELS: Attribute = Attribute::new(
    "support",
    "/support",
    "channels for help and news",
    Get::Made(Type::List(Kind::Support.as_type()), |_, it| channels(it)),
);

/// What is said of a member of a team.
pub(super) static MEMBER: &[Attribute] = &[
    Attribute::new(
        "username",
        "/username",
        "user name or address",
        Get::Text(|_, it| it.member()?.username.as_deref()),
    ),
    Attribute::new(
        "name",
        "/name",
        "name",
        Get::Text(|_, it| it.member()?.name.as_deref()),
    ),
    Attribute::new(
        "role",
        "/role",
        "what the member is in the team, such as `owner`",
        Get::Text(|_, it| it.member()?.role.as_deref()),
    ),
    Attribute::new(
        "dateIn",
        "/dateIn",
        "first day, `YYYY-MM-DD`",
        Get::Text(|_, it| it.member()?.date_in.as_deref()),
    ),
    Attribute::new(
        "dateOut",
        "/dateOut",
        "last day, `YYYY-MM-DD`",
        Get::Text(|_, it| it.member()?.date_out.as_deref()),
    ),
];

/// What is said of a channel.
pub(super) static SUPPORT: &[Attribute] = &[
    Attribute::new(
        "channel",
        "/channel",
        "name",
        Get::Text(|_, it| it.support()?.channel.as_deref()),
    ),
    Attribute::new(
        "url",
        "/url",
        "address",
        Get::Text(|_, it| it.support()?.url.as_deref()),
    ),
    Attribute::new(
        "tool",
        "/tool",
        "software behind it, such as `email`",
        Get::Text(|_, it| it.support()?.tool.as_deref()),
    ),
    Attribute::new(
        "scope",
        "/scope",
        "what it is for, such as `announcements`",
        Get::Text(|_, it| it.support()?.scope.as_deref()),
    ),
    Attribute::new(
        "description",
        "/description",
        "who answers, about what, and when",
        Get::Text(|_, it| it.support()?.description.as_deref()),
    ),
];

/// The current owners, by user name or else by name.
fn owners(it: Thing<'_>) -> Value<'_> {
    let team = it.document().and_then(Document::team);
    let owners = team.into_iter().flat_map(Team::owners);
    let names = owners.filter_map(|owner| owner.username.as_deref().or(owner.name.as_deref()));
    let names = names.filter(|name| !name.trim().is_empty());
    Value::List(List::Made(names.map(Value::Text).collect()))
}

fn members(it: Thing<'_>) -> Option<Value<'_>> {
    let document = it.document()?;
    let members = document.team().into_iter().flat_map(|team| &team.members);
    let members = (0..).zip(members);
    Some(Value::things(
        members.map(|(at, _)| Thing::Member(document, at)),
    ))
}

fn channels(it: Thing<'_>) -> Option<Value<'_>> {
    let document = it.document()?;
    let channels = (0..).zip(document.support());
    Some(Value::things(
        channels.map(|(at, _)| Thing::Support(document, at)),
    ))
}
