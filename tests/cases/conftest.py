"""The table of accuracy, written at the end of `pytest tests/cases -s`."""

from __future__ import annotations

from tests.cases.scoring import HEAD

TITLES = ("given setup, history, answers", "given setup, history")


def pytest_terminal_summary(terminalreporter, config):
    """Write what the tests recorded, which reaches this process from parallel workers too."""
    if config.getoption("capture") != "no":
        return
    recorded = [
        entry
        for reports in terminalreporter.stats.values()
        for report in reports
        for entry in getattr(report, "user_properties", ())
        if getattr(report, "when", None) == "call"
    ]
    for title in TITLES:
        rows = sorted(text for key, text in recorded if key == title)
        if rows:
            terminalreporter.write_sep("-", title)
            terminalreporter.write_line("\n".join([HEAD, *rows]))
    for text in sorted(text for key, text in recorded if key == "missed"):
        terminalreporter.write_line(f"\n{text}")
