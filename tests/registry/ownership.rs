//! Whose registry, whose domain: who may publish where, and what a record says about that.

use crate::support::{git, isolated, listing, plan, plan_of, product, publish, tamper};
use mesh_registry::{
    Approval, Error, PlannedProduct, PolicyFile, PublishOptions, PublishReport, Refusal, Registry,
    Snapshot, layout,
};
use std::{fs, path::Path};

#[test]
fn a_record_names_its_registry() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("sales", "orders", "1.0.0", "a")]).expect("a publish");
        let snapshot = registry.open().expect("a snapshot");
        let id = snapshot.id().expect("a new registry has an id").to_owned();
        assert_eq!(snapshot.settings().expect("settings").id, Some(id.clone()));
        let entry = snapshot.resolve("orders", None).expect("the product");
        let product = snapshot.read(&entry).expect("a sound version");
        assert_eq!(product.record.registry, Some(id));
        assert_eq!(product.signature, None);
    });
}

/// Copies the versions of one registry into another.
fn replay(from: &Path, to: &Path) {
    let status = std::process::Command::new("cp")
        .arg("-R")
        .arg(from.join("products"))
        .arg(to)
        .status();
    assert!(status.expect("cp").success());
}

#[test]
#[cfg(unix)]
fn a_record_of_another_registry_counts_for_nothing() {
    isolated(|world| {
        let theirs = world.registry("theirs.git", "cache");
        theirs.init().expect("a registry");
        publish(&theirs, vec![product("sales", "orders", "1.0.0", "a")]).expect("a publish");
        let ours = world.initialised("ours.git");
        let (from, to) = (world.clone_of("theirs.git"), world.clone_of("ours.git"));
        tamper(&to, |to| replay(&from, to));
        let snapshot = ours.open().expect("a snapshot");
        assert!(snapshot.is_empty());
        let [problem] = snapshot.problems() else {
            panic!("{:?}", snapshot.problems());
        };
        assert_eq!(problem.reason, "it is the record of another registry");
        let history = ours.history().expect("a history");
        let additions = history.additions(None, None).expect("additions");
        let problems: Vec<_> = additions
            .flat_map(|addition| addition.expect("an addition").problems)
            .collect();
        assert_eq!(problems.len(), 1, "{problems:?}");
    });
}

#[test]
fn records_of_registries_without_an_id_stay_readable() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        let format = |id: &str| format!("format: 1\n{id}");
        let without = |work: &Path| fs::write(work.join(layout::FORMAT_FILE), format(""));
        tamper(&work, |work| without(work).expect("a format file"));
        publish(&registry, vec![product("sales", "orders", "1.0.0", "a")]).expect("a publish");
        let id = "id: 0123456789abcdef0123456789abcdef\n";
        let with = |work: &Path| fs::write(work.join(layout::FORMAT_FILE), format(id));
        tamper(&work, |work| with(work).expect("a format file"));
        publish(&registry, vec![product("sales", "orders", "1.1.0", "a")]).expect("a publish");
        let snapshot = registry.open().expect("a snapshot");
        let entries = snapshot.entries().collect::<Result<Vec<_>, _>>();
        let registries: Vec<_> = snapshot
            .read_all(&entries.expect("entries"))
            .expect("both are sound")
            .into_iter()
            .map(|product| product.record.registry.is_some())
            .collect();
        assert_eq!(registries, [false, true]);

        // With another id, the index is made again, and finds the records of another registry.
        let other = "id: ffffffffffffffffffffffffffffffff\n";
        let with = |work: &Path| fs::write(work.join(layout::FORMAT_FILE), format(other));
        tamper(&work, |work| with(work).expect("a format file"));
        let snapshot = registry.open().expect("a snapshot");
        assert_eq!(listing(&snapshot), ["sales/orders 1.0.0"]);
        assert_eq!(snapshot.problems().len(), 1);
    });
}

fn write(work: &Path, path: &str, text: &str) {
    let path = work.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    fs::write(path, text).expect("a file");
}

