//! An archive of `NumPy` arrays (`numpy.savez`), read without Python.
//!
//! Images are N x H x W, N x H x W x C or N x C x H x W, labels N or N x 1. A size of 1 or 3 is that of the
//! channels; where there is none, it is the smaller of the second and the last size (the last, where they are
//! equal). Images of one channel are grey, those of three in colour, and others have as many as they have. The
//! names are `images` and `labels`, with `test_images` and `test_labels` where there is a test set; or those
//! of Keras (`x_train`, `y_train`, `x_test`, `y_test`) or `MedMNIST` (`train_images`, ..., `test_labels`).

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use nbzero_graph::Resolution;
use rayon::prelude::*;
use zip::ZipArchive;

use super::numbers::{self, Array, Numbers};
use super::picture::Picture;
use super::set::{Finish, Set};
use super::size::{Size, Sizes};
use super::{OwnImages, OwnImagesError};
use crate::COLOURS;

/// Names of images and labels to train on and to test on, the first that are there.
const NAMES: [[&str; 4]; 3] = [
    ["images", "labels", "test_images", "test_labels"],
    ["x_train", "y_train", "x_test", "y_test"],
    ["train_images", "train_labels", "test_images", "test_labels"],
];

/// Most bytes of an array, whatever an archive says.
const MOST: u64 = 1 << 34;

/// Most classes; labels begin at 0.
const MOST_CLASSES: usize = 1 << 16;

/// An archive whose arrays have been looked at; no image has been decoded.
#[derive(Debug, Clone)]
pub struct ArrayArchive {
    path: PathBuf,
    train: Shape,
    test: Option<Shape>,
    names: [&'static str; 4],
    classes: usize,
    labels: [Vec<u16>; 2],
}

/// What the images of an array are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    images: usize,
    size: Size,
    channels: usize,
    /// Whether a pixel's channels lie together.
    channels_last: bool,
}

impl ArrayArchive {
    /// Reads the labels, and what the images are.
    ///
    /// # Errors
    ///
    /// If the file is no such archive, lacks an array, or the arrays do not fit together.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, OwnImagesError> {
        let path = path.into();
        let mut archive = Archive::open(&path)?;
        let present = |names: &&[&str; 4]| archive.has(names[0]) && archive.has(names[1]);
        let names = *NAMES.iter().find(present).ok_or_else(|| {
            archive.wrong(format!(
                "there are no arrays `images` and `labels`, only {}",
                archive.listed()
            ))
        })?;
        let (train, train_labels) = archive.set(names[0], names[1])?;
        let [tested, labelled] = [archive.has(names[2]), archive.has(names[3])];
        if tested != labelled {
            let (there, missing) = if tested { (2, 3) } else { (3, 2) };
            return Err(archive.wrong(format!(
                "there is `{}` and no `{}`: a test set has both, and without either a tenth of each class \
                 is the test set",
                names[there], names[missing]
            )));
        }
        let (test, test_labels) = if tested {
            let (shape, labels) = archive.set(names[2], names[3])?;
            (Some(shape), labels)
        } else {
            (None, Vec::new())
        };
        if let Some(test) = test.filter(|test| test.planes() != train.planes()) {
            return Err(archive.wrong(format!(
                "`{}` has {} channels and `{}` {}",
                names[0], train.channels, names[2], test.channels
            )));
        }
        let largest = train_labels.iter().chain(&test_labels).max();
        let classes = largest.map_or(0, |&label| usize::from(label) + 1);
        if classes < 2 {
            return Err(archive.wrong(format!("`{}` has a single class", names[1])));
        }
        Ok(Self {
            train,
            test,
            names,
            classes,
            labels: [train_labels, test_labels],
            path,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of classes: one more than the largest label.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Channels of the images: 3 of grey ones and of images in colour.
    pub fn channels(&self) -> usize {
        self.train.planes()
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.iter().map(Vec::len).sum()
    }

    /// Never.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The size that the images have if nobody asks for another.
    ///
    /// # Errors
    ///
    /// If training and test images differ.
    pub fn resolution(&self) -> Result<Resolution, OwnImagesError> {
        let sizes = self.sizes();
        sizes.common().ok_or_else(|| OwnImagesError::Sizes {
            path: self.path.clone(),
            sizes: sizes.to_string(),
        })
    }

    fn sizes(&self) -> Sizes {
        let sizes = [Some(self.train), self.test].into_iter().flatten();
        sizes.map(|shape| shape.size).collect()
    }

    /// Reads all images, at `resolution` as [`PictureFolder::load`](super::PictureFolder::load) does.
    /// Numbers that are no bytes are rounded; where none is above 1, 1 is white.
    ///
    /// # Errors
    ///
    /// If numbers are not from 0 to 255, or a test set would be empty.
    pub fn load(&self, resolution: Resolution) -> Result<OwnImages, OwnImagesError> {
        let decoded = self.sizes().decoded(resolution);
        let mut archive = Archive::open(&self.path)?;
        let [train_labels, test_labels] = self.labels.clone();
        let mut set = |name: &str, shape: Option<Shape>, labels: Vec<u16>| {
            let pixels = match shape {
                Some(shape) => archive.pixels(name, shape, decoded)?,
                None => Vec::new(),
            };
            Ok::<_, OwnImagesError>(Set {
                pixels,
                labels,
                unreadable: Vec::new(),
            })
        };
        let sets = [
            set(self.names[0], Some(self.train), train_labels)?,
            set(self.names[2], self.test, test_labels)?,
        ];
        let finish = Finish {
            path: &self.path,
            classes: self.classes,
            channels: self.channels(),
            decoded,
            resolution,
        };
        finish.sets(sets)
    }
}

/// The open file.
struct Archive<'a> {
    path: &'a Path,
    zip: ZipArchive<BufReader<File>>,
}

impl<'a> Archive<'a> {
    fn open(path: &'a Path) -> Result<Self, OwnImagesError> {
        let failed = |reason: String| OwnImagesError::Archive {
            path: path.to_owned(),
            reason,
        };
        let file = File::open(path).map_err(|error| failed(error.to_string()))?;
        let zip =
            ZipArchive::new(BufReader::new(file)).map_err(|error| failed(error.to_string()))?;
        Ok(Self { path, zip })
    }

    fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(&format!("{name}.npy")).is_some()
    }

    fn listed(&self) -> String {
        let entries = (0..self.zip.len()).filter_map(|i| self.zip.name_for_index(i)?.ok());
        let names = entries.map(|name| format!("`{}`", name.trim_end_matches(".npy")));
        let mut names: Vec<String> = names.take(20).collect();
        names.sort_unstable();
        names.join(", ")
    }

    fn wrong(&self, what: String) -> OwnImagesError {
        OwnImagesError::Arrays {
            path: self.path.to_owned(),
            what,
        }
    }

    /// The whole of an array's file.
    fn bytes(&mut self, name: &str) -> Result<Vec<u8>, OwnImagesError> {
        let path = self.path.to_owned();
        let failed = |reason: String| OwnImagesError::Archive { path, reason };
        let entry = self.zip.by_name(&format!("{name}.npy"));
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Err(failed(error.to_string())),
        };
        let mut bytes = Vec::new();
        match entry.take(MOST).read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(failed(format!("`{name}`: {error}"))),
        }
    }

    fn array(&mut self, name: &str) -> Result<Array, OwnImagesError> {
        let bytes = self.bytes(name)?;
        Array::read(&bytes).map_err(|why| self.wrong(format!("`{name}` {why}")))
    }

    /// The labels of a set, and what its images are.
    fn set(&mut self, images: &str, labels: &str) -> Result<(Shape, Vec<u16>), OwnImagesError> {
        let bytes = self.bytes(images)?;
        let sizes = numbers::shape(&bytes);
        let sizes = sizes.map_err(|why| self.wrong(format!("`{images}` {why}")))?;
        drop(bytes);
        let shape = Shape::of(&sizes).ok_or_else(|| {
            self.wrong(format!(
                "`{images}` is {sizes:?}, where N x H x W, N x H x W x C or N x C x H x W is expected, \
                 and at least one image"
            ))
        })?;
        let array = self.array(labels)?;
        if !matches!(*array.shape, [n] | [n, 1] if n == shape.images) {
            let (found, images) = (array.shape, shape.images);
            return Err(self.wrong(format!(
                "`{labels}` is {found:?}, where a label for each of {images} images is expected"
            )));
        }
        let whole = match array.numbers {
            Numbers::Bytes(labels) => labels.into_iter().map(i64::from).collect(),
            Numbers::Whole(labels) => labels,
            Numbers::Floats(_) => {
                return Err(self.wrong(format!(
                    "`{labels}` has floats, where whole numbers are expected"
                )));
            }
        };
        let label = |(place, label): (usize, i64)| {
            let narrow = u16::try_from(label).ok();
            narrow.ok_or_else(|| {
                self.wrong(format!(
                    "`{labels}` has {label} at {place}, where labels from 0 to {} are possible",
                    MOST_CLASSES - 1
                ))
            })
        };
        let labels = whole.into_iter().enumerate().map(label);
        Ok((shape, labels.collect::<Result<_, _>>()?))
    }

    /// The images of an array, N x channels x height x width.
    fn pixels(
        &mut self,
        name: &str,
        shape: Shape,
        size: Resolution,
    ) -> Result<Vec<u8>, OwnImagesError> {
        let bytes = match self.array(name)?.numbers {
            Numbers::Bytes(bytes) => bytes,
            Numbers::Whole(numbers) => {
                let bytes = numbers.into_iter().map(u8::try_from);
                bytes
                    .collect::<Result<_, _>>()
                    .map_err(|_| self.beyond(name))?
            }
            Numbers::Floats(floats) => bytes(&floats).ok_or_else(|| self.beyond(name))?,
        };
        let image = shape.numbers();
        if bytes.len() != shape.images * image {
            return Err(self.wrong(format!("`{name}` has changed since it was looked at")));
        }
        let images: Result<Vec<Vec<u8>>, String> = bytes
            .par_chunks_exact(image)
            .filter_map(|image| shape.picture(image))
            .map(|picture| picture.fitted(size))
            .collect();
        let images = images.map_err(|why| self.wrong(format!("`{name}` has images {why}")))?;
        Ok(images.concat())
    }

    fn beyond(&self, name: &str) -> OwnImagesError {
        self.wrong(format!(
            "`{name}` has numbers that are not from 0 to 255 (or, of floats, from 0 to 1)"
        ))
    }
}

