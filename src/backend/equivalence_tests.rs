//! The default and the overridden implementation of each operation give the same results.

use super::{Backend, CrossEntropy};
use burn::backend::{Autodiff, Flex};
use burn::tensor::{Distribution, Int, Tensor};

/// A backend with the default implementations.
type Plain = Autodiff<Flex>;

fn random(shape: [usize; 3]) -> Tensor<Flex, 3> {
    Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), &Default::default())
}

fn plain(tensor: &Tensor<Flex, 3>) -> Tensor<Plain, 3> {
    Tensor::from_data(tensor.to_data(), &Default::default())
}

fn assert_close(ours: Tensor<Flex, 3>, theirs: Tensor<Plain, 3>) {
    let theirs = theirs.into_data();
    ours.into_data()
        .assert_approx_eq::<f32>(&theirs, burn::tensor::Tolerance::rel_abs(1e-5, 1e-5));
}

#[test]
fn dense_layers() {
    for (members, owners) in [(1, 1), (3, 1), (3, 3)] {
        let input = random([owners, 7, 20]);
        let (weight, bias) = (random([members, 20, 5]), random([members, 1, 5]));
        let output = random([members, 7, 5]);
        let theirs = Plain::dense(plain(&input), &plain(&weight), &plain(&bias));
        assert_close(Flex::dense(input.clone(), &weight, &bias), theirs);
        let (all_factors, all_rates) = ([1.0, 0.9, 0.5], [0.1, 0.2, 0.3]);
        let (factors, rates) = (&all_factors[..members], &all_rates[..members]);
        let weight_and_bias = [plain(&weight), plain(&bias)];
        let theirs = Plain::sgd_step(
            weight_and_bias,
            plain(&input),
            plain(&output),
            factors,
            rates,
        );
        let ours = Flex::sgd_step([weight, bias], input, output, factors, rates);
        for (ours, theirs) in ours.into_iter().zip(theirs) {
            assert_close(ours, theirs);
        }
    }
}

/// A plain SGD step uses the gradient that autodiff computes.
#[test]
fn an_sgd_step_uses_the_gradient_of_autodiff() {
    let (input, output) = (random([2, 7, 20]), random([2, 7, 5]));
    let (weight, bias) = (random([2, 20, 5]), random([2, 1, 5]));
    let tracked = [&weight, &bias].map(|tensor| plain(tensor).require_grad());
    let [tracked_weight, tracked_bias] = tracked.clone();
    let loss = (plain(&input).matmul(tracked_weight) + tracked_bias) * plain(&output);
    let gradients = loss.sum().backward();
    let expected = tracked.map(|tensor| {
        let gradient = tensor.grad(&gradients).expect("both took part");
        tensor.inner() * 0.9 - gradient * 0.1
    });
    let stepped = Flex::sgd_step([weight, bias], input, output, &[0.9; 2], &[0.1; 2]);
    for (ours, theirs) in stepped.into_iter().zip(expected) {
        assert_close(
            ours,
            Tensor::from_data(theirs.into_data(), &Default::default()),
        );
    }
}

#[test]
fn products() {
    let sizes = [[7, 20, 5], [1, 20, 5], [7, 20, 1], [7, 1, 5], [1, 1, 1]];
    for ([lefts, rights], [rows, inner, columns]) in [[1, 1], [3, 3], [1, 3], [3, 1]]
        .into_iter()
        .flat_map(|members| sizes.map(|size| (members, size)))
    {
        let left = random([lefts, rows, inner]);
        let right = random([rights, inner, columns]);
        let theirs = Plain::product(plain(&left), plain(&right));
        // The same matrices, stored column by column, and with a gap after each row.
        let turned = |tensor: &Tensor<Flex, 3>| {
            let data = tensor.clone().swap_dims(1, 2).into_data();
            Tensor::<Flex, 3>::from_data(data, &Default::default()).swap_dims(1, 2)
        };
        let gappy = |tensor: &Tensor<Flex, 3>| {
            let wide = Tensor::cat(vec![tensor.clone(), tensor.clone()], 2);
            wide.narrow(2, 0, tensor.dims()[2])
        };
        for left in [left.clone(), turned(&left), gappy(&left)] {
            for right in [right.clone(), turned(&right), gappy(&right)] {
                let ours = Flex::product(left.clone(), right);
                assert_close(ours, theirs.clone());
            }
        }
    }
}

/// Bit for bit, for any position of a member in the cohort.
#[test]
fn a_member_s_product_is_that_of_the_member_alone() {
    for [rows, inner, columns] in [[33, 70, 17], [1, 70, 17], [33, 70, 1]] {
        let left = random([4, inner, rows]).swap_dims(1, 2);
        let right = random([4, columns, inner]).swap_dims(1, 2);
        let all = Flex::product(left.clone(), right.clone());
        let middle = Flex::product(left.clone().narrow(0, 1, 2), right.clone().narrow(0, 1, 2));
        assert_eq!(middle.into_data(), all.clone().narrow(0, 1, 2).into_data());
        for member in 0..4 {
            let [left, right] = [&left, &right].map(|t| t.clone().narrow(0, member, 1));
            let alone = Flex::product(left, right).into_data();
            assert_eq!(alone, all.clone().narrow(0, member, 1).into_data());
        }
    }
}

