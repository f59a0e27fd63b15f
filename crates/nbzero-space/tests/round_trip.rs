//! Parsing and printing are inverse, and lowering agrees with the closed forms of the blocks.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "tests with small numbers"
)]

use nbzero_space::{Architecture, Chain, Family, Space, Stage};
use proptest::prelude::*;

fn chains() -> impl Strategy<Value = Chain> {
    let family = prop::sample::select(Family::ALL.to_vec());
    let stage = (1_usize..100, 1_usize..5);
    (
        family,
        1_usize..70,
        prop::collection::vec(stage, 3..=4),
        0_usize..4,
    )
        .prop_map(|(family, stem, stages, unstrided)| {
            let four = stages.len() == 4;
            let stages = stages
                .into_iter()
                .enumerate()
                .map(|(i, (width, depth))| Stage {
                    width: width * family.width_divisor(),
                    depth,
                    stride: if four && i == unstrided { 1 } else { 2 },
                });
            Chain::new(family, stem, stages.collect()).unwrap()
        })
}

/// FLOPs, parameters and depth of one block from its definition, without a graph.
fn block(family: Family, input: u64, width: u64, stride: u64, resolution: u64) -> (u64, u64, u32) {
    let outer = resolution * resolution;
    let inner = resolution.div_ceil(stride).pow(2);
    let (mut flops, mut params, depth) = match family {
        Family::R1 => (
            9 * width * (input + width) * inner,
            9 * width * (input + width) + 4 * width,
            2,
        ),
        Family::R2 => {
            let m = width / 4;
            (
                input * m * outer + 9 * m * m * inner + m * width * inner,
                input * m + 9 * m * m + m * width + 4 * m + 2 * width,
                3,
            )
        }
        _ => {
            let h = 6 * input;
            (
                input * h * outer + 9 * h * inner + h * width * inner,
                input * h + 9 * h + h * width + 4 * h + 2 * width,
                3,
            )
        }
    };
    if family != Family::Mb && (stride == 2 || input != width) {
        flops += input * width * inner;
        params += input * width + 2 * width;
    }
    (flops, params, depth)
}

proptest! {
    #[test]
    fn text_round_trips(chain in chains()) {
        let architecture = Architecture::from(chain);
        let text = architecture.to_string();
        prop_assert_eq!(text.parse::<Architecture>().unwrap(), architecture);
    }

    #[test]
    fn any_text_is_parsed_or_refused_without_a_panic(text in ".{0,40}", tail in "[r12mb:xs,0-9]{0,40}") {
        let _ = text.parse::<Architecture>();
        if let Ok(architecture) = format!("r1:8:{tail}").parse::<Architecture>() {
            prop_assert_eq!(architecture.to_string(), format!("r1:8:{tail}"));
        }
    }

    #[test]
    fn costs_agree_with_the_closed_forms(
        chain in chains(),
        classes in 1_u64..200,
        resolution in 8_u64..40,
    ) {
        let stem = chain.stem() as u64;
        let mut flops = 27 * stem * resolution * resolution;
        let mut params = 27 * stem + 2 * stem;
        let (mut depth, mut input, mut size) = (1, stem, resolution);
        for stage in chain.stages() {
            let width = stage.width as u64;
            for j in 0..stage.depth {
                let stride = if j == 0 { stage.stride as u64 } else { 1 };
                let (f, p, d) = block(chain.family(), input, width, stride, size);
                flops += f;
                params += p;
                depth += d;
                input = width;
                size = size.div_ceil(stride);
            }
        }
        flops += input * classes;
        params += (input + 1) * classes;
        let costs = Architecture::from(chain).costs(classes as usize, resolution as usize);
        prop_assert_eq!((costs.flops, costs.params, costs.depth), (flops, params, depth + 1));
    }
}

#[test]
fn attributes_chain_the_stages() {
    let architecture: Architecture = "r1:16:16x1s1,32x2s2,48x3s2,64x1s2".parse().unwrap();
    let attributes = architecture.attributes();
    let flat: Vec<_> = attributes
        .iter()
        .map(|a| [a.input, a.output, a.stride, a.depth])
        .collect();
    assert_eq!(
        flat,
        [
            [16, 16, 1, 1],
            [16, 32, 2, 2],
            [32, 48, 2, 3],
            [48, 64, 2, 1]
        ]
    );
}

#[test]
fn space_names_round_trip() {
    for space in Space::ALL {
        assert_eq!(space.name().parse::<Space>().unwrap(), space);
    }
    let error = "nb101".parse::<Space>().unwrap_err().to_string();
    assert!(error.contains("`r1-mini`"), "{error}");
}
