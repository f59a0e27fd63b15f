//! A contact sheet: what the augmentation of the recipe `paper` does to the images of a folder.
//!
//! ```console
//! $ cargo run --release -p nbzero-train --example contact_sheet -- cifar10 images sheet.png
//! ```
//!
//! The first block shows, row by row, the operations of `AutoAugment` in the order of
//! `OperationKind::ALL`: four original images, the same at level 9, and, of operations with two
//! directions, at level 9 in the other one. The second block shows an image a row: the original,
//! then what the first epochs of a training make of it.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::time::Instant;

use nbzero_train::augment::{Operation, OperationKind};
use nbzero_train::{DatasetName, EpochBatches, Images, Recipe, load};

/// Images a row.
const COLUMNS: usize = 12;
/// Rows of the second block.
const ROWS: usize = 14;
/// Pixels of the sheet for a pixel of an image, a side.
const ZOOM: usize = 2;
/// Pixels between images.
const GAP: usize = 4;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, folder, path] = arguments.as_slice() else {
        return Err("usage: contact_sheet cifar10|cifar100|imagenet16 FOLDER SHEET.png".into());
    };
    let name: DatasetName = name.parse()?;
    let images = load(name, folder)?.train;
    let paper: Recipe = "paper".parse()?;
    let side = images.resolution().height;
    let augmentation = paper.augmentation(side, name.policy());

    let mut sheet = Sheet::new(OperationKind::ALL.len() + ROWS, side);
    for (row, kind) in OperationKind::ALL.into_iter().enumerate() {
        for column in 0..COLUMNS {
            let mut image = images.image(spread(&images, column % 4)).to_vec();
            let operation = Operation {
                kind,
                level: Operation::STRONGEST,
                negative: column >= 8,
            };
            if (4..8).contains(&column) || (column >= 8 && kind.is_signed()) {
                operation.apply(&mut image, side);
            }
            sheet.show(row, column, &image);
        }
    }
    for row in 0..ROWS {
        let index = spread(&images, row);
        let mut image = images.image(index).to_vec();
        sheet.show(OperationKind::ALL.len() + row, 0, &image);
        for column in 1..COLUMNS {
            let change = augmentation.draw(0, column as u64, index);
            change.apply(images.image(index), side, &mut image);
            sheet.show(OperationKind::ALL.len() + row, column, &image);
        }
    }
    sheet.write(path)?;

    let begin = Instant::now();
    let batches = EpochBatches::train(&images, paper.batch, 0, 1, augmentation);
    let made: usize = batches.map(|batch| batch.size).sum();
    let rate = made as f64 / begin.elapsed().as_secs_f64();
    let mut out = io::stdout().lock();
    writeln!(out, "{path}: augmented {rate:.0} images a second")?;
    Ok(())
}

/// Some images of all over the set.
fn spread(images: &Images, number: usize) -> usize {
    (number * 997 + 5) % images.len()
}

/// Rows of images on white.
struct Sheet {
    pixels: Vec<u8>,
    width: usize,
    side: usize,
}

impl Sheet {
    fn new(rows: usize, side: usize) -> Self {
        let cell = side * ZOOM + GAP;
        let (width, height) = (COLUMNS * cell + GAP, rows * cell + GAP);
        Self {
            pixels: vec![u8::MAX; width * height * 3],
            width,
            side,
        }
    }

    /// Shows an image, three planes of bytes.
    fn show(&mut self, row: usize, column: usize, image: &[u8]) {
        let (side, plane) = (self.side, self.side * self.side);
        let corner = |cell: usize| cell * (side * ZOOM + GAP) + GAP;
        for y in 0..side * ZOOM {
            for x in 0..side * ZOOM {
                let from = y / ZOOM * side + x / ZOOM;
                let to = ((corner(row) + y) * self.width + corner(column) + x) * 3;
                for channel in 0..3 {
                    self.pixels[to + channel] = image[channel * plane + from];
                }
            }
        }
    }

    fn write(&self, path: &str) -> Result<(), Failure> {
        let height = self.pixels.len() / 3 / self.width;
        let file = BufWriter::new(File::create(path)?);
        let mut encoder =
            png::Encoder::new(file, u32::try_from(self.width)?, u32::try_from(height)?);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&self.pixels)?;
        Ok(())
    }
}
