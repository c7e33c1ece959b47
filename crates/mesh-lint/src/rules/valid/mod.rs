//! Well-formed, and consistent in itself.

pub(super) mod contract_id_ambiguous;
pub(super) mod contract_not_found;
pub(super) mod dangling_element;
pub(super) mod duplicate_field;
pub(super) mod duplicate_key;
pub(super) mod duplicate_port;
pub(super) mod lifecycle_dates_disordered;
pub(super) mod no_output_port;
pub(super) mod obsolete_standard_field;
pub(super) mod schema_violation;
pub(super) mod sla_unit_missing;
pub(crate) mod suppression_invalid;
pub(crate) mod suppression_unused;
pub(super) mod unknown_status;
pub(super) mod unreadable_file;
pub(super) mod version_not_semver;
pub(super) mod yaml_syntax;

use mesh_spec::document::{Document, ProblemKind};

use crate::findings::Findings;

/// Reports what was found wrong with a file while it was read.
fn report_problems(document: &Document, kind: ProblemKind, findings: &mut Findings<'_>) {
    for problem in document.problems.iter().filter(|p| p.kind == kind) {
        let mut finding = findings.at_span(
            document,
            problem.span,
            problem.pointer.as_str(),
            problem.message.as_str(),
        );
        if let Some(help) = &problem.help {
            finding = finding.help(help.as_str());
        }
        if let Some((message, span)) = &problem.related {
            finding = finding.see_span(document, *span, message.as_str());
        }
        if let Some(remedy) = &problem.remedy {
            let changes = vec![remedy.change.clone()];
            finding.fix(document, remedy.safety, remedy.title.as_str(), changes);
        }
    }
}
