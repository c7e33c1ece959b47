//! Changes that come as merges, and changes that were made side by side.

use std::path::PathBuf;

use super::world::{CONTRACT, PRODUCT, World, raised};

const ADA: &str = "ada@pharma.example";
const HOST: &str = "noreply@host.example";

/// Where owners are, and what they say in the beginning and after a change.
const FILE: &str = "owners/commercial.yaml";
const OWNERS: &str = "owners:\n  - email: ada@pharma.example\n";
const MORE: &str = "owners:\n  - email: ada@pharma.example\n  - email: ben@pharma.example\n";

fn owned() -> World {
    let world = World::new();
    let tree = world.file(&world.root(), FILE, OWNERS.as_bytes());
    world.accepted(&world.commit(&tree));
    world
}

/// What hosts make of a request: a merge, one commit of all, or the same commits again.
#[test]
fn a_request_that_governs_is_taken_however_it_is_merged() {
    let world = owned();
    let base = world.tip();
    let first = world.file(&world.root(), FILE, MORE.as_bytes());
    let text = format!("# Two of them.\n{MORE}");
    let second = world.file(&first, FILE, text.as_bytes());
    let begun = world.commit_of(ADA, &[&base], &first);
    let request = world.commit_of(ADA, &[&begun], &second);
    let merged = world.commit_of(HOST, &[&base, &request], &second);
    assert_eq!(world.found(&merged), Vec::<String>::new());
    // As GitHub squashes and rebases it, the author stays.
    let squashed = world.commit_of(ADA, &[&base], &second);
    assert_eq!(world.found(&squashed), Vec::<String>::new());
    // What was merged meanwhile stays as it is.
    let notes = world.file(&world.root(), "docs/notes.md", b"# Notes\n");
    world.accepted(&world.commit(&notes));
    let second = world.file(&notes, FILE, text.as_bytes());
    let merged = world.commit_of(HOST, &[&world.tip(), &request], &second);
    world.accepted(&merged);
    // The request of somebody else is not made better by whoever merges it.
    let tip = world.tip();
    let taken = world.file(
        &world.root(),
        FILE,
        b"owners:\n  - email: eve@pharma.example\n",
    );
    let request = world.commit_of("eve@pharma.example", &[&tip], &taken);
    for by in [ADA, HOST] {
        let merged = world.commit_of(by, &[&tip, &request], &taken);
        let said = world.refused("governed-by-others", &merged);
        assert!(said.contains("in the merged commit"), "{said}");
    }
    world.refused("governed-by-others", &request);
    let free = world.free("audited.git", &tip);
    assert!(world.audited(&free).is_empty());
}

#[test]
fn a_request_that_publishes_is_taken_by_a_merge() {
    let world = owned();
    let base = world.tip();
    let request = world.commit_of(ADA, &[&base], &world.next(|_| {}));
    let notes = world.file(&world.root(), "docs/notes.md", b"# Notes\n");
    world.accepted(&world.commit(&notes));
    let merged = world.commit_of(HOST, &[&world.tip(), &request], &world.next(|_| {}));
    world.accepted(&merged);
    let free = world.free("audited.git", &merged);
    assert!(world.audited(&free).is_empty());
}

/// A merge that does what none of the commits does that it merges.
#[test]
fn what_a_merge_smuggles_in_is_found() {
    let world = owned();
    let base = world.tip();
    let there = "products/commercial/orders/1.0.0/dataproduct.yaml";
    let request = world.commit_of(ADA, &[&base], &world.next(|_| {}));
    let with = |path: &str, bytes: &[u8]| world.file(&world.next(|_| {}), path, bytes);
    let link = world.mode(
        &world.next(|_| {}),
        "docs/link",
        "120000",
        &world.blob(b"/etc/passwd"),
    );
    let eve = b"owners:\n  - email: eve@pharma.example\n";
    let gone = world.without(
        &world.next(|_| {}),
        &["products", "commercial", "orders", "1.0.0"],
    );
    let cases = [
        ("published-version-changed", with(there, b"x")),
        ("published-version-changed", gone),
        ("symlink", link),
        ("governed-by-others", with(FILE, eve)),
        ("mixed-change", with(FILE, eve)),
        (
            "unexpected-file",
            with("products/commercial/orders/1.0.1/x", b"x"),
        ),
    ];
    for (at, (id, tree)) in cases.iter().enumerate() {
        let merged = world.commit_of("eve@pharma.example", &[&base, &request], tree);
        world.refused(id, &merged);
        // Also long after it was let in.
        let later = world.commit_of(ADA, &[&merged], &world.next(|_| {}));
        let free = world.free(&format!("evil-{at}.git"), &later);
        let found = world.audited(&free);
        // Only in a change there is nothing else beside the merge.
        assert!(found.contains(*id), "{id}: {found:?}");
    }
    // A merge that takes nothing of what the registry has had since.
    world.accepted(&request);
    let side = world.commit_of(ADA, &[&base], &world.tree_of(&base));
    let ours = world.commit_of(ADA, &[&request, &side], &world.tree_of(&base));
    world.refused("published-version-changed", &ours);
}

