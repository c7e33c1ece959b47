//! Who may do what in a registry.
//!
//! Everything here is a pure function of what the registry held *before* a change: its settings, and the owners of the
//! domain in question. The client asks for the tip that it publishes onto, and `mesh registry verify` for the base of a
//! change. A change is never judged by what it brings.
//!
//! | what is changed | by whom |
//! |---|---|
//! | `products/<domain>/…`, `status/<domain>/…` | owners of the domain; anybody, if it has no owners file and the registry does not require one |
//! | `owners/<domain>.yaml`, which is there | owners of the domain, and stewards |
//! | `owners/<domain>.yaml`, which is new | stewards; anybody, if the registry has none |
//! | everything else | stewards; anybody, if the registry has none |
//!
//! "Anybody" means whoever the git host lets push. An identity is what git says, unless a signature binds it.

use crate::{
    Error, Refusal, Result, layout, names,
    owners::Owners,
    settings::{Demand, Settings},
};

/// Whose something in a registry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area<'p> {
    /// What a domain publishes, and the events about that.
    Domain(&'p str),
    /// Who the owners of a domain are.
    Owners(&'p str),
    /// What belongs to no domain: the format file, policies, and whatever mesh does not know. It is called by its path.
    Registry(&'p str),
}

impl<'p> Area<'p> {
    /// The area that a path in the registry belongs to.
    pub fn of(path: &'p str) -> Self {
        let is_name = |domain: &&str| names::is_name(domain);
        let mut parts = path.split('/');
        let (first, second) = (parts.next(), parts.next());
        let more = parts.next().is_some();
        match (first, second) {
            (Some(layout::PRODUCTS | layout::STATUS), Some(domain))
                if more && names::is_name(domain) =>
            {
                Self::Domain(domain)
            }
            (Some(layout::OWNERS), Some(file)) if !more => file
                .strip_suffix(layout::OWNERS_SUFFIX)
                .filter(is_name)
                .map_or(Self::Registry(path), Self::Owners),
            _ => Self::Registry(path),
        }
    }

    /// The domain whose owners have to be known to decide.
    pub fn domain(&self) -> Option<&'p str> {
        match self {
            Self::Domain(domain) | Self::Owners(domain) => Some(domain),
            Self::Registry(_) => None,
        }
    }
}

/// Whether somebody may change an area of a registry with these settings. `owners` are those of [`Area::domain`], if it
/// has any.
///
/// # Errors
/// [`Refusal::NotOwner`], [`Refusal::NoOwners`] or [`Refusal::NotSteward`]: why not, and who may.
pub fn check(
    settings: &Settings,
    area: Area<'_>,
    owners: Option<&Owners>,
    email: &str,
) -> Result<()> {
    let is_steward = settings.stewards.person(email).is_some();
    match (area, owners) {
        (Area::Domain(_) | Area::Owners(_), Some(owners)) if owners.person(email).is_some() => {
            Ok(())
        }
        (Area::Owners(_), Some(_)) if is_steward => Ok(()),
        (Area::Domain(domain) | Area::Owners(domain), Some(owners)) => {
            Err(Error::Refusal(Refusal::NotOwner {
                domain: domain.to_owned(),
                who: email.to_owned(),
                owners: owners.emails(),
            }))
        }
        (Area::Domain(domain), None) => match settings.owners {
            Demand::Optional => Ok(()),
            Demand::Required => Err(Error::Refusal(Refusal::NoOwners {
                domain: domain.to_owned(),
                who: email.to_owned(),
                stewards: settings.stewards.emails(),
            })),
        },
        (Area::Owners(_) | Area::Registry(_), _) if is_steward || settings.stewards.is_empty() => {
            Ok(())
        }
        (Area::Owners(domain), None) => {
            Err(not_steward(settings, &layout::owners_file(domain), email))
        }
        (Area::Registry(path), _) => Err(not_steward(settings, path, email)),
    }
}

fn not_steward(settings: &Settings, path: &str, email: &str) -> Error {
    Error::Refusal(Refusal::NotSteward {
        path: path.to_owned(),
        who: email.to_owned(),
        stewards: settings.stewards.emails(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(emails: &[&str]) -> Option<Owners> {
        let list = emails.iter().map(|email| format!("{{email: {email}}}"));
        let text = format!("owners: [{}]", list.collect::<Vec<_>>().join(", "));
        Owners::from_bytes("owners/sales.yaml", text.as_bytes()).ok()
    }

    fn settings(text: &str) -> Settings {
        let text = format!("format: 1\n{text}\n");
        layout::settings("r", text.as_bytes()).expect("good settings")
    }

    #[test]
    fn paths_have_areas() {
        for (path, area) in [
            (
                "products/sales/orders/1.0.0/record.json",
                Area::Domain("sales"),
            ),
            ("products/sales/x", Area::Domain("sales")),
            ("status/sales/orders/1.0.0/00.json", Area::Domain("sales")),
            ("owners/sales.yaml", Area::Owners("sales")),
        ] {
            assert_eq!(Area::of(path), area, "{path}");
        }
        for path in [
            "",
            "products",
            "products/sales",
            "products/Sales/orders",
            "products/../owners/sales.yaml",
            "products//orders",
            "owners",
            "owners/Sales.yaml",
            "owners/sales.yml",
            "owners/sales.yaml/x",
            "owners/a/sales.yaml",
            "policies/packs/core/1.0.0.yaml",
            "mesh-registry.yaml",
            ".gitattributes",
            "CODEOWNERS",
        ] {
            assert_eq!(Area::of(path), Area::Registry(path), "{path}");
        }
    }

    #[test]
    fn a_domain_belongs_to_its_owners() {
        let sales = owners(&["anna@example.com"]);
        let may = |text: &str, owners: Option<&Owners>, who: &str| {
            check(&settings(text), Area::Domain("sales"), owners, who)
        };
        assert!(may("", sales.as_ref(), "Anna@Example.com").is_ok());
        assert!(matches!(
            may("", sales.as_ref(), "ben@example.com"),
            Err(Error::Refusal(Refusal::NotOwner { domain, who, owners }))
                if domain == "sales" && who == "ben@example.com" && owners == ["anna@example.com"]
        ));
        assert!(may("", None, "ben@example.com").is_ok());
        let required = "owners: required\nstewards: [{email: office@example.com}]";
        assert!(matches!(
            may(required, None, "ben@example.com"),
            Err(Error::Refusal(Refusal::NoOwners { stewards, .. })) if stewards == ["office@example.com"]
        ));
        // Stewards govern, and publish no more than anybody else.
        assert!(may(required, sales.as_ref(), "office@example.com").is_err());
        assert!(may(required, sales.as_ref(), "anna@example.com").is_ok());
    }

    #[test]
    fn owners_are_changed_by_owners_and_stewards() {
        let sales = owners(&["anna@example.com"]);
        let stewards = "stewards: [{team: office, members: [{email: office@example.com}]}]";
        let may = |text: &str, owners: Option<&Owners>, who: &str| {
            check(&settings(text), Area::Owners("sales"), owners, who).is_ok()
        };
        assert!(may(stewards, sales.as_ref(), "anna@example.com"));
        assert!(may(stewards, sales.as_ref(), "office@example.com"));
        assert!(!may(stewards, sales.as_ref(), "ben@example.com"));
        assert!(!may("", sales.as_ref(), "ben@example.com"));
        assert!(may(stewards, None, "office@example.com"));
        assert!(!may(stewards, None, "ben@example.com"));
        assert!(may("owners: required", None, "ben@example.com"));
    }

    #[test]
    fn what_belongs_to_no_domain_belongs_to_the_stewards() {
        let area = Area::Registry("policies/waivers/x.yaml");
        let stewards = settings("stewards: [{email: office@example.com}]");
        assert!(check(&stewards, area, None, "OFFICE@example.com").is_ok());
        assert!(matches!(
            check(&stewards, area, None, "anna@example.com"),
            Err(Error::Refusal(Refusal::NotSteward { path, .. })) if path == "policies/waivers/x.yaml"
        ));
        assert!(check(&Settings::default(), area, None, "anna@example.com").is_ok());
    }
}
