"""Documents of a diagnosis: the outline decides what is said; terminal, markdown and html
render it. Also sheets of samples to look at:

    from mldx import report
    report.wrong_cases(y_true, probabilities, inputs=pictures).to_html()
    report.fifty_samples(inputs, labels)
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """Import what needs numpy when it is first used."""
    if name in ("fifty_samples", "wrong_cases"):
        from mldx.report import samples

        return getattr(samples, name)
    raise AttributeError(f"module 'mldx.report' has no attribute {name!r}")