#[test]
fn a_signature_beside_a_record_makes_no_other_version() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let orders = || vec![product("sales", "orders", "1.0.0", "a")];
        publish(&registry, orders()).expect("a publish");
        let work = world.clone_of("r.git");
        let path = "products/sales/orders/1.0.0/record.json.sig";
        tamper(&work, |work| write(work, path, "-----BEGIN\n"));
        assert_eq!(publish(&registry, orders()).expect("there").commit, None);
        let snapshot = registry.open().expect("a snapshot");
        let entry = snapshot.resolve("orders", None).expect("the product");
        let read = snapshot.read(&entry).expect("a sound version");
        assert_eq!(read.signature.as_deref(), Some("-----BEGIN\n"));
        tamper(&work, |work| write(work, path, &" ".repeat(20_000)));
        let snapshot = registry.open().expect("a snapshot");
        assert!(matches!(snapshot.read(&entry), Err(Error::Damaged { .. })));
    });
}

/// Makes somebody the only owner of a domain, by hand.
fn own(work: &Path, domain: &str, email: &str) {
    let text = format!("owners:\n- email: {email}\n");
    tamper(work, |work| {
        write(work, &layout::owners_file(domain), &text);
    });
}

/// Adds to the format file, by hand.
fn settle(work: &Path, settings: &str) {
    tamper(work, |work| {
        let path = work.join(layout::FORMAT_FILE);
        let text = fs::read_to_string(&path).expect("a format file");
        fs::write(&path, format!("{text}{settings}\n")).expect("a format file");
    });
}

fn publish_as(
    registry: &Registry,
    email: &str,
    products: Vec<PlannedProduct>,
) -> Result<PublishReport, Error> {
    let plan = plan_of(email, products);
    registry.publish(&plan, &PublishOptions::default(), &mut |_: &Snapshot| {
        Ok(Approval::default())
    })
}

fn orders(version: &str) -> Vec<PlannedProduct> {
    vec![product("sales", "orders", version, "a")]
}

#[test]
fn only_its_owners_publish_to_a_domain() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        publish(&registry, orders("1.0.0")).expect("a domain of nobody");
        own(&work, "sales", "Anna@example.com");
        let refused = publish(&registry, orders("1.1.0"));
        let Err(error @ Error::Refusal(Refusal::NotOwner { .. })) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(
            error.to_string(),
            "`test@example.com` is not an owner of the domain `sales`"
        );
        assert!(error.is_refusal());
        let help = error.help().expect("help");
        assert!(help.contains("`Anna@example.com`"), "{help}");
        publish_as(&registry, "anna@EXAMPLE.com", orders("1.1.0")).expect("an owner");
        // What is there is there, whoever finds that out.
        assert_eq!(
            publish(&registry, orders("1.1.0"))
                .expect("no change")
                .commit,
            None
        );

        // Of several domains, one that is somebody else's is enough.
        let both = vec![
            product("finance", "ledger", "1.0.0", "a"),
            product("sales", "orders", "1.2.0", "a"),
        ];
        let refused = publish(&registry, both.clone());
        assert!(
            matches!(refused, Err(Error::Refusal(Refusal::NotOwner { .. }))),
            "{refused:?}"
        );
        let there = listing(&registry.open().expect("a snapshot"));
        assert_eq!(there, ["sales/orders 1.0.0", "sales/orders 1.1.0"]);
        publish_as(&registry, "anna@example.com", both).expect("an owner of the one");
    });
}

#[test]
fn a_dry_run_is_refused_as_well() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        own(&world.clone_of("r.git"), "sales", "anna@example.com");
        let options = PublishOptions {
            dry_run: true,
            ..PublishOptions::default()
        };
        let refused = registry.publish(&plan(orders("1.0.0")), &options, &mut |_| {
            Ok(Approval::default())
        });
        assert!(
            matches!(refused, Err(Error::Refusal(Refusal::NotOwner { .. }))),
            "{refused:?}"
        );
    });
}

