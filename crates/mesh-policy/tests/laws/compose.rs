//! Packs, overlays and waivers: what they do to each other.

use std::collections::BTreeMap;

use mesh_diagnostics::{Diagnostic, Level};
use mesh_policy::{Checked, Origin, Policies, PolicyFile, PolicyLevel, read};
use mesh_spec::terms::dates::Day;
use serde_json::{Map, Value, json};

use crate::common::{day, options, said, terms};
use crate::documents::{self, DOMAINS, NAMES, REGIONS, TAGS};
use crate::{Choices, always, assert_tried};

/// Policies that read one parameter, each with the way in which that tightens; `$` stands for it.
const TEMPLATES: &[(&str, Way, Option<&str>, &str)] = &[
    (
        "contract",
        Way::Up,
        None,
        "contract.sla.retention.days >= params.$",
    ),
    (
        "contract",
        Way::Up,
        None,
        "has(contract.sla.retention) && contract.sla.retention.days > double(params.$)",
    ),
    (
        "contract",
        Way::Up,
        Some("'gxp' in contract.tags"),
        "!(contract.sla.latency.days < params.$)",
    ),
    (
        "contract",
        Way::Up,
        None,
        "!has(contract.custom.count) || contract.custom.count >= params.$",
    ),
    (
        "contract",
        Way::Up,
        None,
        "contract.fields.all(f, !('personal' in f.tags)) || params.$ <= contract.custom.count",
    ),
    (
        "contract",
        Way::Down,
        None,
        "contract.sla.latency.days <= params.$",
    ),
    (
        "contract",
        Way::Down,
        None,
        "!(params.$ <= contract.custom.count)",
    ),
    (
        "contract",
        Way::Down,
        Some("contract.custom.count > params.$"),
        "has(contract.purpose)",
    ),
    (
        "contract",
        Way::Down,
        Some("!(params.$ >= contract.sla.retention.days)"),
        "contract.tags.size() > 1",
    ),
    (
        "contract",
        Way::Subset,
        None,
        "contract.servers.all(s, s.region in params.$)",
    ),
    (
        "contract",
        Way::Subset,
        None,
        "contract.servers.exists(s, s.region in params.$)",
    ),
    (
        "contract",
        Way::Subset,
        None,
        "params.$.exists(r, contract.servers.exists(s, s.region == r))",
    ),
    (
        "contract",
        Way::Subset,
        Some("!('us-east-1' in params.$)"),
        "contract.servers.size() > 0",
    ),
    (
        "contract",
        Way::Superset,
        None,
        "params.$.all(n, contract.fields.exists(f, f.name == n))",
    ),
    (
        "contract",
        Way::Superset,
        None,
        "!params.$.exists(n, n in contract.tags)",
    ),
    (
        "contract",
        Way::Superset,
        Some("contract.fields.exists(f, f.name in params.$)"),
        "has(contract.purpose)",
    ),
    (
        "contract",
        Way::Fixed,
        Some("params.$ in contract.tags"),
        "contract.fields.size() > 1",
    ),
    (
        "product",
        Way::Superset,
        None,
        "params.$.all(t, t in product.tags)",
    ),
    (
        "product",
        Way::Up,
        None,
        "product.contracts.all(c, c.sla.retention.days >= params.$)",
    ),
    (
        "output-port",
        Way::Up,
        None,
        "has(outputPort.contract) && outputPort.contract.custom.count >= params.$",
    ),
    (
        "input-port",
        Way::Down,
        None,
        "inputPort.upstream.custom.count < params.$",
    ),
    (
        "field",
        Way::Up,
        Some("contract.custom.count >= 10"),
        "field.tags.size() * 20 >= params.$",
    ),
    ("field", Way::Subset, None, "field.name in params.$"),
    ("server", Way::Subset, None, "server.region in params.$"),
    (
        "sla",
        Way::Up,
        Some("sla.property == 'retention'"),
        "sla.days >= params.$",
    ),
    (
        "schema-object",
        Way::Down,
        None,
        "object.fields.size() * 10 <= params.$",
    ),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
    Subset,
    Superset,
    Fixed,
}

