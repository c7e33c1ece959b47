//! `mesh yank`, `mesh unyank` and `mesh deprecate`, and who hears of them.

mod hearing;
mod saying;

use crate::domains::Mesh;
use crate::sandbox::{CONTRACT, PRODUCT};

impl Mesh {
    /// Publishes a version of the orders that offers a version of its contract.
    fn publish(&self, version: &str, contract: &str) {
        self.publish_orders(version, contract, str::to_owned);
    }

    /// Writes `<domain>/demand` in a version that relies on a version of the contract of the orders.
    fn write_consumer(&self, domain: &str, version: &str, orders: Option<&str>) {
        let id = format!("{domain}.demand");
        let product = PRODUCT
            .replacen("version: 1.0.0", &format!("version: {version}"), 1)
            .replace("commercial.orders", &id)
            .replace("name: Orders\n", "name: Demand\n")
            .replace("domain: commercial", &format!("domain: {domain}"))
            .replace("name: orders\n", "name: demand\n");
        let inputs = match orders {
            Some(orders) => format!(
                "inputPorts:\n  - name: orders\n    version: {orders}\n    contractId: commercial.orders\n"
            ),
            None => String::new(),
        };
        let file = format!("work/{domain}/demand/dataproduct.yaml");
        self.sandbox.write(file, format!("{product}{inputs}"));
        let contract = CONTRACT
            .replace("id: commercial.orders", &format!("id: {id}"))
            .replace("domain: commercial", &format!("domain: {domain}"));
        let file = format!("work/{domain}/demand/demand.odcs.yaml");
        self.sandbox.write(file, contract);
    }
}
