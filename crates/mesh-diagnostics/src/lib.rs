//! What mesh finds and how it says it: spans, levels, diagnostics, reports and their renderers.
