use mesh_diagnostics::Level;
use mesh_spec::model::{Team, TeamMember};
use mesh_spec::terms::dates::Day;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::is_sound;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "owner-departed",
    group: Group::Trustworthy,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "The owner of a data product is still there.",
    docs: "\
The name of somebody who has left looks like an answer and is none: the mail bounces, and nobody
knows that it is theirs to decide now. Products are orphaned this way more often than by never
having had an owner, which is what `owner-missing` looks at.

An owner has left once the day of `dateOut` has come. A `dateOut` in the future does not count yet,
and one owner who stays is enough. Name the successor as a member with the role `owner`, and leave
the entry of the one who left: it tells whom to ask about the past.",
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
    let (Some(team), Some(today)) = (&product.model.team, Day::parse(findings.as_of())) else {
        return;
    };
    let mut owners = 0;
    let mut last: Option<(usize, Day)> = None;
    for (index, member) in team.members.iter().enumerate() {
        if !member.is_owner() {
            continue;
        }
        let left = member.date_out.as_deref().and_then(Day::parse);
        let Some(left) = left.filter(|left| *left <= today) else {
            return;
        };
        owners += 1;
        if last.is_none_or(|(_, latest)| latest < left) {
            last = Some((index, left));
        }
    }
    let Some((index, _)) = last.filter(|_| is_sound(product.document, "/team")) else {
        return;
    };
    let member = &team.members[index];
    let day = member.date_out.as_deref().unwrap_or_default().trim();
    let name = member.username.as_deref().or(member.name.as_deref());
    let message = match (owners, name) {
        (1, Some(name)) => {
            format!("`{name}`, the only owner of the data product, left on {day}")
        }
        (1, None) => format!("the only owner of the data product left on {day}"),
        _ => format!("every owner of the data product has left, the last one on {day}"),
    };
    findings
        .at(
            product.document,
            format!("/team{}/dateOut", team.member_pointer(index)),
            message,
        )
        .help(help(team, member));
}

/// Whom to name, as far as the entry of the one who left tells.
fn help(team: &Team, left: &TeamMember) -> String {
    let Some(successor) = left.replaced_by_username.as_deref() else {
        return "add `{username: …, role: owner}` to the members of `team`".to_owned();
    };
    let is_member = |member: &TeamMember| member.username.as_deref() == Some(successor);
    if team.members.iter().any(is_member) {
        format!("set `role: owner` for `{successor}`, who took over")
    } else {
        format!("add `{{username: {successor}, role: owner}}` to the members of `team`")
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;
    use crate::engine::Options;

    /// Message and help for a product whose team is as given, on the last day of June.
    fn found(head: &str, team: &str) -> Option<(String, String)> {
        let text = format!("apiVersion: {head}\nkind: DataProduct\nid: a\nteam: {team}\n");
        let document = Document::parse("dataproduct.yaml", text.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let options = Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        for product in workspace.products() {
            check(product, &mut findings);
        }
        let found = findings.into_inner().pop()?;
        Some((found.message, found.help.unwrap_or_default()))
    }

    #[test]
    fn an_owner_leaves_when_the_day_has_come() {
        for (date, has_left) in [
            ("2026-06-29", true),
            ("2026-06-30", true),
            ("2026-07-01", false),
            ("2026-06-30T12:00:00Z", true),
            ("soon", false),
            ("TODO", false),
            ("''", false),
        ] {
            let team = format!("{{members: [{{username: a, role: owner, dateOut: {date}}}]}}");
            assert_eq!(found("v1.1.0", &team).is_some(), has_left, "{date}");
        }
    }

    #[test]
    fn one_owner_who_stays_is_enough() {
        let gone = "{username: a, role: owner, dateOut: 2020-01-01}";
        let stays = "{username: b, role: Data Owner}";
        let other = "{username: c, role: engineer}";
        assert_eq!(
            found("v1.1.0", &format!("{{members: [{gone}, {stays}]}}")),
            None
        );
        assert!(found("v1.1.0", &format!("{{members: [{gone}, {other}]}}")).is_some());
        assert_eq!(found("v1.1.0", &format!("{{members: [{other}]}}")), None);
    }

    #[test]
    fn a_team_may_be_a_list() {
        let team = "[{username: a, role: owner, dateOut: '2020-01-01'}]";
        let (message, _) = found("v0.9.0", team).expect("the owner has left");
        assert_eq!(
            message,
            "`a`, the only owner of the data product, left on 2020-01-01"
        );
    }

    #[test]
    fn the_last_to_leave_and_the_successor_are_named() {
        let first = "{username: a, role: owner, dateOut: 2020-01-01}";
        let last = "{username: b, role: owner, dateOut: 2021-01-01, replacedByUsername: c}";
        let (message, help) = found("v1.1.0", &format!("{{members: [{last}, {first}]}}"))
            .expect("all owners have left");
        assert_eq!(
            message,
            "every owner of the data product has left, the last one on 2021-01-01"
        );
        assert!(help.contains("{username: c, role: owner}"), "{help}");
        let successor = "{username: c, role: engineer}";
        let team = format!("{{members: [{last}, {successor}]}}");
        let (_, help) = found("v1.1.0", &team).expect("the owner has left");
        assert_eq!(help, "set `role: owner` for `c`, who took over");
    }
}
