//! Contracts keep their owner and their content.

use crate::support::{World, git, isolated, listing, plan, product, promising, publish, tamper};
use mesh_registry::{
    Error, Outcome, PlannedContract, PlannedProduct, PublishOptions, Refusal, Registry, Snapshot,
    layout,
};
use std::fs;

/// A product with an output port whose contract has this id, version and content.
fn offering(name: &str, version: &str, contract: (&str, &str, &str)) -> PlannedProduct {
    let (id, contract_version, content) = contract;
    let mut product = promising(product("d", name, version, ""), id);
    product.contracts[0] = planned(contract);
    assert_eq!(product.contracts[0].bytes, content.as_bytes());
    product.summary.output_ports[0].contract_version = Some(contract_version.to_owned());
    product
}

/// A product that brings a contract along for an input from outside the mesh.
fn bringing(name: &str, version: &str, contract: (&str, &str, &str)) -> PlannedProduct {
    let mut product = product("d", name, version, "");
    product.contracts.push(planned(contract));
    product
}

fn planned((id, version, content): (&str, &str, &str)) -> PlannedContract {
    PlannedContract {
        id: id.to_owned(),
        version: version.to_owned(),
        bytes: content.as_bytes().to_vec(),
    }
}

fn refusal(registry: &Registry, products: Vec<PlannedProduct>) -> Error {
    let before = listing(&registry.open().expect("open"));
    let error = publish(registry, products).expect_err("refused");
    assert_eq!(listing(&registry.open().expect("open")), before);
    assert!(error.is_refusal(), "{error}");
    error
}

/// The products that a contract resolves to.
fn offers(snapshot: &Snapshot, contract: &str, version: Option<&str>) -> Vec<String> {
    let uses = snapshot.contract(contract, version).expect("read");
    uses.iter()
        .map(|offer| format!("{} {}", offer.entry.reference(), offer.entry.version))
        .collect()
}

#[test]
fn a_contract_belongs_to_the_product_that_published_it_first() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(
            &registry,
            vec![offering("orders", "1.0.0", ("c", "1.0.0", "a\n"))],
        )
        .expect("published");
        for contract in [
            ("c", "1.0.0", "evil\n"),
            ("c", "1.0.0", "a\n"),
            ("c", "2.0.0", "b\n"),
        ] {
            let error = refusal(&registry, vec![offering("thief", "9.0.0", contract)]);
            assert!(
                matches!(&error, Error::Refusal(Refusal::ContractOwned { owner, product, contract })
                    if owner == "d/orders" && product == "d/thief" && contract == "c"),
                "{error}"
            );
        }
        // Nor by a port that names the contract without its file.
        let mut bare = offering("thief", "9.0.0", ("c", "1.0.0", "a\n"));
        bare.contracts.clear();
        assert!(matches!(
            refusal(&registry, vec![bare]),
            Error::Refusal(Refusal::ContractOwned { .. })
        ));
        // The owner goes on, and publishing again what is there stays a success.
        let next = || vec![offering("orders", "1.1.0", ("c", "2.0.0", "b\n"))];
        publish(&registry, next()).expect("published");
        let again = publish(&registry, next()).expect("recognised");
        assert_eq!(again.parts[0].outcome, Outcome::AlreadyPublished);
        let snapshot = registry.open().expect("open");
        assert_eq!(offers(&snapshot, "c", Some("v1.0.0")), ["d/orders 1.0.0"]);
        assert_eq!(
            offers(&snapshot, "c", None),
            ["d/orders 1.0.0", "d/orders 1.1.0"]
        );
        assert!(offers(&snapshot, "unknown", None).is_empty());
    });
}

