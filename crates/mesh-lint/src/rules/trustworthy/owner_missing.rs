use mesh_diagnostics::Level;
use mesh_spec::model::TeamMember;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::{is_missing, is_sound};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "owner-missing",
    group: Group::Trustworthy,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "Someone who is still there owns the data product.",
    docs: "\
An owner decides what the product promises and is the one to call when it breaks the promise. A
product without an owner is maintained by nobody in particular.

mesh looks for a member of `team` whose `role` contains the word `owner` (`owner`, `Data Owner`,
`product-owner`) and who has not left: a member with a `dateOut` does not count.",
    fails: Example::files(&[Excerpt::product(
        "\
team:
  members:
    - username: ada@pharma.example
      role: owner
      dateOut: 2026-01-31
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
team:
  members:
    - username: ada@pharma.example
      role: owner
      dateOut: 2026-01-31
    - username: grace@pharma.example
      role: owner
",
    )]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    let document = product.document;
    if product.model.owners().next().is_some() || !is_sound(document, "/team") {
        return;
    }
    let Some(team) = product
        .model
        .team
        .as_ref()
        .filter(|_| !is_missing(document, "/team"))
    else {
        findings
            .at(document, "/team", "the data product has no team")
            .help("add `team:` with a member `{username: …, role: owner}`");
        return;
    };
    let (pointer, message) = match team.members.iter().position(TeamMember::is_owner) {
        Some(index) => (
            format!("{}/dateOut", team.member_pointer(index)),
            "every owner of the data product has left",
        ),
        None if team.members.is_empty() => (
            "/members".to_owned(),
            "the team of the data product has no members",
        ),
        None => (
            team.member_pointer(0),
            "nobody in the team owns the data product",
        ),
    };
    findings
        .at(document, format!("/team{pointer}"), message)
        .help("add `{username: …, role: owner}` to the members of `team`");
}
