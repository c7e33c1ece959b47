//! How sensitive data is: the labels that there are, and their order.
//!
//! Besides the labels that ODCS suggests, a mesh may have labels of its own, each of which
//! corresponds to one of those ([`Labels`]).
//!
//! ODCS labels fields (`classification`). Custom properties of this name ([`NAMES`]) add what it has no
//! key for: on a contract or a schema object, the label of the fields beneath that have none; on a
//! product, the label under which the whole product is handled.

use std::collections::BTreeMap;

use super::custom::is_called;
use crate::model::mesh::VENDOR;
use crate::model::{CustomProperties, CustomProperty};
use crate::vocabulary::{Sensitivity, Vocabularies};

/// Names of custom properties that label data, as [`is_called`] compares them.
pub const NAMES: &[&str] = &["classification", "dataclassification"];

/// The position of the custom property that labels all data of what has `properties`: the one of the
/// vendor `mesh`, or else one without a vendor.
pub fn in_custom(properties: &[CustomProperty]) -> Option<usize> {
    let is_label = |entry: &CustomProperty| {
        let name = entry.property.as_deref().unwrap_or_default();
        // Older versions of the standards write a vendor as a prefix.
        entry.vendor.is_none() && !name.contains('.') && is_called(name, NAMES)
    };
    properties
        .position_of(Some(VENDOR), "classification")
        .or_else(|| properties.iter().position(is_label))
}

/// The labels that ODCS suggests, from the least to the most sensitive.
///
/// The standard leaves labels open. One that is not among these cannot be compared, so nothing can
/// be concluded from it but that it is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// Anyone may see it.
    Public,
    /// Everyone in the company may see it.
    Internal,
    /// Those who need it may see it.
    Confidential,
    /// Only those who were named may see it.
    Restricted,
}

impl Label {
    /// All labels, from the least to the most sensitive.
    pub const ALL: [Self; 4] = [
        Self::Public,
        Self::Internal,
        Self::Confidential,
        Self::Restricted,
    ];

    /// The label as ODCS suggests to write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Confidential => "confidential",
            Self::Restricted => "restricted",
        }
    }
}

impl From<Sensitivity> for Label {
    fn from(sensitivity: Sensitivity) -> Self {
        match sensitivity {
            Sensitivity::Public => Self::Public,
            Sensitivity::Internal => Self::Internal,
            Sensitivity::Confidential => Self::Confidential,
            Sensitivity::Restricted => Self::Restricted,
        }
    }
}

/// The labels that a mesh knows: those that ODCS suggests, and its own.
#[derive(Debug, Clone, Copy)]
pub struct Labels<'v> {
    own: Option<&'v BTreeMap<String, Sensitivity>>,
}

impl<'v> Labels<'v> {
    /// The labels of a mesh that has agreed on `vocabularies`.
    pub fn new(vocabularies: &'v Vocabularies) -> Self {
        Self {
            own: vocabularies.classifications.as_ref(),
        }
    }

    /// Reads a label, in whatever case it is written. One of the mesh's own wins.
    pub fn parse(self, text: &str) -> Option<Label> {
        let text = text.trim();
        let is_it = |name: &str| name.trim().eq_ignore_ascii_case(text);
        let own = self.own.into_iter().flatten();
        own.into_iter()
            .find(|(name, _)| is_it(name))
            .map(|(_, sensitivity)| Label::from(*sensitivity))
            .or_else(|| Label::ALL.into_iter().find(|label| is_it(label.as_str())))
    }

    /// Every word there is for a label, the least sensitive first.
    pub fn words(self) -> Vec<&'v str> {
        let words = |label: Label| {
            let own = self.own.into_iter().flatten();
            let own = own.filter(move |(_, sensitivity)| Label::from(**sensitivity) == label);
            let own: Vec<&str> = own.map(|(name, _)| name.as_str()).collect();
            if own.is_empty() {
                vec![label.as_str()]
            } else {
                own
            }
        };
        Label::ALL.into_iter().flat_map(words).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_ordered_and_read_in_any_case() {
        assert!(Label::ALL.is_sorted());
        let vocabularies = Vocabularies::default();
        let labels = Labels::new(&vocabularies);
        for label in Label::ALL {
            assert_eq!(labels.parse(label.as_str()), Some(label));
            assert_eq!(
                labels.parse(&format!(" {} ", label.as_str().to_uppercase())),
                Some(label)
            );
        }
        assert_eq!(labels.parse("secret"), None);
    }

    #[test]
    fn a_custom_property_labels_what_has_it() {
        let entry = |vendor: Option<&str>, name: &str| CustomProperty {
            property: Some(name.to_owned()),
            vendor: vendor.map(str::to_owned),
            ..CustomProperty::default()
        };
        for name in [
            "classification",
            "dataClassification",
            "data_classification",
        ] {
            let entries = [entry(None, "owner"), entry(None, name)];
            assert_eq!(in_custom(&entries), Some(1), "{name}");
        }
        for own in [
            entry(Some("mesh"), "classification"),
            entry(None, "mesh.classification"),
        ] {
            assert_eq!(in_custom(&[entry(None, "classification"), own]), Some(1));
        }
        for other in [
            entry(Some("acme"), "classification"),
            entry(None, "acme.classification"),
            entry(None, "classificationOwner"),
        ] {
            assert_eq!(in_custom(&[other]), None);
        }
    }

    #[test]
    fn labels_of_a_mesh_stand_beside_those_of_the_standard() {
        let own = [
            ("C1".to_owned(), Sensitivity::Internal),
            ("C2".to_owned(), Sensitivity::Restricted),
            ("need-to-know".to_owned(), Sensitivity::Restricted),
        ];
        let vocabularies = Vocabularies {
            classifications: Some(own.into()),
            ..Vocabularies::default()
        };
        let labels = Labels::new(&vocabularies);
        assert_eq!(labels.parse(" c2 "), Some(Label::Restricted));
        assert_eq!(labels.parse("confidential"), Some(Label::Confidential));
        let expected = ["public", "C1", "confidential", "C2", "need-to-know"];
        assert_eq!(labels.words(), expected);
    }
}
