//! Ids that are made by machines, and mean nothing to a reader.

/// Whether `id` is a UUID, in small letters or in capitals.
pub(crate) fn is_uuid(id: &str) -> bool {
    let mut groups = id.split('-');
    let is_group = |length: usize| {
        move |group: &str| {
            group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
    };
    let fits = [8, 4, 4, 4, 12].map(|length| groups.next().is_some_and(is_group(length)));
    fits == [true; 5] && groups.next().is_none()
}

/// Whether `id` is a URN, such as `urn:datacontract:checkout:orders`.
pub(crate) fn is_urn(id: &str) -> bool {
    let mut parts = id.splitn(3, ':');
    let scheme = parts.next().unwrap_or_default();
    let has_namespace = parts.next().is_some_and(|namespace| !namespace.is_empty());
    let has_name = parts.next().is_some_and(|name| !name.is_empty());
    let is_written = !id.contains(|c: char| c.is_whitespace() || c.is_control());
    scheme.eq_ignore_ascii_case("urn") && has_namespace && has_name && is_written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_machines_made_is_recognised() {
        assert!(is_uuid("53581432-6c55-4ba2-a65f-72344a91553a"));
        for id in [
            "53581432",
            "53581432-6c55-4ba2-a65f-72344a91553",
            "orders-a-b-c-d",
            "",
        ] {
            assert!(!is_uuid(id), "{id}");
        }
        assert!(is_urn("urn:datacontract:checkout:orders-latest"));
        for id in [
            "urn:orders",
            "urn::orders",
            "orders",
            "urn:a:b c",
            "arn:aws:s3",
        ] {
            assert!(!is_urn(id), "{id}");
        }
    }
}
