"""Ways in which people and programs write a training history as lines of text.

A history is a list of epochs, each a training loss, a validation loss and an accuracy of both. A
style writes it; what it writes is `Style.holds`: the series that a reader must find. What stands
around the lines (time, logger, colours, ranks, a dumped configuration, closing lines) is put on by
`dressed`, for every style alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Epoch = tuple[float, float, float, float]  # train loss, val loss, train accuracy, val accuracy
History = Sequence[Epoch]
BATCHES = 4
FULL = ("train/loss", "val/loss", "train/accuracy", "val/accuracy")
LOSSES = ("train/loss", "val/loss")
COLUMNS = ("train/loss", "val/loss", "train/accuracy", "val/accuracy")


@dataclass(frozen=True)
class Style:
    """A way to write a history.

    lines   gives the lines of an epoch, from its number (from 1), the number of epochs and values
    holds   the series that the lines hold
    header  lines before the first epoch
    axis    whether the lines say their epoch
    """

    name: str
    lines: Callable[[int, int, Epoch], list[str]]
    holds: tuple[str, ...] = FULL
    header: tuple[str, ...] = ()
    epochs: bool = True
    share: bool = True


def _one(template: str) -> Callable[[int, int, Epoch], list[str]]:
    """A style of constant lines: {e} of {n} epochs, {t} {v} losses, {a} {b} accuracies, {A} {B} in
    percent.
    """

    def lines(e: int, n: int, epoch: Epoch) -> list[str]:
        t, v, a, b = epoch
        filled = template.format(
            e=e, n=n, z=e - 1, t=t, v=v, a=a, b=b, A=f"{100 * a:.2f}", B=f"{100 * b:.2f}", s=e * 100
        )
        return filled.split("\n")

    return lines


def _batches(e: int, n: int, epoch: Epoch) -> list[str]:
    t, v, a, b = epoch
    noise = [
        f"Epoch: [{e}][{i * 10:3d}/40]\tTime 0.{i}2 (0.31)\tLoss {t + i} ({t + 1})"
        for i in range(4)
    ]
    return [*noise, f"Epoch {e} done: train_loss={t} train_acc={a} val_loss={v} val_acc={b}"]


def _bars(e: int, n: int, epoch: Epoch) -> list[str]:
    t, v, a, b = epoch
    states = [
        f"Epoch {e}/{n}: {25 * i:3d}%|{'█' * i}{' ' * (4 - i)}| {i}/4 [00:0{i}<00:01, {i}.5it/s]"
        for i in range(4)
    ]
    values = f"loss={t}, acc={a}, val_loss={v}, val_acc={b}"
    last = f"Epoch {e}/{n}: 100%|████| 4/4 [00:04<00:00, 1.1it/s, {values}]"
    return ["\r".join(["", *states, last])]


def _keras(e: int, n: int, epoch: Epoch) -> list[str]:
    t, v, a, b = epoch
    values = f"loss: {t} - accuracy: {a} - val_loss: {v} - val_accuracy: {b}"
    return [f"Epoch {e}/{n}", f"19/19 [==============================] - 2s 3ms/step - {values}"]


STYLES = (
    Style("plain", _one("epoch {e} train_loss {t} val_loss {v} train_acc {a} val_acc {b}")),
    Style("colons", _one("Epoch: {e} Train Loss: {t} Val Loss: {v} Train Acc: {a} Val Acc: {b}")),
    Style("equals", _one("epoch={e} train_loss={t} val_loss={v} train_acc={a} val_acc={b}")),
    Style("of", _one("Epoch {e}/{n} | Train Loss: {t} Acc: {A}% | Val Loss: {v} Acc: {B}%")),
    Style(
        "brackets",
        _one(
            "Epoch [{e}/{n}], Train Loss: {t}, Train Accuracy: {a}, Val Loss: {v}, Val "
            "Accuracy: {b}"
        ),
    ),
    Style("arrows", _one("Epoch {e} -> loss: {t}, acc: {a}, val_loss: {v}, val_acc: {b}")),
    Style(
        "bars between",
        _one("| epoch {e:3d} | train loss {t} | valid loss {v} | train acc {a} | valid acc {b} |"),
    ),
    Style("dash after name", _one("Epoch - {e} - train_loss - {t} - val_loss - {v}"), LOSSES),
    Style(
        "prose", _one("Epoch {e} finished with training loss {t} and validation loss {v}."), LOSSES
    ),
    Style("is", _one("Epoch {e}: training loss is {t}, validation loss is {v}"), LOSSES),
    Style(
        "json",
        _one(
            '{{"epoch": {e}, "train_loss": {t}, "val_loss": {v}, "train_acc": {a}, '
            '"val_acc": {b}}} ok'
        ),
    ),
    Style(
        "dict",
        _one(
            "metrics: {{'epoch': {e}, 'train/loss': {t}, 'val/loss': {v}, 'train/acc': "
            "{a}, 'val/acc': {b}}}"
        ),
    ),
    Style(
        "heading before",
        _one("Epoch {e}/{n}\n----------\ntrain Loss: {t} Acc: {a}\nval Loss: {v} Acc: {b}\n"),
    ),
    Style(
        "heading between rules",
        _one("===== Epoch {e} =====\nTrain: loss={t}, acc={a}\nValid: loss={v}, acc={b}"),
    ),
    Style(
        "heading after",
        _one("train loss: {t} acc: {a}\nvalid loss: {v} acc: {b}\nEnd of epoch {e}"),
    ),
    Style(
        "headings of splits",
        _one(
            "Epoch {e}\n--- training ---\nloss: {t} acc: {a}\n--- validation ---\nloss: "
            "{v} acc: {b}"
        ),
    ),
    Style(
        "evaluating", _one("Epoch {e} train loss: {t} acc: {a}\nEvaluating...\nloss: {v} acc: {b}")
    ),
    Style(
        "validate", _one("Train: Epoch {e} Loss {t} Acc {a}\nValidate: Epoch {e} Loss {v} Acc {b}")
    ),
    Style(
        "tags",
        _one("[TRAIN] epoch={e}, loss: {t}, acc: {a}\n[EVAL] epoch={e}, loss: {v}, acc: {b}"),
    ),
    Style(
        "split in parentheses",
        _one(
            "Epoch(train) [{e}][40/40] loss: {t} acc: {a}\nEpoch(val) [{e}][10/10] "
            "loss: {v} acc: {b}"
        ),
    ),
    Style("batches", _batches),
    Style("bar", _bars),
    Style("keras", _keras),
    Style(
        "keras one line",
        _one("Epoch {e}/{n}\n19/19 - 2s - loss: {t} - acc: {a} - val_loss: {v} - val_acc: {b}"),
    ),
    Style("steps", _one("step {s}: train loss {t}, val loss {v}"), LOSSES, epochs=False),
    Style(
        "nanogpt",
        _one(
            "iter {s}: loss {t}1, time 30.12ms, mfu 4.51%\nstep {s}: train loss {t}, val loss {v}"
        ),
        LOSSES,
        epochs=False,
    ),
    Style("thousands", _one("iter: {s:,} train_loss: {t} val_loss: {v}"), LOSSES, epochs=False),
    Style(
        "validation at iteration",
        _one(
            " iteration {s:8d}/ 10000 | elapsed time per iteration (ms): 31.4 | "
            "learning rate: 1.0E-4 | global batch size:    16 | lm loss: {t} | loss "
            "scale: 65536.0 | number of skipped iterations:   0 |\n validation loss at "
            "iteration {s} | lm loss value: {v} | lm loss PPL: 5.1E+01 |"
        ),
        LOSSES,
        epochs=False,
    ),
    Style(
        "no counter",
        _one("train_loss: {t} - train_acc: {a} - val_loss: {v} - val_acc: {b}"),
        epochs=False,
    ),
    Style(
        "table of spaces",
        _one("{e:<10}{t:<20}{v:<20}{a:<20}{b:<20}"),
        header=("epoch     train_loss          valid_loss          train_acc           valid_acc",),
    ),
    Style(
        "fastai",
        _one("{z:<10}{t:<20}{v:<20}{b:<12}00:05"),
        (*LOSSES, "val/accuracy"),
        ("epoch     train_loss          valid_loss          accuracy    time",),
    ),
    Style(
        "pipe table",
        _one("| {e} | {t} | {v} | {a} | {b} |"),
        header=("| Epoch | Train Loss | Val Loss | Train Acc | Val Acc |", "|---|---|---|---|---|"),
    ),
    Style(
        "ruled table",
        _one("| {e} | {t} | {v} |\n+---+---+---+"),
        LOSSES,
        ("+---+---+---+", "| Epoch | Train Loss | Val Loss |", "+---+---+---+"),
    ),
    Style(
        "boxes",
        _one(
            "-----------------\n| epoch      | {e} |\n| train/loss | {t} |\n| val/loss  "
            " | {v} |\n-----------------"
        ),
        LOSSES,
    ),
    Style(
        "test set",
        _one(
            "Train Epoch: {e} Average loss: {t}, Accuracy: {A}%\nTest set: Average "
            "loss: {v}, Accuracy: {B}%"
        ),
        ("train/loss", "test/loss", "train/accuracy", "test/accuracy"),
    ),
    Style(
        "time cost",
        _one(
            "Epoch {e}, train loss {t}, val loss {v}, time cost: 2.19s, batch_cost: "
            "0.31, eta 0:12:01"
        ),
        LOSSES,
    ),
    Style(
        "best so far",
        _one("Epoch {e}: train loss {t}, val loss {v} (best 0.01), val acc {b} Best 0.99"),
        (*LOSSES, "val/accuracy"),
    ),
    Style(
        "over batches",
        _one(
            "Epoch {e} Mean train loss of 63 batches: {t}\nEpoch {e} Mean val loss of "
            "12 batches: {v}"
        ),
        LOSSES,
    ),
    Style(
        "running mean",
        _one("Epoch: [{e}] loss {t}\nVal: [{e}] loss {v} acc {b}"),
        (*LOSSES, "val/accuracy"),
    ),
    Style("chinese", _one("第{e}轮 训练损失: {t} 验证损失: {v} 训练准确率: {A}% 验证准确率: {B}%")),
    Style(
        "chinese heading",
        _one("轮次 {e}/{n}\n训练集 损失: {t} 准确率: {a}\n验证集 损失: {v} 准确率: {b}"),
    ),
    Style(
        "spanish",
        _one(
            "Época {e}/{n} - pérdida entrenamiento: {t} - pérdida validación: {v} - "
            "exactitud de validación: {b}"
        ),
        (*LOSSES, "val/accuracy"),
    ),
    Style(
        "german",
        _one(
            "Epoche {e}: Trainingsverlust {t}, Validierungsverlust {v}, Validierungsgenauigkeit {b}"
        ),
        (*LOSSES, "val/accuracy"),
    ),
    Style(
        "french",
        _one("Époque {e}/{n}, perte d'entraînement : {t}, perte de validation : {v}"),
        LOSSES,
    ),
    Style(
        "portuguese",
        _one(
            "Época {e}: perda de treino = {t} | perda de validação = {v} | acurácia de "
            "validação = {b}"
        ),
        (*LOSSES, "val/accuracy"),
    ),
    Style(
        "russian",
        _one("Эпоха {e}/{n}: потери обучения: {t}, потери валидации: {v}, точность валидации: {b}"),
        (*LOSSES, "val/accuracy"),
    ),
    Style(
        "korean",
        _one("에폭 {e}/{n} 훈련 손실: {t} 검증 손실: {v} 검증 정확도: {b}"),
        (*LOSSES, "val/accuracy"),
    ),
    Style(
        "japanese",
        _one("エポック {e}/{n} 訓練損失: {t} 検証損失: {v} 検証精度: {b}"),
        (*LOSSES, "val/accuracy"),
    ),
    Style("v_loss", _one("epoch {e} loss: {t} v_loss: {v} acc: {a} v_acc: {b}")),
)

CONFIGURATION = """\
Namespace(epochs=500, lr=0.1, loss_weight=1.0, alpha=0.25)
TEST:
  EVAL_PERIOD: 0
  LOSS_ALPHA: 0.5
