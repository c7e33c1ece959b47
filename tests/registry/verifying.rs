//! A history that is judged commit by commit, each on what the last one left in memory or in a cache, is judged as if
//! everything had been read again for each commit.

use crate::support::{World, git, isolated, listing, product, promising, publish, tamper};
use git2::{FileMode, Oid, Repository, Signature, build::TreeUpdateBuilder};
use mesh_registry::{PlannedProduct, Registry, verify::Judged};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use std::{collections::BTreeMap, fs, path::Path};

/// A version as mesh published it into a copy of the registry.
struct Version {
    product: String,
    path: String,
    tree: Oid,
}

/// What a commit does to the registry.
#[derive(Debug, Clone)]
enum Step {
    /// A version comes to its place.
    Publish(usize),
    /// It comes to a place where it does not belong.
    Misplace(usize),
    /// Whatever is at its place goes.
    Remove(usize),
    /// A file that governs comes, which may be none that can be read.
    Govern(bool),
}

fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step = prop_oneof![
        12 => (0..64_usize).prop_map(Step::Publish),
        2 => (0..64_usize).prop_map(Step::Misplace),
        1 => (0..64_usize).prop_map(Step::Remove),
        1 => any::<bool>().prop_map(Step::Govern),
    ];
    proptest::collection::vec(proptest::collection::vec(step, 1..4), 1..8)
}

/// Copies of a registry in which versions were published that do not all go together: other content under the same
/// number, an id in two domains, and a contract of two products.
fn pool(world: &World) -> Vec<Version> {
    world.initialised("r.git");
    let elsewhere = PlannedProduct {
        domain: "e".to_owned(),
        ..product("d", "a", "1.0.0", "")
    };
    let other = PlannedProduct {
        id: "other.b".to_owned(),
        ..product("d", "b", "3.0.0", "")
    };
    let taken = || promising(product("e", "c", "1.0.0", ""), "a-contract");
    let products: [Vec<PlannedProduct>; 5] = [
        vec![
            product("d", "a", "1.0.0", ""),
            product("d", "a", "1.1.0", ""),
            product("d", "a", "2.0.0", ""),
            product("d", "b", "1.0.0", ""),
            product("e", "c", "1.0.0", ""),
        ],
        vec![
            taken(),
            product("e", "c", "1.1.0", ""),
            product("d", "b", "1.0.0", "other"),
            product("d", "b", "1.1.0", "other"),
        ],
        vec![elsewhere, product("d", "b", "2.0.0", "")],
        vec![other],
        vec![
            product("d", "a", "1.0.0", "else"),
            product("d", "a", "1.1.0", "else"),
        ],
    ];
    let repo = Repository::open_bare(world.path("r.git")).expect("the registry");
    let mut versions = Vec::new();
    for (at, products) in products.into_iter().enumerate() {
        let name = format!("pool-{at}.git");
        world.git(&["clone", "-q", "--bare", "r.git", &name]);
        let pool = world.registry(&name, &name.replace(".git", ""));
        for product in products {
            let path = format!("products/{}/{}", product.domain, product_name(&product));
            let version = product.version.to_string();
            publish(&pool, vec![product]).expect("published");
            let fetched = format!("../{name}");
            git(repo.path(), &["fetch", "-q", &fetched, "main"]);
            let full = format!("FETCH_HEAD:{path}/{version}");
            let tree = git(repo.path(), &["rev-parse", &full]);
            versions.push(Version {
                product: path.clone(),
                path: format!("{path}/{version}"),
                tree: tree.parse().expect("an id"),
            });
        }
    }
    versions
}

fn product_name(product: &PlannedProduct) -> &str {
    product.id.rsplit('.').next().expect("a name")
}

/// Commits what steps do on `parent`.
fn commit(repo: &Repository, parent: Oid, steps: &[Step], pool: &[Version]) -> Oid {
    let parent = repo.find_commit(parent).expect("the parent");
    let mut tree = parent.tree().expect("its tree");
    for step in steps {
        let mut update = TreeUpdateBuilder::new();
        let version = |at: &usize| &pool[at % pool.len()];
        match step {
            Step::Publish(at) => {
                let version = version(at);
                update.upsert(version.path.as_str(), version.tree, FileMode::Tree);
            }
            Step::Misplace(at) => {
                let version = version(at);
                let path = format!("{}/9.0.0", version.product);
                update.upsert(path.as_str(), version.tree, FileMode::Tree);
            }
            Step::Remove(at) => {
                let path = &version(at).path;
                if tree.get_path(Path::new(path)).is_err() {
                    continue;
                }
                update.remove(path.as_str());
            }
            Step::Govern(is_sound) => {
                let text = if *is_sound {
                    "owners: [{email: test@example.com}]\n"
                } else {
                    "owners: 7\n"
                };
                let blob = repo.blob(text.as_bytes()).expect("a blob");
                update.upsert("owners/d.yaml", blob, FileMode::Blob);
            }
        }
        let id = update.create_updated(repo, &tree).expect("a tree");
        tree = repo.find_tree(id).expect("a tree");
    }
    let who = Signature::now("Test", "test@example.com").expect("somebody");
    repo.commit(None, &who, &who, "steps", &tree, &[&parent])
        .expect("a commit")
}

