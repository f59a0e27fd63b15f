//! A page opened in headless Chromium, with a probe in it that looks around.

use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;
use serde::Deserialize;

/// Nothing but what stands in the page itself may be loaded; what is refused is said at the console.
const NOTHING_FROM_OUTSIDE: &str = "<meta http-equiv=\"Content-Security-Policy\" \
    content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src \
    data:\">";

const PROBE: &str = include_str!("probe.js");

/// How the page is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// On a desktop in a light colour scheme.
    Light,
    /// On a desktop in a dark colour scheme.
    Dark,
    /// 390 pixels wide.
    Phone,
}

/// What the browser and the probe say.
pub(crate) struct Opened {
    /// Everything at the console: errors, warnings, and each refused request.
    pub(crate) console: Vec<String>,
    pub(crate) found: Found,
}

/// What the probe found.
#[derive(Debug, Deserialize)]
pub(crate) struct Found {
    /// Width and height of each figure in pixels.
    pub(crate) figures: Vec<[f64; 2]>,
    /// Length of each caption in characters.
    pub(crate) captions: Vec<usize>,
    /// A column of numbers after one click on its heading.
    pub(crate) ascending: Vec<Option<f64>>,
    /// After another one.
    pub(crate) descending: Vec<Option<f64>>,
    /// Of the window, in pixels.
    pub(crate) width: f64,
    /// Of what can be scrolled to.
    pub(crate) scrolled_width: f64,
    /// Elements that end beyond the window.
    pub(crate) too_wide: Vec<String>,
    pub(crate) is_dark: bool,
    pub(crate) background: String,
}

/// Chromium, where there is one.
pub(crate) fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let mut places =
        std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    places.find(|place| place.is_file())
}

/// Opens a copy of the page, over `file://`.
pub(crate) fn open(browser: &Path, page: &str, view: View) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("index.html");
    std::fs::write(&file, probed(page, view)).unwrap();
    let mut command = Command::new(browser);
    command.timeout(Duration::from_mins(2)).args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--enable-logging=stderr",
        "--window-size=1200,900",
        "--virtual-time-budget=2000",
        "--dump-dom",
    ]);
    if view == View::Dark {
        command.arg("--blink-settings=preferredColorScheme=0");
    }
    let profile = folder.path().join("profile");
    command.arg(format!("--user-data-dir={}", profile.display()));
    command.arg(format!("file://{}", file.display()));
    let output = command.output().unwrap();
    let (dom, log) = (text(&output.stdout), text(&output.stderr));
    let attribute = dom
        .split_once("data-probe=\"")
        .and_then(|(_, rest)| rest.split_once('"'));
    let (found, _) = attribute.unwrap_or_else(|| panic!("the probe did not run:\n{log}"));
    Opened {
        console: log
            .lines()
            .filter(|line| line.contains(":CONSOLE"))
            .map(str::to_owned)
            .collect(),
        found: serde_json::from_str(&found.replace("&quot;", "\"").replace("&amp;", "&")).unwrap(),
    }
}

/// The page with the probe at its end. A window has a least width, a frame has not.
fn probed(page: &str, view: View) -> String {
    let page = page.replacen("<head>", &format!("<head>{NOTHING_FROM_OUTSIDE}"), 1);
    let page = page.replacen("</body>", &format!("<script>{PROBE}</script></body>"), 1);
    if view != View::Phone {
        return page;
    }
    let escaped = page.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        "<!doctype html><html><head><link rel=\"icon\" href=\"data:,\"></head><body><iframe \
         style=\"width:390px;height:844px;border:0\" srcdoc=\"{escaped}\"></iframe></body></html>"
    )
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
