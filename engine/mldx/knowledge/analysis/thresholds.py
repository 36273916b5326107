"""What a diagnosis compares with is there, and a probability lies between 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator

from mldx.errors import Fault
from mldx.knowledge.read import RuleFiles
from mldx.knowledge.suggest import near

Faults = Iterator[Fault]


def thresholds(reading: RuleFiles) -> Faults:
    """What a diagnosis compares with is there, and a probability lies between 0 and 1."""
    given = reading.content["thresholds"].get("diagnosis", {})
    for name in DIAGNOSIS:
        if name not in given:
            where = reading.start("thresholds.yaml")
            yield Fault(
                where,
                f"`diagnosis.{name}` is missing.",
                "a value, its unit and its source",
                near(name, given),
            )
    for group, entries in reading.content["thresholds"].items():
        for name, entry in entries.items():
            if entry["unit"] == "probability" and not 0 < entry["value"] < 1:
                where = reading.where("threshold", group, name)
                yield Fault(
                    where,
                    f"`{group}.{name}` is {entry['value']:g}.",
                    "a probability above 0 and below 1",
                )


DIAGNOSIS = (
    "healthy_prior", "something_else", "reporting_line", "healthy_line", "ill_line", "root_share",
    "improbable", "alarming", "test_power", "softness", "pair_candidates", "pair_explains",
    "pair_together",
)  # fmt: skip
