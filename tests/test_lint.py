"""The linter: what it finds, what it leaves alone, how it ends; and that the faults it names are real."""

import ast
import doctest
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import ogive
from ogive import lint as room
from ogive.cli import run
from ogive.lint import RULES, lint

FOUND = [
    ("1 / (1 + np.exp(-x))", "OG101", "ogive.sigmoid(x)"),
    ("1.0 / (math.exp(-x) + 1.0)", "OG101", "ogive.sigmoid(x)"),
    ("(1 + (-x).exp()) ** -1", "OG101", "ogive.sigmoid(x)"),
    ("1 / (1 + math.e ** -x)", "OG101", "ogive.sigmoid(x)"),
    ("1 / (1 + np.exp(x))", "OG101", "ogive.sigmoid.complement(x)"),
    ("1 / (1 + np.exp(b - x))", "OG101", "ogive.sigmoid(x - b)"),
    ("np.exp(x) / (1 + np.exp(x))", "OG101", "ogive.sigmoid(x)"),
    ("L / (1 + np.exp(-k * (x - m)))", "OG101", "L * ogive.sigmoid(k * (x - m))"),
    ("x / (1 + torch.exp(-x))", "OG101", "ogive.silu(x)"),
    ("np.log(softmax(x))", "OG102", "ogive.log_softmax(x)"),
    ("F.softmax(x, dim=-1).log()", "OG102", "ogive.log_softmax(x)"),
    ("x.softmax(-1).log()", "OG102", "ogive.log_softmax(x)"),
    ("np.log(1 + np.exp(x))", "OG103", "ogive.softplus(x)"),
    ("np.log1p(np.exp(-x))", "OG103", "ogive.softplus(-x)"),
    ("g * y * (1 - y)", "OG104", None),
    ("(1 - y) * y", "OG104", None),
    ("sigmoid(x) * (1 - sigmoid(x))", "OG104", "ogive.sigmoid.derivative(x)"),
    ("np.log(sigmoid(x))", "OG105", "ogive.log_sigmoid(x)"),
    ("np.log(1 - expit(x))", "OG105", "ogive.log_sigmoid(-(x))"),
    ("np.exp(x) / np.exp(x).sum()", "OG106", "ogive.softmax(x)"),
    ("np.exp(x) / np.sum(np.exp(x), axis=-1)", "OG106", "ogive.softmax(x)"),
    ("np.log(np.sum(np.exp(x)))", "OG107", "ogive.logsumexp(x)"),
    ("(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))", "OG108", "ogive.tanh(x)"),
    ("1 - np.tanh(x) ** 2", "OG109", "ogive.tanh.derivative(x)"),
    ("1 - tanh(x) * tanh(x)", "OG109", "ogive.tanh.derivative(x)"),
    ("0.5 * (1 + erf(x / np.sqrt(2)))", "OG110", "ogive.normal_cdf(x)"),
    ("(1 + erf(x / sqrt(2))) / 2", "OG110", "ogive.normal_cdf(x)"),
    ("np.log(p / (1 - p))", "OG111", "ogive.logit(p)"),
    ("np.log(np.exp(x) - 1)", "OG112", "ogive.inverse_softplus(x)"),
    ("np.log(np.expm1(x))", "OG112", "ogive.inverse_softplus(x)"),
    ("1 - sigmoid(x)", "OG113", "ogive.sigmoid.complement(x)"),
    ("1 - 1 / (1 + np.exp(-x))", "OG113", "ogive.sigmoid.complement(x)"),
]
LEFT_ALONE = [
    "1 / (1 + x)",
    "1 / (1 + np.exp(-np.abs(x)))",
    "np.log1p(np.exp(-abs(x)))",
    "np.exp(x - x.max()) / np.sum(np.exp(x - x.max()))",
    "np.log(np.sum(np.exp(x - np.max(x))))",
    "y * (1 - z)",
    "1 - x ** 2",
    "np.log(x)",
    "np.log(p / (1 - q))",
    "0.5 * (1 + erf(x))",
    "np.exp(x) / (1 + np.exp(y))",
    "(np.exp(x) - np.exp(-y)) / (np.exp(x) + np.exp(-y))",
]


