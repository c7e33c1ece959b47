//! What a mesh asks of its data products beyond the standards.

pub mod scorecard;
