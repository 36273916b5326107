"""What can be observed of a training run: typed, optional, each with who says so.

    Symptoms.of(train_loss_flat=True, generalization_gap=0.4)

`None` means not observed, and that is never "no".
"""

from mldx.symptoms.model import Observation, Symptoms
from mldx.symptoms.sections import SECTIONS
from mldx.symptoms.spec import Spec

__all__ = ["SECTIONS", "Observation", "Spec", "Symptoms"]
