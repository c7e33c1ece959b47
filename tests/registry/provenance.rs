//! Where a published product says that it comes from.

use crate::support::{World, git, isolated};
use mesh_registry::SourceRef;
use std::{fs, path::PathBuf};

/// A repository with a committed manifest and contract.
fn source(world: &World) -> (PathBuf, PathBuf) {
    world.git(&["init", "-q", "-b", "main", "source"]);
    let work = world.path("source");
    fs::create_dir(work.join("p")).expect("a directory");
    let (manifest, contract) = (work.join("p/dataproduct.yaml"), work.join("p/c.odcs.yaml"));
    fs::write(&manifest, "id: p\n").expect("a manifest");
    fs::write(&contract, "id: c\n").expect("a contract");
    git(&work, &["add", "."]);
    git(&work, &["commit", "-q", "-m", "p"]);
    (manifest, contract)
}

#[test]
fn a_commit_is_named_only_if_it_holds_everything() {
    isolated(|world| {
        let (manifest, contract) = source(world);
        let head = git(&world.path("source"), &["rev-parse", "HEAD"]);
        let of = |files: &[(&PathBuf, &str)]| {
            let files: Vec<_> = files
                .iter()
                .map(|(path, text)| (path.as_path(), text.as_bytes()))
                .collect();
            let source = SourceRef::of(&manifest, &files).expect("a work tree");
            assert_eq!(source.path, "p/dataproduct.yaml");
            source.commit
        };
        let good = (&manifest, "id: p\n");
        assert_eq!(of(&[good, (&contract, "id: c\n")]), Some(head.clone()));
        assert_eq!(of(&[good]), Some(head.clone()));
        assert_eq!(of(&[good, (&contract, "id: other\n")]), None);
        assert_eq!(of(&[good, (&contract, "id: c\r\n")]), None);
        assert_eq!(of(&[(&manifest, "id: q\n"), (&contract, "id: c\n")]), None);
        // Nothing shows that the manifest is in it.
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[(&contract, "id: c\n")]), None);

        // What is on disk by now does not matter.
        fs::write(&contract, "id: changed\n").expect("changed");
        assert_eq!(of(&[good, (&contract, "id: c\n")]), Some(head));
        assert_eq!(of(&[good, (&contract, "id: changed\n")]), None);
        git(&world.path("source"), &["add", "."]);
        assert_eq!(
            of(&[good, (&contract, "id: changed\n")]),
            None,
            "staged is not committed"
        );
    });
}

#[test]
fn files_from_elsewhere_have_no_commit() {
    isolated(|world| {
        let (manifest, _) = source(world);
        let outside = world.path("outside.odcs.yaml");
        fs::write(&outside, "id: c\n").expect("a contract");
        let of = |contract: PathBuf| {
            let files = [
                (manifest.as_path(), &b"id: p\n"[..]),
                (contract.as_path(), b"id: c\n"),
            ];
            SourceRef::of(&manifest, &files)
                .expect("a work tree")
                .commit
        };
        assert!(of(world.path("source/p/c.odcs.yaml")).is_some());
        assert!(of(world.path("source/p/../p/c.odcs.yaml")).is_some());
        assert_eq!(of(outside), None);
        assert_eq!(of(world.path("source/p/missing.odcs.yaml")), None);
        assert_eq!(of(world.path("source")), None);
        assert_eq!(SourceRef::of(&world.path("outside.odcs.yaml"), &[]), None);
    });
}
