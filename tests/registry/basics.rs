//! Creating a registry, publishing to it, and reading what was published.

use crate::support::{git, isolated, listing, plan, product, publish};
use mesh_registry::{
    Approval, Error, Initialised, InputPort, Options, Outcome, PublishOptions, Refusal, Registry,
    RegistryLocation, RemoteError, SourceRef,
};

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
        assert_eq!(report.parts[0].outcome, Outcome::Published);
        assert_eq!(report.commit.as_ref(), Some(&report.tip));
        assert_eq!(report.attempts, 1);

        let url = format!("file://{}", world.path("new/registry.git").display());
        let snapshot = world.registry(&url, "other").open().expect("a snapshot");
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
        assert_eq!(published.record.summary, planned.summary);
    });
}

#[test]
fn a_version_is_published_once() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let first = publish(&registry, vec![product("d", "p", "1.0.0", "a")]).expect("published");
        let again = publish(&registry, vec![product("d", "p", "1.0.0", "a")]).expect("recognised");
        assert_eq!(
            (again.parts[0].outcome, again.attempts),
            (Outcome::AlreadyPublished, 0)
        );
        assert_eq!((again.tip, again.commit), (first.tip, None));
        let error =
            publish(&registry, vec![product("d", "p", "1.0.0", "b")]).expect_err("immutable");
        assert!(
            matches!(&error, Error::Refusal(Refusal::Immutable { file, .. }) if file.starts_with("contracts/")),
            "{error}"
        );

        let mut fewer = product("d", "p", "1.0.0", "a");
        fewer.contracts.clear();
        let error = publish(&registry, vec![fewer]).expect_err("immutable");
        assert!(
            matches!(&error, Error::Refusal(Refusal::Immutable { file, .. }) if file.starts_with("contracts/")),
            "{error}"
        );
    });
}

#[test]
fn other_line_endings_are_called_that() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let converted = |from: &str, to: &str| {
            let mut product = product("d", "p", "1.0.0", "");
            let text = String::from_utf8(product.manifest).expect("text");
            product.manifest = text.replace(from, to).into_bytes();
            product
        };
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        let error = publish(&registry, vec![converted("\n", "\r\n")]).expect_err("immutable");
        assert!(
            matches!(&error, Error::Refusal(Refusal::Immutable { file, line_endings: true, .. }) if file == "dataproduct.yaml"),
            "{error:?}"
        );
        assert!(error.to_string().contains("line endings"), "{error}");
        let help = error.help().expect("help");
        assert!(
            help.starts_with("restore the line endings")
                && help.contains("increase the product's version"),
            "{help}"
        );
        // One file with other line endings and another with other content is other content.
        let mut changed = converted("\n", "\r\n");
        changed.contracts[0].bytes.push(b'!');
        for products in [vec![converted("\n", "\n\n")], vec![changed]] {
            let error = publish(&registry, products).expect_err("immutable");
            assert!(
                matches!(
                    error,
                    Error::Refusal(Refusal::Immutable {
                        line_endings: false,
                        ..
                    })
                ),
                "{error:?}"
            );
        }
    });
}

#[test]
fn several_products_are_one_commit_and_only_what_is_missing_is_added() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("a", "one", "1.0.0", "")]).expect("published");
        let products = ["one", "two", "three"]
            .map(|name| product("a", name, "1.0.0", ""))
            .to_vec();
        let report = publish(&registry, products).expect("published");
        let outcomes: Vec<_> = report
            .parts
            .iter()
            .map(|p| (p.product.as_str(), p.outcome))
            .collect();
        let expected = [
            ("one", Outcome::AlreadyPublished),
            ("three", Outcome::Published),
            ("two", Outcome::Published),
        ];
        assert_eq!(outcomes, expected);
        assert_eq!(
            git(&world.path("r.git"), &["rev-list", "--count", "main"]),
            "3"
        );
        let log = git(
            &world.path("r.git"),
            &["log", "-1", "--format=%an <%ae>%n%B", "main"],
        );
        assert_eq!(
            log,
            "Test <test@example.com>\nPublish 2 products\n\n- a/three 1.0.0\n- a/two 1.0.0\n\nMesh-Tool: mesh-test 0.0.0"
        );
    });
}

