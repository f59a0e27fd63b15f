//! Writes the figures of benchmark tables as SVG and PNG files, and one page with all of them:
//! `cargo run -p nbzero-report --example figures -- OUT TABLE...`. Figures of a single table show
//! the last one.

use std::error::Error;
use std::path::PathBuf;

use nbzero_metrics::Bootstrap;
use nbzero_report::{
    Exhibit, Format, Section, fig1, fig2, fig3, fig4, fig5, fig6, fig8, fig9, fig10, html_report,
    table1, table2, table3,
};
use nbzero_table::Table;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let out = arguments.next().ok_or("name a folder, then tables")?;
    let tables: Vec<Table> = arguments.map(Table::open).collect::<Result<_, _>>()?;
    let all: Vec<&Table> = tables.iter().collect();
    let last = tables.last().ok_or("name at least one table")?;
    let bootstrap = Bootstrap::default();
    let exhibits: Vec<Box<dyn Exhibit>> = vec![
        Box::new(fig1(&all, bootstrap)?),
        Box::new(fig2(&all)?),
        Box::new(fig3(&all, bootstrap)?),
        Box::new(fig4(last, bootstrap)?),
        Box::new(fig5(last, bootstrap)?),
        Box::new(fig6(last, bootstrap)?),
        Box::new(fig8(last)?),
        Box::new(fig9(last, &all[..all.len() - 1], bootstrap)?),
        Box::new(fig10(last, bootstrap)?),
    ];
    std::fs::create_dir_all(&out)?;
    let mut sections = vec![
        Section::new(&table1(last)?)?,
        Section::new(&table2(&all)?)?,
        Section::new(&table3(&all)?)?,
    ];
    for exhibit in exhibits {
        sections.push(Section::new(exhibit.as_ref())?);
        let file = |extension| out.join(format!("{}.{extension}", exhibit.name()));
        std::fs::write(file("md"), exhibit.render(Format::Markdown)?)?;
        if let Some(picture) = exhibit.picture()? {
            std::fs::write(file("svg"), picture.svg())?;
            std::fs::write(file("png"), picture.png()?)?;
        }
    }
    let page = html_report("NAS-Bench-Zero, measured", "Tables and figures.", &sections);
    std::fs::write(out.join("index.html"), page)?;
    Ok(())
}
