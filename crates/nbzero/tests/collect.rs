//! Collections that are killed, interrupted, divided, refused and out of space.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{data, images, nbzero, refusal, stdout};
use nbzero::table::{Record, Seconds, Table, read_shard};
use tempfile::TempDir;

/// A folder of images, and folders for shards beside them.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: images() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `collect` of small networks on few and small images.
    fn arguments(&self, out: &str, extra: &[&str]) -> Vec<String> {
        let out = self.path(out).display().to_string();
        let data = data(&self.folder);
        let fixed = [
            "collect",
            "--space",
            "r1-mini",
            "--data",
            &data,
            "--batch",
            "8",
            "--resolution",
            "8",
            "--out",
            &out,
        ];
        let all = fixed.iter().chain(extra);
        all.map(|&argument| argument.to_owned()).collect()
    }

    fn collect(&self, out: &str, extra: &[&str]) -> String {
        let arguments = self.arguments(out, extra);
        stdout(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn refusal(&self, out: &str, extra: &[&str]) -> String {
        let arguments = self.arguments(out, extra);
        refusal(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Starts `collect` and comes back at once.
    fn start(&self, out: &str, extra: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_nbzero"))
            .args(self.arguments(out, extra))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

/// All records of a folder of shards as JSON lines in a fixed order, without what differs from run
/// to run: the seconds.
fn records(folder: &Path) -> Vec<String> {
    let shards = fs::read_dir(folder).unwrap();
    let records = shards.flat_map(|shard| read_shard(shard.unwrap().path()).unwrap().records);
    let mut lines: Vec<String> = records
        .map(|record| {
            let seconds = Seconds {
                train: 0.0,
                score: 0.0,
            };
            serde_json::to_string(&Record { seconds, ..record }).unwrap()
        })
        .collect();
    lines.sort();
    lines
}

/// Number of whole lines of a shard; of one that is not there yet, 0.
fn lines(shard: &Path) -> usize {
    let bytes = fs::read(shard).unwrap_or_default();
    bytes.split(|&byte| byte == b'\n').count() - 1
}

/// Waits until a process at work has added a record; from then on it watches for signals.
fn wait_for_more_than(known: usize, shard: &Path) {
    let start = Instant::now();
    while lines(shard) <= known {
        assert!(start.elapsed() < Duration::from_mins(2), "no record came");
        sleep(Duration::from_millis(5));
    }
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    let status = Command::new("kill").args(["-s", name, &pid]).status();
    assert!(status.unwrap().success());
}

fn stderr(child: Child) -> String {
    String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap()
}

/// Pseudo-random numbers from 0 to 1, the same in every run.
fn random(state: &mut u64) -> f64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 40) as f64 / f64::from(1 << 24)
}

#[test]
fn a_collection_killed_ten_times_is_the_collection() {
    let place = Place::new();
    let count = ["--count", "24"];
    let start = Instant::now();
    place.collect("undisturbed", &count);
    let job = start.elapsed() / 24;
    let (out, shard) = (
        place.path("killed"),
        place.path("killed/shard-1-of-1.jsonl"),
    );
    let (mut state, mut kills) = (1, Vec::new());
    while kills.len() < 10 {
        let known = lines(&shard);
        let mut child = place.start("killed", &count);
        // Every other one is killed at work, after its first record; the others may still read
        // images, or cut off the half line of the one before.
        let at_work = kills.len() % 2 == 0;
        while at_work && lines(&shard) == known && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
        sleep(job.mul_f64(2.0 * random(&mut state)));
        if child.try_wait().unwrap().is_some() {
            // The machine is faster now than it was: from the beginning.
            fs::remove_dir_all(&out).unwrap();
            continue;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills.push(lines(&shard));
    }
    println!("records at each kill: {kills:?}");
    place.collect("killed", &count);
    assert_eq!(records(&out), records(&place.path("undisturbed")));
}

#[test]
fn signals_end_a_collection_cleanly() {
    let place = Place::new();
    let count = ["--count", "40"];
    let shard = place.path("shards/shard-1-of-1.jsonl");
    for name in ["INT", "TERM"] {
        let known = lines(&shard);
        let child = place.start("shards", &count);
        wait_for_more_than(known, &shard);
        signal(&child, name);
        let asked = Instant::now();
        let output = child.wait_with_output().unwrap();
        assert!(asked.elapsed() < Duration::from_secs(5), "{name}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{name}: {text}");
        let sentence = text.lines().last().unwrap();
        assert!(sentence.starts_with("interrupted: "), "{sentence}");
        assert!(sentence.contains("the same command goes on"), "{sentence}");
        assert!(!read_shard(&shard).unwrap().torn);
    }
    place.collect("shards", &["--count", "3"]);
    place.collect("other", &["--count", "3"]);
    let interrupted = records(&place.path("shards"));
    let undisturbed = records(&place.path("other"));
    assert!(undisturbed.iter().all(|line| interrupted.contains(line)));
}

#[test]
fn parts_make_the_whole_and_changing_their_number_repeats_nothing() {
    let place = Place::new();
    place.collect("whole", &["--count", "9"]);
    let first = place.collect("parts", &["--count", "9", "--shard", "1/2"]);
    assert!(!first.contains(" 0 of them new"), "{first}");
    place.collect("parts", &["--count", "9", "--shard", "2/2"]);
    assert_eq!(records(&place.path("parts")), records(&place.path("whole")));
    let merge = |from: &str| {
        let (from, table) = (place.path(from), place.path(&format!("{from}.nbz")));
        stdout(&[
            "merge",
            from.to_str().unwrap(),
            "--out",
            table.to_str().unwrap(),
        ]);
        fs::read(table).unwrap()
    };
    assert_eq!(merge("whole"), merge("parts"));
    // Other parts of the same folder find everything done.
    let third = place.collect("parts", &["--count", "9", "--shard", "3/3"]);
    assert!(third.contains("0 records, 0 of them new"), "{third}");
}

#[test]
fn a_second_seed_for_the_first_networks_goes_into_the_same_folder() {
    let place = Place::new();
    place.collect("shards", &["--count", "4"]);
    let second = ["--count", "4", "--first", "2", "--seeds", "1"];
    let text = place.collect("shards", &second);
    assert!(text.contains("6 records, 2 of them new"), "{text}");
    let records = read_shard(place.path("shards/shard-1-of-1.jsonl"))
        .unwrap()
        .records;
    let jobs: Vec<_> = records.iter().map(|r| (r.arch.as_str(), r.seed)).collect();
    assert_eq!(jobs[4], (jobs[0].0, 1));
    assert_eq!(jobs[5], (jobs[1].0, 1));
    let refused = place.refusal("shards", &["--count", "4", "--first", "5"]);
    assert!(
        refused.contains("--first 5 is more than --count 4"),
        "{refused}"
    );
}

#[test]
fn the_networks_of_a_file_are_collected() {
    let place = Place::new();
    let list = |name: &str, text: &str| {
        fs::write(place.path(name), text).unwrap();
        place.path(name).display().to_string()
    };
    let all = "# of an older list\nr1:8:24x1s2,32x1s2,32x1s2\n\nr1:8:16x1s2,32x1s2,32x1s2\n";
    let all = list("all", all);
    let text = place.collect("shards", &["--archs", &all, "--first", "1"]);
    assert!(text.contains("1 records, 1 of them new"), "{text}");
    let text = place.collect("shards", &["--archs", &all]);
    assert!(text.contains("2 records, 1 of them new"), "{text}");
    let records = read_shard(place.path("shards/shard-1-of-1.jsonl"))
        .unwrap()
        .records;
    let jobs: Vec<_> = records.iter().map(|r| r.arch.as_str()).collect();
    assert_eq!(
        jobs,
        ["r1:8:24x1s2,32x1s2,32x1s2", "r1:8:16x1s2,32x1s2,32x1s2"]
    );
    for (arguments, reason) in [
        (
            [
                "--archs",
                &list(
                    "twice",
                    "r1:8:16x1s2,32x1s2,32x1s2\nr1:8:16x1s2,32x1s2,32x1s2",
                ),
            ],
            "is on line 1 of",
        ),
        (
            [
                "--archs",
                &list(
                    "other",
                    "r1:8:16x1s2,32x1s2,32x1s2\nr2:8:16x1s2,32x1s2,32x1s2",
                ),
            ],
            "line 2 of",
        ),
        (["--archs", &list("none", "# nothing")], "no architectures"),
        (["--seeds", "1"], "say how many networks"),
    ] {
        let refused = place.refusal("shards", &arguments);
        assert!(refused.contains(reason), "{refused}");
    }
    let refused = place.refusal("shards", &["--archs", &all, "--first", "3"]);
    assert!(refused.contains("--first 3 is more than"), "{refused}");
}

#[test]
fn a_shorter_training_of_the_same_networks_becomes_a_score() {
    fn words(all: &[String]) -> Vec<&str> {
        all.iter().map(String::as_str).collect()
    }
    let place = Place::new();
    let merge = |shards: &str, out: &str, short: Option<&str>| {
        let path = |name: &str| place.path(name).display().to_string();
        let mut all = vec!["merge".to_owned(), path(shards), "--out".into(), path(out)];
        all.extend(short.map(|short| format!("--short-training={}", path(short))));
        all
    };
    let run = |all: Vec<String>| stdout(&words(&all));
    let refuse = |all: Vec<String>| refusal(&words(&all));
    place.collect("one", &["--count", "3", "--epochs", "1"]);
    place.collect("two", &["--count", "2", "--epochs", "2"]);
    run(merge("one", "one.nbz", None));
    run(merge("two", "two.nbz", Some("one.nbz")));
    let both = nbzero::table::Table::open(place.path("two.nbz")).unwrap();
    let one = nbzero::table::Table::open(place.path("one.nbz")).unwrap();
    let split = nbzero::table::Split::NasValidation;
    for row in both.rows() {
        let short = one.find(row.arch()).unwrap().accuracy(split, 0).unwrap();
        assert_eq!(row.score("accuracy_01").unwrap().value(), short);
    }
    let refused = refuse(merge("one", "other.nbz", Some("two.nbz")));
    assert!(
        refused.contains("two.nbz does not fit the shards"),
        "{refused}"
    );
    assert!(refused.contains("not of fewer epochs"), "{refused}");
    let refused = refuse(merge("two", "one.nbz", Some("one.nbz")));
    assert!(refused.contains("one.nbz"), "{refused}");
    let refused = refuse(merge("two", "scores.csv", Some("one.nbz")));
    assert!(refused.contains("--short-training"), "{refused}");
}

#[test]
fn another_collection_is_not_mixed_in() {
    let place = Place::new();
    place.collect("shards", &["--count", "1"]);
    let shard = place.path("shards/shard-1-of-1.jsonl");
    let before = fs::read(&shard).unwrap();
    let arguments = place.arguments("shards", &["--count", "1"]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let with = |option: &str, value: &'static str| {
        let mut changed = arguments.clone();
        let at = changed.iter().position(|&a| a == option).unwrap();
        changed[at + 1] = value;
        refusal(&changed)
    };
    let resolution = with("--resolution", "16");
    assert!(
        resolution.contains("holds another collection")
            && resolution.contains(r#"resolution ("16x16" against "8x8")"#)
            && resolution.contains("--out"),
        "{resolution}"
    );
    assert!(with("--batch", "4").contains("the definition of"));
    assert!(with("--space", "mb-mini").contains("space (\"mb-mini\" against \"r1-mini\")"));
    assert_eq!(fs::read(&shard).unwrap(), before);
    // Nor is a shard begun for it.
    let second = [("--shard", "2/2"), ("--resolution", "16")];
    let second = second
        .iter()
        .fold(arguments.clone(), |mut changed, (option, value)| {
            match changed.iter().position(|a| a == option) {
                Some(at) => changed[at + 1] = value,
                None => changed.extend([option, value]),
            }
            changed
        });
    refusal(&second);
    assert!(!place.path("shards/shard-2-of-2.jsonl").exists());
}

#[test]
fn a_second_seed_on_other_images_is_refused_before_the_training() {
    let place = Place::new();
    place.collect("shards", &["--count", "1"]);
    let images = place.path("data_batch_1.bin");
    let mut bytes = fs::read(&images).unwrap();
    for record in bytes.chunks_exact_mut(3073) {
        record[1..].reverse();
    }
    fs::write(&images, bytes).unwrap();
    let shard = place.path("shards/shard-1-of-1.jsonl");
    let before = fs::read_to_string(&shard).unwrap();
    for seeds in ["0", "1"] {
        let other = place.refusal("shards", &["--count", "2", "--seeds", seeds]);
        assert!(
            other.contains("holds another collection") && other.contains("and are others"),
            "{other}"
        );
    }
    assert_eq!(fs::read_to_string(&shard).unwrap(), before);
    // A record of version 1 has no checksum of its images: its scores tell.
    let (start, end) = before.split_once("\"images_checksum\":").unwrap();
    let old = format!("{start}{}", end.split_once(',').unwrap().1);
    let old = old.replace("{\"version\":2", "{\"version\":1");
    fs::write(&shard, &old).unwrap();
    let other = place.refusal("shards", &["--count", "1", "--seeds", "1"]);
    assert!(other.contains("in a record of the folder"), "{other}");
    assert_eq!(fs::read_to_string(&shard).unwrap(), old);
}

#[test]
fn seeds_from_several_kinds_of_machine_make_one_table() {
    let place = Place::new();
    place.collect("shards", &["--count", "1"]);
    let shard = place.path("shards/shard-1-of-1.jsonl");
    let line = fs::read_to_string(&shard).unwrap();
    let mut record: serde_json::Value = serde_json::from_str(&line).unwrap();
    // As another machine rounds.
    record["device"] = "flex, other kernels".into();
    let zen = record["scores"]["zen"].as_f64().unwrap() * (1.0 + 1e-6);
    record["scores"]["zen"] = zen.into();
    fs::write(&shard, format!("{record}\n")).unwrap();
    place.collect("shards", &["--count", "1", "--seeds", "1"]);
    assert_eq!(lines(&shard), 2);
    let (shards, table) = (place.path("shards"), place.path("table.nbz"));
    let [shards, out] = [&shards, &table].map(|path| path.display().to_string());
    stdout(&["merge", &shards, "--out", &out]);
    let table = Table::open(&table).unwrap();
    assert_eq!(table.seeds(), [0, 1]);
    let merged = table.score_values("zen").unwrap()[0];
    assert!((merged / zen - 1.0).abs() < 1e-9, "{merged} and not {zen}");
}

#[test]
fn a_shard_that_is_taken_away_stops_its_collection() {
    let place = Place::new();
    let shard = place.path("shards/shard-1-of-1.jsonl");
    let child = place.start("shards", &["--count", "60"]);
    wait_for_more_than(0, &shard);
    fs::rename(&shard, place.path("shards/moved.jsonl")).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    let sentence = text.lines().last().unwrap();
    assert!(
        sentence.contains("was moved, removed or replaced"),
        "{sentence}"
    );
    // What was done counts, wherever it is in the folder.
    let done = lines(&place.path("shards/moved.jsonl"));
    assert!(done > 0);
    let text = place.collect("shards", &["--count", "3"]);
    let new = 3_usize.saturating_sub(done);
    assert!(
        text.contains(&format!("{new} of them new")),
        "{done}: {text}"
    );
}

#[test]
fn what_cannot_be_collected_leaves_no_shard() {
    let place = Place::new();
    let twice = place.refusal("shards", &["--count", "2", "--seeds", "0,1,0"]);
    assert!(twice.contains("--seeds has 0 twice"), "{twice}");
    let recipe = place.refusal("shards", &["--count", "2", "--recipe", "paper"]);
    assert!(
        recipe.contains("training images do not fill one batch of 256"),
        "{recipe}"
    );
    for none in [&["--count", "0"][..], &["--count", "2", "--first", "0"]] {
        let arguments = place.arguments("shards", none);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        nbzero(&arguments).assert().code(2);
    }
    let many = place.refusal("shards", &["--count", "1000000"]);
    assert!(many.contains("at most"), "{many}");
    assert!(!place.path("shards").exists());
    // A neighbour that is no shard.
    fs::create_dir(place.path("shards")).unwrap();
    fs::write(place.path("shards/notes.jsonl"), "notes of mine\n").unwrap();
    let notes = place.refusal("shards", &["--count", "2"]);
    assert!(notes.contains("notes.jsonl, line 1"), "{notes}");
    assert!(!place.path("shards/shard-1-of-1.jsonl").exists());
}

#[test]
fn merge_says_where_a_copy_is_cut_off() {
    let place = Place::new();
    place.collect("shards", &["--count", "2"]);
    let whole = fs::read(place.path("shards/shard-1-of-1.jsonl")).unwrap();
    let copy = place.path("copy.jsonl");
    fs::write(&copy, &whole[..whole.len() - 9]).unwrap();
    let table = place.path("copy.nbz");
    let merge = [
        "merge",
        copy.to_str().unwrap(),
        "--out",
        table.to_str().unwrap(),
    ];
    let output = nbzero(&merge).assert().success();
    let warning = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(
        warning.contains("copy.jsonl ends in the middle of a record"),
        "{warning}"
    );
    // Nor does it take a record that says something else than its architecture.
    let whole = String::from_utf8(whole).unwrap();
    let flops = whole.split("\"flops\":").nth(1).unwrap();
    let flops = flops.split(',').next().unwrap();
    for (from, to, says) in [
        (format!("\"flops\":{flops}"), "\"flops\":1", "FLOPs"),
        ("\"r1:".to_owned(), "\"r9:", "r9:"),
        (
            "\"stages\":[{".to_owned(),
            "\"stages\":[{\"input\":1,\"output\":1,\"stride\":1,\"depth\":1},{",
            "other stages",
        ),
        (
            "\"classes\":10".to_owned(),
            "\"classes\":0",
            "copy.jsonl, line 1",
        ),
    ] {
        fs::write(&copy, whole.replace(&from, to)).unwrap();
        let wrong = refusal(&merge);
        assert!(wrong.contains(says), "{wrong}");
    }
}

#[test]
fn merge_writes_over_no_shard_and_says_where_records_disagree() {
    let place = Place::new();
    place.collect("shards", &["--count", "2"]);
    let shard = place.path("shards/shard-1-of-1.jsonl");
    let before = fs::read_to_string(&shard).unwrap();
    let folder = place.path("shards").display().to_string();
    let own = refusal(&["merge", &folder, "--out", shard.to_str().unwrap()]);
    assert!(own.contains("which is read"), "{own}");
    assert_eq!(fs::read_to_string(&shard).unwrap(), before);
    let other = place.path("shards/other.jsonl");
    let table = place.path("table.nbz").display().to_string();
    for (from, to, says) in [
        ("\"train_loss\":", "\"train_loss\":9", "conflict in outcome"),
        (
            "\"recipe\":\"mini\"",
            "\"recipe\":\"maxi\"",
            "disagree in recipe",
        ),
    ] {
        fs::write(&other, before.replace(from, to)).unwrap();
        let wrong = refusal(&["merge", &folder, "--out", &table]);
        assert!(wrong.contains(says), "{wrong}");
        for place in ["other.jsonl, line ", "shard-1-of-1.jsonl, line "] {
            assert!(wrong.contains(place), "{wrong}");
        }
    }
    assert!(!place.path("table.nbz").exists());
}

#[test]
fn two_processes_cannot_write_one_shard() {
    let place = Place::new();
    let mut first = place.start("shards", &["--count", "60"]);
    wait_for_more_than(0, &place.path("shards/shard-1-of-1.jsonl"));
    let refused = place.refusal("shards", &["--count", "60"]);
    assert!(
        refused.contains("shard-1-of-1.jsonl is being written by another process"),
        "{refused}"
    );
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn unreadable_images_leave_the_shard_alone() {
    let place = Place::new();
    place.collect("shards", &["--count", "1"]);
    let shard = place.path("shards/shard-1-of-1.jsonl");
    let before = fs::read(&shard).unwrap();
    let images = place.path("data_batch_1.bin");
    let bytes = fs::read(&images).unwrap();
    fs::write(&images, &bytes[..bytes.len() - 1]).unwrap();
    let truncated = place.refusal("shards", &["--count", "2"]);
    assert!(truncated.contains("data_batch_1.bin"), "{truncated}");
    fs::remove_file(&images).unwrap();
    let missing = place.refusal("shards", &["--count", "2"]);
    assert!(missing.contains("data_batch_1"), "{missing}");
    assert_eq!(fs::read(&shard).unwrap(), before);
}

/// A limit on the size of files answers a write as a full disk does.
#[test]
fn a_full_disk_keeps_what_is_there() {
    let place = Place::new();
    place.collect("undisturbed", &["--count", "6"]);
    let whole = fs::metadata(place.path("undisturbed/shard-1-of-1.jsonl")).unwrap();
    // Of six records, in blocks of 512 bytes: in the midst of a record.
    let limit = whole.len() * 3 / 5 / 512;
    let child = Command::new("sh")
        .args([
            "-c",
            &format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_nbzero"),
        ])
        .args(place.arguments("shards", &["--count", "6"]))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    let sentence = text.lines().last().unwrap();
    for part in [
        "error: stopped: 3 of 6 jobs are done and kept",
        "the same command goes on from there",
        "cannot write",
        "shard-1-of-1.jsonl",
        "too large",
    ] {
        assert!(sentence.contains(part), "{part}: {sentence}");
    }
    let shard = read_shard(place.path("shards/shard-1-of-1.jsonl")).unwrap();
    assert_eq!((shard.records.len(), shard.torn), (3, false));
    place.collect("shards", &["--count", "6"]);
    assert_eq!(
        records(&place.path("shards")),
        records(&place.path("undisturbed"))
    );
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    let place = Place::new();
    let mut child = place.start("shards", &["--count", "60"]);
    wait_for_more_than(0, &place.path("shards/shard-1-of-1.jsonl"));
    // The process is held still, so that both signals wait for it.
    signal(&child, "STOP");
    signal(&child, "INT");
    signal(&child, "TERM");
    signal(&child, "CONT");
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130));
    assert!(!stderr(child).contains("interrupted: "));
}
