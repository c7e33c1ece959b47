//! The answer for programs.

use std::io::Write;

use serde::Serialize;

use super::{Affected, Answer, PolicyImpact};
use crate::failure::Failure;
use crate::ops::output;

pub(super) fn write(answer: &Answer, out: &mut impl Write) -> Result<(), Failure> {
    let (denied_now, denied_later) = answer.denied();
    let view = View {
        version: 1,
        as_of: answer.as_of.to_string(),
        registry: &answer.registry,
        packs: &answer.packs,
        summary: Summary {
            products: answer.products,
            affected: answer.affected(),
            denied_now,
            denied_later,
        },
        policies: answer.policies.iter().map(PolicyView::of).collect(),
    };
    output::json(out, &view)?;
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    as_of: String,
    registry: &'a str,
    packs: &'a [String],
    summary: Summary,
    policies: Vec<PolicyView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    products: usize,
    affected: usize,
    denied_now: usize,
    denied_later: usize,
}

#[derive(Serialize)]
struct PolicyView<'a> {
    id: &'a str,
    title: Option<&'a str>,
    stages: Vec<StageView>,
    affected: Vec<AffectedView<'a>>,
}

#[derive(Serialize)]
struct StageView {
    level: &'static str,
    from: Option<String>,
}

#[derive(Serialize)]
struct AffectedView<'a> {
    product: &'a str,
    version: &'a str,
    owners: &'a [String],
    message: &'a str,
    waiver: Option<&'a str>,
    known: bool,
}

impl<'a> PolicyView<'a> {
    fn of(policy: &'a PolicyImpact) -> Self {
        Self {
            id: &policy.id,
            title: policy.title.as_deref(),
            stages: policy
                .stages
                .iter()
                .map(|(level, from)| StageView {
                    level: level.as_str(),
                    from: from.map(|day| day.to_string()),
                })
                .collect(),
            affected: policy.affected.iter().map(AffectedView::of).collect(),
        }
    }
}

impl<'a> AffectedView<'a> {
    fn of(affected: &'a Affected) -> Self {
        Self {
            product: &affected.reference,
            version: &affected.version,
            owners: &affected.owners,
            message: &affected.message,
            waiver: affected.waiver.as_deref(),
            known: affected.is_known,
        }
    }
}
