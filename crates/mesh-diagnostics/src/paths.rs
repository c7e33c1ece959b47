/// How files are named where a name must not depend on the folder in which mesh ran: from the root
/// of the repository, with `/` between the parts.
///
/// A [`Source`](crate::Source) is named from the folder in which mesh ran, which is what people can
/// follow. Platforms that show findings beside the code know the repository only.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    /// The root and the folder in which mesh ran, both absolute.
    places: Option<(String, String)>,
}

/// How the names of what was read from a registry begin. They are no paths.
const REGISTRY: &str = "registry:";
/// How the names of texts begin that come with mesh.
const SHIPPED: &str = "mesh:";

impl Paths {
    /// For a run in `folder` of the repository at `root`, both absolute. Without them, as by
    /// [`Paths::default`], every file keeps its name.
    pub fn new(root: &str, folder: &str) -> Self {
        Self {
            places: Some((normal(root), normal(folder))),
        }
    }

    /// The path of the file that is shown as `name`. It is absolute if the file lies outside of the
    /// repository.
    pub fn of(&self, name: &str) -> String {
        let Some((root, folder)) = &self.places else {
            return name.to_owned();
        };
        if name.starts_with(REGISTRY) {
            return name.to_owned();
        }
        let path = if is_absolute(name) {
            normal(name)
        } else {
            normal(&format!("{folder}/{name}"))
        };
        match path.strip_prefix(root.trim_end_matches('/')) {
            Some(rest) if rest.starts_with('/') => rest[1..].to_owned(),
            _ => path,
        }
    }
}

/// Whether `name` is the name of a file, and not of something in a registry.
pub(crate) fn is_file(name: &str) -> bool {
    !name.starts_with(REGISTRY) && !name.starts_with(SHIPPED)
}

/// Whether `path` begins at a root, or at a drive as on Windows.
pub(crate) fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || has_drive(path)
}

/// Whether `path` begins with a drive, as in `C:/data`.
pub(crate) fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [drive, b':', b'/', ..] if drive.is_ascii_alphabetic())
}

/// An absolute path without `.`, `..` and repeated slashes.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let start = if path.starts_with('/') { "/" } else { "" };
    format!("{start}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_root_wherever_mesh_ran() {
        let paths = Paths::new("/home/ada/repo", "/home/ada/repo/products/eu");
        assert_eq!(paths.of("orders/a.yaml"), "products/eu/orders/a.yaml");
        assert_eq!(paths.of("./a.yaml"), "products/eu/a.yaml");
        assert_eq!(paths.of("../us/a.yaml"), "products/us/a.yaml");
        assert_eq!(paths.of("/home/ada/repo/a.yaml"), "a.yaml");
        assert_eq!(
            paths.of("registry:sales/orders@1.0.0/a.yaml"),
            "registry:sales/orders@1.0.0/a.yaml"
        );
    }

    #[test]
    fn what_lies_outside_is_absolute() {
        let paths = Paths::new("/home/ada/repo", "/home/ada/repo");
        assert_eq!(
            paths.of("../repository/a.yaml"),
            "/home/ada/repository/a.yaml"
        );
        assert_eq!(paths.of("/srv/a.yaml"), "/srv/a.yaml");
        assert_eq!(Paths::new("/", "/srv").of("a.yaml"), "srv/a.yaml");
    }

    #[test]
    fn drives_are_roots() {
        let paths = Paths::new("C:/repo", "C:/repo/eu");
        assert_eq!(paths.of("a.yaml"), "eu/a.yaml");
        assert_eq!(paths.of("D:/a.yaml"), "D:/a.yaml");
    }

    #[test]
    fn without_a_repository_names_stay() {
        assert_eq!(Paths::default().of("../a.yaml"), "../a.yaml");
    }
}