#[test]
fn cross_entropies() {
    let one_hot = |rows: usize, classes: usize| {
        let places: Vec<f32> = (0..rows * classes)
            .map(|i| f32::from(u8::from(i % classes == i / classes % classes)))
            .collect();
        Tensor::<Flex, 1>::from_floats(places.as_slice(), &Default::default())
    };
    for (members, owners) in [(1, 1), (3, 1), (3, 3)] {
        let logits = random([members, 9, 4]) * 5.0;
        let targets = one_hot(owners * 9, 4).reshape([owners, 9, 4]);
        let smoothed = targets.clone() * 0.9 + 0.025;
        let theirs = Plain::cross_entropy(plain(&logits), plain(&targets), plain(&smoothed));
        let CrossEntropy { gradient, sums } = Flex::cross_entropy(logits, targets, smoothed);
        assert_close(gradient, theirs.gradient);
        assert_close(sums, theirs.sums);
    }
}

/// Bit for bit.
#[test]
fn weighted_sums() {
    let (left, right) = (random([3, 1, 37]), random([3, 1, 37]));
    let theirs = Plain::weighted_sum(plain(&left), 0.9, plain(&right), 0.1 * 16.0 / 15.0);
    let ours = Flex::weighted_sum(left, 0.9, right, 0.1 * 16.0 / 15.0);
    assert_eq!(ours.into_data(), theirs.into_data());
}

#[test]
fn sums_over_rows() {
    let tensor = random([3, 50, 6]);
    let theirs = Plain::sum_rows(plain(&tensor));
    assert_close(Flex::sum_rows(tensor), theirs);
}

#[test]
fn scaled_bytes() {
    let device = Default::default();
    let bytes = Tensor::<Flex, 2, Int>::from_data([[0, 255, 7], [9, 8, 100]], &device);
    let positions = [1, 0, 1, 1];
    let (scale, shift) = ([[0.5, 1.0, 2.0]], [[0.0, -1.0, 1.0]]);
    let theirs = Plain::select_scaled(
        &Tensor::from_data(bytes.to_data(), &Default::default()),
        &Tensor::from_data(positions, &Default::default()),
        &Tensor::from_data(scale, &Default::default()),
        &Tensor::from_data(shift, &Default::default()),
    );
    let ours = Flex::select_scaled(
        &bytes.cast(burn::tensor::IntDType::U8),
        &Tensor::from_data(positions, &device),
        &Tensor::from_data(scale, &device),
        &Tensor::from_data(shift, &device),
    );
    assert_close(ours.unsqueeze(), theirs.unsqueeze());
}

/// Bit for bit: a unit that is dropped on one device is dropped on all.
#[test]
fn dropped_units() {
    let keys = [[1, 2], [u32::MAX, 7], [1, 2]];
    let rates = [0.5, 0.2, 0.0];
    let ours = Flex::dropout_factors(&keys, &rates, [33, 70], &Default::default());
    let theirs = Plain::dropout_factors(&keys, &rates, [33, 70], &Default::default());
    assert_eq!(
        ours.clone().into_data().to_vec::<f32>().unwrap(),
        theirs.into_data().to_vec::<f32>().unwrap()
    );
    let narrower = Flex::dropout_factors(&keys, &rates, [20, 30], &Default::default());
    let same = ours.slice([0..3, 0..20, 0..30]);
    assert_eq!(narrower.into_data(), same.into_data());
}

#[test]
fn batch_norms() {
    for [members, rows, units] in [[1, 7, 20], [3, 64, 33], [2, 1, 5]] {
        let shape = [members, rows, units];
        let [weight, bias] = [(); 2].map(|()| random([members, 1, units]));
        let input = random(shape);
        let ours = Flex::batch_norm(input.clone(), &weight, &bias, 1e-5);
        let theirs = super::batch_norm::forward(input, &weight, &bias, 1e-5, Flex::sum_rows);
        for (ours, theirs) in [
            (ours.output, &theirs.output),
            (ours.mean, &theirs.mean),
            (ours.variance, &theirs.variance),
        ] {
            assert_close(ours, plain(theirs));
        }
        let gradient = random(shape);
        let theirs =
            super::batch_norm::backward(gradient.clone(), theirs.cache, &weight, Flex::sum_rows);
        let ours = Flex::batch_norm_gradient(gradient, ours.cache, &weight);
        assert_close(ours.0, plain(&theirs.0));
        for (ours, theirs) in ours.1.into_iter().zip(&theirs.1) {
            assert_close(ours, plain(theirs));
        }
    }
}