#[test]
fn a_version_of_a_contract_keeps_its_content() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let offer = |version: &str, contract: &str, content: &str| {
            vec![offering("orders", version, ("c", contract, content))]
        };
        publish(&registry, offer("1.0.0", "1.0.0", "a\nb\n")).expect("published");
        publish(&registry, offer("1.1.0", "1.0.0", "a\nb\n")).expect("the same contract");
        for (version, contract) in [("1.2.0", "1.0.0"), ("0.9.0", "1.0.0"), ("1.2.0", "v1.0.0")] {
            let error = refusal(&registry, offer(version, contract, "other\n"));
            assert!(
                matches!(&error, Error::Refusal(Refusal::ContractImmutable { product, published_in, line_endings: false, .. })
                    if product == "d/orders" && published_in == "1.0.0"),
                "{error}"
            );
            assert!(
                error
                    .help()
                    .is_some_and(|help| help.starts_with("raise the version of the contract")),
                "{error}"
            );
        }
        let error = refusal(&registry, offer("1.2.0", "1.0.0", "a\r\nb\r\n"));
        assert!(error.to_string().contains("line endings"), "{error}");
        assert!(error.help().is_some_and(|help| help.contains("autocrlf")));
        // Dropping the port does not free the version.
        let mut dropped = bringing("orders", "1.2.0", ("c", "1.0.0", "other\n"));
        dropped.summary.output_ports.clear();
        assert!(matches!(
            refusal(&registry, vec![dropped]),
            Error::Refusal(Refusal::ContractImmutable { .. })
        ));
        publish(&registry, offer("1.2.0", "1.0.1", "other\n")).expect("published");
    });
}

#[test]
fn contracts_that_are_only_brought_along_claim_nothing() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(
            &registry,
            vec![bringing("one", "1.0.0", ("outside", "1", "a\n"))],
        )
        .expect("published");
        publish(
            &registry,
            vec![bringing("two", "1.0.0", ("outside", "1", "b\n"))],
        )
        .expect("nobody's contract");
        assert!(offers(&registry.open().expect("open"), "outside", None).is_empty());
        publish(
            &registry,
            vec![offering("owner", "1.0.0", ("outside", "1", "c\n"))],
        )
        .expect("claimed");

        publish(
            &registry,
            vec![bringing("three", "1.0.0", ("outside", "v1", "c\n"))],
        )
        .expect("an exact copy");
        for (contract, words) in [
            (("outside", "1", "a\n"), "other content"),
            (("outside", "1", "c\r\n"), "other line endings"),
            (("outside", "2", "c\n"), "has not published"),
        ] {
            let error = refusal(&registry, vec![bringing("one", "1.1.0", contract)]);
            assert!(
                matches!(&error, Error::Refusal(Refusal::ContractCopy { owner, product, .. })
                    if owner == "d/owner" && product == "d/one"),
                "{error}"
            );
            assert!(error.to_string().contains(words), "{error}");
        }
        // What was published before stays published.
        publish(
            &registry,
            vec![bringing("one", "1.0.0", ("outside", "1", "a\n"))],
        )
        .expect("recognised");
        assert_eq!(
            offers(&registry.open().expect("open"), "outside", None),
            ["d/owner 1.0.0"]
        );
        // A product keeps what it published before it promised the contract.
        publish(
            &registry,
            vec![bringing("later", "1.0.0", ("later", "1", "a\n"))],
        )
        .expect("published");
        let error = refusal(
            &registry,
            vec![offering("later", "2.0.0", ("later", "1", "b\n"))],
        );
        assert!(
            matches!(error, Error::Refusal(Refusal::ContractImmutable { .. })),
            "{error}"
        );
    });
}

#[test]
fn the_products_of_one_plan_are_held_to_each_other() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let error = refusal(
            &registry,
            vec![
                offering("b", "1.0.0", ("c", "1", "same\n")),
                offering("a", "1.0.0", ("c", "1", "same\n")),
            ],
        );
        assert!(
            matches!(&error, Error::Refusal(Refusal::ContractOwned { owner, product, .. })
                if owner == "d/a" && product == "d/b"),
            "{error}"
        );
        // The copy stands before its original.
        let error = refusal(
            &registry,
            vec![
                bringing("a", "1.0.0", ("c", "1", "other\n")),
                offering("b", "1.0.0", ("c", "1", "one\n")),
            ],
        );
        assert!(
            matches!(error, Error::Refusal(Refusal::ContractCopy { .. })),
            "{error}"
        );
        let error = refusal(
            &registry,
            vec![
                offering("a", "1.1.0", ("c", "1", "other\n")),
                offering("a", "1.0.0", ("c", "1", "one\n")),
            ],
        );
        assert!(
            matches!(&error, Error::Refusal(Refusal::ContractImmutable { published_in, .. }) if published_in == "1.0.0"),
            "{error}"
        );
        publish(
            &registry,
            vec![
                bringing("a", "1.0.0", ("c", "1", "one\n")),
                offering("b", "1.0.0", ("c", "1", "one\n")),
                offering("b", "1.1.0", ("c", "2", "two\n")),
            ],
        )
        .expect("published");
    });
}

