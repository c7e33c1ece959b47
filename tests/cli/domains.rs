//! Domains with a repository each, and a registry between them.

use std::path::PathBuf;

use crate::sandbox::{CONTRACT, PRODUCT, Run, Sandbox};

/// The repositories `sales`, `planning` and `finance` in the work folder, and a registry to which the first has published
/// its orders.
pub(crate) struct Mesh {
    pub(crate) sandbox: Sandbox,
    pub(crate) registry: PathBuf,
}

impl Mesh {
    /// With `commercial/orders` 1.0.0 published.
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new();
        let registry = sandbox.registry();
        for repository in ["sales", "planning", "finance"] {
            let config = "registry: ../../registry.git\n";
            sandbox.write(format!("work/{repository}/mesh.yaml"), config);
        }
        let mesh = Self { sandbox, registry };
        mesh.publish_orders("1.0.0", "1.0.0", str::to_owned);
        mesh
    }

    /// Publishes a version of `commercial/orders` that offers a version of its contract, whose text is what `change`
    /// makes of it.
    pub(crate) fn publish_orders(
        &self,
        version: &str,
        contract: &str,
        change: impl Fn(&str) -> String,
    ) {
        let product = PRODUCT
            .replacen("version: 1.0.0", &format!("version: {version}"), 1)
            .replace("    version: 1.0.0", &format!("    version: {contract}"));
        self.sandbox
            .write("work/sales/orders/dataproduct.yaml", product);
        let text = CONTRACT.replacen("version: 1.0.0", &format!("version: {contract}"), 1);
        self.sandbox
            .write("work/sales/orders/orders.odcs.yaml", change(&text));
        self.sales(&["publish"]).expect(0);
    }

    pub(crate) fn path(&self, repository: &str) -> PathBuf {
        self.sandbox.path("work").join(repository)
    }

    /// Runs mesh in a repository.
    pub(crate) fn of(&self, repository: &str, arguments: &[&str]) -> Run {
        self.sandbox.mesh_in(self.path(repository), arguments)
    }

    /// Runs mesh where the orders are published from.
    pub(crate) fn sales(&self, arguments: &[&str]) -> Run {
        self.of("sales", arguments)
    }

    /// What git says in the registry.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.sandbox.git(&self.registry, arguments)
    }

    pub(crate) fn tip(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }
}