#[test]
fn one_bad_product_keeps_back_all_of_them() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("a", "one", "1.0.0", "")]).expect("published");
        let products = vec![
            product("a", "two", "1.0.0", ""),
            product("a", "one", "1.0.0", "other"),
        ];
        assert!(matches!(
            publish(&registry, products),
            Err(Error::Refusal(Refusal::Immutable { .. }))
        ));
        assert_eq!(listing(&registry.open().expect("open")), ["a/one 1.0.0"]);
    });
}

#[test]
fn records_are_canonical_and_chained() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let mut first = product("d", "p", "1.0.0", "");
        first.source = Some(SourceRef {
            repository: Some("https://example.com/source.git".to_owned()),
            commit: Some("0123".to_owned()),
            path: "products/p/dataproduct.yaml".to_owned(),
        });
        publish(&registry, vec![first]).expect("published");
        publish(&registry, vec![product("d", "p", "2.0.0", "")]).expect("published");
        publish(&registry, vec![product("d", "p", "1.1.0", "")]).expect("published");
        let snapshot = registry.open().expect("open");
        let versions = snapshot
            .product("d", "p")
            .expect("read")
            .expect("the product")
            .versions;
        let previous = |at: usize| snapshot.read(&versions[at]).expect("read").record.previous;
        assert_eq!(previous(0), None);
        // 1.1.0 came last, when 2.0.0 was the highest; 2.0.0 came when 1.0.0 was.
        assert_eq!(previous(1).as_ref(), Some(&versions[2].record_digest));
        assert_eq!(previous(2).as_ref(), Some(&versions[0].record_digest));

        let record = git(
            &world.path("r.git"),
            &["show", "main:products/d/p/1.0.0/record.json"],
        ) + "\n";
        let keys: Vec<_> = record
            .lines()
            .filter_map(|line| line.strip_prefix("  \"")?.split('"').next())
            .collect();
        assert_eq!(
            keys,
            [
                "format",
                "registry",
                "id",
                "domain",
                "product",
                "version",
                "content",
                "files",
                "contracts",
                "source",
                "publisher",
                "tool",
                "publishedAt",
                "previous",
                "summary"
            ]
        );
        let parsed = snapshot.read(&versions[0]).expect("read").record;
        assert_eq!(parsed.to_bytes().expect("bytes"), record.into_bytes());
    });
}

#[test]
fn an_id_keeps_its_path_and_a_path_its_id() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let uuid = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";
        let named = |domain: &str, name: &str, id: &str, version: &str| {
            let mut product = product(domain, name, version, "");
            product.id = id.to_owned();
            product
        };
        publish(&registry, vec![named("d", "Sales Order", uuid, "1.0.0")]).expect("published");
        let report =
            publish(&registry, vec![named("d", "Orders", uuid, "1.1.0")]).expect("published");
        assert_eq!(report.parts[0].path, "products/d/sales-order/1.1.0");

        let error =
            publish(&registry, vec![named("other", "Orders", uuid, "1.2.0")]).expect_err("moved");
        assert!(
            matches!(&error, Error::Refusal(Refusal::IdMoved { published, .. }) if published == "d/sales-order"),
            "{error}"
        );
        let error = publish(
            &registry,
            vec![named("d", "sales-order", "x.sales-order", "3.0.0")],
        )
        .expect_err("taken");
        assert!(
            matches!(&error, Error::Refusal(Refusal::PathTaken { owner, .. }) if owner == uuid),
            "{error}"
        );
        let help = error.help().expect("help");
        assert!(
            help.starts_with("give the product an id whose last part is not `sales-order`"),
            "{help}"
        );
        let other = "3f2504e0-4f89-11d3-9a0c-0305e82c3302";
        let error =
            publish(&registry, vec![named("d", "Sales Order", other, "3.0.0")]).expect_err("taken");
        let help = error.help().expect("help");
        assert!(help.starts_with("give the product a name"), "{help}");
    });
}

