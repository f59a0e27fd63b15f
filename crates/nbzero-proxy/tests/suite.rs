//! What holds for any network: the suite measures and does not touch.

#![allow(clippy::unwrap_used, reason = "tests")]

use burn::module::Param;
use burn::tensor::{Device, Tensor};
use nbzero_graph::{Conv2d, Graph, Shape};
use nbzero_model::sweep::BatchNormMode;
use nbzero_model::{Layer, Network};
use nbzero_proxy::{
    Batch, BatchSize, Definition, Direction, Needs, PlannedSweep, Precision, Proxy, Score,
    Settings, Suite, Sweep, SweepCost, Undefined, WantedSize,
};
use nbzero_space::{Architecture, Space};

fn weights(network: &Network) -> Vec<f32> {
    let tensors = network.layers().map(|(_, layer)| match layer {
        Layer::Convolution(conv) => conv.weight.val().flatten::<1>(0, 3),
        Layer::LayerNorm(norm) => Tensor::cat(vec![norm.weight.val(), norm.bias.val()], 0),
        Layer::Values(values) => values.value.val().flatten(0, 2),
        Layer::BatchNorm(norm) => Tensor::cat(
            vec![
                norm.gamma.val(),
                norm.beta.val(),
                norm.running_mean.value(),
                norm.running_var.value(),
            ],
            0,
        ),
        Layer::Dense(dense) => {
            let weight = dense.weight.val().flatten(0, 1);
            let bias = dense.bias.as_ref().map(Param::val);
            Tensor::cat([weight].into_iter().chain(bias).collect(), 0)
        }
    });
    tensors
        .flat_map(|t| t.try_into_vec_as::<f32>().unwrap())
        .collect()
}

#[test]
fn a_network_is_bit_identical_after_scoring_and_scores_repeat() {
    let device = Device::flex();
    for space in [Space::R1Mini, Space::R2Mini, Space::MbMini] {
        let architecture = &space.sample(1, 5).unwrap()[0];
        let network = Network::init(&architecture.graph(10, 16), 1, &device);
        let before = weights(&network);
        let batch = Batch::random(8, 10, 16, 2, &device);
        let settings = Settings {
            zen_repeats: 4,
            swap_repeats: 2,
            az_images: 4,
            vkdnw_images: 2,
            ..Settings::default()
        };
        let configured = |suite: Suite| suite.with_settings(settings.clone()).unwrap();
        let all = configured(Suite::all());
        let first = all.score(&network, &batch).scores;
        let second = all.score(&network, &batch).scores;
        assert_eq!(first, second);
        assert_eq!(before, weights(&network));
        // A proxy's score does not depend on which others are asked for.
        for named in &first {
            let alone = configured(Suite::named(&[named.definition.name]).unwrap());
            let alone = alone.score(&network, &batch).scores;
            assert_eq!(alone, std::slice::from_ref(named));
        }
    }
}

#[test]
fn unknown_names_are_refused_with_those_that_exist() {
    let error = Suite::named(&["synflow", "synflo"])
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("`synflo` is no proxy: there are flops, params"),
        "{error}"
    );
    assert_eq!(
        Suite::named(&["snip", "snip"])
            .unwrap()
            .definitions()
            .count(),
        1
    );
}

#[test]
fn a_constant_gradient_makes_jacob_cov_undefined_not_a_number() {
    let device = Device::flex();
    let architecture = &Space::R1Mini.sample(1, 5).unwrap()[0];
    let network = Network::init(&architecture.graph(10, 16), 1, &device);
    let images = Tensor::full([4, 3, 16, 16], f32::NAN, &device);
    let batch = Batch {
        images,
        targets: Tensor::from_data([0, 1, 2, 3], &device),
        perturbation: None,
    };
    let suite = Suite::named(&["jacob_cov", "grad_norm"]).unwrap();
    for named in suite.score(&network, &batch).scores {
        assert_eq!(named.score, Err(Undefined::NotFinite));
    }
}

/// A proxy of one's own joins the suite without touching the crate.
#[derive(Default)]
struct Layers(usize);

impl Proxy for Layers {
    fn definition(&self) -> Definition {
        Definition {
            name: "nodes",
            version: 1,
            direction: Direction::Higher,
            sweep: Sweep::Graph,
            year: None,
            needs: Needs::Nothing,
        }
    }

