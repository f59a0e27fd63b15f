//! `--data NAME:PLACE`: images of an official dataset or of one's own, split as in the paper, at a
//! resolution.

use std::env;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::anyhow;
use nbzero_graph::{Resolution, Shape};
use nbzero_table::{Dataset, OwnName};
use nbzero_train::{
    ArrayArchive, COLOURS, DatasetName, Images, OwnImages, PictureFolder, Policy, Sets, load,
    nas_split, resize,
};

use super::failure::Failure;
use super::memory;
use super::remark::say;

/// What stands before a folder of pictures and before an archive of arrays.
const FOLDER: &str = "folder";
const ARRAYS: &str = "npz";

/// Most files that are named in a remark.
const NAMED: usize = 5;

/// Images, and the place that they are in.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder {
    /// What results on them are called.
    pub(crate) dataset: Dataset,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Official(DatasetName, PathBuf),
    Pictures(PictureFolder),
    Arrays(ArrayArchive),
}

impl FromStr for DataFolder {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once(':').filter(|(_, place)| !place.is_empty());
        let (name, place) = parts.ok_or_else(|| {
            anyhow!(
                "`{text}` names no images: expected NAME:DIR, such as cifar100:images, or folder:DIR or \
                 npz:FILE for images of your own"
            )
        })?;
        let path = PathBuf::from(place);
        Ok(match name {
            FOLDER => Self {
                dataset: own(&path, Path::file_name)?,
                source: Source::Pictures(PictureFolder::open(path)?),
            },
            ARRAYS => Self {
                dataset: own(&path, Path::file_stem)?,
                source: Source::Arrays(ArrayArchive::open(path)?),
            },
            _ => Self::official(name.parse()?, path),
        })
    }
}

/// The dataset that a place is called after.
fn own(path: &Path, part: fn(&Path) -> Option<&std::ffi::OsStr>) -> Result<Dataset, anyhow::Error> {
    // `.` and `..` have no name of their own.
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = part(&whole).map(|name| name.to_string_lossy());
    let name = name.and_then(|name| OwnName::of(&name)).ok_or_else(|| {
        anyhow!(
            "{} cannot name a dataset: give it a name with letters or digits",
            path.display()
        )
    })?;
    Ok(Dataset::Own(name))
}

impl DataFolder {
    fn official(dataset: Dataset, folder: PathBuf) -> Self {
        let layout = match dataset {
            Dataset::Cifar10 => DatasetName::Cifar10,
            Dataset::Cifar100 => DatasetName::Cifar100,
            _ => DatasetName::ImageNet16,
        };
        Self {
            dataset,
            source: Source::Official(layout, folder),
        }
    }

    /// The file that they are in, if it is one alone.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.source {
            Source::Official(..) | Source::Pictures(_) => None,
            Source::Arrays(archive) => Some(archive.path()),
        }
    }

    /// Number of classes.
    pub(crate) fn classes(&self) -> usize {
        match &self.source {
            Source::Official(layout, _) => layout.classes(),
            Source::Pictures(folder) => folder.classes().len(),
            Source::Arrays(archive) => archive.classes(),
        }
    }

    /// Channels of the images: those of a network that is made for them.
    pub(crate) fn channels(&self) -> usize {
        match &self.source {
            Source::Official(..) | Source::Pictures(_) => COLOURS,
            Source::Arrays(archive) => archive.channels(),
        }
    }

    /// Refuses images of other channels than red, green and blue for a table, which does not say how many there
    /// are.
    pub(crate) fn are_in_colour(&self) -> Result<(), Failure> {
        let channels = self.channels();
        if channels == COLOURS {
            return Ok(());
        }
        Err(Failure::Input(anyhow!(
            "the images of {} have {channels} channels, but a table is of images in colour: score and train \
             take them",
            self.dataset
        )))
    }

    /// Refuses images of other channels than a network takes, as far as that is known before they are read:
    /// a network of one channel takes grey ones.
    pub(crate) fn suits(&self, image: Shape) -> Result<(), Failure> {
        let channels = self.channels();
        if image.channels == channels || (image.channels == 1 && channels == COLOURS) {
            return Ok(());
        }
        let takes = match image.channels {
            1 => "one channel".to_owned(),
            several => format!("{several} channels"),
        };
        Err(Failure::Input(anyhow!(
            "the network takes images of {takes}, but those of {} have {channels}: give others, --batch-file, \
             or random images",
            self.dataset
        )))
    }

    /// Height and width of the images as they are stored, where all are alike.
    pub(crate) fn native_resolution(&self) -> Result<Resolution, Failure> {
        match &self.source {
            Source::Official(layout, _) => Ok(layout.resolution().into()),
            Source::Pictures(folder) => folder.resolution().map_err(Failure::input),
            Source::Arrays(archive) => archive.resolution().map_err(Failure::input),
        }
    }

    /// Reads, splits and resizes the images.
    pub(crate) fn load(&self, resolution: Resolution) -> Result<ImageSets, Failure> {
        let own = match &self.source {
            Source::Official(layout, folder) => {
                return self.load_official(*layout, folder, resolution);
            }
            Source::Pictures(folder) => {
                fit(folder.len(), resolution.image(COLOURS))?;
                remark(
                    folder
                        .others()
                        .iter()
                        .map(|path| path.display().to_string()),
                    "are no PNG, JPEG or WebP by their names and are left out",
                );
                folder.load(resolution, cache().as_deref())
            }
            Source::Arrays(archive) => {
                fit(archive.len(), resolution.image(archive.channels()))?;
                archive.load(resolution)
            }
        };
        let own = own.map_err(Failure::input)?;
        let unreadable = own.unreadable.iter();
        let unreadable = unreadable.map(|(file, reason)| format!("{file} ({reason})"));
        remark(unreadable, "cannot be read and are left out");
        Ok(self.own_sets(own))
    }

    fn load_official(
        &self,
        layout: DatasetName,
        folder: &Path,
        resolution: Resolution,
    ) -> Result<ImageSets, Failure> {
        let data = load(layout, folder).map_err(Failure::input)?;
        fit(
            data.train.len() + data.test.len(),
            resolution.image(COLOURS),
        )?;
        let split = nas_split(&data.train);
        Ok(ImageSets {
            dataset: self.dataset,
            policy: layout.policy(),
            train: resize(&split.train, resolution),
            validation: resize(&split.validation, resolution),
            test: resize(&data.test, resolution),
        })
    }

    fn own_sets(&self, own: OwnImages) -> ImageSets {
        let split = nas_split(&own.train);
        ImageSets {
            dataset: self.dataset,
            policy: Policy::ImageNet,
            train: split.train,
            validation: split.validation,
            test: own.test,
        }
    }
}

