/// How text for people is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub color: bool,
    /// Whether the output can show box-drawing characters; ASCII art otherwise.
    pub unicode: bool,
    /// Whether rule ids become terminal hyperlinks to their documentation.
    pub links: bool,
    /// Columns to wrap messages at.
    pub width: usize,
}

impl Style {
    /// Text as it is, without colours and links.
    pub const PLAIN: Self = Self {
        color: false,
        unicode: true,
        links: false,
        width: 100,
    };

    /// What stands for what is left out.
    pub const fn dots(self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }
}