#[test]
fn the_gate_judges_the_tip_that_is_published_onto() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let other = world.registry("r.git", "other");
        let mut seen = Vec::new();
        let options = PublishOptions::default();
        let report = registry.publish(
            &plan(vec![product("d", "slow", "1.0.0", "")]),
            &options,
            &mut |snapshot| {
                seen.push(listing(snapshot));
                if seen.len() == 1 {
                    publish(&other, vec![product("d", "fast", "1.0.0", "")]).expect("published");
                }
                Ok(Approval::default())
            },
        );
        assert_eq!(report.expect("published").attempts, 2);
        assert_eq!(seen, [vec![], vec!["d/fast 1.0.0".to_owned()]]);

        let refusal = registry.publish(
            &plan(vec![product("d", "no", "1.0.0", "")]),
            &options,
            &mut |_| Err("breaks d/fast".into()),
        );
        assert!(
            matches!(&refusal, Err(error @ Error::Gate(_)) if error.to_string() == "breaks d/fast")
        );
        assert_eq!(
            listing(&registry.open().expect("open")),
            ["d/fast 1.0.0", "d/slow 1.0.0"]
        );
    });
}

#[test]
fn a_dry_run_goes_all_the_way_but_the_last_step() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let options = PublishOptions {
            dry_run: true,
            ..PublishOptions::default()
        };
        let mut asked = 0;
        let report = registry.publish(
            &plan(vec![product("d", "p", "1.0.0", "")]),
            &options,
            &mut |_| {
                asked += 1;
                Ok(Approval::default())
            },
        );
        assert_eq!(
            report.expect("a report").parts[0].outcome,
            Outcome::WouldPublish
        );
        assert_eq!(asked, 1);
        assert!(registry.open().expect("open").is_empty());
    });
}

#[test]
fn products_are_found_by_words_ids_and_contracts() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let mut orders = product("commercial", "sales-order", "1.0.0", "");
        orders.summary.purpose = Some("Every shipment and its Straße".to_owned());
        orders.summary.tags = vec!["Revenue".to_owned()];
        let mut shipments = product("logistics", "shipment", "0.9.0-rc.1", "");
        shipments.summary.input_ports = vec![InputPort {
            name: "orders".to_owned(),
            contract_id: Some("sales-order-contract".to_owned()),
            contract_version: Some("1.0.0".to_owned()),
        }];
        publish(&registry, vec![orders.clone(), shipments]).expect("published");
        for version in ["1.2.0", "1.10.0", "2.0.0-rc.1"] {
            orders.version = version.parse().expect("a version");
            publish(&registry, vec![orders.clone()]).expect("published");
        }
        let snapshot = registry.open().expect("open");
        let search = |query: &str| -> Vec<String> {
            snapshot
                .search(query)
                .expect("read")
                .iter()
                .map(|hit| format!("{} ({})", hit.entry.reference(), hit.versions))
                .collect()
        };
        let (order, shipment) = ("commercial/sales-order (4)", "logistics/shipment (1)");
        assert_eq!(search(""), [order, shipment]);
        assert_eq!(
            search("SHIP"),
            [shipment, order],
            "a name stands before a purpose"
        );
        assert_eq!(search("ship rev"), [order], "all words");
        assert_eq!(search("STRASSE"), Vec::<String>::new());
        assert_eq!(search("straße"), [order]);
        assert_eq!(
            search("hipment"),
            Vec::<String>::new(),
            "words match from their beginning"
        );
        assert_eq!(search("sales-order-port"), [order]);

        assert_eq!(
            snapshot
                .contract("sales-order-contract", Some("v1.0.0"))
                .expect("read")
                .len(),
            4
        );
        assert_eq!(
            snapshot
                .contract("sales-order-contract", Some("2.0.0"))
                .expect("read")
                .len(),
            0
        );
        let consumers = snapshot.consumers_of("sales-order-contract").expect("read");
        assert_eq!(
            consumers
                .iter()
                .map(mesh_registry::Entry::reference)
                .collect::<Vec<_>>(),
            ["logistics/shipment"]
        );
        assert_eq!(
            snapshot
                .current_consumers_of("sales-order-contract")
                .expect("read"),
            consumers
        );
        assert_eq!(
            snapshot
                .by_id("logistics.shipment")
                .expect("read")
                .expect("the product")
                .product,
            "shipment"
        );
    });
}

