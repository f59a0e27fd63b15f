use super::*;
use crate::Space;

const SMALL: &str = "name = \"small\"
family = \"mb\"
classes = 10
resolution = 16
stems = [8]
widths = [8, 16]
depths = [1, 2]
expansions = [1, 4, 6]
strides = [[2, 2], [1, 2]]

[at_most]
flops = 2000000
";

fn read(text: &str) -> Result<ChainRules, SpaceFileError> {
    ChainRules::read(text, |_| false)
}

/// The error of the small space with one line replaced.
fn refusal(line: &str, other: &str) -> String {
    assert!(SMALL.contains(line), "{line}");
    let error = read(&SMALL.replacen(line, other, 1)).expect_err(other);
    error.to_string()
}

#[test]
fn a_file_is_read_and_written_back() {
    let rules = read(SMALL).expect("a space");
    assert_eq!(rules.text(true), SMALL);
    assert_eq!(rules.caps.flops.most, Some(2_000_000));
    // 3 ascending pairs of widths, 2 depths and 3 expansions of 2 stages, 2 strides.
    assert_eq!(rules.size(), 3 * 4 * 9 * 2);
}

#[test]
fn the_population_is_no_rule() {
    let text = SMALL.replacen("classes", "population = 7\nclasses", 1);
    let rules = read(&text).expect("a space");
    assert_eq!(
        (rules.text(true), rules.text(false)),
        (text, SMALL.to_owned())
    );
}

#[test]
fn a_misspelt_key_is_named_with_its_line_and_the_nearest() {
    assert_eq!(
        refusal("widths", "width"),
        "line 6: `width` is no key of a space: did you mean `widths`?"
    );
    let error = refusal("flops = 2000000", "energy = 5");
    assert_eq!(
        error,
        "line 12: `energy` is no key of `at_most`: there are `flops`, `params`, `depth`"
    );
}

#[test]
fn what_no_chain_can_have_is_refused_with_its_line() {
    for (line, other, wrong) in [
        (
            "[8, 16]",
            "[0, 16]",
            "line 6: `widths` has 0: it must be a whole number from 1 to 16384",
        ),
        (
            "[8, 16]",
            "[\n8,\n16,\n8]",
            "line 9: `widths` must ascend, but 8 comes after 16",
        ),
        (
            "[8, 16]",
            "[]",
            "line 6: `widths` has 0 values: it must have 1 to 1000",
        ),
        (
            "[8, 16]",
            "16",
            "line 6: `widths` must be a list of whole numbers, and is an integer",
        ),
        (
            "[8, 16]",
            "[8, 1.5]",
            "line 6: `widths` must be a whole number, and is a float",
        ),
        ("[1, 4, 6]", "[17]", "line 8: `expansions` has 17"),
        (
            "\"mb\"",
            "\"r1\"",
            "line 8: stages of `r1` have no expansions",
        ),
        (
            "\"mb\"",
            "\"nb201\"",
            "line 2: `nb201` is no family of chains: there are `r1`, `r2`, `mb`",
        ),
        (
            "[2, 2]",
            "[2, 3]",
            "line 9: `strides` has 3: it must be a whole number from 1 to 2",
        ),
        (
            "[2, 2]",
            "[1, 2]",
            "line 9: `strides` has these strides twice",
        ),
        (
            "[2, 2]",
            "2",
            "line 9: `strides` must be a list of lists of strides, and is an integer",
        ),
        ("name = \"small\"\n", "", "line 1: the space has no `name`"),
        (
            "\"small\"",
            "\"My Space\"",
            "line 1: `My Space` is no name of a space",
        ),
        ("\"small\"", "small", "line 1: this is no TOML"),
        ("classes = 10", "classes = -3", "line 3: `classes` has -3"),
        (
            "classes = 10",
            "classes = 10\nclasses = 10",
            "line 4: this is no TOML: duplicate key",
        ),
    ] {
        let error = refusal(line, other);
        assert!(error.starts_with(wrong), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
    let widths = SMALL
        .replace("\"mb\"", "\"r2\"")
        .replace("expansions = [1, 4, 6]\n", "");
    let error = read(&widths.replace("16]", "18]"))
        .expect_err("r2")
        .to_string();
    assert_eq!(
        error,
        "line 6: width 18 is no multiple of 4, which `r2` needs"
    );
}

#[test]
fn caps_that_admit_nothing_are_refused_with_their_line() {
    let small = read(SMALL).expect("a space");
    let all = small.all(10_000).expect("few").into_iter();
    let least = all.map(|network| small.costs(&network).flops).min();
    assert_eq!(
        refusal("2000000", "1000"),
        format!(
            "line 12: the caps admit nothing: no network of at most 1000 flops was found, the nearest has {}",
            least.expect("some")
        )
    );
    let more = "2000000\ndepth = 30\n[at_least]\ndepth = 31";
    assert_eq!(
        refusal("2000000", more),
        "line 13: the caps admit nothing: depth of at least 31 and at most 30"
    );
    let error = refusal("2000000", "2000000\n[at_least]\nparams = 3000000");
    assert!(
        error.starts_with("line 14: the caps admit nothing: no network of at least 3000000 params"),
        "{error}"
    );
    // The smallest networks have few parameters, and the deepest many.
    let error = refusal("2000000", "80000\n[at_least]\ndepth = 14");
    assert_eq!(
        error,
        "line 11: the caps admit nothing: no network was found that keeps to all of them, though some keep to each"
    );
}

#[test]
fn the_name_of_a_built_in_space_is_taken_but_by_itself() {
    let r1 = Space::R1.file().expect("a space of chains");
    assert_eq!(Space::parse(&r1).expect("r1"), Space::R1);
    let other = r1.replacen("\n    [2, 2, 2, 1],", "", 1);
    let error = Space::parse(&other).expect_err("other rules").to_string();
    assert_eq!(
        error,
        "line 3: `r1` is the name of a built-in space, whose rules are others: take another name"
    );
    let cells = SMALL.replace("\"small\"", "\"nb201\"");
    assert!(Space::parse(&cells).is_err());
}
