//! The book's reference page of proxies, made from the doc blocks of their files.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use nbzero_report::write_whole;

use crate::failure::Failure;

/// The files with the doc blocks, one a proxy.
const PROXIES: &str = "crates/nbzero-proxy/src/proxies";

/// The page.
const PAGE: &str = "docs/src/proxies.md";

/// What every doc block has, in this order.
const HEADINGS: [&str; 6] = [
    "Formula",
    "Source",
    "Deviations",
    "Direction",
    "Sweep",
    "Cost",
];

const INTRODUCTION: &str = "\
<!-- Made by `cargo xtask proxies-page` from the doc blocks of crates/nbzero-proxy/src/proxies. -->

# Proxies

A proxy scores a network that has not been trained. Each is one file, and this page is made of the
doc blocks of those files. The sweeps are explained in [Architecture](architecture.md#sweeps).

A score is a value, or undefined with a reason. The direction follows from the definition and is
never chosen after seeing accuracies. *Deviations* are differences from the program that is named
as the source.

## Needs and costs

What a proxy needs of a data set is nothing, images, or images with labels. Nothing: the costs, l2_norm, and
the proxies on the synflow, blocks, block gradients, jacobian, image and noise sweeps, which draw images, and
most of them weights, of their own. Labels: the proxies on the loss, tangent, halves and alone sweeps, and
epe_nas. zico and zico_bc need two half batches, gradsign the gradient of each image's loss. The others need
images alone.

A sweep runs once for all proxies on it, so that a proxy on a sweep that runs anyway costs little more:
`nbzero score --explain` shows what each takes itself and what leaving it out would save.

A proxy that draws networks or images of its own does not draw them for a batch file with a perturbation. Such
a file says that everything is given: then the network and the images that are there are measured, once.

## Groups

| name | proxies |
|---|---|
| `default` | the costs, and the proxies of which the rows of the [leaderboard](leaderboard.md#what-a-tau-costs) are made that no faster one equals: jacob_cov, log_synflow and naswot |
| `nas-bench-zero` | the costs and the suite of NAS-Bench-Zero, flops to zen below, whose scores the collected tables hold |
| `all` | all |
| `data-free`, `label-free` | those that need nothing; those that need no labels |
| `2024`, `since-2022` | those published in that year; in that year or later |

## Left out

- *t_cet* multiplies a term of each weight with a naswot of one layer, and pairs the two in the order in which a
  program lists its modules, which is no order of a graph. Its factor is here, as snr_snip and snr_synflow.
- *meco_opt* takes eight random channels of each layer: a noisier meco, which is cheap enough as it is.
- *intrain* has no public program, and the formula could not be checked against one.
- *dextr* rests on the curvature of a curve of images through the network, whose sampling only its program
  defines, and that has no licence.
- *deepmad* weighs exactly five stages by numbers chosen by hand, and blocks by rules of its own model classes.

## Overview
";

/// Arguments of `proxies-page`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail where the page is not up to date.
    #[arg(long)]
    check: bool,
}

/// Writes the page, or checks it.
pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<(), Failure> {
    if arguments.check {
        return Ok(require(root)?);
    }
    Ok(write_whole(&root.join(PAGE), page(root)?.as_bytes())?)
}

/// Fails where the page is not what the doc blocks say.
pub(crate) fn require(root: &Path) -> Result<()> {
    let found = fs::read_to_string(root.join(PAGE)).unwrap_or_default();
    if found != page(root)? {
        bail!("{PAGE} is not up to date: run `cargo xtask proxies-page`");
    }
    Ok(())
}

/// The page as it should be.
fn page(root: &Path) -> Result<String> {
    let list = read(root, "mod")?;
    let names = listed(&list).ok_or_else(|| anyhow!("{PROXIES}/mod.rs has no list `ALL`"))?;
    let mut page = format!("{INTRODUCTION}\n| proxy | better | sweep |\n|---|---|---|\n");
    let mut sections = String::new();
    for name in names {
        let block = Block::parse(&read(root, name)?)
            .map_err(|missing| anyhow!("the doc block of {PROXIES}/{name}.rs lacks {missing}"))?;
        page += &block.row(name);
        sections += &block.section(name);
    }
    Ok(page + &sections)
}

fn read(root: &Path, module: &str) -> Result<String> {
    let file = format!("{PROXIES}/{module}.rs");
    fs::read_to_string(root.join(&file)).with_context(|| format!("cannot read {file}"))
}

/// The modules of the list `ALL`, in its order.
fn listed(source: &str) -> Option<Vec<&str>> {
    let (_, list) = source.split_once("pub const ALL")?;
    let (list, _) = list.split_once("];")?;
    let entries = list.split("make::<").skip(1);
    entries
        .map(|entry| Some(entry.split_once("::")?.0))
        .collect()
}

/// The doc block of a proxy's file.
#[derive(Debug)]
struct Block {
    title: String,
    /// What stands under each heading.
    items: Vec<String>,
    /// The paragraphs after them.
    notes: String,
}

impl Block {
    /// The block at the top of a file; the error says what it lacks.
    fn parse(source: &str) -> Result<Self, String> {
        let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
        let lines: Vec<&str> = lines.map(|l| l.strip_prefix(' ').unwrap_or(l)).collect();
        let text = without_links(&lines.join("\n"));
        let mut parts = text.splitn(3, "\n\n");
        let mut part = || parts.next().unwrap_or_default().to_owned();
        let (title, list, notes) = (part(), format!("\n{}", part()), part());
        let mut found = list.split("\n- ").skip(1);
        let items = HEADINGS.iter().map(|heading| {
            let item = found.next().unwrap_or_default();
            let text = item.strip_prefix(&format!("**{heading}**: "));
            text.map(str::to_owned)
                .ok_or_else(|| format!("the heading {heading} in its place"))
        });
        let items = items.collect::<Result<_, _>>()?;
        Ok(Self {
            title,
            items,
            notes,
        })
    }

    /// Its line in the overview: direction and sweep without their details.
    fn row(&self, name: &str) -> String {
        let up_to = |text: &str, end| text.split(end).next().unwrap_or_default().to_owned();
        let (better, sweep) = (up_to(&self.items[3], ' '), up_to(&self.items[4], ';'));
        format!("| [`{name}`](#{name}) | {better} | {sweep} |\n")
    }

    fn section(&self, name: &str) -> String {
        let items = HEADINGS.iter().zip(&self.items);
        let items: Vec<String> = items
            .map(|(heading, text)| format!("- **{heading}**: {text}"))
            .collect();
        let mut paragraphs = vec![self.title.clone(), items.join("\n"), self.notes.clone()];
        paragraphs.retain(|paragraph| !paragraph.is_empty());
        format!("\n## {name}\n\n{}\n", paragraphs.join("\n\n"))
    }
}

/// Links to items of the code, which the book does not have, as the code in their brackets.
fn without_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        out += before;
        rest = link;
        let code = link.split_once("`](").and_then(|(code, target)| {
            let (target, after) = target.split_once(')')?;
            target.contains("::").then_some((code, after))
        });
        if let Some((code, after)) = code {
            out.extend(["`", code, "`"]);
            rest = after;
        } else {
            out += "[`";
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
//! A title.
//!
//! - **Formula**: as in [`snip`](super::snip), and
//!   more
//! - **Source**: a [`page`](https://example.org)
//! - **Deviations**: none
//! - **Direction**: lower is better
//! - **Sweep**: loss; details
//! - **Cost**: little
//!
//! A note.

use std::fs;
";

    #[test]
    fn the_page_is_up_to_date() -> Result<()> {
        require(&crate::root::workspace()?)
    }

    #[test]
    fn a_doc_block_becomes_a_row_and_a_section() {
        let block = Block::parse(SOURCE).unwrap();
        assert_eq!(block.row("x"), "| [`x`](#x) | lower | loss |\n");
        assert_eq!(
            block.section("x"),
            "\n## x\n\nA title.\n\n- **Formula**: as in `snip`, and\n  more\n\
             - **Source**: a [`page`](https://example.org)\n- **Deviations**: none\n\
             - **Direction**: lower is better\n- **Sweep**: loss; details\n- **Cost**: little\n\
             \nA note.\n"
        );
    }

    #[test]
    fn a_missing_heading_is_named() {
        let source = SOURCE.replace("//! - **Direction**: lower is better\n", "");
        let error = Block::parse(&source).unwrap_err();
        assert_eq!(error, "the heading Direction in its place");
        assert!(Block::parse("//! A title.\n").is_err());
    }

    #[test]
    fn proxies_are_listed_in_the_order_of_all() {
        let source = "pub mod b;\npub const ALL: &[X] = &[\n    make::<b::B>,\n make::<a::A>,\n];";
        assert_eq!(listed(source), Some(vec!["b", "a"]));
        assert_eq!(listed("pub mod b;"), None);
    }
}
