"""The tables that are committed say what is so: accuracy, benchmarks, coverage of other libraries, the machine's constants."""

import copy
import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import ogive
from ogive import bench
from ogive.activation import Elementwise
from ogive.truth.reference import correctly_rounded
from ogive.truth.ulp import ulp_error

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import accuracy  # noqa: E402
import coverage  # noqa: E402
import peers  # noqa: E402
import speed  # noqa: E402

from ogive import formulas  # noqa: E402

DOCUMENT = json.loads(accuracy.JSON.read_text())
MEASURED = list(dict.fromkeys(row["function"] for row in DOCUMENT["rows"]))
RESULTS = sorted((ROOT / "benchmarks/results").glob("*.json"))


def run(script, *arguments):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHONWARN")}
    command = [sys.executable, str(ROOT / script), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)


# accuracy


def test_accuracy_tables_are_what_the_numbers_give():
    assert list(accuracy.stale(DOCUMENT)) == []


@pytest.mark.parametrize("name", MEASURED)
def test_accuracy_numbers_hold(name):
    assert list(accuracy.changed(DOCUMENT, name.__eq__)) == []


def test_a_false_number_is_found():
    false = copy.deepcopy(DOCUMENT)
    results = false["rows"][0]["results"]
    results["ogive"]["misrounded"] = 0.5
    results["ogive"]["part"][1] += 1
    found = list(accuracy.changed(false, false["rows"][0]["function"].__eq__))
    assert len(found) == 2, found
    results["ogive"]["max_ulp"] = 3.0
    assert any("accuracy.md" in line for line in accuracy.stale(false))
    false["rows"] = [row for row in false["rows"] if row["function"] != MEASURED[0]]
    assert any(f"{MEASURED[0]}.value was not measured" in line for line in accuracy.stale(false))


def test_a_false_block_is_found(tmp_path, monkeypatch):
    readme = tmp_path / "README.md"
    monkeypatch.setattr(accuracy, "READMES", {"en": readme})
    text = f"# before\n\n{accuracy.BEGIN}\nold\n{accuracy.END}\n\nafter\n"
    readme.write_text(text)
    assert any("README.md" in line for line in accuracy.stale(DOCUMENT))
    assert accuracy.put(DOCUMENT) == 0
    assert list(accuracy.stale(DOCUMENT)) == []
    written = readme.read_text()
    assert written.startswith("# before\n") and written.endswith("\n\nafter\n") and "**sigmoid**" in written
    readme.write_text("no markers")
    assert accuracy.put(DOCUMENT) == 1
    readme.write_text(f"{accuracy.BEGIN} and no end")
    assert any("README.md" in line for line in accuracy.stale(DOCUMENT))


def test_inputs_are_the_same_each_time_and_reach_everywhere():
    x = accuracy.inputs(ogive.sigmoid, "value", "float32", 1 << 14)
    assert np.array_equal(x, accuracy.inputs(ogive.sigmoid, "value", "float32", 1 << 14))
    binades = np.frexp(x.astype(np.float64))[1]
    assert set(range(-125, 129)) <= set(binades.tolist())
    assert np.isfinite(x).all() and (x < 0).any() and (x > 0).any()
    near = accuracy.inputs(ogive.logit, "value", "float64", 1 << 14)
    assert np.min(np.abs(near[near != 0.5] - 0.5)) < 1e-13 and near.min() >= 0 and near.max() <= 1


def test_errors_are_measured_from_the_unrounded_truth():
    x = np.array([0.25, 1.5, 700.0, -705.9, -740.0])
    truth = accuracy.Truth(ogive.sigmoid, "derivative", x)
    right = np.array([float(correctly_rounded("sigmoid", "derivative", v, "float64")) for v in x])
    assert np.array_equal(truth.right, right)
    assert (np.abs(truth.errors(right)) <= 0.5).all() and (truth.errors(right) > 0).any()
    for got in (np.nextafter(right, 1), np.zeros(5), np.full(5, np.nan)):
        expected = [ulp_error(v, truth.ball(i), "float64") for i, v in enumerate(got)]
        np.testing.assert_allclose(truth.errors(got), expected, rtol=1e-6)


def test_rounding_is_right_next_to_midpoints():
    """Against one evaluation after another, where the truth is a tie plus a little, subnormal, or beyond the range."""
    for card, form, x in (
        (ogive.silu, "value", np.array([3, -3, 5, 2**23 + 1], np.float32) * np.float32(2.0**-149)),
        (ogive.softplus, "value", np.array([-103.9, -87.5, 0.0, 1e38], np.float32)),
        (ogive.leaky_relu, "value", np.array([-3e-308, -1e-322, 1e308])),
        (ogive.sigmoid, "value", np.array([-744.9, -709.0, -1e300])),
    ):
        truth = accuracy.Truth(card, form, x)
        right = [correctly_rounded(card, form, v, x.dtype, truth.parameters) for v in x]
        assert np.array_equal(truth.right, np.array(right, x.dtype)), card.name
        assert not truth.open.any()


