//! It has one permanent address, and every port says where to read.

pub(super) mod id_not_unique;
pub(super) mod port_without_contract;
pub(super) mod server_missing;
