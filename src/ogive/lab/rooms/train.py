"""The room *Train*: a small network learns to tell two classes in a plane apart, and shows everything on the way."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

from ogive.lab.messages import (
    Answer,
    Between,
    Extended,
    Float32Grid,
    Float32s,
    Int32s,
    Language,
    Part,
    Refused,
    Request,
    Uint8Grid,
    Uint8s,
)
from ogive.lab.rooms.room import Room, handles
from ogive.lab.training import GATES, Layer, Samples, Settings, Training, activations, around, drawn_from, from_points

if TYPE_CHECKING:
    from ogive.lab.session import Job, Work
    from ogive.networks import Vitals

__all__ = ["Train"]

PROBLEMS = (*GATES, "moons", "circles", "spirals")
MOST_LAYERS, MOST_POINTS, MOST_ROWS, LONGEST_TABLE = 6, 300, 2000, 200_000
LARGEST = 1e15  # of a feature: squares and differences of such numbers are far from overflow, also in the float32 of a picture
BETWEEN_VITALS = 0.25  # seconds
SHOWN = 60  # points of a thumbnail


# ── what there is to choose from ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Choices(Request):
    """Ask what there is to choose from."""


@dataclass(frozen=True, kw_only=True)
class Thumbnail(Part):
    """A small picture of a problem: places from 0 to 1, to the right and up."""

    name: str
    across: Float32s
    up: Float32s
    labels: Uint8s
    noise: float


@dataclass(frozen=True, kw_only=True)
class Menu(Answer):
    """The problems, the activations of hidden layers, and the limits."""

    problems: tuple[Thumbnail, ...]
    activations: tuple[str, ...]
    most_layers: int
    most_units: int
    most_points: int
    most_rows: int
    longest_table: int


# ── training ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Begin(Request):
    """Train a network from the start. The samples are a problem's, points of the reader's own, or a table's."""

    data: Literal["and", "or", "nand", "xor", "moons", "circles", "spirals", "own", "table"]
    noise: Annotated[float, Between(0, 1)]
    seed: Annotated[int, Between(0, 2**31 - 1)]
    scale: bool
    layers: tuple[Layer, ...]
    optimiser: Literal["sgd", "momentum", "adam"]
    initialisation: Literal["auto", "xavier", "he", "lecun"]
    settings: Settings
    pace: Annotated[float, Between(1, 1000)]
    playing: bool
    language: Language
    points: tuple[tuple[float, float, int], ...] = ()
    span: tuple[float, float, float, float] = (-1.0, 1.0, -1.0, 1.0)
    table: str = ""
    table_name: str = "table.csv"


@dataclass(frozen=True, kw_only=True)
class Begun(Answer):
    """What is learned from: a row a sample, its class, and whether it is held back for the test. The plane is left, right, bottom, top."""

    samples: Float32Grid
    labels: Uint8s
    held: Uint8s
    span: tuple[float, float, float, float]
    features: tuple[str, str]
    classes: tuple[str, str]
    sizes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LayerHealth(Part):
    """What was measured in a layer; the output has no histogram."""

    layer: int
    activation: str
    saturated: Extended
    dead: Extended
    gradient: Extended
    ratio: Extended
    counts: Int32s
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Health(Part):
    """The vitals, and each hidden unit: whether it is dead, how often saturated, how its values are spread."""

    finding: str
    english: str
    korean: str
    layers: tuple[LayerHealth, ...]
    dead: Uint8s
    saturated: Float32s
    counts: Float32Grid
    ends: Float32Grid


@dataclass(frozen=True, kw_only=True)
class Frame(Answer):
    """The network after an epoch; the pictures are bytes from 0 to 254, with 127 for 0 or for the boundary."""

    epoch: int
    loss: Extended
    accuracy: float
    test_loss: Extended | None
    test_accuracy: float | None
    has_diverged: bool
    plane: Uint8Grid
    units: Uint8Grid
    weights: Float32s
    biases: Float32s
    health: Health | None


@dataclass(frozen=True, kw_only=True)
class Adjust(Request):
    """Change what may be changed while a network learns."""

    settings: Settings
    pace: Annotated[float, Between(1, 1000)]


@dataclass(frozen=True, kw_only=True)
class Adjusted(Answer):
    """It is changed from the next epoch on."""


@dataclass(frozen=True, kw_only=True)
class Script(Request):
    """Ask for the Python code that trains the same network as far."""


@dataclass(frozen=True, kw_only=True)
class Code(Answer):
    """Python code."""

    text: str