#[test]
fn who_consumed_a_contract_once_is_told_from_who_still_does() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let reading = |version: &str, contract: &str| {
            let mut planned = product("logistics", "shipment", version, version);
            planned.contracts[0].version = version.to_owned();
            planned.summary.output_ports[0].contract_version = Some(version.to_owned());
            planned.summary.input_ports = vec![InputPort {
                name: "in".to_owned(),
                contract_id: Some(contract.to_owned()),
                contract_version: None,
            }];
            planned
        };
        let versions = [("1.0.0", "old"), ("1.1.0", "new"), ("2.0.0-rc.1", "next")];
        for (version, contract) in versions {
            publish(&registry, vec![reading(version, contract)]).expect("published");
        }
        let snapshot = registry.open().expect("open");
        let counts = |contract: &str| {
            let ever = snapshot.consumers_of(contract).expect("read").len();
            (
                ever,
                snapshot.current_consumers_of(contract).expect("read").len(),
            )
        };
        assert_eq!(counts("old"), (1, 0));
        assert_eq!(counts("new"), (1, 1));
        assert_eq!(
            counts("next"),
            (1, 0),
            "a pre-release stands behind a release"
        );
        assert_eq!(counts("other"), (0, 0));
    });
}

#[test]
fn versions_are_resolved_like_people_write_them() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        for version in ["1.0.0", "1.2.0", "1.10.0", "2.0.0-rc.1"] {
            publish(
                &registry,
                vec![product("commercial", "sales-order", version, "")],
            )
            .expect("published");
        }
        publish(
            &registry,
            vec![product("logistics", "shipment", "0.9.0-rc.1", "")],
        )
        .expect("published");
        let snapshot = registry.open().expect("open");
        let resolve = |name: &str, version: Option<&str>| {
            snapshot
                .resolve(name, version)
                .map(|entry| entry.version.to_string())
                .map_err(|error| error.help())
        };
        assert_eq!(
            resolve("commercial/sales-order", None),
            Ok("1.10.0".to_owned())
        );
        assert_eq!(
            resolve("sales-order", Some("v1.2.0")),
            Ok("1.2.0".to_owned())
        );
        assert_eq!(
            resolve("commercial.sales-order", Some("1")),
            Ok("1.10.0".to_owned())
        );
        assert_eq!(resolve("sales-order@1.2", None), Ok("1.2.0".to_owned()));
        assert_eq!(
            resolve("sales-order", Some(">=1.1, <1.5")),
            Ok("1.2.0".to_owned())
        );
        assert_eq!(
            resolve("sales-order", Some("2.0.0-rc.1")),
            Ok("2.0.0-rc.1".to_owned())
        );
        assert_eq!(resolve("shipment", None), Ok("0.9.0-rc.1".to_owned()));
        assert_eq!(
            resolve("shipmnet", None),
            Err(Some("did you mean `logistics/shipment`?".to_owned()))
        );
        assert_eq!(
            resolve("shipment", Some("7")),
            Err(Some("use one of `0.9.0-rc.1`".to_owned()))
        );
    });
}

#[test]
fn offline_reads_what_was_seen_last() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        publish(
            &world.registry("r.git", "other"),
            vec![product("d", "q", "1.0.0", "")],
        )
        .expect("published");
        let offline = |cache: &str| {
            let options = Options {
                offline: true,
                ..world.options(cache)
            };
            Registry::new(registry.location().clone(), options).open()
        };
        assert_eq!(listing(&offline("cache").expect("cached")), ["d/p 1.0.0"]);
        assert!(matches!(offline("never"), Err(Error::NoCache { .. })));
        assert_eq!(
            listing(&registry.open().expect("open")),
            ["d/p 1.0.0", "d/q 1.0.0"]
        );
        std::fs::rename(world.path("r.git"), world.path("gone.git")).expect("renamed");
        assert_eq!(offline("cache").expect("cached").len(), 2);
        assert!(matches!(
            registry.open(),
            Err(Error::Remote(RemoteError::NotFound { .. }))
        ));
    });
}

#[test]
fn the_default_registry_is_created_on_first_use() {
    isolated(|world| {
        let registry = Registry::new(
            RegistryLocation::default_location().expect("a home"),
            world.options("cache"),
        );
        assert!(registry.open().expect("created").is_empty());
        // It needs no identity: it is nobody else's.
        world.git(&["config", "--global", "--remove-section", "user"]);
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        assert_eq!(registry.open().expect("open").len(), 1);

        let shared = world.registry("r.git", "cache");
        assert!(matches!(shared.init(), Err(Error::NoIdentity)));

        let path = registry.location().path().expect("a path").to_path_buf();
        std::fs::remove_dir_all(path).expect("removed");
        assert!(
            matches!(
                registry.open(),
                Err(Error::Remote(RemoteError::NotFound { .. }))
            ),
            "a lost registry is not silently replaced"
        );
    });
}
