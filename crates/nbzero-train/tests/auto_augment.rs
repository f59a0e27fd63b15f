//! Operations and policies against torchvision's on Pillow images.

use nbzero_train::augment::{Operation, OperationKind, Policy, PolicyStep, SubPolicy};

/// The image of `golden/auto_augment.py`, plane by plane.
fn picture(side: usize) -> Vec<u8> {
    let channel = |of: fn(usize, usize) -> usize| {
        (0..side * side).map(move |i| u8::try_from(of(i % side, i / side)).expect("a byte"))
    };
    channel(|x, y| (x * 13 + y * 5) % 200 + 20)
        .chain(channel(|x, y| {
            (x * x + 3 * y * y) / 7 % 190 + 30 * ((x / 3 + y / 5) % 2)
        }))
        .chain(channel(|x, y| ((x * 31) ^ (y * 17)) % 256))
        .collect()
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

#[test]
fn every_operation_gives_the_bytes_of_torchvision() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for line in include_str!("golden/auto_augment.txt").lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let [name, level, sign, side, hash] = fields[..] else {
            panic!("not five fields: {line}");
        };
        let kind = OperationKind::ALL
            .into_iter()
            .find(|kind| format!("{kind:?}") == name)
            .expect("an operation");
        let side = side.parse().expect("a number");
        let operation = Operation {
            kind,
            level: level.parse().expect("a number"),
            negative: sign == "-",
        };
        let mut image = picture(side);
        operation.apply(&mut image, side);
        if format!("{:016x}", fnv(&image)) != hash {
            wrong.push(line);
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{} differ: {wrong:#?}", wrong.len());
    // Nine operations of two directions, two of one and three without a level, at three sizes.
    assert_eq!(compared, 3 * (9 * 20 + 2 * 10 + 3));
}

#[test]
fn policies_are_those_of_torchvision() {
    let table = |name: &str, policy: Policy| {
        let line = |[first, second]: &SubPolicy| {
            let step =
                |step: &PolicyStep| format!("{:?} {} {}", step.kind, step.tenths, step.level);
            format!("{name} {} {}\n", step(first), step(second))
        };
        policy.sub_policies().iter().map(line).collect::<String>()
    };
    let tables = table("cifar10", Policy::Cifar10) + &table("imagenet", Policy::ImageNet);
    assert_eq!(tables, include_str!("golden/policies.txt"));
}