class Train(Room):
    """The room *Train*."""

    frames = (Frame,)

    def __init__(self) -> None:
        self._training: Training | None = None
        self._pace = 60.0

    @handles
    def choices(self, request: Choices, work: Work) -> Menu:
        """Tell what there is to choose from."""
        return Menu(
            problems=tuple(_thumbnail(name) for name in PROBLEMS),
            activations=tuple(activations()),
            most_layers=MOST_LAYERS,
            most_units=8,
            most_points=MOST_POINTS,
            most_rows=MOST_ROWS,
            longest_table=LONGEST_TABLE,
        )

    @handles
    def begin(self, request: Begin, work: Work) -> Begun:
        """Make samples and a network, and begin to train."""
        samples = _samples(request)
        known = activations()
        for i, layer in enumerate(request.layers):
            if layer.activation not in known:
                raise Refused(
                    f"{layer.activation} is no activation of a hidden layer: it does not take every number."
                    if request.language == "en"
                    else f"{layer.activation} 함수는 모든 수를 받지는 않으므로 은닉층의 활성화 함수로 쓸 수 없습니다.",
                    f"layers.{i}.activation",
                )
        if len(request.layers) > MOST_LAYERS:
            raise Refused(
                f"There are at most {MOST_LAYERS} hidden layers; this network has {len(request.layers)}."
                if request.language == "en"
                else f"은닉층은 {MOST_LAYERS}개까지입니다. 이 신경망에는 {len(request.layers)}개가 있습니다.",
                "layers",
            )
        training = Training(
            samples, request.layers, request.optimiser, request.initialisation, request.settings, request.seed, request.scale
        )
        self._training, self._pace = training, request.pace
        work.start(lambda job: self._run(job, training, request.playing))
        return Begun(
            samples=samples.X,
            labels=samples.y,
            held=training.held,
            span=samples.span,
            features=samples.features,
            classes=samples.classes,
            sizes=training.network.sizes,
        )

    @handles
    def adjust(self, request: Adjust, work: Work) -> Adjusted:
        """Change what may be changed while a network learns."""
        self._pace = request.pace
        if self._training is not None and request.settings != self._training.settings:
            self._training.settings = request.settings
        return Adjusted()

    @handles
    def script(self, request: Script, work: Work) -> Code:
        """Write the code that trains the same network."""
        if self._training is None:
            raise Refused("there is no network yet; begin with one")
        return Code(text=self._training.script())

    def _run(self, job: Job, training: Training, playing: bool) -> Frame:
        """Train, an epoch at a time, no faster than the reader wants to see it."""
        checked = 0.0

        def frame() -> Frame:
            nonlocal checked
            now = time.monotonic()
            looks = training.epoch > 0 and (job.paused or now - checked >= BETWEEN_VITALS)
            checked = now if looks else checked
            return _frame(training, looks)

        if not playing:
            job.control("pause")
        due = time.monotonic()
        while True:
            job.checkpoint(frame)
            if not training.learn():
                return _frame(training, looks=training.epoch > 0, has_diverged=True)
            due = max(due + 1 / self._pace, time.monotonic() - 1 / self._pace)
            time.sleep(max(0.0, due - time.monotonic()))


# ── samples ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _thumbnail(name: str) -> Thumbnail:
    from ogive.networks.datasets import PROBLEMS as MADE
    from ogive.networks.datasets import problem

    found = problem(name)
    X, y = found.X[:SHOWN], found.y[:SHOWN]
    left, right, bottom, top = around(X)
    across, up = (X[:, 0] - left) / (right - left), (X[:, 1] - bottom) / (top - bottom)
    noise = (MADE[name].__defaults__ or (0.0,))[0]
    return Thumbnail(name=name, across=across, up=up, labels=y, noise=noise)


def _samples(request: Begin) -> Samples:
    """Make the samples that are asked for."""
    english = request.language == "en"
    if request.data == "table":
        return _table(request)
    if request.data != "own":
        return drawn_from(request.data, request.seed, request.noise)
    if len(request.points) > MOST_POINTS:
        raise Refused(
            f"There are at most {MOST_POINTS} points; these are {len(request.points)}."
            if english
            else f"점은 {MOST_POINTS}개까지입니다. 지금은 {len(request.points)}개입니다.",
            "points",
        )
    if {point[2] for point in request.points} != {0, 1}:
        raise Refused("Put points of both classes into the plane." if english else "두 클래스의 점을 모두 평면에 찍으십시오.", "points")
    left, right, bottom, top = request.span
    if max(abs(number) for number in (*request.span, *(number for point in request.points for number in point[:2]))) > LARGEST:
        raise Refused(
            f"A point lies within ±{LARGEST:g}, and so does the plane." if english else f"점과 평면은 ±{LARGEST:g} 안에 있어야 합니다.",
            "points",
        )
    if not (left < right and bottom < top):
        raise Refused("The plane has no extent." if english else "평면에 넓이가 없습니다.", "span")
    return from_points(request.points, request.span)