impl Shape {
    /// Of an array's sizes: which is that of the channels, the module's page says.
    fn of(sizes: &[usize]) -> Option<Self> {
        let (images, height, width, channels, channels_last) = match *sizes {
            [n, h, w] => (n, h, w, 1, true),
            [n, h, w, c @ (1 | 3)] => (n, h, w, c, true),
            [n, c @ (1 | 3), h, w] => (n, h, w, c, false),
            [n, h, w, c] if c <= h => (n, h, w, c, true),
            [n, c, h, w] => (n, h, w, c, false),
            _ => return None,
        };
        let side = |side: usize| u32::try_from(side).ok().filter(|&side| side > 0);
        (images > 0 && channels > 0).then_some(Self {
            images,
            size: Size::new(side(height)?, side(width)?),
            channels,
            channels_last,
        })
    }

    /// Numbers of one image.
    fn numbers(&self) -> usize {
        self.channels * self.size.height as usize * self.size.width as usize
    }

    /// Planes of an image in memory: grey is a colour.
    fn planes(&self) -> usize {
        if self.channels == 1 {
            COLOURS
        } else {
            self.channels
        }
    }

    /// One image of its numbers.
    fn picture(&self, image: &[u8]) -> Option<Picture> {
        let plane = |channel: usize| -> Vec<u8> {
            let channel = channel.min(self.channels - 1);
            if self.channels_last {
                let pixels = image.chunks_exact(self.channels);
                pixels.map(|pixel| pixel[channel]).collect()
            } else {
                let len = image.len() / self.channels;
                image[channel * len..][..len].to_vec()
            }
        };
        Picture::of_planes(self.size, (0..self.planes()).map(plane))
    }
}

/// Floats from 0 to 1, or to 255, as bytes; `None` for others.
fn bytes(floats: &[f32]) -> Option<Vec<u8>> {
    let (mut least, mut most) = (f32::INFINITY, f32::NEG_INFINITY);
    for &number in floats {
        if !number.is_finite() {
            return None;
        }
        (least, most) = (least.min(number), most.max(number));
    }
    if least < 0.0 || most > 255.0 {
        return None;
    }
    let scale = if most <= 1.0 { 255.0 } else { 1.0 };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to 255"
    )]
    let byte = |&number: &f32| (number * scale).round() as u8;
    Some(floats.iter().map(byte).collect())
}
