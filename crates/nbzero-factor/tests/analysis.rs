//! The analysis on networks whose target is known, and against Python's xgboost.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::io::Write;
use std::process::{Command, Stdio};

use nbzero_factor::{Analysis, Attributes, Error, Kind, Parameters, analyse};
use nbzero_table::StageAttributes;

/// Networks of three and four stages with attributes from a small generator.
fn networks(count: usize) -> Vec<Vec<StageAttributes>> {
    let mut state = 1_u32;
    let mut draw = |choices: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % choices
    };
    let network = |_| {
        let mut input = 8;
        let stages = 3 + draw(2);
        (0..stages)
            .map(|stage| {
                let output = input + 8 * draw(4);
                let attributes = StageAttributes {
                    input,
                    output,
                    stride: if stage == 0 { 1 } else { 2 },
                    depth: 1 + draw(6),
                };
                input = output;
                attributes
            })
            .collect()
    };
    (0..count).map(network).collect()
}

/// Driven by the width of stage 2, a little by the depth of stage 1; spans orders of magnitude.
fn target(networks: &[Vec<StageAttributes>]) -> Vec<f64> {
    let value = |stages: &Vec<StageAttributes>| {
        (f64::from(stages[1].output) + 3.0 * f64::from(stages[0].depth)).exp()
    };
    networks.iter().map(value).collect()
}

fn share(analysis: &Analysis, kind: Kind, name: &str) -> f64 {
    let at = analysis
        .features
        .iter()
        .position(|f| f.feature.to_string() == name);
    analysis.shares(kind)[at.unwrap()]
}

