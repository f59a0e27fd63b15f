//! Round trips, and files that must be refused.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::sample;
use crate::{Outcome, Record, Score};

fn origin() -> &'static Path {
    Path::new("t.nbz")
}

fn bytes() -> Vec<u8> {
    sample::table().to_bytes(origin()).expect("a small table")
}

fn refused(bytes: &[u8]) -> Error {
    Table::from_bytes(bytes, origin()).expect_err("this file must be refused")
}

/// A file with a sound header around any decompressed payload.
fn around(raw: &[u8]) -> Vec<u8> {
    pack(MEASURED, &zstd::bulk::compress(raw, 1).expect("memory"))
}

fn raw() -> Vec<u8> {
    zstd::bulk::decompress(&bytes()[HEADER_LEN..], MAX_PAYLOAD).expect("a small table")
}

#[test]
fn a_table_comes_back() {
    let table = sample::table();
    assert_eq!(Table::from_bytes(&bytes(), origin()).expect("sound"), table);
}

/// Files of all formats, written once: they must open for ever.
const FORMAT_1: &[u8] = include_bytes!("../../testdata/format-1.nbz");
const FORMAT_2: &[u8] = include_bytes!("../../testdata/format-2.nbz");
const FORMAT_3: &[u8] = include_bytes!("../../testdata/format-3.nbz");
const FORMAT_5: &[u8] = include_bytes!("../../testdata/format-5.nbz");
const FORMAT_6: &[u8] = include_bytes!("../../testdata/format-6.nbz");
const FORMAT_7: &[u8] = include_bytes!("../../testdata/format-7.nbz");

#[test]
fn a_file_of_format_1_opens() {
    let mut table = sample::table();
    table.diverged.clear();
    assert_eq!(Table::from_bytes(FORMAT_1, origin()).expect("sound"), table);
}

#[test]
fn a_file_of_format_2_opens() {
    assert_eq!(
        Table::from_bytes(FORMAT_2, origin()).expect("sound"),
        sample::table()
    );
}

#[test]
fn a_file_of_format_3_opens() {
    let predictions = sample::predictions();
    assert_eq!(
        Table::from_bytes(FORMAT_3, origin()).expect("sound"),
        predictions
    );
    assert_eq!(predictions.to_bytes(origin()).expect("small"), FORMAT_3);
}

#[test]
fn a_file_of_format_5_opens() {
    assert_eq!(
        Table::from_bytes(FORMAT_5, origin()).expect("sound"),
        wide(24)
    );
}

#[test]
#[ignore = "writes testdata/format-5.nbz, which must not change"]
fn write_the_file_of_format_5() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/format-5.nbz");
    wide(24).write(path).expect("the folder is there");
}

#[test]
fn a_file_of_format_6_opens() {
    let drawn = sample::drawn_predictions();
    assert_eq!(Table::from_bytes(FORMAT_6, origin()).expect("sound"), drawn);
    assert_eq!(drawn.to_bytes(origin()).expect("small"), FORMAT_6);
    assert_eq!(FORMAT_6[8..12], 6_u32.to_le_bytes());
    let mut wide = drawn;
    wide.metadata.resolution = Some(crate::Resolution::new(8, 24));
    let bytes = wide.to_bytes(origin()).expect("small");
    assert_eq!(Table::from_bytes(&bytes, origin()).expect("sound"), wide);
}

#[test]
#[ignore = "writes testdata/format-6.nbz, which must not change"]
fn write_the_file_of_format_6() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/format-6.nbz");
    sample::drawn_predictions()
        .write(path)
        .expect("the folder is there");
}

#[test]
fn a_file_of_format_7_opens() {
    let mut scored = sample::scores_alone();
    let opened = Table::from_bytes(FORMAT_7, origin()).expect("sound");
    assert_eq!(opened, scored);
    assert_eq!(scored.to_bytes(origin()).expect("small"), FORMAT_7);
    assert_eq!(FORMAT_7[8..12], 7_u32.to_le_bytes());
    scored.metadata.resolution = Some(crate::Resolution::new(8, 24));
    scored.metadata.space_definition = sample::of_own_space().metadata.space_definition;
    scored.metadata.space = "mine".into();
    let bytes = scored.to_bytes(origin()).expect("small");
    assert_eq!(Table::from_bytes(&bytes, origin()).expect("sound"), scored);
}