/// A parameter of a pack of these tests.
#[derive(Debug, Clone)]
struct Parameter {
    name: String,
    way: Way,
    /// The template that uses it.
    template: usize,
    value: Value,
}

/// A pack or an overlay of these tests.
#[derive(Debug, Clone, Default)]
struct Made {
    name: String,
    json: Value,
    parameters: Vec<Parameter>,
    /// Each policy, with the strictest level that it ever has, and whether it has one from the beginning.
    policies: Vec<(String, usize, bool)>,
    waivable: Vec<String>,
    /// Policies about products that look into contracts: what does not hold may stand in another document.
    strays: Vec<String>,
    extends: Vec<usize>,
}

const LEVELS: [&str; 3] = ["advise", "warn", "deny"];
const DAYS: [&str; 6] = [
    "2026-01-01",
    "2026-03-01",
    "2026-06-01",
    "2026-09-01",
    "2027-01-01",
    "2027-06-01",
];

/// The days on which documents are judged: before, between and after those of rollouts.
const AS_OF: [&str; 6] = [
    "2025-12-31",
    "2026-01-01",
    "2026-05-31",
    "2026-06-01",
    "2027-01-01",
    "2028-01-01",
];

/// A level, or a rollout in its place, written into `setting`: the strictest level, and whether it always holds.
fn enforce(choices: &mut Choices<'_>, setting: &mut Map<String, Value>) -> (usize, bool) {
    if choices.below(2) == 0 {
        let level = choices.below(3);
        setting.insert("level".to_owned(), json!(LEVELS[level]));
        return (level, true);
    }
    let mut rollout = Map::new();
    let mut day = choices.below(3);
    let first = choices.below(3);
    for level in &LEVELS[first..] {
        rollout.insert((*level).to_owned(), json!(DAYS[day]));
        day = (day + choices.below(3)).min(DAYS.len() - 1);
    }
    if choices.once_in(3) {
        rollout.insert("newProducts".to_owned(), json!(choices.pick(&LEVELS)));
    }
    setting.insert("rollout".to_owned(), Value::Object(rollout));
    (2, false)
}

/// The value that a parameter has in its pack.
fn value(choices: &mut Choices<'_>, way: Way, template: &str) -> Value {
    match way {
        Way::Up | Way::Down if choices.once_in(4) => {
            json!(f64::from(u32::try_from(20 + choices.below(20)).unwrap_or(20)) + 0.5)
        }
        Way::Up | Way::Down => json!(20 + choices.below(20)),
        Way::Subset if template.contains("field.name") => json!(NAMES),
        Way::Subset => json!(REGIONS),
        Way::Superset if template.contains("in product.tags") => json!([TAGS[0]]),
        Way::Superset => json!([choices.pick(&NAMES)]),
        Way::Fixed => json!(choices.pick(&TAGS)),
    }
}

/// A value that is tighter, or the same. Each of `rank` is at least as tight as those of lower ranks.
fn tightened(choices: &mut Choices<'_>, parameter: &Parameter, rank: usize) -> Value {
    let step = 4 * rank + choices.below(4);
    let items = || parameter.value.as_array().cloned().unwrap_or_default();
    match parameter.way {
        Way::Up | Way::Down => {
            let step = i32::try_from(step).expect("a small step");
            let step = if parameter.way == Way::Up {
                step
            } else {
                -step
            };
            match parameter.value.as_i64() {
                Some(value) => json!(value + i64::from(step)),
                None => json!(parameter.value.as_f64().expect("a number") + f64::from(step)),
            }
        }
        Way::Subset => {
            let items = items();
            let kept = items.len().saturating_sub(rank + choices.below(2));
            json!(items[..kept])
        }
        Way::Superset => {
            let mut items = items();
            let more = NAMES
                .iter()
                .take(rank + choices.below(2))
                .map(|name| json!(name));
            items.extend(
                more.filter(|name| !items.contains(name))
                    .collect::<Vec<_>>(),
            );
            json!(items)
        }
        Way::Fixed => parameter.value.clone(),
    }
}

