//! The page of `cargo xtask reproduce all`, opened in a browser.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod browser;
#[allow(dead_code, reason = "nothing here fails")]
mod common;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use browser::{View, open};
use common::stderr;

/// A browser; without one there is nothing to test, and that is said.
fn found_browser() -> Option<PathBuf> {
    let found = browser::find();
    if found.is_none() {
        println!("skipped: no chromium, chromium-browser or google-chrome in PATH");
    }
    found
}

/// The page of the tables in data/, and the number of its figures.
fn report(folder: &Path) -> (String, usize) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    // Figure 7 would compile XGBoost for minutes; without a compiler in PATH it is left out.
    command
        .env("PATH", "")
        .args(["reproduce", "all", "--out"])
        .arg(folder);
    let said = stderr(&mut command, 0);
    assert!(said.contains("Left out fig7"), "{said}");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let figures = files.filter(|path| path.extension().is_some_and(|end| end == "svg"));
    (
        fs::read_to_string(folder.join("index.html")).unwrap(),
        figures.count(),
    )
}

#[test]
fn the_report_works_in_a_browser() {
    let Some(browser) = found_browser() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (page, figures) = report(folder.path());
    assert!(figures >= 9, "{figures}");
    let [light, dark, phone] =
        [View::Light, View::Dark, View::Phone].map(|view| open(&browser, &page, view));

    for opened in [&light, &dark, &phone] {
        assert_eq!(opened.console, [""; 0]);
        let found = &opened.found;
        assert_eq!(found.figures.len(), figures);
        assert!(
            found.figures.iter().flatten().all(|side| *side > 50.0),
            "{:?}",
            found.figures
        );
        assert_eq!(found.captions.len(), figures);
        assert!(
            found.captions.iter().all(|length| *length > 100),
            "{:?}",
            found.captions
        );
        assert!(found.scrolled_width <= found.width, "{found:?}");
        assert_eq!(found.too_wide, [""; 0]);
    }
    assert!(
        (phone.found.width - 390.0).abs() < 1e-9,
        "{}",
        phone.found.width
    );
    assert!(!light.found.is_dark && dark.found.is_dark);
    assert_ne!(light.found.background, dark.found.background);
}

#[test]
fn a_click_on_a_heading_sorts_its_table() {
    let Some(browser) = found_browser() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let found = open(&browser, &report(folder.path()).0, View::Light).found;
    let numbers = |cells: &[Option<f64>]| cells.iter().copied().flatten().collect::<Vec<_>>();
    let (up, down) = (numbers(&found.ascending), numbers(&found.descending));
    assert!(up.len() > 5 && up.is_sorted(), "{up:?}");
    assert!(down.iter().rev().is_sorted(), "{down:?}");
    assert_ne!(up, down);
    // What has no number stays last.
    let after = |cells: &[Option<f64>]| cells.iter().skip_while(|cell| cell.is_some()).count();
    assert_eq!(after(&found.ascending), found.ascending.len() - up.len());
    assert_eq!(
        after(&found.descending),
        found.descending.len() - down.len()
    );
}

/// The other tests would see it.
#[test]
fn what_goes_wrong_in_a_page_is_found() {
    let Some(browser) = found_browser() else {
        return;
    };
    let table = "<table><thead><tr><th>KD<button></button></th></tr></thead><tbody><tr><td>1</td></tr>\
                 </tbody></table>";
    let wrong = [
        ("<script>throw new Error('made up')</script>", "made up"),
        (
            "<script>setTimeout(() => { throw new Error('later') }, 50)</script>",
            "later",
        ),
        ("<script>console.warn('beware')</script>", "beware"),
        (
            "<img src=\"https://example.invalid/picture.png\">",
            "example.invalid",
        ),
        (
            "<script>fetch('https://example.invalid/').catch(() => 0)</script>",
            "example.invalid",
        ),
    ];
    let page = |body: &str| {
        format!(
            "<!doctype html><html><head><link rel=\"icon\" href=\"data:,\"></head><body>{table}{body}</body></html>"
        )
    };
    assert_eq!(open(&browser, &page(""), View::Light).console, [""; 0]);
    for (body, said) in wrong {
        let console = open(&browser, &page(body), View::Light).console;
        assert!(
            console.iter().any(|line| line.contains(said)),
            "{body}: {console:?}"
        );
    }
    let wide = "<p style=\"width: 500px\">wide</p>";
    let found = open(&browser, &page(wide), View::Phone).found;
    assert!(found.scrolled_width > found.width, "{found:?}");
    assert_eq!(found.too_wide, ["P wide"]);
}
