//! Creating a registry, publishing to it, and reading what was published.

use crate::support::{isolated, listing, product, publish};
use mesh_registry::{Error, Initialised, Outcome};

#[test]
fn what_is_published_can_be_read_byte_for_byte() {
    isolated(|world| {
        let registry = world.registry("new/registry.git", "cache");
        assert_eq!(
            registry.init().expect("a new registry"),
            Initialised::Created
        );
        assert_eq!(
            registry.init().expect("the same registry"),
            Initialised::Existed
        );
        let planned = product("commercial", "sales-order", "1.2.0", "ä\r\n");
        let report = publish(&registry, vec![planned.clone()]).expect("published");
        assert_eq!(report.products[0].outcome, Outcome::Published);
        assert_eq!(report.attempts, 1);

        let other = world.registry(
            &format!("file://{}", world.path("new/registry.git").display()),
            "other",
        );
        let snapshot = other.open().expect("a snapshot");
        assert_eq!(snapshot.tip(), report.tip);
        assert_eq!(listing(&snapshot), ["commercial/sales-order 1.2.0"]);
        let entry = snapshot
            .resolve("commercial/sales-order", None)
            .expect("resolved");
        let published = snapshot.read(&entry).expect("read");
        assert_eq!(published.manifest, planned.manifest);
        let path = "contracts/sales-order-contract.odcs.yaml".to_owned();
        assert_eq!(
            published.contracts,
            [(path, planned.contracts[0].bytes.clone())]
        );
        assert_eq!(published.record.previous, None);
    });
}

#[test]
fn a_version_is_published_once() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("d", "p", "1.0.0", "a")]).expect("published");
        let again = publish(&registry, vec![product("d", "p", "1.0.0", "a")]).expect("recognised");
        assert_eq!(
            (again.products[0].outcome, again.attempts),
            (Outcome::AlreadyPublished, 0)
        );
        let error =
            publish(&registry, vec![product("d", "p", "1.0.0", "b")]).expect_err("immutable");
        assert!(
            matches!(&error, Error::Immutable { file, .. } if file.starts_with("contracts/")),
            "{error}"
        );
    });
}
