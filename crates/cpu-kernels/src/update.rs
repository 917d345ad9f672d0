//! Optimizer steps in one pass over weights, gradients and state.

use crate::vector::Vector;
use pulp::{Arch, Simd, WithSimd};
use step_kernels::{Rule, Step};

/// The smallest magnitude of an element of an optimizer's state, 2⁻¹²⁰; smaller ones become 0.
///
/// Where gradients are 0, as those of weights from pixels that are always black, the state decays by a factor
/// in each step, and would soon be subnormal. Processors take about a hundred times as long to compute with
/// subnormal numbers. Numbers of this size change no weight.
const SMALLEST: f32 = f32::from_bits((127 - 120) << 23);

/// Takes one step of an optimizer: changes the weights and the lists of its state in place.
///
/// `lists` are those of [`Rule::lists`]. A list that the step does not need may be empty: the means of
/// [`Rule::RmsProp`], and its velocities without momentum.
///
/// Computes the same operations as the optimizers on tensors, in the same order: equal inputs give
/// equal bits. Only elements of lists that are closer to 0 than 2⁻¹²⁰ become 0.
///
/// # Panics
/// If a slice that is needed has another length than the weights, or a list is missing.
pub fn update(
    rule: Rule,
    step: &Step,
    weights: &mut [f32],
    gradients: &[f32],
    lists: &mut [&mut [f32]],
) {
    match (rule, lists) {
        (Rule::Descent, _) => pass(Descent, step, weights, gradients, []),
        (Rule::Momentum, [velocities, ..]) => {
            pass(Momentum, step, weights, gradients, [velocities]);
        }
        (Rule::Nesterov, [velocities, ..]) => {
            pass(Nesterov, step, weights, gradients, [velocities]);
        }
        (Rule::Adam, [means, squares, ..]) => {
            pass(Adam, step, weights, gradients, [means, squares]);
        }
        (Rule::NAdam, [means, squares, ..]) => {
            pass(NAdam, step, weights, gradients, [means, squares]);
        }
        (Rule::RmsProp, [squares, _, []]) => pass(RmsProp, step, weights, gradients, [squares]),
        (Rule::RmsProp, [squares, _, velocities]) => {
            let rule = WithMomentum(RmsProp);
            pass(rule, step, weights, gradients, [squares, velocities]);
        }
        (Rule::CenteredRmsProp, [squares, means, []]) => {
            pass(CenteredRmsProp, step, weights, gradients, [squares, means]);
        }
        (Rule::CenteredRmsProp, [squares, means, velocities]) => {
            let rule = WithMomentum(CenteredRmsProp);
            pass(rule, step, weights, gradients, [squares, means, velocities]);
        }
        (Rule::Adagrad, [sums, ..]) => pass(Adagrad, step, weights, gradients, [sums]),
        (rule, lists) => panic!("{rule:?} has {} lists, not {}", rule.lists(), lists.len()),
    }
}

/// The direction of a step.
trait Direction<const LISTS: usize>: Copy {
    /// The direction `d` of `w ← w − η·d`, given the gradient. Changes the elements of the lists.
    fn direction<S: Simd>(
        self,
        step: &Constants<S>,
        gradient: Vector<S>,
        lists: &mut [Vector<S>; LISTS],
    ) -> Vector<S>;
}

/// [`Rule::Descent`]
#[derive(Clone, Copy)]
struct Descent;

impl Direction<0> for Descent {
    #[inline(always)]
    fn direction<S: Simd>(
        self,
        _step: &Constants<S>,
        gradient: Vector<S>,
        []: &mut [Vector<S>; 0],
    ) -> Vector<S> {
        gradient
    }
}

/// [`Rule::Momentum`]
#[derive(Clone, Copy)]
struct Momentum;

impl Direction<1> for Momentum {
    #[inline(always)]
    fn direction<S: Simd>(
        self,
        step: &Constants<S>,
        gradient: Vector<S>,
        [velocity]: &mut [Vector<S>; 1],
    ) -> Vector<S> {
        *velocity = step.momentum * *velocity + step.gradient_factor * gradient;
        *velocity
    }
}

