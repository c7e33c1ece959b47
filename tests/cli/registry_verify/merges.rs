//! Changes that were made side by side.

use super::world::{World, raised};

/// Two changes that are compatible alone.
#[test]
fn changes_that_break_together_are_found_when_the_second_arrives() {
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
