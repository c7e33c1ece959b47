//! Which servers readers rely on.

pub(crate) use mesh_spec::terms::environment::Environment;

use crate::entity::Entity;
use crate::pair::{Both, Pair};

/// The environment of the server that `pair` is or belongs to, before and after; [`Environment::Unsaid`]
/// for what belongs to none.
pub(crate) fn of(pair: &Pair<'_>) -> Both<Environment> {
    let server = pair.within(Entity::Server);
    server.map_or(
        Both {
            old: Environment::Unsaid,
            new: Environment::Unsaid,
        },
        |server| server.text("environment").map(Environment::of),
    )
}
