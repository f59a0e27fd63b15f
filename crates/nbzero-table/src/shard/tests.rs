//! Shards of processes that were killed, and of processes that were not.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;
use crate::MAX_PAYLOAD;
use crate::sample::{record, records};

type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

#[test]
fn a_writer_goes_on_where_another_one_stopped() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("0.jsonl");
    let (mut writer, shard) = ShardWriter::open(&path)?;
    assert_eq!(
        shard,
        Shard {
            records: Vec::new(),
            torn: false
        }
    );
    for record in &records()[..2] {
        writer.append(record)?;
    }
    drop(writer);
    let (mut writer, shard) = ShardWriter::open(&path)?;
    assert_eq!(shard.records, records()[..2]);
    for record in &records()[2..] {
        writer.append(record)?;
    }
    assert_eq!(
        read_shard(&path)?,
        Shard {
            records: records(),
            torn: false
        }
    );
    Ok(())
}

/// A process killed at any byte of its second line loses that line only.
#[test]
fn a_torn_last_line_is_left_out_and_cut_off() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("0.jsonl");
    append_record(&path, &records()[0])?;
    let first = fs::read(&path)?.len();
    append_record(&path, &records()[1])?;
    let whole = fs::read(&path)?;
    for len in first..whole.len() {
        fs::write(&path, &whole[..len])?;
        let shard = read_shard(&path)?;
        assert_eq!(shard.records, records()[..1], "{len}");
        assert_eq!(shard.torn, len > first, "{len}");
        // Appending at each byte would wait for the disk a thousand times.
        if len % 64 == 0 || len == first || len + 1 == whole.len() {
            append_record(&path, &records()[1])?;
            assert_eq!(fs::read(&path)?, whole, "{len}");
        }
    }
    fs::write(&path, &whole[..5])?;
    assert_eq!(
        read_shard(&path)?,
        Shard {
            records: Vec::new(),
            torn: true
        }
    );
    Ok(())
}

#[test]
fn torn_bytes_need_not_be_text() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("0.jsonl");
    append_record(&path, &records()[0])?;
    let mut bytes = fs::read(&path)?;
    bytes.extend_from_slice(&[0, 0xff, 0]);
    fs::write(&path, bytes)?;
    assert!(read_shard(&path)?.torn);
    Ok(())
}

#[test]
fn a_bad_line_elsewhere_names_file_and_line() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("0.jsonl");
    append_record(&path, &records()[0])?;
    let good = fs::read_to_string(&path)?;
    let outcome = crate::Outcome::Diverged {
        epoch: 0,
        reason: "the loss is NaN".into(),
    };
    let diverged = serde_json::to_string(&crate::Record {
        outcome,
        ..record("r1", 0, 50.0)
    })?;
    let negative = good.replace("\"test_accuracy\":61.5", "\"test_accuracy\":-1.0");
    for (bad, part) in [
        (
            &good[..40],
            "line 2: this is not a record (EOF while parsing a string at column 40)",
        ),
        ("", "line 2: this is not a record"),
        (
            &good.replace("imagenet16-tiny", "mnist"),
            "choose one of cifar10, cifar100",
        ),
        (
            &good.replace("\"space\"", "\"room\""),
            "unknown field `room`",
        ),
        (
            &good.replace("\"flops\":11000", "\"flops\":-1"),
            "line 2: this is not a whole record",
        ),
        (&negative, "its test accuracy is -1, not from 0 to 100"),
        (
            &good.replace("\"version\":3,\"arch\"", "\"version\":0,\"arch\""),
            "its version is 0",
        ),
        (
            &good.replace("\"classes\":10", "\"classes\":0"),
            "it has no classes",
        ),
        (&diverged, "it diverged in epoch 0"),
        (
            &good.replace("\"classes\":10", "\"classes\":65537"),
            "it has 65537 classes and images of 16x16 pixels, more than 65536 a side",
        ),
        (
            &good.replace("\"resolution\":16", "\"resolution\":\"16x24\""),
            "its images are 16x24, which version 3 cannot say",
        ),
        (
            &good.replace("\"resolution\":16", "\"resolution\":\"16by24\""),
            "height and width such as",
        ),
        (
            &good
                .replace("\"version\":3,\"arch\"", "\"version\":4,\"arch\"")
                .replace("\"resolution\":16", "\"resolution\":\"0x24\""),
            "images without pixels",
        ),
        (
            &good.replace("\"snip\":", "\"snip\":1.0,\"snip\":"),
            "the score snip is there twice",
        ),
        (
            &good.replace("\"snip\":3.6", "\"snip\":null,\"x\":3.6"),
            "a score is a number or",
        ),
    ] {
        let text = format!("{good}{}\n{good}", bad.trim_end());
        fs::write(&path, &text)?;
        let error = read_shard(&path).expect_err(part);
        assert!(matches!(error, Error::BadLine { line: 2, .. }), "{error}");
        assert!(error.to_string().contains(part), "{part}: {error}");
        assert!(error.to_string().starts_with(&path.display().to_string()));
        assert!(ShardWriter::open(&path).is_err());
        assert_eq!(
            fs::read_to_string(&path)?,
            text,
            "a refused shard is left alone"
        );
    }
    Ok(())
}

