//! How refusals look.

use super::world::World;

#[test]
fn a_refusal_is_shown_in_every_format() {
    let world = World::new();
    let commit = world.tampered("\"impact\": \"patch\"", "\"impact\": \"none\"");
    let range = ["--base", &world.tip(), "--head", &commit];
    for (format, words) in [
        ("compact", "products/commercial/orders/1.0.1/record.json:"),
        ("sarif", "\"ruleId\": \"compatibility-differs\""),
        (
            "github",
            "::error file=products/commercial/orders/1.0.1/record.json",
        ),
        ("gitlab", "\"check_name\": \"compatibility-differs\""),
        ("junit", "<testsuite"),
        ("pretty", "error[compatibility-differs]"),
    ] {
        let run = world.verify(&[&range[..], &["--format", format]].concat());
        assert_eq!(run.status, 1, "{format}\n{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(words), "{format}\n{}", run.stdout);
    }
    let explained = world
        .sandbox
        .mesh(["explain", "compatibility-differs"])
        .expect(0);
    assert!(explained.contains("What to do"), "{explained}");
}
