"""Names as people write them are brought to one vocabulary, as a person means them."""

from __future__ import annotations

import pytest

from mldx import Symptoms, diagnose
from mldx.knowledge import load
from mldx.knowledge.names import canonical, squeezed

OPTIMIZERS = {
    "Adam": "adam",
    "ADAM": "adam",
    "adam(lr=3e-4)": "adam",
    "torch.optim.Adam": "adam",
    "optim.Adam(model.parameters(), lr=1e-3)": "adam",
    "tf.keras.optimizers.Adam(learning_rate=0.001)": "adam",
    "keras.optimizers.legacy.Adam()": "adam",
    "AdamW": "adamw",
    "adamw_torch": "adamw",
    "torch.optim.AdamW(params, weight_decay=0.01)": "adamw",
    "SGD": "sgd",
    "optim.SGD(net.parameters(), lr=0.1)": "sgd",
    "stochastic gradient descent": "sgd",
    "SGD(lr=0.1, momentum=0.9)": "momentum",
    "SGD(lr=0.1, momentum=0.0)": "sgd",
    "SGD with momentum": "momentum",
    "SGD(learning_rate=0.01, momentum=0.9, nesterov=True)": "nesterov",
    "keras.optimizers.RMSprop": "rmsprop",
    "RMSProp": "rmsprop",
    "Adagrad": "adagrad",
    "L-BFGS": "lbfgs",
    "Nadam": "nadam",
}
LOSSES = {
    "nn.CrossEntropyLoss()": "cross_entropy_with_logits",
    "torch.nn.CrossEntropyLoss(weight=w)": "cross_entropy_with_logits",
    "CrossEntropyLoss": "cross_entropy_with_logits",
    "F.cross_entropy": "cross_entropy_with_logits",
    "categorical_crossentropy": "cross_entropy",
    "tf.keras.losses.CategoricalCrossentropy()": "cross_entropy",
    "CategoricalCrossentropy(from_logits=True)": "cross_entropy_with_logits",
    "CategoricalCrossentropy(from_logits=False)": "cross_entropy",
    "sparse_categorical_crossentropy": "sparse_cross_entropy",
    "keras.losses.SparseCategoricalCrossentropy(from_logits=True)": "cross_entropy_with_logits",
    "cross entropy": "cross_entropy",
    "cross-entropy": "cross_entropy",
    "log_loss": "cross_entropy",
    "binary_crossentropy": "binary_cross_entropy",
    "nn.BCELoss()": "binary_cross_entropy",
    "BCE": "binary_cross_entropy",
    "BinaryCrossentropy(from_logits=True)": "binary_cross_entropy_with_logits",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "torch.nn.BCEWithLogitsLoss(pos_weight=w)": "binary_cross_entropy_with_logits",
    "binary:logistic": "binary_cross_entropy",
    "nn.NLLLoss()": "nll",
    "tf.keras.losses.MeanSquaredError()": "mse",
    "mean_squared_error": "mse",
    "nn.MSELoss": "mse",
    "MSE": "mse",
    "squared_error": "mse",
    "reg:squarederror": "mse",
    "nn.L1Loss()": "mae",
    "mean absolute error": "mae",
    "nn.SmoothL1Loss()": "huber",
    "Huber": "huber",
    "KLDivLoss": "kl_divergence",
    "hinge": "hinge",
    "poisson": "poisson",
    "FocalLoss(gamma=2)": "focal",
    "Dice loss": "dice",
}
ACTIVATIONS = {
    "none": "linear",
    "None": "linear",
    "identity": "linear",
    "linear": "linear",
    "logits": "linear",
    "nn.Identity()": "linear",
    "Softmax": "softmax",
    "nn.Softmax(dim=1)": "softmax",
    "tf.nn.softmax": "softmax",
    "log_softmax": "log_softmax",
    "nn.LogSoftmax(dim=-1)": "log_softmax",
    "sigmoid": "sigmoid",
    "torch.sigmoid": "sigmoid",
    "nn.Sigmoid()": "sigmoid",
    "tanh": "tanh",
    "ReLU": "relu",
}
OTHERS = {
    ("framework", "PyTorch"): "torch",
    ("framework", "tf.keras"): "keras",
    ("framework", "pytorch-lightning"): "lightning",
    ("framework", "scikit-learn"): "sklearn",
    ("framework", "Hugging Face"): "transformers",
    ("domain", "images"): "vision",
    ("domain", "NLP"): "text",
    ("domain", "time series"): "timeseries",
    ("task", "binary classification"): "binary",
    ("task", "multi-class"): "multiclass",
    ("task", "multi-label"): "multilabel",
    ("task", "semantic segmentation"): "segmentation",
    ("task", "object detection"): "detection",
    ("model_family", "LSTM"): "rnn",
    ("model_family", "ResNet"): "cnn",
    ("model_family", "random forest"): "boosting",
    ("precision", "float16"): "fp16",
    ("precision", "16-mixed"): "fp16",
    ("precision", "bfloat16"): "bf16",
    ("precision", "32"): "fp32",
    ("split_method", "train_test_split"): "random",
    ("split_method", "TimeSeriesSplit"): "time",
    ("split_method", "GroupKFold"): "group",
}
SPELLINGS = [
    *(("optimizer", *pair) for pair in OPTIMIZERS.items()),
    *(("loss_fn", *pair) for pair in LOSSES.items()),
    *(("output_activation", *pair) for pair in ACTIVATIONS.items()),
    *((*key, name) for key, name in OTHERS.items()),
]


