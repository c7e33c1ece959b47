use mesh_diagnostics::{Change, Level, Safety};
use mesh_spec::document::{Content, Document};
use mesh_spec::workspace::parse_version;

use crate::example::{Example, Excerpt};
use crate::facts::placeholder::is_placeholder;
use crate::facts::words;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "version-not-semver",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: Some(Safety::Safe),
    summary: "Versions of products, output ports and contracts are semantic versions.",
    docs: "\
A consumer reads from a version whether an update can break what they built: `2.0.0` after `1.4.2`
can, `1.5.0` cannot. That only works if every version has the three numbers of [semantic
versioning](https://semver.org), which the schemas do not demand.

mesh looks at `version` of the product, of its output ports and of contracts. Input ports repeat the
version that their provider chose, so they are left alone. A leading `v` is ignored when versions
are compared, but it is no part of a semantic version: that is a warning.",
    fails: Example::files(&[Excerpt::product("version: \"1.0\"\n")]),
    passes: Example::files(&[Excerpt::product("version: 1.0.0\n")]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    match &document.content {
        Content::Product(product) => {
            check_one(
                document,
                product.version.as_deref(),
                "/version",
                "the data product",
                findings,
            );
            for (index, port) in product.output_ports.iter().enumerate() {
                let pointer = format!("/outputPorts/{index}/version");
                let subject = words::output_port(port.name.as_deref(), index);
                check_one(
                    document,
                    port.version.as_deref(),
                    &pointer,
                    &subject,
                    findings,
                );
            }
        }
        Content::Contract(contract) => {
            check_one(
                document,
                contract.version.as_deref(),
                "/version",
                "the data contract",
                findings,
            );
        }
        Content::Other => {}
    }
}

fn check_one(
    document: &Document,
    version: Option<&str>,
    pointer: &str,
    subject: &str,
    findings: &mut Findings<'_>,
) {
    let Some(version) = version.filter(|version| !is_placeholder(version)) else {
        return;
    };
    match parse_version(version).map(|parsed| parsed.to_string()) {
        Some(bare) if bare == version => {}
        Some(bare) => {
            findings
                .at(
                    document,
                    pointer,
                    format!("the version `{version}` of {subject} starts with a `v`"),
                )
                .help(format!("write `version: {bare}`"))
                .level(Level::Warn)
                .fix(
                    document,
                    Safety::Safe,
                    "take the `v` off the version",
                    vec![Change::set(pointer, bare)],
                );
        }
        None => {
            let complete = completed(version);
            let help = match &complete {
                Some(complete) => format!("write all three numbers: `version: {complete}`"),
                None => "write three numbers, as in `version: 1.0.0`, and raise the first when consumers would break"
                    .to_owned(),
            };
            let message = format!("the version `{version}` of {subject} is not a semantic version");
            let finding = findings.at(document, pointer, message).help(help);
            if let Some(complete) = complete {
                let title = format!("complete the version to `{complete}`");
                let changes = vec![Change::set(pointer, complete)];
                finding.fix(document, Safety::Unsafe, title, changes);
            }
        }
    }
}

/// The version with the numbers that it left out: `1.2` was meant to be `1.2.0`.
fn completed(version: &str) -> Option<String> {
    [".0", ".0.0"]
        .into_iter()
        .find_map(|rest| parse_version(&format!("{version}{rest}")))
        .map(|version| version.to_string())
}
