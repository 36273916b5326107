"""The words of logs in other languages, by the English word that the name table knows.

    训练损失  검증 손실  pérdida de validación      train loss  val loss  loss val

Chinese, Japanese and Korean write words without spaces between them, so theirs are found within a
text; those of other languages are whole words, or one of a split and one of a metric written
together (`Trainingsverlust`, `perte_val`, `valloss`). What joins two of them (`de`, `的`) goes with
them.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WITHIN = {
    "lr": "学习率, 學習率, 学習率, 학습률, 학습율",
    "train": "训练集, 训练, 訓練集, 訓練, 学習, 훈련, 학습, 트레이닝, トレーニング",
    "val": "验证集, 验证, 驗證集, 驗證, 検証, 評価, 评估, 검증, 평가, バリデーション",
    "test": "测试集, 测试, 測試集, 測試, 테스트, テスト",
    "loss": "损失函数, 损失值, 损失, 損失関数, 損失値, 損失, 손실값, 손실",
    "accuracy": "准确率, 准确度, 正确率, 精确度, 精度, 準確率, 正確率, 正解率, 正確度, 정확도",
    "recall": "召回率, 再現率, 재현율",
    "precision": "精确率, 精確率, 適合率, 정밀도",
    "error": "误差, 誤差, 오차",
    "epoch": "轮次, 轮数, 轮, 輪, 回合, 周期, 에포크, 에폭, エポック",
    "batch": "批次, 배치, バッチ",
    "step": "步数, 步, 스텝, ステップ",
    "iteration": "迭代次数, 迭代, 반복, 反復",
    "mean": "平均, 평균",
    "total": "总, 總, 전체",
    "best": "最佳, 最好, 最优, 最低, 最高, 最良, 最小, 최고, 최저, 최소, 최적",
    "time": "耗时, 用时, 时间, 時間, 시간",
    "remaining": "剩余, 残り, 남은",
    "": "第, 的, の, 값",
}
_WHOLE = {
    "lr": "tasa de aprendizaje, taxa de aprendizado, taxa de aprendizagem,"
    " taux d'apprentissage, lernrate, скорость обучения",
    "train": "entrenamiento, entreno, entraînement, entrainement, apprentissage, treino,"
    " treinamento, trainings, обучения, обучение, обучающая, обучающей, тренировка, тренировочная",
    "val": "validación, validacion, validação, validacao, validierung, validierungs,"
    " валидация, валидации, валидационная, валидационной",
    "test": "prueba, teste, тест, теста, тестовая, тестовой, тестирование",
    "loss": "функция потерь, pérdida, perdida, pérdidas, perdidas, perte, pertes, perda, verlust,"
    " потери, потеря, лосс",
    "train loss": "trainingsfehler",
    "val loss": "validierungsfehler",
    "test loss": "testfehler",
    "accuracy": "exactitud, exactitude, acurácia, acuracia, genauigkeit, точность, точности",
    "precision": "precisión, précision, precisão, precisao, präzision",
    "error": "erreur, erro, fehler, ошибка",
    "epoch": "época, epoca, épocas, époque, epoque, epoche, эпоха, эпохи",
    "step": "paso, passo, étape, etape, schritt, шаг",
    "iteration": "iteración, iteracion, itération, iteração, iteracao, итерация",
    "mean": "promedio, moyenne, durchschnittlicher, mittlerer, средняя, среднее",
    "best": "mejor, meilleur, meilleure, melhor, bester, лучшая, лучший, лучшее",
    "time": "tiempo, temps, tempo, zeit, время",
}


def _english_of(table: dict[str, str]) -> dict[str, str]:
    """Each foreign word with its English one, the longer words first."""
    pairs = {word.strip(): told for told, words in table.items() for word in words.split(",")}
    return dict(sorted(pairs.items(), key=lambda pair: -len(pair[0])))


_INNER, _OUTER = _english_of(_WITHIN), _english_of(_WHOLE)
_INNER_WORD = re.compile("|".join(map(re.escape, _INNER)))
_OUTER_WORD = re.compile(
    rf"(?<![^\W_])(?:{'|'.join(map(re.escape, _OUTER))})(?![^\W_])", re.IGNORECASE
)
_SPLITS = {"train": "train", "training": "train", "val": "val", "valid": "val",
           "validation": "val", "test": "test"}  # fmt: skip
_METRICS = {"loss": "loss", "acc": "accuracy", "accuracy": "accuracy"}


def _together(*tables: dict[str, str]) -> dict[str, str]:
    """The words of a split and of a metric written together, with what they say in English."""
    splits, metrics = (
        {**table, **{word: told for word, told in _OUTER.items() if told in table.values()}}
        for table in tables
    )
    return {
        word: f"{split} {metric}"
        for one, split in splits.items()
        for other, metric in metrics.items()
        for word in (one + other, f"{one}s{other}", other + one)
        if word not in _OUTER
    }


_GLUED = _together(_SPLITS, _METRICS)
_WORD = re.compile(r"[^\W\d_]{6,}")
_JOINT = re.compile(r"[\s_](?:de|del|la|en|do|da|du|des|der|на)[\s_]+(?=\w)|[\s_]d['’](?=\w)")


@lru_cache(maxsize=16384)
def english(text: str) -> str:
    """Return a text with its foreign words for metrics, splits and counters in English."""
    if not text.isascii():
        text = _INNER_WORD.sub(lambda found: f" {_INNER[found[0]]} ", text)
        text = re.sub(r"(?<=\w) ([-_/]) (?=\w)", r"\1", text)  # `训练-损失` is one name
    text = _WORD.sub(_apart, text)
    outer = _OUTER_WORD.sub(lambda found: _OUTER[found[0].lower()], text)
    return text if outer == text else _JOINT.sub(" ", outer)


def _apart(found: re.Match[str]) -> str:
    """Two words written together, apart; `trainLoss` is taken apart by its capital."""
    word = found[0]
    return _GLUED.get(word.lower(), word) if word[1:].islower() or word.isupper() else word
