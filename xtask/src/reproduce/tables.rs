//! Which tables a target is measured on.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::anyhow;
use nbzero_report::{FactorAnalysis, main_table};
use nbzero_table::Table;

use crate::failure::Failure;
use crate::leaderboard;

/// The table that targets of one table are measured on.
const MAIN: &str = "short/r1-mini-cifar100";

/// The long trainings, which recipes are judged by.
pub(super) const REFERENCE: &str = "trials/r1-mini-cifar100/long";

/// The tables given, or those of the workspace's folder `data`.
pub(super) struct Tables {
    data: PathBuf,
    given: Vec<PathBuf>,
    /// A table is read once.
    open: RefCell<BTreeMap<PathBuf, Rc<Table>>>,
    /// A table is analysed once: that takes long.
    pub(super) factors: RefCell<BTreeMap<PathBuf, FactorAnalysis>>,
}

impl Tables {
    pub(super) fn new(root: &Path, given: &[PathBuf]) -> Self {
        Self {
            data: root.join("data"),
            given: given.to_owned(),
            open: RefCell::default(),
            factors: RefCell::default(),
        }
    }

    /// The table of a target that does not compare tables: of several the [main one](main_table).
    pub(super) fn main(&self) -> Result<Rc<Table>, Failure> {
        self.read(&self.main_path()?)
    }

    /// Where that table is.
    pub(super) fn main_path(&self) -> Result<PathBuf, Failure> {
        self.main_path_of(&[MAIN])
    }

    /// Where the main one is of the tables given, or of those of these names.
    pub(super) fn main_path_of(&self, names: &[&str]) -> Result<PathBuf, Failure> {
        let all = self.several(names)?;
        let all: Vec<&Table> = all.iter().map(Rc::as_ref).collect();
        let main = main_table(&all).and_then(|place| self.paths(names).into_iter().nth(place));
        main.ok_or_else(|| Failure::Input(anyhow!("there is no table: give one with --table")))
    }

    /// The tables given, or those of these names that are there, with the reference in any case; the
    /// first where there is none.
    pub(super) fn several(&self, names: &[&str]) -> Result<Vec<Rc<Table>>, Failure> {
        self.paths(names)
            .iter()
            .map(|path| self.read(path))
            .collect()
    }

    fn paths(&self, names: &[&str]) -> Vec<PathBuf> {
        if !self.given.is_empty() {
            return self.given.clone();
        }
        let at = |name: &&str| self.data.join(format!("{name}.nbz"));
        let wanted = |name: &&&str| **name == REFERENCE || at(name).exists();
        let there: Vec<PathBuf> = names.iter().filter(wanted).map(at).collect();
        if there.is_empty() {
            return names.first().map(at).into_iter().collect();
        }
        there
    }

    /// All that were read.
    pub(super) fn read_so_far(&self) -> Vec<Rc<Table>> {
        self.open.borrow().values().map(Rc::clone).collect()
    }

    /// The tables given that a target of one table does not look at.
    pub(super) fn idle(&self) -> Result<Vec<&Path>, Failure> {
        let main = self.main_path()?;
        let given = self.given.iter().map(PathBuf::as_path);
        Ok(given.filter(|path| *path != main).collect())
    }

    /// Seconds a network of what is judged on a table of the workspace, by name. Of tables that were given nobody
    /// knows them: the images may be larger, or the batch.
    pub(super) fn seconds(
        &self,
        table: &Table,
        root: &Path,
    ) -> Result<BTreeMap<String, f64>, Failure> {
        if !self.given.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (mut all, _) = leaderboard::seconds(root).map_err(Failure::Input)?;
        Ok(all.remove(&table.metadata().space).unwrap_or_default())
    }

    fn read(&self, path: &Path) -> Result<Rc<Table>, Failure> {
        if let Some(table) = self.open.borrow().get(path) {
            return Ok(Rc::clone(table));
        }
        if !path.exists() {
            return Err(Failure::Input(anyhow!(
                "there is no table at {}: make one with `nbzero collect` and `nbzero merge`, or \
                 give another one with --table",
                path.display()
            )));
        }
        let table = Table::open(path).map_err(|error| Failure::Input(error.into()))?;
        let table = Rc::new(table);
        self.open
            .borrow_mut()
            .insert(path.to_owned(), Rc::clone(&table));
        Ok(table)
    }
}
