//! Links to the business glossary.

use mesh_spec::model::AuthoritativeDefinition;

use super::placeholder::is_placeholder;

/// The type that the standard recommends for such a link.
const STANDARD: &str = "businessDefinition";

/// What the type of a link contains that leads to the meaning of something, in lower case:
/// `businessDefinition`, `glossary`, `businessTerm`, `semantics`.
const KINDS: [&str; 4] = ["definition", "glossary", "term", "semantic"];

/// Whether `link` leads to what something means: into the glossary whose pages lie below
/// `addresses`, or where that is not known, to what its type calls a definition.
pub(crate) fn leads_there(link: &AuthoritativeDefinition, addresses: Option<&[String]>) -> bool {
    let url = link.url.as_deref().unwrap_or_default().trim();
    if url.is_empty() || is_placeholder(url) {
        return false;
    }
    match addresses {
        Some(addresses) => addresses.iter().any(|address| is_below(url, address)),
        None => is_definition(link),
    }
}

/// Whether the type of `link` says that it leads to what something means.
pub(crate) fn is_definition(link: &AuthoritativeDefinition) -> bool {
    let kind = link.r#type.as_deref().unwrap_or_default();
    if kind == STANDARD {
        return true;
    }
    let kind = kind.as_bytes();
    KINDS.iter().any(|known| {
        let mut windows = kind.windows(known.len());
        windows.any(|window| window.eq_ignore_ascii_case(known.as_bytes()))
    })
}

/// Whether `url` is `address` or a page below it; `…/terms-of-use` does not lie below `…/terms`.
fn is_below(url: &str, address: &str) -> bool {
    let address = address.trim();
    url.strip_prefix(address).is_some_and(|rest| {
        rest.is_empty()
            || address.ends_with(['/', '#', '=', ':'])
            || rest.starts_with(['/', '#', '?'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(kind: &str, url: &str) -> AuthoritativeDefinition {
        AuthoritativeDefinition {
            r#type: Some(kind.to_owned()),
            url: Some(url.to_owned()),
            ..AuthoritativeDefinition::default()
        }
    }

    #[test]
    fn without_a_glossary_the_type_of_a_link_tells() {
        for (kind, expected) in [
            ("businessDefinition", true),
            ("business-definition", true),
            ("Glossary", true),
            ("businessTerm", true),
            ("implementation", false),
            ("canonicalUrl", false),
            ("videoTutorial", false),
            ("", false),
        ] {
            let found = leads_there(&link(kind, "https://a.example/x"), None);
            assert_eq!(found, expected, "{kind}");
        }
        assert!(!leads_there(&link("businessDefinition", "TODO"), None));
        assert!(!leads_there(&link("businessDefinition", " "), None));
    }

    #[test]
    fn with_a_glossary_the_address_of_a_link_tells() {
        let addresses = ["https://g.example/terms".to_owned(), "urn:term:".to_owned()];
        for (url, expected) in [
            ("https://g.example/terms/order", true),
            ("https://g.example/terms#order", true),
            ("https://g.example/terms", true),
            ("urn:term:order", true),
            ("https://g.example/terms-of-use", false),
            ("https://wiki.example/terms/order", false),
        ] {
            let found = leads_there(&link("anything", url), Some(&addresses));
            assert_eq!(found, expected, "{url}");
        }
    }
}
