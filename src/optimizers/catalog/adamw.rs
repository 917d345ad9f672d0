//! Adam with decoupled weight decay (Loshchilov and Hutter 2019), as `torch.optim.AdamW`.

use super::adam::Adam;
use crate::backend::{Backend, FusedRule, FusedStep};
use crate::optimizers::declaration::optimizer;
use crate::optimizers::step::{Step, StepCounter, TensorOptimizer, WeightDecay};
use crate::values::number::{Fraction, Positive};

optimizer! {
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019; `torch.optim.AdamW`).
    pub struct AdamW = "adamw" {
        /// Decay of the mean of gradients.
        beta1, "beta1": Fraction = 0.9,
        /// Decay of the mean of squared gradients.
        beta2, "beta2": Fraction = 0.999,
        /// Term that avoids a division by zero.
        epsilon, "epsilon": Positive = 1e-8,
        /// Divide by the largest mean of squared gradients so far (Reddi et al. 2018).
        amsgrad, "amsgrad": bool = false,
    }
}

impl AdamW {
    /// The step after the weight decay.
    fn adam(self) -> Adam {
        Adam {
            beta1: self.beta1,
            beta2: self.beta2,
            epsilon: self.epsilon,
            amsgrad: self.amsgrad,
        }
    }
}

impl Step for AdamW {
    const WEIGHT_DECAY: WeightDecay = WeightDecay::Decoupled;
    const DEFAULT_WEIGHT_DECAY: f64 = 0.01;
    const COUNTS_STEPS: bool = true;

    fn lists(&self) -> Vec<bool> {
        self.adam().lists()
    }

    fn rule(&self) -> Option<FusedRule> {
        self.adam().rule()
    }

    fn fill(&self, step: &mut StepCounter, constants: &mut FusedStep) {
        self.adam().fill(step, constants);
    }

    fn on_tensors<B: Backend>(
        members: &[Self],
        device: &B::Device,
    ) -> Box<dyn TensorOptimizer<B>> {
        let members: Vec<Adam> = members.iter().map(|member| member.adam()).collect();
        Adam::on_tensors(&members, device)
    }
}
