//! It fits together with the products around it.

pub(super) mod classification_downgrade;
pub(super) mod consumes_deprecated;
pub(super) mod consumes_draft;
pub(super) mod consumes_retired;
pub(super) mod consumes_yanked;
pub(super) mod cycle;
pub(super) mod dangling_input;
pub(super) mod input_version_missing;
pub(super) mod port_contract_version_mismatch;
pub(super) mod private_contract_consumed;
pub(super) mod product_unused;
pub(super) mod purpose_undeclared;
pub(super) mod residency_widened;
pub(super) mod retention_outlives_upstream;
pub(super) mod retired_with_consumers;
pub(super) mod sla_stricter_than_upstream;
pub(super) mod undeclared_input_contract;
pub(super) mod unused_input;

use crate::example::Excerpt;

/// A product that consumes the orders of the base product, for examples.
const CONSUMER: Excerpt = Excerpt::new(
    "planning/dataproduct.yaml",
    "\
id: supply-chain.planning
name: Planning
inputPorts:
  - name: orders
    version: 1.0.0
    contractId: commercial.orders
outputPorts:
  - name: plan
    description: One row per product and week.
    version: 1.0.0
    contractId: supply-chain.plan
    inputContracts:
      - id: commercial.orders
        version: 1.0.0
",
);

/// Its contract.
const CONSUMER_CONTRACT: Excerpt =
    Excerpt::new("planning/plan.odcs.yaml", "id: supply-chain.plan\n");
