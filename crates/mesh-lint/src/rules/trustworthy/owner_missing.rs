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
    summary: "A data product names the person who owns it.",
    docs: "\
An owner decides what the product promises and is the one to call when it breaks the promise. A
product without an owner is maintained by nobody in particular.

mesh looks for a member of `team` whose `role` contains the word `owner` (`owner`, `Data Owner`,
`product-owner`). Whether that person is still there is what `owner-departed` looks at.",
    fails: Example::files(&[Excerpt::product(
        "\
team:
  members:
    - username: ada@pharma.example
      role: data steward
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
team:
  members:
    - username: ada@pharma.example
      role: data steward
    - username: grace@pharma.example
      role: owner
",
    )]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    let document = product.document;
    let team = product.model.team.as_ref();
    let mut members = team.into_iter().flat_map(|team| &team.members);
    if members.any(TeamMember::is_owner) || !is_sound(document, "/team") {
        return;
    }
    let Some(team) = team.filter(|_| !is_missing(document, "/team")) else {
        findings
            .at(document, "/team", "the data product has no team")
            .help("add `team:` with a member `{username: …, role: owner}`");
        return;
    };
    let (pointer, message) = if team.members.is_empty() {
        (
            "/members".to_owned(),
            "the team of the data product has no members",
        )
    } else {
        (
            team.member_pointer(0),
            "nobody in the team owns the data product",
        )
    };
    findings
        .at(document, format!("/team{pointer}"), message)
        .help("add `{username: …, role: owner}` to the members of `team`");
}
