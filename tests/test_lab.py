"""The lab without a browser: messages, frames, lanes, jobs, and who is let in."""

import hashlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

import ogive
from ogive.lab import arrays, messages
from ogive.lab.messages import Answer, AtMost, Between, Extended, Float32Grid, Float64s, Part, Refused, Request, decode, encode
from ogive.lab.rooms import ROOMS
from ogive.lab.rooms.room import Room, handles
from ogive.lab.session import FRAMES, WAITING, Job, Session, Work

HERE = Path(__file__).parent.parent
FRONTEND, STATIC = HERE / "frontend", HERE / "src/ogive/lab/static"
SECONDS = 20  # that nothing here takes


# ── a room to talk to ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Point(Part):
    x: float
    y: Extended = 0.0


@dataclass(frozen=True, kw_only=True)
class Ask(Request):
    count: Annotated[int, Between(1, 9)] = 1
    names: Annotated[tuple[str, ...], AtMost(2)] = ()
    pair: tuple[float, float] = (0.0, 1.0)
    point: Point | None = None
    mode: Literal["fast", "slow"] = "fast"
    weights: dict[str, float] | None = None
    sure: bool = False


@dataclass(frozen=True, kw_only=True)
class Told(Answer):
    count: int
    values: tuple[Extended, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Command(Request):
    count: int
    slot: ClassVar[None] = None  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class Begin(Request):
    checkpoints: int = 10**9


@dataclass(frozen=True, kw_only=True)
class Curve(Part):
    y: Float64s


@dataclass(frozen=True, kw_only=True)
class Drawing(Answer):
    x: Float64s
    grid: Float32Grid
    curves: tuple[Curve, ...]


class Booth(Room):
    frames = (Told,)

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.seen: list[int] = []

    @handles
    def ask(self, request: Ask, work: Work) -> Told:
        if request.count == 7:
            raise Refused("seven is refused", "count")
        if request.count == 8:
            raise ZeroDivisionError("eight")
        while request.mode == "slow" and not self.gate.wait(0.005):
            work.check()
        return Told(count=request.count)

    @handles
    def command(self, request: Command, work: Work) -> Told:
        self.gate.wait(SECONDS)
        self.seen.append(request.count)
        return Told(count=request.count)

    @handles
    def begin(self, request: Begin, work: Work) -> Told:
        def run(job: Job) -> Told:
            for count in range(request.checkpoints):
                job.checkpoint(lambda: Told(count=count))  # noqa: B023
                time.sleep(0.001)
            return Told(count=request.checkpoints)

        work.start(run)
        return Told(count=-1)


class Recorder:
    """A transport that keeps what is said."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.frames: list[bytes | None] = []
        self.changed = threading.Condition()

    def send(self, text: str, arrays: bytes | None) -> None:
        with self.changed:
            self.said.append(json.loads(text))
            self.frames.append(arrays)
            self.changed.notify_all()

    def of(self, number: int) -> list[dict[str, Any]]:
        return [each for each in self.said if each["id"] == number]

    def wait(self, fits: Callable[[], Any]) -> None:
        with self.changed:
            assert self.changed.wait_for(fits, SECONDS), self.said


@pytest.fixture
def talk() -> Iterator[tuple[Session, Recorder, Callable[..., None], Booth]]:
    recorder = Recorder()
    session = Session(recorder, (Booth,))
    booth = session._rooms["test_lab"]
    assert isinstance(booth, Booth)
    yield session, recorder, lambda number, kind, **fields: session.receive(json.dumps({"id": number, "kind": kind, **fields})), booth
    booth.gate.set()
    session.close()


Talk = tuple[Session, Recorder, Callable[..., None], Booth]


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_kinds_are_the_names_of_room_and_class() -> None:
    assert Ask.kind == "test_lab.ask"
    for room in ROOMS:
        assert room.name == room.__module__.rpartition(".")[2]
        assert all(request.kind.startswith(room.name + ".") for request in room.handlers())


@pytest.mark.parametrize(
    ("fields", "field", "word"),
    [
        ({"count": 10}, "count", "between 1 and 9"),
        ({"count": 1.5}, "count", "a whole number"),
        ({"count": True}, "count", "a whole number"),
        ({"count": "1"}, "count", "a whole number"),
        ({"names": ["a", "b", "c"]}, "names", "at most 2 entries"),
        ({"names": "ab"}, "names", "a list"),
        ({"names": [1]}, "names.0", "a text"),
        ({"pair": [1]}, "pair", "2 entries"),
        ({"pair": [1, "inf"]}, "pair.1", "a number"),
        ({"pair": [1, 10**400]}, "pair.1", "finite"),
        ({"point": {"y": 1}}, "point.x", "missing"),
        ({"point": {"x": 1, "z": 1}}, "point.z", "x, y"),
        ({"point": {"x": 1, "y": "many"}}, "point.y", "a number"),
        ({"mode": "medium"}, "mode", "fast, slow"),
        ({"mode": []}, "mode", "fast, slow"),
        ({"weights": {"a": None}}, "weights.a", "a number"),
        ({"sure": 1}, "sure", "true or false"),
        ({"other": 1}, "other", "count, names"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], field: str, word: str) -> None:
    number, refused = decode(json.dumps({"id": 3, "kind": Ask.kind, **fields}), {Ask.kind: Ask})
    assert number == 3
    assert isinstance(refused, Refused)
    assert refused.field == field
    assert word in refused.sentence


@pytest.mark.parametrize(
    "text",
    ["", "no", "[]", "{}", '{"id": 0}', '{"id": true}', '{"id": 1}', '{"id": 1, "kind": []}', '{"id": 1, "kind": "x"}', "[" * 100_000],
)
def test_what_is_no_message_is_refused(text: str) -> None:
    assert isinstance(decode(text, {})[1], Refused)


def test_constants_that_are_no_json_and_long_messages_are_refused() -> None:
    for text in ('{"id": 1, "kind": "test_lab.ask", "pair": [0, NaN]}', " " * (messages.LONGEST + 1)):
        assert isinstance(decode(text, {Ask.kind: Ask})[1], Refused)


def test_a_request_is_read() -> None:
    said = {"count": 2, "names": ["a"], "pair": [1, 2], "point": {"x": 3, "y": "-inf"}, "mode": "slow", "weights": {"a": 1}, "sure": True}
    number, request = decode(json.dumps({"id": 1, "kind": Ask.kind, **said}), {Ask.kind: Ask})
    assert (number, request) == (
        1,
        Ask(count=2, names=("a",), pair=(1.0, 2.0), point=Point(x=3.0, y=-np.inf), mode="slow", weights={"a": 1.0}, sure=True),
    )


def test_numbers_of_numpy_and_infinities_are_written() -> None:
    text, frame = encode(4, Told(count=np.int64(3), values=(np.float32(0.5), np.inf, -np.inf, np.nan)))  # type: ignore[arg-type]
    assert json.loads(text) == {"id": 4, "kind": "test_lab.told", "count": 3, "values": [0.5, "inf", "-inf", "nan"]}
    assert frame is None


def test_arrays_travel_in_a_frame() -> None:
    x = np.array([0.1, np.nan, -np.inf, -0.0, 5e-324])
    grid = np.arange(6.0).reshape(2, 3).T  # not contiguous
    text, frame = encode(1, Drawing(x=x, grid=grid, curves=(Curve(y=x[:0]), Curve(y=x[::-1]))))
    assert json.loads(text) == {"id": 1, "kind": "test_lab.drawing", "x": None, "grid": None, "curves": [{"y": None}] * 2, "arrays": True}
    assert frame is not None
    back = arrays.unpack(frame)
    assert list(back) == ["x", "grid", "curves.0.y", "curves.1.y"]
    assert back["x"].tobytes() == x.tobytes()
    assert back["curves.1.y"].tobytes() == x[::-1].tobytes()
    assert back["grid"].dtype == np.dtype("<f4")
    assert np.array_equal(back["grid"], grid)
    assert back["curves.0.y"].shape == (0,)
    assert all(
        array.__array_interface__["data"][0] % 8 == back["x"].__array_interface__["data"][0] % 8 for array in back.values() if array.size
    )
    with pytest.raises(ValueError, match="x is to have 1 axes"):
        encode(1, Drawing(x=grid, grid=grid, curves=()))


@pytest.mark.skipif(not FRONTEND.exists(), reason="the sources of the front end are in the repository only")
def test_the_types_of_the_front_end_are_those_of_the_rooms() -> None:
    subprocess.run([sys.executable, HERE / "tools/messages.py", "--check"], check=True)


def test_the_built_front_end_is_that_of_the_sources() -> None:
    note = json.loads((STATIC / "build.json").read_text())
    built = {p.relative_to(STATIC).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in STATIC.rglob("*") if p.is_file()}
    del built["build.json"]
    assert built == note["files"]
    names = ("package-lock.json", "package.json", "public", "src", "tsconfig.json", "vite.config.js")
    paths = [
        p for name in names for p in ((FRONTEND / name).rglob("*") if (FRONTEND / name).is_dir() else [FRONTEND / name]) if p.is_file()
    ]
    listed = sorted((p.relative_to(FRONTEND).as_posix(), hashlib.sha256(p.read_bytes()).hexdigest()) for p in paths)
    assert hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in listed).encode()).hexdigest() == note["sources"], "run make lab"


def test_words_are_there_in_both_languages() -> None:
    english = sorted(FRONTEND.rglob("src/**/en.json"))
    assert len(english) == len(ROOMS)  # the frame's and each room's; the hall has none
    seen: set[str] = set()
    for path in english:
        en, ko = (json.loads(path.with_name(name).read_text()) for name in ("en.json", "ko.json"))
        assert list(en) == list(ko), path
        for key in en:
            assert set(re.findall(r"\{\w+\}", en[key])) == set(re.findall(r"\{\w+\}", ko[key])), key
        if path.parent.parent.name == "rooms":
            assert all(key.startswith(path.parent.name + ".") for key in en), path
        assert not seen & set(en)
        seen |= set(en)


def test_locked_packages_name_no_registry() -> None:
    assert '"resolved"' not in (FRONTEND / "package-lock.json").read_text()


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_carries_the_id_of_its_request(talk: Talk) -> None:
    _, said, ask, _ = talk
    ask(5, Ask.kind, count=2)
    said.wait(lambda: said.of(5))
    assert said.of(5) == [{"id": 5, "kind": "test_lab.told", "count": 2, "values": []}]


def test_refusals_and_accidents_are_sentences_and_the_session_goes_on(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    _, said, ask, _ = talk
    for number, count in enumerate((0, 7, 8, 1), 1):
        ask(number, Ask.kind, count=count)
        said.wait(lambda: said.of(number))  # noqa: B023
    answers = [said.of(number)[0] for number in range(1, 5)]
    assert [answer["kind"] for answer in answers] == ["error", "error", "error", "test_lab.told"]
    assert [answer.get("field") for answer in answers[:3]] == ["count", "count", ""]
    assert answers[1]["sentence"] == "seven is refused"
    assert "ZeroDivisionError: eight" in answers[2]["sentence"]
    assert "Traceback" in capsys.readouterr().err


def test_a_newer_request_takes_the_place_of_older_ones(talk: Talk) -> None:
    _, said, ask, _ = talk
    ask(1, Ask.kind, mode="slow")
    for number in range(2, 30):
        ask(number, Ask.kind, count=1 + number % 6)
    said.wait(lambda: said.of(29) and len(said.said) >= 29)
    assert said.of(1)[0]["kind"] == "superseded"  # it was told, and gave up
    assert said.of(29)[0]["kind"] == "test_lab.told"
    assert sorted(each["id"] for each in said.said) == list(range(1, 30))  # each has one answer
    assert said.said[-1]["id"] == 29


def test_commands_are_all_obeyed_in_order(talk: Talk) -> None:
    _, said, ask, booth = talk
    for number in range(1, WAITING + 3):
        ask(number, Command.kind, count=number)
    booth.gate.set()
    said.wait(lambda: len(said.said) == WAITING + 2)
    refused = [each["id"] for each in said.said if each["kind"] == "error"]
    assert refused
    assert booth.seen == [number for number in range(1, WAITING + 3) if number not in refused]
    assert set(refused) <= {WAITING + 1, WAITING + 2}


def test_a_job_sends_no_frame_that_is_not_awaited(talk: Talk) -> None:
    _, said, ask, _ = talk
    ask(1, Begin.kind)
    said.wait(lambda: len(said.of(1)) == 2)  # the answer, and one frame
    time.sleep(0.2)
    assert said.of(1)[0]["count"] == -1
    assert len(said.of(1)) == 2
    begun = time.monotonic()
    while time.monotonic() - begun < 0.5:
        before = len(said.of(1))
        ask(1, "drawn")
        said.wait(lambda: len(said.of(1)) > before)  # noqa: B023
    frames = len(said.of(1)) - 2
    assert 0.2 * FRAMES <= frames <= 0.5 * FRAMES + 2
    counts = [each["count"] for each in said.of(1)]
    assert counts == sorted(counts)


def test_a_job_is_paused_stepped_and_stopped(talk: Talk) -> None:
    _, said, ask, _ = talk
    ask(1, Begin.kind)
    said.wait(lambda: len(said.of(1)) == 2)
    ask(1, "control", action="pause")
    ask(1, "drawn")
    said.wait(lambda: len(said.of(1)) == 3)  # a paused job shows where it stands
    at = said.of(1)[-1]["count"]
    time.sleep(0.05)
    ask(1, "drawn")
    ask(1, "control", action="step", steps=3)
    said.wait(lambda: said.of(1)[-1]["count"] > at)
    while said.of(1)[-1]["count"] < at + 3:
        before = len(said.of(1))
        ask(1, "drawn")
        said.wait(lambda: len(said.of(1)) > before)  # noqa: B023
    ask(1, "drawn")
    time.sleep(0.1)
    assert said.of(1)[-1]["count"] == at + 3
    ask(1, "control", action="stop")
    said.wait(lambda: said.of(1)[-1]["kind"] == "ended")
    assert said.of(1)[-1]["outcome"] == "stopped"
    ask(1, "control", action="resume")  # is late, and harms nothing


def test_a_job_can_be_steered_as_soon_as_it_has_been_answered() -> None:
    class Hasty(Recorder):
        def send(self, text: str, arrays: bytes | None) -> None:
            super().send(text, arrays)
            if json.loads(text).get("count") == -1:
                session.receive(json.dumps({"id": 1, "kind": "control", "action": "stop"}))

    said = Hasty()
    session = Session(said, (Booth,))
    session.receive(json.dumps({"id": 1, "kind": Begin.kind}))
    said.wait(lambda: said.of(1) and said.of(1)[-1]["kind"] == "ended")
    assert [each["kind"] for each in said.of(1)][1:] == ["ended"]
    session.close()


def test_a_job_that_is_done_shows_its_last_frame(talk: Talk) -> None:
    _, said, ask, _ = talk
    ask(1, Begin.kind, checkpoints=5)
    said.wait(lambda: said.said and said.said[-1]["kind"] == "ended")
    assert [each.get("count") for each in said.of(1)[-2:]] == [5, None]
    assert said.of(1)[-1]["outcome"] == "finished"


def test_a_new_job_of_a_room_ends_the_old_one(talk: Talk) -> None:
    _, said, ask, _ = talk
    ask(1, Begin.kind)
    said.wait(lambda: said.of(1))
    ask(2, Begin.kind)
    said.wait(lambda: len(said.of(2)) == 2)
    assert said.of(1)[-1]["kind"] == "ended"
    last = max(i for i, each in enumerate(said.said) if each["id"] == 1)
    assert last < min(i for i, each in enumerate(said.said) if each["id"] == 2 and each["count"] >= 0)


def test_a_closed_session_is_silent_and_leaves_no_thread(talk: Talk) -> None:
    session, said, ask, _ = talk
    ask(1, Begin.kind)
    ask(2, Ask.kind, mode="slow")
    said.wait(lambda: len(said.of(1)) == 2)
    session.close()
    count = len(said.said)
    ask(3, Ask.kind)
    deadline = time.monotonic() + SECONDS
    while any(t.name.startswith("ogive-lab") for t in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert len(said.said) == count


# ── the server ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class Lab:
    """`ogive lab` as a process of its own."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ogive", "lab", "--no-browser", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        self.port = urlsplit(self.address).port or 0
        self.token = self.address.rpartition("=")[2]
        self.cookie = f"ogive-lab-{self.port}={self.token}"

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        connection.request("GET", path, headers={"Host": f"127.0.0.1:{self.port}"} | headers)
        answer = connection.getresponse()
        found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()
        connection.close()
        return found

    def talk(self, origin: str | None = "", cookie: str | None = None) -> ClientConnection:
        headers = {"Cookie": self.cookie if cookie is None else cookie}
        own = f"http://127.0.0.1:{self.port}"
        return connect(f"ws://127.0.0.1:{self.port}/ws", origin=own if origin == "" else origin, additional_headers=headers, proxy=None)  # type: ignore[arg-type]

    def end(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        _, err = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, err


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    lab = Lab()
    yield lab
    assert lab.end() == (0, "")


def hear(connection: ClientConnection) -> dict[str, Any]:
    said = connection.recv(SECONDS)
    assert isinstance(said, str)
    found: dict[str, Any] = json.loads(said)
    return found


def test_the_token_lets_one_in_and_the_cookie_keeps_the_door_open(lab: Lab) -> None:
    status, headers, page = lab.get(f"/?token={lab.token}")
    assert (status, 'src="lab.js"' in page) == (200, True)
    cookie = headers["set-cookie"].lower()
    assert lab.cookie.lower() in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert lab.get("/", Cookie=lab.cookie)[0] == 200
    assert len(lab.token) >= 32


@pytest.mark.parametrize("path", ["/", "/lab.js", "/lab.css", "/build.json", "/?token=", "/?token=wrong", "/ws"])
def test_without_the_token_there_is_nothing(lab: Lab, path: str) -> None:
    assert lab.get(path)[0] == 403
    assert lab.get(path, Cookie=f"ogive-lab-{lab.port}=wrong")[0] == 403
    assert lab.get(path, Cookie=f"ogive-lab-{lab.port}=é".encode().decode("latin-1"))[0] == 403


def test_the_token_opens_the_page_and_nothing_else(lab: Lab) -> None:
    assert lab.get(f"/lab.js?token={lab.token}")[0] == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "", "localhost"])