/// What a push brings is judged commit by commit: what comes later does not undo it.
#[test]
fn a_push_of_several_commits_is_judged_by_each() {
    let world = owned();
    let (base, root) = (world.tip(), world.root());
    let there = "products/commercial/orders/1.0.0/dataproduct.yaml";
    let blob = world.blob(b"x");
    for (id, tree) in [
        ("published-version-changed", world.file(&root, there, b"x")),
        (
            "published-version-changed",
            world.without(&root, &["products"]),
        ),
        ("symlink", world.mode(&root, "docs", "120000", &blob)),
        ("submodule", world.mode(&root, "docs", "160000", &base)),
        (
            "file-mode",
            world.mode(&root, FILE, "100755", &world.blob(OWNERS.as_bytes())),
        ),
    ] {
        let bad = world.commit_of(ADA, &[&base], &tree);
        let undone = world.commit_of(ADA, &[&bad], &root);
        world.refused(id, &undone);
        let free = world.free(&format!("{tree}.git"), &undone);
        let found = world.audited(&free);
        assert!(found.contains(id), "{id}: {found:?}");
    }
    // Two that are right.
    let first = world.file(&root, FILE, MORE.as_bytes());
    let second = world.file(&first, "docs/notes.md", b"# Notes\n");
    let begun = world.commit_of(ADA, &[&base], &first);
    world.accepted(&world.commit_of(ADA, &[&begun], &second));
}

/// The same version, published twice.
#[test]
fn what_was_published_meanwhile_is_not_published_again() {
    let world = World::new();
    // Both were made side by side; the second says what it was compared with, and that is no longer all.
    let side = world.next(|_| {});
    let base = world.tip();
    world
        .sandbox
        .write("work/orders/dataproduct.yaml", raised("Orders again"));
    let registry = world.registry.to_str().unwrap();
    world
        .sandbox
        .mesh(["publish", "--registry", registry])
        .expect(0);
    world.git(&world.clone, &["fetch", "--quiet"]);
    let second = world.commit_on(&[&base], &side);
    let push = world.push(&second);
    assert_ne!(push.status, 0);
    // On top of the other it changes what is published.
    world.refused("published-version-changed", &world.commit(&side));
}

/// Two versions that are compatible with what there was, as two teams publish them side by side: 1.1.0 adds a field, and
/// 1.2.0 knows nothing of it.
fn side_by_side(world: &World) -> [Vec<(String, Vec<u8>)>; 2] {
    let field = "    properties:\n      - name: added\n        logicalType: string\n        description: What was \
                 added.\n        classification: internal\n";
    let added = CONTRACT.replace("    properties:\n", field);
    [("1.1.0", added.as_str()), ("1.2.0", CONTRACT)].map(|(version, contract)| {
        let raised = |text: &str| text.replace("1.0.0", version);
        let folder = format!("work/orders-{version}");
        let sandbox = &world.sandbox;
        sandbox.write(format!("{folder}/dataproduct.yaml"), raised(PRODUCT));
        sandbox.write(format!("{folder}/orders.odcs.yaml"), raised(contract));
        let free: PathBuf = world.free(&format!("{version}.git"), &world.tip());
        let arguments = ["publish", &folder["work/".len()..], "--registry"];
        let arguments = [&arguments[..], &[free.to_str().unwrap()]].concat();
        sandbox.mesh(arguments).expect(0);
        let path = format!("products/commercial/orders/{version}");
        let listed = world.git(&free, &["ls-tree", "-r", "--name-only", "main", &path]);
        let files = listed.lines().map(|path| {
            let bytes = world.git(&free, &["show", &format!("main:{path}")]);
            (path.to_owned(), bytes.into_bytes())
        });
        files.collect()
    })
}

#[test]
fn changes_that_are_compatible_alone_and_break_together_are_found() {
    let world = World::new();
    let (base, root) = (world.tip(), world.root());
    let [first, second] = side_by_side(&world);
    let add = |tree: &str, files: &[(String, Vec<u8>)]| {
        files.iter().fold(tree.to_owned(), |tree, (path, bytes)| {
            world.file(&tree, path, bytes)
        })
    };
    let (one, other) = (add(&root, &first), add(&root, &second));
    let both = add(&one, &second);
    let (left, right) = (
        world.commit_on(&[&base], &one),
        world.commit_on(&[&base], &other),
    );
    for alone in [&left, &right] {
        assert_eq!(world.found(alone), Vec::<String>::new());
    }
    // The merge of the second into the first.
    let merged = world.commit_on(&[&left, &right], &both);
    world.refused("field-removed", &merged);
    world.accepted(&left);
    let said = world.refused("field-removed", &merged);
    assert!(said.contains("version-too-low"), "{said}");
    let free = world.free("merged.git", &merged);
    assert!(world.audited(&free).contains("field-removed"));
}

#[test]
fn changes_that_are_compatible_alone_and_come_in_one_commit_are_compared_too() {
    let world = World::new();
    let (base, root) = (world.tip(), world.root());
    let versions = side_by_side(&world);
    let both = versions.iter().flatten();
    let both = both.fold(root, |tree, (path, bytes)| world.file(&tree, path, bytes));
    let squashed = world.commit_on(&[&base], &both);
    let said = world.refused("field-removed", &squashed);
    assert!(said.contains("products/commercial/orders/1.2.0/"), "{said}");
    assert!(!said.contains("compatibility-differs"), "{said}");
    let free = world.free("squashed.git", &squashed);
    assert!(world.audited(&free).contains("field-removed"));
}
