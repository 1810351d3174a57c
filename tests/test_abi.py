"""One wheel for every Python: the import, the ufuncs and the cards, with NumPy alone."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

import ogive


@pytest.mark.parametrize("name", ogive.CATALOGUE)
def test_every_card_answers(name: str) -> None:
    card = ogive.CATALOGUE[name]
    x = np.array([0.25, 0.5, 0.75, 0.875])
    extra = {"borrowed": (2.0,), "loss": (1,)}.get(card.kind, ())  # two degrees of freedom; the targets
    for form in card.forms:
        call = card.forms[form]
        if form == "backward":
            answer = call(np.ones_like(card(x, *extra)), x, *extra)
        else:
            answer = call(card(x, *extra) if form == "inverse" else x, *extra)
        assert np.all(np.isfinite(answer))
    assert np.all(np.isfinite(card(x, *extra)))
    assert pickle.loads(pickle.dumps(card)) is card


def test_every_dtype() -> None:
    for letter in "efd":
        assert ogive.sigmoid(np.zeros(3, letter)).dtype == np.dtype(letter)
        assert np.array_equal(ogive.sigmoid(np.zeros(1000, letter)), np.full(1000, 0.5, letter))


def test_the_import_brings_numpy_and_nothing_else() -> None:
    code = "import sys, numpy; before = set(sys.modules); import ogive; print(*sorted({m.partition('.')[0] for m in set(sys.modules) - before}))"
    loaded = set(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split())
    foreign = loaded - set(sys.stdlib_module_names) - {"ogive", "ml_dtypes", "numpy", "__editable___ogive"}
    assert not {name for name in foreign if not name.startswith("_")}


def test_levels_are_named() -> None:
    config = ogive.show_config()
    assert config["level"] in config["levels"]


def test_a_level_the_processor_lacks_is_refused() -> None:
    code = "import os; os.environ['OGIVE_CPU'] = 'abacus'; import ogive"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "OGIVE_CPU=abacus is not a level this processor can run; choose one of" in done.stderr
