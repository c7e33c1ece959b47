use std::collections::HashMap;

use mesh_diagnostics::Level;
use mesh_spec::document::{Content, Document};
use mesh_spec::model::Team;
use mesh_spec::model::odcs::DataContract;
use mesh_spec::terms::dates::Moment;

use crate::example::{Example, Excerpt};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

/// The stations of a contract's life, in their order.
const STATIONS: [&str; 3] = ["generalAvailability", "endOfSupport", "endOfLife"];

pub(crate) static RULE: Rule = Rule {
    id: "lifecycle-dates-disordered",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "Dates that follow one another in life do so in the document.",
    docs: "\
Data that ends before it is available, or support that outlives the data, is a slip of the pen that
no schema notices. Consumers plan their migration by these dates, and mesh itself weighs findings by
them.

mesh compares the service levels `generalAvailability`, `endOfSupport` and `endOfLife` of a
contract, those of one `element` with each other, and `dateIn` with `dateOut` of every team member.
They may coincide. What cannot be read as a date is left alone.",
    fails: Example::files(&[Excerpt::contract(
        "\
slaProperties:
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 3
    unit: years
  - property: endOfSupport
    value: \"2029-01-01\"
  - property: endOfLife
    value: \"2028-01-01\"
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
slaProperties:
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 3
    unit: years
  - property: endOfSupport
    value: \"2028-01-01\"
  - property: endOfLife
    value: \"2029-01-01\"
",
    )]),
    check: Check::Document(check),
};

/// A date, and the value that it was read from.
#[derive(Clone, Copy)]
struct Dated<'d> {
    moment: Moment,
    text: &'d str,
    index: usize,
}

fn check(document: &Document, findings: &mut Findings<'_>) {
    match &document.content {
        Content::Product(product) => check_team(document, product.team.as_ref(), findings),
        Content::Contract(contract) => {
            check_stations(document, contract, findings);
            check_team(document, contract.team.as_ref(), findings);
        }
        Content::Other => {}
    }
}