    fn graph(&mut self, graph: &Graph) {
        self.0 = graph.nodes().len();
    }

    fn score(&mut self) -> Score {
        Ok(self.0 as f64)
    }
}

#[test]
fn a_proxy_of_ones_own_is_scored_with_the_rest() {
    let device = Device::flex();
    let graph = Space::R1Mini.sample(1, 5).unwrap()[0].graph(10, 16);
    let network = Network::init(&graph, 1, &device);
    let batch = Batch::random(2, 10, 16, 2, &device);
    let suite = Suite::named(&["flops"])
        .unwrap()
        .with(|| Box::new(Layers::default()));
    let scores = suite.score(&network, &batch).scores;
    assert_eq!(scores[0].score, Ok(graph.flops() as f64));
    assert_eq!(scores[1].score, Ok(graph.nodes().len() as f64));
}

#[test]
fn equal_images_make_naswot_undefined() {
    let device = Device::flex();
    let network = Network::init(
        &Space::R1Mini.sample(1, 5).unwrap()[0].graph(10, 16),
        1,
        &device,
    );
    let mut batch = Batch::random(4, 10, 16, 2, &device);
    let first = batch.images.clone().narrow(0, 0, 1);
    batch.images = Tensor::cat(vec![batch.images.narrow(0, 0, 3), first], 0);
    let scores = Suite::named(&["naswot"]).unwrap().score(&network, &batch);
    assert!(matches!(
        scores.scores[0].score,
        Err(Undefined::Singular(_))
    ));
}

#[test]
fn a_plan_runs_each_sweep_once_and_says_what_for() {
    let suite = Suite::named(&["jacob_cov", "snip", "plain", "flops"]).unwrap();
    let plan = suite.plan();
    let sweeps: Vec<_> = plan.iter().map(|p| p.sweep).collect();
    assert_eq!(
        sweeps,
        [Sweep::Graph, Sweep::Forward, Sweep::Loss, Sweep::Ones]
    );
    assert_eq!(plan[1].feeds, [Sweep::Ones, Sweep::Loss]);
    assert_eq!(plan[2].proxies, ["snip", "plain"]);

    let device = Device::flex();
    let network = Network::init(
        &Space::R1Mini.sample(1, 5).unwrap()[0].graph(10, 16),
        1,
        &device,
    );
    let scores = suite.score(&network, &Batch::random(4, 10, 16, 2, &device));
    let ran: Vec<_> = scores.sweeps.iter().map(|s| s.sweep).collect();
    assert_eq!(ran, sweeps);
    assert!(scores.sweeps[1..].iter().all(|s| s.peak_bytes > 0));
}

#[test]
fn zen_stops_at_the_requested_precision() {
    let device = Device::flex();
    let network = Network::init(
        &Space::R1Mini.sample(1, 5).unwrap()[0].graph(10, 16),
        1,
        &device,
    );
    let batch = Batch::random(4, 10, 16, 2, &device);
    let zen = |zen_repeats, zen_precision| {
        let settings = Settings {
            zen_repeats,
            zen_precision,
            ..Settings::default()
        };
        let suite = Suite::named(&["zen"]).unwrap().with_settings(settings);
        suite.unwrap().score(&network, &batch).scores.remove(0)
    };
    let all = zen(32, None);
    let interval = all.interval.unwrap();
    let score = all.score.unwrap();
    assert!(interval.low < score && score < interval.high);
    // Four repeats satisfy any interval; a narrow one is never reached.
    assert_eq!(zen(32, Some(1e9)), zen(4, None));
    assert_eq!(zen(8, Some(1e-9)), zen(8, None));
    assert_eq!(zen(1, None).interval, None);
}

#[test]
fn a_network_that_ends_with_a_batch_norm_has_a_singular_kernel_through_its_statistics() {
    let device = Device::flex();
    let network = Network::init(
        &Space::MbMini.sample(1, 5).unwrap()[0].graph(10, 16),
        1,
        &device,
    );
    let batch = Batch::random(16, 10, 16, 2, &device);
    let ntk = |ntk_batch_norm| {
        let settings = Settings {
            ntk_batch_norm,
            ..Settings::default()
        };
        let suite = Suite::named(&["ntk"]).unwrap().with_settings(settings);
        suite.unwrap().score(&network, &batch).scores.remove(0)
    };
    let through = ntk(BatchNormMode::Batch).score;
    assert!(matches!(through, Err(Undefined::Singular(_))));
    assert!(ntk(BatchNormMode::Frozen).score.unwrap() > 1.0);
}

