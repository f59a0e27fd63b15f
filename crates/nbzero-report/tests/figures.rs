//! Every figure of small made-up tables, and the page that shows them.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{bootstrap, record, renamed, ten_networks};
use nbzero_report::{
    Estimate, Exhibit, FactorAnalysis, Factors, Format, LeftOut, Section, claims, fig1, fig2, fig3,
    fig4, fig5, fig6, fig7, fig8, fig9, fig10, html_report, table1, table1_with,
};
use nbzero_table::{Dataset, Metadata, Outcome, Record, Score, ScoreDefinition, Table};

/// Shares that lean towards the depth of the last stage.
fn factors(name: &str, r2: f64) -> Factors {
    let mut shares = [1.0 / 21.0; 17];
    shares[16] = 5.0 / 21.0;
    let r2 = Estimate {
        value: r2,
        interval: None,
    };
    Factors::new(name, 9, r2, &shares, shares.to_vec()).unwrap()
}

fn analysis() -> FactorAnalysis {
    FactorAnalysis {
        factors: vec![factors("zen", 0.9), factors("oracle", 0.1)],
        left_out: vec![LeftOut {
            name: "plain".into(),
            reason: "the target is 0.5 for every network".into(),
        }],
    }
}

fn all_figures() -> Vec<Box<dyn Exhibit>> {
    let (chains, others) = (ten_networks(), renamed("r2-mini", Dataset::Cifar100));
    let both = [&others, &chains];
    let b = bootstrap();
    vec![
        Box::new(fig1(&both, b).unwrap()),
        Box::new(fig2(&both).unwrap()),
        Box::new(fig3(&both, b).unwrap()),
        Box::new(fig4(&chains, b).unwrap()),
        Box::new(fig5(&chains, b).unwrap()),
        Box::new(fig6(&chains, b).unwrap()),
        Box::new(fig7(&chains, analysis()).unwrap()),
        Box::new(fig8(&chains).unwrap()),
        Box::new(fig9(&chains, &[&others], b).unwrap()),
        Box::new(fig10(&chains, b).unwrap()),
    ]
}

/// Nine networks with the accuracies of four epochs, which rank them as the truth does.
fn with_four_epochs() -> Table {
    let records: Vec<Record> = (0..9)
        .map(|i| {
            let mut record = record(i, 0);
            let Outcome::Trained { test_accuracy, .. } = record.outcome else {
                panic!("network {i} diverged")
            };
            let definition = ScoreDefinition {
                name: "accuracy_04".into(),
                ..record.definitions[1].clone()
            };
            record.definitions.insert(0, definition);
            let known = record
                .scores
                .insert("accuracy_04".into(), Score::new(test_accuracy));
            assert!(known.is_none());
            record
        })
        .collect();
    let metadata = Metadata::from_records(&records).unwrap();
    Table::from_records(metadata, &records).unwrap()
}

#[test]
fn a_short_training_is_judged_and_is_no_zero_shot_proxy() {
    let table = with_four_epochs();
    let b = bootstrap();
    let text = |exhibit: &dyn Exhibit| exhibit.render(Format::Text).unwrap();
    let judged = text(&table1(&table).unwrap());
    let row = judged.lines().find(|line| line.starts_with(" 4 epochs "));
    assert!(row.unwrap().contains("1.000"), "{judged}");
    assert!(
        judged.contains("4 epochs is no proxy but a training: made up."),
        "{judged}"
    );
    assert!(text(&fig4(&table, b).unwrap()).contains("4 epochs"));
    let hybrids: [Box<dyn Exhibit>; 3] = [
        Box::new(fig9(&table, &[], b).unwrap()),
        Box::new(fig10(&table, b).unwrap()),
        Box::new(claims(&[&table], None, b).unwrap()),
    ];
    for exhibit in hybrids {
        let text = text(exhibit.as_ref());
        assert!(
            !text.contains("4 epochs") && !text.contains("accuracy_04"),
            "{text}"
        );
    }
}