def test_an_interrupted_measurement_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(accuracy, "JSON", tmp_path / "accuracy.json")
    counts = {"float32": 512, "float64": 512}
    begun = accuracy.Partial(counts)
    begun.add({"function": "sigmoid"})
    with begun.path.open("a") as file:
        file.write('{"function": "ta')
    assert accuracy.Partial(counts).rows == [{"function": "sigmoid"}]
    assert accuracy.Partial(counts | {"float64": 1024}).rows == []


def test_an_interrupt_is_no_error(tmp_path):
    """What is measured is kept, no process stays behind, and nothing is printed that looks like a crash."""
    script = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have switched it off\n"
        f"import pathlib, sys; sys.path.insert(0, {str(ROOT / 'tools')!r}); import accuracy\n"
        f"accuracy.JSON = pathlib.Path({str(tmp_path / 'accuracy.json')!r})\n"
        "if __name__ == '__main__': sys.exit(accuracy.main(['--count', '65536', '--jobs', '1']))\n"
    )
    path = tmp_path / "measure.py"
    path.write_text(script)
    running = subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout.readline()
    time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130 and "goes on from here" in said and "Traceback" not in said, said
    assert len((tmp_path / "accuracy.json.partial").read_text().splitlines()) >= 2


# benchmarks


def test_peers_belong_to_cards():
    for key, expressions in peers.PEERS.items():
        name, _, form = key.partition(".")
        assert name in ogive.CATALOGUE, f"src/ogive/formulas.py has {key}; the catalogue has no {name}"
        assert form in ogive.CATALOGUE[name].forms, key
        assert set(expressions) <= set(peers.LIBRARIES), key


@pytest.mark.parametrize("name", [name for name, card in ogive.CATALOGUE.items() if card.kind in peers.FORMS])
def test_everybody_computes_the_same(name):
    """Every function has somebody to be compared with, and whoever is installed gives its values to three digits."""
    card = ogive.CATALOGUE[name]
    assert formulas.FORMULAS.get(f"{name}.value"), f"add formulas of {name} to src/ogive/formulas.py"
    for card, form, dtype, width in peers.races([name]):
        if width in (0, peers.WIDTHS[0]):
            with np.errstate(all="ignore"):
                found = peers.line_up(card, form, peers.inputs(card, dtype, width)[:50])
            assert "ogive" in found


@pytest.mark.parametrize(
    "card", [c for c in ogive.CATALOGUE.values() if c.kind != "loss" and formulas.written(c.name)], ids=lambda card: card.name
)
def test_what_people_write_is_timed_beside_every_card(card):
    """The formula is one of the same function: right around 0, where those that people write are."""
    x = bench.draw(card, "float64", 1000).reshape(-1, bench.WIDTH)
    if isinstance(card, Elementwise):
        x = x[np.abs(x) < 1]
    values = {p.name: p.default for p in getattr(card, "parameters", ())}
    with np.errstate(all="ignore"):
        y = eval(formulas.written(card.name), {"np": np, "x": x, **values})
    assert np.allclose(y, card(x), rtol=1e-6, atol=0)
    assert bench.measure(card, card, "value", "float64", 1000, formulas.written(card.name)).ratio > 0


def test_a_wrong_peer_is_found(monkeypatch):
    monkeypatch.setitem(peers.PEERS, "tanh.value", {"NumPy": "np.tanh(1.01 * x)"})
    with pytest.raises(AssertionError, match=r"tanh.value: NumPy gives"):
        peers.line_up(ogive.tanh, "value", peers.inputs(ogive.tanh, "float64", 0))


def test_a_race_keeps_to_its_time():
    x = np.zeros(10)
    calls = {"a": lambda: np.exp(x), "b": lambda: np.exp(x)}
    assert {len(times) for times in peers.race(calls, 9).values()} == {9}
    assert {len(times) for times in peers.race(calls, 1000, 0.0).values()} == {bench.LEAST}


def test_benchmark_explains_itself():
    done = run("benchmarks/peers.py", "--help")
    assert done.returncode == 0 and done.stderr == ""
    for word in ("--function", "--form", "--dtype", "--level", "--minutes", "--json", "--markdown", "above 1: ogive is faster"):
        assert word in done.stdout, word
    wrong = run("benchmarks/peers.py", "--function", "sigmoit")
    assert wrong.returncode == 2 and "sigmoid" in wrong.stderr