fn check_stations(document: &Document, contract: &DataContract, findings: &mut Findings<'_>) {
    // Of several entries for one station, the first holds: the others repeat it for other readers.
    let mut lives: HashMap<Option<&str>, [Option<Dated<'_>>; 3]> = HashMap::new();
    let mut elements = Vec::new();
    for (index, sla) in contract.sla_properties.iter().enumerate() {
        let property = sla.property.as_deref().unwrap_or_default();
        let Some(station) = STATIONS.iter().position(|name| *name == property) else {
            continue;
        };
        let text = sla.value.as_ref().and_then(|value| value.as_str());
        let Some((text, moment)) = text.and_then(|text| Some((text, Moment::parse(text)?))) else {
            continue;
        };
        let element = sla.element.as_deref();
        let life = lives.entry(element).or_insert_with(|| {
            elements.push(element);
            [None; 3]
        });
        life[station].get_or_insert(Dated {
            moment,
            text,
            index,
        });
    }
    for life in elements.iter().filter_map(|element| lives.get(element)) {
        check_life(document, life, findings);
    }
}

/// Reports each station that lies before the one that precedes it.
fn check_life(document: &Document, life: &[Option<Dated<'_>>; 3], findings: &mut Findings<'_>) {
    let mut previous: Option<(&str, Dated<'_>)> = None;
    for (name, dated) in STATIONS.into_iter().zip(life) {
        let Some(dated) = dated else {
            continue;
        };
        let Some((earlier, before)) = previous.filter(|(_, p)| p.moment.is_after(dated.moment))
        else {
            previous = Some((name, *dated));
            continue;
        };
        let pointer = |index| format!("/slaProperties/{index}/value");
        findings
            .at(
                document,
                pointer(dated.index),
                format!(
                    "`{name}` ({}) lies before `{earlier}` ({})",
                    dated.text, before.text
                ),
            )
            .help(format!(
                "correct one of the two, so that `{name}` is not before `{earlier}`"
            ))
            .see(
                document,
                &pointer(before.index),
                "the date it should not be before",
            );
    }
}

fn check_team(document: &Document, team: Option<&Team>, findings: &mut Findings<'_>) {
    let members = team.into_iter().flat_map(|team| {
        let members = team.members.iter().enumerate();
        members.map(move |(index, member)| (team, index, member))
    });
    for (team, index, member) in members {
        let (Some(date_in), Some(date_out)) =
            (member.date_in.as_deref(), member.date_out.as_deref())
        else {
            continue;
        };
        let (Some(joined), Some(left)) = (Moment::parse(date_in), Moment::parse(date_out)) else {
            continue;
        };
        if joined.is_after(left) {
            let who = member.username.as_deref().or(member.name.as_deref());
            let who = who.map_or_else(
                || "a team member".to_owned(),
                |name| format!("the team member `{name}`"),
            );
            let at = format!("/team{}", team.member_pointer(index));
            findings
                .at(
                    document,
                    format!("{at}/dateOut"),
                    format!("{who} leaves ({date_out}) before joining ({date_in})"),
                )
                .help("correct `dateIn` or `dateOut`")
                .see(document, &format!("{at}/dateIn"), "the day of joining");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(yaml: &str) -> Vec<String> {
        let document = Document::parse("a.odcs.yaml", yaml.into(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&document, &mut findings);
        let found = findings.into_inner().into_iter();
        found.map(|diagnostic| diagnostic.message).collect()
    }

    fn life(entries: &[(&str, &str)]) -> Vec<String> {
        let mut yaml =
            "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nslaProperties:\n"
                .to_owned();
        for (property, rest) in entries {
            yaml.push_str(&format!("  - {{property: {property}, value: {rest}}}\n"));
        }
        found(&yaml)
    }

    #[test]
    fn stations_are_compared_whatever_their_order_in_the_list() {
        let wrong = [
            ("endOfLife", "'2026-01-01'"),
            ("generalAvailability", "'2026-06-01'"),
        ];
        assert_eq!(
            life(&wrong),
            ["`endOfLife` (2026-01-01) lies before `generalAvailability` (2026-06-01)"]
        );
        let equal = [
            ("endOfSupport", "'2026-06-01'"),
            ("endOfLife", "'2026-06-01T00:00:00Z'"),
        ];
        assert_eq!(life(&equal), Vec::<String>::new());
    }

    #[test]
    fn one_wrong_date_is_one_finding() {
        let entries = [
            ("generalAvailability", "'2030-01-01'"),
            ("endOfSupport", "'2028-01-01'"),
            ("endOfLife", "'2031-01-01'"),
        ];
        assert_eq!(life(&entries).len(), 1);
    }

    #[test]
    fn elements_have_lives_of_their_own() {
        let entries = [
            ("endOfSupport", "'2029-01-01', element: o.a"),
            ("endOfLife", "'2028-01-01', element: o.b"),
            ("endOfLife", "someday, element: o.a"),
        ];
        assert_eq!(life(&entries), Vec::<String>::new());
    }

    #[test]
    fn nobody_leaves_before_joining() {
        let member = "{username: ada, dateIn: '2026-02-01', dateOut: '2025-02-01'}";
        for (head, team) in [
            (
                "apiVersion: v1.1.0\nkind: DataProduct",
                format!("{{members: [{member}]}}"),
            ),
            (
                "apiVersion: v0.9.0\nkind: DataProduct\nstatus: draft",
                format!("[{member}]"),
            ),
            (
                "apiVersion: v3.0.2\nkind: DataContract\nversion: 1.0.0\nstatus: draft",
                format!("[{member}]"),
            ),
        ] {
            let found = found(&format!("{head}\nid: a\nteam: {team}\n"));
            assert_eq!(
                found,
                ["the team member `ada` leaves (2025-02-01) before joining (2026-02-01)"],
                "{head}"
            );
        }
    }
}
