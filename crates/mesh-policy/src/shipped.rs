//! The packs that come with mesh: those in `packs/` of its repository.

/// A pack that comes with mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// Its name; in `mesh.yaml` it is named `mesh/<name>`.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// What stands before the name of a pack that comes with mesh.
pub const PREFIX: &str = "mesh/";

/// All packs that come with mesh.
pub const ALL: [Shipped; 3] = [
    Shipped {
        name: "core",
        text: include_str!("../../../packs/core/pack.yaml"),
    },
    Shipped {
        name: "gdpr",
        text: include_str!("../../../packs/gdpr/pack.yaml"),
    },
    Shipped {
        name: "gxp",
        text: include_str!("../../../packs/gxp/pack.yaml"),
    },
];

impl Shipped {
    /// The pack of a name.
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|pack| pack.name == name)
    }

    /// The digest of its text, as of any file of policies.
    pub fn digest(self) -> String {
        crate::pack::digest(self.text)
    }

    /// The name under which its text is shown: it is no file of the repository that is checked.
    pub fn source_name(self) -> String {
        format!("mesh:packs/{}/pack.yaml", self.name)
    }
}
