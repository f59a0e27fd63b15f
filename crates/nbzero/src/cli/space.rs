//! `--space`: a space by its name, or one of one's own from a file.

use std::path::Path;

use nbzero_space::Space;
use nbzero_table::read_text;

/// What `--space` takes, for help texts and errors.
const FILE: &str = "toml";

/// Reads a space given at the command line: a name, or a file that ends in `.toml`.
pub(crate) fn space(text: &str) -> Result<Space, String> {
    let path = Path::new(text);
    let is_file = path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case(FILE));
    if !is_file {
        return text.parse().map_err(|error| {
            let more = if path.is_file() {
                "; the name of a file of your own must end in .toml"
            } else {
                ", or a file of your own, which ends in .toml"
            };
            format!("{error}{more}")
        });
    }
    let file = read_text(path).map_err(|error| match std::error::Error::source(&error) {
        None => error.to_string(),
        Some(source) => format!("{error}: {source}"),
    })?;
    let name = path.display();
    let file =
        String::from_utf8(file).map_err(|_| format!("{name} is not in UTF-8: save it so"))?;
    Space::parse(&file).map_err(|error| format!("{name}, {error}"))
}
