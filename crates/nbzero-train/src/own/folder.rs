//! A folder with one subfolder of pictures a class, as torchvision's `ImageFolder` reads it.
//!
//! `DIR/train/CLASS/...` and `DIR/test/CLASS/...` (else `DIR/val/CLASS/...`) where they are, otherwise
//! `DIR/CLASS/...`, of which a tenth of each class becomes the test set. Classes are numbered in the order
//! of their names, and pictures come class by class in the order of their paths, by bytes: the same on
//! every machine.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use nbzero_graph::Resolution;
use rayon::prelude::*;
use walkdir::WalkDir;

use super::cache::Cache;
use super::picture::{self, Picture};
use super::set::{Finish, Set};
use super::size::{Size, Sizes};
use super::{OwnImages, OwnImagesError};
use crate::COLOURS;

/// Names of the folder of training images, and of that of test images, the preferred one first.
const TRAIN: &str = "train";
const TEST: [&str; 4] = ["test", "val", "valid", "validation"];

/// A folder of pictures that has been looked through; no picture has been decoded.
#[derive(Debug, Clone)]
pub struct PictureFolder {
    root: PathBuf,
    classes: Vec<String>,
    /// The training pictures, or all where there are no test pictures.
    train: Vec<Labelled>,
    /// Empty where a part of the others will be the test pictures.
    test: Vec<Labelled>,
    /// Files in the folders of classes that are not named like pictures.
    others: Vec<PathBuf>,
    /// Sizes of the pictures, from their beginnings, once somebody has asked.
    sizes: OnceLock<Sizes>,
}

/// A picture's path and class.
#[derive(Debug, Clone)]
struct Labelled {
    path: PathBuf,
    label: u16,
}