#[test]
fn a_sweep_beyond_the_memory_limit_is_left_out_and_says_so() {
    let device = Device::flex();
    let network = Network::init(
        &Space::R1Mini.sample(1, 5).unwrap()[0].graph(10, 16),
        1,
        &device,
    );
    let batch = Batch::random(8, 10, 16, 2, &device);
    let free = Suite::all().score(&network, &batch);
    let plan = Suite::all().plan();
    let walk_back = plan
        .iter()
        .filter(|planned| [Sweep::Loss, Sweep::Ones].contains(&planned.sweep));
    let bytes =
        |planned: &PlannedSweep| planned.bytes(network.graph(), batch.size(), &Settings::default());
    let needed = walk_back.map(bytes).min().unwrap();
    let settings = Settings {
        memory_limit: Some(u64::try_from(needed).unwrap() - 1),
        ..Settings::default()
    };
    let limited = Suite::all().with_settings(settings).unwrap();
    let limited = limited.score(&network, &batch);
    for (free, limited) in free.scores.iter().zip(&limited.scores) {
        let sweep = limited.definition.sweep;
        // Both, and the tangent sweep, which holds what the loss sweep holds, and more.
        if [Sweep::Loss, Sweep::Ones, Sweep::Tangent].contains(&sweep) {
            let Err(Undefined::OutOfMemory { needed, limit, .. }) = limited.score else {
                panic!("{limited:?}");
            };
            assert!(needed > u128::from(limit));
        } else if limited.score.is_ok() {
            assert_eq!(free, limited);
        }
    }
    assert!(limited.scores.iter().any(|named| named.score.is_ok()));
}

/// Whatever a proxy says of square images it says of others, in every family.
#[test]
fn images_that_are_not_square_have_every_score() {
    let device = Device::flex();
    for space in [
        Space::R1Mini,
        Space::R2Mini,
        Space::MbMini,
        Space::Nb201Mini,
        Space::Naap440,
    ] {
        let architecture = &space.sample(1, 3).unwrap()[0];
        let defined = |image: Shape| {
            let network = Network::init(&architecture.graph_on(4, image), 1, &device);
            let batch = Batch::random_of(8, 4, image, 2, &device);
            let scores = Suite::all().score(&network, &batch).scores;
            let defined = scores.iter().filter(|named| named.score.is_ok());
            defined
                .map(|named| named.definition.name)
                .collect::<Vec<_>>()
        };
        let square = defined(Shape::new(3, 32, 32));
        assert_eq!(square, defined(Shape::new(3, 32, 48)), "{architecture}");
        assert_eq!(square, defined(Shape::new(3, 48, 32)), "{architecture}");
    }
}

#[test]
fn sweeps_hold_no_more_than_was_planned() {
    let device = Device::flex();
    for space in [Space::R1Mini, Space::R2Mini, Space::MbMini] {
        let network = Network::init(&space.sample(1, 3).unwrap()[0].graph(10, 16), 1, &device);
        let batch = Batch::random(20, 10, 16, 2, &device);
        let suite = Suite::all();
        let plan = suite.plan();
        for precision in [Precision::Float32, Precision::Float64] {
            let settings = Settings {
                precision,
                ..Settings::default()
            };
            let suite = suite.clone().with_settings(settings.clone()).unwrap();
            let costs = suite.score(&network, &batch).sweeps;
            hold_no_more(&costs, |sweep| {
                let planned = plan.iter().find(|planned| planned.sweep == sweep).unwrap();
                planned.activation_bytes(network.graph(), batch.size(), &settings)
            });
        }
    }
}

fn hold_no_more(costs: &[SweepCost], bytes: impl Fn(Sweep) -> u128) {
    for cost in costs {
        // The loss sweep walks back with what the tangent sweep has planned for both.
        let bytes = match cost.sweep {
            Sweep::Loss => bytes(Sweep::Tangent),
            sweep => bytes(sweep),
        };
        let sweep = cost.sweep.name();
        assert!(
            cost.peak_bytes <= bytes,
            "{sweep}: {} > {bytes}",
            cost.peak_bytes
        );
        assert!(
            bytes <= 3 * cost.peak_bytes,
            "{sweep}: {} < {bytes}",
            cost.peak_bytes
        );
    }
}

