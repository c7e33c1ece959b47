//! The gates, in the order in which what is missing is best mended.

use super::findings;
use super::gate::{Check, Gate, Missing};
use super::promises;
use super::tier::Tier::{Bronze, Gold, Silver};

/// What to do about findings.
const CORRECT: &str = "correct it; `mesh explain RULE` tells why, and how";

/// Every gate, those of the lowest level first.
pub static GATES: &[Gate] = &[
    Gate {
        id: "valid",
        tier: Bronze,
        title: "Its documents are valid and consistent",
        help: CORRECT,
        page: "docs/rules/index.md#valid",
        check: Check::Found(|found| findings::errors_of("valid", found)),
    },
    Gate {
        id: "owner",
        tier: Bronze,
        title: "Somebody owns it",
        help: "name a person who is there to stay in `team`, with a role such as `owner`",
        page: "docs/rules/owner-missing.md",
        check: Check::Product(promises::owner),
    },
    Gate {
        id: "discoverable",
        tier: Bronze,
        title: "People can find it",
        help: CORRECT,
        page: "docs/rules/index.md#discoverable",
        check: Check::Product(|_, it| findings::errors_of("discoverable", &it.findings)),
    },
    Gate {
        id: "addressable",
        tier: Bronze,
        title: "It has an address, and its ports say where to read",
        help: CORRECT,
        page: "docs/rules/index.md#addressable",
        check: Check::Product(|_, it| findings::errors_of("addressable", &it.findings)),
    },
    Gate {
        id: "secure",
        tier: Bronze,
        title: "It says who may read what",
        help: CORRECT,
        page: "docs/rules/index.md#secure",
        check: Check::Product(|_, it| findings::errors_of("secure", &it.findings)),
    },
    Gate {
        id: "no-errors",
        tier: Silver,
        title: "No rule finds an error in it",
        help: CORRECT,
        page: "docs/rules/index.md",
        check: Check::Product(|_, it| findings::errors(&it.findings)),
    },
    Gate {
        id: "contracts",
        tier: Silver,
        title: "Every output port promises a contract",
        help: "write a data contract for the output port, and name it in `contractId`",
        page: "docs/rules/port-without-contract.md",
        check: Check::Product(|product, _| promises::contracts(product)),
    },
    Gate {
        id: "primary-key",
        tier: Silver,
        title: "Every schema object has a primary key",
        help: "set `primaryKey: true` on the fields that identify a row",
        page: "docs/rules/primary-key-missing.md",
        check: Check::Contracts(promises::primary_key),
    },
    Gate {
        id: "quality-check",
        tier: Silver,
        title: "Every schema object has a quality check that a machine can run",
        help: "add a check to `quality`, such as `{metric: rowCount, mustBeGreaterThan: 0}`",
        page: "docs/rules/quality-check-missing.md",
        check: Check::Contracts(promises::quality_check),
    },
    Gate {
        id: "freshness",
        tier: Silver,
        title: "Every contract says how fresh the data is",
        help: "add `{property: latency, value: …, unit: h}` to `slaProperties`, or a `frequency`",
        page: "docs/rules/freshness-missing.md",
        check: Check::Contracts(promises::freshness),
    },
    Gate {
        id: "retention",
        tier: Silver,
        title: "Every contract says how long the data is kept",
        help: "add `{property: retention, value: …, unit: y}` to `slaProperties`",
        page: "docs/rules/retention-missing.md",
        check: Check::Contracts(promises::retention),
    },
    Gate {
        id: "usage",
        tier: Silver,
        title: "Every contract says how to use the data",
        help: "add `usage:` to `description`: how to read, join and filter the data",
        page: "docs/rules/usage-missing.md",
        check: Check::Contracts(promises::usage),
    },
    Gate {
        id: "described",
        tier: Silver,
        title: "In every contract, 80 % of the fields are described",
        help: "add `description:` to the fields, with one sentence on what a value means",
        page: "docs/rules/field-undocumented.md",
        check: Check::Contracts(|promised| promises::described(80, promised)),
    },
    Gate {
        id: "no-warnings",
        tier: Gold,
        title: "No rule finds anything to warn about",
        help: CORRECT,
        page: "docs/rules/index.md",
        check: Check::Product(|_, it| findings::warnings(&it.findings)),
    },
    Gate {
        id: "well-described",
        tier: Gold,
        title: "In every contract, 95 % of the fields are described",
        help: "add `description:` to the fields, with one sentence on what a value means",
        page: "docs/rules/field-undocumented.md",
        check: Check::Contracts(|promised| promises::described(95, promised)),
    },
    Gate {
        id: "no-waivers",
        tier: Gold,
        title: "Nothing that it lacks is waived",
        help: "do what the waived policy asks for, and remove the waiver",
        page: "docs/scorecard.md",
        check: Check::Product(|_, it| match it.open_waivers {
            0 => None,
            1 => Some(Missing::nowhere("1 waiver is open")),
            n => Some(Missing::nowhere(format!("{n} waivers are open"))),
        }),
    },
];
