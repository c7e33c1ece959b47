//! The threads that share the work on many files.

use std::sync::Once;

use mesh_spec::workspace::FEW;

/// Reading a document recurses as deep as it nests, up to a limit: so much stack is enough for it.
const STACK: usize = 8 << 20;

/// Starts the threads, unless there is too little work for them or they run already.
pub(crate) fn ready(files: usize) {
    static STARTED: Once = Once::new();
    if files > FEW {
        STARTED.call_once(|| {
            // Fails only if there are threads already, which are then as good.
            let _ = rayon::ThreadPoolBuilder::new()
                .stack_size(STACK)
                .build_global();
        });
    }
}
