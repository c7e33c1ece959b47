use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::keys::{self, Difference};
use crate::facts::storage::{self, ByPath};
use crate::impact::{Impact, Impacts};
use crate::pair::{Both, Pair};

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "partition-changed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Minor),
    summary: "An object is partitioned otherwise.",
    why: "queries answer the same and may take longer, or cost more",
    help: "tell readers which field to filter by now",
    docs: "\
mesh compares what each object is partitioned by as a whole, the fields and the order in which
`partitionKeyPosition` puts them, and reports one change for the object. The same fields in the same
order are the same, whatever the numbers are.

Queries do not name partitions. Readers of files do: the partition is part of the path. So where all
servers hold plain files (`s3`, `azure`, `sftp`, `local` and the like) it is major, and where some
of them do it is major under the profile `strict`. Formats that keep an index of their files,
`delta`, `iceberg` and `hudi`, are read like tables. What counts are the servers before the change:
they have the readers.",
    reverse: &["partition-changed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: ordered_on
        logicalType: date
        partitioned: true
        partitionKeyPosition: 1
      - name: country
        logicalType: string
",
        "\
schema:
  - name: orders
    properties:
      - name: ordered_on
        logicalType: date
        partitioned: true
        partitionKeyPosition: 1
      - name: country
        logicalType: string
        partitioned: true
        partitionKeyPosition: 2
",
    ),
    on: &[
        On::Added(Entity::Field),
        On::Removed(Entity::Field),
        On::Keys(Entity::Field, &["partitioned", "partitionKeyPosition"]),
    ],
    judge,
};

const PATHS: &str =
    "the partition is part of the path of a file, so whoever reads by path finds nothing";

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some((owner, key)) = keys::changed(pair, keys::PARTITION, found) else {
        return;
    };
    let subject = owner.subject();
    let Both { old, new } = &key.fields;
    let message = match key.difference {
        Difference::Same | Difference::Unknown => return,
        Difference::Added => format!("{subject} is partitioned by {new} now"),
        Difference::Removed => format!("{subject} is not partitioned any more; it was by {old}"),
        Difference::Fields | Difference::Order => {
            format!("the partitions of {subject} went from {old} to {new}")
        }
        Difference::OrderSaid => format!("the partitions of {subject} have an order now: {new}"),
        Difference::OrderUnsaid => {
            format!("the partitions of {subject} have no order any more; it was {old}")
        }
    };
    let readers = storage::by_path(pair.document(), found);
    let change = found.around(owner, message);
    // To say an order does not move a file.
    if key.difference == Difference::OrderSaid {
        return;
    }
    match readers {
        ByPath::All => {
            change.impact_of(Impact::Major).because(PATHS);
        }
        ByPath::Some => {
            change.impact_of(KIND.impacts.strict(Impact::Major));
        }
        ByPath::Nobody => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::contract;
    use crate::{Impact, Profile};

    #[test]
    fn it_breaks_those_who_read_files_by_path() {
        let s3 = "{server: files, type: s3, location: s3://orders, format: parquet}";
        let delta = "{server: lake, type: s3, location: s3://orders, format: delta}";
        let postgres = "{server: db, type: postgres, host: h, port: 5432, database: d, schema: s}";
        for (servers, read, strict) in [
            (vec![], Impact::Minor, Impact::Minor),
            (vec![postgres], Impact::Minor, Impact::Minor),
            (vec![delta], Impact::Minor, Impact::Minor),
            (vec![s3], Impact::Major, Impact::Major),
            (vec![s3, postgres], Impact::Minor, Impact::Major),
        ] {
            let yaml = |partitioned: bool| {
                format!(
                    "servers: [{}]\nschema: [{{name: orders, properties: [{{name: day, \
                     partitioned: {partitioned}}}]}}]\n",
                    servers.join(", ")
                )
            };
            let changes = contract(&yaml(false), &yaml(true));
            assert_eq!(changes.len(), 1, "{servers:?}");
            assert_eq!(
                changes[0].message,
                "object `orders` is partitioned by `day` now"
            );
            assert_eq!(changes[0].impact(Profile::Read), read, "{servers:?}");
            assert_eq!(changes[0].impact(Profile::Strict), strict, "{servers:?}");
        }
    }
}