#[test]
fn a_newer_line_is_named() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("0.jsonl");
    fs::write(&path, "{\"version\":5,\"something\":\"new\"}\n")?;
    let error = read_shard(&path).expect_err("newer");
    assert!(
        matches!(
            error,
            Error::NewerRecord {
                line: 1,
                found: 5,
                ..
            }
        ),
        "{error}"
    );
    Ok(())
}

#[test]
fn an_invalid_record_is_not_written() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("0.jsonl");
    let (mut writer, _) = ShardWriter::open(&path)?;
    assert!(writer.append(&record("r1", 0, f64::NAN)).is_err());
    assert!(fs::read(&path)?.is_empty());
    Ok(())
}

#[test]
fn two_writers_do_not_mix() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("0.jsonl");
    let (writer, _) = ShardWriter::open(&path)?;
    assert!(matches!(ShardWriter::open(&path), Err(Error::InUse { .. })));
    drop(writer);
    assert!(ShardWriter::open(&path).is_ok());
    Ok(())
}

/// What is written to a file that has lost its name is lost with it.
#[test]
fn a_shard_that_was_taken_away_is_not_written() -> Outcome {
    let folder = tempfile::tempdir()?;
    let (path, moved) = (folder.path().join("0.jsonl"), folder.path().join("1.jsonl"));
    let (mut writer, _) = ShardWriter::open(&path)?;
    writer.append(&records()[0])?;
    let refused = |writer: &mut ShardWriter| {
        let error = writer.append(&records()[1]).expect_err("taken away");
        assert!(matches!(error, Error::Replaced { .. }), "{error}");
    };
    fs::rename(&path, &moved)?;
    refused(&mut writer);
    fs::copy(&moved, &path)?;
    refused(&mut writer);
    fs::rename(&moved, &path)?;
    writer.append(&records()[1])?;
    assert_eq!(read_shard(&path)?.records, records()[..2]);
    Ok(())
}

#[test]
fn missing_files_are_named() {
    assert!(matches!(
        read_shard("no/such.jsonl"),
        Err(Error::NotFound { .. })
    ));
    let refused = append_record("no/such.jsonl", &records()[0]);
    let Err(Error::Io { source, .. }) = &refused else {
        panic!("{refused:?}");
    };
    let said = source.to_string();
    assert!(
        said.contains("there is no folder no: make it first"),
        "{said}"
    );
}

#[test]
fn a_compressed_shard_reads_like_the_plain_one() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("0.jsonl");
    for record in &records() {
        append_record(&path, record)?;
    }
    let plain = fs::read(&path)?;
    let packed = folder.path().join("0.jsonl.zst");
    let frame = zstd::bulk::compress(&plain, 19)?;
    fs::write(&packed, &frame)?;
    assert_eq!(read_shard(&packed)?, read_shard(&path)?);

    // Shards packed one after the other, as `cat` joins them.
    fs::write(&packed, [&frame[..], &frame[..]].concat())?;
    assert_eq!(read_shard(&packed)?.records.len(), 2 * records().len());

    for len in 5..frame.len() {
        fs::write(&packed, &frame[..len])?;
        let error = read_shard(&packed).expect_err("cut off").to_string();
        assert!(error.contains("damaged zstd file"), "{len}: {error}");
    }
    fs::write(&packed, "")?;
    let error = read_shard(&packed).expect_err("empty").to_string();
    assert!(error.contains("it is empty"), "{error}");

    let bomb = zstd::bulk::compress(&vec![b' '; MAX_PAYLOAD + 1], 1)?;
    fs::write(&packed, bomb)?;
    let error = read_shard(&packed).expect_err("too large").to_string();
    assert!(error.contains("split it"), "{error}");
    Ok(())
}

