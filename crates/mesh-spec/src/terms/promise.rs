//! What service levels are about, whatever a contract calls them.
//!
//! ODCS leaves the names open and recommends some. Version 2 had codes of two letters for them,
//! which are still around.

use crate::model::odcs::DataContract;

/// Something that a service level can promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// How new the data is: `latency`, `frequency`.
    Freshness,
    /// How long the data is kept: `retention`.
    Retention,
    /// Until when the data is there: `endOfSupport`, `endOfLife`.
    End,
}

impl Promise {
    /// Names that the standard gives it, now or in version 2.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Freshness => &["latency", "frequency", "ly", "fy"],
            Self::Retention => &["retention", "re"],
            Self::End => &["endOfSupport", "endOfLife", "es", "el"],
        }
    }

    /// What names of one's own contain, without separators and in lower case.
    const fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Freshness => &[
                "latency",
                "frequency",
                "fresh",
                "timeliness",
                "timeofavailability",
            ],
            Self::Retention => &["retention", "retain", "timetolive", "ttl"],
            Self::End => &["endofsupport", "endoflife", "sunset"],
        }
    }

    /// Whether `name` is one for it.
    pub fn is_called(self, name: &str) -> bool {
        self.is_standard(name) || self.is_own(name)
    }

    fn is_standard(self, name: &str) -> bool {
        let mut names = self.names().iter();
        names.any(|standard| standard.eq_ignore_ascii_case(name))
    }

    fn is_own(self, name: &str) -> bool {
        let letters: String = name
            .chars()
            .filter(|c| c.is_alphanumeric())
            .map(|c| c.to_ascii_lowercase())
            .collect();
        self.parts().iter().any(|part| letters.contains(part))
    }

    /// Whether `contract` promises it, for all of its data or for a part.
    pub fn is_in(self, contract: &DataContract) -> bool {
        let levels = contract.sla_properties.iter();
        let mut names = levels.filter_map(|sla| sla.property.as_deref());
        // Nearly every contract uses the standard's names, which are quickly compared.
        names.clone().any(|name| self.is_standard(name)) || names.any(|name| self.is_own(name))
    }
}

#[cfg(test)]
mod tests {
    use super::Promise::{self, End, Freshness, Retention};

    #[test]
    fn promises_are_told_by_their_names() {
        for (name, expected) in [
            ("latency", Some(Freshness)),
            ("Frequency", Some(Freshness)),
            ("ly", Some(Freshness)),
            ("data_freshness", Some(Freshness)),
            ("refresh-frequency", Some(Freshness)),
            ("timeOfAvailability", Some(Freshness)),
            ("retention", Some(Retention)),
            ("retentionPeriod", Some(Retention)),
            ("re", Some(Retention)),
            ("endOfSupport", Some(End)),
            ("end_of_life", Some(End)),
            ("availability", None),
            ("generalAvailability", None),
            ("throughput", None),
            ("errorRate", None),
            ("timeToRepair", None),
            ("reliability", None),
            ("", None),
        ] {
            let found = [Freshness, Retention, End]
                .into_iter()
                .find(|promise: &Promise| promise.is_called(name));
            assert_eq!(found, expected, "{name}");
        }
    }
}
