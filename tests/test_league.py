"""The league table says what is so: it is complete, its page is what its numbers give, and a contender measured again agrees."""

import copy
import json
import sys
from pathlib import Path

import numpy as np
import pytest

import ogive
from ogive.audit import KINDS
from ogive.audit.targets import resolve

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import league  # noqa: E402
import peers  # noqa: E402

DOCUMENT = json.loads(league.JSON.read_text(encoding="utf-8"))
ENTRIES = {league.key_of(entry): entry for entry in DOCUMENT["entries"]}
NAMES = {key[0] for key in league.everything()}


def test_the_page_is_what_the_numbers_give():
    assert league.MARKDOWN.read_text(encoding="utf-8") == league.page(DOCUMENT), "run tools/league.py --tables"
    assert league.main(["--check"]) == 0


def test_everything_that_has_peers_is_there():
    """Every value and derivative of src/ogive/formulas.py, and ogive's own; nothing else."""
    expected = {
        (name, form, library)
        for key, expressions in peers.PEERS.items()
        for name, _, form in [key.partition(".")]
        if form in ("value", "derivative") and ogive.CATALOGUE[name].kind in peers.FORMS  # losses are not audited
        for library in ("ogive", *expressions)
    }
    assert set(ENTRIES) == expected == set(league.everything())
    for card in ogive.CATALOGUE.values():
        assert (card.name in NAMES) == (card.kind in peers.FORMS), card.name


@pytest.mark.parametrize("library", league.CONTENDERS)
def test_entries_are_whole(library):
    for key, entry in ENTRIES.items():
        if key[2] == library:
            examine(key, entry)


def examine(key, entry):
    assert entry["expression"] == league.expression_of(key), f"{key}: the expression has changed; run tools/league.py"
    assert entry["version"] and entry["verdict"] in ("ok", "findings"), key
    elementwise = isinstance(ogive.CATALOGUE[key[0]], ogive.Elementwise)
    if entry["inputs"] == "exhaustive":
        assert elementwise and entry["count"] == 1 << 32, key
    else:
        assert entry["inputs"] == "sample", key
        assert entry["count"] > 1 << 16 if elementwise else entry["count"] == 1 << 10, key
    assert 0 <= float(entry["max_ulp_normal"]) <= float(entry["max_ulp"]), key
    assert 0 <= entry["not_nearest"] <= 1 and float(entry["mean_ulp"]) >= 0, key
    assert len(entry["digest"]) == 64 and int(entry["digest"], 16), key
    for finding in entry["findings"]:
        assert finding["says"], key
        assert 0 <= finding["count"] <= entry["count"] or not elementwise, key
        if "low" in finding:
            assert not np.float32(finding["low"]) > np.float32(finding["high"]), key  # nan stands behind infinity
    faulty = any(KINDS[finding["kind"]].grade != "remark" for finding in entry["findings"])
    assert faulty == (entry["verdict"] == "findings"), key
    if elementwise:
        assert all(len(bits) == 10 and int(bits, 16) < 1 << 32 for bits in entry["worst"].values()), key
    if elementwise and key[2] == "ogive":
        assert not faulty and entry["not_nearest"] == 0 and float(entry["max_ulp"]) <= 0.5, key
        assert not entry["certificate"] or (ROOT / entry["certificate"]).exists(), key


