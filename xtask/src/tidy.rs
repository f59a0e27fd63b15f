//! What the compiler does not check: the crates' layering, that the documents know every crate and every
//! proxy, and that nothing that was built is committed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::failure::Failure;
use crate::proxies_page;

/// The page that maps the crates.
const ARCHITECTURE: &str = "docs/src/architecture.md";

const ALL_LIBRARIES: &[&str] = &[
    "nbzero-files",
    "nbzero-graph",
    "nbzero-onnx",
    "nbzero-space",
    "nbzero-ops",
    "nbzero-model",
    "nbzero-proxy",
    "nbzero-train",
    "nbzero-metrics",
    "nbzero-table",
    "nbzero-factor",
    "nbzero-surrogate",
    "nbzero-report",
    "nbzero-search",
];

/// Every crate of the workspace, and the crates of the workspace that it may depend on (development
/// dependencies are free). Dependencies point downwards only.
const LAYERS: &[(&str, &[&str])] = &[
    ("nbzero-files", &[]),
    ("nbzero-graph", &[]),
    // No tensor library: a network is read and its costs are known in seconds.
    ("nbzero-onnx", &["nbzero-files", "nbzero-graph"]),
    ("nbzero-space", &["nbzero-graph"]),
    ("nbzero-ops", &[]),
    (
        "nbzero-model",
        &["nbzero-files", "nbzero-graph", "nbzero-space", "nbzero-ops"],
    ),
    (
        "nbzero-proxy",
        &["nbzero-graph", "nbzero-space", "nbzero-ops", "nbzero-model"],
    ),
    (
        "nbzero-train",
        &[
            "nbzero-files",
            "nbzero-graph",
            "nbzero-space",
            "nbzero-model",
        ],
    ),
    ("nbzero-metrics", &[]),
    (
        "nbzero-table",
        &["nbzero-files", "nbzero-graph", "nbzero-space"],
    ),
    ("nbzero-factor", &["nbzero-metrics", "nbzero-table"]),
    (
        "nbzero-surrogate",
        &["nbzero-space", "nbzero-metrics", "nbzero-table"],
    ),
    (
        "nbzero-report",
        &[
            "nbzero-files",
            "nbzero-metrics",
            "nbzero-search",
            "nbzero-table",
        ],
    ),
    (
        "nbzero-search",
        &["nbzero-space", "nbzero-metrics", "nbzero-table"],
    ),
    ("nbzero", ALL_LIBRARIES),
    ("nbzero-benches", ALL_LIBRARIES),
    // No logic of its own: it calls the libraries by the names that `nbzero` gives them.
    ("nbzero-python", &["nbzero"]),
    // No tensor library: `cargo xtask reproduce` builds in seconds.
    (
        "xtask",
        &[
            "nbzero-metrics",
            "nbzero-report",
            "nbzero-search",
            "nbzero-space",
            "nbzero-table",
        ],
    ),
];

/// A crate of the workspace, as far as it matters here.
#[derive(Debug)]
struct Member {
    name: String,
    /// Its normal dependencies on crates of the workspace.
    uses: BTreeSet<String>,
    /// Whether its folder has a README; `None` where none is needed.
    readme: Option<bool>,
}

/// The command: prints nothing where everything is tidy.
pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    Ok(require(root)?)
}

/// Fails with all problems found.
pub(crate) fn require(root: &Path) -> Result<()> {
    let architecture = fs::read_to_string(root.join(ARCHITECTURE)).ok();
    let mut found = problems(&members(root)?, architecture.as_deref());
    found.extend(proxies_page::require(root).err().map(|e| format!("{e:#}")));
    found.extend(committed_though_ignored(root));
    if !found.is_empty() {
        bail!("{}", found.join("; "));
    }
    Ok(())
}

/// Files of the repository that `.gitignore` names: built ones, committed by mistake. None where this is no
/// checkout of git.
fn committed_though_ignored(root: &Path) -> Vec<String> {
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--ignored", "--exclude-standard"]);
    let listed = git.current_dir(root).output();
    let listed = listed.map(|output| output.stdout).unwrap_or_default();
    let files = String::from_utf8_lossy(&listed);
    let problem = |file: &str| format!("{file} is committed, but .gitignore names it");
    files.lines().map(problem).collect()
}