def _table(request: Begin) -> Samples:
    """Read a table of two features and two labels."""
    from ogive.networks.datasets import Unreadable, read

    english, name = request.language == "en", request.table_name

    def refuse(in_english: str, in_korean: str) -> Refused:
        return Refused(in_english if english else in_korean, "table")

    if len(request.table) > LONGEST_TABLE:
        raise refuse(
            f"{name} has {len(request.table):,} characters; the lab takes up to {LONGEST_TABLE:,}.",
            f"{name}: {len(request.table):,}자입니다. {LONGEST_TABLE:,}자까지 받습니다.",
        )
    try:
        found = read(io.StringIO(request.table.removeprefix("\ufeff"), newline=""), name)
    except Unreadable as error:
        raise refuse(f"{error}.", f"{error.korean}.") from None
    if len(found.y) > MOST_ROWS:
        raise refuse(
            f"{name} has {len(found.y):,} rows; the lab takes up to {MOST_ROWS:,}.",
            f"{name}에는 {len(found.y):,}행이 있습니다. {MOST_ROWS:,}행까지 받습니다.",
        )
    if found.X.shape[1] != 2:
        raise refuse(
            f"{name} has {found.X.shape[1]} features, and a plane has two: keep two columns of numbers, and the label last.",
            f"{name}에는 특성이 {found.X.shape[1]}개인데 평면의 특성은 두 개입니다. 수로 된 열 두 개와 마지막의 이름표 열만 남기십시오.",
        )
    if np.abs(found.X).max() > LARGEST:
        raise refuse(
            f"{name} has a number beyond ±{LARGEST:g}; give the features another unit.",
            f"{name}에 ±{LARGEST:g}를 벗어나는 수가 있습니다. 특성의 단위를 바꾸십시오.",
        )
    classes, y = np.unique(found.y, return_inverse=True)
    if len(classes) != 2:
        raise refuse(
            f"The last column of {name} has {len(classes)} different labels; the lab tells two apart.",
            f"{name}의 마지막 열에는 이름표가 {len(classes)}가지입니다. 두 가지여야 합니다.",
        )
    source = (
        f"import numpy as np\nfrom ogive.networks.datasets import table\n\nsamples = table({name!r})\n"
        "X, y = samples.X, np.unique(samples.y, return_inverse=True)[1]\n"
    )
    first, second = found.features
    return Samples(found.X, y, around(found.X), (first, second), (str(classes[0]), str(classes[1])), source)


# ── frames ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _frame(training: Training, looks: bool, has_diverged: bool = False) -> Frame:
    plane, units = training.pictures()
    network = training.network
    rating, test = training.rating(), training.test_rating()
    return Frame(
        epoch=training.epoch,
        loss=rating.loss,
        accuracy=rating.accuracy,
        test_loss=test.loss if test else None,
        test_accuracy=test.accuracy if test else None,
        has_diverged=has_diverged,
        plane=plane,
        units=units,
        weights=network.parameters[: network.penalised],
        biases=network.parameters[network.penalised :],
        health=_health(training) if looks else None,
    )


def _health(training: Training) -> Health:
    from ogive.networks import vitals

    found: Vitals = vitals(training.model, training.X, training.y)
    none = np.empty(0)
    spread = [(each.counts, float(each.edges[0]), float(each.edges[-1])) for each in found.histograms]
    counts, ends = training.histograms()
    return Health(
        finding=found.finding,
        english=found.english,
        korean=found.korean,
        layers=tuple(
            LayerHealth(
                layer=layer.layer,
                activation=layer.activation,
                saturated=layer.saturated,
                dead=layer.dead,
                gradient=layer.gradient,
                ratio=layer.ratio,
                counts=bins,
                low=low,
                high=high,
            )
            for layer, (bins, low, high) in zip(found.layers, [*spread, (none, 0.0, 0.0)], strict=True)
        ),
        dead=np.concatenate([none, *found.dead_units.units]),
        saturated=np.concatenate([none, *found.saturation.shares]),
        counts=counts,
        ends=ends,
    )