def test_a_foreign_host_is_refused(lab: Lab, host: str) -> None:
    assert lab.get("/", Host=host, Cookie=lab.cookie)[0] == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}"])
def test_a_foreign_origin_is_refused(lab: Lab, origin: str) -> None:
    assert lab.get("/", Origin=origin.format(port=lab.port), Cookie=lab.cookie)[0] == 403
    with pytest.raises(InvalidStatus) as refused:
        lab.talk(origin.format(port=lab.port))
    assert refused.value.response.status_code == 403


def test_a_conversation_needs_origin_and_cookie(lab: Lab) -> None:
    for origin, cookie in ((None, lab.cookie), ("", "")):
        with pytest.raises(InvalidStatus) as refused:
            lab.talk(origin, cookie)
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/../messages.py", "/%2e%2e/messages.py", "/..%2fmessages.py", "/no", "//etc/passwd"])
def test_only_the_files_of_the_front_end_are_served(lab: Lab, path: str) -> None:
    status, _, text = lab.get(path, Cookie=lab.cookie)
    assert status == 404
    assert "import" not in text


def test_answers_are_strict(lab: Lab) -> None:
    for path in ("/", "/lab.js", "/no"):
        headers = lab.get(path, Cookie=lab.cookie)[1]
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["cache-control"] == "no-cache"
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
        assert not [name for name in headers if name.startswith("access-control")]


