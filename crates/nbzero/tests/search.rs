//! Searches that are killed, impossible, or another one's; and score files that are killed and divided.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{data, images, nbzero, refusal, stdout};
use tempfile::TempDir;

/// A small search, but for its journal.
const SEARCH: [&str; 15] = [
    "search",
    "--space",
    "r1-mini",
    "--candidates",
    "80",
    "--proxies",
    "naswot+log_synflow",
    "--batch",
    "8",
    "--flops-at-most",
    "3M",
    "--params-at-most",
    "200k",
    "--format",
    "json",
];

fn with<'a>(base: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [base, more].concat()
}

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_nbzero"))
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn lines(path: &Path) -> usize {
    let bytes = fs::read(path).unwrap_or_default();
    bytes.split(|&byte| byte == b'\n').count() - 1
}

/// Kills a command five times, each some lines after the last, and then lets it end; the numbers of
/// lines at the kills, and what it printed.
fn killed_five_times(arguments: &[&str], file: &Path, gaps: [usize; 5]) -> (Vec<usize>, String) {
    let mut kills = Vec::new();
    for gap in gaps {
        let known = lines(file);
        let mut child = start(arguments);
        let begun = Instant::now();
        while lines(file) < known + gap && child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_mins(3), "no line came");
            sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills.push(lines(file));
    }
    println!("lines at each kill: {kills:?}");
    (kills, stdout(arguments))
}

#[test]
fn five_kills_give_the_result_of_the_undisturbed_search() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (whole, killed) = (path("whole.jsonl"), path("killed.jsonl"));
    let undisturbed = stdout(&with(&SEARCH, &["--journal", &whole]));
    let arguments = with(&SEARCH, &["--journal", &killed, "--jobs", "2"]);
    let (kills, resumed) = killed_five_times(&arguments, Path::new(&killed), [1, 9, 24, 2, 17]);
    assert!(
        kills.is_sorted() && kills[4] < lines(Path::new(&whole)),
        "{kills:?}"
    );
    assert_eq!(resumed, undisturbed);
    assert_eq!(fs::read(&killed).unwrap(), fs::read(&whole).unwrap());
    // Once more: nothing is left to do.
    assert_eq!(stdout(&arguments), undisturbed);
    // Nor does a search without a journal find anything else.
    assert_eq!(stdout(&SEARCH), undisturbed);
}

#[test]
fn what_no_search_can_do_is_one_sentence() {
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("journal.jsonl").display().to_string();
    let base = [
        "search",
        "--space",
        "r1-mini",
        "--proxies",
        "flops",
        "--candidates",
        "20",
    ];
    let sentence = refusal(&with(&base, &["--flops-at-most", "50k"]));
    assert!(
        sentence.contains(
            "no network of r1-mini was found with at most 50000 FLOPs: the least found is"
        ),
        "{sentence}"
    );
    let sentence = refusal(&["search", "--space", "r1-mini", "--proxies", "zen,snip"]);
    assert!(sentence.contains("one score decides"), "{sentence}");
    nbzero(&with(&base, &["--journal", &journal]))
        .assert()
        .success();
    let sentence = refusal(&with(&base, &["--journal", &journal, "--search-seed", "1"]));
    assert!(
        sentence.contains("is the journal of another search (seed: `0` there, `1` here)"),
        "{sentence}"
    );
    let sentence = refusal(&with(&base, &["--journal", &journal, "--batch", "32"]));
    assert!(
        sentence.contains("settings: `64 random images"),
        "{sentence}"
    );
    let damaged = fs::read_to_string(&journal)
        .unwrap()
        .replacen("r1:", "q1:", 1);
    fs::write(&journal, damaged).unwrap();
    let sentence = refusal(&with(&base, &["--journal", &journal]));
    assert!(
        sentence.contains("line 2: this is not a line of a search's journal"),
        "{sentence}"
    );
    let sentence = refusal(&with(
        &base,
        &["--latency-at-most", "8ms", "--latencies", "/none.csv"],
    ));
    assert!(sentence.contains("/none.csv"), "{sentence}");
}

