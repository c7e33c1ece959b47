//! What would take too long, or too much memory, ends soon and has no value.

use std::time::{Duration, Instant};

use super::*;

/// How many there are of whatever a large contract has much of.
const MANY: usize = 3_000;

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
        list("servers", &|at| format!("{{server: s{at}, type: custom}}")),
        list("slaProperties", &|at| format!("{{property: l{at}, value: {at}}}")),
        list("tags", &|at| format!("t{at}")),
        list("support", &|at| format!("{{channel: c{at}}}")),
        "description:\n".to_owned(),
        format!("  purpose: {}\n", "long ".repeat(20_000)),
        "schema:\n  - name: orders\n    properties:\n".to_owned(),
        (0..MANY)
            .map(|at| format!("      - {{name: f{at}, quality: [{{metric: nullValues, mustBe: 0}}]}}\n"))
            .collect(),
    ]
    .concat()
}

/// What comes of a condition on a contract, and how long that takes.
fn timed(contract: &str, text: &str) -> (Result<bool, String>, Duration) {
    let program = program(text);
    on(contract, &program, |environment, program| {
        let start = Instant::now();
        let found = environment.holds(program).map_err(|error| error.message());
        (found, start.elapsed())
    })
}

/// Each does something for every field for which it goes through a long list, one way or another.
#[test]
fn loops_in_loops_over_a_large_contract_end_soon() {
    let contract = large();
    for text in [
        "contract.fields.all(f, contract.fields.all(g, f.name != '' || g.name != ''))",
        "!contract.fields.exists(f, contract.fields.exists(g, f.name == '' && g.name == ''))",
        "contract.fields.all(f, !contract.tags.exists(t, t == f.name))",
        "contract.fields.map(f, contract.fields.map(g, g)).size() > 0",
        "contract.fields.all(f, !(f.name in contract.tags))",
        "contract.fields.all(f, !(f.name in contract.custom))",
        "contract.fields.all(f, !has(contract.custom.absent))",
        "contract.fields.all(f, !has(contract.custom[f.name]))",
        "contract.fields.all(f, contract.custom.p2999 != 1)",
        "contract.fields.all(f, contract.custom.size() > 1)",
        "contract.fields.all(f, has(contract.custom))",
        "contract.fields.all(f, has(contract.sla.retention) || f.name != '')",
        "contract.fields.all(f, has(contract.sla['l2999']))",
        "contract.fields.all(f, contract.sla['l2999'].value != 0)",
        "contract.fields.all(f, contract.servers.size() > 0)",
        "contract.fields.all(f, contract.quality.size() > 0)",
        "contract.fields.all(f, has(contract.support))",
        "contract.fields.all(f, contract.slaProperties.exists(s, true))",
        "contract.fields.all(f, contract.purpose.contains('short') || contract.purpose.size() > 0 || true)",
        "contract.fields.all(f, contract.purpose != contract.purpose + 'x' || true)",
        "contract.fields.all(f, [contract.servers] == [contract.servers])",
        "contract.fields.all(f, contract.servers in [contract.servers])",
        "contract.fields.all(f, f.name.matches(f.name + '{9}') || true)",
    ] {
        let (found, took) = timed(&contract, text);
        assert!(took < LONG, "{text}: {took:?}");
        println!("{took:?} {found:?} {text}");
    }
}
