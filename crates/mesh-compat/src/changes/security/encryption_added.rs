use crate::change::{ChangeKind, Found, Group};
use crate::example::Example;
use crate::facts::encryption;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::shortened;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "encryption-added",
    group: Group::Security,
    impacts: Impacts::all(Impact::Major),
    summary: "Values are encrypted that were not, or in another way than before.",
    why: "readers without the key cannot read the values",
    help: "add the encrypted values as a field of their own, and give readers the key first",
    docs: "\
mesh looks at `encryptedName` of fields, and at custom properties such as `encrypted` and `encryption` of
objects and fields. An encrypted field that has another name, and another method of encryption, lock
readers out as well. The encryption of a whole server or contract may be one that readers do not
notice, so a custom property that says it needs review.",
    reverse: &["encryption-removed", "encryption-added"],
    example: Example::contract(
        "\
schema:
  - name: customers
    properties:
      - name: email
        logicalType: string
",
        "\
schema:
  - name: customers
    properties:
      - name: email
        logicalType: string
        encryptedName: email_encrypted
",
    ),
    on: encryption::ON,
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some(changed) = encryption::of(pair) else {
        return;
    };
    let subject = changed.subject;
    let spaced = |how: String| {
        if how.is_empty() {
            how
        } else {
            format!(" {}", shortened(&how))
        }
    };
    match changed.how.split() {
        (old, new) if old == new => {
            // `encrypted: false` says what was so without it.
            found.accounts_for(&[changed.key]);
        }
        (None, Some(new)) => {
            found.at(
                changed.key,
                format!("{subject} is encrypted{}", spaced(new)),
            );
        }
        (Some(old), Some(new)) if !old.is_empty() && !new.is_empty() => {
            found.at(
                changed.key,
                format!("{subject} is encrypted {new} now, and was {old}"),
            );
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::briefly;
    use crate::testing::contract;

    #[test]
    fn encryption_is_told_by_keys_and_custom_properties() {
        let custom =
            |value: &str| format!("customProperties: [{{property: encrypted, value: {value}}}]");
        let (yes, no) = (custom("true"), custom("false"));
        for (old, new, expected) in [
            ("", yes.as_str(), "encryption-added major"),
            ("", no.as_str(), "key-order-or-comments none"),
            (&yes, &no, "encryption-removed minor"),
            (&yes, "", "encryption-removed minor"),
            (&custom("AES-256"), &custom("RSA"), "encryption-added major"),
            (&yes, &custom("AES-256"), "needs-review review"),
            (&yes, &custom("[1]"), "needs-review review"),
            (
                "encryptedName: a",
                "encryptedName: b",
                "encryption-added major",
            ),
            ("encryptedName: a", "", "encryption-removed minor"),
        ] {
            let with = |rest: &str| {
                format!("schema:\n  - name: o\n    properties: [{{name: f, {rest}}}]\n")
            };
            let found = briefly(&contract(&with(old), &with(new)));
            assert_eq!(found, [expected], "{old} > {new}");
        }
    }
}
