//! Where data lies: the regions that servers name, and the legal areas these are in.

use std::collections::BTreeMap;

use mesh_spec::model::odcs::{DataContract, Server};
use mesh_spec::terms::region::{KEYS, in_custom, lies_in};

/// A region, as a contract says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Region<'w> {
    /// The region in the contract's own words.
    pub(crate) name: &'w str,
    said: Said,
}

/// Where a contract says a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// Under a key of a server.
    Key(usize, &'static str),
    /// In a custom property, by its position, of a server.
    OfServer(usize, usize),
    /// In a custom property, by its position, of the contract.
    OfContract(usize),
}

impl Region<'_> {
    /// JSON Pointer of the value that says the region.
    pub(crate) fn pointer(&self) -> String {
        match self.said {
            Said::Key(server, key) => format!("/servers/{server}/{key}"),
            Said::OfServer(server, at) => format!("/servers/{server}/customProperties/{at}/value"),
            Said::OfContract(at) => format!("/customProperties/{at}/value"),
        }
    }
}

/// The region of the server at `index`: what it says itself, else what its contract says of all.
pub(crate) fn of_server(contract: &DataContract, index: usize) -> Option<Region<'_>> {
    let server = contract.servers.get(index)?;
    let stated = KEYS
        .into_iter()
        .zip([&server.region, &server.region_name])
        .find_map(|(key, value)| Some((key, value.as_deref().filter(|name| is_text(name))?)));
    if let Some((key, name)) = stated {
        let said = Said::Key(index, key);
        return Some(Region { name, said });
    }
    let own = in_custom(&server.custom_properties);
    if let Some((at, name)) = own {
        let said = Said::OfServer(index, at);
        return Some(Region { name, said });
    }
    if let Some((key, name)) = in_address(server) {
        let said = Said::Key(index, key);
        return Some(Region { name, said });
    }
    let (at, name) = in_custom(&contract.custom_properties)?;
    let said = Said::OfContract(at);
    Some(Region { name, said })
}

/// Whether a server lies somewhere at all: a file or a database within a program does not.
pub(crate) fn has_place(server: &Server) -> bool {
    !matches!(server.r#type.as_deref(), Some("local" | "duckdb"))
}

/// Whether a value says anything. One that is still to be written is reported as that.
fn is_text(text: &str) -> bool {
    !text.trim().is_empty()
}

/// A region that is part of the address of a service, such as `kinesis.eu-west-1.amazonaws.com`, or
/// of an account, such as `xy12345.eu-central-1`, with the key it stands under.
fn in_address(server: &Server) -> Option<(&'static str, &str)> {
    let addresses = [
        ("host", &server.host),
        ("endpointUrl", &server.endpoint_url),
        ("location", &server.location),
        ("catalogUrl", &server.catalog_url),
        ("stagingDir", &server.staging_dir),
        ("account", &server.account),
    ];
    addresses.into_iter().find_map(|(key, value)| {
        let mut labels = value.as_deref()?.split(['.', '/', ':', '@', '?']);
        Some((key, labels.find(|label| is_provider_region(label))?))
    })
}

/// The legal area that a region lies in, as far as that is known: by the areas that the mesh has
/// agreed on, or without any by what the large providers call their regions.
pub(crate) fn area<'v>(
    region: &str,
    agreed: Option<&'v BTreeMap<String, Vec<String>>>,
) -> Option<&'v str> {
    let Some(agreed) = agreed else {
        return known_area(region);
    };
    let entry = agreed
        .iter()
        .find(|(area, regions)| lies_in(region, area, regions));
    entry.map(|(area, _)| area.as_str())
}

fn is_provider_region(label: &str) -> bool {
    // Shorter ones, such as `eu`, are regions only where a region is asked for.
    (6..=32).contains(&label.len()) && provider_area(&label.to_ascii_lowercase()).is_some()
}

/// The area of a region that one of the large providers has, or of a country.
fn known_area(region: &str) -> Option<&'static str> {
    let region = region.trim().to_ascii_lowercase().replace('_', "-");
    let bare = ["aws-", "gcp-", "azure-"]
        .iter()
        .find_map(|prefix| region.strip_prefix(prefix))
        .unwrap_or(&region);
    provider_area(bare).or_else(|| country_area(bare))
}

/// The area of a region of AWS, Google Cloud or Azure, in small letters.
fn provider_area(region: &str) -> Option<&'static str> {
    exception(region)
        .or_else(|| azure_area(region))
        .or_else(|| prefix_area(region))
}

/// Regions in whose names the continent hides the country.
fn exception(region: &str) -> Option<&'static str> {
    // An availability zone lies in its region: `eu-west-2a`, `europe-west2-b`.
    let is_zone = |rest: &str| {
        matches!(
            rest.strip_prefix('-').unwrap_or(rest).as_bytes(),
            [] | [b'a'..=b'f']
        )
    };
    EXCEPTIONS.iter().find_map(|(name, area)| {
        region
            .strip_prefix(name)
            .is_some_and(is_zone)
            .then_some(*area)
    })
}

