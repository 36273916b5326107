"""What a simple model finds in the data: how much one feature tells, how much all of them do, and
whether training inputs can be told from those of validation.

    two-sample test by a classifier       Lopez-Paz & Oquab 2017
    trees whose scores are out of fold    scikit-learn's HistGradientBoosting

A difference counts only beyond what samples of this size show by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mldx.observe.curves import percent
from mldx.observe.dataset.labels import Targets
from mldx.observe.dataset.table import Feature, Samples, needs_extra
from mldx.symptoms import Observation

Thresholds = Callable[[str], float]
Dice = np.random.Generator
Matrix = NDArray[np.float64]
Labelled = tuple[Matrix, NDArray[Any]]
_ROWS = 4000  # of each side: enough to see an AUC of 0.52, and a second of work
_COLUMNS = 100
_BINS = 20
_FOLDS = 3
_CLEAR = 3  # standard errors


def drift(train: Samples, val: Samples, dice: Dice, limit: Thresholds) -> Iterator[Observation]:
    """Yield how well training inputs can be told from those of validation."""
    one, other = _matrix(train, dice), _matrix(val, dice, same=train)
    if min(len(one), len(other)) < limit("data.least_rows"):
        return
    x = np.concatenate([one, other])
    y = np.repeat([0, 1], [len(one), len(other)])
    scores = _out_of_fold(x, y, "classes")[:, 1]
    auc = _auc(scores, y)
    error = np.sqrt((len(y) + 1) / (12 * len(one) * len(other)))  # of the U test under no drift
    clear = auc - 0.5 > _CLEAR * error
    figure = f"AUC {auc:.2f} on {len(one)} against {len(other)} samples"
    value = auc if clear else 0.5
    yield Observation("covariate_drift_auc", max(0.5, value), figure, basis="shape")


def skill(
    train: Samples, targets: Targets, val: Samples | None, dice: Dice, limit: Thresholds
) -> Iterator[Observation]:
    """Yield how much better than guessing simple trees are, out of fold, and on validation."""
    if train.size < limit("data.least_rows") or targets.classes < 2:
        return
    rows = _drawn(train.size, _ROWS, dice)
    x, y = _matrix(train.at(rows), dice), targets.train[rows]
    kind = "numbers" if targets.is_number else "classes"
    kept = _frequent(y) if kind == "classes" else np.isfinite(y)
    x, y = x[kept], y[kept]
    if len(y) < limit("data.least_rows") or len(np.unique(y)) < 2:
        return
    within = _better(_guessed(_out_of_fold(x, y, kind), y, kind), y, kind)
    figure = f"trees out of fold take away {percent(max(0.0, within))} of the error of guessing"
    yield Observation("simple_model_skill", max(0.0, within), figure, basis="shape")
    if val is not None and targets.val is not None and within > limit("data.least_skill"):
        there = _rows_of(val, train, targets.val, kind, dice)
        yield from _on_validation((x, y), there, kind, within)


def _rows_of(val: Samples, train: Samples, truth: NDArray[Any], kind: str, dice: Dice) -> Labelled:
    """Return samples of validation with their labels, as many as are drawn."""
    rows = _drawn(val.size, _ROWS, dice)
    right = truth[rows]
    kept = right >= 0 if kind == "classes" else np.isfinite(right)
    return _matrix(val.at(rows), dice, same=train)[kept], right[kept]


def _on_validation(
    train: Labelled, val: Labelled, kind: str, within: float
) -> Iterator[Observation]:
    x, truth = val
    known = np.isin(truth, train[1]) if kind == "classes" else np.ones(len(truth), np.bool_)
    if known.sum() < 2 or len(np.unique(truth[known])) < 2:
        return
    there = _better(_predicted(*train, x[known], kind), truth[known], kind)
    by_chance = 2 / np.sqrt(known.sum())  # two standard errors of a share of the error, at most
    lost = min(1.0, max(0.0, 1 - max(0.0, there + by_chance) / within))
    figure = f"skill {percent(max(0.0, there))} on validation, {percent(within)} out of fold"
    yield Observation("simple_model_drop", lost, figure, basis="shape")


def single_feature(
    train: Samples, targets: Targets, dice: Dice, limit: Thresholds
) -> Iterator[Observation]:
    """Yield the score of the best feature alone, fitted on one half and scored on the other."""
    if train.size < limit("data.least_rows") or len(np.unique(targets.train)) < 2:
        return
    rows = _drawn(train.size, 10 * _ROWS, dice)
    y = targets.train[rows]
    scored = [
        (_alone(one.values[rows], y, targets.is_number), one.name)
        for one in train.columns[:_MOST_SCORED]
    ]
    best, name = max(scored)
    word = "R²" if targets.is_number else "AUC"
    figure = f"`{name}` alone has {word} {best:.2f}"
    yield Observation("single_feature_score", max(0.0, best), figure, basis="counted")


_MOST_SCORED = 1000


def _alone(values: NDArray[Any], y: NDArray[Any], is_number: bool) -> float:
    """R² of the mean by bin, or the mean AUC over the classes of the class shares by bin."""
    bins = _binned(values)
    fit = np.arange(len(y)) % 2 == 0
    size = int(bins.max()) + 1
    if is_number:
        return _explained(bins, y, fit, size)
    aucs, weights = [], []
    for one in np.unique(y)[:_BINS]:
        hit = y == one
        share = _rate(bins[fit], hit[fit], size)
        if hit[~fit].any() and not hit[~fit].all():
            aucs.append(_auc(share[bins[~fit]], hit[~fit].astype(int)))
            weights.append(float(hit.mean()))
    return float(np.average(aucs, weights=weights)) if aucs else 0.0


def _explained(bins: NDArray[Any], y: NDArray[Any], fit: NDArray[np.bool_], size: int) -> float:
    total = np.bincount(bins[fit], y[fit], minlength=size)
    count = np.bincount(bins[fit], minlength=size)
    mean = np.where(count > 0, total / np.maximum(count, 1), y[fit].mean())
    rest = y[~fit] - mean[bins[~fit]]
    spread = float(y[~fit].var())
    return 1 - float((rest**2).mean()) / spread if spread else 0.0


def _rate(bins: NDArray[Any], hit: NDArray[np.bool_], size: int) -> Matrix:
    """The share of hits in each bin, drawn towards the overall share where a bin holds few."""
    base = float(hit.mean())
    hits = np.bincount(bins, hit.astype(float), minlength=size)
    return np.asarray((hits + base) / (np.bincount(bins, minlength=size) + 1))


def _binned(values: NDArray[Any]) -> NDArray[np.intp]:
    wide = values.astype(np.float64)
    finite = wide[np.isfinite(wide)]
    if len(np.unique(finite[:_ROWS])) <= _BINS:
        return np.unique(wide, return_inverse=True)[1].astype(np.intp)
    edges = np.unique(np.quantile(finite, np.linspace(0, 1, _BINS + 1)[1:-1]))
    found = np.searchsorted(edges, wide, side="right")
    return np.where(np.isnan(wide), len(edges) + 1, found).astype(np.intp)


def _matrix(samples: Samples, dice: Dice, same: Samples | None = None) -> Matrix:
    """(N, F), at most `_ROWS` samples and `_COLUMNS` features, words by how common they are."""
    rows = _drawn(samples.size, _ROWS, dice)
    places = np.unique(
        np.linspace(0, len(samples.columns) - 1, min(len(samples.columns), _COLUMNS)).astype(int)
    )
    reference = samples if same is None else same
    chosen = [(samples.columns[at], reference.columns[at]) for at in places.tolist()]
    return np.column_stack([_numeric(one, known, rows) for one, known in chosen])


def _numeric(column: Feature, known: Feature, rows: NDArray[np.intp]) -> Matrix:
    values = column.values[rows].astype(np.float64)
    if column.kind == "number":
        return np.where(np.isfinite(values), values, np.nan)
    size = int(max(known.values.max(initial=0), column.values.max(initial=0))) + 1
    counts = np.bincount(known.values[known.values >= 0], minlength=size)
    return np.where(values < 0, np.nan, counts[np.maximum(column.values[rows], 0)])


def _drawn(size: int, most: int, dice: Dice) -> NDArray[np.intp]:
    if size <= most:
        return np.arange(size)
    return np.sort(dice.choice(size, most, replace=False))


def _frequent(y: NDArray[Any]) -> NDArray[np.bool_]:
    """Where the class has enough samples for every fold."""
    names, counts = np.unique(y, return_counts=True)
    return np.isin(y, names[(counts >= _FOLDS) & (names >= 0)])


def _trees(kind: str) -> Any:
    try:
        from sklearn import ensemble
    except ImportError as error:
        raise needs_extra("a simple model beside the data") from error
    of_kind = {
        "classes": ensemble.HistGradientBoostingClassifier,
        "numbers": ensemble.HistGradientBoostingRegressor,
    }
    return of_kind[kind](max_iter=30, early_stopping=False, random_state=0)


def _out_of_fold(x: Matrix, y: NDArray[Any], kind: str) -> Any:
    """(N, C) probabilities or (N,) numbers, each from trees that did not see the sample."""
    trees = _trees(kind)
    from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    folds = StratifiedKFold if kind == "classes" else KFold
    how = "predict_proba" if kind == "classes" else "predict"
    split = folds(_FOLDS, shuffle=True, random_state=0)
    with threadpool_limits(1):  # on a busy machine the threads of small trees wait for one another
        return cross_val_predict(trees, x, y, cv=split, method=how)


def _predicted(x: Matrix, y: NDArray[Any], other: Matrix, kind: str) -> NDArray[Any]:
    trees = _trees(kind)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return np.asarray(trees.fit(x, y).predict(other))


def _guessed(found: Any, y: NDArray[Any], kind: str) -> NDArray[Any]:
    return np.asarray(np.unique(y)[found.argmax(axis=1)] if kind == "classes" else found)


def _better(guess: NDArray[Any], truth: NDArray[Any], kind: str) -> float:
    """The share of the error of guessing that is taken away: 1 is perfect, 0 is guessing."""
    if kind == "numbers":
        return 1 - float(((guess - truth) ** 2).mean()) / float(truth.var())
    most = float(np.unique(truth, return_counts=True)[1].max()) / len(truth)
    return (float((guess == truth).mean()) - most) / (1 - most)


def _auc(scores: NDArray[Any], y: NDArray[Any]) -> float:
    """The probability that a sample of class 1 scores higher; ties count half (Mann-Whitney)."""
    values, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    positive = y == 1
    n, m = int(positive.sum()), int((~positive).sum())
    total = float(ranks[place][positive].sum())
    return (total - n * (n + 1) / 2) / (n * m) if n and m and len(values) else 0.5