#[test]
fn the_page_of_a_search_says_what_the_command_prints() {
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("search.html").display().to_string();
    let mut base = with(&SEARCH, &["--report", &page]);
    base[4] = "40";
    let printed: serde_json::Value = serde_json::from_str(&stdout(&base)).unwrap();
    let page = fs::read_to_string(&page).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    let best = printed["best"].as_array().unwrap();
    assert_eq!(best.len(), 5);
    let header = page.split("</header>").next().unwrap();
    assert!(header.contains(best[0]["arch"].as_str().unwrap()));
    let fronts = printed["fronts"].as_object().unwrap().values();
    let entries = fronts
        .flat_map(|front| front.as_array().unwrap())
        .chain(best);
    for entry in entries {
        let arch = entry["arch"].as_str().unwrap();
        assert!(
            page.contains(&format!("<td class=\"text\">{arch}</td>")),
            "{arch}"
        );
    }
    let journal = folder.path().join("journal.jsonl").display().to_string();
    stdout(&with(&base[..13], &["--journal", &journal]));
    let sentence = refusal(&with(
        &base[..13],
        &["--journal", &journal, "--report", &journal],
    ));
    assert!(
        sentence.contains("which is read, cannot be written"),
        "{sentence}"
    );
    let sentence = refusal(&with(&base[..13], &["--report", "/no/such/page.html"]));
    assert!(
        sentence.contains("/no/such/page.html cannot be written"),
        "{sentence}"
    );
}

#[test]
fn latencies_come_from_this_machine_or_from_a_list() {
    let folder = TempDir::new().unwrap();
    let base = [
        "search",
        "--space",
        "nas-bench-macro",
        "--proxies",
        "depth",
        "--candidates",
        "10",
        "--resolution",
        "8",
        "--latency-at-most",
    ];
    let found = stdout(&with(&base, &["10s"]));
    assert!(
        found.contains("ms") && found.contains("with at most 10000 ms"),
        "{found}"
    );
    // A network that memory does not hold has no latency.
    let sentence = refusal(&with(&base, &["10s", "--memory-limit", "0.0001"]));
    assert!(sentence.contains("no latency is known"), "{sentence}");
    let list = folder.path().join("latencies.csv");
    let rows: Vec<String> = (0..9)
        .map(|i| format!("nas-bench-macro:1110{}00{},{i}.5\n", i % 3, i / 3))
        .collect();
    fs::write(&list, format!("arch,ms\n{}", rows.concat())).unwrap();
    let list = list.display().to_string();
    let sentence = refusal(&with(&base, &["0.1ms", "--latencies", &list]));
    assert!(sentence.contains("at most 0.1 ms"), "{sentence}");
}

/// A list of sixty networks: its path and its text.
fn sixty(folder: &TempDir) -> (String, String) {
    let path = folder.path().join("archs.txt");
    let sample = stdout(&["sample", "--space", "r1-mini", "--count", "60"]);
    fs::write(&path, &sample).unwrap();
    (path.display().to_string(), sample)
}

#[test]
fn score_files_survive_kills_and_division() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (archs, _) = sixty(&folder);
    let base = [
        "score",
        "--archs",
        &archs,
        "--proxies",
        "naswot,flops",
        "--batch",
        "8",
        "--resolution",
        "16",
    ];
    let (whole, killed) = (path("whole.jsonl"), path("killed.jsonl"));
    stdout(&with(&base, &["--out", &whole]));
    let arguments = with(&base, &["--out", &killed, "--jobs", "2"]);
    let (_, said) = killed_five_times(&arguments, Path::new(&killed), [1, 6, 20, 1, 11]);
    assert!(said.contains("60 networks"), "{said}");
    assert_eq!(fs::read(&killed).unwrap(), fs::read(&whole).unwrap());
    // Divided and merged it is the same table.
    let divided = path("divided");
    fs::create_dir(&divided).unwrap();
    let out = format!("{divided}/scores.jsonl");
    for shard in ["1/3", "2/3", "3/3"] {
        stdout(&with(&base, &["--out", &out, "--shard", shard]));
    }
    let merged = |from: &str, to: &str| {
        stdout(&["merge", from, "--out", to]);
        fs::read_to_string(to).unwrap()
    };
    let table = merged(&whole, &path("whole.csv"));
    assert_eq!(table, merged(&divided, &path("divided.csv")));
    // And the one that is printed, but for the order of its rows.
    let printed = stdout(&with(&base, &["--format", "csv"]));
    let sorted = |text: &str| {
        let mut rows: Vec<String> = text.lines().map(str::to_owned).collect();
        rows.sort();
        rows
    };
    assert_eq!(sorted(&table), sorted(&printed));
    let sentence = refusal(&with(&base, &["--out", "/dev/full"]));
    assert!(
        sentence.contains("/dev/full is no plain file"),
        "{sentence}"
    );
    let nowhere = path("no/scores.jsonl");
    let sentence = refusal(&with(&base, &["--out", &nowhere]));
    assert!(
        sentence.contains("there is no folder") && sentence.contains("make it first"),
        "{sentence}"
    );
    // Other scores have no place in the file.
    let sentence = refusal(&with(&base, &["--out", &whole, "--seed", "1"]));
    assert!(sentence.contains("holds other scores"), "{sentence}");
    let hybrid = [
        "score",
        "--archs",
        &archs,
        "--proxies",
        "naswot+flops",
        "--out",
        &whole,
    ];
    assert!(refusal(&hybrid).contains("ranks the networks of one call"));
    let packed = with(&base, &["--out", "scores.jsonl.gz"]);
    assert!(refusal(&packed).contains("would be compressed with gzip"));
}

