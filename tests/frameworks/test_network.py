"""What a torch model shows: planted faults are seen, and it is left as it was, bit by bit."""

from __future__ import annotations

import random

import numpy as np
import pytest

from mldx import observe
from mldx.errors import ObservationError

torch = pytest.importorskip("torch")
nn = torch.nn
F = torch.nn.functional

pytestmark = pytest.mark.framework


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.second = nn.Conv2d(8, 8, 3, padding=1)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = F.relu(self.norm(self.first(x)))
        return self.head((x + F.relu(self.second(x))).mean(dim=(2, 3)))


class Decoder(nn.Module):
    """A small transformer that predicts the next token; `causal` is the mask."""

    def __init__(self, causal: bool = True) -> None:
        super().__init__()
        self.causal = causal
        self.embedding = nn.Embedding(20, 16)
        layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(16, 20)

    def forward(self, tokens):
        size = tokens.shape[1]
        mask = nn.Transformer.generate_square_subsequent_mask(size) if self.causal else None
        return self.head(self.layers(self.embedding(tokens), mask=mask))


class Patches(nn.Module):
    """A vision transformer of one layer."""

    def __init__(self) -> None:
        super().__init__()
        self.cut = nn.Conv2d(3, 16, 4, stride=4)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        self.head = nn.Linear(16, 5)

    def forward(self, x):
        return self.head(self.layer(self.cut(x).flatten(2).transpose(1, 2)).mean(dim=1))


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(6, 12, num_layers=2, batch_first=True, dropout=0.2)
        self.head = nn.Linear(12, 3)

    def forward(self, x):
        return self.head(self.gru(x)[0][:, -1])