/// Refuses images that would not fit in memory.
fn fit(images: usize, image: Shape) -> Result<(), Failure> {
    memory::must_fit(
        &format!("{images} images of {image}"),
        images as u128 * image.numbers(),
        memory::available(),
        "give a smaller --resolution",
    )
}

/// Says how many files share a fate, and names the first.
fn remark(files: impl ExactSizeIterator<Item = String>, fate: &str) {
    let count = files.len();
    if count == 0 {
        return;
    }
    let mut named: String = files.take(NAMED).collect::<Vec<_>>().join("; ");
    if count > NAMED {
        let _ = write!(named, "; and {} more", count - NAMED);
    }
    say(format_args!("note: {count} files {fate}: {named}"));
}

/// Where decoded images are kept: the user's folder for what can be made again.
fn cache() -> Option<PathBuf> {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let base = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    Some(base?.join("nbzero").join("images"))
}

/// Height and width of images, and before them channels that are no colours.
pub(crate) fn sizes(image: Shape) -> String {
    if image.channels == COLOURS {
        Resolution::new(image.height, image.width).to_string()
    } else {
        image.to_string()
    }
}

/// The three sets of a dataset.
#[derive(Debug)]
pub(crate) struct ImageSets {
    dataset: Dataset,
    policy: Policy,
    pub(crate) train: Images,
    validation: Images,
    test: Images,
}

impl ImageSets {
    /// Refuses images in colour for a network of one channel.
    pub(crate) fn fit(&self, image: Shape) -> Result<(), Failure> {
        let sets = [&self.train, &self.validation, &self.test];
        let same = image.channels == self.train.shape().channels;
        if same || sets.into_iter().all(Images::are_grey) {
            return Ok(());
        }
        Err(Failure::Input(anyhow!(
            "the network takes images of one channel, but those of {} are in colour: make them grey",
            self.dataset
        )))
    }

    /// What the trainer takes.
    pub(crate) fn sets(&self) -> Sets<'_> {
        Sets {
            train: &self.train,
            validation: &self.validation,
            test: &self.test,
            policy: self.policy,
        }
    }

    /// Tells images of the same names and numbers apart: a checksum of each set.
    pub(crate) fn checksum(&self) -> String {
        let [train, validation, test] =
            [&self.train, &self.validation, &self.test].map(Images::checksum);
        format!("{train:08x}-{validation:08x}-{test:08x}")
    }

    /// Which images these are, in words; of one's own with the constants that were measured on them.
    pub(crate) fn describe(&self) -> String {
        let mut words = format!(
            "{} at {}: {} training, {} NAS validation, {} test images",
            self.dataset,
            sizes(self.train.shape()),
            self.train.len(),
            self.validation.len(),
            self.test.len(),
        );
        if let Dataset::Own(_) = self.dataset {
            let constants = self.train.normalisation();
            let bytes = |values: &[f32]| {
                let values = values.iter().map(|value| format!("{:.2}", value * 255.0));
                values.collect::<Vec<_>>().join(", ")
            };
            let _ = write!(
                words,
                "; normalised by mean {} and standard deviation {}",
                bytes(&constants.mean),
                bytes(&constants.std)
            );
        }
        words
    }
}
