"""What was set up: the facts one asks before looking at any curve."""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from mldx.errors import Fault, InputError
from mldx.symptoms.spec import Spec

_NUMBERS = (
    "n_classes",
    "train_size",
    "val_size",
    "batch_size",
    "output_units",
    "learning_rate",
    "epochs_planned",
)


class Setup(BaseModel):
    """Context facts. Names are kept as written; `mldx.observe.setup` brings them to one
    vocabulary.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    framework: str | None = Field(None, description="Which framework runs it?")
    domain: str | None = Field(None, description="What kind of data is it?")
    task: str | None = Field(None, description="What is predicted?")
    model_family: str | None = Field(None, description="What kind of model is it?")
    n_classes: int | None = Field(None, le=10**15, ge=1, description="How many classes are there?")
    train_size: int | None = Field(
        None, le=10**15, ge=0, description="How many training samples are there?"
    )
    val_size: int | None = Field(
        None, le=10**15, ge=0, description="How many validation samples are there?"
    )
    class_counts: tuple[int, ...] | None = Field(
        None, description="How many training samples has each class?"
    )
    batch_size: int | None = Field(
        None, le=10**15, ge=1, description="How many samples are in one batch?"
    )
    optimizer: str | None = Field(None, description="Which optimizer is used?")
    learning_rate: float | None = Field(
        None,
        allow_inf_nan=False,
        description="What is the greatest learning rate of the run?",
    )
    loss_fn: str | None = Field(None, description="Which loss function is used?")
    output_activation: str | None = Field(
        None, description="Which activation has the last layer (linear when there is none)?"
    )
    output_units: int | None = Field(
        None, le=10**15, ge=1, description="How many units has the last layer?"
    )
    inputs_normalized: bool | None = Field(
        None, description="Are the inputs scaled before the first layer?"
    )
    inputs_range: tuple[float, float] | None = Field(
        None, description="What are the least and the greatest input value?"
    )
    precision: str | None = Field(None, description="In which precision does it train?")
    pretrained: bool | str | None = Field(
        None, description="Does it start from pretrained weights? Which?"
    )
    frozen_layers: bool | int | str | None = Field(
        None, description="Are layers frozen? Which, or how many?"
    )
    batchnorm: bool | None = Field(None, description="Does the model hold BatchNorm layers?")
    dropout: bool | float | None = Field(
        None, description="What is the dropout rate, or is there any?"
    )
    weight_decay: bool | float | None = Field(
        None, description="How large is the weight decay, or is there any?"
    )
    augmentation: bool | str | None = Field(None, description="Is training data augmented? How?")
    shuffle: bool | None = Field(None, description="Is training data shuffled?")
    split_method: str | None = Field(None, description="How was validation split off?")
    epochs_planned: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="How many epochs was the run meant to last?"
    )
    run_minutes: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="How many minutes did the run take?"
    )
    gradient_clipping: bool | float | None = Field(
        None, description="At which norm are gradients clipped, or are they at all?"
    )

    tuning: str | None = Field(
        None, description="Which weights are trained: all, an adapter, a new head?"
    )
    phase: str | None = Field(None, description="Which phase of training is it?")
    devices: int | None = Field(None, le=10**6, ge=1, description="On how many devices?")
    accumulation: int | None = Field(
        None, le=10**9, ge=1, description="Over how many batches are gradients accumulated?"
    )
    warmup_steps: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="How many steps does the warm-up last?"
    )
    schedule: str | None = Field(None, description="How does the learning rate change?")
    horizon: int | None = Field(None, le=10**9, ge=1, description="How many steps ahead?")
    target_range: tuple[float, float] | None = Field(
        None, description="What are the least and the greatest target value?"
    )
    packing: bool | None = Field(None, description="Are several samples packed into one sequence?")
    decoding: str | None = Field(None, description="How are texts decoded: greedy, sampled, beam?")
    units_per_class: int | None = Field(
        None, le=10**15, ge=0, description="How many independent units has the smallest class?"
    )

    @classmethod
    @cache
    def specs(cls) -> dict[str, Spec]:
        """Return the facts by id, as what may be observed."""
        return {
            id: Spec(id=id, section="setup", kind="fact", text=info.description or "")
            for id, info in cls.model_fields.items()
        }

    @field_validator(*_NUMBERS, mode="before")
    @classmethod
    def _no_flag(cls, value: Any) -> Any:
        """A flag is not a number, though Python counts with it."""
        if isinstance(value, bool):
            raise ValueError("a number")
        return value

    @field_validator("class_counts", mode="before")
    @classmethod
    def _counts(cls, value: Any) -> Any:
        """Take a mapping of class to count as well as a list of counts."""
        return tuple(value.values()) if isinstance(value, Mapping) else value

    @field_validator("class_counts")
    @classmethod
    def _not_negative(cls, counts: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if counts is not None and not all(0 <= count <= 10**15 for count in counts):
            raise ValueError("from 0 to 10^15 samples of each class")
        return counts

    @field_validator("weight_decay", "gradient_clipping")
    @classmethod
    def _finite_amount(cls, value: bool | float | None) -> bool | float | None:
        if isinstance(value, float) and not (math.isfinite(value) and value >= 0):
            raise ValueError("a finite number of at least 0")
        return value

    @field_validator("dropout")
    @classmethod
    def _share(cls, value: bool | float | None) -> bool | float | None:
        if isinstance(value, float) and not 0 <= value < 1:
            raise ValueError("a dropout rate is at least 0 and below 1")
        return value

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if (
            self.inputs_range
            and not -math.inf < self.inputs_range[0] <= self.inputs_range[1] < math.inf
        ):
            raise InputError(
                Fault(
                    "setup.inputs_range",
                    f"{list(self.inputs_range)} is not a range.",
                    "[least, greatest], finite",
                )
            )
        return self
