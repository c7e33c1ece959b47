use mesh_diagnostics::Level;
use mesh_spec::document::Document;

use crate::example::{Example, Excerpt};
use crate::facts::secret;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "secret-in-manifest",
    group: Group::Secure,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "A manifest holds no credentials.",
    docs: "\
Manifests are published for everyone to read, and stay in the history of the repository after they
are corrected. A credential in one of them is a credential that everyone has.

mesh recognises private keys, passwords in addresses (`scheme://user:password@host`), tokens of
well-known services, and values under keys such as `password`, `token` or `clientSecret`. References
to a secret are fine: `${DB_PASSWORD}`, `vault:…`, `env:…`, `arn:…`. Remove the credential, refer to
it instead, and have it replaced, since it has been read. mesh never prints what it found.",
    fails: Example::files(&[Excerpt::contract(
        "\
customProperties:
  - property: password
    value: hunter2
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
customProperties:
  - property: password
    value: ${ORDERS_PASSWORD}
",
    )]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    for secret in secret::all(document) {
        let message = match secret.key {
            "" => format!("a key or value holds {}", secret.what),
            key => format!("`{key}` holds {}", secret.what),
        };
        // The engine keeps the credential out of every report, this and others.
        findings
            .at_span(document, secret.spans[0], secret.pointer, message)
            .help("remove it, refer to it as in `${NAME}`, and have it replaced");
    }
}
