//! People find it and can judge whether it fits.

pub(super) mod description_placeholder;
pub(super) mod domain_missing;
pub(super) mod domain_unknown;
pub(super) mod duplicate_product_name;
pub(super) mod name_missing;
pub(super) mod output_port_undescribed;
pub(super) mod purpose_missing;
pub(super) mod tag_off_vocabulary;
pub(super) mod tags_missing;
