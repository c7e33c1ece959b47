//! Where products, ports and contracts are in their lives.

/// What `status` may be, from first idea to last day.
pub const ALL: [&str; 5] = ["proposed", "draft", "active", "deprecated", "retired"];

/// Whether `status` is `expected`. Upper and lower case do not matter: what is meant is plain, however
/// it is spelt.
pub fn is(status: Option<&str>, expected: &str) -> bool {
    status.is_some_and(|status| status.trim().eq_ignore_ascii_case(expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_told_in_any_case() {
        for status in ALL {
            assert!(
                is(Some(status), status)
                    && is(Some(&format!(" {} ", status.to_uppercase())), status)
            );
            assert!(!is(Some("retiring"), status) && !is(None, status));
        }
    }
}