fn policy(choices: &mut Choices<'_>, id: &str, parameter: &Parameter, made: &mut Made) -> Value {
    let (subject, _, when, require) = TEMPLATES[parameter.template];
    let fill = |text: &str| text.replace('$', &parameter.name);
    let mut policy = Map::new();
    policy.insert("id".to_owned(), json!(id));
    policy.insert("for".to_owned(), json!(subject));
    policy.insert("require".to_owned(), json!(fill(require)));
    policy.insert(
        "message".to_owned(),
        json!(fill("must fit {params.$}, see {asOf}")),
    );
    if [
        "product.contracts",
        "outputPort.contract",
        "inputPort.upstream",
    ]
    .iter()
    .any(|it| require.contains(it))
    {
        made.strays.push(id.to_owned());
    }
    if let Some(when) = when {
        policy.insert("when".to_owned(), json!(fill(when)));
    }
    let scope = match choices.below(8) {
        0 | 1 => json!({"domains": [choices.pick(&DOMAINS)]}),
        2 => json!({"tags": [choices.pick(&TAGS)], "status": ["active", "draft"]}),
        _ => json!({}),
    };
    policy.insert("scope".to_owned(), scope);
    if choices.below(2) == 0 {
        policy.insert(
            "waivable".to_owned(),
            json!({"maxDays": 900, "approvers": ["guild"]}),
        );
        made.waivable.push(id.to_owned());
    }
    let (level, always) = enforce(choices, &mut policy);
    made.policies.push((id.to_owned(), level, always));
    Value::Object(policy)
}

fn pack(choices: &mut Choices<'_>, at: usize) -> Made {
    let mut made = Made {
        name: format!("pack-{at}"),
        ..Made::default()
    };
    let mut params = Map::new();
    let mut policies = Vec::new();
    for n in 0..=choices.below(4) {
        let template = choices.below(TEMPLATES.len());
        let (_, way, _, require) = TEMPLATES[template];
        let name = format!("x{at}_{n}");
        let parameter = Parameter {
            value: value(choices, way, require),
            name: name.clone(),
            way,
            template,
        };
        let tighten = format!("{way:?}").to_lowercase();
        params.insert(name, json!({"value": parameter.value, "tighten": tighten}));
        policies.push(policy(
            choices,
            &format!("policy-{at}-{n}"),
            &parameter,
            &mut made,
        ));
        made.parameters.push(parameter);
    }
    let mut rules = Map::new();
    if choices.below(2) == 0 {
        let mut setting = Map::new();
        enforce(choices, &mut setting);
        rules.insert("owner-missing".to_owned(), Value::Object(setting));
    }
    made.json = json!({
        "kind": "PolicyPack",
        "metadata": {"name": made.name, "version": "1.0.0", "owner": "guild"},
        "params": params,
        "rules": rules,
        "policies": policies,
    });
    made
}

