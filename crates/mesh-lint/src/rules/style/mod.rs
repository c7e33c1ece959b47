//! Written as others are, so that changes are easy to review.
