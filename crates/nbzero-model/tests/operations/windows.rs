//! Convolutions and pools of any window.

use nbzero_graph::{Conv2d, Padding, Pool2d, PoolKind, Window};
use proptest::prelude::*;

use crate::cases::around;
use crate::gradients::{check_curvature, check_gradients};

fn windows() -> impl Strategy<Value = Window> {
    let pair = |range: std::ops::Range<usize>| [range.clone(), range];
    let padding = [0..3_usize, 0..3, 0..3, 0..3];
    (pair(1..5), pair(1..4), pair(1..3), padding).prop_map(
        |(kernel, stride, dilation, [top, left, bottom, right])| Window {
            kernel,
            stride,
            dilation,
            padding: Padding {
                top,
                left,
                bottom,
                right,
            },
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_window_convolves_and_pools(
        window in windows(),
        groups in prop::sample::select(vec![1_usize, 2, 8]),
        kind in prop::sample::select(vec![
            PoolKind::Max,
            PoolKind::Average { count_padding: true },
            PoolKind::Average { count_padding: false },
        ]),
        ceil: bool,
    ) {
        let conv = Conv2d::new("c", 8, 8, 1, 1).with_window(window).with_groups(groups);
        prop_assume!(window.results([6, 5], false).is_some());
        let graph = around(|b, x| b.conv(x, conv));
        check_gradients(&format!("{window:?}"), &graph);
        check_curvature(&format!("{window:?}"), &graph);
        let pool = Pool2d { kind, window, ceil };
        let mut fits = true;
        let graph = around(|b, x| {
            b.pool(x, pool).or_else(|_| {
                fits = false;
                Ok(x)
            })
        });
        if fits {
            check_gradients(&format!("{pool:?}"), &graph);
            check_curvature(&format!("{pool:?}"), &graph);
        }
    }
}