def test_two_tabs_are_two_conversations(lab: Lab) -> None:
    with lab.talk() as first, lab.talk() as second:
        for connection in (first, second):
            connection.send('{"id": 1, "kind": "hall.hello"}')
        welcome = hear(first)
        assert welcome == hear(second)
        assert [card["name"] for card in welcome["cards"]] == list(ogive.CATALOGUE)
        first.send("no message")
        assert hear(first)["kind"] == "error"
        first.close()
        second.send('{"id": 2, "kind": "hall.hello"}')
        assert hear(second)["id"] == 2


def test_what_is_no_text_or_far_too_long_ends_one_conversation_only(lab: Lab) -> None:
    for said in (b"binary", " " * (4 * messages.LONGEST + 1)):
        with lab.talk() as connection, pytest.raises(ConnectionClosed):
            connection.send(said)
            connection.recv(SECONDS)
    with lab.talk() as connection:
        connection.send('{"id": 1, "kind": "hall.hello"}')
        assert hear(connection)["id"] == 1


def test_a_language_can_be_asked_for() -> None:
    lab = Lab("--language", "ko")
    assert '<html lang="ko" data-language="ko">' in lab.get("/", Cookie=lab.cookie)[2]
    assert lab.end() == (0, "")


def test_ctrl_c_ends_it_while_somebody_listens() -> None:
    lab = Lab()
    with lab.talk() as connection:
        connection.send('{"id": 1, "kind": "hall.hello"}')
        hear(connection)
        began = time.monotonic()
        assert lab.end() == (0, "")
        assert time.monotonic() - began < 5


