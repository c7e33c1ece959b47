use mesh_diagnostics::{Level, nearest};
use mesh_spec::document::{Content, Document};

use crate::example::{Example, Excerpt};
use crate::facts::placeholder::is_placeholder;
use crate::facts::words;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "domain-unknown",
    group: Group::Discoverable,
    level: Level::Error,
    preset: Preset::Standard,
    fix: None,
    summary: "The domain is one that the mesh has agreed on.",
    docs: "\
People browse a mesh by its domains. A product under `comercial` is in a domain of its own: nobody
who looks for commercial data finds it, and the owners of the domain do not know that they have it.

Once the vocabulary `domains` lists the domains of the mesh, mesh compares `domain` of each product
and each contract with it, letter by letter. Without that vocabulary any domain will do. Use a
domain of the list, or add the new one to it.",
    fails: Example::files(&[
        Excerpt::new(
            "mesh.yaml",
            "vocabularies:\n  domains: [commercial, quality, supply-chain]\n",
        ),
        Excerpt::product("domain: comercial\n"),
    ]),
    passes: Example::files(&[
        Excerpt::new(
            "mesh.yaml",
            "vocabularies:\n  domains: [commercial, quality, supply-chain]\n",
        ),
        Excerpt::product("domain: commercial\n"),
    ]),
    check: Check::Document(check),
};

fn check(document: &Document, findings: &mut Findings<'_>) {
    let Some(domains) = &findings.vocabularies().domains else {
        return;
    };
    let domain = match &document.content {
        Content::Product(product) => product.domain.as_deref(),
        Content::Contract(contract) => contract.domain.as_deref(),
        Content::Other => None,
    };
    let Some(domain) = domain else {
        return;
    };
    let is_written = !domain.trim().is_empty() && !is_placeholder(domain);
    if !is_written || domains.iter().any(|known| known == domain) {
        return;
    }
    let known = domains.iter().map(String::as_str);
    let help = match nearest(domain.trim(), known.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if domains.is_empty() => "add it to the vocabulary `domains`".to_owned(),
        None => format!(
            "use one of {}, or add it to the vocabulary `domains`",
            words::listed(known)
        ),
    };
    findings
        .at(
            document,
            "/domain",
            format!("`{domain}` is no domain of the mesh"),
        )
        .help(help);
}

#[cfg(test)]
mod tests {
    use mesh_spec::vocabulary::Vocabularies;

    use super::*;

    fn found(head: &str, domain: &str, domains: Option<&[&str]>) -> Option<String> {
        let yaml = format!("{head}\nid: a\ndomain: {domain}\n");
        let document = Document::parse("a.yaml", yaml.into(), None);
        let mut options = crate::engine::Options::as_of("2026-06-30");
        options.settings.vocabularies = Vocabularies {
            domains: domains.map(|all| all.iter().map(ToString::to_string).collect()),
            ..Vocabularies::default()
        };
        let mut findings = Findings::new(&RULE, &options);
        check(&document, &mut findings);
        findings.into_inner().pop().and_then(|found| found.help)
    }

    #[test]
    fn only_a_vocabulary_makes_a_domain_unknown() {
        let product = "apiVersion: v1.1.0\nkind: DataProduct";
        let contract = "apiVersion: v3.2.0\nkind: DataContract\nversion: 1.0.0";
        let known: Option<&[&str]> = Some(&["commercial", "quality"]);
        for head in [product, contract] {
            assert_eq!(found(head, "sales", None), None);
            assert_eq!(found(head, "quality", known), None);
            assert_eq!(found(head, "TODO", known), None);
            assert_eq!(found(head, "''", known), None);
            let meant = found(head, "Quality", known);
            assert_eq!(meant.as_deref(), Some("did you mean `quality`?"));
            let none = found(head, "sales", known).unwrap_or_default();
            assert!(none.starts_with("use one of commercial, quality"), "{none}");
            let empty = found(head, "sales", Some(&[])).unwrap_or_default();
            assert_eq!(empty, "add it to the vocabulary `domains`");
        }
    }
}
