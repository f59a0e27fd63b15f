//! The colour and the marker of each proxy, the same in every figure.

use plotters::prelude::RGBColor;

/// How a series looks: told apart by its colour, and without colour by its marker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    pub(crate) colour: RGBColor,
    pub(crate) marker: Marker,
}

/// A shape, filled or white inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marker {
    shape: Shape,
    pub(crate) hollow: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Circle,
    Square,
    Diamond,
    Pentagon,
    Up,
    Down,
    Star,
    Cross,
    Plus,
}

impl Marker {
    /// Corners on or within the circle of radius 1, downwards positive.
    pub(crate) fn outline(self) -> impl Iterator<Item = (f64, f64)> {
        let polar = |radii: Vec<f64>, turn: f64| {
            let step = std::f64::consts::TAU / radii.len() as f64;
            let corner = move |(i, radius): (usize, f64)| {
                let angle = turn.to_radians() + step * i as f64;
                (radius * angle.sin(), -radius * angle.cos())
            };
            radii
                .into_iter()
                .enumerate()
                .map(corner)
                .collect::<Vec<_>>()
        };
        let corners = match self.shape {
            Shape::Circle => polar(vec![0.9; 24], 0.0),
            Shape::Square => polar(vec![1.15; 4], 45.0),
            Shape::Diamond => polar(vec![1.15; 4], 0.0),
            Shape::Pentagon => polar(vec![1.1; 5], 0.0),
            Shape::Up => polar(vec![1.15; 3], 0.0),
            Shape::Down => polar(vec![1.15; 3], 180.0),
            Shape::Star => polar([1.25, 0.55].repeat(5), 0.0),
            Shape::Cross => cross(45.0),
            Shape::Plus => cross(0.0),
        };
        corners.into_iter()
    }
}

/// Four arms.
fn cross(turn: f64) -> Vec<(f64, f64)> {
    let (long, narrow) = (1.05, 0.32);
    let mut corners = Vec::with_capacity(12);
    for quarter in 0..4 {
        let angle = f64::from(quarter) * std::f64::consts::FRAC_PI_2 + turn.to_radians();
        let (sin, cos) = angle.sin_cos();
        let place =
            |across: f64, along: f64| (across * cos + along * sin, across * sin - along * cos);
        corners.extend([
            place(-narrow, narrow),
            place(-narrow, long),
            place(narrow, long),
        ]);
    }
    corners
}

const fn filled(colour: u32, shape: Shape) -> Look {
    let [_, r, g, b] = colour.to_be_bytes();
    Look {
        colour: RGBColor(r, g, b),
        marker: Marker {
            shape,
            hollow: false,
        },
    }
}

const fn hollow(colour: u32, shape: Shape) -> Look {
    let mut look = filled(colour, shape);
    look.marker.hollow = true;
    look
}

/// How a proxy looks in every figure.
///
/// The proxies of the paper have the nine colours of Paul Tol's "muted" scheme, which readers with
/// any colour vision tell apart; costs are grey, the oracle is black. Proxies that nobody planned
/// for share one colour and are told apart by their place and name.
pub(crate) fn look(name: &str) -> Look {
    match name {
        "oracle" => filled(0x1a_1a1a, Shape::Star),
        "flops" => filled(0x55_5555, Shape::Square),
        "params" => hollow(0x55_5555, Shape::Square),
        "depth" => hollow(0x77_7777, Shape::Diamond),
        "fisher" => filled(0x88_2255, Shape::Up),
        "grad_norm" => filled(0xCC_6677, Shape::Down),
        "snip" => filled(0xAA_4499, Shape::Diamond),
        "grasp" => hollow(0x99_9933, Shape::Up),
        "jacob_cov" => filled(0x11_7733, Shape::Plus),
        "plain" => hollow(0xB8_9A2C, Shape::Down),
        "synflow" => filled(0x33_2288, Shape::Circle),
        "log_synflow" => hollow(0x33_2288, Shape::Circle),
        "ntk" => filled(0x44_AA99, Shape::Cross),
        "zen" => filled(0x33_8FC4, Shape::Pentagon),
        "naswot" | "nwot" => filled(0xD5_5E00, Shape::Star),
        _ => hollow(0x8C_6D52, Shape::Diamond),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_proxies_look_alike_without_colour_in_the_same_grey() {
        let names = [
            "oracle",
            "flops",
            "params",
            "depth",
            "fisher",
            "grad_norm",
            "snip",
            "grasp",
            "jacob_cov",
            "plain",
            "synflow",
            "log_synflow",
            "ntk",
            "zen",
            "naswot",
        ];
        let grey = |look: Look| {
            let RGBColor(r, g, b) = look.colour;
            0.3 * f64::from(r) + 0.59 * f64::from(g) + 0.11 * f64::from(b)
        };
        for (i, a) in names.iter().enumerate() {
            for b in &names[i + 1..] {
                let (a, b) = (look(a), look(b));
                let apart = a.marker != b.marker || (grey(a) - grey(b)).abs() > 40.0;
                assert!(apart, "{a:?} {b:?}");
            }
        }
    }
}