const EXCEPTIONS: [(&str, &str); 40] = [
    ("eu-west-2", "uk"),
    ("eu-central-2", "ch"),
    ("europe-west2", "uk"),
    ("europe-west6", "ch"),
    ("northamerica-northeast1", "ca"),
    ("northamerica-northeast2", "ca"),
    ("northamerica-south1", "mx"),
    ("southamerica-east1", "br"),
    ("southamerica-west1", "cl"),
    ("sa-east-1", "br"),
    ("mx-central-1", "mx"),
    ("ap-northeast-1", "jp"),
    ("ap-northeast-2", "kr"),
    ("ap-northeast-3", "jp"),
    ("ap-south-1", "in"),
    ("ap-south-2", "in"),
    ("ap-southeast-1", "sg"),
    ("ap-southeast-2", "au"),
    ("ap-southeast-3", "id"),
    ("ap-southeast-4", "au"),
    ("ap-southeast-5", "my"),
    ("ap-southeast-7", "th"),
    ("ap-east-1", "hk"),
    ("ap-east-2", "tw"),
    ("me-south-1", "bh"),
    ("me-central-1", "ae"),
    ("il-central-1", "il"),
    ("af-south-1", "za"),
    ("asia-east1", "tw"),
    ("asia-east2", "hk"),
    ("asia-northeast1", "jp"),
    ("asia-northeast2", "jp"),
    ("asia-northeast3", "kr"),
    ("asia-south1", "in"),
    ("asia-south2", "in"),
    ("asia-southeast1", "sg"),
    ("asia-southeast2", "id"),
    ("me-west1", "il"),
    ("me-central1", "qa"),
    ("africa-south1", "za"),
];

/// The directions by which providers tell the regions of a place apart.
const DIRECTIONS: [&str; 5] = ["west", "north", "south", "east", "central"];

/// Regions named by a place and a direction: `westeurope`, `eastus2`, `germanywestcentral`.
fn azure_area(region: &str) -> Option<&'static str> {
    const PLACES: [(&str, &str); 27] = [
        ("europe", "eu"),
        ("germany", "eu"),
        ("france", "eu"),
        ("italy", "eu"),
        ("poland", "eu"),
        ("spain", "eu"),
        ("sweden", "eu"),
        ("norway", "eu"),
        ("austria", "eu"),
        ("belgium", "eu"),
        ("denmark", "eu"),
        ("greece", "eu"),
        ("switzerland", "ch"),
        ("uk", "uk"),
        ("us", "us"),
        ("canada", "ca"),
        ("brazil", "br"),
        ("mexico", "mx"),
        ("australia", "au"),
        ("japan", "jp"),
        ("korea", "kr"),
        ("india", "in"),
        ("uae", "ae"),
        ("qatar", "qa"),
        ("israel", "il"),
        ("southafrica", "za"),
        ("newzealand", "nz"),
    ];
    let mut rest = region.trim_end_matches(|c: char| c.is_ascii_digit());
    // `west-europe` is how an account is written that lies in `westeurope`.
    let strip_start = |text: &mut &str| {
        let found = DIRECTIONS.iter().find_map(|word| text.strip_prefix(word));
        if let Some(left) = found {
            *text = left.strip_prefix('-').unwrap_or(left);
        }
        found.is_some()
    };
    // South Africa is a place, not the south of one.
    let is_place = |text: &str| PLACES.iter().any(|(place, _)| text.starts_with(place));
    let mut directed = false;
    while !is_place(rest) && strip_start(&mut rest) {
        directed = true;
    }
    let (place, area) = PLACES.iter().find(|(place, _)| rest.starts_with(place))?;
    rest = &rest[place.len()..];
    while strip_start(&mut rest) {
        directed = true;
    }
    (directed && rest.is_empty()).then_some(*area)
}

/// Regions whose first word is their area: `eu-central-1`, `europe-west3`, `us-east4`.
fn prefix_area(region: &str) -> Option<&'static str> {
    let (place, rest) = region.split_once('-')?;
    let area = match place {
        "eu" | "eusc" | "europe" => "eu",
        "us" => "us",
        "ca" => "ca",
        "cn" => "cn",
        "australia" => "au",
        _ => return None,
    };
    let rest = rest.trim_start_matches("gov-").trim_start_matches("iso-");
    let rest = rest.trim_start_matches("isob-").trim_start_matches("de-");
    let mut rest = DIRECTIONS.iter().find_map(|word| rest.strip_prefix(word))?;
    while let Some(left) = DIRECTIONS.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = left;
    }
    // The number, and the letter of an availability zone.
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let zone = digits.strip_prefix('-').unwrap_or(digits);
    (digits.len() < rest.len() && matches!(zone.as_bytes(), [] | [b'a'..=b'f'])).then_some(area)
}

