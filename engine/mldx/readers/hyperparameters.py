"""From a mapping of hyper-parameters, however it is nested, to setup facts.

A key counts where its meaning is clear. One that stands several times with different values counts
where it stands at the top, or where its parents say which one trained this model: `NUM_CLASSES` of
three heads is that of the head in use, `batch_size` not that of the validation loader. Otherwise it
is left out: no fact is better than a wrong one.

The batch of an update is what all devices see over all steps of accumulation:

    batch = samples of one device * accumulation * devices
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mldx.errors import InputError
from mldx.readers import names
from mldx.readers.numbers import MISSING, plain

_KEYS = {
    "learning_rate": """
        lr lr0 learning_rate init_lr initial_lr base_lr max_lr peak_lr lr_init learning_rate_init
    """,
    "batch_size": "batch batch_size batchsize bs train_batch_size batch_size_train train_bs",
    "optimizer": "optimizer optim optimizer_name opt optimizer_type optim_name",
    "epochs_planned": """
        epochs max_epochs num_epochs n_epochs num_train_epochs total_epochs max_epoch
        training_epochs num_epoch nb_epoch nb_epochs max_num_epochs
    """,
    "weight_decay": "weight_decay wd",
    "dropout": "dropout dropout_rate drop_rate hidden_dropout_prob dropout_p dropout_prob",
    "n_classes": "n_classes num_classes nclasses num_labels n_class num_class nb_classes",
    "gradient_clipping": """
        gradient_clip_val max_grad_norm grad_clip clip_grad_norm gradient_clipping clip_grad
        gradient_clip grad_clip_norm clip_norm clip_gradients
    """,
    "accumulation": """
        gradient_accumulation_steps accumulate_grad_batches accumulation_steps grad_accum
        grad_accum_steps grad_accumulation_steps accum_iter accumulate accumulation update_freq
    """,
    "devices": """
        num_devices world_size n_gpu _n_gpu n_gpus num_gpus ngpus devices gpus nproc_per_node
    """,
    "precision": "precision mixed_precision amp_dtype",
    "warmup_steps": "warmup_steps num_warmup_steps warmup_iters warmup_updates lr_warmup_steps",
    "schedule": "lr_scheduler_type lr_scheduler scheduler lr_schedule sched lr_scheduler_name",
    "loss_fn": "loss_fn loss_function criterion loss_func loss_name",
    "n_classes_of_labels": "id2label",
}
_FACTS = {key: fact for fact, keys in _KEYS.items() for key in keys.split()}
_RANK = {key: rank for rank, key in enumerate(_FACTS)}

# Batches by what they count.
_DEEPSPEED = "train_micro_batch_size_per_gpu"  # beside it, `train_batch_size` is of an update
_OF_A_DEVICE = (
    "per_device_train_batch_size",
    "per_gpu_train_batch_size",
    _DEEPSPEED,
    "samples_per_gpu",
    "imgs_per_gpu",
    "micro_batch_size",
    "micro_batch",
)
_OF_AN_UPDATE = (
    "total_train_batch_size",
    "total_batch_size",
    "global_batch_size",
    "effective_batch_size",
    "ims_per_batch",
)
_STEPS = ("max_steps", "max_iter", "max_iters", "total_steps", "num_train_steps", "max_updates")

# Parents under which a key is not that of the training of the whole model.
_OTHERS = """
    val valid validation eval evaluation evaluator test testing predict inference val_dataloader
    test_dataloader val_cfg test_cfg teacher ema discriminator generator critic scheduler
    lr_scheduler lr_schedule param_scheduler sched export tuner sweep
