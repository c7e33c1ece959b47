use mesh_diagnostics::Level;
use mesh_spec::terms::status;

use super::{CONSUMER, CONSUMER_CONTRACT};
use crate::example::{Example, Excerpt};
use crate::facts::{ending, words};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "consumes-retired",
    group: Group::Graph,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "No data product relies on one that is gone.",
    docs: "\
A retired product is no longer run. What still arrives from it is old, and the day its storage is
cleaned up it stops arriving. A product that relies on it promises what it cannot keep.

mesh looks at the `status` of the upstream product and of the contract. Move to what replaces it, or
remove the input port. A consumer that is retired itself is left alone.",
    fails: Example::files(&[
        Excerpt::product("status: retired\n"),
        CONSUMER,
        CONSUMER_CONTRACT,
    ]),
    passes: Example::files(&[
        Excerpt::product("status: active\n"),
        CONSUMER,
        CONSUMER_CONTRACT,
    ]),
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    for link in &mesh.links {
        if status::is(link.consumer.model.status.as_deref(), "retired") {
            continue;
        }
        let Some(ending) = ending::of_upstream(link, "retired") else {
            continue;
        };
        let port = words::input_port(link);
        findings
            .at(
                link.consumer.document,
                link.source_pointer(),
                format!("{port} relies on {}, which is retired", ending.subject),
            )
            .help("move to what replaces it, or remove the input port")
            .see(ending.document, &ending.pointer, "retired here");
    }
}
