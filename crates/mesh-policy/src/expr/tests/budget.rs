//! What would take too long, or too much memory, ends soon and has no value.

use std::time::{Duration, Instant};

use super::*;

/// How many there are of whatever a large contract has much of.
const MANY: usize = 400;

/// Steps and bytes for a contract of this size: more than enough for everything once, and not for everything times
/// everything. In earnest there is a hundred times as much of both.
const BUDGET: (u64, u64) = (100_000, 640_000);

/// Far more than it takes on any machine, and far less than what is cut short would.
const LONG: Duration = Duration::from_secs(30);

const STEPS: &str = "it takes too many steps for this document";
const BYTES: &str = "it needs too much memory for this document";

/// A contract with much of everything.
fn large() -> String {
    let list = |key: &str, item: &dyn Fn(usize) -> String| {
        let items: Vec<String> = (0..MANY).map(|at| format!("  - {}\n", item(at))).collect();
        format!("{key}:\n{}", items.concat())
    };
    [
        "apiVersion: v3.2.0\nkind: DataContract\nid: sales.orders.orders\nversion: 1.0.0\nstatus: active\n".to_owned(),
        list("customProperties", &|at| format!("{{property: p{at}, value: [[{at}], [{at}]]}}")),
        format!("  - {{property: big, value: [[{}]]}}\n", "[1], ".repeat(MANY)),
        list("servers", &|at| format!("{{server: s{at}, type: custom}}")),
        list("slaProperties", &|at| format!("{{property: l{at}, value: {at}}}")),
        list("tags", &|at| format!("t{at}")),
        list("support", &|at| format!("{{channel: c{at}}}")),
        "description:\n".to_owned(),
        format!("  purpose: {}\n", "long ".repeat(4_000)),
        "schema:\n  - name: orders\n    properties:\n".to_owned(),
        (0..MANY)
            .map(|at| format!("      - {{name: f{at}, quality: [{{metric: nullValues, mustBe: 0}}]}}\n"))
            .collect(),
    ]
    .concat()
}

/// Does something for every field for which it goes through a long list, one way or another.
const QUADRATIC: &[(&str, &str)] = &[
    (
        "contract.fields.all(f, contract.fields.all(g, f.name != '' || g.name != ''))",
        STEPS,
    ),
    (
        "!contract.fields.exists(f, contract.fields.exists(g, f.name == '' && g.name == ''))",
        STEPS,
    ),
    (
        "contract.fields.all(f, !contract.tags.exists(t, t == f.name))",
        STEPS,
    ),
    ("contract.fields.all(f, !(f.name in contract.tags))", STEPS),
    (
        "contract.fields.all(f, !(f.name in contract.custom))",
        STEPS,
    ),
    ("contract.fields.all(f, f in contract.fields)", STEPS),
    (
        "contract.fields.all(f, !has(contract.custom.absent))",
        STEPS,
    ),
    (
        "contract.fields.all(f, !has(contract.custom[f.name]))",
        STEPS,
    ),
    ("contract.fields.all(f, contract.custom.p399 != 1)", STEPS),
    (
        "contract.fields.all(f, contract.custom.absent == 1 || true)",
        STEPS,
    ),
    ("contract.fields.all(f, contract.custom.size() > 1)", STEPS),
    (
        "contract.fields.all(f, contract.custom.exists(k, true))",
        STEPS,
    ),
    ("contract.fields.all(f, has(contract.custom))", STEPS),
    (
        "contract.fields.all(f, !has(contract.sla.retention))",
        STEPS,
    ),
    ("contract.fields.all(f, has(contract.sla['l399']))", STEPS),
    (
        "contract.fields.all(f, contract.sla['l399'].value != 0)",
        STEPS,
    ),
    (
        "contract.fields.all(f, contract.custom.p0 == contract.custom.p0)",
        STEPS,
    ),
    (
        "contract.fields.all(f, contract.custom.big == contract.custom.big)",
        STEPS,
    ),
    (
        "contract.fields.all(f, contract.custom.big in [contract.custom.big])",
        STEPS,
    ),
    (
        "contract.fields.all(f, [contract.servers] == [contract.servers])",
        BYTES,
    ),
    (
        "contract.fields.all(f, contract.custom != contract.objects[0].custom)",
        STEPS,
    ),
    (
        "contract.fields.all(f, contract.purpose.contains('short') || f.name != '')",
        STEPS,
    ),
    ("contract.fields.all(f, contract.purpose.size() > 0)", STEPS),
    (
        "contract.fields.all(f, contract.purpose == contract.purpose)",
        STEPS,
    ),
    (
        "contract.fields.all(f, contract.purpose <= contract.purpose)",
        STEPS,
    ),
    (
        "contract.fields.all(f, f.name.matches(f.name + '{9}') || f.name != '')",
        STEPS,
    ),
    (
        "contract.fields.all(f, contract.products.size() >= 0)",
        "true",
    ),
    // What has to be put together takes memory as well.
    (
        "contract.fields.map(f, contract.fields.map(g, g)).size() > 0",
        BYTES,
    ),
    ("contract.fields.all(f, contract.servers.size() > 0)", BYTES),
    ("contract.fields.all(f, contract.quality.size() > 0)", BYTES),
    ("contract.fields.all(f, has(contract.support))", BYTES),
    (
        "contract.fields.all(f, contract.slaProperties.exists(s, true))",
        BYTES,
    ),
    (
        "contract.fields.map(f, contract.purpose + f.name).size() > 0",
        BYTES,
    ),
    (
        "contract.fields.map(f, contract.purpose.lowerAscii()).size() > 0",
        BYTES,
    ),
    (
        "contract.fields.map(f, contract.purpose.split('')).size() > 0",
        BYTES,
    ),
    (
        "contract.fields.map(f, contract.tags + contract.tags).size() > 0",
        BYTES,
    ),
];

