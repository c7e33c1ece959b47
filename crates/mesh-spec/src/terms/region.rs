//! Where data lies: what says the region of a server, and of all servers of a contract or a product.

use super::custom::is_called;
use crate::model::CustomProperty;

/// The keys of a server that say its region, the first one first.
pub const KEYS: [&str; 2] = ["region", "regionName"];

/// Names of custom properties that say a region, as [`is_called`] compares them. A region may also be
/// one of sales or of care, so that no other words may stand before it.
pub const NAMES: &[&str] = &[
    "region",
    "regionname",
    "awsregion",
    "azureregion",
    "cloudregion",
    "dataregion",
    "deploymentregion",
    "gcpregion",
    "hostingregion",
    "processingregion",
    "serverregion",
    "storageregion",
    "residency",
    "dataresidency",
    "jurisdiction",
    "datajurisdiction",
    "datalocation",
    "hostinglocation",
    "processinglocation",
];

/// Names of custom properties that say a region or an address.
const PLACES: &[&str] = &["location", "serverlocation", "storagelocation"];

/// The region in a custom property such as `region`, `dataResidency` or `location`, with the position of
/// that.
pub fn in_custom(properties: &[CustomProperty]) -> Option<(usize, &str)> {
    properties.iter().enumerate().find_map(|(at, entry)| {
        let name = entry.property.as_deref()?;
        let value = entry.value.as_ref()?.as_str()?;
        let is_region = is_called(name, NAMES) || is_called(name, PLACES) && !is_address(value);
        (is_region && !value.trim().is_empty()).then_some((at, value))
    })
}

fn is_address(text: &str) -> bool {
    text.contains("://") || text.contains('\\') || text.trim_start().starts_with('/')
}

/// Whether two words name one region: `eu-central-1` and `EU_CENTRAL_1` do.
pub fn is_same(a: &str, b: &str) -> bool {
    let plain = |text: &str| text.trim().to_lowercase().replace('_', "-");
    plain(a) == plain(b)
}

/// Whether `region` lies in a legal area that a mesh has agreed on, of which `regions` are those that it
/// names.
pub fn lies_in(region: &str, area: &str, regions: &[String]) -> bool {
    is_same(area, region) || regions.iter().any(|own| is_same(own, region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_said_by_what_is_called_so() {
        for (name, value, expected) in [
            ("region", "eu-central-1", Some("eu-central-1")),
            ("dataResidency", "CH", Some("CH")),
            ("aws_region", "eu-west-1", Some("eu-west-1")),
            ("mesh.region", "eu", Some("eu")),
            ("location", "Frankfurt", Some("Frankfurt")),
            ("location", "s3://bucket/path", None),
            ("storageLocation", "/mnt/orders", None),
            ("salesRegion", "us", None),
            ("region", " ", None),
            ("owner", "eu", None),
        ] {
            let entry = CustomProperty {
                property: Some(name.to_owned()),
                value: Some(value.into()),
                ..CustomProperty::default()
            };
            let entries = [CustomProperty::default(), entry];
            let found = in_custom(&entries);
            assert_eq!(found.map(|(_, region)| region), expected, "{name}");
            assert!(found.is_none_or(|(at, _)| at == 1));
        }
    }

    #[test]
    fn an_area_holds_its_regions_and_itself() {
        let regions = ["eu-central-1".to_owned(), "eu_west_1".to_owned()];
        for (region, expected) in [
            ("EU", true),
            ("EU_CENTRAL_1", true),
            (" eu-west-1 ", true),
            ("eu-west-2", false),
            ("", false),
        ] {
            assert_eq!(lies_in(region, "eu", &regions), expected, "{region}");
        }
    }
}
