use std::net::{IpAddr, Ipv6Addr};

use mesh_diagnostics::{Change, Level, Safety};
use mesh_spec::document::Document;

use crate::example::{Example, Excerpt};
use crate::facts::scalars;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "url-not-https",
    group: Group::Addressable,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: Some(Safety::Unsafe),
    summary: "Links are encrypted.",
    docs: "\
Whoever follows a link with `http://` sends what they ask for, and often a session cookie, in the
clear, and cannot tell whether the answer comes from where they asked.

mesh looks at addresses: at keys such as `url`, `invitationUrl`, `endpointUrl`, `catalogUrl` and
`location`, and at custom properties whose name ends with `url`, `uri` or `link`. Addresses within a
machine or a private network (`localhost`, `10.0.0.7`, `registry.local`, a name without a dot) are
left alone, and so are terms of well-known vocabularies such as `http://purl.org/dc/terms/title`,
which are names and not links. Whether a server speaks `https` is not to be seen in a manifest, so
the fix is one to check.",
    fails: Example::files(&[Excerpt::product(
        "\
support:
  - channel: \"#orders\"
    tool: slack
    url: http://chat.example/orders
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
support:
  - channel: \"#orders\"
    tool: slack
    url: https://chat.example/orders
",
    )]),
    check: Check::Document(check),
};

const HTTP: &str = "http://";

/// What the keys of addresses end with, in small letters.
const ADDRESSES: [&str; 4] = ["url", "uri", "link", "location"];

/// Hosts of vocabularies whose terms are named by addresses that must stay as they are.
const VOCABULARIES: [&str; 9] = [
    "data.europa.eu",
    "dbpedia.org",
    "publications.europa.eu",
    "purl.obolibrary.org",
    "purl.org",
    "schema.org",
    "www.w3.org",
    "www.wikidata.org",
    "xmlns.com",
];

/// The ends of names that are given within a private network.
const PRIVATE: [&str; 8] = [
    ".local",
    ".localhost",
    ".localdomain",
    ".internal",
    ".intranet",
    ".lan",
    ".corp",
    ".home.arpa",
];

fn check(document: &Document, findings: &mut Findings<'_>) {
    // Hardly any document has one, and looking for it costs next to nothing.
    if document.kind().is_none() || !document.source.text().contains(HTTP) {
        return;
    }
    scalars::each_text(document, |text| {
        let Some(rest) = text.value.trim().strip_prefix(HTTP) else {
            return;
        };
        if !is_address(text.key) || is_left_alone(host(rest)) {
            return;
        }
        let pointer = text.pointer();
        if pointer.contains("/examples/") {
            return;
        }
        let key = text.key;
        let finding = findings
            .at(
                document,
                pointer.as_str(),
                format!("the `{key}` leads to {} without encryption", host(rest)),
            )
            .help("write `https://`, and make sure that the server answers there");
        // A port of its own speaks one of the two, and not the other.
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority == host(rest) {
            finding.fix(
                document,
                Safety::Unsafe,
                "use `https://`",
                vec![Change::set(pointer, format!("https://{rest}"))],
            );
        }
    });
}

/// Whether what stands under `key` is an address.
fn is_address(key: &str) -> bool {
    ADDRESSES.into_iter().any(|end| {
        let start = key.len().checked_sub(end.len());
        start
            .and_then(|start| key.get(start..))
            .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    })
}

/// The host of an address without its scheme.
fn host(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    if place.starts_with('[') {
        return place.find(']').map_or(place, |end| &place[..=end]);
    }
    place.split(':').next().unwrap_or_default()
}

/// Whether an address of `host` cannot or must not be encrypted, or is no address.
fn is_left_alone(host: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || "-._[]:".contains(c);
    if host.is_empty() || !host.chars().all(is_name) {
        return true;
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return match address {
            IpAddr::V4(address) => {
                address.is_private() || address.is_loopback() || address.is_link_local()
            }
            IpAddr::V6(address) => is_private_v6(address),
        };
    }
    let host = host.trim_end_matches('.').to_lowercase();
    !host.contains('.')
        || PRIVATE.into_iter().any(|end| host.ends_with(end))
        || host.split('.').any(|label| label == "svc")
        || VOCABULARIES.contains(&host.as_str())
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(yaml: &str) -> Vec<(String, bool)> {
        let text = format!("apiVersion: v1.1.0\nkind: DataProduct\nid: a\n{yaml}");
        let document = Document::parse("dataproduct.yaml", text.into_bytes(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&document, &mut findings);
        let found = findings.into_inner().into_iter();
        found.map(|d| (d.pointer, d.fix.is_some())).collect()
    }

    fn support(url: &str) -> Vec<(String, bool)> {
        found(&format!("support: [{{channel: a, url: '{url}'}}]\n"))
    }

    #[test]
    fn public_addresses_are_told_from_private_ones() {
        for url in [
            "http://chat.pharma.example/x",
            "http://8.8.8.8/x",
            "http://[2001:db8::1]/x",
            "http://localhost.example/",
            " http://a.example",
        ] {
            assert_eq!(support(url), [("/support/0/url".to_owned(), true)], "{url}");
        }
        for url in [
            "https://chat.pharma.example/x",
            "http://localhost:8080/x",
            "http://127.0.0.1",
            "http://10.1.2.3/x",
            "http://192.168.0.7:80/",
            "http://172.20.0.1/",
            "http://[::1]:80/",
            "http://registry/x",
            "http://registry.local/x",
            "http://api.team.svc.cluster.local/x",
            "http://purl.org/dc/terms/title",
            "http://${HOST}/x",
            "http://",
            "mailto:a@b.example",
        ] {
            assert_eq!(support(url), [], "{url}");
        }
    }

    #[test]
    fn an_address_with_a_port_or_a_user_is_not_changed() {
        let at = "/support/0/url".to_owned();
        assert_eq!(
            support("http://chat.pharma.example:8080/x"),
            [(at.clone(), false)]
        );
        assert_eq!(support("http://me@chat.pharma.example/x"), [(at, false)]);
    }

    #[test]
    fn only_addresses_are_looked_at() {
        let yaml = "\
description: {purpose: 'http://a.example is where it all began'}
tags: ['http://a.example']
customProperties:
  - {property: runbookUrl, value: 'http://a.example'}
  - {property: namespace, value: 'http://a.example'}
";
        assert_eq!(
            found(yaml),
            [("/customProperties/0/value".to_owned(), true)]
        );
    }
}
