use mesh_diagnostics::Level;
use mesh_spec::terms::status;

use super::{CONSUMER, CONSUMER_CONTRACT};
use crate::example::{Example, Excerpt};
use crate::facts::{ending, words};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "consumes-draft",
    group: Group::Graph,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "No active data product relies on one that is still being made.",
    docs: "\
A draft may change or vanish without notice; that is what the word is for. A product that promises
something on top of it promises what nobody has promised to it.

mesh looks at products with `status: active` and at the `status` of the upstream product and of the
contract: `draft` or `proposed`. Wait until it is active, or say that the consumer is a draft as
well.",
    fails: Example::files(&[
        Excerpt::product("status: draft\n"),
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
        // What is about to go, or gone, is worse than what is not there yet.
        let is_ending = |status| ending::of_upstream(link, status).is_some();
        if !status::is(link.consumer.model.status.as_deref(), "active")
            || is_ending("retired")
            || is_ending("deprecated")
        {
            continue;
        }
        let unfinished = ["draft", "proposed"]
            .into_iter()
            .find_map(|status| Some((status, ending::of_upstream(link, status)?)));
        let Some((status, upstream)) = unfinished else {
            continue;
        };
        let which = match status {
            "draft" => "a draft",
            _ => "only proposed",
        };
        findings
            .at(
                link.consumer.document,
                link.source_pointer(),
                format!(
                    "{} relies on {}, which is {which}",
                    words::input_port(link),
                    upstream.subject
                ),
            )
            .help("wait until it is active, or make this data product a draft")
            .see(
                upstream.document,
                &upstream.pointer,
                format!("{which} here"),
            );
    }
}
