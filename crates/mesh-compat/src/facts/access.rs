//! What a role allows.

/// Something that a role can allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Access {
    can_read: bool,
    can_write: bool,
    can_administer: bool,
}

impl Access {
    /// Reads `read`, `readWrite`, `read, write`, `SELECT`, `admin`; `None` if a word is not known.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut access = Self {
            can_read: false,
            can_write: false,
            can_administer: false,
        };
        let lower = text.to_lowercase();
        let letters: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
        let mut words = match letters.as_str() {
            "readonly" => vec!["read"],
            "readwrite" | "rw" => vec!["read", "write"],
            "writeonly" => vec!["write"],
            _ => lower
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty() && *word != "and")
                .collect(),
        };
        if words.is_empty() {
            return None;
        }
        words.dedup();
        for word in words {
            match word {
                "read" | "reader" | "r" | "ro" | "select" | "consume" | "subscribe" => {
                    access.can_read = true;
                }
                "write" | "writer" | "w" | "insert" | "update" | "delete" | "produce" => {
                    access.can_write = true;
                }
                "admin" | "administer" | "owner" | "all" | "full" | "manage" => {
                    access.can_read = true;
                    access.can_write = true;
                    access.can_administer = true;
                }
                _ => return None,
            }
        }
        Some(access)
    }

    /// Whether it allows all that `other` does.
    pub(crate) fn allows(self, other: Self) -> bool {
        (self.can_read || !other.can_read)
            && (self.can_write || !other.can_write)
            && (self.can_administer || !other.can_administer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_is_read_and_compared() {
        for (own, other, expected) in [
            ("read", "SELECT", Some((true, true))),
            ("readWrite", "read", Some((true, false))),
            ("read-write", "write, read", Some((true, true))),
            ("read", "read-only", Some((true, true))),
            ("write", "read", Some((false, false))),
            ("admin", "rw", Some((true, false))),
            ("read", "unicorn", None),
            ("", "read", None),
        ] {
            let both = Access::of(own).zip(Access::of(other));
            let found = both.map(|(own, other)| (own.allows(other), other.allows(own)));
            assert_eq!(found, expected, "{own} {other}");
        }
    }
}
