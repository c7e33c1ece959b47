//! What several kinds of change need to know.