@pytest.mark.parametrize(("source", "code", "instead"), FOUND)
def test_a_formula_is_found_and_what_it_asks_for_exists(source, code, instead):
    (finding,) = lint(f"y0 = {source}\n", "net.py")
    assert (finding.code, finding.line, finding.column) == (code, 1, 6)
    assert finding.instead == instead or instead is None
    assert str(finding).startswith(f"net.py:1:6: {code} ")
    for node in ast.walk(ast.parse(finding.instead.partition(", ")[0], mode="eval")):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ogive":
            assert hasattr(ogive, node.attr)


def test_every_rule_is_tried_and_finds_its_own_name():
    assert {code for _, code, _ in FOUND} == RULES.keys()
    for code, rule in RULES.items():
        assert [finding.code for finding in lint(rule.name)] == [code], rule.name


@pytest.mark.parametrize("source", LEFT_ALONE)
def test_a_good_formula_is_left_alone(source):
    assert lint(source) == []


def test_a_name_that_is_given_a_value_once_stands_for_it():
    source = """
def forward(x):
    e = np.exp(-x)
    y = 1 / (1 + e)
    return y, y * (1 - y)
"""
    first, second = lint(source)
    assert (first.line, first.instead) == (4, "ogive.sigmoid(x)")
    assert (second.line, second.instead) == (5, "ogive.sigmoid.derivative(x)")
    twice = source.replace("    y = 1", "    e = x\n    y = 1")
    assert [finding.code for finding in lint(twice)] == ["OG104"]
    argument = source.replace("forward(x)", "forward(x, e)")
    assert [finding.code for finding in lint(argument)] == ["OG104"]
    assert lint("e = e2 = np.exp(-x)\n1 / (1 + e)") == []
    assert lint("for e in a: 1 / (1 + e)") == []
    assert [f.code for f in lint("f = lambda x: 1 / (1 + np.exp(-x))")] == ["OG101"]


def test_a_cycle_of_names_ends():
    assert lint("a = b\nb = a\nc = 1 / (1 + a)") == []


def test_only_the_outermost_formula_is_named():
    assert [finding.code for finding in lint("np.log(1 / (1 + np.exp(-x)) * (1 - 1 / (1 + np.exp(-x))))")] == ["OG104"]


def test_a_comment_leaves_its_line_alone():
    assert lint("y = 1 / (1 + np.exp(-x))  # ogive: ignore\n") == []
    assert lint("y = (1 /\n  (1 + np.exp(-x)))  # ogive: ignore, it is a lesson\n") == []
    assert len(lint("s = '# ogive: ignore'; y = 1 / (1 + np.exp(-x))\n")) == 1


def test_the_examples_run():
    assert doctest.testmod(room).failed == 0


def test_what_the_rules_say_is_true():
    """The thresholds in the messages, tried in float32."""
    one, two = np.float32(1), np.float32(2)
    with np.errstate(all="ignore"):
        assert np.exp(np.float32(89)) == np.inf
        y = one / (one + np.exp(-np.float32(16.64)))
        assert y * (one - y) == 0 and ogive.sigmoid.derivative(np.float32(16.64)) > 0
        assert one / (one + np.exp(np.float32(89))) == 0 and ogive.sigmoid(np.float32(-89)) > 0
        assert one - ogive.sigmoid(np.float32(17.33)) == 0 and ogive.sigmoid.complement(np.float32(17.33)) > 0
        assert one - ogive.tanh(np.float32(9.02)) ** two == 0 and ogive.tanh.derivative(np.float32(9.02)) > 0
        assert (one + ogive.erf(np.float32(-5.55) / np.sqrt(two))) / two == 0 and ogive.normal_cdf(np.float32(-5.55)) > 0
        assert np.log(np.exp(np.float32(1e-8)) - one) == -np.inf and np.isfinite(ogive.inverse_softplus(np.float32(1e-8)))