#[test]
#[ignore = "writes testdata/format-7.nbz, which must not change"]
fn write_the_file_of_format_7() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/format-7.nbz");
    sample::scores_alone()
        .write(path)
        .expect("the folder is there");
}

#[test]
fn draws_that_do_not_fit_are_refused() {
    let bytes = |table: Table, draws: Vec<Vec<i16>>| {
        let (extension, _) = Extension::of(&table);
        let diverged: Vec<Diverged> = Vec::new();
        let width: Option<u32> = None;
        let content = (Wire::from(&table), diverged, extension, width, draws);
        let raw = encode(content).expect("small");
        let payload = zstd::bulk::compress(&raw, 1).expect("memory");
        pack(DRAWN, &payload)
    };
    let draws = vec![vec![1, -2]];
    let sound = bytes(sample::predictions(), draws.clone());
    assert!(Table::from_bytes(&sound, origin()).is_ok());
    let uneven = refused(&bytes(sample::predictions(), vec![vec![1, -2], vec![1]]));
    let uneven = uneven.to_string();
    assert!(uneven.contains("a draw has 1 accuracies for 2"), "{uneven}");
    let measured = refused(&bytes(sample::table(), draws)).to_string();
    assert!(measured.contains("draws of what nobody"), "{measured}");
}

#[test]
fn measured_accuracies_stay_in_format_2() {
    assert_eq!(bytes()[8..12], 2_u32.to_le_bytes());
    assert_eq!(FORMAT_3[8..12], 3_u32.to_le_bytes());
    // A payload of the other format is refused, not misread.
    for (bytes, version) in [(bytes(), 3), (FORMAT_3.to_vec(), 2)] {
        let other = pack(version, &bytes[HEADER_LEN..]);
        assert!(matches!(refused(&other), Error::Undecodable { .. }));
    }
}

#[test]
#[ignore = "writes testdata/format-3.nbz, which must not change"]
fn write_the_file_of_format_3() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/format-3.nbz");
    sample::predictions()
        .write(path)
        .expect("the folder is there");
}

/// The table of images of so many columns.
fn wide(width: usize) -> Table {
    let mut table = sample::table();
    table.metadata.resolution = Some(crate::Resolution::new(16, width));
    table
}

#[test]
fn images_that_are_not_square_are_in_format_5() {
    for mut table in [wide(24), wide(1 << 16)] {
        let bytes = table.to_bytes(origin()).expect("small");
        assert_eq!(bytes[8..12], 5_u32.to_le_bytes());
        assert_eq!(Table::from_bytes(&bytes, origin()).expect("sound"), table);
        // What format 4 is for is there as well.
        table.metadata.classes = None;
        table.depth[1] = None;
        let bytes = table.to_bytes(origin()).expect("small");
        assert_eq!(bytes[8..12], 5_u32.to_le_bytes());
        assert_eq!(Table::from_bytes(&bytes, origin()).expect("sound"), table);
        // Nobody takes them for square ones.
        let other = pack(EXTENDED, &bytes[HEADER_LEN..]);
        assert!(matches!(refused(&other), Error::Undecodable { .. }));
    }
    assert_eq!(wide(16).to_bytes(origin()).expect("small"), bytes());
    let mut predictions = sample::predictions();
    predictions.metadata.resolution = Some(crate::Resolution::new(8, 24));
    let bytes = predictions.to_bytes(origin()).expect("small");
    assert_eq!(
        Table::from_bytes(&bytes, origin()).expect("sound"),
        predictions
    );
}

#[test]
fn a_width_that_is_none_is_refused() {
    let bytes = |width: u32| {
        let table = sample::table();
        let (extension, _) = Extension::of(&table);
        let raw = encode((Wire::from(&table), &table.diverged, extension, width));
        let raw = raw.expect("small");
        pack(WIDE, &zstd::bulk::compress(&raw, 1).expect("memory"))
    };
    assert!(Table::from_bytes(&bytes(17), origin()).is_ok());
    for width in [0, 16] {
        let error = refused(&bytes(width)).to_string();
        assert!(error.contains("the width of its images"), "{error}");
    }
}