impl PictureFolder {
    /// Looks through a folder.
    ///
    /// # Errors
    ///
    /// If it is no folder, has fewer than two classes or one without pictures, or test pictures of a class
    /// that the training pictures do not have.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, OwnImagesError> {
        let root = root.into();
        let mut folder = Self {
            classes: Vec::new(),
            train: Vec::new(),
            test: Vec::new(),
            others: Vec::new(),
            sizes: OnceLock::new(),
            root: root.clone(),
        };
        let inside = subfolders(&root)?;
        let named = |name: &str| inside.iter().find(|(found, _)| found == name);
        let Some((_, train)) = named(TRAIN) else {
            folder.classes = class_names(&root, inside)?;
            folder.train = folder.pictures(&root)?;
            return Ok(folder);
        };
        folder.classes = class_names(train, subfolders(train)?)?;
        folder.train = folder.pictures(train)?;
        if let Some((_, test)) = TEST.iter().find_map(|name| named(name)) {
            folder.test = folder.pictures(test)?;
        }
        Ok(folder)
    }

    /// Names of the classes: those of their folders, in the order of their labels.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Number of pictures, those that turn out to be damaged counted.
    pub fn len(&self) -> usize {
        self.train.len() + self.test.len()
    }

    /// Never.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Files among the pictures that are none by their names; they are not read.
    pub fn others(&self) -> &[PathBuf] {
        &self.others
    }

    /// The size that the images have if nobody asks for another: that of all pictures, where they are
    /// alike.
    ///
    /// # Errors
    ///
    /// If they are not.
    pub fn resolution(&self) -> Result<Resolution, OwnImagesError> {
        let sizes = self.sizes();
        sizes.common().ok_or_else(|| OwnImagesError::Sizes {
            path: self.root.clone(),
            sizes: sizes.to_string(),
        })
    }

    fn sizes(&self) -> &Sizes {
        self.sizes.get_or_init(|| self.measured())
    }

    fn measured(&self) -> Sizes {
        let pictures: Vec<&Labelled> = self.train.iter().chain(&self.test).collect();
        let sizes: Vec<Option<Size>> = pictures
            .par_iter()
            .map(|picture| picture::size(&picture.path).ok())
            .collect();
        sizes.into_iter().flatten().collect()
    }

    /// Decodes all pictures. Where all have one size, of the shape of `resolution`, they are
    /// [resized](crate::resize()) as those of the official datasets are; else each picture is scaled until it
    /// covers the resolution, its own shape kept, and its middle is taken. Decoded images are kept in the folder `cache`, if
    /// one is given, and read from there while no picture has changed.
    ///
    /// # Errors
    ///
    /// If no picture can be decoded, or a test set would be empty.
    pub fn load(
        &self,
        resolution: Resolution,
        cache: Option<&Path>,
    ) -> Result<OwnImages, OwnImagesError> {
        let size = self.sizes().decoded(resolution);
        let cache = cache.map(|folder| Cache::new(folder, &self.identity(), size));
        let decoded = cache.as_ref().and_then(Cache::read).unwrap_or_else(|| {
            let decoded = [&self.train, &self.test].map(|pictures| self.decode(pictures, size));
            // What cannot be kept is decoded again the next time.
            let _ = cache.as_ref().map(|cache| cache.write(&decoded));
            decoded
        });
        let [train, test] = &decoded;
        if train.labels.is_empty() {
            let first = train.unreadable.iter().chain(&test.unreadable).next();
            let (file, reason) = first.cloned().unwrap_or_default();
            return Err(OwnImagesError::AllUnreadable {
                path: self.root.clone(),
                file,
                reason,
            });
        }
        let finish = Finish {
            path: &self.root,
            classes: self.classes.len(),
            channels: COLOURS,
            decoded: size,
            resolution,
        };
        finish.sets(decoded)
    }

    fn decode(&self, pictures: &[Labelled], size: Resolution) -> Set {
        let decoded: Vec<_> = pictures
            .par_iter()
            .map(|picture| Picture::read(&picture.path)?.fitted(size))
            .collect();
        let mut set = Set::default();
        for (picture, decoded) in pictures.iter().zip(decoded) {
            match decoded {
                Ok(pixels) => {
                    set.pixels.extend_from_slice(&pixels);
                    set.labels.push(picture.label);
                }
                Err(reason) => set.unreadable.push((self.relative(&picture.path), reason)),
            }
        }
        set
    }

    /// What distinguishes these pictures from others: names, sizes and times of change.
    fn identity(&self) -> String {
        let root = fs::canonicalize(&self.root).unwrap_or_else(|_| self.root.clone());
        let mut identity = format!("{}\n", root.display());
        for picture in self.train.iter().chain(&self.test) {
            let known = fs::metadata(&picture.path).ok();
            let bytes = known.as_ref().map_or(0, fs::Metadata::len);
            let changed = known.and_then(|known| known.modified().ok());
            let name = self.relative(&picture.path);
            // A string takes whatever is written.
            let _ = writeln!(identity, "{name} {} {bytes} {changed:?}", picture.label);
        }
        identity
    }

    fn relative(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.root).unwrap_or(path);
        inside.display().to_string()
    }

    /// The pictures of each class in `parent`, at any depth.
    fn pictures(&mut self, parent: &Path) -> Result<Vec<Labelled>, OwnImagesError> {
        let mut pictures = Vec::new();
        for (name, path) in subfolders(parent)? {
            let place = self.classes.iter().position(|class| *class == name);
            let label = place.and_then(|place| u16::try_from(place).ok());
            let Some(label) = label else {
                return Err(OwnImagesError::UnknownClass {
                    path,
                    known: listed(&self.classes),
                });
            };
            let before = pictures.len();
            for entry in WalkDir::new(&path).follow_links(true).sort_by_file_name() {
                let entry = entry.map_err(|error| OwnImagesError::Folder {
                    path: path.clone(),
                    source: error.into(),
                })?;
                let hidden = entry.file_name().to_string_lossy().starts_with('.');
                if !entry.file_type().is_file() || hidden {
                    continue;
                }
                if picture::is_named_so(entry.path()) {
                    let path = entry.into_path();
                    pictures.push(Labelled { path, label });
                } else {
                    self.others.push(entry.into_path());
                }
            }
            if pictures.len() == before {
                return Err(OwnImagesError::NoPictures { path });
            }
        }
        Ok(pictures)
    }
}

/// The classes that a folder has a subfolder for.
fn class_names(
    parent: &Path,
    folders: Vec<(String, PathBuf)>,
) -> Result<Vec<String>, OwnImagesError> {
    const MOST: usize = 1 << 16;
    let classes = folders.len();
    let path = parent.to_owned();
    match classes {
        0 | 1 => Err(OwnImagesError::Classes {
            path,
            found: ["no subfolder", "one subfolder"][classes].to_owned(),
        }),
        _ if classes > MOST => Err(OwnImagesError::TooManyClasses {
            path,
            classes,
            most: MOST,
        }),
        _ => Ok(folders.into_iter().map(|(name, _)| name).collect()),
    }
}

/// Folders in a folder by name, in order; hidden ones are left out.
fn subfolders(path: &Path) -> Result<Vec<(String, PathBuf)>, OwnImagesError> {
    let failed = |source| OwnImagesError::Folder {
        path: path.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && !name.starts_with('.') {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

/// Names for a sentence, of many the first.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 6;
    let first = names.iter().take(SHOWN).map(String::as_str);
    let first = first.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
