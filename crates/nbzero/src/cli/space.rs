//! `--space`: a space by its name, or one of one's own from a file.

use std::convert::Infallible;
use std::path::Path;
use std::str::FromStr;

use anyhow::anyhow;
use nbzero_space::Space;
use nbzero_table::read_text;

use super::failure::Failure;

/// A space as it is given: its name, or a file that ends in `.toml`.
#[derive(Debug, Clone)]
pub(crate) struct SpaceArgument(String);

impl FromStr for SpaceArgument {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl SpaceArgument {
    /// The file that it is read from.
    pub(crate) fn file(&self) -> Option<&Path> {
        let path = Path::new(&self.0);
        let end = path.extension()?;
        end.eq_ignore_ascii_case("toml").then_some(path)
    }

    /// The space.
    pub(crate) fn read(&self) -> Result<Space, Failure> {
        if let Some(path) = self.file() {
            return from_file(path);
        }
        let path = Path::new(&self.0);
        self.0.parse().map_err(|error| {
            let remedy = if path.is_file() {
                "; the name of a file of your own must end in .toml"
            } else {
                ", and FILE.toml for one of your own"
            };
            Failure::Input(anyhow!("{error}{remedy}"))
        })
    }
}

fn from_file(path: &Path) -> Result<Space, Failure> {
    let name = path.display();
    let text = read_text(path).map_err(Failure::input)?;
    let text = String::from_utf8(text)
        .map_err(|_| Failure::Input(anyhow!("{name} is not in UTF-8: save it so")))?;
    Space::parse(&text).map_err(|error| Failure::Input(anyhow!("{name}, {error}")))
}