def test_it_needs_no_command_line() -> None:
    blocked = (
        "import sys; sys.modules['typer'] = None; import ogive.__main__ as door; sys.argv = ['ogive', 'lab', *{}]; sys.exit(door.main())"
    )
    for options, code, word in ((["--language", "fr"], 2, "choose en or ko"), (["--help"], 0, "--no-browser")):
        done = subprocess.run([sys.executable, "-c", blocked.format(options)], capture_output=True, text=True)
        assert done.returncode == code
        assert word in done.stdout + done.stderr


def test_a_wrong_port_or_language_is_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for options, word in (
            (["--port", str(port)], f"port {port} cannot be had: address already in use"),
            (["--port", "70000"], "there is no such port"),
            (["--language", "fr"], "choose en or ko"),
        ):
            done = subprocess.run([sys.executable, "-m", "ogive", "lab", "--no-browser", *options], capture_output=True, text=True)
            assert (done.returncode, done.stdout) == (2, "")
            assert word in done.stderr
            assert done.stderr.count("\n") == 1


def test_the_widget_talks_like_the_page() -> None:
    pytest.importorskip("anywidget")
    widget = ogive.lab.Explorer("expit", "tanh", language="ko")  # type: ignore[attr-defined]
    assert (widget.view, widget.language) == ("functions=sigmoid,tanh", "ko")
    said: list[tuple[Any, Any]] = []
    came = threading.Event()

    def send(content: Any, buffers: Any = None) -> None:
        said.append((content, buffers))
        came.set()

    widget.comm.send = lambda data=None, metadata=None, buffers=None: send(data, buffers)
    widget._handle_custom_msg({"id": 1, "kind": "hall.hello"}, [])
    assert came.wait(SECONDS)
    assert said[-1][0]["content"]["kind"] == "hall.welcome"
    widget.close()


def test_import_ogive_does_not_load_the_lab() -> None:
    code = "import ogive, sys; assert not {'starlette', 'uvicorn', 'websockets', 'ogive.lab'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)
