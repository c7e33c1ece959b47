//! What it costs to hold many products to many policies.

use std::fmt::Write as _;
use std::io;
use std::time::Instant;

use mesh_policy::{Origin, Policies, Terms, read};
use mesh_spec::terms::dates::Day;

/// Policies in the pack.
pub(super) const POLICIES: usize = 50;

/// Conditions like those that people write, each about something else: what it is for, when it applies, and what it
/// requires. The parameter in them is `params.p`.
const CONDITIONS: [(&str, &str, &str); 10] = [
    (
        "contract",
        "contract.status == 'active'",
        "has(contract.sla.retention) && contract.sla.retention.days >= params.p",
    ),
    (
        "contract",
        "contract.fields.exists(f, 'personal' in f.tags)",
        "contract.servers.size() > 0 && contract.servers.all(s, has(s.region))",
    ),
    (
        "contract",
        "true",
        "contract.fields.size() > 0 && contract.fields.all(f, has(f.classification))",
    ),
    (
        "field",
        "field.primaryKey || field.classification == 'restricted'",
        "has(field.description) && field.name.matches('^[a-z][a-z0-9_]*$')",
    ),
    (
        "contract",
        "!('draft' in contract.tags)",
        "contract.fields.all(f, !('health' in f.tags) || (f.classification == 'restricted' && has(f.encryptedName)))",
    ),
    (
        "output-port",
        "product.status == 'active'",
        "has(outputPort.contract) && outputPort.contract.status == 'active'",
    ),
    (
        "role",
        "true",
        "has(role.name) && (has(role.firstLevelApprovers) || role.access != 'write')",
    ),
    (
        "product",
        "true",
        "product.owners.size() > 0 && product.support.exists(c, has(c.url)) && has(product.purpose)",
    ),
    (
        "contract",
        "'gxp' in contract.tags",
        "['recorded_at', 'recorded_by'].all(n, contract.fields.exists(f, f.name == n))",
    ),
    (
        "contract",
        "true",
        "contract.fields.filter(f, has(f.description)).size() * 10 >= contract.fields.size() * 8",
    ),
];

/// The text of a pack of [`POLICIES`] policies.
pub(super) fn pack() -> String {
    let mut text = String::from(
        "kind: PolicyPack\nmetadata: {name: bench, version: 1.0.0, owner: bench}\n\
         params:\n  p: {value: 1, tighten: up}\npolicies:\n",
    );
    for at in 0..POLICIES {
        let (subject, when, require) = CONDITIONS[at % CONDITIONS.len()];
        // No two are the same text.
        let require = format!("{require} && {at} < {POLICIES}");
        let _ = writeln!(
            text,
            "  - id: policy-{at}\n    for: {subject}\n    when: \"{when}\"\n    require: \"{require}\"\n    \
             message: policy {at} does not hold\n    level: warn"
        );
    }
    text
}

/// How long it takes to read and to check the pack, in milliseconds: the median of some runs.
pub(super) fn compile() -> io::Result<f64> {
    const RUNS: usize = 51;
    let text = pack();
    let as_of = Day::exactly("2026-12-15").ok_or_else(|| io::Error::other("no day"))?;
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let bytes = text.clone().into_bytes();
        let started = Instant::now();
        let file = read("pack.yaml", bytes, Origin::Local)
            .map_err(|mistakes| io::Error::other(format!("{:?}", mistakes.into_findings())))?;
        let terms = Terms {
            as_of,
            rules: &[],
            aliases: &[],
        };
        let policies = Policies::new(vec![file], terms)
            .map_err(|mistakes| io::Error::other(format!("{mistakes:?}")))?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
        drop(policies);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[RUNS / 2])
}