/// Of the networks that both files have.
#[test]
fn scores_of_different_proxies_are_joined() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (archs, sample) = sixty(&folder);
    let base = [
        "score",
        "--archs",
        &archs,
        "--proxies",
        "naswot,flops",
        "--batch",
        "8",
    ];
    let whole = path("whole.jsonl");
    stdout(&with(&base, &["--resolution", "16", "--out", &whole]));
    let table = path("table.csv");
    stdout(&["merge", &whole, "--out", &table]);
    let table = fs::read_to_string(table).unwrap();
    let few = path("few.txt");
    let lines: Vec<&str> = sample.lines().take(45).collect();
    fs::write(&few, lines.join("\n")).unwrap();
    let other = path("other.jsonl");
    let more = ["score", "--archs", &few, "--proxies", "jacob_cov,flops"];
    let more = with(&more, &["--batch", "8", "--resolution", "16"]);
    stdout(&with(&more, &["--out", &other]));
    let joined = path("joined.csv");
    let said = stdout(&["merge", &whole, &other, "--out", &joined]);
    assert!(
        said.contains("scores of 45 networks; 15 that not all proxies have scored are left out"),
        "{said}"
    );
    let joined = fs::read_to_string(joined).unwrap();
    assert!(
        joined.starts_with("arch,naswot,flops,jacob_cov,undefined\n"),
        "{joined}"
    );
    let first = joined.lines().nth(1).unwrap();
    let arch = first.split("\",").next().unwrap();
    let alone = table.lines().find(|line| line.starts_with(arch)).unwrap();
    assert!(
        first.starts_with(alone.trim_end_matches(',')),
        "{first} {alone}"
    );
    // What does not merge into such a file is named, with what it merges into.
    let sentence = refusal(&["merge", &whole, "--out", &path("table.nbz")]);
    assert!(sentence.contains("give --out FILE.csv"), "{sentence}");
    let shards = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../data/shards/mb-mini-cifar100"
    );
    let sentence = refusal(&["merge", shards, "--out", &path("none.csv")]);
    assert!(sentence.contains("give --out FILE.nbz"), "{sentence}");
    // But not where they were made otherwise, or no network has both.
    let seeded = path("seeded.jsonl");
    stdout(&with(&more, &["--out", &seeded, "--seed", "1"]));
    let to = path("none.csv");
    let sentence = refusal(&["merge", &whole, &seeded, "--out", &to]);
    assert!(
        sentence.contains("holds scores made otherwise"),
        "{sentence}"
    );
    fs::write(&few, sample.lines().last().unwrap()).unwrap();
    let params = [
        "score",
        "--archs",
        &few,
        "--proxies",
        "params",
        "--batch",
        "8",
    ];
    let params = with(&params, &["--resolution", "16", "--out"]);
    let alone = path("params.jsonl");
    stdout(&with(&params, &[&alone]));
    let sentence = refusal(&["merge", &other, &alone, "--out", &to]);
    assert!(
        sentence.contains("no network has scores of all of"),
        "{sentence}"
    );
    // A network that is in one file twice, with two scores.
    let twice = path("twice.jsonl");
    let text = fs::read_to_string(&other).unwrap();
    let again = text
        .lines()
        .nth(1)
        .unwrap()
        .replace("\"jacob_cov\":-", "\"jacob_cov\":-1");
    fs::write(&twice, format!("{text}{again}\n")).unwrap();
    for from in [vec![&twice], vec![&whole, &twice]] {
        let from = from.into_iter().map(String::as_str);
        let arguments: Vec<&str> = ["merge"]
            .into_iter()
            .chain(from)
            .chain(["--out", &to])
            .collect();
        let sentence = refusal(&arguments);
        assert!(sentence.contains("has another jacob_cov in"), "{sentence}");
    }
    assert!(!Path::new(&to).exists());
}

