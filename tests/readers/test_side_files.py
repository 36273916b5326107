"""The settings beside a log: whatever stands in them, the log is read."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mldx.errors import UnreadableRun
from mldx.readers.side_files import parsed_yaml, settings_in

ARGS = (
    "task: detect\nepochs: 100\nbatch: 16\noptimizer: auto\nlr0: 0.01\nlrf: 1e-2\nseed: 0x1f\n"
    "started: 2024-03-01T12:00:00\nnames: !!python/tuple [cat, dog]\nflag: !!bool yes\n"
)
BROKEN = (".", "0x", "0b", "2024-13-99", "!!timestamp soon", "!!bool maybe", "!!int x", "0o9", "+_")


@pytest.mark.parametrize("scalar", BROKEN)
def test_a_scalar_that_only_looks_like_one(scalar):
    """A broken number, date or tag is told or is text; it is never an error of the library."""
    try:
        assert "lr" in parsed_yaml(f"lr: {scalar}\n", "args.yaml")
    except UnreadableRun as error:
        assert "args.yaml" in str(error)


@given(
    st.lists(
        st.tuples(st.integers(0, len(ARGS)), st.integers(0, 8), st.text(max_size=3)), max_size=6
    )
)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_mutated_side_file_does_no_harm(tmp_path, cuts):
    """A side file with characters cut out and put in gives facts or none, never an error."""
    text = ARGS
    for at, size, new in cuts:
        text = text[:at] + new + text[at + size :]
    (tmp_path / "args.yaml").write_text(text, encoding="utf-8", errors="replace")

    assert isinstance(settings_in(tmp_path).facts, dict)


CONFIG = """
_base_ = ["../_base_/schedule.py"]
import os
os.system("touch ran")
lr = 0.02
optim_wrapper = dict(optimizer=dict(type="SGD", lr=lr, momentum=0.9, weight_decay=0.0001),
                     clip_grad=dict(max_norm=35, norm_type=2))
train_cfg = dict(type="EpochBasedTrainLoop", max_epochs=12)
train_dataloader = {"batch_size": 2}
"""


def test_a_python_config_is_parsed_and_never_run(tmp_path, monkeypatch):
    """Literals that are assigned at the top count; calls are not made."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.py").write_text(CONFIG)

    beside = settings_in(tmp_path)

    assert beside.facts == {
        "learning_rate": 0.02,
        "optimizer": "SGD(momentum=0.9)",
        "weight_decay": 0.0001,
        "epochs_planned": 12,
        "batch_size": 2,
        "gradient_clipping": 35.0,
    }
    assert beside.sources[0].endswith("from config.py")
    assert not (tmp_path / "ran").exists()


def test_the_settings_of_hydra_are_looked_into(tmp_path):
    """A hidden folder that a tool makes is no secret."""
    (tmp_path / ".hydra").mkdir()
    (tmp_path / ".hydra" / "config.yaml").write_text("optim: {lr: 0.1}\n")

    assert settings_in(tmp_path)[:2] == (
        {"learning_rate": 0.1},
        ["learning_rate from .hydra/config.yaml"],
    )


def test_an_adapter_is_a_way_of_tuning(tmp_path):
    """LoRA's settings are of the adapter: its dropout is not that of the model."""
    (tmp_path / "adapter_config.json").write_text(
        '{"peft_type": "LORA", "r": 16, "lora_dropout": 0.1, "base_model_name_or_path": "gpt2"}'
    )

    assert settings_in(tmp_path).facts == {"tuning": "lora", "pretrained": "gpt2"}


def test_a_model_card_lists_hyper_parameters(tmp_path):
    """The Trainer of Hugging Face writes them into README.md; other prose is not read."""
    (tmp_path / "README.md").write_text(
        "- learning_rate: 9\n\nThe following hyperparameters were used during training:\n"
        "- learning_rate: 5e-05\n- train_batch_size: 1\n- gradient_accumulation_steps: 16\n"
        "- total_train_batch_size: 16\n- optimizer: Use adamw_torch with betas=(0.9,0.999)\n"
        "- num_epochs: 3.0\n\n### Results\n- num_epochs: 9\n"
    )

    assert settings_in(tmp_path).facts == {
        "learning_rate": 5e-05,
        "batch_size": 16,
        "accumulation": 16,
        "optimizer": "adamw_torch",
        "epochs_planned": 3.0,
    }


def test_a_pickle_is_not_opened(tmp_path):
    """`training_args.bin` can run any code; it is named and left closed."""
    opened = []
    (tmp_path / "training_args.bin").write_bytes(b"\x80\x04")

    beside = settings_in(tmp_path, lambda path: opened.append(path) or True)

    assert (beside.facts, opened) == ({}, [])
    assert beside.notes == ["training_args.bin is a pickle and was not opened"]


@pytest.mark.parametrize(
    "name, content",
    [
        ("files/requirements.txt", "numpy==2.0\ntorch==2.13.0+cpu\ntransformers==5.24.0\n"),
        ("README.md", "### Framework versions\n\n- torch 2.13.0+cpu\n- transformers 5.24.0\n"),
    ],
)
def test_versions_of_libraries_are_told(tmp_path, name, content):
    """Where a tool wrote down what was installed, the libraries of the training are named."""
    (tmp_path / "files").mkdir()
    (tmp_path / name).write_text(content)

    told = f"installed were torch 2.13.0+cpu, transformers 5.24.0 ({name})"
    assert settings_in(tmp_path).notes == [told]


@pytest.mark.parametrize("more, told", [("", True), ("world_size: 4\n", False)])
def test_a_batch_of_one_device_is_told(tmp_path, more, told):
    """Where the number of devices is not known, the batch of an update may be larger."""
    (tmp_path / "args.yaml").write_text(f"per_device_train_batch_size: 2\n{more}")

    beside = settings_in(tmp_path)

    assert beside.facts["batch_size"] == (2 if told else 8)
    assert any("batch_size is that of one device" in note for note in beside.notes) == told