/// What a process leaves that is killed at any byte, the next one goes on with.
#[test]
fn a_compressed_shard_grows_and_survives_kills() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("0.jsonl.zst");
    let (mut writer, _) = ShardWriter::open(&path)?;
    let mut ends = vec![0];
    for record in &records() {
        writer.append(record)?;
        // Behind the line stand the three bytes that end the frame.
        ends.push(fs::read(&path)?.len() - 3);
    }
    drop(writer);
    let bytes = fs::read(&path)?;
    assert_eq!(read_shard(&path)?.records, records());
    assert!(!read_shard(&path)?.torn);
    for length in (0..bytes.len()).step_by(7) {
        fs::write(&path, &bytes[..length])?;
        let whole = ends[1..].iter().filter(|&&end| end <= length).count();
        if length >= 4 {
            let shard = read_shard(&path)?;
            assert_eq!(shard.records, records()[..whole], "{length}");
            assert!(shard.torn);
        }
        let (mut writer, shard) = ShardWriter::open(&path)?;
        assert_eq!(shard.records, records()[..whole], "{length}");
        for record in &records()[whole..] {
            writer.append(record)?;
        }
        let shard = read_shard(&path)?;
        assert_eq!((shard.records, shard.torn), (records(), false), "{length}");
    }
    // A frame of another program is as good.
    let text = zstd::decode_all(bytes.as_slice())?;
    fs::write(&path, zstd::bulk::compress(&text, 19)?)?;
    append_record(&path, &records()[0])?;
    assert_eq!(read_shard(&path)?.records.len(), records().len() + 1);
    assert!(fs::read(&path)?.starts_with(&zstd::bulk::compress(&text, 19)?));
    Ok(())
}

#[test]
fn the_zero_bytes_of_a_power_failure_are_cut_off() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("0.jsonl");
    append_record(&path, &records()[0])?;
    let whole = fs::read(&path)?;
    fs::write(&path, [&whole[..], &[0; 9]].concat())?;
    assert_eq!(read_shard(&path)?.records.len(), 1);
    let (_, shard) = ShardWriter::open(&path)?;
    assert_eq!((shard.records.len(), shard.torn), (1, true));
    assert_eq!(fs::read(&path)?, whole);
    Ok(())
}

#[test]
fn what_no_writer_left_is_not_cut_off() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("0.jsonl");
    append_record(&path, &records()[0])?;
    let whole = fs::read(&path)?;
    let notes = [&whole[..], b"notes of mine"].concat();
    let frame = |text: &[u8]| zstd::bulk::compress(text, 3);
    let cut = frame(&whole)?;
    for (bytes, wrong) in [
        (frame(&notes)?, "does not end in a record"),
        (notes, "does not end in a record"),
        (cut[..cut.len() - 1].to_vec(), "damaged zstd file"),
    ] {
        fs::write(&path, &bytes)?;
        let error = ShardWriter::open(&path).expect_err("refused").to_string();
        assert!(error.contains(wrong), "{error}");
        assert_eq!(fs::read(&path)?, bytes);
    }
    Ok(())
}

#[test]
fn every_dress_of_a_shard_reads_the_same() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("0.jsonl");
    for record in &records() {
        append_record(&path, record)?;
    }
    let (plain, shard) = (fs::read(&path)?, read_shard(&path)?);
    let marked = [b"\xef\xbb\xbf", &plain[..]].concat();
    let gzip = |bytes: &[u8]| -> std::io::Result<Vec<u8>> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes)?;
        encoder.finish()
    };
    let windows = String::from_utf8(plain.clone())?.replace('\n', "\r\n");
    for bytes in [
        marked.clone(),
        gzip(&plain)?,
        gzip(&marked)?,
        zstd::bulk::compress(&marked, 3)?,
        windows.into_bytes(),
    ] {
        fs::write(&path, bytes)?;
        assert_eq!(read_shard(&path)?, shard);
    }
    // A writer goes on after a byte order mark, too.
    fs::write(&path, &marked)?;
    append_record(&path, &records()[0])?;
    assert_eq!(read_shard(&path)?.records.len(), records().len() + 1);
    fs::write(&path, gzip(&plain)?)?;
    let refused = ShardWriter::open(&path).expect_err("compressed");
    assert!(refused.to_string().contains("is compressed"), "{refused}");
    fs::write(&path, b"NBZTABLE\n")?;
    let table = read_shard(&path).expect_err("no shard").to_string();
    assert!(table.contains("is a table of nbzero"), "{table}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Nothing makes the reader panic: whatever bytes, and damaged shards.
    #[test]
    fn no_file_makes_the_reader_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..100),
        flips in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..5),
        packed in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("0.jsonl");
        let lines = records().into_iter();
        let lines = lines.map(|record| serde_json::to_string(&record).expect("JSON"));
        let mut damaged = lines.collect::<Vec<_>>().join("\n").into_bytes();
        damaged.push(b'\n');
        for (at, value) in flips {
            let at = at.index(damaged.len());
            damaged[at] = value;
        }
        let ours = [&[0x28, 0xb5, 0x2f, 0xfd, 0x00][..], &bytes].concat();
        for content in [bytes, damaged, ours] {
            let content = if packed {
                zstd::bulk::compress(&content, 1).expect("memory")
            } else {
                content
            };
            fs::write(&path, content).expect("a file");
            let _ = read_shard(&path);
            let _ = ShardWriter::open(&path);
        }
    }
}