#[test]
fn an_owner_who_is_removed_between_two_tries_is_refused() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        own(&work, "sales", "test@example.com");
        let mut asked = 0;
        let refused = registry.publish(
            &plan(orders("1.0.0")),
            &PublishOptions::default(),
            &mut |_: &Snapshot| {
                asked += 1;
                // The first try is under way: it will lose the race against this.
                own(&work, "sales", "anna@example.com");
                Ok(Approval::default())
            },
        );
        assert!(
            matches!(refused, Err(Error::Refusal(Refusal::NotOwner { .. }))),
            "{refused:?}"
        );
        assert_eq!(asked, 1);
        assert!(registry.open().expect("a snapshot").is_empty());
    });
}

#[test]
fn an_owner_who_is_added_between_two_tries_is_let_in() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        own(&work, "sales", "test@example.com");
        let mut asked = 0;
        let published = registry.publish(
            &plan(orders("1.0.0")),
            &PublishOptions::default(),
            &mut |_: &Snapshot| {
                asked += 1;
                if asked == 1 {
                    own(&work, "finance", "anna@example.com");
                }
                Ok(Approval::default())
            },
        );
        assert_eq!(published.expect("published").attempts, 2);
    });
}

#[test]
fn where_owners_are_required_a_domain_without_is_closed() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        settle(
            &work,
            "owners: required\nstewards: [{email: office@example.com}]",
        );
        let refused = publish(&registry, orders("1.0.0"));
        let Err(error @ Error::Refusal(Refusal::NoOwners { .. })) = refused else {
            panic!("{refused:?}");
        };
        let help = error.help().expect("help");
        assert!(
            help.contains("ask a steward (`office@example.com`)"),
            "{help}"
        );
        let refused = publish_as(&registry, "office@example.com", orders("1.0.0"));
        assert!(
            matches!(refused, Err(Error::Refusal(Refusal::NoOwners { .. }))),
            "{refused:?}"
        );
        own(&work, "sales", "test@example.com");
        publish(&registry, orders("1.0.0")).expect("an owner");
    });
}

#[test]
fn what_cannot_be_read_lets_nobody_in() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        let broken = |work: &Path| write(work, "owners/sales.yaml", "owners: anybody\n");
        tamper(&work, broken);
        let refused = publish(&registry, orders("1.0.0"));
        assert!(
            matches!(refused, Err(Error::BadOwnersFile { .. })),
            "{refused:?}"
        );
        // Other domains are open, and everything can be read.
        publish(&registry, vec![product("finance", "ledger", "1.0.0", "a")]).expect("another");
        assert_eq!(registry.open().expect("a snapshot").len(), 1);
        settle(&work, "owners: maybe");
        let refused = publish(&registry, vec![product("finance", "ledger", "1.1.0", "a")]);
        assert!(
            matches!(refused, Err(Error::BadFormatFile { .. })),
            "{refused:?}"
        );
        assert_eq!(registry.open().expect("a snapshot").len(), 1);
    });
}

#[test]
fn policies_are_up_to_the_stewards() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        let put = |text: &str| {
            let file = PolicyFile {
                path: "policies/overlays/sales.yaml".to_owned(),
                bytes: text.as_bytes().to_vec(),
            };
            let options = PublishOptions::default();
            registry.publish_policies(&[file], "Agree", "t", &options, &mut |_| Ok(()))
        };
        put("# one\n").expect("without stewards, whoever may push");
        settle(&work, "stewards: [{email: office@example.com}]");
        let refused = put("# two\n");
        let Err(error @ Error::Refusal(Refusal::NotSteward { .. })) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(
            error.to_string(),
            "`test@example.com` may not change `policies/overlays/sales.yaml`: that is up to the stewards of the registry"
        );
        put("# one\n").expect("no change");
        settle(&work, "# nothing");
        tamper(&work, |work| {
            let path = work.join(layout::FORMAT_FILE);
            let text = fs::read_to_string(&path).expect("a format file");
            let text = text.replace("office@", "Test@");
            fs::write(&path, text).expect("a format file");
        });
        put("# two\n").expect("a steward");
    });
}