/// The area that a country, as an ISO 3166-1 alpha-2 code, is in: itself, but for those in which the
/// law of the EU on personal data holds.
fn country_area(code: &str) -> Option<&'static str> {
    const EUROPEAN: [&str; 32] = [
        "eu", "eea", "at", "be", "bg", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hr",
        "hu", "ie", "is", "it", "li", "lt", "lu", "lv", "mt", "nl", "no", "pl", "pt", "ro", "se",
        "si", "sk",
    ];
    const OTHERS: [(&str, &str); 22] = [
        ("gb", "uk"),
        ("uk", "uk"),
        ("us", "us"),
        ("usa", "us"),
        ("ch", "ch"),
        ("ca", "ca"),
        ("au", "au"),
        ("br", "br"),
        ("cn", "cn"),
        ("in", "in"),
        ("jp", "jp"),
        ("kr", "kr"),
        ("sg", "sg"),
        ("mx", "mx"),
        ("za", "za"),
        ("il", "il"),
        ("ae", "ae"),
        ("hk", "hk"),
        ("tw", "tw"),
        ("nz", "nz"),
        ("id", "id"),
        ("cl", "cl"),
    ];
    if EUROPEAN.contains(&code) {
        return Some("eu");
    }
    OTHERS
        .iter()
        .find(|(country, _)| *country == code)
        .map(|(_, area)| *area)
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;

    use super::*;

    #[test]
    fn regions_of_providers_and_countries_lie_in_areas() {
        for (region, expected) in [
            ("eu-central-1", Some("eu")),
            ("eu-central-1a", Some("eu")),
            ("eu-west-2", Some("uk")),
            ("eu-central-2", Some("ch")),
            ("eu-central-22", Some("eu")),
            ("us-east-1", Some("us")),
            ("us-gov-west-1", Some("us")),
            ("ap-northeast-1", Some("jp")),
            ("europe-west3", Some("eu")),
            ("europe-west2", Some("uk")),
            ("europe-west12", Some("eu")),
            ("europe-west4-b", Some("eu")),
            ("us-central1", Some("us")),
            ("northamerica-northeast1", Some("ca")),
            ("westeurope", Some("eu")),
            ("West-Europe", Some("eu")),
            ("germanywestcentral", Some("eu")),
            ("switzerlandnorth", Some("ch")),
            ("uksouth", Some("uk")),
            ("eastus2", Some("us")),
            ("southcentralus", Some("us")),
            ("southafricanorth", Some("za")),
            ("australiaeast", Some("au")),
            ("AWS_EU_CENTRAL_1", Some("eu")),
            ("EU", Some("eu")),
            ("US", Some("us")),
            ("de", Some("eu")),
            ("GB", Some("uk")),
            ("frankfurt", None),
            ("europe", None),
            ("us", Some("us")),
            ("eu-sales-1", None),
            ("ap-middle-1", None),
            ("usage", None),
            ("westwing", None),
            ("", None),
        ] {
            assert_eq!(area(region, None), expected, "{region}");
        }
    }

    #[test]
    fn agreed_areas_are_the_only_ones() {
        let agreed = BTreeMap::from([
            (
                "europe".to_owned(),
                vec!["frankfurt".to_owned(), "eu-west-2".to_owned()],
            ),
            ("america".to_owned(), vec!["us-east-1".to_owned()]),
        ]);
        let agreed = Some(&agreed);
        assert_eq!(area("Frankfurt", agreed), Some("europe"));
        assert_eq!(area("eu-west-2", agreed), Some("europe"));
        assert_eq!(area("america", agreed), Some("america"));
        assert_eq!(area("eu-central-1", agreed), None);
    }

    #[test]
    fn a_region_is_found_wherever_a_server_says_it() {
        let found = |server: &str, more: &str| {
            let yaml = format!(
                "apiVersion: v3.2.0\nkind: DataContract\nid: a\nservers: [{{server: s, {server}}}]\n{more}"
            );
            let document = Document::parse("a.odcs.yaml", yaml.into_bytes(), None);
            let contract = document.contract().expect("it is a contract");
            of_server(contract, 0).map(|region| (region.name.to_owned(), region.pointer()))
        };
        let at = |name: &str, pointer: &str| Some((name.to_owned(), pointer.to_owned()));
        for (server, expected) in [
            (
                "type: kinesis, region: eu-west-1",
                at("eu-west-1", "/servers/0/region"),
            ),
            (
                "type: kafka, host: k, customProperties: [{property: dataResidency, value: CH}]",
                at("CH", "/servers/0/customProperties/0/value"),
            ),
            (
                "type: api, location: 'https://x.execute-api.eu-west-1.amazonaws.com/v1'",
                at("eu-west-1", "/servers/0/location"),
            ),
            (
                "type: snowflake, account: xy12345.west-europe.azure, database: d, schema: s",
                at("west-europe", "/servers/0/account"),
            ),
            (
                "type: snowflake, account: pharma-eu, database: d, schema: s",
                None,
            ),
            ("type: kafka, host: us.example", None),
            (
                "type: kinesis, region: TODO",
                at("TODO", "/servers/0/region"),
            ),
            ("type: kinesis, region: ' '", None),
        ] {
            assert_eq!(found(server, ""), expected, "{server}");
        }
        let more = "customProperties: [{property: region, value: eu}]\n";
        assert_eq!(
            found("type: kafka, host: k", more),
            at("eu", "/customProperties/0/value")
        );
    }
}
