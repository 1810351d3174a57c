"""The room *Train* without a browser: samples, frames, tables that are refused, and the code that does the same."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ogive
from ogive.activation import Elementwise
from ogive.lab.arrays import unpack
from ogive.lab.rooms.train import MOST_LAYERS, MOST_POINTS, MOST_ROWS, PROBLEMS, Adjust, Begin, Choices, Frame, Script, Train
from ogive.lab.session import Session
from ogive.lab.training import GRID, MAP, MIDDLE, Layer, Settings, Training, activations, drawn_from

SECONDS = 20
SETTINGS = {"learning_rate": 0.03, "penalty": 0.0, "dropout": 0.0, "batch": 32}


class Reader:
    """A reader who draws each frame at once."""

    def __init__(self) -> None:
        self.said: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.changed = threading.Condition()
        self.session = Session(self, [Train])
        self.number = 0

    def send(self, text: str, arrays: bytes | None) -> None:
        said = json.loads(text)
        with self.changed:
            self.said.append((said, unpack(arrays) if arrays else {}))
            self.changed.notify_all()
        if said["kind"] == Frame.kind:
            self.session.receive(json.dumps({"id": said["id"], "kind": "drawn"}))

    def ask(self, kind: str, **fields: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        self.number += 1
        number = self.number
        self.session.receive(json.dumps({"id": number, "kind": kind, **fields}))
        return self.wait(lambda said: said["id"] == number)

    def begin(self, **changed: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        fields = {
            "data": "xor",
            "noise": 0.0,
            "seed": 0,
            "scale": True,
            "layers": [{"units": 4, "activation": "tanh"}],
            "optimiser": "adam",
            "initialisation": "auto",
            "settings": SETTINGS,
            "pace": 1000,
            "playing": False,
            "language": "en",
        }
        return self.ask(Begin.kind, **{**fields, **changed})

    def control(self, action: str, steps: int = 1) -> None:
        self.session.receive(json.dumps({"id": self.number, "kind": "control", "action": action, "steps": steps}))

    def wait(self, fits: Any, start: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
        def found() -> Any:
            return next((each for each in self.said[start:] if fits(each[0])), None)

        with self.changed:
            assert self.changed.wait_for(found, SECONDS), [said for said, _ in self.said]
            return found()  # type: ignore[no-any-return]

    def frame(self, epoch: int) -> tuple[dict[str, Any], dict[str, Any]]:
        number = self.number
        return self.wait(lambda said: said["id"] == number and said["kind"] == Frame.kind and said["epoch"] >= epoch)


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.session.close()


def training(name: str = "xor", layers: tuple[tuple[int, str], ...] = ((4, "tanh"),), seed: int = 0, **changed: Any) -> Training:
    settings = Settings(**{**SETTINGS, **changed})
    made = [Layer(units=units, activation=activation) for units, activation in layers]
    return Training(drawn_from(name, seed, 0.1), made, "adam", "auto", settings, seed, True)


def test_the_choices_are_those_of_the_catalogue(reader: Reader) -> None:
    menu, arrays = reader.ask(Choices.kind)
    assert [each["name"] for each in menu["problems"]] == list(PROBLEMS)
    assert set(menu["activations"]) == set(activations())
    assert {"step", "tanh", "relu"} <= set(activations())
    assert all(isinstance(ogive.get(name), Elementwise) for name in activations())
    for i in range(len(PROBLEMS)):
        for side in ("across", "up"):
            assert np.all((arrays[f"problems.{i}.{side}"] >= 0) & (arrays[f"problems.{i}.{side}"] <= 1))


def test_the_first_frame_shows_the_weights_that_training_starts_from(reader: Reader) -> None:
    begun, samples = reader.begin()
    assert begun["sizes"] == [2, 4, 1]
    assert samples["samples"].tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert samples["labels"].tolist() == [0, 1, 1, 0]
    said, arrays = reader.frame(0)
    assert said["epoch"] == 0
    assert said["health"] is None
    assert arrays["plane"].shape == (GRID, GRID)
    assert arrays["units"].shape == (2 + 4, MAP * MAP)
    made = training()
    made.model.set_params(learning_rate_init=1e-300).partial_fit(made.X, made.y, classes=[0, 1])
    network = made.model.network_
    np.testing.assert_array_equal(arrays["weights"], network.parameters[: network.penalised].astype(np.float32))


def test_the_boundary_is_what_the_network_predicts(reader: Reader) -> None:
    reader.begin(playing=True)
    _, arrays = reader.frame(300)
    # xor is learned: the corners lie in cells that are well on their side
    left, right, bottom, top = reader.said[0][0]["span"]
    for (x, y), label in zip([(0, 0), (0, 1), (1, 0), (1, 1)], [0, 1, 1, 0], strict=True):
        cell = arrays["plane"][int((top - y) / (top - bottom) * GRID), int((x - left) / (right - left) * GRID)]
        assert (cell > MIDDLE) == label


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_is_trained_on(problem: str) -> None:
    made = training(problem)
    assert all(made.learn() for _ in range(3))
    plane, units = made.pictures()
    layers = made.network.layers(made._places)
    assert np.array_equal(plane > MIDDLE, (ogive.sigmoid(layers[-1][0]) > 0.5 + 1 / 508).reshape(GRID, GRID))
    assert units.min() >= 0
    assert units.max() <= 254
    assert np.all(np.max(np.abs(units.astype(int) - MIDDLE), axis=1) == MIDDLE)
    assert made.held.mean() == 0.25


@pytest.mark.parametrize("activation", activations())
def test_every_activation_can_be_trained_and_shown(activation: str) -> None:
    made = training("moons", ((3, activation), (2, "tanh")))
    for _ in range(2):
        made.learn()
    plane, units = made.pictures()
    assert plane.shape == (GRID, GRID)
    assert units.shape == (2 + 5, MAP * MAP)
    counts, ends = made.histograms()
    assert counts.shape[0] == len(ends) == 5
    assert np.all(ends[:, 0] < ends[:, 1])


def test_pause_step_and_resume(reader: Reader) -> None:
    reader.begin()
    reader.frame(0)
    reader.control("step")
    said, arrays = reader.frame(1)
    assert said["epoch"] == 1
    health = said["health"]
    assert health["finding"] in {"healthy", *("learning rate", "saturated", "vanishing", "dead", "exploding", "no gradient")}
    assert [layer["activation"] for layer in health["layers"]] == ["tanh", ""]
    assert arrays["health.layers.0.counts"].sum() == 4 * 4
    assert arrays["health.counts"].sum(axis=1).tolist() == [4, 4, 4, 4]
    reader.control("resume")
    assert reader.frame(50)[0]["epoch"] >= 50


def test_dead_units_are_told(reader: Reader) -> None:
    reader.begin(layers=[{"units": 3, "activation": "step"}])
    reader.frame(0)
    reader.control("step")
    said, arrays = reader.frame(1)
    assert said["health"]["finding"] == "no gradient"
    assert "step" in said["health"]["korean"]
    assert arrays["health.dead"].tolist() == [1, 1, 1]


def test_what_is_adjusted_holds_from_the_next_epoch(reader: Reader) -> None:
    reader.begin()
    reader.frame(0)
    reader.control("step")
    _, before = reader.frame(1)
    reader.ask(Adjust.kind, settings={**SETTINGS, "learning_rate": 1e-6}, pace=1000)
    reader.number -= 1
    reader.control("step")
    _, after = reader.frame(2)
    assert 0 < np.abs(after["weights"] - before["weights"]).max() < 1e-5


def test_a_network_that_diverges_says_so_and_stops(reader: Reader) -> None:
    reader.begin(
        data="moons",
        noise=0.1,
        optimiser="momentum",
        layers=[{"units": 8, "activation": "identity"}] * 6,
        settings={**SETTINGS, "learning_rate": 100},
        playing=True,
    )
    _, arrays = reader.wait(lambda said: said["kind"] == Frame.kind and said["has_diverged"])
    assert arrays["plane"].shape == (GRID, GRID)
    assert reader.wait(lambda said: said["kind"] == "ended")[0]["outcome"] == "finished"


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"data": "own"}, "points", ("both classes", "두 클래스")),
        ({"data": "own", "points": [[0, 0, 0], [1, 1, 0]]}, "points", ("both classes", "두 클래스")),
        ({"data": "own", "points": [[0, 0, i % 2] for i in range(MOST_POINTS + 1)]}, "points", (f"{MOST_POINTS}", f"{MOST_POINTS}")),
        ({"data": "own", "points": [[0, 0, 0], [1, 1, 1]], "span": [1, 1, 0, 1]}, "span", ("no extent", "넓이")),
        ({"data": "own", "points": [[0, 0, 0], [1e16, 1, 1]]}, "points", ("within ±1e+15", "±1e+15 안")),
        ({"data": "own", "points": [[0, 0, 0], [1, 1, 1]], "span": [-1e308, 1e308, 0, 1]}, "points", ("within ±1e+15", "±1e+15 안")),
        ({"data": "table", "table": "a,b,c\n1e308,2,x\n-1e308,2,y\n"}, "table", ("beyond ±1e+15", "±1e+15를 벗어나는")),
        ({"layers": [{"units": 1, "activation": "log"}]}, "layers.0.activation", ("every number", "모든 수")),
        ({"layers": [{"units": 1, "activation": "tanh"}] * (MOST_LAYERS + 1)}, "layers", ("at most 6", "6개까지")),
        ({"data": "table"}, "table", ("line of names", "첫 줄")),
        ({"data": "table", "table": "a,b,c\n1,2,x\n1,oops,y\n"}, "table", ("row 2, column 'b'", "2행 'b' 열")),
        ({"data": "table", "table": "a,b,c\n1,2\n"}, "table", ("2 fields", "칸이 2개")),
        ({"data": "table", "table": "a,b\n1,x\n2,y\n"}, "table", ("1 features", "특성이 1개")),
        ({"data": "table", "table": "a,b,c\n1,2,x\n1,2,y\n1,2,z\n"}, "table", ("3 different labels", "3가지")),
        ({"data": "table", "table": "a,b,c\n" + "1,2,x\n" * (MOST_ROWS + 1)}, "table", ("2,000", "2,000")),
        ({"data": "table", "table": "a,b,c\n" + "1,2,x\n" * 40_000}, "table", ("200,000", "200,000")),
    ],
)
def test_what_cannot_be_trained_is_refused_in_a_sentence(
    reader: Reader, language: str, fields: dict[str, Any], field: str, words: tuple[str, str]
) -> None:
    said, _ = reader.begin(language=language, **fields)
    assert said["kind"] == "error"
    assert said["field"] == field
    assert words[language == "ko"] in said["sentence"]
    assert (max(said["sentence"]) >= "가") == (language == "ko")


TABLE = "height,width,kind\n1.0,2.0,cat\n2.0,1.0,dog\n1.5,2.5,cat\n2.5,0.5,dog\n"


def test_a_table_is_read(reader: Reader) -> None:
    begun, arrays = reader.begin(data="table", table="\ufeff" + TABLE.replace("\n", "\r\n"))
    assert (begun["features"], begun["classes"]) == (["height", "width"], ["cat", "dog"])
    assert arrays["labels"].tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"data": "xor", "noise": 0.2, "optimiser": "momentum", "seed": 7},
        {
            "data": "moons",
            "noise": 0.15,
            "layers": [{"units": 8, "activation": "relu"}, {"units": 3, "activation": "gelu"}],
            "scale": False,
        },
        {"data": "spirals", "noise": 0.02, "optimiser": "sgd", "initialisation": "he", "settings": {**SETTINGS, "dropout": 0.1}},
        {"data": "own", "points": [[0.5, 0.25, 0], [-0.5, 0.75, 1], [0.125, -1, 1]], "layers": []},
        {"data": "table", "table": TABLE, "table_name": "animals.csv"},
    ],
)
def test_the_code_trains_the_same_network(
    reader: Reader, fields: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.begin(**fields)
    reader.frame(0)
    for epoch in range(1, 13):
        if epoch == 6:
            number = reader.number
            reader.ask(Adjust.kind, settings={**SETTINGS, "learning_rate": 0.1, "penalty": 0.01}, pace=1000)
            reader.number = number
        reader.control("step")
        said, arrays = reader.frame(epoch)
    reader.number += 1
    text = reader.ask(Script.kind)[0]["text"]
    (tmp_path / "animals.csv").write_text(TABLE)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(text, "copied", "exec"), names)
    network = names["model"].network_
    np.testing.assert_array_equal(arrays["weights"], network.parameters[: network.penalised].astype(np.float32))
    assert f"loss {said['loss']:.6g}, accuracy {said['accuracy']:.1%}" in capsys.readouterr().out