@pytest.mark.parametrize(
    ("key", "kinds"),
    [
        (("sigmoid", "value", "ogive"), set()),
        (("sigmoid", "derivative", "naive NumPy"), {"error", "zero", "warning"}),
        (("silu", "value", "naive NumPy"), {"error", "limit", "warning"}),
        (("sigmoid", "value", "SciPy"), {"error", "flush"}),
        (("silu", "value", "PyTorch"), {"error", "zero", "limit"}),
        (("sigmoid", "value", "ONNX Runtime"), {"error", "zero"}),
        (("silu", "value", "JAX"), {"error", "zero", "limit"}),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else "-".join(sorted(value)),
)
def test_a_contender_measured_again_agrees(key, kinds):
    """On a small sample, with what is installed: the kinds of findings are among those of the table, and the grave ones are there."""
    if league.version_of(key[2]) is None:
        pytest.skip(f"{key[2]} is not installed")
    entry = ENTRIES[key]
    again = league.measure(key, 1 << 14, 1)
    found = {finding["kind"] for finding in again["findings"] if KINDS[finding["kind"]].grade == "fault" or finding["kind"] == "flush"}
    assert kinds <= found & {finding["kind"] for finding in entry["findings"]}
    if again["version"] == entry["version"] and DOCUMENT["machine"]["cpu"] == peers.machine()["cpu"]:
        assert float(again["max_ulp_normal"]) <= 2 * float(entry["max_ulp_normal"])


@pytest.mark.parametrize("library", league.LIBRARIES)
def test_a_contender_gives_what_its_expression_gives(library):
    """At any shape and layout, with the bits of the call that benchmarks time; in another process too."""
    if league.version_of(library) is None:
        pytest.skip(f"{library} is not installed")
    x = np.linspace(-5, 5, 24, dtype=np.float32)
    contender = league.Contender(library, "sigmoid", "value")
    expected = np.asarray(peers.peer(library, ogive.sigmoid, "value", x)())
    assert np.asarray(contender(x)).tobytes() == expected.tobytes()
    for shaped in (x[:1].reshape(()), x[:0], x.reshape(2, 3, 4), np.asfortranarray(x.reshape(4, 6)), x[::2], x[::-1]):
        came = np.asarray(contender(shaped))
        assert came.shape == shaped.shape and came.dtype == np.float32
        np.testing.assert_allclose(came, ogive.sigmoid(shaped), rtol=1e-5)
    target = resolve(contender, "value", "float32", library="python")
    assert target.portable and target.library == "python"


def test_a_false_number_is_found(tmp_path, monkeypatch, capsys):
    false = copy.deepcopy(DOCUMENT)
    false["entries"][0]["max_ulp_normal"] = 123.0
    assert league.page(false) != league.page(DOCUMENT)
    lost = false["entries"].pop()
    monkeypatch.setattr(league, "JSON", tmp_path / "league.json")
    league.JSON.write_text(json.dumps(false), encoding="utf-8")
    assert league.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert "run tools/league.py --tables" in said and f"{lost['function']}.{lost['form']} of {lost['library']}" in said


def test_a_new_version_or_expression_is_audited_again(tmp_path):
    path = tmp_path / "league.json"
    key = ("tanh", "value", "NumPy")
    for change in ({}, {"version": "0.1"}, {"expression": "np.tan(x)"}):
        path.write_text(json.dumps({"entries": [ENTRIES[key] | {"version": league.version_of("NumPy")} | change]}), encoding="utf-8")
        assert league.Table(path).stale(key) == bool(change)
    assert league.Table(tmp_path / "nothing.json").stale(key)


def test_the_tool_measures_and_goes_on(tmp_path, monkeypatch, capsys):
    """One contender, end to end: what is there is not measured again, and the page is written from the file."""
    monkeypatch.setattr(league, "JSON", tmp_path / "league.json")
    monkeypatch.setattr(league, "MARKDOWN", tmp_path / "league.md")
    monkeypatch.setattr(league, "SAMPLE", 1 << 12)
    for line in ("relu of ogive, sample", ""):
        assert league.main(["--function", "relu", "--library", "ogive", "--sample-only", "--jobs", "1"]) == 0
        assert line in capsys.readouterr().out
    document = json.loads(league.JSON.read_text(encoding="utf-8"))
    assert [league.key_of(entry) for entry in document["entries"]] == [("relu", form, "ogive") for form in ("value", "derivative")]
    assert league.MARKDOWN.read_text(encoding="utf-8") == league.page(document)


def test_a_wrong_request_is_told_what_there_is(capsys):
    for wrong, words in ((["--library", "CuPy"], "ONNX Runtime"), (["--function", "sigmoit"], "sigmoid"), (["--jobs", "0"], "at least 1")):
        with pytest.raises(SystemExit):
            league.main(wrong)
        assert words in capsys.readouterr().err


def test_numbers_of_the_page_are_formatted_as_those_of_the_other_tables():
    entry = {
        "verdict": "findings",
        "max_ulp_normal": 72170500.0,
        "inputs": "exhaustive",
        "findings": [{"kind": "zero"}, {"kind": "overflow"}],
    }
    assert league.cell(entry) == "**7.2e7** ∞†"
    assert league.cell(entry | {"inputs": "sample", "findings": [{"kind": "flush"}]}) == "7.2e7"
    assert league.cell(None) == "–"
