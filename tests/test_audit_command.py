"""``ogive audit`` and the pytest plugin, as people use them."""

import json
import subprocess
import sys
from importlib.metadata import entry_points
from xml.etree import ElementTree

import pytest

from ogive.audit import Report
from ogive.cli import run

KERNELS = """
import time
import numpy as np

def naive(x):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-x))

def good(x):
    import ogive
    return ogive.sigmoid(x)

def raises(x):
    raise RuntimeError("no kernel for this\\nmachine")

def hangs(x):
    time.sleep(60)

def shrinks(x):
    return x[1:]

def widens(x):
    return x.astype(np.float64)

def words(x):
    return ["a"] * len(x)
"""


@pytest.fixture
def kernels(tmp_path, monkeypatch):
    (tmp_path / "kernels.py").write_text(KERNELS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return tmp_path


def audit(*arguments):
    return run(["audit", *arguments, "--dtype", "float16", "--no-progress"])


def test_the_exit_code_tells_whether_faults_were_found(kernels, capsys):
    assert audit("kernels.py:good", "sigmoid") == 0
    said = capsys.readouterr()
    assert "no fault found in all 65,536 inputs" in said.out and not said.err
    assert audit("kernels:naive", "logistic") == 1
    said = capsys.readouterr().out
    assert "error" in said and "np.array([0x" in said, "a finding has a reproducer"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("raises", "RuntimeError: no kernel for this"),
        ("hangs", "does not answer within 1 s"),
        ("shrinks", "(15,)"),
        ("widens", "float64"),
        ("words", "numbers"),
        ("absent", "absent"),
    ],
)
def test_a_target_that_fails_is_one_line_and_the_others_still_run(kernels, capsys, name, words):
    assert audit(f"kernels.py:{name}", "kernels.py:good", "sigmoid", "--timeout", "1") == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1 and words in said.err
    assert "no fault found" in said.out


def test_a_missing_package_and_a_missing_file_are_told_how_to_get_there(kernels, capsys):
    assert audit("nothing_of_this_name:f", "sigmoid") == 2
    assert "pip install nothing_of_this_name" in capsys.readouterr().err
    assert audit("nothing.onnx", "sigmoid") == 2
    assert "there is no file 'nothing.onnx'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sigmoid",), "TARGET"),
        (("numpy:tanh", "tahn"), "did you mean tanh"),
        (("numpy:tanh", "relu", "--inverse"), "not injective"),
        (("numpy:tanh", "tanh", "--exhaustive", "--sample", "9"), "choose one"),
        (("numpy:tanh", "tanh", "--html", "nowhere/r.html"), "no folder"),
        (("numpy:tanh", "tanh", "--html", "r.pdf"), "end in .html"),
        (("numpy:tanh", "tanh", "--max-ulp", "0.2"), "half an ulp"),
        (("numpy:tanh", "tanh", "--param", "slope=1"), "no parameters"),
        (("numpy:tanh", "tanh", "--sample", "0"), "at least one"),
        (("numpy:tanh", "tanh", "--colour"), "--help"),
    ],
)
def test_a_wrong_request_is_one_line_with_a_way_out(kernels, capsys, arguments, words):
    assert audit(*arguments) == 2
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and not said.out


def test_reports_are_written_in_every_form(kernels, capsys):
    code = audit("kernels.py:naive", "sigmoid", "--html", "r.html", "--junit", "r.xml", "--json", "r.json", "--markdown", "r.md")
    assert code == 1
    capsys.readouterr()
    report = Report.load("r.json")
    assert not report.ok() and report.statistics["count"] == 65536
    assert report.ok(max_ulp=1e9, allow_flush=True) or any(f.kind not in ("error", "flush") for f in report.findings)
    assert ElementTree.parse("r.xml").getroot().get("failures") != "0"
    assert "<svg" in (kernels / "r.html").read_text(encoding="utf-8") and "sigmoid" in (kernels / "r.md").read_text(encoding="utf-8")
    assert sorted(p.name for p in kernels.iterdir() if p.name.startswith((".", "r."))) == ["r.html", "r.json", "r.md", "r.xml"]


def test_several_targets_make_one_page(kernels, capsys):
    audit("kernels.py:naive", "kernels.py:good", "sigmoid", "--json", "r.json", "--junit", "r.xml")
    assert capsys.readouterr().out.count("against sigmoid, float16") == 2
    assert [document["verdict"] for document in json.loads((kernels / "r.json").read_text(encoding="utf-8"))] == ["findings", "ok"]
    assert len(list(ElementTree.parse("r.xml").getroot())) == 2


def test_reproducers_run_as_pasted(kernels, capsys):
    audit("kernels.py:naive", "sigmoid", "--json", "r.json")
    for finding in Report.load("r.json").findings:
        ran = subprocess.run([sys.executable, "-c", finding.reproducer], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        if finding.got and " " not in finding.got:
            assert finding.got in ran.stdout, finding


def test_a_derivative_is_asked_for_by_its_flag(kernels, capsys):
    (kernels / "slope.py").write_text(
        "import numpy as np\ndef f(x):\n    y = 1 / (1 + np.exp(-np.maximum(x, -11)))\n    return y * (1 - y)\n"
    )
    assert audit("slope.py:f", "sigmoid", "--derivative") == 1
    assert "0 comes at" in capsys.readouterr().out


def test_flushed_subnormal_numbers_can_be_accepted(kernels, capsys):
    (kernels / "flush.py").write_text(
        "import numpy as np, ogive\n"
        "def f(x):\n    y = ogive.sigmoid(x)\n    return np.where(y < np.finfo(x.dtype).tiny, np.zeros_like(y), y)\n"
    )
    assert audit("flush.py:f", "sigmoid") == 1
    assert audit("flush.py:f", "sigmoid", "--allow-flush") == 0
    assert "flush" in capsys.readouterr().out


# ── in tests ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

SUITE = """
import numpy as np, pytest
from kernels import good, naive

def test_good(ogive_audit):
    assert ogive_audit(good, "sigmoid", dtype="float16").statistics["count"] == 65536

def test_naive(ogive_audit):
    ogive_audit(naive, "sigmoid", dtype="float16")

@pytest.mark.ogive_audit("sigmoid", dtype="float16", max_ulp=2, allow_flush=True)
def test_marked(ogive_audit):
    ogive_audit(good)
    ogive_audit(good, dtype="bfloat16")

def test_nameless(ogive_audit):
    ogive_audit(good)
"""


def test_the_fixture_and_the_marker_work_in_a_test_suite(kernels):
    (kernels / "test_it.py").write_text(SUITE)
    known = any(entry.value == "ogive.pytest_plugin" for entry in entry_points(group="pytest11"))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--strict-markers",
        "--junitxml=r.xml",
        *([] if known else ["-p", "ogive.pytest_plugin"]),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=kernels)
    assert "2 passed" in ran.stdout and ran.returncode == 1, ran.stdout + ran.stderr
    assert "against sigmoid, float16" in ran.stdout and "name the function" in ran.stdout
    properties = {p.get("name") for p in ElementTree.parse(kernels / "r.xml").iter("property")}
    assert {"ogive.max_ulp", "ogive.digest"} <= properties


def test_the_plugin_loads_nothing_heavy():
    """pytest loads it in every project; so it brings NumPy and nothing else."""
    heavy = "import sys, ogive.pytest_plugin; print([m for m in ('flint', 'mpmath', 'rich', 'scipy', 'ogive.audit') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True).stdout.strip() == "[]"