#[test]
fn a_registry_may_set_lower_limits() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        settle(&work, "limits: {fileBytes: 100, filesPerVersion: 2}");
        publish(&registry, orders("1.0.0")).expect("small enough");
        let mut large = orders("1.1.0");
        large[0].manifest = vec![b'#'; 101];
        let refused = publish(&registry, large);
        assert!(
            matches!(
                refused,
                Err(Error::TooLarge {
                    size: 101,
                    limit: 100,
                    ..
                })
            ),
            "{refused:?}"
        );
        let mut many = orders("1.1.0");
        let mut other = many[0].contracts[0].clone();
        other.id = "other".to_owned();
        many[0].contracts.push(other);
        let refused = publish(&registry, many);
        assert!(
            matches!(
                refused,
                Err(Error::TooLarge {
                    size: 3,
                    limit: 2,
                    ..
                })
            ),
            "{refused:?}"
        );
        // What was published before stays what it is.
        settle(&work, "# nothing");
        tamper(&work, |work| {
            let path = work.join(layout::FORMAT_FILE);
            let text = fs::read_to_string(&path).expect("a format file");
            fs::write(&path, text.replace("fileBytes: 100", "fileBytes: 10")).expect("a file");
        });
        assert_eq!(
            publish(&registry, orders("1.0.0")).expect("there").commit,
            None
        );
    });
}

/// Reads the owners of `sales` when `change` was made to a work tree.
fn owners_after(
    work: &Path,
    registry: &mesh_registry::Registry,
    change: impl FnOnce(&Path),
) -> Result<Vec<String>, Error> {
    tamper(work, change);
    let snapshot: Snapshot = registry.open().expect("a snapshot");
    let owners = snapshot.owners_of("sales")?;
    git(work, &["rm", "-rfq", "owners"]);
    Ok(owners.map(|owners| owners.emails()).unwrap_or_default())
}

#[test]
#[cfg(unix)]
fn owners_files_are_read_or_are_errors() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        assert_eq!(
            registry
                .open()
                .expect("r")
                .owners_of("sales")
                .expect("no file"),
            None
        );
        let work = world.clone_of("r.git");
        let good = "owners:\n- email: anna@example.com\n";
        let found = owners_after(&work, &registry, |work| {
            write(work, "owners/sales.yaml", good);
        });
        assert_eq!(found.expect("owners"), ["anna@example.com"]);
        let found = owners_after(&work, &registry, |work| {
            write(work, "owners/finance.yaml", good);
        });
        assert_eq!(found.expect("no owners"), [""; 0]);

        let bad = |change: &dyn Fn(&Path)| {
            git(&work, &["rm", "-rfq", "--ignore-unmatch", "owners"]);
            let _ = fs::remove_dir_all(work.join("owners"));
            let found = owners_after(&work, &registry, change);
            assert!(
                matches!(found, Err(Error::BadOwnersFile { .. })),
                "{found:?}"
            );
        };
        bad(&|work| write(work, "owners/sales.yaml", "owners: []\n"));
        bad(&|work| write(work, "owners/sales.yml", good));
        bad(&|work| write(work, "owners/Sales.yaml", good));
        bad(&|work| write(work, "owners/sales.yaml/x", good));
        bad(&|work| {
            fs::create_dir_all(work.join("owners")).expect("a directory");
            std::os::unix::fs::symlink("../x", work.join("owners/sales.yaml")).expect("a link");
        });
        bad(&|work| {
            write(
                work,
                "owners/sales.yaml",
                &format!("{good}#{}", " ".repeat(300_000)),
            );
        });
        bad(&|work| {
            write(
                work,
                "owners/sales.yaml",
                "version https://git-lfs.github.com/spec/v1\n",
            );
        });
        let _ = fs::remove_dir_all(work.join("owners"));
        bad(&|work| fs::write(work.join("owners"), good).expect("a file"));
    });
}
