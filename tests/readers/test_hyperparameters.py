"""Which setup facts are in a mapping of hyper-parameters, and which are left out."""

from __future__ import annotations

import pytest

from mldx.readers.hyperparameters import planned_steps, setup_of

DETECTRON = {
    "MODEL": {
        "META_ARCHITECTURE": "GeneralizedRCNN",
        "ROI_HEADS": {"NUM_CLASSES": 2},
        "RETINANET": {"NUM_CLASSES": 80},
        "SEM_SEG_HEAD": {"NUM_CLASSES": 54},
    },
    "SOLVER": {
        "IMS_PER_BATCH": 16,
        "BASE_LR": 0.0025,
        "MAX_ITER": 90000,
        "CLIP_GRADIENTS": {"ENABLED": True, "CLIP_TYPE": "norm", "CLIP_VALUE": 1.0},
    },
    "TEST": {"IMS_PER_BATCH": 4},
}


def test_the_head_in_use_counts_the_classes():
    """Of three `NUM_CLASSES` of Detectron2 the architecture says which one is in use."""
    assert setup_of(DETECTRON)["n_classes"] == 2


def test_without_an_architecture_no_head_counts():
    """Where three heads disagree and nothing says which is in use, there is no fact."""
    model = {key: one for key, one in DETECTRON["MODEL"].items() if key != "META_ARCHITECTURE"}

    assert "n_classes" not in setup_of({"MODEL": model})


def test_the_solver_of_detectron2():
    """Images per batch are the batch of an update, clipping is a group of its own."""
    facts = setup_of(DETECTRON)

    assert (facts["batch_size"], facts["learning_rate"], facts["gradient_clipping"]) == (
        16, 0.0025, 1.0,
    )  # fmt: skip
    assert planned_steps(DETECTRON) == 90000


BATCHES = {
    "of a device": ({"per_device_train_batch_size": 2}, 2),
    "accumulated": ({"per_device_train_batch_size": 1, "gradient_accumulation_steps": 16}, 16),
    "on devices": (
        {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 4, "world_size": 8},
        64,
    ),
    "the total is given": (
        {"train_batch_size": 64, "num_devices": 4, "total_train_batch_size": 512},
        512,
    ),
    "a model card without its total": (
        {"train_batch_size": 64, "num_devices": 4, "lr_scheduler_type": "linear"},
        256,
    ),
    "DeepSpeed": ({"train_batch_size": 256, "train_micro_batch_size_per_gpu": 32}, 256),
    "Lightning": ({"batch_size": 8, "trainer": {"accumulate_grad_batches": 4}}, 32),
    "a loader over all devices": ({"batch_size": 64, "world_size": 8}, 64),
    "as text": ({"batch_size": "32"}, 32),
    "of two loaders": ({"train": {"batch_size": 8}, "val": {"batch_size": 64}}, 8),
    "MMDetection": (
        {"train_dataloader": {"batch_size": 2}, "val_dataloader": {"batch_size": 1}},
        2,
    ),
}


@pytest.mark.parametrize("kind", BATCHES)
def test_the_batch_is_what_one_update_sees(kind):
    """Samples of a device, times the steps of accumulation, times the devices, where those are
    known and counted apart.
    """
    content, batch = BATCHES[kind]

    assert setup_of(content)["batch_size"] == batch


def test_two_rates_of_two_networks_are_no_rate():
    """Where a nested key stands twice with different values, it is left out."""
    assert setup_of({"encoder": {"lr": 0.1}, "head": {"lr": 0.01}}) == {}


def test_the_rate_at_the_top_counts():
    """A key at the top overrides nested ones."""
    assert setup_of({"lr": 0.1, "head": {"lr": 0.01}}) == {"learning_rate": 0.1}


def test_a_path_as_key_is_nested():
    """Trackers flatten with `/` and with dots."""
    assert setup_of({"optim/lr": "1e-3", "model.dropout": 0.1}) == {
        "learning_rate": 0.001,
        "dropout": 0.1,
    }


@pytest.mark.parametrize(
    "content",
    [
        {"optimizer": {"type": "SGD", "lr": 0.1, "momentum": 0.9}},
        {"optimizer": "SGD", "momentum": 0.9, "lr": 0.1},
        {"optimizer": {"_target_": "torch.optim.SGD", "lr": 0.1, "momentum": 0.9}},
        {"optim_wrapper": {"optimizer": {"type": "SGD", "lr": 0.1, "momentum": 0.9}}},
    ],
)
def test_momentum_belongs_to_sgd(content):
    """The optimizer is named with its momentum, wherever that stands."""
    assert setup_of(content) == {"optimizer": "SGD(momentum=0.9)", "learning_rate": 0.1}


def test_values_of_weights_and_biases_are_unwrapped():
    """`lr: {desc: null, value: 0.1}` is 0.1, also below."""
    content = {"lr": {"desc": None, "value": 0.1}, "net": {"desc": None, "value": {"dropout": 0.2}}}

    assert setup_of(content) == {"learning_rate": 0.1, "dropout": 0.2}


@pytest.mark.parametrize(
    "content, precision",
    [
        ({"bf16": True, "fp16": False}, "bf16"),
        ({"fp16": {"enabled": True}}, "fp16"),
        ({"precision": "16-mixed"}, "16-mixed"),
        ({"precision": 32}, "32"),
    ],
)
def test_the_precision(content, precision):
    """It is a word, or a flag of its own name."""
    assert setup_of(content)["precision"] == precision


def test_labels_count_the_classes():
    """The model's configuration of Hugging Face names its labels."""
    assert setup_of({"id2label": {"0": "no", "1": "yes", "2": "maybe"}}) == {"n_classes": 3}


def test_two_labels_of_no_name_are_no_classes():
    """Every model of Hugging Face has them; one that classifies means them."""
    labels = {"0": "LABEL_0", "1": "LABEL_1"}

    assert setup_of({"id2label": labels}) == {}
    assert setup_of({"id2label": labels, "architectures": ["BertForSequenceClassification"]}) == {
        "n_classes": 2
    }


def test_references_are_looked_up():
    """OmegaConf writes `${...}`; what refers to something else is left out."""
    content = {
        "base": {"rate": 0.1},
        "optim": {"lr": "${base.rate}", "optimizer": "${oc.env:OPT}"},
        "epochs": "${missing}",
    }

    assert setup_of(content) == {"learning_rate": 0.1}


def test_a_precision_that_is_none_is_left_out():
    """A key of that name may be anything."""
    assert setup_of({"precision": 10.0}) == {}


def test_none_as_text_is_nothing():
    """Programs write what was not given as a word."""
    assert setup_of({"lr_scheduler": "None", "dropout": "null", "optimizer": "none"}) == {}


def test_an_optimizer_that_was_printed():
    """nnU-Net writes what PyTorch prints of it."""
    printed = "SGD (\nParameter Group 0\n    lr: 0.01\n    momentum: 0.99\n    nesterov: True\n)"

    assert setup_of({"optimizer": printed})["optimizer"] == "SGD(momentum=0.99)"
