//! The example in the written specification is true.

use crate::{Error, Outcome, Record};

#[test]
fn the_example_of_the_specification_is_a_record() -> Result<(), Error> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/src/table-format.md"
    );
    // The book is not part of the package.
    let Ok(page) = std::fs::read_to_string(path) else {
        return Ok(());
    };
    let json = page
        .split("```json\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let record: Record =
        serde_json::from_str(json.expect("an example")).expect("the example is a record");
    assert!(matches!(record.outcome, Outcome::Trained { .. }));
    record.check()
}