/// The folder is the same, and so are the numbers of its images.
#[test]
fn scores_of_other_images_have_no_place_in_a_file_or_journal() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let photos = images();
    let archs = path("archs.txt");
    fs::write(&archs, "r1:8:8x1s2,16x1s2,16x1s2\n").unwrap();
    let of = data(&photos);
    let scored = [
        "score",
        "--archs",
        &archs,
        "--proxies",
        "naswot",
        "--batch",
        "8",
    ];
    let out = path("scores.jsonl");
    let scored = with(&scored, &["--data", &of, "--out", &out]);
    let journal = path("journal.jsonl");
    let searched = [
        "search",
        "--space",
        "r1-mini",
        "--candidates",
        "3",
        "--proxies",
        "naswot",
    ];
    let searched = with(
        &searched,
        &["--batch", "8", "--data", &of, "--journal", &journal],
    );
    for command in [&scored, &searched] {
        stdout(command);
        stdout(command);
    }
    let batch = photos.path().join("data_batch_1.bin");
    let bytes = fs::read(&batch).unwrap();
    fs::write(
        &batch,
        bytes.iter().map(|byte| byte % 10).collect::<Vec<_>>(),
    )
    .unwrap();
    for command in [&scored, &searched] {
        let sentence = refusal(command);
        assert!(sentence.contains("checksum"), "{sentence}");
    }
}

/// As the plain ones: killed five times, cut within a line, divided, merged.
#[test]
fn compressed_score_files_survive_kills_and_cuts() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (archs, _) = sixty(&folder);
    let base = [
        "score",
        "--archs",
        &archs,
        "--proxies",
        "flops,params,l2_norm",
    ];
    let (plain, packed) = (path("plain.jsonl"), path("packed.jsonl.zst"));
    stdout(&with(&base, &["--out", &plain]));
    let arguments = with(&base, &["--out", &packed, "--jobs", "2"]);
    for grown in [1, 300, 1200, 1, 700] {
        let size = || fs::metadata(&packed).map_or(0, |file| file.len());
        let (known, begun) = (size(), Instant::now());
        let mut child = start(&arguments);
        while size() < known + grown && child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_mins(3), "no line came");
            sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // As a power failure would cut it.
        let bytes = fs::read(&packed).unwrap();
        fs::write(&packed, &bytes[..bytes.len() - bytes.len().min(5)]).unwrap();
    }
    let said = stdout(&arguments);
    println!("the last run says {said}");
    assert!(said.contains("60 networks, ") && !said.contains(" 60 of them new"));
    let unpacked = zstd::decode_all(fs::File::open(&packed).unwrap()).unwrap();
    assert_eq!(unpacked, fs::read(&plain).unwrap());
    let divided = path("divided");
    fs::create_dir(&divided).unwrap();
    let out = format!("{divided}/scores.jsonl.zst");
    for shard in ["1/2", "2/2"] {
        stdout(&with(&base, &["--out", &out, "--shard", shard]));
    }
    assert!(
        folder
            .path()
            .join("divided/scores-2-of-2.jsonl.zst")
            .exists()
    );
    let merged = |from: &str| {
        let to = path("merged.csv");
        stdout(&["merge", from, "--out", &to]);
        fs::read_to_string(to).unwrap()
    };
    let table = merged(&plain);
    assert_eq!(table, merged(&packed));
    assert_eq!(table, merged(&divided));
}

#[test]
fn a_search_says_how_many_scores_are_undefined() {
    let search = "search --space nas-bench-macro --candidates 3 --classes 1 --batch 2 --resolution 4 --proxies";
    for (proxies, undefined) in [("snip", true), ("snip+flops", true), ("flops", false)] {
        let arguments = search.split(' ').chain([proxies]).collect::<Vec<_>>();
        let output = nbzero(&arguments).assert().success();
        let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        let counted = said.contains("undefined: 3 scores of 3 networks (not applicable: ");
        assert_eq!(counted, undefined, "{proxies}: {said}");
        let budget = ["--flops-at-most", "1G", "--format", "json"];
        let output = nbzero(&[&arguments[..], &budget].concat())
            .assert()
            .success();
        let found: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
        // A network without a score is on no front.
        let front = found["fronts"]["flops"].as_array().unwrap();
        assert_eq!(front.is_empty(), proxies == "snip", "{found}");
    }
}