"""
_ELSEWHERE = frozenset(_OTHERS.split())
_ANYWHERE = frozenset({"schedule", "warmup_steps"})
# The head that counts the classes, by the architecture that Detectron2 names.
_HEADS = {
    "generalizedrcnn": "roi_heads",
    "cascadercnn": "roi_heads",
    "fasterrcnn": "roi_heads",
    "retinanet": "retinanet",
    "fcos": "fcos",
    "semanticsegmentor": "sem_seg_head",
}
_PRECISION = re.compile(
    r"(?:fp|bf|tf|f|float|bfloat|int)?(?:4|8|16|32|64)(?:-(?:mixed|true))?|amp|half|mixed\w*",
    re.IGNORECASE,
)
_INTEGERS = frozenset({"batch_size", "n_classes", "accumulation", "devices"})
_DEEPEST = 8
_MOST_LEAVES = 20_000


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of a nested mapping.

    parents  the keys above it, in small letters, the nearest last
    """

    key: str
    value: Any
    parents: tuple[str, ...] = ()


def setup_of(content: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the setup facts in a mapping of hyper-parameters."""
    leaves = _resolved(list(_leaves(content)))
    found = _found(leaves)
    facts = {fact: _value(leaf) for fact, leaf in found.items()}
    _settle_optimizer(facts, leaves)
    _settle_clipping(facts, leaves)
    _settle_precision(facts, leaves)
    _settle_batch(facts, leaves)
    labels = facts.pop("n_classes_of_labels", None)
    if labels is not None:
        facts.setdefault("n_classes", labels)
    return {key: value for key, value in facts.items() if _allowed(key, value)}


def is_hyperparameter(name: str) -> bool:
    """Is this the name of something that is set before a training, such as `batch_size`?"""
    return name.strip().lower().replace("-", "_") in _FACTS


def planned_steps(content: Mapping[Any, Any]) -> int | None:
    """Return how many steps the run was meant to last, where the mapping says it."""
    value = _only(list(_leaves(content)), _STEPS)
    return int(value) if value is not None and value > 0 else None


def is_of_one_device(content: Mapping[Any, Any]) -> bool:
    """Is the batch that of one device, and not said how many there are?"""
    keys = {leaf.key for leaf in _leaves(content) if not _is_elsewhere(leaf)}
    counted = not keys.isdisjoint((*_OF_AN_UPDATE, *_KEYS["devices"].split()))
    return not counted and not keys.isdisjoint(_OF_A_DEVICE)


def _leaves(content: Mapping[Any, Any], parents: tuple[str, ...] = ()) -> Iterator[Setting]:
    """Yield the keys of a mapping, those of nested ones by their path too.

    A mapping that says what it is (`optimizer: {type: SGD, lr: 0.1}`) is a leaf by its name as
    well, and `{value: 0.1, desc: ...}` of Weights & Biases is its value.
    """
    for key, given in content.items():
        name, above = _name(str(key), parents)
        value = _unwrapped(given)
        if not isinstance(value, Mapping):
            yield Setting(name, value, above)
        elif name == "id2label":
            yield from _labels(value, content, above)
        else:
            yield from _called(name, value, above)
            yield from _leaves(value, (*above, name)) if len(above) < _DEEPEST else ()


def _labels(
    labels: Mapping[Any, Any], model: Mapping[Any, Any], above: tuple[str, ...]
) -> Iterator[Setting]:
    """Yield how many labels a model of Hugging Face has; two of no name are what every model has,
    one that classifies nothing too.
    """
    unnamed = all(re.fullmatch(r"LABEL_\d+", str(label)) for label in labels.values())
    if not unnamed or "Classification" in str(model.get("architectures")):
        yield Setting("id2label", len(labels), above)


def _unwrapped(value: Any) -> Any:
    wrapped = isinstance(value, Mapping) and "value" in value and set(value) <= {"value", "desc"}
    return value["value"] if wrapped else value


def _name(key: str, parents: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return a key without the path that MLflow and Lightning write into it: `optimizer/lr`."""
    parts = [part for part in re.split(r"[/.]", key.lower().replace("-", "_")) if part]
    return (parts[-1], (*parents, *parts[:-1])) if parts else ("", parents)


def _resolved(leaves: list[Setting]) -> list[Setting]:
    """Return the settings with references of OmegaConf looked up: `${optim.lr}`. What refers to
    nothing here, and what is none, is left out.
    """
    values = {".".join((*leaf.parents, leaf.key)): leaf.value for leaf in leaves}
    found = []
    for leaf in leaves:
        refers = (
            re.fullmatch(r"\$\{([\w.]+)\}", leaf.value) if isinstance(leaf.value, str) else None
        )
        value = values.get(refers[1].lower()) if refers else leaf.value
        if not isinstance(value, str) or ("${" not in value and value not in MISSING):
            found.append(replace(leaf, value=value))
    return found


def _called(name: str, group: Mapping[Any, Any], above: tuple[str, ...]) -> Iterator[Setting]:
    """Yield a group under its own name, where it says what it is; the momentum of SGD is of it."""
    what = next((group[one] for one in ("_target_", "type", "name") if one in group), None)
    if isinstance(what, str):
        yield Setting(name, _with_momentum(what, group.get("momentum")), above)


def _with_momentum(name: str, momentum: object) -> str:
    value = plain(momentum)
    return f"{name}(momentum={value:g})" if value and "(" not in name else name


def _found(leaves: list[Setting]) -> dict[str, Setting]:
    """Return for each fact the leaf that says it."""
    by_fact: dict[str, list[Setting]] = {}
    for leaf in leaves[:_MOST_LEAVES]:
        fact = _FACTS.get(leaf.key)
        if fact and leaf.value is not None and (fact in _ANYWHERE or not _is_elsewhere(leaf)):
            by_fact.setdefault(fact, []).append(leaf)
    chosen = {fact: _chosen(fact, found, leaves) for fact, found in by_fact.items()}
    return {fact: leaf for fact, leaf in chosen.items() if leaf is not None}


def _is_elsewhere(leaf: Setting) -> bool:
    return not _ELSEWHERE.isdisjoint(leaf.parents)


def _chosen(fact: str, found: list[Setting], leaves: list[Setting]) -> Setting | None:
    """Return the leaf nearest to the top; of nested ones with several values, none, unless a parent
    decides.
    """
    if fact == "n_classes":
        found = _of_the_head(found, leaves)
    nearest = min(found, key=lambda leaf: (len(leaf.parents), _RANK[leaf.key]))
    if not nearest.parents:
        return nearest
    same_key = [leaf for leaf in found if leaf.key == nearest.key]
    trained = list(filter(_is_of_training, same_key)) or same_key
    return trained[0] if len({str(leaf.value) for leaf in trained}) == 1 else None


def _is_of_training(leaf: Setting) -> bool:
    words = {word for parent in leaf.parents for word in parent.split("_")}
    return any(names.SPLITS.get(word) == "train" for word in words)


def _of_the_head(found: list[Setting], leaves: list[Setting]) -> list[Setting]:
    architecture = next((leaf.value for leaf in leaves if leaf.key == "meta_architecture"), None)
    head = _HEADS.get(str(architecture).lower())
    of_head = [leaf for leaf in found if head in leaf.parents]
    return of_head or found


def _value(leaf: Setting) -> object:
    value = leaf.value
    if not isinstance(value, str):
        return value
    number = plain(value)
    if number is None:
        return _without_module(value)
    return int(number) if re.fullmatch(r"[-+]?\d+", value.strip()) else number


def _without_module(text: str) -> str:
    """`torch.optim.Adam(lr=0.001)` is `Adam(lr=0.001)`, and `<class 'torch.optim.Adam'>` `Adam`;
    so is an optimizer that was printed with its groups.
    """
    printed = re.match(r"(\w+) \(\s*Parameter Group 0\s", text)
    if printed:
        momentum = re.search(r"^ *momentum: ([\d.]+)$", text, re.MULTILINE)
        return _with_momentum(printed[1], momentum[1] if momentum else None)
    text = re.sub(r"^<class '([^']*)'>$", r"\1", text.strip())
    name, bracket, rest = text.partition("(")
    return name.rpartition(".")[2] + bracket + rest


def _settle_optimizer(facts: dict[str, Any], leaves: list[Setting]) -> None:
    """With `optimizer: auto` Ultralytics ignores the rate; `momentum` beside `sgd` is its own."""
    optimizer = facts.get("optimizer")
    if optimizer == "auto":
        facts.pop("optimizer")
        facts.pop("learning_rate", None)
    if isinstance(optimizer, str) and optimizer.lower() == "sgd":
        momentum = _only([leaf for leaf in leaves if not _is_elsewhere(leaf)], ("momentum",))
        facts["optimizer"] = _with_momentum(optimizer, momentum)
    if optimizer is not None and not isinstance(optimizer, str):
        facts.pop("optimizer")


def _settle_clipping(facts: dict[str, Any], leaves: list[Setting]) -> None:
    """Detectron2 says how in a group of its own, OpenMMLab by a mapping of the norm."""
    norm = (_group(leaves, "clip_grad") | _group(leaves, "grad_clip")).get("max_norm")
    if plain(norm) is not None:
        facts["gradient_clipping"] = plain(norm)
    group = _group(leaves, "clip_gradients")
    if group.get("enabled") is True:
        by_norm = group.get("clip_type") == "norm"
        facts["gradient_clipping"] = plain(group.get("clip_value")) if by_norm else True
    elif group.get("enabled") is False:
        facts["gradient_clipping"] = False


def _group(leaves: list[Setting], parent: str) -> dict[str, Any]:
    return {leaf.key: leaf.value for leaf in leaves if leaf.parents[-1:] == (parent,)}


def _settle_precision(facts: dict[str, Any], leaves: list[Setting]) -> None:
    """`bf16: true` and `fp16: true` say what `precision` would."""
    written = str(facts.pop("precision", ""))
    if _PRECISION.fullmatch(written):
        facts["precision"] = written
        return
    for flag in ("bf16", "fp16"):
        if any(_is_on(leaf, flag) for leaf in leaves):
            facts["precision"] = flag
            return


def _is_on(leaf: Setting, flag: str) -> bool:
    group = leaf.key == "enabled" and leaf.parents[-1:] == (flag,)
    return (leaf.key == flag or group) and leaf.value in (True, "True", "true")


def _settle_batch(facts: dict[str, Any], leaves: list[Setting]) -> None:
    """Bring the batch to the samples that one update sees, and counts to whole numbers."""
    batch = _batch(facts, [leaf for leaf in leaves if not _is_elsewhere(leaf)])
    if batch is not None:
        facts["batch_size"] = batch
    for key in _INTEGERS & facts.keys():
        number = None if isinstance(facts[key], bool) else plain(facts[key])
        if number is not None and number.is_integer():
            facts[key] = int(number)


def _batch(facts: Mapping[str, Any], leaves: list[Setting]) -> float | None:
    keys = {leaf.key for leaf in leaves}
    whole = _only(leaves, _OF_AN_UPDATE)
    if whole is None and _DEEPSPEED in keys:
        whole = _only(leaves, ("train_batch_size",))
    if whole is not None:
        return whole
    of_device = _only(leaves, _OF_A_DEVICE)
    written = plain(facts.get("batch_size")) if of_device is None else of_device
    if written is None:
        return None
    by_device = of_device is not None or _is_of_a_trainer(keys)
    devices = _count(facts, "devices") if by_device else 1
    return written * _count(facts, "accumulation") * devices


def _is_of_a_trainer(keys: set[str]) -> bool:
    """Does the Hugging Face Trainer speak? Its `train_batch_size` is that of one device."""
    return "train_batch_size" in keys and bool(keys & {"num_devices", "lr_scheduler_type"})


def _count(facts: Mapping[str, Any], key: str) -> int:
    """Return a count, 1 where none is given."""
    value = None if isinstance(facts.get(key), bool) else plain(facts.get(key))
    return int(value) if value and value >= 1 and value.is_integer() else 1


def _only(leaves: list[Setting], keys: tuple[str, ...]) -> float | None:
    """Return the number of the first of these keys that has one value."""
    for key in keys:
        values = {plain(leaf.value) for leaf in leaves if leaf.key == key} - {None}
        if len(values) == 1:
            return values.pop()
    return None


def _allowed(key: str, value: object) -> bool:
    from mldx.symptoms import Symptoms

    if value is None or (key == "epochs_planned" and value == -1):
        return False
    try:
        Symptoms.of(**{key: value})
    except InputError:
        return False
    return True