/// Everything that was said of a commit.
fn told(judged: &Judged) -> Vec<String> {
    let findings = judged.findings.iter().map(|found| {
        let span = found.place.as_ref().map(|place| place.span.clone());
        format!(
            "{} {} {} {span:?}",
            found.check.id, found.path, found.message
        )
    });
    let published = judged
        .published
        .iter()
        .map(|new| format!("{} {}", new.entry.path(), new.entry.record_digest));
    let versions = format!("{} versions", judged.versions);
    findings.chain(published).chain([versions]).collect()
}

/// What is said of the commits from `base` to `head`.
fn judged(registry: &Registry, base: Option<&str>, head: &str) -> Vec<(String, Vec<String>)> {
    let history = registry.history().expect("a history");
    let mut verification = history
        .verify(base, Some(head), None)
        .expect("a verification");
    let mut all = Vec::new();
    while let Some(judged) = verification.judge_next().expect("judged") {
        all.push((judged.commit.clone(), told(&judged)));
    }
    all
}

#[test]
fn what_is_judged_bit_by_bit_is_judged_as_if_everything_were_read() {
    isolated(|world| {
        let pool = pool(world);
        let repo = Repository::open_bare(world.path("r.git")).expect("the registry");
        let first = repo
            .refname_to_id("refs/heads/main")
            .expect("the first commit");
        let warm = world.registry("r.git", "warm");
        let mut checks: BTreeMap<String, usize> = BTreeMap::new();
        let mut fresh = 0;
        let config = Config {
            cases: 40,
            failure_persistence: None,
            ..Config::default()
        };
        let mut runner = TestRunner::new_with_rng(
            config,
            proptest::test_runner::TestRng::deterministic_rng(
                proptest::test_runner::RngAlgorithm::ChaCha,
            ),
        );
        // Counted outside of the runs, which may not change anything.
        let said = std::cell::RefCell::new((&mut checks, &mut fresh));
        let outcome = runner.run(&steps(), |steps| {
            let mut tips = vec![first];
            for steps in &steps {
                let parent = tips.last().copied().unwrap_or(first);
                tips.push(commit(&repo, parent, steps, &pool));
            }
            let head = tips.last().copied().unwrap_or(first).to_string();
            let together = judged(&warm, None, &head);
            prop_assert_eq!(together.len(), tips.len());
            for (pair, (id, found)) in tips.windows(2).zip(&together[1..]) {
                let (parent, commit) = (pair[0].to_string(), pair[1].to_string());
                prop_assert_eq!(id, &commit);
                // On an index that the last commit left, and on one that is made of all that there is.
                let expected = [(commit.clone(), found.clone())];
                prop_assert_eq!(&judged(&warm, Some(&parent), &commit)[..], &expected[..]);
                let mut said = said.borrow_mut();
                *said.1 += 1;
                let cold = world.registry("r.git", &format!("cold-{}", said.1));
                prop_assert_eq!(&judged(&cold, Some(&parent), &commit)[..], &expected[..]);
                for line in found {
                    let check = line.split(' ').next().unwrap_or_default();
                    *said.0.entry(check.to_owned()).or_default() += 1;
                }
                // What was published and is gone is known to whoever has seen it only: such a commit is taken by nobody.
                if found
                    .iter()
                    .any(|line| line.starts_with("published-version-changed"))
                {
                    break;
                }
            }
            Ok(())
        });
        outcome.expect("the same");
        for check in [
            "contract-owned",
            "id-moved",
            "path-taken",
            "previous-unknown",
            "record-elsewhere",
            "published-version-changed",
            "owners-unreadable",
            "contract-changed",
        ] {
            assert!(
                checks.contains_key(check),
                "{check} never came up: {checks:?}"
            );
        }
    });
}

#[test]
fn an_index_that_is_read_ahead_by_many_is_the_one_that_grew() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        for version in ["1.0.0", "1.1.0"] {
            let products = (0..300).map(|at| product("d", &format!("p{at}"), version, ""));
            publish(&registry, products.collect()).expect("published");
        }
        // Records that cannot be read are problems, whoever comes to them.
        let work = world.clone_of("r.git");
        tamper(&work, |work| {
            for name in ["p7", "p8"] {
                let record = work.join(format!("products/d/{name}/1.1.0/record.json"));
                fs::write(record, "{").expect("a record");
            }
        });
        let grown = registry.open().expect("opened");
        let made = world.registry("r.git", "another").open().expect("opened");
        assert_eq!(listing(&made).len(), 598);
        assert_eq!(listing(&made), listing(&grown));
        assert_eq!(made.problems(), grown.problems());
        let entries = |snapshot: &mesh_registry::Snapshot| {
            snapshot
                .entries()
                .collect::<Result<Vec<_>, _>>()
                .expect("entries")
        };
        assert_eq!(entries(&made), entries(&grown));
    });
}
