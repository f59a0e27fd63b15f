//! The spaces of chains that come with the program: files like those of anybody's own.

use std::sync::LazyLock;

use super::Space;
use super::rules::ChainRules;

const R1: &str = include_str!("../../spaces/r1.toml");
const R2: &str = include_str!("../../spaces/r2.toml");
const MB: &str = include_str!("../../spaces/mb.toml");
const R1_MINI: &str = include_str!("../../spaces/r1-mini.toml");
const R2_MINI: &str = include_str!("../../spaces/r2-mini.toml");
const MB_MINI: &str = include_str!("../../spaces/mb-mini.toml");

/// The file of a space, where there is one.
pub(super) fn text(space: &Space) -> Option<&'static str> {
    Some(match space {
        Space::R1 => R1,
        Space::R2 => R2,
        Space::Mb => MB,
        Space::R1Mini => R1_MINI,
        Space::R2Mini => R2_MINI,
        Space::MbMini => MB_MINI,
        _ => return None,
    })
}

/// The rules of a space that has a file.
pub(super) fn rules(space: &Space) -> &'static ChainRules {
    macro_rules! read_once {
        ($text:expr) => {{
            static RULES: LazyLock<ChainRules> = LazyLock::new(|| read($text));
            &RULES
        }};
    }
    match space {
        Space::R1 => read_once!(R1),
        Space::R2 => read_once!(R2),
        Space::Mb => read_once!(MB),
        Space::R1Mini => read_once!(R1_MINI),
        Space::R2Mini => read_once!(R2_MINI),
        Space::MbMini => read_once!(MB_MINI),
        other => unreachable!("{other} has no rules of chains"),
    }
}

fn read(text: &str) -> ChainRules {
    ChainRules::read(text, |_| false).expect("the file of a built-in space is right")
}