#[test]
fn every_flipped_byte_is_refused() {
    let sound = bytes();
    for at in 0..sound.len() {
        for mask in [0x01, 0x04, 0x10, 0x80, 0xff, 0x55] {
            let mut bytes = sound.clone();
            bytes[at] ^= mask;
            let error = refused(&bytes);
            let expected = match at {
                0..8 => matches!(error, Error::NotATable { .. }),
                12..20 => matches!(error, Error::Truncated { .. } | Error::TrailingBytes { .. }),
                _ => matches!(error, Error::Damaged { .. }),
            };
            assert!(expected, "byte {at} ^ {mask:#x}: {error}");
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    let sound = bytes();
    for len in 0..sound.len() {
        let error = refused(&sound[..len]);
        assert!(
            matches!(error, Error::Truncated { actual, .. } if actual == len as u64),
            "{error}"
        );
    }
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_refused() {
    let sound = bytes();
    let error = read(&sound[..sound.len() - 1], sound.len() as u64, origin());
    assert!(matches!(error, Err(Error::Truncated { .. })));
}

#[test]
fn trailing_bytes_are_refused() {
    let mut bytes = bytes();
    bytes.extend_from_slice(b"abc");
    let error = refused(&bytes);
    assert!(matches!(error, Error::TrailingBytes { .. }));
    assert!(
        error
            .to_string()
            .starts_with("t.nbz has 3 bytes after its end"),
        "{error}"
    );
}

#[test]
fn foreign_files_are_refused() {
    for (bytes, part) in [
        (&b"PAR1"[..], "it is a Parquet file"),
        (b"PK\x03\x04", "it is a zip archive"),
        (
            &[0x1f, 0x8b, 8],
            "it is compressed with gzip: decompress it",
        ),
        (b"arch,zen\n", "its first bytes are not"),
    ] {
        let error = refused(bytes).to_string();
        assert!(error.contains(part), "{error}");
    }

    for foreign in [
        &b"PK\x03\x04"[..],
        b"{",
        b"NBZTABL3 and more than a header would be long",
    ] {
        assert!(matches!(refused(foreign), Error::NotATable { .. }));
    }
}

#[test]
fn a_newer_format_is_named() {
    let error = refused(&pack(8, b"whatever that format holds"));
    assert_eq!(
        error.to_string(),
        "t.nbz was written by a newer nbzero (format 8, this one reads up to 7): update nbzero"
    );
    assert!(matches!(refused(&pack(0, b"")), Error::Undecodable { .. }));
}

#[test]
fn hostile_lengths_are_refused() {
    let mut huge = bytes();
    huge[12..20].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(matches!(
        refused(&huge),
        Error::Truncated {
            expected: u64::MAX,
            ..
        }
    ));
    // The file is as long as it says, but longer than a table may be: refused by its header.
    huge[12..20].copy_from_slice(&(1_u64 << 40).to_le_bytes());
    let error = read(&huge[..], (1 << 40) + HEADER_LEN as u64, origin());
    assert!(matches!(error, Err(Error::TooLarge { .. })));
}

#[test]
fn a_decompression_bomb_is_refused() {
    let bomb = around(&vec![0; MAX_PAYLOAD + 1]);
    assert!(bomb.len() < 100_000);
    assert!(matches!(refused(&bomb), Error::TooLarge { .. }));
}

#[test]
fn hostile_lengths_inside_the_payload_are_refused() {
    let sound = raw();
    // 253: the next eight bytes are an integer. Wherever a length is, it becomes a huge one.
    for at in 0..sound.len() {
        let mut hostile = sound.clone();
        hostile.splice(
            at..=at,
            [253, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        );
        // A number may well be that large; a length may not, and nothing may panic.
        let _ = Table::from_bytes(&around(&hostile), origin());
    }
    let mut first = sound;
    first.splice(0..1, [253, 0, 0, 0, 0, 0, 1, 0, 0]);
    assert!(matches!(
        refused(&around(&first)),
        Error::TooLarge { .. } | Error::Undecodable { .. }
    ));
}

/// A few kilobytes that would unfold into a list of many empty lists.
#[test]
fn a_list_bomb_is_refused() {
    let table = sample::table();
    let Table {
        metadata,
        architectures,
        flops,
        params,
        depth,
        ..
    } = &table;
    let stages = 60_u64 << 20;
    let known = |column: &[Option<u64>]| column.iter().copied().map(Option::unwrap).collect();
    let (flops, params): (Vec<u64>, Vec<u64>) = (known(flops), known(params));
    let depth: Vec<u32> = depth.iter().copied().map(Option::unwrap).collect();
    let head = (metadata, architectures, flops, params, depth, stages);
    let mut raw = bincode::serde::encode_to_vec(head, bincode::config::standard()).expect("small");
    raw.resize(raw.len() + (60 << 20), 0);
    let bomb = around(&raw);
    assert!(bomb.len() < 20_000);
    assert!(matches!(refused(&bomb), Error::TooLarge { .. }));
}

#[test]
fn payloads_that_are_no_table_are_refused() {
    assert!(matches!(
        refused(&pack(FORMAT_VERSION, b"not zstd")),
        Error::Undecodable { .. }
    ));
    assert!(matches!(
        refused(&pack(FORMAT_VERSION, b"")),
        Error::Undecodable { .. }
    ));
    assert!(matches!(
        refused(&around(b"\xff\xff")),
        Error::Undecodable { .. }
    ));
    let mut longer = raw();
    longer.push(0);
    let error = refused(&around(&longer));
    assert!(
        error.to_string().contains("1 bytes are left over"),
        "{error}"
    );
    for len in 0..longer.len() - 1 {
        assert!(Table::from_bytes(&around(&longer[..len]), origin()).is_err());
    }
}

/// The version that the bytes of a table name.
fn version(table: &Table) -> u8 {
    table.to_bytes(origin()).expect("small")[8]
}

#[test]
fn the_oldest_version_that_holds_a_table_is_written() {
    assert_eq!(version(&sample::table()), 2);
    assert_eq!(version(&sample::predictions()), 3);
    assert_eq!(version(&sample::of_own_space()), 4);
    let mut predictions = sample::predictions();
    predictions.depth[0] = None;
    assert_eq!(version(&predictions), 4);
    let bytes = predictions.to_bytes(origin()).expect("small");
    assert_eq!(
        Table::from_bytes(&bytes, origin()).expect("sound"),
        predictions
    );
}

#[test]
fn what_nobody_knows_stays_unknown() {
    let mut table = sample::of_own_space();
    table.flops = vec![None, Some(0)];
    table.params = vec![None, None];
    table.metadata.classes = None;
    table.metadata.resolution = None;
    let bytes = table.to_bytes(origin()).expect("small");
    let again = Table::from_bytes(&bytes, origin()).expect("sound");
    assert_eq!(again, table);
    let json = serde_json::to_value(again.metadata()).expect("memory");
    assert!(json["classes"].is_null());
    assert_eq!(again.summary().costs.get(&crate::Cost::Params), None);
}

#[test]
fn a_table_carries_the_definition_of_its_space() {
    let table = sample::of_own_space();
    let bytes = table.to_bytes(origin()).expect("small");
    let again = Table::from_bytes(&bytes, origin()).expect("sound");
    assert_eq!(
        again.metadata().space_definition,
        table.metadata.space_definition
    );
    assert!(
        again
            .metadata()
            .space_definition
            .as_deref()
            .is_some_and(|d| d.contains("widths"))
    );
    let broken = |change: fn(String) -> String| {
        let mut table = sample::of_own_space();
        table.metadata.space_definition = table.metadata.space_definition.map(change);
        table.to_bytes(origin()).expect_err("broken").to_string()
    };
    for (error, part) in [
        (
            broken(|d| d.replace("widths", "width")),
            "line 6: `width` is no key",
        ),
        (
            broken(|d| d.replace("\"mine\"", "\"other\"")),
            "of its space mine is that of other",
        ),
        (broken(|d| d + "\n"), "not written as nbzero writes it"),
        (broken(|_| String::new()), "the space has no `family`"),
    ] {
        assert!(error.contains(part), "{error}");
    }
}

/// A file whose table was changed behind the constructor's back.
fn inconsistent(change: impl FnOnce(&mut Table)) -> String {
    let mut table = sample::table();
    change(&mut table);
    let content = (Wire::from(&table), &table.diverged);
    let raw = bincode::serde::encode_to_vec(content, bincode::config::standard());
    let error = refused(&around(&raw.expect("memory")));
    assert!(matches!(error, Error::Inconsistent { .. }), "{error}");
    error.to_string()
}

#[test]
fn broken_rules_are_named() {
    let says = |message: String, part: &str| assert!(message.contains(part), "{message}");
    says(
        inconsistent(|t| t.flops.truncate(1)),
        "flops has 1 values for 2 architectures",
    );
    says(inconsistent(|t| t.stages.clear()), "stages has 0 values");
    says(
        inconsistent(|t| t.architectures.swap(0, 1)),
        "stands before",
    );
    says(
        inconsistent(|t| t.architectures[0] = t.architectures[1].clone()),
        "has two rows",
    );
    says(
        inconsistent(|t| t.architectures.clear()),
        "no architectures",
    );
    says(
        inconsistent(|t| t.metadata.seeds.reverse()),
        "seeds are not in ascending order",
    );
    says(
        inconsistent(|t| t.metadata.scores.reverse()),
        "not in ascending order",
    );
    says(
        inconsistent(|t| drop(t.scores.remove("snip"))),
        "has scores of grasp",
    );
    says(
        inconsistent(|t| drop(t.accuracies.pop_last())),
        "accuracy columns",
    );
    says(
        inconsistent(|t| t.diverged.push(t.diverged[0])),
        "diverged runs are not in ascending order",
    );
    says(inconsistent(|t| t.diverged[0].row = 2), "there is none");
    says(inconsistent(|t| t.diverged[0].seed = 7), "an unlisted seed");
    says(
        inconsistent(|t| t.diverged[0].seed = 0),
        "diverged and has an accuracy",
    );
    for bad in [-0.5, 100.1, f64::INFINITY] {
        let message = inconsistent(|t| {
            if let Some(mut entry) = t.accuracies.first_entry() {
                entry.get_mut()[0] = Some(bad);
            }
        });
        says(
            message,
            "the test accuracy of r1:16:8x1s2,16x1s2 with seed 0 is",
        );
    }
}

fn any_record() -> impl Strategy<Value = Record> {
    let score = prop_oneof![
        any::<f64>().prop_map(Score::new),
        "[a-z ]{0,12}".prop_map(Score::undefined),
    ];
    let outcome = prop_oneof![
        (0.0..=100.0, proptest::option::of(0.0..=100.0)).prop_map(|(test, validation)| {
            Outcome::Trained {
                test_accuracy: test,
                nas_validation_accuracy: validation,
                train_loss: 0.1,
            }
        }),
        any::<u32>().prop_map(|epoch| Outcome::Diverged {
            epoch,
            reason: "NaN".into()
        }),
    ];
    (
        "\\PC{1,8}",
        any::<u64>(),
        any::<(u64, u64, u32)>(),
        score,
        outcome,
    )
        .prop_map(|(arch, seed, (flops, params, depth), score, outcome)| {
            let mut record = sample::record(&arch, seed, 50.0);
            record.scores.insert("snip".into(), score);
            Record {
                flops,
                params,
                depth,
                outcome,
                ..record
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Records to a table to bytes and back, whatever their order, to the last bit.
    #[test]
    fn round_trip(mut records in proptest::collection::vec(any_record(), 1..12)) {
        records.sort_by(|a, b| a.arch.cmp(&b.arch));
        records.dedup_by(|a, b| a.arch == b.arch);
        let table = sample::build(&records).expect("distinct architectures");
        let bytes = table.to_bytes(origin()).expect("small");
        prop_assert_eq!(&Table::from_bytes(&bytes, origin()).expect("sound"), &table);
        records.reverse();
        let again = sample::build(&records).expect("the same records");
        prop_assert_eq!(again.to_bytes(origin()).expect("small"), bytes);
    }

    /// A line of JSON gives the same record back, to the last bit.
    #[test]
    fn record_round_trip(record in any_record()) {
        let line = serde_json::to_string(&record).expect("memory");
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(serde_json::from_str::<Record>(&line).expect("a record"), record);
    }

    /// Nothing makes the reader panic.
    #[test]
    fn any_payload(raw in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Table::from_bytes(&around(&raw), origin());
        prop_assert!(Table::from_bytes(&raw, origin()).is_err());
    }

    /// Nor does a table that was damaged before its checksum was taken.
    #[test]
    fn any_damaged_payload(
        flips in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<proptest::sample::Index>(),
    ) {
        let mut raw = raw();
        for (at, value) in flips {
            let at = at.index(raw.len());
            raw[at] = value;
        }
        let _ = Table::from_bytes(&around(&raw), origin());
        raw.truncate(cut.index(raw.len()));
        prop_assert!(Table::from_bytes(&around(&raw), origin()).is_err());
    }
}