@pytest.mark.parametrize("key, written, meant", SPELLINGS)
def test_a_spelling_is_understood(key, written, meant):
    """Keras, PyTorch, scikit-learn and plain words say the same thing, and nothing is noted about
    it.
    """
    diagnosis = diagnose(Symptoms.of(**{key: written}))

    assert (getattr(diagnosis.symptoms.setup, key), diagnosis.notes) == (meant, ())


@pytest.mark.parametrize(
    "written, rate",
    [
        ("Adam(lr=3e-4)", 3e-4),
        ("torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)", 0.1),
        ("keras.optimizers.Adam(learning_rate=0.001)", 0.001),
        ("Adam(lr=args.lr)", None),
        ("Adam", None),
    ],
)
def test_the_rate_behind_an_optimizer_is_taken(written, rate):
    """A rate that stands in brackets is the learning rate, unless it is no number."""
    assert diagnose(Symptoms.of(optimizer=written)).symptoms.setup.learning_rate == rate


def test_a_rate_of_its_own_is_not_overwritten():
    """What was said plainly counts, and not what stands in brackets."""
    assert (
        diagnose(
            Symptoms.of(optimizer="Adam(lr=3e-4)", learning_rate=0.01)
        ).symptoms.setup.learning_rate
        == 0.01
    )


@pytest.mark.parametrize(
    "key, written",
    [("optimizer", "my own optimizer"), ("loss_fn", "SecretLoss()"), ("task", "cooking")],
)
def test_an_unknown_spelling_is_kept_and_reported(key, written):
    """A name that is not in the vocabulary stays as written, and a note says that it tells
    nothing.
    """
    diagnosis = diagnose(Symptoms.of(**{key: written}))

    assert getattr(diagnosis.symptoms.setup, key) == written
    assert [note for note in diagnosis.notes if written in note and key in note]


@pytest.mark.parametrize(
    "written, kept",
    [
        ("MyLoss(from_logits=True)", "MyLoss(from_logits=True)"),
        ("BCEWithLogitsLoss(from_logits=True)", "binary_cross_entropy_with_logits"),
        ("BinaryFocalCrossentropy(from_logits=True)", "focal"),
    ],
)
def test_from_logits_makes_no_name_of_its_own(written, kept):
    """Only a cross-entropy has a form that takes logits; any other name stays what it is."""
    assert diagnose(Symptoms.of(loss_fn=written)).symptoms.setup.loss_fn == kept


def test_a_rate_below_zero_is_an_observation():
    """A rate that is itself a fault is taken as it stands."""
    facts = diagnose(Symptoms.of(optimizer="Adam(lr=-1)")).symptoms.setup

    assert (facts.optimizer, facts.learning_rate) == ("adam", -1)


@pytest.mark.parametrize("rate", ["nan", "inf"])
def test_an_impossible_rate_in_brackets_is_passed_over(rate):
    """A rate in brackets that cannot be one is not taken, and the diagnosis goes on."""
    assert diagnose(Symptoms.of(optimizer=f"Adam(lr={rate})")).symptoms.setup.learning_rate is None


@pytest.mark.parametrize("key", load().content["vocabulary"])
def test_a_canonical_name_means_itself(key):
    """A name that was brought to the vocabulary once is not changed a second time."""
    known = load().spellings[key]

    assert [
        name for name in load().content["vocabulary"][key] if canonical(name, known)[0] != name
    ] == []


@pytest.mark.parametrize("key", load().content["vocabulary"])
def test_a_spelling_has_one_meaning(key):
    """No spelling is listed under two names."""
    listed = {
        (squeezed(one), name)
        for name, others in load().content["vocabulary"][key].items()
        for one in (name, *others)
    }

    assert len({spelling for spelling, _ in listed}) == len(listed)
