//! Several versions of one product in one plan.

use crate::support::{git, isolated, listing, product, publish, try_plan};
use mesh_registry::{Error, Outcome, Refusal};

#[test]
fn versions_of_one_product_are_published_together_in_a_chain() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let versions = |versions: &[&str]| {
            versions
                .iter()
                .map(|version| product("d", "p", version, ""))
                .collect::<Vec<_>>()
        };
        let report =
            publish(&registry, versions(&["1.10.0", "1.0.0", "1.2.0"])).expect("published");
        let published: Vec<_> = report
            .parts
            .iter()
            .map(|one| (one.version.to_string(), one.outcome))
            .collect();
        assert_eq!(
            published,
            ["1.0.0", "1.2.0", "1.10.0"].map(|v| (v.to_owned(), Outcome::Published))
        );
        let log = git(&world.path("r.git"), &["log", "--format=%s", "main"]);
        assert_eq!(log, "Publish 3 versions\nStart the registry");

        // 1.1.0 comes when 1.10.0 is the highest, and so does 2.0.0.
        let report = publish(&registry, versions(&["2.0.0", "1.1.0", "1.0.0"])).expect("published");
        assert_eq!(report.parts[0].outcome, Outcome::AlreadyPublished);
        let snapshot = registry.open().expect("open");
        let versions = snapshot
            .product("d", "p")
            .expect("read")
            .expect("the product")
            .versions;
        let previous = |version: &str| {
            let entry = versions.iter().find(|e| e.version.to_string() == version);
            let record = snapshot
                .read(entry.expect("published"))
                .expect("read")
                .record;
            let before = versions
                .iter()
                .find(|e| Some(&e.record_digest) == record.previous.as_ref());
            before.map(|entry| entry.version.to_string())
        };
        let chain = ["1.0.0", "1.2.0", "1.10.0", "1.1.0", "2.0.0"].map(previous);
        let expected = [
            None,
            Some("1.0.0"),
            Some("1.2.0"),
            Some("1.10.0"),
            Some("1.10.0"),
        ];
        assert_eq!(chain, expected.map(|v| v.map(str::to_owned)));
    });
}

#[test]
fn versions_of_one_product_have_one_place() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        // The name in the path comes from the readable name, which changed.
        let named = |name: &str, version: &str| {
            let mut product = product("d", name, version, "");
            product.id = "3f2504e0-4f89-11d3-9a0c-0305e82c3301".to_owned();
            product
        };
        publish(
            &registry,
            vec![named("orders", "2.0.0"), named("sales-order", "1.0.0")],
        )
        .expect("published");
        assert_eq!(
            listing(&registry.open().expect("open")),
            ["d/sales-order 1.0.0", "d/sales-order 2.0.0"]
        );
    });
}

#[test]
fn plans_that_contradict_themselves_are_refused() {
    let of = |products| try_plan(products).expect_err("a contradiction");
    let p = |version: &str| product("d", "p", version, "");
    let error = of(vec![p("1.0.0"), p("2.0.0"), p("1.0.0")]);
    assert!(
        matches!(&error, Error::InvalidPlan { reason, .. } if reason.contains("more than once")),
        "{error}"
    );
    let error = of(vec![p("1.0.0-rc1"), p("1.0.0-RC1")]);
    assert!(
        matches!(error, Error::Refusal(Refusal::CaseConflict { .. })),
        "{error}"
    );
    let mut moved = p("2.0.0");
    moved.domain = "elsewhere".to_owned();
    let error = of(vec![p("1.0.0"), moved]);
    assert!(matches!(error, Error::InvalidPlan { .. }), "{error}");
    let mut other = p("2.0.0");
    other.id = "other.p".to_owned();
    let error = of(vec![p("1.0.0"), other]);
    assert!(matches!(error, Error::InvalidPlan { .. }), "{error}");
}

#[test]
fn one_version_stands_for_each_product() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let snapshot = registry.open().expect("open");
        assert!(snapshot.current().expect("read").is_empty());
        assert!(!snapshot.knows("d.p").expect("read"));
        let products = [
            ("p", "1.2.0"),
            ("p", "1.10.0"),
            ("p", "2.0.0-rc.1"),
            ("new", "0.1.0-rc.1"),
        ]
        .map(|(name, version)| product("d", name, version, ""));
        publish(&registry, products.to_vec()).expect("published");
        let snapshot = registry.open().expect("open");
        let current: Vec<_> = snapshot
            .current()
            .expect("read")
            .iter()
            .map(|entry| format!("{} {}", entry.reference(), entry.version))
            .collect();
        assert_eq!(current, ["d/new 0.1.0-rc.1", "d/p 1.10.0"]);
        let knows = |id| snapshot.knows(id).expect("read");
        assert!(knows("d.p") && knows("d.new"));
        assert!(!knows("d/p") && !knows("d.p "));
    });
}