def test_benchmark_runs(tmp_path):
    path = tmp_path / "new" / "numbers.json"
    done = run(
        "benchmarks/peers.py",
        "--quick",
        "--function",
        "expit",
        "--dtype",
        "float32",
        "--level",
        ogive.show_config()["levels"][-1],
        "--json",
        str(path),
    )
    assert done.returncode == 0, done.stderr
    assert "sigmoid′" in done.stdout and "np.exp" in done.stdout
    document = json.loads(path.read_text())
    assert document["machine"]["level"] == ogive.show_config()["levels"][-1]
    assert [(row["function"], row["form"], row["dtype"]) for row in document["rows"]] == [
        ("sigmoid", form, "float32") for form in ("value", "derivative")
    ]
    installed = {name for name, packages in peers.LIBRARIES.items() if peers.versions(packages)}
    assert set(document["rows"][0]["peers"]) == installed
    for row in document["rows"]:
        assert row["millions_per_second"] > 0
        assert all(0 < cell["low"] <= cell["ratio"] <= cell["high"] for cell in row["peers"].values())


def test_benchmark_results_cover_the_catalogue():
    """All but those that carry a note: of a machine that was not at hand when the table grew."""
    assert RESULTS, "benchmarks/results is empty; run benchmarks/peers.py --json"
    wanted = {(card.name, form, dtype, width) for card, form, dtype, width in peers.races()}
    complete = []
    for path in RESULTS:
        document = json.loads(path.read_text())
        assert document["machine"]["level"] == path.stem
        assert document["date"]
        assert peers.report(document, markdown=True).count("\n|") == len(document["rows"]) + 2
        if "note" in document:
            continue
        complete.append(path)
        measured = {
            (row["function"], row["form"], row["dtype"], row["shape"][1] if len(row["shape"]) > 1 else 0) for row in document["rows"]
        }
        missing = sorted({name for name, *_ in measured ^ wanted})
        assert not missing, (
            f"{path.name}: {', '.join(missing)}; run benchmarks/peers.py --level {path.stem} --json {path.relative_to(ROOT)}"
        )
    assert complete


def test_speed_page_is_what_the_numbers_give():
    assert speed.PAGE.read_text() == speed.page(), "run tools/speed.py"


def test_speed_page_tells_the_price():
    row = next(row for row in DOCUMENT["rows"] if (row["function"], row["form"], row["dtype"]) == ("silu", "value", "float32"))
    price = speed.errors({"rows": [row]})
    assert price["silu", "value", "float32", "ogive"] == "0.50"
    assert price["silu", "value", "float32", "naive NumPy"].endswith("†‡")  # 0 for normal numbers, and nan at -inf


# coverage of other libraries


def test_coverage_is_what_its_lists_give():
    assert list(coverage.stale()) == []


@pytest.mark.parametrize("library", coverage.COVERED)
def test_names_are_listed_once(library):
    names = [name for block in (" ".join(coverage.COVERED[library]), *coverage.EXCEPTIONS[library].values()) for name in block.split()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("library", coverage.COVERED)
def test_nothing_new_upstream(library):
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    made_with = json.loads(coverage.JSON.read_text())["versions"][library]
    assert list(coverage.unlisted(library, coverage.installed(library), made_with)) == []


def test_a_new_name_upstream_is_found(monkeypatch):
    monkeypatch.setattr(coverage, "public", lambda library: {*coverage.listed(library), "quantum_relu"} - {"expit"})
    assert list(coverage.unlisted("scipy", "9.9", "1.17.1")) == [
        "scipy 9.9 has quantum_relu, which tools/coverage.py does not list: add what it is in ogive, or the reason why it is not"
    ]
    assert "no expit" in list(coverage.unlisted("scipy", "9.9", "9.9"))[1]


@pytest.mark.parametrize("library", coverage.COVERED)
def test_the_same_name_means_the_same(library):
    for name, pairs in coverage.COVERED[library].items():
        meant = coverage.known_as(library, name)
        named = [ogive.get(card).name for right in pairs.values() for card in coverage.cards(right) if hasattr(ogive, card)]
        assert not meant or meant in named, f"{library}'s {name} is {named} here, but ogive.{name.lower()} is {meant}"


@pytest.mark.parametrize(
    ("library", "left", "right"),
    [(library, left, right) for library, names in coverage.COVERED.items() for pairs in names.values() for left, right in pairs.items()],
)
def test_both_sides_are_equal(library, left, right):
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    assert coverage.there(right), f"{right} is not there"
    assert coverage.differs(library, left, right) is None


def test_a_wrong_parameter_is_found():
    assert "scipy's special.expit(x) is" in coverage.differs("scipy", "special.expit(x)", "ogive.sigmoid(1.1 * x)")


# the machine's constants


def test_coefficients_are_what_their_script_computes():
    done = run("tools/coefficients.py", "--check")
    assert done.returncode == 0, done.stdout + done.stderr