#[test]
fn float64_is_where_float32_rounds_to() {
    let device = Device::flex();
    let families = [
        "r1:4:4x1s2,8x1s2",
        "r2:4:8x1s2,16x1s2",
        "mb:8:8x1s2,16x1s2",
        "nb201:4x1:|nor_conv_3x3~0|+|skip_connect~0|avg_pool_3x3~1|+|nor_conv_1x1~0|skip_connect~1|none~2|",
    ];
    for text in families {
        let graph = text.parse::<Architecture>().unwrap().graph(10, 16);
        let network = Network::init(&graph, 1, &device);
        let batch = Batch::random(8, 10, 16, 2, &device);
        let perturbed = Batch {
            perturbation: Some(Batch::random(8, 10, 16, 3, &device).images),
            ..batch.clone()
        };
        for batch in [batch, perturbed] {
            let scores = |precision| {
                let settings = Settings {
                    precision,
                    zen_repeats: 4,
                    swap_repeats: 2,
                    az_images: 4,
                    vkdnw_images: 2,
                    swap_size: Some(WantedSize {
                        mu: 10.0,
                        sigma: 10.0,
                    }),
                    ..Settings::default()
                };
                let suite = Suite::all().with_settings(settings).unwrap();
                suite.score(&network, &batch).scores
            };
            let (rounded, exact) = (scores(Precision::Float32), scores(Precision::Float64));
            let mut moved = 0;
            for (rounded, exact) in rounded.iter().zip(&exact) {
                let name = exact.definition.name;
                let (Ok(rounded), Ok(exact)) = (&rounded.score, &exact.score) else {
                    assert_eq!(rounded.score, exact.score, "{text} {name}");
                    continue;
                };
                // A sum of either sign is not relative to itself.
                let scale = exact.abs().max(1e-2);
                let off = (rounded - exact).abs() / scale;
                assert!(off < 1e-2, "{text} {name}: {rounded} and {exact}");
                moved += usize::from(off > 0.0);
            }
            assert!(moved > 5, "{text}: only {moved} scores were rounded");
        }
    }
}

fn scores(suite: &Suite, text: &str, classes: usize, batch: &Batch) -> Vec<(&'static str, Score)> {
    let [_, _, resolution, _] = batch.images.dims();
    let graph = text
        .parse::<Architecture>()
        .unwrap()
        .graph(classes, resolution);
    let network = Network::init(&graph, 1, &Device::flex());
    let scores = suite.score(&network, batch).scores.into_iter();
    scores.map(|s| (s.definition.name, s.score)).collect()
}

fn is_inapplicable(score: &Score) -> bool {
    matches!(score, Err(Undefined::NotApplicable(_)))
}

const SMALL: &str = "r1:4:4x1s2,8x1s2,8x1s2";

#[test]
fn one_class_has_no_loss_to_measure_and_everything_else() {
    let batch = Batch::random(8, 1, 16, 0, &Device::flex());
    let no_loss = [
        "grad_norm",
        "snip",
        "plain",
        "grasp",
        "fisher",
        "snr_snip",
        "gradsign",
        "zico",
        "zico_bc",
        // One class is certain.
        "vkdnw",
        // No size is wanted.
        "swap_reg",
    ];
    for (name, score) in scores(&Suite::all(), SMALL, 1, &batch) {
        assert_eq!(
            is_inapplicable(&score),
            no_loss.contains(&name),
            "{name}: {score:?}"
        );
        assert!(
            no_loss.contains(&name) || score.is_ok(),
            "{name}: {score:?}"
        );
    }
    // Alone they need no sweep at all, and so no network.
    let suite = Suite::named(&["grasp", "snip", "flops"]).unwrap();
    let graph = SMALL.parse::<Architecture>().unwrap().graph(1, 16);
    let made = suite.score_made(&graph, batch.size(), || Err("not needed"));
    assert_eq!(made.unwrap().scores[2].score, Ok(graph.flops() as f64));
}