/// [`Rule::Nesterov`]
#[derive(Clone, Copy)]
struct Nesterov;

impl Direction<1> for Nesterov {
    #[inline(always)]
    fn direction<S: Simd>(
        self,
        step: &Constants<S>,
        gradient: Vector<S>,
        lists: &mut [Vector<S>; 1],
    ) -> Vector<S> {
        let velocity = Momentum.direction(step, gradient, lists);
        gradient + step.momentum * velocity
    }
}

/// [`Rule::Adam`]
#[derive(Clone, Copy)]
struct Adam;

impl Direction<2> for Adam {
    #[inline(always)]
    fn direction<S: Simd>(
        self,
        step: &Constants<S>,
        gradient: Vector<S>,
        lists: &mut [Vector<S>; 2],
    ) -> Vector<S> {
        let divisor = step.moments(gradient, lists);
        (lists[0] / divisor) * step.correction
    }
}

/// [`Rule::NAdam`]
#[derive(Clone, Copy)]
struct NAdam;

impl Direction<2> for NAdam {
    #[inline(always)]
    fn direction<S: Simd>(
        self,
        step: &Constants<S>,
        gradient: Vector<S>,
        lists: &mut [Vector<S>; 2],
    ) -> Vector<S> {
        let divisor = step.moments(gradient, lists);
        (step.nadam_gradient_factor * gradient + step.correction * lists[0]) / divisor
    }
}

/// [`Rule::RmsProp`] without momentum.
#[derive(Clone, Copy)]
struct RmsProp;

impl Direction<1> for RmsProp {
    #[inline(always)]
    fn direction<S: Simd>(
        self,
        step: &Constants<S>,
        gradient: Vector<S>,
        [square]: &mut [Vector<S>; 1],
    ) -> Vector<S> {
        *square = step.moving_mean(*square, gradient * gradient);
        gradient / (square.sqrt() + step.epsilon)
    }
}

/// [`Rule::CenteredRmsProp`] without momentum.
#[derive(Clone, Copy)]
struct CenteredRmsProp;

impl Direction<2> for CenteredRmsProp {
    #[inline(always)]
    fn direction<S: Simd>(
        self,
        step: &Constants<S>,
        gradient: Vector<S>,
        [square, mean]: &mut [Vector<S>; 2],
    ) -> Vector<S> {
        *square = step.moving_mean(*square, gradient * gradient);
        *mean = step.moving_mean(*mean, gradient);
        // Rounding may give less than 0.
        let variance = (*square - *mean * *mean).at_least(step.zero);
        gradient / (variance.sqrt() + step.epsilon)
    }
}

/// RMSprop's momentum, with the velocities as an additional list.
#[derive(Clone, Copy)]
struct WithMomentum<D>(D);

impl Direction<2> for WithMomentum<RmsProp> {
    #[inline(always)]
    fn direction<S: Simd>(
        self,
        step: &Constants<S>,
        gradient: Vector<S>,
        [square, velocity]: &mut [Vector<S>; 2],
    ) -> Vector<S> {
        let mut lists = [*square];
        *velocity = step.momentum * *velocity + self.0.direction(step, gradient, &mut lists);
        [*square] = lists;
        *velocity
    }
}

impl Direction<3> for WithMomentum<CenteredRmsProp> {
    #[inline(always)]
    fn direction<S: Simd>(
        self,
        step: &Constants<S>,
        gradient: Vector<S>,
        [square, mean, velocity]: &mut [Vector<S>; 3],
    ) -> Vector<S> {
        let mut lists = [*square, *mean];
        *velocity = step.momentum * *velocity + self.0.direction(step, gradient, &mut lists);
        [*square, *mean] = lists;
        *velocity
    }
}

/// [`Rule::Adagrad`]
#[derive(Clone, Copy)]
struct Adagrad;