#[test]
fn the_attributes_that_drive_the_target_are_found() {
    let networks = networks(300);
    let attributes = Attributes::new(&networks).unwrap();
    let parameters = Parameters::default();
    let found = analyse(&attributes, &target(&networks), &parameters).unwrap();
    assert!(found.r2 > 0.95, "{}", found.r2);
    let interval = found.r2_interval.unwrap();
    assert!(0.9 < interval.low && interval.low < found.r2 && found.r2 < interval.high);
    let total = |name| share(&found, Kind::TotalGain, name);
    assert!(total("S2out") > 0.5 && total("S1L") > 0.05);
    assert!(total("S2out") + total("S1L") > 0.9);
    // A constant feature has no splits; a copy of an earlier one has none either.
    assert_eq!(share(&found, Kind::Weight, "S1s").to_bits(), 0);
    assert_eq!(share(&found, Kind::Weight, "S2in").to_bits(), 0);
    for kind in [Kind::Gain, Kind::TotalGain, Kind::Weight, Kind::Cover] {
        assert!((found.shares(kind).iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let ranges = found.share_ranges(kind);
        assert!(ranges.iter().all(|(low, high)| 0.0 <= *low && low <= high));
    }
    assert_eq!(
        found,
        analyse(&attributes, &target(&networks), &parameters).unwrap()
    );
}

#[test]
fn whether_a_stage_exists_is_one_feature() {
    let networks = networks(300);
    let attributes = Attributes::new(&networks).unwrap();
    let value = |stages: &Vec<StageAttributes>| {
        10.0 * stages.len() as f64 + f64::from(stages[1].output) / 8.0
    };
    let target: Vec<f64> = networks.iter().map(value).collect();
    let found = analyse(&attributes, &target, &Parameters::default()).unwrap();
    let total = |name| share(&found, Kind::TotalGain, name);
    assert!(total("stages") > 0.6, "{}", total("stages"));
    assert!(total("S2out") > 0.1);
    let fourth: f64 = ["S4in", "S4out", "S4s", "S4L"].map(total).iter().sum();
    assert!(fourth < 0.02, "{fourth}");
}

#[test]
fn permutation_agrees_on_what_drives_the_target() {
    let networks = networks(300);
    let attributes = Attributes::new(&networks).unwrap();
    let found = analyse(&attributes, &target(&networks), &Parameters::default()).unwrap();
    let lost = |name: &str| {
        let at = found
            .features
            .iter()
            .position(|f| f.feature.to_string() == name);
        found.permutation[at.unwrap()]
    };
    assert!(lost("S2out") > 0.5 && lost("S1L") > 0.05);
    for idle in ["stages", "S1s", "S2in", "S3s"] {
        assert!(lost(idle).abs() < 0.02, "{idle}: {}", lost(idle));
    }
}

#[test]
fn noise_has_no_r2_and_undefined_targets_are_left_out() {
    let networks = networks(200);
    let attributes = Attributes::new(&networks).unwrap();
    let mut noise: Vec<f64> = (0..200_u32)
        .map(|i| f64::from(i.wrapping_mul(2_654_435_761) >> 8))
        .collect();
    noise[7] = f64::NAN;
    let found = analyse(&attributes, &noise, &Parameters::default()).unwrap();
    assert!(found.r2 < 0.2, "{}", found.r2);
    let interval = found.r2_interval.unwrap();
    assert!(interval.low < found.r2 && found.r2 < interval.high && interval.low < 0.0);
    assert_eq!(found.rows, 199);
}

#[test]
fn refusals_name_what_is_wrong() {
    let networks = networks(20);
    let attributes = Attributes::new(&networks).unwrap();
    let defaults = Parameters::default();
    let refusal = |target: &[f64], parameters| {
        analyse(&attributes, target, &parameters)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        refusal(&[1.0], defaults),
        "there are 20 networks but 1 targets; the columns must have one row a network"
    );
    let mut few = vec![f64::NAN; 20];
    few[..9].copy_from_slice(&target(&networks)[..9]);
    assert!(refusal(&few, defaults).starts_with("9 networks have a defined target"));
    assert!(refusal(&[3.0; 20], defaults).starts_with("the target is 3"));
    let eta = Parameters {
        eta: 0.0,
        ..defaults
    };
    assert_eq!(refusal(&few, eta), "eta is 0, outside its range (0, 1]");
    let none = Attributes::new(&[vec![]]).unwrap_err();
    assert_eq!(none, Error::Stages { row: 0, stages: 0 });
}

/// The same analysis: reads rows and target as JSON, prints R2, weights, gains and covers.
const PYTHON: &str = r#"
import json, sys
try:
    import numpy as np
    import xgboost
except ImportError:
    sys.exit(77)
if not xgboost.__version__.startswith("1.6."):
    sys.exit(77)
given = json.load(sys.stdin)
x = np.array(given["rows"], np.float32)
t = np.array(given["target"])
ranks = (t[:, None] > t).sum(1) + ((t[:, None] == t).sum(1) + 1) / 2
y = ((ranks - ranks.mean()) / ranks.std()).astype(np.float32)
settings = dict(objective="reg:squarederror", base_score=0, tree_method="exact", eta=0.3,
                max_depth=6, nthread=1)
train = lambda x, y: xgboost.train(settings, xgboost.DMatrix(x, y), num_boost_round=100)
def mix(row):
    m = (1 << 64) - 1
    z = (row + 1) * 0x9E3779B97F4A7C15 & m
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & m
    z = (z ^ z >> 27) * 0x94D049BB133111EB & m
    return z ^ z >> 31
fold = np.empty(len(y), int)
fold[sorted(range(len(y)), key=mix)] = np.arange(len(y)) % 5
p = np.empty(len(y))
for f in range(5):
    p[fold == f] = train(x[fold != f], y[fold != f]).predict(xgboost.DMatrix(x[fold == f]))
model = train(x, y)
kinds = [model.get_score(importance_type=kind) for kind in ("weight", "gain", "cover")]
scores = [[kind.get(f"f{i}", 0) for i in range(17)] for kind in kinds]
print(json.dumps({"r2": 1 - ((y - p) ** 2).sum() / (y.astype(float) ** 2).sum(), "scores": scores}))
"#;

#[test]
fn python_finds_the_same_importances() {
    let networks = networks(300);
    let target = target(&networks);
    let attributes = Attributes::new(&networks).unwrap();
    let found = analyse(&attributes, &target, &Parameters::default()).unwrap();

    let row = |stages: &Vec<StageAttributes>| {
        let of = |s: &StageAttributes| [s.input, s.output, s.stride, s.depth];
        let mut row = vec![u32::try_from(stages.len()).unwrap()];
        row.extend(stages.iter().flat_map(of));
        // A stage that is not there is like the last one.
        if let (3, Some(last)) = (stages.len(), stages.last()) {
            row.extend([last.output, last.output, last.stride, last.depth]);
        }
        row
    };
    let rows: Vec<Vec<u32>> = networks.iter().map(row).collect();
    let Some(python) = python(&serde_json::json!({"rows": rows, "target": target})) else {
        return;
    };
    let near = |a: f64, b: f64, what: &str| {
        assert!(
            (a - b).abs() <= 1e-4 * b.abs().max(1e-3),
            "{what}: {a} is not {b}"
        );
    };
    near(found.r2, python["r2"].as_f64().unwrap(), "R2");
    for (i, feature) in found.features.iter().enumerate() {
        let score = |kind: usize| python["scores"][kind][i].as_f64().unwrap();
        let (name, importance) = (feature.feature.to_string(), feature.importance);
        near(importance.of(Kind::Weight), score(0), &name);
        near(importance.gain, score(1), &name);
        near(importance.cover, score(2), &name);
    }
}

/// What Python prints; `None`, with a reason on standard output, where it cannot.
fn python(input: &serde_json::Value) -> Option<serde_json::Value> {
    let python = std::env::var("NBZERO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let child = Command::new(&python)
        .args(["-c", PYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("skipped: there is no `{python}` (NBZERO_PYTHON names another one)");
        return None;
    };
    // A Python that leaves early closes the pipe; its status says why.
    let _ = child
        .stdin
        .take()
        .unwrap()
        .write_all(input.to_string().as_bytes());
    let output = child.wait_with_output().unwrap();
    if output.status.code() == Some(77) {
        println!("skipped: `{python}` has no xgboost 1.6 (NBZERO_PYTHON names another one)");
        return None;
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