#[test]
fn one_image_tells_nothing_apart() {
    let batch = Batch::random(1, 10, 16, 0, &Device::flex());
    let compare = [
        "jacob_cov",
        "naswot",
        "ntk",
        "linear_regions",
        "epe_nas",
        "gradsign",
        "near",
        "zico",
        "zico_bc",
        "swap",
        "swap_reg",
    ];
    for (name, score) in scores(&Suite::all(), SMALL, 10, &batch) {
        assert_eq!(
            is_inapplicable(&score),
            compare.contains(&name),
            "{name}: {score:?}"
        );
    }
}

#[test]
fn a_batch_norm_over_one_value_a_channel_makes_a_constant() {
    // The last stage's maps are 1 x 1.
    let through_batch_norm = [
        "grad_norm",
        "snip",
        "plain",
        "grasp",
        "fisher",
        "jacob_cov",
        "naswot",
        "ntk",
        "snr_snip",
        "linear_regions",
        "epe_nas",
        "gradsign",
        "near",
        "zico",
        "zico_bc",
        "swap",
        "swap_reg",
    ];
    let batch = Batch::random(1, 10, 8, 0, &Device::flex());
    for (name, score) in scores(&Suite::all(), SMALL, 10, &batch) {
        let expected = through_batch_norm.contains(&name);
        assert_eq!(is_inapplicable(&score), expected, "{name}: {score:?}");
    }
    // Nor does zen measure anything on one perturbed image.
    let mut perturbed = batch.clone();
    perturbed.perturbation = Some(batch.images.clone());
    let zen = Suite::named(&["zen"]).unwrap();
    assert!(is_inapplicable(&scores(&zen, SMALL, 10, &perturbed)[0].1));
    // Two images are two values, but not where each goes through the network alone.
    let batch = Batch::random(2, 10, 8, 0, &Device::flex());
    let still = ["gradsign", "zico", "zico_bc", "swap_reg", "epe_nas"];
    for (name, score) in scores(&Suite::all(), SMALL, 10, &batch) {
        let expected = still.contains(&name);
        assert_eq!(is_inapplicable(&score), expected, "{name}: {score:?}");
    }
}

#[test]
fn log_synflow_outlives_synflow() {
    let suite = Suite::named(&["synflow", "log_synflow"]).unwrap();
    let batch = Batch::random(2, 10, 8, 0, &Device::flex());
    let both = |blocks: usize| {
        let text = format!("r1:8:8x{blocks}s2,8x{blocks}s2,8x{blocks}s2");
        let found = scores(&suite, &text, 10, &batch);
        (found[0].1.clone(), found[1].1.clone().unwrap())
    };
    let (synflow, log) = both(40);
    assert_eq!(log.to_bits(), synflow.unwrap().ln().to_bits());
    let (synflow, log) = both(200);
    assert_eq!(synflow, Err(Undefined::NotFinite));
    assert!((log - 1552.0).abs() < 5.0, "{log}");
    // Every block adds about as much as another.
    let (_, longer) = both(210);
    assert!((longer - log - 30.0 * log / 600.0).abs() < 5.0, "{longer}");
}

#[test]
fn a_network_that_does_not_fit_is_not_made() {
    let huge = "r1:1024:1024x8s1,2048x8s2,4096x8s2,8192x8s2";
    let graph = huge.parse::<Architecture>().unwrap().graph(100, 32);
    let size = BatchSize {
        images: 64,
        perturbed: false,
    };
    let settings = Settings {
        memory_limit: Some(1 << 30),
        ..Settings::default()
    };
    let suite = Suite::all().with_settings(settings).unwrap();
    let made = suite.score_made(&graph, size, || Err("it does not fit"));
    for named in made.unwrap().scores {
        if named.definition.sweep == Sweep::Graph {
            assert!(named.score.is_ok());
        } else {
            let Err(Undefined::OutOfMemory { needed, .. }) = named.score else {
                panic!("{named:?}");
            };
            // 12.5 billion weights of four bytes.
            assert!(needed > 4 * graph.params(), "{needed}");
        }
    }
    assert_eq!(suite.bytes(&graph, size), 0);
}

