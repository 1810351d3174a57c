"""The examples run from a fresh clone, and print and draw what they promise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from test_lessons import ROWS

EXAMPLES = Path(__file__).parent.parent / "examples"
LESSONS = sorted(path.stem for path in EXAMPLES.glob("lesson_*.py"))

#: What each lesson must print: the beginning of a line, and what follows it.
PRINTED = {
    "lesson_a_sigmoid": [
        ("1 / (1 + np.exp(-x))", "[0.73105858 0.88079708 0.95257413 0.98201379 0.99330715]"),
        ("ogive.sigmoid(x)", "[0.73105858 0.88079708 0.95257413 0.98201379 0.99330715]"),
        ("! RuntimeWarning:", "overflow encountered in exp"),
        ("ogive.sigmoid(x), under errstate(all='raise')", "[0. 0.88079708 0.95257413 0.98201379 0.99330715]"),
        ("by masks", r"\[0\. 0\.8807970\d 1\. \] float64"),
        ("ogive.sigmoid(x)", "[0. 0.8807971 nan] float32"),
        ("! TypeError:", "'float' object is not subscriptable"),
        ("largest error of exp(-logaddexp(0, -x))", r"3[0-3]\.\d\d ulp"),
        ("largest error of ogive.sigmoid(x)", r"0\.5[0-5] ulp"),
        ("zero-centred", "False"),
        ("saturates, so its gradient vanishes", "True"),
        ("largest derivative", "1/4"),
    ],
    "lesson_b_activations": [
        ("softmax softmax(x)ᵢ = e^(xᵢ / T)/(Σⱼ e^(xⱼ / T))", "[0.0159 0.1173 0.8668]"),
        ("! RuntimeWarning:", "overflow encountered in exp"),
        ("exp(z) / sum(exp(z)) of [1000, 1000]", "[nan nan]"),
        ("ogive.softmax([1000, 1000])", "[0.5 0.5]"),
        ("at -710 and 710 it is", "[nan nan]"),
        ("ogive.tanh([-710, 710])", "[-1. 1.]"),
        ("zero-centred: tanh, sigmoid", "True, False"),
        ("weights differ from scikit-learn's by", r"\d\.\de-(0[789]|1\d) at most"),
        ("sigmoid, after five epochs: loss, accuracy", r"2\.3\d, 0\.1\d"),
        ("The gradient vanishes mathematically, not by rounding:", "each of 10 layers of sigmoid.*"),
        ("relu, after five epochs: loss, accuracy", r"0\.\d\d, 0\.[89]\d"),
        ("Healthy:", "the gradient reaches the first layer.*"),
        ("one affine map that does the same has", "640"),
        ("their outputs differ by", r"\d\.\de-1[3-6] at most"),
    ],
    "lesson_c_graph": [
        ("node ×(-1)", "-1.00000000"),
        ("node exp", "0.36787944"),
        ("node +1", "1.36787944"),
        ("node /", "0.73105858"),
        ("/: multiply by -y²:", "1 × -0.5344 = -0.5344"),
        ("+1: pass on:", "-0.5344 → -0.5344"),
        ("exp: multiply by exp(-x):", "-0.5344 × 0.3679 = -0.1966"),
        ("×(-1): multiply by -1:", "-0.1966 × -1 = 0.1966"),
        ("y (1 - y)", r"0\.19661193324148\d\d"),
        ("At x = -1000 the node exp overflows:", r"exp\(-x\) is inf.*"),
        ("ogive.layers.Sigmoid, forward([24, 32, 5])", "[1. 1. 0.99330715]"),
        ("the notes' layer at x = 40 in float64", r"0\.0"),
        ("ogive.layers.Sigmoid at x = 40 in float64", r"4\.248354255291589e-18"),
        ("the notes' layer at x = 18 in float32", r"0\.0"),
        ("ogive.layers.Sigmoid at x = 18 in float32", r"1\.52299\d*e-08"),
        ("the same with backward_from='output'", r"0\.0"),
    ],
    "lesson_d_family": [
        ("Student's ogive.student_t_cdf(x, 3)", "[0.00203829 0.06966298 0.5 0.93033702]"),
        ("the derivative, y (1 - y)", "[0.10499359 0.19661193 0.25 0.19661193 0.10499359]"),
        ("a million x and -x have the same derivative", "True, bit for bit"),
        ("logit(sigmoid(x))", "[ 1. 10. 29.99983361 36.04365339]"),
        ("softmax([x, 0])[0] and sigmoid(x) differ by", "1 ulp at most"),
        ("largest derivative: tanh, sigmoid", "1, 1/4"),
        ("tanh: the loss of five epochs", r"2\.\d\d .* 0\.\d\d"),
        ("sigmoid: the loss of five epochs", r"2\.\d\d .* [12]\.\d\d"),
        ("relu beside np.maximum(x, 0)", r"\d+\.\d\d against \d+\.\d\d ns an element"),
        ("it crosses both at once: sigmoid(0)", r"0\.5"),
    ],
    "lesson_e_networks": [
        ("AND, learned by one perceptron", r"\[0 0 0 1\] weights .*"),
        ("OR, learned by one perceptron", r"\[0 1 1 1\] weights .*"),
        ("NAND, learned by one perceptron", r"\[1 1 1 0\] weights .*"),
        ("! ConvergenceWarning:", "Perceptron has not converged.*"),
        ("XOR = AND(NAND, OR), by two layers of gates", "[0 1 1 0]"),
        ("XOR, learned by a network in", r"\d+ epochs \[0 1 1 0\]"),
        ("! ValueError:", "The truth value of an array.*"),
        ("np.array(x > 0)", "[False True True]"),
        ("ogive.step([-1, 1, 2], dtype=int)", "[0 1 1]"),
        ("ogive.step(0), with at_zero=0.5, with at_zero=1", "0, 0.5, 1"),
        ("ogive.step.derivative([-1, 1])", "[0. 0.]"),
        ("how far the weights of its three layers have moved", r"0, 0, 0\.\d+"),
        ("No gradient gets past layer 2:", "the derivative of step is 0 at every sample.*"),
        ("ogive.sigmoid([-1, 1, 2])", "[0.26894142 0.73105858 0.88079708]"),
        ("np.arange(-5, 5, 2)", "[-5 -3 -1 1 3]"),
        ("ReLU at these", "[0. 0. 0. 1. 3.]"),
        ("1", r"0\.[34]\d* (\d[.\de-]* ?){3}"),
        ("20", r"\d\.?\d*e-1[0-9] (\d[.\de-]* ?){3}"),
    ],
}


def run(name: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script where it may leave things, with every warning that gets out an error."""
    environment = os.environ | {"PYTHONWARNINGS": "error", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


def follows(lines: Sequence[str], beginning: str, rest: str) -> bool:
    """Tell whether a line begins so and goes on as expected: a literal in brackets, else a pattern."""
    literal = rest.startswith("[")
    texts = [line.removeprefix(beginning).strip() for line in lines if line.startswith(beginning)]
    return any(text == rest if literal else re.fullmatch(rest, text) for text in texts)


def test_there_is_a_lesson_for_each_letter() -> None:
    assert [name.split("_")[1] for name in LESSONS] == [letter.lower() for letter in ROWS]
    assert list(PRINTED) == LESSONS


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_tells_every_row_and_its_numbers(name: str, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    done = run(name, tmp_path, "--pictures", "drawn/here")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    letter = name.split("_")[1].upper()
    assert [line.split()[0] for line in lines if re.match(r"[A-E]\d ", line)] == [f"{letter}{i}" for i in range(1, ROWS[letter] + 1)]
    missing = [(beginning, rest) for beginning, rest in PRINTED[name] if not follows(lines, beginning, rest)]
    assert not missing, done.stdout
    said = {Path(line.removeprefix("picture ")) for line in lines if line.startswith("picture ")}
    assert said and {tmp_path / path for path in said} == set((tmp_path / "drawn/here").iterdir()) == {*tmp_path.rglob("*.*")}
    for path in said:
        begins = (tmp_path / path).read_bytes()[:4]
        assert begins == (b"\x89PNG" if path.suffix == ".png" else b"<svg"), path


def test_without_a_folder_no_picture_is_drawn(tmp_path: Path) -> None:
    done = run("lesson_c_graph", tmp_path)
    assert (done.returncode, done.stderr) == (0, "") and "picture" not in done.stdout
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("lesson_c_graph", tmp_path, "--pictures", "file/pictures")
    assert done.returncode == 2 and "name a folder that can be written to" in done.stderr
    assert "--pictures DIR" in run("lesson_c_graph", tmp_path, "--help").stdout