impl Direction<1> for Adagrad {
    #[inline(always)]
    fn direction<S: Simd>(
        self,
        step: &Constants<S>,
        gradient: Vector<S>,
        [sum]: &mut [Vector<S>; 1],
    ) -> Vector<S> {
        *sum = *sum + gradient * gradient;
        step.correction * (gradient / (sum.sqrt() + step.epsilon))
    }
}

/// The constants of a step, in every element of a vector.
struct Constants<S: Simd> {
    zero: Vector<S>,
    smallest: Vector<S>,
    learning_rate: Vector<S>,
    epsilon: Vector<S>,
    momentum: Vector<S>,
    gradient_factor: Vector<S>,
    square_decay: Vector<S>,
    square_factor: Vector<S>,
    correction: Vector<S>,
    square_correction: Vector<S>,
    nadam_gradient_factor: Vector<S>,
    weight_factor: Vector<S>,
    /// Those that most steps do not need.
    l1: Option<Vector<S>>,
    clip: Option<Vector<S>>,
    weight_decay: Option<Vector<S>>,
}

impl<S: Simd> Constants<S> {
    #[inline(always)]
    fn new(simd: S, step: &Step) -> Self {
        let splat = |value| Vector::splat(simd, value);
        let unless = |value: f32, none: f32| (value != none).then(|| splat(value));
        Self {
            zero: splat(0.0),
            smallest: splat(SMALLEST),
            learning_rate: splat(step.learning_rate),
            epsilon: splat(step.epsilon),
            momentum: splat(step.momentum),
            gradient_factor: splat(step.gradient_factor),
            square_decay: splat(step.square_decay),
            square_factor: splat(step.square_factor),
            correction: splat(step.correction),
            square_correction: splat(step.square_correction),
            nadam_gradient_factor: splat(step.nadam_gradient_factor),
            weight_factor: splat(step.weight_factor),
            l1: unless(step.l1, 0.0),
            clip: unless(step.clip, f32::INFINITY),
            weight_decay: unless(step.weight_decay, 0.0),
        }
    }

    /// The gradient with penalties and clipping.
    #[inline(always)]
    fn gradient(&self, weight: Vector<S>, mut gradient: Vector<S>) -> Vector<S> {
        if let Some(l1) = self.l1 {
            gradient = gradient + l1 * weight.sign();
        }
        if let Some(clip) = self.clip {
            gradient = gradient.clamped(-clip, clip);
        }
        if let Some(decay) = self.weight_decay {
            gradient = gradient + decay * weight;
        }
        gradient
    }

    /// Updates the moving means of Adam and NAdam, and returns the divisor of their direction.
    #[inline(always)]
    fn moments(&self, gradient: Vector<S>, [mean, square]: &mut [Vector<S>; 2]) -> Vector<S> {
        *square = self.moving_mean(*square, gradient * gradient);
        *mean = self.momentum * *mean + self.gradient_factor * gradient;
        square.sqrt() * self.square_correction + self.epsilon
    }

    /// `α·mean + (1 − α)·value`
    #[inline(always)]
    fn moving_mean(&self, mean: Vector<S>, value: Vector<S>) -> Vector<S> {
        self.square_decay * mean + self.square_factor * value
    }

    /// Takes a step of one vector of weights.
    #[inline(always)]
    fn step<const LISTS: usize>(
        &self,
        rule: impl Direction<LISTS>,
        weight: Vector<S>,
        gradient: Vector<S>,
        lists: &mut [Vector<S>; LISTS],
    ) -> Vector<S> {
        let gradient = self.gradient(weight, gradient);
        let direction = rule.direction(self, gradient, lists);
        for element in lists {
            *element = element.flushed(self.smallest);
        }
        self.weight_factor * weight - self.learning_rate * direction
    }
}

/// A pass over weights, gradients and lists.
struct Pass<'a, const LISTS: usize, D> {
    rule: D,
    step: &'a Step,
    weights: &'a mut [f32],
    gradients: &'a [f32],
    lists: [&'a mut [f32]; LISTS],
}

