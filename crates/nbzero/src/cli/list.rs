//! Files that list networks, one a line: what `--archs` reads.

use std::io::{self, Read};
use std::path::Path;

use anyhow::anyhow;
use nbzero_table::{plain_text, read_text};

use crate::cli::failure::Failure;

/// A line of such a file that names a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// In words: line 3 of which file.
    pub(crate) place: String,
    pub(crate) text: String,
}

/// The lines of a file, plain or compressed, or of standard input (`-`), without those that are empty or
/// begin with `#`.
pub(crate) fn read(path: &Path) -> Result<Vec<Listed>, Failure> {
    let name = path.display();
    let text = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        read.map_err(|error| Failure::Input(anyhow!("cannot read `{name}`: {error}")))?;
        plain_text(bytes, path)
    } else {
        read_text(path)
    };
    let text = String::from_utf8(text.map_err(Failure::input)?).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|&byte| byte == b'\n').count();
        Failure::Input(anyhow!(
            "line {line} of `{name}` is not in UTF-8: save it so"
        ))
    })?;
    let lines = text.lines().map(str::trim).enumerate();
    let listed: Vec<Listed> = lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(i, line)| Listed {
            place: format!("line {} of `{name}`", i + 1),
            text: line.to_owned(),
        })
        .collect();
    if listed.is_empty() {
        return Err(Failure::Input(anyhow!("`{name}` has no architectures")));
    }
    Ok(listed)
}
