"""The committed certificates are those of this machine: a few digests of each are computed again."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "certificates" / "float32").glob("*.json"))


@pytest.fixture(scope="module")
def certify():
    specification = importlib.util.spec_from_file_location("certify", ROOT / "tools" / "certify.py")
    module = importlib.util.module_from_spec(specification)
    sys.modules["certify"] = module
    specification.loader.exec_module(module)
    yield module
    del sys.modules["certify"]


def test_each_form_has_a_certificate_or_is_listed_as_open(certify):
    wanted = {f"{function}.{form}" for function, form in certify.pairs(certify.FUNCTIONS, certify.FORMS)}
    there = {path.stem for path in FILES}
    listed = (ROOT / "certificates" / "open.txt").read_text(encoding="utf-8").split()
    assert there <= wanted
    assert listed == sorted(wanted - there), "run: python tools/certify.py --list"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_certificate_covers_every_input_and_its_digests_are_ours(certify, path):
    content = json.loads(path.read_text(encoding="utf-8"))
    chunks = certify.read(path)
    function, form = content["function"], content["form"]
    assert path.stem == f"{function}.{form}"
    assert content["inputs"] == 2**32 and sorted(chunks) == list(range(512))
    assert content["misrounded"] == 0 == sum(chunk.misrounded for chunk in chunks.values())
    assert content["screen_error"] <= 0.6 and content["screen_checked_by_arb"] > 10_000
    again = certify.certificate(function, form, chunks)
    assert {key: content[key] for key in ("digest", "decided_by_arb", "worst")} == {
        key: again[key] for key in ("digest", "decided_by_arb", "worst")
    }
    rng = np.random.default_rng(len(path.stem))
    # the subnormals, the binade of 1, that of -1, and three more
    for number in {0, 127, 383, *map(int, rng.integers(0, 512, 3))}:
        assert certify.digest(function, form, number) == chunks[number].digest, number


def test_a_changed_result_changes_the_digest(certify, monkeypatch):
    monkeypatch.setattr(certify, "SIZE", 1 << 12)
    before = certify.digest("sigmoid", "value", 3)
    honest = certify.inputs

    def one_input_off(number):
        x = honest(number).copy()
        x[77] = 1.0
        return x

    monkeypatch.setattr(certify, "inputs", one_input_off)
    assert certify.digest("sigmoid", "value", 3) != before


def test_a_run_writes_a_certificate_and_goes_on_where_it_stopped(certify, monkeypatch, tmp_path):
    monkeypatch.setattr(certify, "CHUNKS", 6)
    monkeypatch.setattr(certify, "SIZE", 1 << 10)
    monkeypatch.setattr(certify, "PATIENCE", 2)
    decided = []

    class Here:
        """A pool of one worker: this process, interrupted after some chunks."""

        def __init__(self, limit):
            self.limit = limit

        def submit(self, function, *arguments):
            from concurrent.futures import Future

            future = Future()
            if self.limit == 0:
                future.set_exception(KeyboardInterrupt())
            else:
                self.limit -= 1
                chunk = function(*arguments)
                decided.append(chunk.number if chunk is not arguments[-1] else None)
                future.set_result(chunk)
            return future

    final, partial = certify.paths(tmp_path, "tanh", "value")
    with pytest.raises(KeyboardInterrupt):
        monkeypatch.setattr(certify, "as_completed", iter)
        certify.certify("tanh", "value", tmp_path, Here(3), False, lambda: None)
    assert not final.exists() and sorted(certify.read(partial)) == [0, 1, 2]
    result = certify.certify("tanh", "value", tmp_path, Here(99), False, lambda: None)
    assert decided == [0, 1, 2, None, None, None, 3, 4, 5], "what was decided is not decided again"
    assert final.exists() and not partial.exists()
    assert result["inputs"] == 6 * 1024 and result["misrounded"] == 0
    assert certify.check(tmp_path, ["tanh"], ["value"], [0, 5]) == 0
    content = json.loads(final.read_text())
    content["chunks"][5][1] = "0" * 64
    certify.write(final, content)
    assert certify.check(tmp_path, ["tanh"], ["value"], [0, 5]) == 1