"quantize_training": {
epochs: 500
batch_size: 16
loss_ota=1
"""
CLOSING = """\
Training finished in 0h 12m 3s
Best val F1 0.4312
Loaded checkpoint (val F1: 0.4260)
Top-1 test accuracy: 68.0
"""


def written(style: Style, history: History) -> list[str]:
    """Return the lines of a history in a style."""
    lines = [*style.header]
    for number, epoch in enumerate(history, 1):
        lines += style.lines(number, len(history), epoch)
    return lines


def _plain(lines: list[str]) -> Iterator[str]:
    yield from lines


def _stamped(lines: list[str]) -> Iterator[str]:
    for place, line in enumerate(lines):
        yield f"2024-05-01 12:{place // 60 % 60:02d}:{place % 60:02d},123 INFO {line}"


def _logger(lines: list[str]) -> Iterator[str]:
    for place, line in enumerate(lines):
        yield f"[05/01 12:{place // 60 % 60:02d}:{place % 60:02d}] trainer.engine INFO: {line}"


def _coloured(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield f"\x1b[32m{line}\x1b[0m"


def _ranked(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield f"[rank0]: {line}"
        yield f"[rank1]: {line}"


def _configured(lines: list[str]) -> Iterator[str]:
    yield from CONFIGURATION.splitlines()
    yield from lines


def _closed(lines: list[str]) -> Iterator[str]:
    yield from lines
    yield from CLOSING.splitlines()


DRESSES: dict[str, Callable[[list[str]], Iterator[str]]] = {
    "plain": _plain,
    "stamped": _stamped,
    "logger": _logger,
    "coloured": _coloured,
    "ranked": _ranked,
    "configured": _configured,
    "closed": _closed,
}


def dressed(dress: str, lines: list[str]) -> str:
    """Return lines with what may stand around them."""
    return "\n".join(DRESSES[dress](lines)) + "\n"
