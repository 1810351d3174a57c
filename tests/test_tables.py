"""The tables that are committed say what is so: accuracy, benchmarks, the machine's constants."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import ogive

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import accuracy  # noqa: E402
import peers  # noqa: E402

DOCUMENT = json.loads(accuracy.JSON.read_text())
MEASURED = list(dict.fromkeys(row["function"] for row in DOCUMENT["rows"]))
RESULTS = sorted((ROOT / "benchmarks/results").glob("*.json"))


def run(script, *arguments):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHONWARN")}
    command = [sys.executable, str(ROOT / script), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


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
    x = accuracy.inputs(ogive.sigmoid, "value", "float32")
    assert np.array_equal(x, accuracy.inputs(ogive.sigmoid, "value", "float32"))
    binades = np.frexp(x.astype(np.float64))[1]
    assert set(range(-125, 129)) <= set(binades.tolist())
    assert np.isfinite(x).all() and (x < 0).any() and (x > 0).any()
    near = accuracy.inputs(ogive.logit, "value", "float64")
    assert np.min(np.abs(near[near != 0.5] - 0.5)) < 1e-13 and near.min() >= 0 and near.max() <= 1


def test_errors_are_measured_from_the_unrounded_truth():
    x = np.array([0.25, 1.5, 700.0, -740.0])
    truth = accuracy.Truth(ogive.sigmoid, "derivative", x)
    right = np.array([float(accuracy.correctly_rounded("sigmoid", "derivative", v, "float64")) for v in x])
    assert np.array_equal(truth.right, right)
    assert (truth.errors(right) <= 0.5).all() and (truth.errors(right) > 0).any()
    for got in (np.nextafter(right, 1), np.zeros(4), np.full(4, np.nan)):
        expected = [abs(accuracy.ulp_error(v, truth.ball(i), "float64")) for i, v in enumerate(got)]
        np.testing.assert_allclose(truth.errors(got), expected, rtol=1e-6)


# benchmarks


def test_peers_belong_to_cards():
    for key, expressions in peers.PEERS.items():
        name, _, form = key.partition(".")
        assert form in ogive.CATALOGUE[name].forms, key
        assert set(expressions) <= set(peers.LIBRARIES), key


def test_benchmark_explains_itself():
    done = run("benchmarks/peers.py", "--help")
    assert done.returncode == 0 and done.stderr == ""
    for word in ("--function", "--dtype", "--level", "--json", "--markdown", "above 1: ogive is faster"):
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
    assert RESULTS, "benchmarks/results is empty; run benchmarks/peers.py --json"
    wanted = {(name, form, dtype) for name, card in ogive.CATALOGUE.items() for form in peers.FORMS[card.kind] for dtype in peers.DTYPES}
    for path in RESULTS:
        document = json.loads(path.read_text())
        assert document["machine"]["level"] == path.stem
        measured = {(row["function"], row["form"], row["dtype"]) for row in document["rows"]}
        assert measured == wanted, (
            f"{path.name}: {sorted(measured ^ wanted)}; run benchmarks/peers.py --level {path.stem} --json {path.relative_to(ROOT)}"
        )
        assert peers.report(document, markdown=True).count("\n|") == len(document["rows"]) + 2


# the machine's constants


def test_coefficients_are_what_their_script_computes():
    done = run("tools/coefficients.py", "--check")
    assert done.returncode == 0, done.stdout + done.stderr
