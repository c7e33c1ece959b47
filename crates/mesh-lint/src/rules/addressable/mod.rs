//! It has one permanent address, and every port says where to read.

pub(super) mod id_not_unique;
pub(super) mod id_off_pattern;
pub(super) mod physical_name_missing;
pub(super) mod port_without_contract;
pub(super) mod prod_server_missing;
pub(super) mod server_missing;
pub(super) mod url_not_https;
