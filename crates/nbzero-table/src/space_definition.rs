//! Definitions of spaces from files, which travel with records and tables.

use nbzero_space::Space;

/// The first line in which two definitions of a space differ, from each; `None` where they are one.
/// A space without one comes with the program.
///
/// ```
/// use nbzero_table::difference;
///
/// let found = difference(Some("widths = [8]\n"), Some("widths = [16]\n"));
/// assert_eq!(found, Some(("widths = [8]".into(), "widths = [16]".into())));
/// assert_eq!(difference(None, None), None);
/// ```
pub fn difference(one: Option<&str>, other: Option<&str>) -> Option<(String, String)> {
    if one == other {
        return None;
    }
    let (Some(ours), Some(theirs)) = (one, other) else {
        let kind = |of: Option<&str>| of.map_or("built in", |_| "from a file").to_owned();
        return Some((kind(one), kind(other)));
    };
    let nothing = |line: Option<&str>| line.unwrap_or("nothing").to_owned();
    let (mut ours, mut theirs) = (ours.lines(), theirs.lines());
    loop {
        let (line, other) = (ours.next(), theirs.next());
        if line != other || line.is_none() {
            return Some((nothing(line), nothing(other)));
        }
    }
}

/// What is wrong with the definition of a space of that name.
pub(crate) fn defect(name: &str, definition: &str) -> Option<String> {
    match Space::parse(definition) {
        Err(error) => Some(format!("the definition of its space is none: {error}")),
        Ok(space) if space.name() != name => Some(format!(
            "the definition of its space {name} is that of {space}"
        )),
        Ok(space) if space.definition().as_deref() != Some(definition) => {
            Some("the definition of its space is not written as nbzero writes it".into())
        }
        Ok(_) => None,
    }
}
