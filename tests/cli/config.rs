//! `mesh.yaml`: where it is looked for, and what is said when it is wrong.

use std::fs;

use crate::sandbox::Sandbox;

/// What `mesh search` says of a `mesh.yaml` that it refuses.
fn refusal(text: impl AsRef<[u8]>) -> String {
    let sandbox = Sandbox::new();
    sandbox.write("work/mesh.yaml", text);
    let run = sandbox.mesh(["search"]);
    assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    run.stderr
}

#[test]
fn what_is_wrong_is_said_in_words_and_marked() {
    for (text, at, words) in [
        (
            "registry: 5\n",
            "1:11",
            "a text is expected here, and not integer `5`",
        ),
        ("registry: true\n", "1:11", "a text is expected"),
        ("registry: [a]\n", "1:12", "a text is expected"),
        ("text\n", "1:1", "a mapping of settings"),
        ("- registry: a\n", "1:3", "a mapping of settings"),
        ("registri: a\n", "1:1", "did you mean `registry`?"),
        (
            "registry: a\nregistry: b\n",
            "2:1",
            "the key `registry` stands here a second time",
        ),
        (
            "registry: a\n---\nregistry: b\n",
            "2:1",
            "more than one YAML document",
        ),
        (
            "lint: {levels: {cycle: 5}}\n",
            "1:24",
            "one of `error`, `warn`, `info`, `off` is expected here",
        ),
        (
            "lint: {preset: [strict]}\n",
            "1:17",
            "one of `minimal`, `standard`, `strict` is expected here",
        ),
        (
            "vocabularies: {fieldCase: [snake_case]}\n",
            "1:28",
            "a way to write names, such as `snake_case`, is expected here",
        ),
        (
            "vocabularies: {classifications: {secret: 3}}\n",
            "1:42",
            "one of `public`, `internal`, `confidential`, `restricted` is",
        ),
        (
            "lint: {overrides: [{paths: [../legacy/**], ignore: [cycle]}]}\n",
            "1:29",
            "`../legacy/**` matches no file",
        ),
        (
            "lint: {overrides: [{paths: [/legacy/**], ignore: [cycle]}]}\n",
            "1:29",
            "`/legacy/**` matches no file",
        ),
        ("registry: \"a\u{1b}[2J\"\n", "1:13", "a control character"),
    ] {
        let said = refusal(text);
        assert!(said.contains(&format!("mesh.yaml:{at}]")), "{text}: {said}");
        assert!(said.contains(words), "{text}: {said}");
        assert!(!said.contains("struct") && !said.contains("enum"), "{said}");
        assert!(!said.contains('\u{1b}'), "{said}");
    }
    let said = refusal(b"# gr\xfc\xdfe\nregistry: a\n");
    assert!(said.contains("mesh.yaml:1:5]"), "{said}");
    assert!(said.contains("save it as UTF-8"), "{said}");
}

#[test]
fn a_folder_in_its_place_is_called_a_folder() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("work/mesh.yaml")).unwrap();
    let run = sandbox.mesh(["search"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("is a folder"), "{}", run.stderr);
}

/// Whether the settings of the broken `mesh.yaml` in the work folder were read.
fn reads_work(sandbox: &Sandbox, folder: &str, path: &str) -> bool {
    let run = sandbox.mesh_in(sandbox.path(folder), ["lint", path]);
    run.stderr.contains("not a valid configuration")
}

#[test]
fn it_is_looked_for_up_to_the_root_of_the_work_tree() {
    let sandbox = Sandbox::new();
    sandbox.write("work/mesh.yaml", "registry: 5\n");
    sandbox.write("work/repository/products/a/b.txt", "");
    assert!(reads_work(&sandbox, "work/repository/products", "a"));
    fs::create_dir(sandbox.path("work/repository/.git")).unwrap();
    assert!(!reads_work(&sandbox, "work/repository/products", "a"));
    // The root itself belongs to it.
    sandbox.write("work/repository/mesh.yaml", "registry: 5\n");
    assert!(reads_work(&sandbox, "work/repository/products", "a"));
}

#[test]
fn a_path_beside_this_folder_has_the_settings_of_where_it_is() {
    let sandbox = Sandbox::new();
    sandbox.write("work/team-a/mesh.yaml", "registry: 5\n");
    sandbox.write("work/team-b/p/b.txt", "");
    assert!(!reads_work(&sandbox, "work/team-a", "../team-b/p"));
    assert!(reads_work(&sandbox, "work/team-b", "../team-a"));
}
