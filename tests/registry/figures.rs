//! How long things take. `cargo test --release --test registry figures -- --ignored --nocapture` measures them.

use crate::{
    races::{RACERS, race},
    support::{World, figure, isolated, product, publish},
};
use mesh_registry::{FileDigest, Publisher, Record};
use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Adds many versions to a registry, ten for each product, in commits of so many.
fn fill(world: &World, registry: &str, versions: usize, in_commit: usize) {
    let mut import = Command::new("git")
        .args(["fast-import", "--quiet"])
        .current_dir(world.path(registry))
        .stdin(Stdio::piped())
        .spawn()
        .expect("git fast-import");
    let mut stdin = import.stdin.take().expect("a pipe");
    let commit =
        "commit refs/heads/main\ncommitter Test <test@example.com> 1700000000 +0000\ndata 0\n";
    let mut stream = format!("{commit}from refs/heads/main^0\n");
    for n in 0..versions {
        if n > 0 && n % in_commit == 0 {
            stream.push_str(commit);
        }
        let name = format!("product-{}", n / 10);
        let mut planned = product(
            &format!("domain-{}", n / 10 % 50),
            &name,
            &format!("1.{}.0", n % 10),
            "",
        );
        planned.summary.purpose = Some(format!(
            "What product {name} is for, in a sentence of ordinary length."
        ));
        planned.summary.tags = vec!["sales".to_owned(), format!("tag-{}", n % 97)];
        let file = FileDigest {
            path: "dataproduct.yaml".to_owned(),
            sha256: String::new(),
            bytes: 0,
        };
        let mut record = Record {
            compatibility: None,
            policy: None,
            format: 1,
            registry: Some("0123456789abcdef0123456789abcdef".to_owned()),
            id: planned.id,
            domain: planned.domain,
            product: name,
            version: planned.version,
            content: String::new(),
            files: vec![file],
            contracts: Vec::new(),
            source: None,
            publisher: Publisher {
                name: "Test".to_owned(),
                email: "test@example.com".to_owned(),
            },
            tool: "mesh-test 0.0.0".to_owned(),
            published_at: None,
            previous: None,
            summary: planned.summary,
        };
        record.content = record.content_digest();
        let directory = format!(
            "products/{}/{}/{}",
            record.domain, record.product, record.version
        );
        let bytes = String::from_utf8(record.to_bytes().expect("bytes")).expect("UTF-8");
        for (file, content) in [
            ("record.json", &bytes),
            ("dataproduct.yaml", &"id: x\n".repeat(300)),
        ] {
            writeln!(
                stream,
                "M 100644 inline {directory}/{file}\ndata {}\n{content}",
                content.len()
            )
            .expect("a string");
        }
        if stream.len() > 1 << 20 {
            stdin.write_all(stream.as_bytes()).expect("written");
            stream.clear();
        }
    }
    stdin.write_all(stream.as_bytes()).expect("written");
    drop(stdin);
    assert!(import.wait().expect("git fast-import").success());
}

#[test]
#[ignore = "measures"]
fn figures() {
    isolated(|world| {
        world.initialised("r.git");
        for version in ["1.0.0", "1.1.0"] {
            let start = Instant::now();
            let outcomes = race(
                world,
                |n| format!("cache{n}"),
                |n| [format!("p{n}"), version.to_owned(), String::new()],
            );
            assert_eq!(outcomes, vec!["Published"; RACERS]);
            figure(&format!("{RACERS} racers, {version}"), start.elapsed());
        }
        for versions in [0, 10_000, 100_000] {
            let registry = world.initialised(&format!("{versions}.git"));
            fill(world, &format!("{versions}.git"), versions, versions.max(1));
            let measure = |what: &str, action: &mut dyn FnMut()| {
                let start = Instant::now();
                action();
                figure(&format!("{versions} versions, {what}"), start.elapsed());
            };
            let cold = world.registry(&format!("{versions}.git"), &format!("cold-{versions}"));
            measure("open, cold", &mut || {
                assert_eq!(cold.open().expect("open").len(), versions);
            });
            let mut snapshot = None;
            measure("open, warm", &mut || {
                snapshot = Some(cold.open().expect("open"));
            });
            let snapshot = snapshot.expect("a snapshot");
            for query in ["product-77", "sales", "zzz", ""] {
                measure(&format!("search `{query}`"), &mut || {
                    drop(snapshot.search(query));
                });
            }
            measure("first look-up by id", &mut || {
                drop(snapshot.by_id("domain-1.product-1"));
            });
            measure("second look-up by id", &mut || {
                drop(snapshot.by_id("domain-1.product-1"));
            });
            measure("publish, cold", &mut || {
                publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
            });
            for version in ["1.0.1", "1.0.2"] {
                measure("publish, warm", &mut || {
                    publish(&registry, vec![product("d", "p", version, "")]).expect("published");
                });
            }
            measure("open, after three publishes", &mut || {
                drop(cold.open().expect("open"));
            });
            let caches =
                fs::read_dir(world.path(&format!("cold-{versions}/registries"))).expect("caches");
            for cache in caches {
                let index = cache.expect("a cache").path().join("index");
                let size = fs::metadata(index).expect("an index").len();
                figure(
                    &format!("{versions} versions, index of {size} bytes, read"),
                    Duration::ZERO,
                );
            }
        }
        for commits in [1_000, 10_000] {
            let registry = world.initialised(&format!("walk-{commits}.git"));
            fill(world, &format!("walk-{commits}.git"), commits, 1);
            let history = registry.history().expect("a history");
            let start = Instant::now();
            let additions = history.additions(None, None).expect("a walk");
            assert_eq!(additions.count(), commits);
            figure(&format!("{commits} commits, walked over"), start.elapsed());
        }
    });
}