def called(capsys, *arguments):
    code = run(["lint", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_files_folders_notebooks_and_the_exit_code(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("good.py").write_text("x = 1\n")
    assert called(capsys, ".") == (0, "", "")
    Path("deep").mkdir()
    Path("deep/net.py").write_text("import numpy as np\ny = 1 / (1 + np.exp(-x))\n")
    for skipped in (".git", "build", "env"):
        Path(skipped).mkdir()
        Path(skipped, "net.py").write_text("y = 1 / (1 + np.exp(-x))\n")
    Path("env/pyvenv.cfg").touch()
    cells = [
        {"cell_type": "markdown", "source": ["1 / (1 + exp(-x))"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!ls\n", "np.log(1 + np.exp(x))"]},
        {"cell_type": "code", "source": "%%bash\nls -l"},
    ]
    Path("notes.ipynb").write_text(json.dumps({"cells": cells}))
    code, out, err = called(capsys, ".")
    assert (code, err) == (1, "")
    first, second = out.splitlines()
    assert first.startswith("deep/net.py:2:5: OG101 ") or second.startswith("deep/net.py:2:5: OG101 ")
    assert "notes.ipynb[2]:3:1: OG103" in out
    assert called(capsys, "notes.ipynb", "--ignore", "OG103") == (0, "", "")
    code, out, _ = called(capsys, "deep/net.py", "--json")
    assert code == 1 and json.loads(out)[0]["instead"] == "ogive.sigmoid(x)"


def test_what_cannot_be_read_is_one_line_and_the_rest_goes_on(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text("def :\n")
    Path("b.py").write_text("1 / (1 + np.exp(-x))\n")
    Path("c.ipynb").write_text("{}")
    Path("d.py").write_bytes(b"\xff\xfe x")
    Path("e.py").write_bytes(b"# -*- coding: latin-1 -*-\n# \xe9\n")
    code, out, err = called(capsys, ".")
    assert code == 2 and out.startswith("b.py:1:1: OG101") and len(out.splitlines()) == 1
    assert [line.split()[1] for line in err.splitlines()] == ["a.py", "c.ipynb", "d.py"]
    code, out, err = called(capsys, "nowhere.py", "b.py")
    assert code == 2 and out.startswith("b.py:1:1: OG101") and err == "ogive: nowhere.py cannot be read: No such file or directory\n"
    Path("deep.py").write_text("x = " + "+".join(["a"] * 5000) + "\n")
    code, out, err = called(capsys, "deep.py", "b.py")
    assert code == 2 and out.startswith("b.py:1:1: OG101") and err == "ogive: deep.py is nested too deeply\n"
    code, _, err = called(capsys, "b.py", "--ignore", "E501")
    assert code == 2 and "OG101" in err


def test_standard_input_and_the_list_of_rules(capsys, monkeypatch):
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO("1 / (1 + np.exp(-x))"))
    assert called(capsys, "-")[1].startswith("-:1:1: OG101")
    code, out, _ = called(capsys, "--rules")
    assert code == 0 and len(out.splitlines()) == len(RULES)
    code, _, err = called(capsys)
    assert code == 2 and "ogive lint PATH" in err


def test_the_hook_runs_as_it_is_declared(tmp_path):
    hook = (Path(__file__).parent.parent / ".pre-commit-hooks.yaml").read_text()
    entry = next(line for line in hook.splitlines() if "entry:" in line).partition(": ")[2]
    assert entry == "ogive lint"
    bad = tmp_path / "bad.py"
    bad.write_text("1 / (1 + exp(-x))\n")
    done = subprocess.run([sys.executable, "-m", *entry.split(), bad], capture_output=True, text=True)
    assert done.returncode == 1 and "OG101" in done.stdout
