"""The sections of a questionnaire, in its order, and what a person calls them.

Which symptom stands in which section is said by its card in the rules.
"""

from __future__ import annotations

SECTIONS: dict[str, str] = {
    "setup": "Setup",
    "sanity": "Inputs and labels as the model gets them; ten samples by heart",
    "training": "The training curve",
    "validation": "Validation against training: curves or scores",
    "predictions": "Predictions, class by class",
    "internals": "Inside the network: gradients, weights, activations",
    "data": "The data, and how they were split",
    "ablations": "Runs with one thing changed: rate, size, batch, data",
    "text": "Text and language models",
    "vision": "Images and detection",
    "timeseries": "Time series",
    "boosting": "Gradient boosting and trees",
    "adversarial": "Adversarial, reinforcement and contrastive training",
    "system": "System",
}