#[test]
fn ownership_is_judged_on_the_tip_that_is_published_onto() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let other = world.registry("r.git", "other");
        let mut asked = 0;
        let result = registry.publish(
            &plan(vec![offering("slow", "1.0.0", ("c", "1", "slow\n"))]),
            &PublishOptions::default(),
            &mut |_| {
                asked += 1;
                publish(
                    &other,
                    vec![offering("fast", "1.0.0", ("c", "1", "fast\n"))],
                )
                .expect("published");
                Ok(mesh_registry::Approval::default())
            },
        );
        assert!(
            matches!(&result, Err(Error::Refusal(Refusal::ContractOwned { owner, .. })) if owner == "d/fast"),
            "{result:?}"
        );
        assert_eq!(asked, 1);
        assert_eq!(listing(&registry.open().expect("open")), ["d/fast 1.0.0"]);
    });
}

/// Puts versions that were published elsewhere into a registry by hand, one commit each.
fn smuggle(world: &World, products: Vec<PlannedProduct>) {
    let work = world.path("r.git.work");
    for (n, product) in products.into_iter().enumerate() {
        let name = format!("elsewhere{n}.git");
        let elsewhere = world.registry(&name, &format!("elsewhere{n}"));
        elsewhere.init().expect("a registry");
        // One that takes itself for the same: the records of any other would not count.
        let copy = world.clone_of(&name);
        tamper(&copy, |copy| {
            let file = layout::FORMAT_FILE;
            fs::copy(work.join(file), copy.join(file)).expect("a format file");
        });
        let report = publish(&elsewhere, vec![product]).expect("published");
        let path = &report.parts[0].path;
        git(&copy, &["pull", "-q"]);
        let from = copy.join(path);
        git(&work, &["pull", "-q"]);
        fs::create_dir_all(work.join(path).parent().expect("a parent")).expect("a directory");
        let copied = std::process::Command::new("cp")
            .arg("-r")
            .args([&from, &work.join(path)])
            .status();
        assert!(copied.is_ok_and(|status| status.success()));
        git(&work, &["add", "-A"]);
        git(&work, &["commit", "-q", "-m", "by hand"]);
        git(&work, &["push", "-q"]);
    }
}

#[cfg(unix)]
#[test]
fn where_history_has_several_owners_the_first_one_counts() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        world.clone_of("r.git");
        let by_hand = vec![
            // It is there first, but promises another contract.
            offering("a-thief", "1.0.0", ("a", "1", "thief\n")),
            offering("orders", "1.0.0", ("c", "1", "first\n")),
            offering("a-thief", "9.0.0", ("c", "1", "thief\n")),
            offering("orders", "0.9.0", ("c", "1", "second\n")),
        ];
        smuggle(world, by_hand);
        let snapshot = registry.open().expect("open");
        assert_eq!(snapshot.len(), 4, "{:?}", snapshot.problems());
        assert_eq!(
            offers(&snapshot, "c", None),
            ["d/orders 0.9.0", "d/orders 1.0.0"]
        );
        let error = refusal(
            &registry,
            vec![offering("a-thief", "9.1.0", ("c", "2", "thief\n"))],
        );
        assert!(
            matches!(error, Error::Refusal(Refusal::ContractOwned { .. })),
            "{error}"
        );
        let error = refusal(
            &registry,
            vec![offering("orders", "1.1.0", ("c", "1", "second\n"))],
        );
        assert!(
            matches!(&error, Error::Refusal(Refusal::ContractImmutable { published_in, .. }) if published_in == "1.0.0"),
            "{error}"
        );
        publish(
            &registry,
            vec![offering("orders", "1.1.0", ("c", "1", "first\n"))],
        )
        .expect("published");
    });
}
