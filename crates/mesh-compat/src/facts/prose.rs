//! Texts for people.

/// Whether two texts have the same words: where lines break does not matter.
pub(crate) fn reads_the_same(old: &str, new: &str) -> bool {
    old.split_whitespace().eq(new.split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_do_not_matter_and_words_do() {
        assert!(reads_the_same(
            "Orders of\n  the shop.\n",
            "Orders of the shop."
        ));
        assert!(!reads_the_same("Orders of the shop", "Orders of the shop."));
        assert!(!reads_the_same("Orders", "orders"));
    }
}