#[test]
fn every_figure_draws_and_prints_in_every_format() {
    for figure in all_figures() {
        let name = figure.name();
        let picture = figure.picture().unwrap().unwrap();
        let svg = picture.svg();
        assert!(
            svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"),
            "{name}"
        );
        assert!(!svg.contains("NaN") && !svg.contains(" id="), "{name}");
        let widths = [r#"width="174mm""#, r#"width="85mm""#];
        assert!(widths.iter().any(|width| svg.contains(width)), "{name}");

        let csv = figure.render(Format::Csv).unwrap();
        // Commas within quotes are no separators.
        let separators = |line: &str| {
            let outside = line.split('"').step_by(2);
            outside.map(|part| part.matches(',').count()).sum::<usize>()
        };
        let commas: Vec<usize> = csv.lines().map(separators).collect();
        assert!(
            commas.windows(2).all(|pair| pair[0] == pair[1]),
            "{name}: {csv}"
        );
        let json = figure.render(Format::Json).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(
            json["title"].as_str().unwrap().starts_with("Figure"),
            "{name}"
        );
        assert!(
            figure
                .render(Format::Text)
                .unwrap()
                .contains("The paper says"),
            "{name}"
        );
        assert!(
            figure
                .render(Format::Markdown)
                .unwrap()
                .starts_with("### Figure"),
            "{name}"
        );
    }
}

#[test]
fn the_page_holds_everything_and_loads_nothing() {
    let mut sections: Vec<Section> = all_figures()
        .iter()
        .map(|figure| Section::new(figure.as_ref()).unwrap())
        .collect();
    let table1 = table1_with(&ten_networks(), &[], &bootstrap().into()).unwrap();
    sections.push(Section::new(&table1).unwrap());
    let page = html_report("A <report>", &["Made up.".to_owned()], &sections);
    assert_eq!(page.matches("<svg ").count(), 10);
    assert_eq!(page.matches("<figcaption>").count(), 10);
    assert_eq!(page.matches("<table>").count(), 11);
    assert_eq!(page.matches("<td").count(), page.matches("</td>").count());
    assert!(page.contains("<title>A &lt;report&gt;</title>"));
    let linked = page.replace("http://www.w3.org/2000/svg", "");
    for outside in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!linked.contains(outside), "{outside}");
    }
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).collect();
    for id in &mut ids {
        *id = id.split('"').next().unwrap();
    }
    let count = ids.len();
    ids.dedup();
    assert_eq!((count, ids.len()), (11, 11));
}

#[test]
fn a_model_that_explains_nothing_is_named() {
    let figure = fig7(&ten_networks(), analysis()).unwrap();
    let notes = figure.notes().join(" ");
    assert!(notes.contains("R2 is below 0.5 for accuracy:"), "{notes}");
    let left_out = "Left out: plain (the target is 0.5 for every network).";
    assert!(notes.contains(left_out), "{notes}");
    assert!(notes.contains("is 1.00 to 1.00"), "{notes}");
}

#[test]
fn a_factor_analysis_of_nothing_says_why() {
    let nothing = FactorAnalysis {
        factors: Vec::new(),
        ..analysis()
    };
    let error = fig7(&ten_networks(), nothing).unwrap_err().to_string();
    assert!(
        error.contains("plain (the target is 0.5 for every network)"),
        "{error}"
    );
}

#[test]
fn the_oracle_picks_the_best_network() {
    let figure = fig8(&ten_networks()).unwrap();
    let best = figure
        .picks
        .iter()
        .filter_map(|pick| pick.accuracy)
        .fold(0.0, f64::max);
    assert_eq!(figure.picks[0].name, "oracle");
    assert_eq!(figure.picks[0].accuracy, Some(best));
    assert_eq!(figure.picks[0].rank, Some(0.0));
    // The made-up plain is constant, so every network is its pick.
    let plain = figure
        .picks
        .iter()
        .find(|pick| pick.name == "plain")
        .unwrap();
    assert_eq!(plain.tied, 9);
}

#[test]
fn more_proxies_are_found_for_each_number() {
    let others = renamed("r2-mini", Dataset::Cifar100);
    let figure = fig9(&ten_networks(), &[&others], bootstrap()).unwrap();
    let counts: Vec<usize> = figure.best.iter().map(|best| best.proxies.len()).collect();
    // naswot, ntk and synflow.
    assert_eq!(counts, [1, 2, 3]);
    assert_eq!(
        figure.left_out,
        [
            "plain (scores all networks of a table alike)",
            "log_synflow (ranks as synflow does)"
        ]
    );
    assert!(figure.best.iter().all(|best| best.mbr.len() == 2));
    assert!(figure.best[0].less_single.iter().all(Option::is_none));
}
