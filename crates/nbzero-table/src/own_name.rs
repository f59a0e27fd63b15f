//! The name of a dataset of one's own.

use std::fmt;

/// Most bytes of a name.
const MOST: usize = 40;

/// A short name of lower-case letters, digits and `-_.`, such as `flowers`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnName {
    bytes: [u8; MOST],
    len: u8,
}

impl OwnName {
    /// What is left of any text: letters in lower case, everything else that a name cannot have as `-`.
    /// `None` if there is no letter or digit.
    ///
    /// ```
    /// use nbzero_table::OwnName;
    ///
    /// assert_eq!(OwnName::of("My Flowers (2024)").unwrap().to_string(), "my-flowers-2024");
    /// assert!(OwnName::of("...").is_none());
    /// ```
    pub fn of(text: &str) -> Option<Self> {
        let mut name = String::new();
        for c in text.chars().flat_map(char::to_lowercase) {
            match c {
                'a'..='z' | '0'..='9' | '_' | '.' => name.push(c),
                _ if !name.ends_with('-') => name.push('-'),
                _ => {}
            }
        }
        name.truncate(MOST);
        Self::exactly(name.trim_matches('-'))
    }

    /// The name itself; `None` if it has another character, or is too long.
    pub(crate) fn exactly(name: &str) -> Option<Self> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
        let some = name.bytes().any(|byte| byte.is_ascii_alphanumeric());
        if !some || name.len() > MOST || !name.bytes().all(allowed) {
            return None;
        }
        let mut bytes = [0; MOST];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        let len = u8::try_from(name.len()).ok()?;
        Some(Self { bytes, len })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl fmt::Display for OwnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for OwnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
