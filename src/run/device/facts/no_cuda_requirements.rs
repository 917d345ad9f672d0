//! What CUDA needs, in a build without the feature: that feature.

use super::requirement::{MissingRequirement, Requirement};

/// The feature, which is missing.
pub fn cuda_requirements() -> Vec<Requirement> {
    vec![Requirement {
        name: "support",
        state: Err(MissingRequirement {
            reason: "this tp-sweep was built without the `cuda` feature".to_owned(),
            remedy: "install a build with the `cuda` feature, which is on by default",
        }),
    }]
}
