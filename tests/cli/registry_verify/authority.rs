//! Who publishes and who governs.

use super::world::World;

const OWNERS: &str = "owners:\n  - email: ada@pharma.example\n";

#[test]
fn only_owners_publish_and_only_stewards_govern() {
    let world = World::new();
    let others = "owners:\n  - email: ben@pharma.example\n";
    // A change that names its own author as owner, and publishes: by the base he is none.
    world.accepted(&world.commit(&world.file(
        &world.root(),
        "owners/commercial.yaml",
        others.as_bytes(),
    )));
    let tree = world.file(
        &world.next(|_| {}),
        "owners/commercial.yaml",
        OWNERS.as_bytes(),
    );
    let mixed = world.commit(&tree);
    world.refused("mixed-change", &mixed);
    world.refused("publisher-not-owner", &mixed);
    world.refused("governed-by-others", &mixed);
    // The same in two commits.
    let first =
        world.commit(&world.file(&world.root(), "owners/commercial.yaml", OWNERS.as_bytes()));
    world.refused("governed-by-others", &first);
    let second = world.commit_on(&[&first], &tree);
    world.refused("publisher-not-owner", &second);
    world.refused("mixed-change", &second);
    // Nor does somebody else put an earlier state back, also not by a merge of what was there then.
    let parent = world
        .git(&world.registry, &["rev-parse", "main^"])
        .trim()
        .to_owned();
    let old = world
        .git(&world.registry, &["rev-parse", "main^^{tree}"])
        .trim()
        .to_owned();
    world.git(&world.clone, &["fetch", "--quiet"]);
    world.refused("governed-by-others", &world.commit(&old));
    world.refused(
        "governed-by-others",
        &world.commit_on(&[&world.tip(), &parent], &old),
    );
    world.refused("publisher-not-owner", &world.commit(&world.next(|_| {})));
    let broken = world.file(&world.root(), "owners/sales.yaml", b"owners: [{mail: x}]\n");
    world.refused("owners-unreadable", &world.commit(&broken));
}

#[test]
fn what_governs_stays_usable() {
    let world = World::new();
    let root = world.root();
    for (id, path, text) in [
        ("attributes-convert", ".gitattributes", "* text=auto\n"),
        (
            "attributes-convert",
            "products.gitattributes/.gitattributes",
            "* filter=x\n",
        ),
        (
            "settings-unreadable",
            "mesh-registry.yaml",
            "format: 1\nowners: maybe\n",
        ),
        ("registry-id-changed", "mesh-registry.yaml", "format: 1\n"),
        (
            "policies-unusable",
            "policies/packs/house/1.0.0.yaml",
            "kind: PolicyPack\n",
        ),
        (
            "policy-unreadable",
            "policies/CON.yaml",
            "kind: PolicyPack\n",
        ),
        (
            "vocabularies-unreadable",
            "vocabularies.yaml",
            "domains: 5\n",
        ),
    ] {
        world.refused(id, &world.commit(&world.file(&root, path, text.as_bytes())));
    }
    let gone = world.without(&root, &[".gitattributes"]);
    world.refused("attributes-convert", &world.commit(&gone));
    let gone = world.without(&root, &["mesh-registry.yaml"]);
    world.refused("settings-unreadable", &world.commit(&gone));
    world.accepted(&world.commit(&world.file(&root, "docs/hello.md", b"# Hello\n")));
}