fn pass<const LISTS: usize>(
    rule: impl Direction<LISTS>,
    step: &Step,
    weights: &mut [f32],
    gradients: &[f32],
    lists: [&mut &mut [f32]; LISTS],
) {
    let count = weights.len();
    assert_eq!(gradients.len(), count, "one gradient for each weight");
    let lists = lists.map(|list| {
        assert_eq!(
            list.len(),
            count,
            "one element of each list for each weight"
        );
        &mut **list
    });
    Arch::new().dispatch(Pass {
        rule,
        step,
        weights,
        gradients,
        lists,
    });
}

impl<const LISTS: usize, D: Direction<LISTS>> WithSimd for Pass<'_, LISTS, D> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let constants = Constants::new(simd, self.step);
        let vector = |values| Vector::new(simd, values);
        let (weights, last_weights) = S::as_mut_simd_f32s(self.weights);
        let (gradients, last_gradients) = S::as_simd_f32s(self.gradients);
        let mut whole: [&mut [S::f32s]; LISTS] = std::array::from_fn(|_| Default::default());
        let mut last: [&mut [f32]; LISTS] = std::array::from_fn(|_| Default::default());
        for ((list, whole), last) in self.lists.into_iter().zip(&mut whole).zip(&mut last) {
            (*whole, *last) = S::as_mut_simd_f32s(list);
        }
        for (index, (weight, &gradient)) in weights.iter_mut().zip(gradients).enumerate() {
            let mut elements = whole.each_ref().map(|list| vector(list[index]));
            *weight = constants
                .step(self.rule, vector(*weight), vector(gradient), &mut elements)
                .values();
            for (list, element) in whole.iter_mut().zip(elements) {
                list[index] = element.values();
            }
        }
        // The rest, less than a vector.
        let weight = vector(simd.partial_load_f32s(last_weights));
        let gradient = vector(simd.partial_load_f32s(last_gradients));
        let mut elements = last
            .each_ref()
            .map(|list| vector(simd.partial_load_f32s(list)));
        let stepped = constants.step(self.rule, weight, gradient, &mut elements);
        simd.partial_store_f32s(last_weights, stepped.values());
        for (list, element) in last.iter_mut().zip(elements) {
            simd.partial_store_f32s(list, element.values());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_that_decays_becomes_zero_instead_of_subnormal() {
        let step = Step {
            learning_rate: 0.1,
            weight_factor: 1.0,
            momentum: 0.9,
            gradient_factor: 0.1,
            square_decay: 0.99,
            square_factor: 0.01,
            correction: 1.0,
            square_correction: 1.0,
            nadam_gradient_factor: 0.1,
            epsilon: 1e-8,
            l1: 0.0,
            clip: f32::INFINITY,
            weight_decay: 0.0,
        };
        // More than a vector, with a rest.
        const COUNT: usize = 19;
        let rules = [Rule::Momentum, Rule::Nesterov, Rule::Adam, Rule::NAdam];
        for rule in rules {
            let mut weights = [1.0; COUNT];
            let mut state = vec![[SMALLEST * 1.05; COUNT]; rule.lists()];
            state[0][COUNT - 1] = -SMALLEST * 1.05;
            state[0][0] = f32::NAN;
            let mut lists: Vec<&mut [f32]> = state.iter_mut().map(|list| &mut list[..]).collect();
            update(rule, &step, &mut weights, &[0.0; COUNT], &mut lists);
            assert!(state[0][0].is_nan(), "{rule:?}");
            assert_eq!(state[0][1..], [0.0; COUNT - 1], "{rule:?}");
            assert_eq!(weights[1..], [1.0; COUNT - 1], "{rule:?}");
            if let Some(squares) = state.get(1) {
                // They decay more slowly.
                assert_eq!(squares[1], SMALLEST * 1.05 * 0.99, "{rule:?}");
            }
        }
    }
}