class Shape(nn.Module):
    """A U of two levels with a skip."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU())
        self.up = nn.ConvTranspose2d(8, 4, 2, 2)
        self.head = nn.Conv2d(7, 2, 1)

    def forward(self, x):
        return self.head(torch.cat([x, self.up(self.down(x))], dim=1))


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(6, 6)
        self.second = nn.Linear(6, 6)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.second(torch.tanh(self.first(x)))


class LowRank(nn.Module):
    """A linear layer with an adapter, under the names that PEFT gives its parts."""

    def __init__(self, base) -> None:
        super().__init__()
        self.base_layer = base.requires_grad_(requires_grad=False)
        self.lora_A = nn.ModuleDict({"default": nn.Linear(base.in_features, 2, bias=False)})
        self.lora_B = nn.ModuleDict({"default": nn.Linear(2, base.out_features, bias=False)})
        nn.init.zeros_(self.lora_B["default"].weight)

    def forward(self, x):
        return self.base_layer(x) + self.lora_B["default"](self.lora_A["default"](x))


class Adapted(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.q_proj = LowRank(nn.Linear(6, 6))
        self.mlp = nn.Linear(6, 6).requires_grad_(requires_grad=False)
        self.head = nn.Linear(6, 3).requires_grad_(requires_grad=False)

    def forward(self, x):
        return self.head(F.relu(self.mlp(self.q_proj(x))))


def pictures():
    return torch.randn(16, 3, 8, 8), torch.randint(0, 5, (16,))


def rows(classes: int = 3):
    return torch.randn(32, 6), torch.randint(0, classes, (32,))


def mlp(*middle, classes: int = 3):
    return nn.Sequential(nn.Linear(6, 24), *middle, nn.Linear(24, classes))


def sequences():
    tokens = torch.randint(0, 20, (8, 10))
    return tokens, tokens.roll(-1, dims=1)


def by_token(output, target):
    return F.cross_entropy(output.flatten(0, 1), target.flatten())


def two_losses(output, target):
    return F.binary_cross_entropy_with_logits(output, target)


ARCHITECTURES = {
    "cnn": lambda: (
        nn.Sequential(
            nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout2d(0.3), nn.Flatten(),
            nn.Linear(8 * 36, 5),
        ),
        nn.CrossEntropyLoss(),
        pictures(),
    ),
    "resnet": lambda: (Residual(), nn.CrossEntropyLoss(), pictures()),
    "vit": lambda: (Patches(), nn.CrossEntropyLoss(), pictures()),
    "gru": lambda: (
        Recurrent(), nn.CrossEntropyLoss(), (torch.randn(16, 7, 6), torch.randint(0, 3, (16,))),
    ),
    "decoder": lambda: (Decoder(), by_token, sequences()),
    "unet": lambda: (
        Shape(), nn.CrossEntropyLoss(),
        (torch.randn(8, 3, 8, 8), torch.randint(0, 2, (8, 8, 8))),
    ),
    "autoencoder": lambda: (
        nn.Sequential(nn.Linear(6, 3), nn.ReLU(), nn.Linear(3, 6)), nn.MSELoss(),
        (rows()[0],) * 2,
    ),
    "lora": lambda: (Adapted(), nn.CrossEntropyLoss(), rows()),
    "discriminator": lambda: (
        nn.Sequential(nn.Linear(6, 16), nn.LeakyReLU(), nn.Dropout(0.3), nn.Linear(16, 1)),
        two_losses, (rows()[0], torch.ones(32, 1)),
    ),
    "tied": lambda: (Tied(), nn.MSELoss(), (rows()[0],) * 2),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def state(net) -> dict:
    """Everything a look could change, as bytes and plain values."""

    def content(one):
        return None if one is None else one.detach().cpu().contiguous().numpy().tobytes()

    return {
        "parameters": {name: content(one) for name, one in net.named_parameters()},
        "gradients": {
            name: (id(one.grad), content(one.grad)) for name, one in net.named_parameters()
        },
        "required": {name: one.requires_grad for name, one in net.named_parameters()},
        "buffers": {name: content(one) for name, one in net.named_buffers()},
        "modes": {name: one.training for name, one in net.named_modules()},
        "hooks": {name: len(one._forward_hooks) for name, one in net.named_modules()},
        "random": (
            random.getstate(),
            np.random.get_state()[1].tobytes(),
            content(torch.get_rng_state()),
        ),
    }


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_model_is_left_as_it_was(name):
    """Parameters, gradients, buffers, modes, hooks and random states are the same afterwards."""
    net, loss_fn, batch = ARCHITECTURES[name]()
    optimizer = torch.optim.AdamW([one for one in net.parameters() if one.requires_grad], lr=1e-3)
    loss_fn(net(batch[0]), batch[1]).backward()
    next(net.children()).eval()
    before, inner = state(net), str(optimizer.state_dict())

    found = observe.model(net, optimizer, loss_fn, batch)

    assert state(net) == before
    assert str(optimizer.state_dict()) == inner
    assert found.observed["params_without_grad"] < (0.99 if name == "lora" else 0.2)
    assert found.observed["gradient_kept_ratio"] == pytest.approx(1, abs=0.5)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_model_is_left_as_it_was_when_the_batch_raises(name):
    """A batch that the model cannot take is told in words, and leaves nothing behind."""
    net, loss_fn, (inputs, target) = ARCHITECTURES[name]()
    loss_fn(net(inputs), target).backward()
    before = state(net)

    with pytest.raises(ObservationError, match="cannot be run on this batch"):
        observe.model(net, None, loss_fn, (inputs[:, :1, ...].double(), target))
    assert state(net) == before


SOUND = {
    "params_without_grad": 0.05, "dead_relu_fraction": 0.3, "saturated_fraction": 0.3,
}  # fmt: skip


@pytest.mark.parametrize("name", ["cnn", "resnet", "vit", "gru", "decoder", "unet"])
def test_a_sound_model_gives_no_alarm(name):
    """A model as it is built shows no dead units, no cut gradient, no mixing of samples."""
    net, loss_fn, batch = ARCHITECTURES[name]()
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)

    found = observe.model(net, optimizer, loss_fn, batch).observed
    for id, most in SOUND.items():
        assert found.get(id, 0) <= most, id
    assert found["trainable_fraction"] == 1
    assert found["samples_depend"] is False
    assert found.get("future_visible", False) is False
    assert found.get("output_is_linear", False) is False
    assert found["train_eval_mode_gap"] < 1.5


def seen(net, loss_fn=None, batch=None, optimizer=None, **how):
    optimizer = optimizer or torch.optim.AdamW(net.parameters(), lr=1e-3)
    return observe.model(net, optimizer, loss_fn or nn.CrossEntropyLoss(), batch or rows(), **how)


def test_facts_of_the_objects():
    """Optimizer, rate, decay, loss, dropout and BatchNorm are read from the objects."""
    net = mlp(nn.BatchNorm1d(24), nn.ReLU(), nn.Dropout(0.4))
    optimizer = torch.optim.AdamW(net.parameters(), lr=3e-4, weight_decay=0.05)

    facts = observe.model(net, optimizer, nn.CrossEntropyLoss(), rows()).facts
    assert facts["optimizer"] == "adamw"
    assert facts["learning_rate"] == pytest.approx(3e-4)
    assert facts["weight_decay"] == pytest.approx(0.05)
    assert facts["loss_fn"] == "cross_entropy"
    assert facts["dropout"] == pytest.approx(0.4)
    assert facts["batchnorm"] is True
    assert facts["output_units"] == 3
    assert facts["batch_size"] == 32


def test_a_softmax_before_a_loss_that_has_one():
    """Outputs that are probabilities are told beside a loss of logits, and make a wrong pair."""
    symptoms = seen(mlp(nn.ReLU(), nn.Linear(24, 24)).append(nn.Softmax(dim=1)))

    assert symptoms.facts["output_activation"] == "softmax"


def test_parameters_that_the_optimizer_does_not_hold():
    """An optimizer of the head alone moves a small share."""
    net = mlp(nn.ReLU())
    head = torch.optim.SGD(net[-1].parameters(), lr=0.1)

    assert seen(net, optimizer=head).observed["trainable_fraction"] < 0.5


def test_a_cut_graph():
    """Layers before a detach have no gradient."""

    class Cut(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.head = nn.Linear(6, 24), nn.Linear(24, 3)

        def forward(self, x):
            return self.head(F.relu(self.body(x)).detach())

    symptoms = seen(Cut())
    assert symptoms.observed["params_without_grad"] > 0.5
    assert "`body.weight`" in symptoms.provenances["params_without_grad"].figure


def test_gradients_that_pile_up():
    """Without zero_grad the gradient before the step is that of many batches."""
    net, loss_fn, batch = mlp(nn.ReLU()), nn.CrossEntropyLoss(), rows()
    for _ in range(6):
        loss_fn(net(batch[0]), batch[1]).backward()

    assert seen(net, loss_fn, batch).observed["gradient_kept_ratio"] == pytest.approx(6, rel=0.01)
    accumulated = seen(net, loss_fn, batch, accumulation=6)
    assert accumulated.observed["gradient_kept_ratio"] == pytest.approx(1, rel=0.01)


def test_dead_units():
    """ReLU units with a large negative bias are off for every sample."""
    net = mlp(nn.ReLU())
    nn.init.constant_(net[0].bias, -50.0)

    assert seen(net).observed["dead_relu_fraction"] == 1


def test_saturated_units():
    """Large weights drive hidden tanh units to their limits."""
    net = mlp(nn.Tanh())
    with torch.no_grad():
        net[0].weight *= 100

    assert seen(net).observed["saturated_fraction"] > 0.8


def test_a_large_initialization():
    """The first loss of weights that are far too large is many times that of guessing."""
    net = mlp(nn.ReLU())
    with torch.no_grad():
        net[-1].weight *= 200

    assert seen(net).observed["init_loss_ratio"] > 5
    assert seen(mlp(nn.ReLU())).observed["init_loss_ratio"] == pytest.approx(1, abs=0.3)


def test_a_first_loss_is_that_of_a_model_without_a_step():
    """A trained model has no first loss."""
    net, batch = mlp(nn.ReLU()), rows()
    optimizer = torch.optim.AdamW(net.parameters())
    nn.CrossEntropyLoss()(net(batch[0]), batch[1]).backward()
    optimizer.step()

    assert "init_loss_ratio" not in seen(net, batch=batch, optimizer=optimizer).observed


def test_no_activation_between_layers():
    """Layers without an activation are one linear map."""
    assert seen(mlp(nn.Linear(24, 24))).observed["output_is_linear"] is True


def test_a_visible_future():
    """Without the causal mask a later token changes earlier outputs."""
    found = seen(Decoder(causal=False), by_token, sequences())

    assert found.observed["future_visible"] is True


def test_samples_that_are_mixed():
    """A layer that reads the batch as time mixes the samples."""

    class Mixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gru, self.head = nn.GRU(6, 8), nn.Linear(8, 3)

        def forward(self, x):
            return self.head(self.gru(x.unsqueeze(1))[0].squeeze(1))

    assert seen(Mixed()).observed["samples_depend"] is True


def test_a_column_against_a_row():
    """An output (B, 1) beside a target (B,) is compared each with each."""
    net, (x, _) = mlp(nn.ReLU(), classes=1), rows()

    assert seen(net, nn.MSELoss(), (x, torch.randn(32))).observed["shapes_broadcast"] is True
    assert seen(net, nn.MSELoss(), (x, torch.randn(32, 1))).observed["shapes_broadcast"] is False


def test_updates_lost_to_rounding():
    """A small rate leaves most weights of 16 bits where they are."""
    net = mlp(nn.ReLU()).to(torch.bfloat16)
    x, y = rows()
    slow = torch.optim.AdamW(net.parameters(), lr=1e-6)

    found = seen(net, batch=(x.to(torch.bfloat16), y), optimizer=slow).observed
    assert found["weights_in_bf16"] is True
    assert found["numbers_unchanged"] > 0.9


@pytest.mark.parametrize("rate,low,high", [(1e-8, -9, -5), (1e-3, -4, -1.5), (10.0, 0, 3)])
def test_the_size_of_an_update(rate, low, high):
    """A step is measured beside the weights it moves, for Adam before its first step."""
    net = mlp(nn.ReLU())
    ratio = seen(net, optimizer=torch.optim.Adam(net.parameters(), lr=rate)).observed[
        "update_ratio"
    ]

    assert low < ratio < high


def test_an_update_is_what_the_optimizer_does():
    """The step that is foretold is the step that Adam then takes."""
    net, loss_fn, batch = nn.Linear(6, 3, bias=False), nn.CrossEntropyLoss(), rows()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        loss_fn(net(batch[0]), batch[1]).backward()
        ratio = seen(net, loss_fn, batch, optimizer).observed["update_ratio"]
        before = net.weight.detach().clone()
        optimizer.step()
        real = float((net.weight.detach() - before).norm() / before.norm())
        assert ratio == pytest.approx(np.log10(real), abs=1e-3)


def test_statistics_of_another_batch():
    """BatchNorm whose running statistics are far off shows in eval mode."""
    net = mlp(nn.BatchNorm1d(24), nn.ReLU())
    net[1].running_mean -= 30

    assert seen(net).observed["train_eval_mode_gap"] > 1.5


def test_an_adapter_at_the_attention():
    """Where adapters sit is read from the modules."""
    found = seen(Adapted(), optimizer=torch.optim.AdamW(Adapted().parameters()))

    assert found.observed["adapter_targets"] == "attention"
    assert found.facts["tuning"] == "adapter"


def test_what_is_no_model():
    """Something else than a module is refused in words."""
    with pytest.raises(ObservationError, match="no torch module"):
        observe.model("net")
    with pytest.raises(ObservationError, match="batch is int"):
        observe.model(mlp(nn.ReLU()), batch=3)
