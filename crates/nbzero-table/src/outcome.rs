//! How a training run ended.

use serde::{Deserialize, Serialize};

/// How a training run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Outcome {
    /// It ran to its end.
    Trained {
        /// Accuracy on the test images, in percent.
        test_accuracy: f64,
        /// Accuracy on the images held out from training, in percent; `None` (absent in JSON)
        /// where the recipe held none out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nas_validation_accuracy: Option<f64>,
        /// Mean loss of the last epoch.
        train_loss: f64,
    },
    /// It broke down: the loss was no longer a number, for instance.
    Diverged {
        /// The epoch, counted from 1, in which it broke down.
        epoch: u32,
        /// What happened.
        reason: String,
    },
}

impl Outcome {
    /// What is wrong with the numbers, if anything.
    pub(crate) fn defect(&self) -> Option<String> {
        let (test_accuracy, nas_validation_accuracy, train_loss) = match self {
            Self::Trained {
                test_accuracy,
                nas_validation_accuracy,
                train_loss,
            } => (test_accuracy, nas_validation_accuracy, train_loss),
            Self::Diverged { epoch: 0, .. } => {
                return Some("it diverged in epoch 0, and they are counted from 1".into());
            }
            Self::Diverged { .. } => return None,
        };
        for (name, accuracy) in [
            ("test", Some(*test_accuracy)),
            ("NAS validation", *nas_validation_accuracy),
        ] {
            if let Some(accuracy) = accuracy
                && !(0.0..=100.0).contains(&accuracy)
            {
                return Some(format!(
                    "its {name} accuracy is {accuracy}, not from 0 to 100"
                ));
            }
        }
        (!train_loss.is_finite()).then(|| {
            format!("its training loss is {train_loss}; a run without a finite loss has diverged")
        })
    }

    /// For messages.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Trained {
                test_accuracy,
                nas_validation_accuracy,
                train_loss,
            } => format!(
                "trained, test accuracy {test_accuracy}, NAS validation accuracy {}, loss {train_loss}",
                nas_validation_accuracy.map_or_else(|| "none".into(), |value| value.to_string())
            ),
            Self::Diverged { epoch, reason } => format!("diverged in epoch {epoch}: {reason}"),
        }
    }
}
