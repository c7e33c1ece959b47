//! It fits together with the products around it.

pub(super) mod classification_downgrade;
pub(super) mod consumes_deprecated;
pub(super) mod consumes_retired;
pub(super) mod cycle;
pub(super) mod dangling_input;
pub(super) mod input_version_missing;
pub(super) mod port_contract_version_mismatch;
pub(super) mod sla_stricter_than_upstream;
