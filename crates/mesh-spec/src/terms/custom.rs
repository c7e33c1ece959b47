//! What custom properties are called, whose names the standards leave open.

/// Whether the name of a custom property is one of `names`, which are in small letters without
/// separators: `timeZone`, `time_zone` and `mesh.timezone` all are `timezone`.
pub fn is_called(name: &str, names: &[&str]) -> bool {
    let name = name.rsplit('.').next().unwrap_or(name);
    let letters = || {
        name.chars()
            .filter(|c| c.is_alphanumeric())
            .map(|c| c.to_ascii_lowercase())
    };
    names.iter().any(|wanted| letters().eq(wanted.chars()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_however_it_is_written() {
        for name in [
            "timezone",
            "timeZone",
            "TIME_ZONE",
            "time-zone",
            "mesh.timeZone",
        ] {
            assert!(is_called(name, &["unit", "timezone"]), "{name}");
        }
        for name in ["", "zone", "timezones", "timezone.mesh"] {
            assert!(!is_called(name, &["unit", "timezone"]), "{name}");
        }
    }
}
