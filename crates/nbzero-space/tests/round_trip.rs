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
    let stage = (1_usize..100, 1_usize..5, 1_usize..=2, 1_usize..=16);
    let stages = prop::collection::vec(stage, 1..=12);
    (family, 1_usize..70, stages).prop_map(|(family, stem, stages)| {
        let stages = stages
            .into_iter()
            .map(|(width, depth, stride, expansion)| Stage {
                width: width * family.width_divisor(),
                depth,
                stride,
                expansion: (family == Family::Mb).then_some(expansion),
            });
        Chain::new(family, stem, stages.collect()).unwrap()
    })
}

/// FLOPs, parameters and depth of one block from its definition, without a graph.
fn block(
    family: Family,
    input: u64,
    [width, stride, expansion]: [u64; 3],
    resolution: u64,
) -> (u64, u64, u32) {
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
            let h = expansion * input;
            let (flops, params) = (
                9 * h * inner + h * width * inner,
                9 * h + h * width + 2 * h + 2 * width,
            );
            if expansion == 1 {
                (flops, params, 2)
            } else {
                (flops + input * h * outer, params + input * h + 2 * h, 3)
            }
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

    /// A string is canonical but for an expansion of 6 that is spelt out.
    #[test]
    fn an_expansion_of_6_is_the_one_that_is_left_out(chain in chains()) {
        let text = chain.to_string();
        prop_assert!(!text.ends_with("e6") && !text.contains("e6,"), "{}", text);
        if chain.family() == Family::Mb {
            let spelt: Vec<String> = text.split(',').map(|stage| {
                if stage.contains('e') { stage.to_owned() } else { format!("{stage}e6") }
            }).collect();
            prop_assert_eq!(spelt.join(",").parse::<Chain>().unwrap(), chain);
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused_without_a_panic(
        text in ".{0,40}",
        family in "r1|r2|mb|nb201|nats-sss|nas-bench-macro|channel-bench-resnet",
        tail in "[0-9:xs,e|~]{0,40}",
    ) {
        let _ = text.parse::<Architecture>();
        let text = format!("{family}:{tail}");
        if let Ok(architecture) = text.parse::<Architecture>() {
            let printed = architecture.to_string();
            prop_assert!(printed == text || text.contains("e6"), "{} of {}", printed, text);
            prop_assert_eq!(printed.parse::<Architecture>().unwrap(), architecture);
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
                let expansion = stage.expansion.unwrap_or(6) as u64;
                let (f, p, d) = block(chain.family(), input, [width, stride, expansion], size);
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

/// He et al. 2016, section 4.2, with projections as shortcuts; Sandler et al. 2018, table 2, with
/// our stem of stride 1 and without the 1x1 convolution to 1,280 channels. torchvision's network has
/// 3,504,872 parameters, of which that convolution and the classifier have 412,160 and 1,281,000.
#[test]
fn networks_that_no_preset_draws_cost_what_is_published() {
    let costs = |text: &str| {
        let costs = text.parse::<Architecture>().unwrap().costs(10, 32);
        (costs.flops, costs.params, costs.depth)
    };
    let resnet20 = "r1:16:16x3s1,32x3s2,64x3s2";
    assert_eq!(costs(resnet20), (40_813_184, 272_474, 20));
    let mobilenet = "mb:32:16x1s1e1,24x2s2,32x3s2,64x4s2,96x3s1,160x3s2,320x1s1";
    let (_, params, depth) = costs(mobilenet);
    assert_eq!(params, 3_504_872 - 412_160 - 1_281_000 + 10 * 321);
    assert_eq!(depth, 1 + 2 + 16 * 3 + 1);
    // As torchvision has it, on ImageNet.
    let whole = "mb:32s2:16x1s1e1,24x2s2,32x3s2,64x4s2,96x3s1,160x3s2,320x1s1:1280";
    let whole = whole.parse::<Architecture>().unwrap().costs(1000, 224);
    assert_eq!((whole.flops, whole.params), (300_774_272, 3_504_872));
}

#[test]
fn without_expansion_the_first_convolution_of_a_block_is_missing() {
    let architecture: Architecture = "mb:8:8x1s1e1".parse().unwrap();
    let graph = architecture.graph(10, 8);
    let names: Vec<_> = graph.nodes().iter().filter_map(|n| n.op().name()).collect();
    let block = |layer: &str| format!("stages.0.blocks.0.{layer}");
    let expected = ["conv2", "bn2", "conv3", "bn3"].map(block);
    assert_eq!(names[2..6], expected);
}

#[test]
fn layers_with_a_width_of_their_own_are_stages() {
    let flat = |text: &str| {
        let attributes = text.parse::<Architecture>().unwrap().attributes();
        let flat = attributes
            .iter()
            .map(|a| [a.input, a.output, a.stride, a.depth]);
        flat.collect::<Vec<_>>()
    };
    assert_eq!(
        flat("nats-sss:8:16:24:32:40"),
        [
            [8, 8, 1, 1],
            [8, 16, 2, 1],
            [16, 24, 1, 1],
            [24, 32, 2, 1],
            [32, 40, 1, 1]
        ]
    );
    assert_eq!(
        flat("channel-bench-resnet:1234123"),
        [
            [3, 64, 2, 1],
            [64, 128, 1, 1],
            [64, 192, 1, 1],
            [64, 512, 2, 1],
            [512, 128, 1, 1],
            [128, 256, 1, 1],
            [128, 384, 1, 1]
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
