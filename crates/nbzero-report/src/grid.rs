//! A titled table of cells with notes, in the formats for people.

use comfy_table::{CellAlignment, ContentArrangement, Table, TableComponent, presets};

/// A cell: what was measured and, where there are such, its interval and the paper's value.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) main: String,
    pub(crate) interval: Option<String>,
    pub(crate) paper: Option<String>,
}

impl Cell {
    pub(crate) fn new(main: impl Into<String>) -> Self {
        Self {
            main: main.into(),
            interval: None,
            paper: None,
        }
    }

    /// Two lines for a terminal: what stands beside the measured value would make columns too wide.
    fn stacked(&self) -> String {
        let Self { main, .. } = self;
        match (&self.interval, &self.paper) {
            (None, None) => main.clone(),
            (None, Some(paper)) => format!("{main}\n({paper})"),
            (Some(interval), None) => format!("{main}\n{interval}"),
            (Some(interval), Some(paper)) => format!("{main} ({paper})\n{interval}"),
        }
    }

    /// One line: the measured value, the paper's in parentheses, the interval in brackets.
    fn joined(&self) -> String {
        let paper = self.paper.iter().map(|paper| format!(" ({paper})"));
        let interval = self
            .interval
            .iter()
            .map(|interval| format!(" [{interval}]"));
        std::iter::once(self.main.clone())
            .chain(paper)
            .chain(interval)
            .collect()
    }
}

/// A titled table of cells; the first column holds names and is aligned to the left.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub(crate) title: String,
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<Cell>>,
    pub(crate) notes: Vec<String>,
}

impl Grid {
    /// For a terminal: intervals and the paper's values under the measured ones, notes broken at
    /// `width`.
    pub(crate) fn text(&self, width: usize) -> String {
        let mut table = Table::new();
        table
            .load_preset(presets::NOTHING)
            .set_style(TableComponent::HeaderLines, '-')
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(&self.header);
        for row in &self.rows {
            table.add_row(row.iter().map(Cell::stacked));
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let mut text = format!("{}\n\n{}\n", self.title, table.trim_fmt());
        for note in &self.notes {
            text.push('\n');
            text.push_str(&wrapped(note, width));
            text.push('\n');
        }
        text
    }

    /// A Markdown table, intervals and the paper's values beside the measured ones.
    pub(crate) fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            let escaped = |c: &String| c.trim().replace('|', "\\|").replace('\n', " ");
            let cells: Vec<String> = cells.iter().map(escaped).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let mut rule = vec!["---:".to_owned(); self.header.len()];
        if let Some(first) = rule.first_mut() {
            "---".clone_into(first);
        }
        let mut text = format!(
            "### {}\n\n{}{}",
            self.title,
            line(&self.header),
            line(&rule)
        );
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(Cell::joined).collect();
            text.push_str(&line(&cells));
        }
        for note in &self.notes {
            text.push('\n');
            text.push_str(note);
            text.push('\n');
        }
        text
    }
}

/// One line of CSV (RFC 4180); `None` is an empty field.
pub(crate) fn csv_line(fields: impl IntoIterator<Item = Option<String>>) -> String {
    let quoted = |field: String| {
        if field.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field
        }
    };
    let fields = fields
        .into_iter()
        .map(|f| f.map_or_else(String::new, quoted));
    fields.collect::<Vec<_>>().join(",") + "\n"
}

/// The words of `text` in lines of at most `width` characters.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let fits = |line: &String| {
            line.is_empty() || line.chars().count() + 1 + word.chars().count() <= width
        };
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes_what_needs_it() {
        let fields = ["plain", "a,b", "say \"x\""].map(|f| Some(f.to_owned()));
        let line = csv_line(fields.into_iter().chain([None]));
        assert_eq!(line, "plain,\"a,b\",\"say \"\"x\"\"\",\n");
    }

    #[test]
    fn words_wrap_and_long_ones_stay_whole() {
        assert_eq!(wrapped("aa bb ccccccccc d", 5), "aa bb\nccccccccc\nd");
    }
}