/// What comes of conditions on a contract, each with a budget of its own.
fn found<'t>(contract: &str, texts: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let budgeted = texts
        .into_iter()
        .map(|text| (program(text), Budget::of(BUDGET.0, BUDGET.1)));
    let budgeted: Vec<(Program, Budget)> = budgeted.collect();
    on(contract, budgeted.as_slice(), |environment, budgeted| {
        let found = budgeted.iter().map(|(program, budget)| {
            environment.budget = budget;
            match environment.holds(program) {
                Ok(holds) => holds.to_string(),
                Err(error) => error.message(),
            }
        });
        found.collect()
    })
}

#[test]
fn what_goes_through_a_large_contract_for_each_of_its_parts_has_an_end() {
    let all = found(&large(), QUADRATIC.iter().map(|(text, _)| *text));
    let all = QUADRATIC.iter().zip(all);
    let different: Vec<_> = all.filter(|((_, wanted), found)| wanted != found).collect();
    assert!(different.is_empty(), "{different:#?}");
}

/// What an end of the budget is for: it is there before anyone has waited for long, and nothing passes.
#[test]
fn what_would_take_hours_ends_soon() {
    let deep = "contract.fields.all(a, contract.fields.all(b, contract.fields.all(c, contract.fields.all(d, a.name != ''))))";
    let start = Instant::now();
    let found = on(&large(), &program(deep), |environment, program| {
        let error = environment.holds(program).expect_err("it never ends");
        let said = error.message();
        let budget = environment.budget;
        let decision = budget.apart(|| environment.decision(program, Some(error)));
        (said, decision.error)
    });
    assert_eq!(found, (STEPS.to_owned(), Some(STEPS.to_owned())));
    assert!(start.elapsed() < LONG);
}

/// Every policy that a large product may meet in earnest: once through everything.
#[test]
fn what_goes_through_a_large_contract_once_has_budget_to_spare() {
    let once = [
        "contract.fields.all(f, has(f.name) && f.tags.size() == 0 && !has(f.classification) && !f.personal)",
        "contract.fields.all(f, contract.objects.exists(o, o.name == f.object))",
        "contract.fields.map(f, f.path).filter(p, p.matches('^f[0-9]+$')).size() > 1",
        "contract.quality.all(q, q.executable && q.object == 'orders')",
        "contract.servers.all(s, !has(s.custom.region)) && contract.tags.all(t, t.startsWith('t'))",
        "contract.custom.all(k, k != '') && contract.slaProperties.all(s, s.value >= 0)",
    ];
    assert_eq!(found(&large(), once), ["true"; 6]);
}

/// Each step doubles what there is.
#[test]
fn texts_and_lists_that_double_end_soon() {
    let doubled = |start: &str, times: usize| {
        format!("[{start}]{}.size() > 0", ".map(a, a + a)".repeat(times))
    };
    let texts = [
        doubled("contract.id", 10),
        doubled("contract.id", 40),
        doubled("contract.tags", 2),
        doubled("contract.tags", 40),
        doubled("'abc'", 40),
    ];
    let found = found(&large(), texts.iter().map(String::as_str));
    assert_eq!(found, ["true", BYTES, "true", BYTES, BYTES]);
}

/// What is reported does not depend on what was judged before.
#[test]
fn a_pattern_that_is_known_already_takes_as_many_steps_as_a_new_one() {
    let text = "contract.fields.all(f, 'x'.matches('^' + f.name) || f.name != '')";
    let again = "contract.fields.all(f, 'x'.matches('^f1') || f.name != '')";
    assert_eq!(found(&large(), [text, text, again]), [STEPS, STEPS, "true"]);
}

/// To say why something has no value costs no more than to find out that it has none.
#[test]
fn reasons_show_the_beginning_of_what_is_long() {
    let program = program("contract.custom.text > 1");
    let contract = CONTRACT.replace("value: abc", &format!("value: {}", "ä".repeat(100_000)));
    on(&contract, &program, |environment, program| {
        let error = environment
            .holds(program)
            .expect_err("a text is not compared with a number");
        let shown = "ä".repeat(60);
        assert_eq!(
            error.message(),
            format!("`{shown}…` and `1` cannot be compared")
        );
    });
}