/// The workspace as cargo sees it.
fn members(root: &Path) -> Result<Vec<Member>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cannot ask cargo for the workspace's crates")?;
    let libraries = root.join("crates");
    let member = |package: &cargo_metadata::Package| {
        let inside =
            |d: &&cargo_metadata::Dependency| d.kind == DependencyKind::Normal && d.path.is_some();
        let folder = package.manifest_path.as_std_path().parent();
        let folder = folder.filter(|folder| folder.starts_with(&libraries));
        Member {
            name: package.name.to_string(),
            uses: package
                .dependencies
                .iter()
                .filter(inside)
                .map(|d| d.name.clone())
                .collect(),
            readme: folder.map(|folder| folder.join("README.md").is_file()),
        }
    };
    Ok(metadata.packages.iter().map(member).collect())
}

/// Everything that is wrong, one sentence each.
fn problems(members: &[Member], architecture: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    if architecture.is_none() {
        found.push(format!(
            "{ARCHITECTURE}, the map of the crates, cannot be read"
        ));
    }
    for member in members {
        let name = &member.name;
        match LAYERS.iter().find(|(known, _)| known == name) {
            None => found.push(format!(
                "{name} has no place in the layers of xtask/src/tidy.rs"
            )),
            Some((_, allowed)) => {
                let forbidden = member
                    .uses
                    .iter()
                    .filter(|used| !allowed.contains(&used.as_str()));
                found.extend(forbidden.map(|used| format!("{name} must not depend on {used}")));
            }
        }
        if architecture.is_some_and(|page| !mentions(page, name)) {
            found.push(format!("{ARCHITECTURE} does not mention {name}"));
        }
        if member.readme == Some(false) {
            found.push(format!("{name} has no README.md"));
        }
    }
    let gone = LAYERS
        .iter()
        .filter(|(known, _)| members.iter().all(|m| m.name != *known));
    found.extend(gone.map(|(known, _)| format!("{known} of xtask/src/tidy.rs does not exist")));
    found
}

/// Whether `text` has `name` as a word of its own: `nbzero-graph` does not mention `nbzero`.
fn mentions(text: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    text.split(|c| !word(c)).any(|found| found == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_is_not_committed() {
        let folder = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            git.args(arguments).current_dir(folder.path());
            assert!(git.output().unwrap().status.success(), "{arguments:?}");
        };
        fs::write(folder.path().join("built.so"), "").unwrap();
        fs::write(folder.path().join("written.rs"), "").unwrap();
        git(&["init", "--quiet"]);
        git(&["add", "."]);
        fs::write(folder.path().join(".gitignore"), "*.so\n").unwrap();
        assert_eq!(
            committed_though_ignored(folder.path()),
            ["built.so is committed, but .gitignore names it"]
        );
    }

    fn tidy_members() -> Vec<Member> {
        LAYERS
            .iter()
            .map(|(name, allowed)| Member {
                name: (*name).to_owned(),
                uses: allowed.iter().map(|&used| used.to_owned()).collect(),
                readme: Some(true),
            })
            .collect()
    }

    fn page() -> String {
        let names: Vec<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
        names.join("\n")
    }

    #[test]
    fn the_workspace_is_tidy() -> Result<()> {
        require(&crate::root::workspace()?)
    }

    #[test]
    fn a_tidy_workspace_has_no_problems() {
        assert_eq!(
            problems(&tidy_members(), Some(&page())),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_defect_is_named() {
        let mut members = tidy_members();
        members[0].uses.insert("nbzero-space".into());
        members[1].readme = Some(false);
        if let Some(last) = members.last_mut() {
            last.name = "newcomer".into();
        }
        assert_eq!(
            problems(&members, Some(&page())),
            [
                "nbzero-files must not depend on nbzero-space",
                "nbzero-graph has no README.md",
                "newcomer has no place in the layers of xtask/src/tidy.rs",
                "docs/src/architecture.md does not mention newcomer",
                "xtask of xtask/src/tidy.rs does not exist",
            ]
        );
    }

    #[test]
    fn a_missing_page_is_one_problem() {
        assert_eq!(problems(&tidy_members(), None).len(), 1);
    }

    #[test]
    fn a_name_is_mentioned_as_a_whole_word_only() {
        assert!(mentions("the crate `nbzero`.", "nbzero"));
        assert!(!mentions("`nbzero-graph` and nbzeros", "nbzero"));
    }

    #[test]
    fn layers_point_downwards() {
        for (name, allowed) in LAYERS {
            for used in *allowed {
                let below = LAYERS.iter().find(|(known, _)| known == used);
                let (_, deeper) = below.expect("a known crate");
                assert!(!deeper.contains(name), "{name} and {used} use each other");
            }
        }
    }
}
