//! Proxies of networks that no architecture string stands for.

use burn::tensor::Device;
use nbzero_graph::{
    Conv2d, Function, Graph, GraphBuilder, GraphError, LayerNorm, NodeId, Op, Pool2d, PoolKind,
    Shape, Window,
};
use nbzero_model::Network;
use nbzero_proxy::{Batch, Settings, Suite, Undefined};

const IMAGE: Shape = Shape::new(2, 12, 9);

fn conv_bn(b: &mut GraphBuilder, x: NodeId, conv: Conv2d) -> Result<NodeId, GraphError> {
    let name = format!("{}.bn", conv.name);
    let x = b.conv(x, conv)?;
    b.batch_norm(x, name)
}

/// A block with a gate and a shortcut, a max pool, and a block as of ConvNeXt, on images of two channels.
fn graph(last: Function) -> Graph {
    let build = || -> Result<Graph, GraphError> {
        let mut b = Graph::builder_on(IMAGE);
        let input = b.input();
        let x = conv_bn(&mut b, input, Conv2d::new("stem", 2, 8, 3, 1))?;
        let x = b.function(x, last)?;
        let y = conv_bn(&mut b, x, Conv2d::new("expand", 8, 16, 1, 1))?;
        let y = b.function(y, last)?;
        let s = b.global_average_pool(y);
        let s = b.linear(s, "gate", 16)?;
        let s = b.function(s, Function::Sigmoid)?;
        let y = b.multiply(y, s)?;
        let y = conv_bn(&mut b, y, Conv2d::new("project", 16, 8, 1, 1))?;
        let x = b.addition(y, x)?;
        let pool = Pool2d {
            kind: PoolKind::Max,
            window: Window::square(3, 2),
            ceil: true,
        };
        let x = b.pool(x, pool)?;
        let wide = Window {
            kernel: [1, 4],
            ..Window::square(3, 1)
        };
        let y = b.conv(
            x,
            Conv2d::new("wide", 8, 8, 1, 1)
                .with_window(wide)
                .depthwise(),
        )?;
        let norm = LayerNorm {
            name: "ln".to_owned(),
            epsilon: 1e-6,
        };
        let y = b.layer_norm(y, norm)?;
        let y = b.linear(y, "mix", 12)?;
        let y = b.function(y, last)?;
        let pooled = b.global_average_pool(y);
        b.linear(pooled, "head", 5)?;
        b.finish()
    };
    build().expect("the operations fit")
}

#[test]
fn every_proxy_has_a_score_or_says_why_not_and_a_sweep_holds_what_was_planned() {
    let device = Device::flex();
    let graph = graph(Function::Relu);
    assert_eq!(
        graph
            .nodes()
            .iter()
            .filter(|node| *node.op() == Op::Add)
            .count(),
        1
    );
    let network = Network::init(&graph, 1, &device);
    let batch = Batch::random_of(8, 5, IMAGE, 2, &device);
    let suite = Suite::all();
    let scores = suite.score(&network, &batch);
    for named in &scores.scores {
        let reason = match named.definition.name {
            "az_expressivity" | "az_progressivity" | "az_trainability" => "the graph has no blocks",
            "vkdnw" => {
                "vkdnw's Jacobian knows chains of convolutions, batch norms, ReLUs, pools, additions and linear layers"
            }
            // A layer norm's gradients are below -1 here.
            "free_rea_log_synflow" => {
                assert_eq!(named.score, Err(Undefined::NotFinite));
                continue;
            }
            "swap_reg" => "no wanted size is set, mu and sigma in thousands of parameters",
            _ => {
                assert!(named.score.is_ok(), "{named:?}");
                continue;
            }
        };
        assert_eq!(named.score, Err(Undefined::NotApplicable(reason)));
    }
    let plan = suite.plan();
    for cost in &scores.sweeps {
        let planned = plan.iter().find(|planned| planned.sweep == cost.sweep);
        let bytes = planned.expect("a sweep that ran was planned").bytes(
            &graph,
            batch.size(),
            &Settings::default(),
        );
        assert!(cost.peak_bytes <= bytes, "{cost:?} of {bytes}");
    }
    for name in [
        "grasp", "naswot", "synflow", "ntk", "fisher", "near", "meco", "zico", "swap",
    ] {
        let alone = Suite::named(&[name]).expect("it exists");
        let alone = alone.score(&network, &batch).scores.remove(0);
        let with_all = scores
            .scores
            .iter()
            .find(|named| named.definition.name == name);
        assert_eq!(Some(&alone), with_all);
    }
}

#[test]
fn without_a_relu_naswot_says_so() {
    let device = Device::flex();
    let graph = graph(Function::Silu);
    let network = Network::init(&graph, 1, &device);
    let batch = Batch::random_of(8, 5, IMAGE, 2, &device);
    let names = ["naswot", "linear_regions", "swap", "zen", "log_synflow"];
    let suite = Suite::named(&names).expect("they exist");
    let scores = suite.score(&network, &batch).scores;
    let (without, others) = scores.split_at(3);
    for named in without {
        assert_eq!(named.score, Err(Undefined::NotApplicable("no ReLU")));
    }
    assert!(others.iter().all(|named| named.score.is_ok()));
}

#[test]
fn a_network_of_one_image_size_has_no_meco() {
    let build = || -> Result<Graph, GraphError> {
        let mut b = Graph::builder_on(IMAGE);
        let input = b.input();
        let x = b.conv(input, Conv2d::new("conv", 2, 4, 3, 3))?;
        let x = b.function(x, Function::Relu)?;
        let x = b.flatten(x)?;
        b.linear(x, "head", 5)?;
        b.finish()
    };
    let graph = build().expect("the operations fit");
    let network = Network::init(&graph, 1, &Device::flex());
    let batch = Batch::random_of(4, 5, IMAGE, 2, &Device::flex());
    let suite = Suite::named(&["meco", "vkdnw", "near"]).expect("they exist");
    let scores = suite.score(&network, &batch).scores;
    let reason = Undefined::NotApplicable("the network takes no images of 64 x 64");
    assert_eq!(scores[0].score, Err(reason));
    assert!(scores[1].score.is_ok() && scores[2].score.is_ok());
}
