"""What the Hugging Face Trainer prints: `{'loss': 0.51, 'grad_norm': 1.2, 'learning_rate': 2e-05,
'epoch': 0.5}`.

Only the epoch is printed, no step, and some versions print the numbers as strings.
"""

from __future__ import annotations

import re

from mldx.readers.assemble import assembled
from mldx.readers.messages import messages
from mldx.readers.numbers import PATTERN
from mldx.readers.run import Run
from mldx.readers.source import LogSource
from mldx.readers.trainer_state import table_of

FORMAT = "Hugging Face Trainer output"
_ENTRY = re.compile(r"\{'[^{}\n]*\}")
_PAIR = re.compile(rf"'([\w/ .@-]+)':\s*(['\"]?)({PATTERN})\2\s*(?=[,}}])", re.IGNORECASE)
_LOSS = re.compile(r"\{'[^{}\n]*'(?:eval_)?(?:\w+_)?loss':\s*['\"]?[-+\dni]", re.IGNORECASE)


def recognises(source: LogSource) -> bool:
    """Is there a printed dictionary with a loss and the epoch it belongs to?"""
    return any(
        "'epoch'" in entry[0] or '"epoch"' in entry[0]
        for entry in _ENTRY.finditer(source.text)
        if _LOSS.match(entry[0])
    )


def read(source: LogSource) -> list[Run]:
    """Return the run."""
    entries = [
        {name: float(value) for name, _, value in _PAIR.findall(entry)}
        for entry in _ENTRY.findall(source.text)
    ]
    table = table_of([entry for entry in entries if entry.keys() - {"epoch", "step"}])
    return [
        assembled(
            source.origin, FORMAT, table, {"framework": "transformers"}, messages(source.text)
        )
    ]