/// A sweep that serves others is refused for what it holds itself.
#[test]
fn what_a_limit_leaves_out_does_not_depend_on_the_other_proxies() {
    let device = Device::flex();
    let graph = SMALL.parse::<Architecture>().unwrap().graph(10, 16);
    let network = Network::init(&graph, 1, &device);
    let batch = Batch::random(16, 10, 16, 2, &device);
    for kibibytes in [60, 200, 400, 700, 1000, 2000, 4000, 8000] {
        let limited = |suite: Suite| {
            let settings = Settings {
                memory_limit: Some(kibibytes << 10),
                zen_repeats: 2,
                swap_repeats: 1,
                az_images: 8,
                vkdnw_images: 1,
                ..Settings::default()
            };
            suite.with_settings(settings).unwrap()
        };
        for named in limited(Suite::all()).score(&network, &batch).scores {
            let alone = limited(Suite::named(&[named.definition.name]).unwrap());
            let alone = alone.score(&network, &batch).scores.remove(0);
            assert_eq!(
                alone.score.is_ok(),
                named.score.is_ok(),
                "{named:?}, {alone:?}"
            );
        }
    }
}

#[test]
fn sizes_beyond_64_bits_are_planned_exactly() {
    let text = "r1:16384:16384x1000s2,16384x1000s2,16384x1000s2";
    let graph = text.parse::<Architecture>().unwrap().graph(10, 65_536);
    let size = BatchSize {
        images: usize::MAX,
        perturbed: true,
    };
    for planned in Suite::all().plan() {
        let bytes = planned.bytes(&graph, size, &Settings::default());
        assert!(
            planned.sweep == Sweep::Graph || bytes > 1 << 41,
            "{planned:?}"
        );
    }
    assert_eq!(
        size.bytes(Shape::new(3, 1, 1)),
        (24 + 8) * usize::MAX as u128
    );
}

#[test]
fn blocks_are_what_the_space_marks() {
    let batch = Batch::random(4, 10, 16, 0, &Device::flex());
    let suite = Suite::named(&["az_expressivity", "az_progressivity", "az_trainability"]).unwrap();
    // A layer that is the identity adds its entropy again, and stops no gradient.
    let found = scores(&suite, "nas-bench-macro:10000000", 10, &batch);
    assert!(found[0].1.is_ok());
    assert!(found[1].1.clone().unwrap() <= 0.0);
    assert_eq!(
        found[2].1,
        Err(Undefined::NotApplicable("a block is the identity"))
    );
    for text in [
        "nas-bench-macro:11121112",
        "channel-bench-mobilenet:1111111",
        SMALL,
    ] {
        for (name, score) in scores(&suite, text, 10, &batch) {
            assert!(score.is_ok(), "{text} {name}: {score:?}");
        }
    }
    let mut builder = Graph::builder(3, 16);
    let x = builder.input();
    let x = builder.conv(x, Conv2d::new("conv", 3, 4, 3, 1)).unwrap();
    let x = builder.relu(x);
    let x = builder.global_average_pool(x);
    builder.linear(x, "head", 10).unwrap();
    let network = Network::init(&builder.finish().unwrap(), 1, &Device::flex());
    for named in suite.score(&network, &batch).scores {
        assert!(is_inapplicable(&named.score), "{named:?}");
    }
}

#[test]
fn a_proxy_costs_what_leaving_it_out_would_save() {
    let device = Device::flex();
    let graph = SMALL.parse::<Architecture>().unwrap().graph(10, 16);
    let network = Network::init(&graph, 1, &device);
    let suite = Suite::named(&["snip", "plain", "jacob_cov", "flops"]).unwrap();
    let scores = suite.score(&network, &Batch::random(8, 10, 16, 2, &device));
    let took = |sweep| {
        let cost = scores.sweeps.iter().find(|cost| cost.sweep == sweep);
        cost.unwrap().duration
    };
    let [snip, plain, jacob_cov, flops] = scores.proxies[..] else {
        panic!("{:?}", scores.proxies)
    };
    assert!(jacob_cov.beyond_others >= took(Sweep::Ones));
    for shared in [snip, plain] {
        assert_eq!(shared.beyond_others, shared.own);
        assert!(shared.own < took(Sweep::Loss));
    }
    assert!(flops.beyond_others >= took(Sweep::Graph));
    assert!(jacob_cov.beyond_others < took(Sweep::Forward) + took(Sweep::Ones) + jacob_cov.own);
}

