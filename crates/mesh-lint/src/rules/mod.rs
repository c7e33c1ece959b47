//! The rules, one per file, in folders named by their group.

mod addressable;
mod discoverable;
mod graph;
mod interoperable;
mod secure;
mod self_describing;
pub(crate) mod style;
mod trustworthy;
pub(crate) mod valid;

use crate::rule::{Group, Rule};

/// Every rule, by group and then in the order of the documentation.
pub static ALL: &[&Rule] = &[
    &valid::unreadable_file::RULE,
    &valid::yaml_syntax::RULE,
    &valid::duplicate_key::RULE,
    &valid::schema_violation::RULE,
    &valid::unknown_status::RULE,
    &valid::version_not_semver::RULE,
    &valid::duplicate_port::RULE,
    &valid::no_output_port::RULE,
    &valid::contract_not_found::RULE,
    &valid::contract_id_ambiguous::RULE,
    &valid::duplicate_field::RULE,
    &valid::dangling_element::RULE,
    &valid::sla_unit_missing::RULE,
    &valid::lifecycle_dates_disordered::RULE,
    &valid::obsolete_standard_field::RULE,
    &valid::suppression_invalid::RULE,
    &valid::suppression_unused::RULE,
    &discoverable::name_missing::RULE,
    &discoverable::domain_missing::RULE,
    &discoverable::domain_unknown::RULE,
    &discoverable::purpose_missing::RULE,
    &discoverable::description_placeholder::RULE,
    &discoverable::tags_missing::RULE,
    &discoverable::tag_off_vocabulary::RULE,
    &discoverable::output_port_undescribed::RULE,
    &discoverable::duplicate_product_name::RULE,
    &addressable::id_not_unique::RULE,
    &addressable::id_off_pattern::RULE,
    &addressable::port_without_contract::RULE,
    &addressable::server_missing::RULE,
    &addressable::prod_server_missing::RULE,
    &addressable::physical_name_missing::RULE,
    &addressable::url_not_https::RULE,
    &trustworthy::owner_missing::RULE,
    &trustworthy::owner_departed::RULE,
    &trustworthy::support_channel_missing::RULE,
    &trustworthy::product_version_missing::RULE,
    &trustworthy::sla_missing::RULE,
    &trustworthy::freshness_missing::RULE,
    &trustworthy::retention_missing::RULE,
    &trustworthy::primary_key_missing::RULE,
    &trustworthy::quality_check_missing::RULE,
    &trustworthy::key_unchecked::RULE,
    &trustworthy::quality_text_only::RULE,
    &trustworthy::end_of_support_missing::RULE,
    &trustworthy::lineage_missing::RULE,
    &trustworthy::draft_stale::RULE,
    &self_describing::schema_missing::RULE,
    &self_describing::field_undocumented::RULE,
    &self_describing::placeholder_left::RULE,
    &self_describing::logical_type_missing::RULE,
    &self_describing::granularity_missing::RULE,
    &self_describing::usage_missing::RULE,
    &self_describing::example_missing::RULE,
    &self_describing::definition_conflict::RULE,
    &self_describing::term_unlinked::RULE,
    &interoperable::field_case::RULE,
    &interoperable::shared_key_mismatch::RULE,
    &interoperable::timestamp_zone_missing::RULE,
    &interoperable::datetime_format_undeclared::RULE,
    &interoperable::code_not_standard::RULE,
    &interoperable::format_off_list::RULE,
    &interoperable::name_type_suffix::RULE,
    &secure::classification_missing::RULE,
    &secure::classification_unknown::RULE,
    &secure::classification_understated::RULE,
    &secure::personal_data_untagged::RULE,
    &secure::personal_data_without_basis::RULE,
    &secure::access_role_missing::RULE,
    &secure::approver_missing::RULE,
    &secure::region_missing::RULE,
    &secure::sensitive_unprotected::RULE,
    &secure::personal_example::RULE,
    &secure::secret_in_manifest::RULE,
    &graph::dangling_input::RULE,
    &graph::input_version_missing::RULE,
    &graph::private_contract_consumed::RULE,
    &graph::port_contract_version_mismatch::RULE,
    &graph::undeclared_input_contract::RULE,
    &graph::unused_input::RULE,
    &graph::cycle::RULE,
    &graph::consumes_draft::RULE,
    &graph::consumes_deprecated::RULE,
    &graph::consumes_retired::RULE,
    &graph::consumes_yanked::RULE,
    &graph::retired_with_consumers::RULE,
    &graph::sla_stricter_than_upstream::RULE,
    &graph::classification_downgrade::RULE,
    &graph::residency_widened::RULE,
    &graph::retention_outlives_upstream::RULE,
    &graph::purpose_undeclared::RULE,
    &graph::product_unused::RULE,
    &style::key_order::RULE,
    &style::file_name_mismatch::RULE,
];

/// The rule called `id`.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.id == id)
}

/// The rules of a group.
pub fn of(group: Group) -> Vec<&'static Rule> {
    let members = ALL.iter().copied();
    members.filter(|rule| rule.group == group).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// `group/rule-id` of every rule file.
    fn files() -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let mut found = BTreeSet::new();
        for group in Group::ALL {
            let group = group.as_str();
            let entries = fs::read_dir(folder.join(group.replace('-', "_")))
                .expect("every group has a folder");
            for entry in entries {
                let name = entry.expect("the folder can be listed").file_name();
                let name = name.to_str().expect("file names are UTF-8");
                let rule = name.strip_suffix(".rs").expect("a rule is a Rust file");
                if rule != "mod" {
                    found.insert(format!("{group}/{}", rule.replace('_', "-")));
                }
            }
        }
        found
    }

    #[test]
    fn every_file_is_a_rule_and_every_rule_has_its_file() {
        let listed: Vec<_> = ALL
            .iter()
            .map(|rule| format!("{}/{}", rule.group.as_str(), rule.id))
            .collect();
        assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), files());
        assert_eq!(listed.len(), files().len(), "a rule is listed twice");
    }

    #[test]
    fn rules_are_listed_by_group() {
        assert!(ALL.is_sorted_by_key(|rule| rule.group));
    }

    #[test]
    fn every_rule_is_documented() {
        for rule in ALL {
            let is_kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(rule.id.chars().all(is_kebab), "{}", rule.id);
            assert!(
                rule.summary.ends_with('.') && rule.summary.matches(". ").count() == 0,
                "{}",
                rule.id
            );
            assert!(
                rule.docs.ends_with('.') && !rule.docs.contains("\n\n\n"),
                "{}",
                rule.id
            );
            for line in rule.docs.lines() {
                assert!(
                    line.chars().count() <= 100 && line.trim_end() == line,
                    "{}: {line}",
                    rule.id
                );
            }
        }
    }

    #[test]
    fn a_rule_is_found_by_its_id() {
        assert_eq!(find("cycle").map(|rule| rule.group), Some(Group::Graph));
        assert!(find("no-such-rule").is_none());
    }
}
