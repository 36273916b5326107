"""The lab on the command line: `python -m mldx.lab cases` and `python -m mldx.lab mutate [--sample N] [--seed S]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mldx.errors import MldxError
from mldx.knowledge import load as load_rules
from mldx.knowledge import rules_folder
from mldx.lab import cases


def main() -> int:
    """Run the cases, or break the rules on purpose; 1 when a case fails, 2 when the rules are bad."""
    parser = argparse.ArgumentParser(prog="python -m mldx.lab")
    parser.add_argument("what", choices=["cases", "mutate"])
    parser.add_argument("--rules", type=Path, help="another rules folder")
    parser.add_argument("--sample", type=int, help="so many mutants of each kind, drawn at random; by default all")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    try:
        return _cases(given.rules) if given.what == "cases" else _mutate(given.rules, given.sample, given.seed)
    except MldxError as error:
        print(error, file=sys.stderr)
        return 2


def _cases(folder: Path | None) -> int:
    rules = load_rules(folder)
    results = cases.run_all(cases.load(folder, rules), rules)
    failed = [result for result in results if not result.passed]
    print("\n".join(map(str, failed)))
    print(f"{len(results) - len(failed)} of {len(results)} cases passed")
    print(cases.Coverage.of(results, rules))
    return 1 if failed else 0


def _mutate(folder: Path | None, sample: int | None, seed: int) -> int:
    from mldx.lab import mutate

    rules = load_rules(folder)
    places = mutate.reading(folder or rules_folder())
    print(mutate.score(cases.load(folder, rules), rules, sample, seed, places))
    return 0


if __name__ == "__main__":
    sys.exit(main())