#[test]
fn dependent_gradients_make_jacob_cov_undefined() {
    let device = Device::flex();
    let suite = Suite::named(&["jacob_cov"]).unwrap();
    let of = |text, batch: &Batch| scores(&suite, text, 10, batch).remove(0).1;
    let singular = Err(Undefined::Singular("the images' gradients are dependent"));
    // 64 images of 48 numbers.
    let many = Batch::random(64, 10, 4, 0, &device);
    assert_eq!(of("r1:8:8x1s1,16x1s2", &many), singular);
    let few = Batch::random(8, 10, 4, 0, &device);
    assert!(of("r1:8:8x1s1,16x1s2", &few).is_ok());
    let mut batch = Batch::random(4, 10, 16, 2, &device);
    assert!(of(SMALL, &batch).is_ok());
    let first = batch.images.clone().narrow(0, 0, 1);
    batch.images = Tensor::cat(vec![batch.images.narrow(0, 0, 3), first], 0);
    assert_eq!(of(SMALL, &batch), singular);
}

#[test]
fn a_network_that_no_image_reaches_has_costs_and_no_more() {
    let cut = "nb201:8x1:|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|none~0|none~1|none~2|";
    let batch = Batch::random(8, 10, 16, 0, &Device::flex());
    let graph = cut.parse::<Architecture>().unwrap().graph(10, 16);
    let network = Network::init(&graph, 1, &Device::flex());
    let reason = Undefined::NotApplicable("no path leads from the image to the logits");
    for named in Suite::all().score(&network, &batch).scores {
        match named.definition.sweep {
            Sweep::Graph | Sweep::Weights => assert!(named.score.is_ok(), "{named:?}"),
            // No image of a batch: what is there is 0, and has no logarithm.
            Sweep::Synflow => assert_ne!(named.score, Err(reason.clone()), "{named:?}"),
            _ => assert_eq!(named.score, Err(reason.clone()), "{named:?}"),
        }
    }
}

#[test]
fn the_pooled_norm_of_one_image_is_a_constant() {
    let ends_with_a_norm = "mb:8:8x1s2,16x2s2,16x1s2";
    let constant = Err(Undefined::NotApplicable(
        "the mean over one image of a batch norm's output is its shift, whatever the weights",
    ));
    let of_logits = [
        "grad_norm",
        "snip",
        "plain",
        "grasp",
        "fisher",
        "snr_snip",
        "jacob_cov",
        "epe_nas",
        "ntk",
        "gradsign",
    ];
    let one = Batch::random(1, 10, 32, 0, &Device::flex());
    for (name, score) in scores(&Suite::all(), ends_with_a_norm, 10, &one) {
        assert_eq!(
            score == constant,
            of_logits.contains(&name),
            "{name}: {score:?}"
        );
    }
    // The halves of two images are of one each.
    let two = Batch::random(2, 10, 32, 0, &Device::flex());
    let each = ["gradsign", "zico", "zico_bc"];
    for (name, score) in scores(&Suite::all(), ends_with_a_norm, 10, &two) {
        assert_eq!(score == constant, each.contains(&name), "{name}: {score:?}");
    }
    // With an activation behind, the loss of one image is one.
    let suite = Suite::named(&["grad_norm", "snip"]).unwrap();
    let found = scores(&suite, SMALL, 10, &one);
    assert!(found.iter().all(|(_, score)| score.is_ok()), "{found:?}");
}

#[test]
fn values_beyond_the_range_of_floats_are_named_as_such() {
    // A batch norm divides them by an infinite deviation: all its outputs are 0, as those of a dead layer.
    for text in [SMALL, "r2:8:8x1s2,16x1s2"] {
        let mut batch = Batch::random(4, 10, 16, 0, &Device::flex());
        batch.images = batch.images.mul_scalar(1e25);
        let suite = Suite::all();
        let scores = scores(&suite, text, 10, &batch);
        for (definition, (name, score)) in suite.definitions().zip(scores) {
            let on_the_images = matches!(
                definition.sweep,
                Sweep::Layers
                    | Sweep::Forward
                    | Sweep::Tangent
                    | Sweep::Loss
                    | Sweep::Ones
                    | Sweep::Alone
                    | Sweep::PerImage
                    | Sweep::Initialisations
            );
            let not_finite = score == Err(Undefined::NotFinite);
            assert_eq!(not_finite, on_the_images, "{text} {name}: {score:?}");
        }
    }
}
