//! Paths as URIs (RFC 3986).

use crate::paths::{has_drive, is_absolute};

/// The path of a file as a URI: relative for a relative path.
pub(super) fn of(path: &str) -> String {
    if !is_absolute(path) {
        return encoded(path);
    }
    let (drive, rest) = path.split_at(if has_drive(path) { 2 } else { 0 });
    let start = if drive.is_empty() {
        "file://".to_owned()
    } else {
        format!("file:///{drive}")
    };
    start + &encoded(rest)
}

/// Every byte that may not stand for itself in a path, as `%XX`. A `:` would make the first part of
/// a relative path look like a scheme.
fn encoded(path: &str) -> String {
    path.bytes().fold(String::new(), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri += &format!("%{byte:02X}");
        }
        uri
    })
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn paths_become_uris() {
        assert_eq!(of("orders/a.yaml"), "orders/a.yaml");
        assert_eq!(
            of("Aufträge 1/a#b?.yaml"),
            "Auftr%C3%A4ge%201/a%23b%3F.yaml"
        );
        assert_eq!(of("a:b/50%\n.yaml"), "a%3Ab/50%25%0A.yaml");
        assert_eq!(of("/srv/a b.yaml"), "file:///srv/a%20b.yaml");
        assert_eq!(of("C:/data/a.yaml"), "file:///C:/data/a.yaml");
    }
}