/// An overlay of some of `packs`, and perhaps of one of the overlays before it.
fn overlay(choices: &mut Choices<'_>, at: usize, packs: &[Made], before: &[Made]) -> Made {
    let mut made = Made {
        name: format!("overlay-{at}"),
        ..Made::default()
    };
    let mut extends = vec![format!("pack-{}@1.0.0", choices.below(packs.len()))];
    if choices.below(2) == 0 {
        extends.extend(packs.iter().map(|pack| pack.name.clone()));
    }
    let builds_on =
        (!before.is_empty() && choices.below(2) == 0).then(|| choices.below(before.len()));
    if let Some(other) = builds_on {
        extends.push(before[other].name.clone());
        made.extends = vec![other];
    }
    // What is reached by way of other overlays.
    let mut reached: Vec<&Made> = Vec::new();
    let mut open = made.extends.clone();
    let mut names = extends.clone();
    while let Some(other) = open.pop() {
        open.extend(&before[other].extends);
        let extended = before[other].json["metadata"]["extends"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        names.extend(
            extended
                .iter()
                .filter_map(|name| Some(name.as_str()?.to_owned())),
        );
        reached.push(&before[other]);
    }
    let is_reached = |pack: &&Made| {
        names
            .iter()
            .any(|name| name.split('@').next() == Some(&pack.name))
    };
    reached.extend(packs.iter().filter(is_reached));
    let parameters: Vec<Parameter> = packs
        .iter()
        .filter(is_reached)
        .flat_map(|pack| pack.parameters.clone())
        .collect();
    let mut params = Map::new();
    for parameter in &parameters {
        if choices.below(2) == 0 {
            params.insert(parameter.name.clone(), tightened(choices, parameter, at));
        }
    }
    let mut levels = Map::new();
    for (id, level, always) in reached.iter().flat_map(|it| it.policies.clone()) {
        if choices.once_in(3) {
            let stricter = if builds_on.is_some() {
                2
            } else {
                level + choices.below(3 - level)
            };
            let rollout = json!({"deny": DAYS[0]});
            let is_rollout = !always && builds_on.is_none() && choices.below(2) == 0;
            levels.insert(
                id,
                if is_rollout {
                    rollout
                } else {
                    json!(LEVELS[stricter])
                },
            );
        }
    }
    let mut policies = Vec::new();
    for n in 0..choices.below(3) {
        if !parameters.is_empty() {
            let parameter = choices.pick(&parameters).clone();
            let id = format!("{}/own-{n}", made.name);
            policies.push(policy(choices, &id, &parameter, &mut made));
        }
    }
    let rules = if choices.below(2) == 0 {
        json!({"owner-missing": {"level": "deny"}})
    } else {
        json!({})
    };
    made.json = json!({
        "kind": "PolicyOverlay",
        "metadata": {"name": made.name, "domain": choices.pick(&["sales", "crm", "*"]), "extends": extends},
        "params": params,
        "levels": levels,
        "rules": rules,
        "policies": policies,
    });
    made
}

/// Packs and overlays that go together.
struct Federation {
    packs: Vec<Made>,
    overlays: Vec<Made>,
}

impl Federation {
    fn new(choices: &mut Choices<'_>) -> Self {
        let packs: Vec<Made> = (0..=choices.below(2)).map(|at| pack(choices, at)).collect();
        let mut overlays = Vec::new();
        for at in 0..=choices.below(3) {
            let next = overlay(choices, at, &packs, &overlays);
            overlays.push(next);
        }
        Self { packs, overlays }
    }

    /// The files of the packs, and of the first overlays.
    fn files(&self, overlays: usize) -> Vec<PolicyFile> {
        let made = self.packs.iter().chain(&self.overlays[..overlays]);
        made.map(|made| file(&made.name, &made.json)).collect()
    }
}

fn file(name: &str, json: &Value) -> PolicyFile {
    let text = serde_json::to_string_pretty(json).expect("it is JSON");
    match read(
        &format!("{name}.yaml"),
        text.clone().into_bytes(),
        Origin::Local,
    ) {
        Ok(file) => file,
        Err(mistakes) => panic!("{:#?}\n{text}", mistakes.into_findings()),
    }
}

fn together(files: Vec<PolicyFile>, as_of: Day) -> Result<Policies, String> {
    Policies::new(files, terms(as_of)).map_err(|mistakes| {
        let said = mistakes
            .iter()
            .map(|it| format!("{} {}", it.source.name(), it.message));
        format!("they do not go together: {:#?}", said.collect::<Vec<_>>())
    })
}

/// Of each document and policy: the level, and how many things fail; and for each policy the most severe finding.
type Severity = (
    BTreeMap<(usize, String), (Option<PolicyLevel>, usize)>,
    BTreeMap<String, Level>,
);

/// Of each rule and file: the least level.
type Floors = BTreeMap<(String, String), Level>;

fn severity(checked: &Checked) -> Severity {
    let mut all = Severity::default();
    for (index, verdicts) in &checked.verdicts {
        for verdict in verdicts {
            let of = (*index, verdict.policy.to_string());
            all.0.insert(of, (verdict.level, verdict.failed));
        }
    }
    for found in &checked.findings {
        let level = all.1.entry(found.rule.to_string()).or_insert(found.level);
        *level = found.level.max(*level);
    }
    all
}

/// What weighs less than it did before.
fn loosened<K: Ord + std::fmt::Debug, V: std::fmt::Debug>(
    before: &BTreeMap<K, V>,
    now: &BTreeMap<K, V>,
    is_less: impl Fn(&V, &V) -> bool,
) -> Result<(), String> {
    for (of, was) in before {
        match now.get(of) {
            Some(is) if !is_less(is, was) => {}
            is => return Err(format!("{of:?} was {was:?} and is {is:?}")),
        }
    }
    Ok(())
}

/// Everything that is said, in full.
fn in_full(checked: &Checked) -> Vec<String> {
    let shown = |found: &Diagnostic| {
        let related: Vec<_> = found
            .related
            .iter()
            .map(|it| (&it.message, it.source.name(), it.span))
            .collect();
        format!(
            "{} {:?} {} {:?} {related:?}",
            said(found),
            found.span,
            found.message,
            found.help
        )
    };
    let findings = checked.findings.iter().map(shown);
    let waived = checked
        .waived
        .iter()
        .map(|it| format!("{} {}", it.waiver, shown(&it.diagnostic)));
    let verdicts = checked
        .verdicts
        .iter()
        .map(|verdict| format!("{verdict:?}"));
    findings.chain(waived).chain(verdicts).collect()
}

#[test]
fn an_overlay_only_ever_tightens() {
    always(700, |choices| {
        let documents = documents::documents(choices);
        let workspace = documents::workspace(&documents);
        let federation = Federation::new(choices);
        let as_of = day(AS_OF[choices.below(AS_OF.len())]);
        let is_new = choices.below(3) == 0;
        let is_published = move |_: &str| !is_new;
        let mut options = options(as_of);
        options.is_published = Some(&is_published);
        let mut before: Option<(Severity, Floors)> = None;
        for overlays in 0..=federation.overlays.len() {
            let mut files = federation.files(overlays);
            choices.shuffle(&mut files);
            let policies = together(files, as_of)?;
            let checked = policies.check(&workspace, options);
            if !checked.defects.is_empty() {
                return Err(format!("{:?}", checked.defects));
            }
            let now = severity(&checked);
            let mut floors = BTreeMap::new();
            for floor in policies.floors(&workspace, options) {
                for name in floor.files {
                    floors.insert((floor.rule.clone(), name), floor.level);
                }
            }
            if let Some((was, floors_before)) = &before {
                let is_less = |is: &(_, usize), was: &(_, usize)| is.0 < was.0 || is.1 < was.1;
                loosened(&was.0, &now.0, is_less)
                    .and_then(|()| loosened(&was.1, &now.1, |is, was| is < was))
                    .and_then(|()| loosened(floors_before, &floors, |is, was| is < was))
                    .map_err(|how| format!("{how}\n{}\n{documents:#?}", federation.shown()))?;
            }
            before = Some((now, floors));
        }
        Ok(())
    });
}

#[test]
fn the_order_of_files_means_nothing() {
    always(700, |choices| {
        let workspace = documents::workspace(&documents::documents(choices));
        let federation = Federation::new(choices);
        let as_of = day(AS_OF[choices.below(AS_OF.len())]);
        let count = federation.overlays.len();
        let mut all = Vec::new();
        for _ in 0..3 {
            let mut files = federation.files(count);
            choices.shuffle(&mut files);
            all.push(in_full(
                &together(files, as_of)?.check(&workspace, options(as_of)),
            ));
        }
        match all.iter().find(|other| **other != all[0]) {
            Some(other) => Err(format!("{:#?}\n{other:#?}\n{}", all[0], federation.shown())),
            None => Ok(()),
        }
    });
}

impl Federation {
    fn shown(&self) -> String {
        let made = self.packs.iter().chain(&self.overlays);
        made.map(|made| format!("{:#}\n", made.json)).collect()
    }
}

/// The laws would hold of nothing at all: what they are tried on has to fail, to pass and to differ by overlays.
#[test]
fn the_laws_are_tried_on_something() {
    let counts = std::cell::Cell::new((0, 0, 0, 0));
    always(700, |choices| {
        let workspace = documents::workspace(&documents::documents(choices));
        let federation = Federation::new(choices);
        let as_of = day("2027-01-01");
        let count = federation.overlays.len();
        let checked = |overlays| {
            let policies = together(federation.files(overlays), as_of)?;
            Ok::<_, String>(severity(&policies.check(&workspace, options(as_of))).0)
        };
        let (alone, tightened) = (checked(0)?, checked(count)?);
        let (mut passed, mut failed, mut fails_more, mut weighs_more) = counts.get();
        for (of, (level, failures)) in &alone {
            passed += usize::from(*failures == 0);
            failed += usize::from(*failures > 0);
            fails_more += usize::from(tightened[of].1 > *failures);
            weighs_more += usize::from(tightened[of].0 > *level);
        }
        counts.set((passed, failed, fails_more, weighs_more));
        Ok(())
    });
    let (passed, failed, fails_more, weighs_more) = counts.get();
    for count in [passed, failed, fails_more, weighs_more] {
        assert_tried(count, 10);
    }
}

/// A waiver of these tests.
struct Exception {
    policy: String,
    subject: String,
    major: u64,
    granted: Option<Day>,
    expires: Day,
}

impl Exception {
    fn new(choices: &mut Choices<'_>, waivable: &[String], as_of: Day) -> Self {
        let granted = (choices.below(2) == 0).then(|| {
            let start = day("2025-01-01");
            start.days_later(u32::try_from(choices.below(600)).unwrap_or(0))
        });
        let start = granted.unwrap_or(as_of);
        Self {
            policy: choices.pick(waivable).clone(),
            subject: (*choices.pick(&["p0", "p1", "c0", "c1", "c2"])).to_owned(),
            major: 1 + choices.below(2) as u64,
            granted,
            expires: start.days_later(u32::try_from(choices.below(900)).unwrap_or(0)),
        }
    }

    fn json(&self, id: &str) -> Value {
        let mut json = json!({
            "kind": "Waiver",
            "id": id,
            "policy": self.policy,
            "subject": format!("{}@{}", self.subject, self.major),
            "category": "accepted",
            "reason": "It is so.",
            "owner": "ada@acme.example",
            "approvedBy": "guild",
            "expires": self.expires.to_string(),
        });
        if let Some(granted) = self.granted {
            json["granted"] = json!(granted.to_string());
        }
        json
    }

    /// Whether it is for a finding of `policy` in the document called `name`, on a day.
    fn is_for(&self, policy: &str, name: &str, documents: &[(String, Value)], as_of: Day) -> bool {
        let file = |id: &str, kind: &str| format!("{id}.{kind}.yaml") == name;
        let is_contract = file(&self.subject, "odcs");
        let major = |document: &Value| {
            document["version"]
                .as_str()
                .unwrap_or("")
                .starts_with(&format!("{}.", self.major))
        };
        let document = documents
            .iter()
            .find(|(_, document)| document["id"] == self.subject.as_str());
        let Some((own, document)) = document else {
            return false;
        };
        let promises = document["outputPorts"].as_array().is_some_and(|ports| {
            ports
                .iter()
                .any(|port| file(port["contractId"].as_str().unwrap_or(""), "odcs"))
        });
        let is_subject = (is_contract || own == name || promises) && major(document);
        let begins = self.granted.is_none_or(|granted| granted <= as_of);
        self.policy == policy && is_subject && begins && as_of <= self.expires
    }
}

#[test]
fn waivers_let_pass_what_they_are_for_on_their_days_and_nothing_else() {
    let waived_at_all = std::cell::Cell::new(0);
    always(700, |choices| {
        let documents = documents::documents(choices);
        let workspace = documents::workspace(&documents);
        let federation = Federation::new(choices);
        let as_of = day(AS_OF[choices.below(AS_OF.len())]);
        let count = federation.overlays.len();
        let without = together(federation.files(count), as_of)?.check(&workspace, options(as_of));
        let made = federation.packs.iter().chain(&federation.overlays);
        let waivable: Vec<String> = made.flat_map(|made| made.waivable.clone()).collect();
        if waivable.is_empty() {
            return Ok(());
        }
        let exceptions: Vec<Exception> = (0..=choices.below(3))
            .map(|_| Exception::new(choices, &waivable, as_of))
            .collect();
        let mut files = federation.files(count);
        for (at, exception) in exceptions.iter().enumerate() {
            let id = format!("WVR-{at}");
            files.push(file(&id, &exception.json(&id)));
        }
        choices.shuffle(&mut files);
        // Two waivers may overlap, which is a mistake.
        let Ok(policies) = Policies::new(files, terms(as_of)) else {
            return Ok(());
        };
        let with = policies.check(&workspace, options(as_of));
        let made = federation.packs.iter().chain(&federation.overlays);
        let strays: Vec<&String> = made.flat_map(|made| &made.strays).collect();
        let is_of_policy = |found: &&Diagnostic| {
            !found.rule.starts_with("waiver-") && strays.iter().all(|stray| *found.rule != **stray)
        };
        let mut left: Vec<String> = with
            .findings
            .iter()
            .filter(is_of_policy)
            .map(said)
            .collect();
        let mut waived: Vec<String> = with
            .waived
            .iter()
            .map(|it| &it.diagnostic)
            .filter(is_of_policy)
            .map(said)
            .collect();
        waived_at_all.set(waived_at_all.get() + waived.len());
        let mut wanted = (Vec::new(), Vec::new());
        for found in without.findings.iter().filter(is_of_policy) {
            let is_waived = exceptions.iter().any(|exception| {
                exception.is_for(&found.rule, found.source.name(), &documents, as_of)
            });
            if is_waived {
                &mut wanted.1
            } else {
                &mut wanted.0
            }
            .push(said(found));
        }
        for list in [&mut left, &mut waived, &mut wanted.0, &mut wanted.1] {
            list.sort();
        }
        if (&left, &waived) != (&wanted.0, &wanted.1) {
            let shown: Vec<Value> = exceptions.iter().map(|it| it.json("")).collect();
            return Err(format!(
                "{left:#?}\n{waived:#?}\n{wanted:#?}\n{shown:#?}\n{documents:#?}"
            ));
        }
        // Verdicts say what fails, waived or not.
        let of = |checked: &Checked| {
            let verdicts = checked.verdicts.values().flatten();
            verdicts
                .map(|it| (it.policy.clone(), it.failed, it.level))
                .collect::<Vec<_>>()
        };
        if of(&with) == of(&without) {
            Ok(())
        } else {
            Err("verdicts differ".to_owned())
        }
    });
    assert_tried(waived_at_all.get(), 10);
}
