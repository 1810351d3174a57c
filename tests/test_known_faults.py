"""Faults of other libraries that are known are found, each by its name.

`golden/known_faults.json` lists them with the version in which they were seen; in another version one may have been mended.
"""

import json
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from ogive.audit import audit
from ogive.audit.question import from_bits
from ogive.truth.ulp import format_of

FAULTS = json.loads((Path(__file__).parent / "golden" / "known_faults.json").read_text(encoding="utf-8"))
pytestmark = pytest.mark.filterwarnings("ignore")  # what other libraries warn of when they are imported


def numpy_formula(expression):
    code = compile(expression, "<formula>", "eval")
    return lambda x: eval(code, {"np": np, "x": x})


@pytest.fixture(scope="session")
def onnx_model(tmp_path_factory):
    """Write a model of one operator; the newest that ONNX Runtime reads may be older than the newest there is."""

    @cache
    def make(operator):
        onnx = pytest.importorskip("onnx")
        x, y = (onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [None]) for name in "xy")
        graph = onnx.helper.make_graph([onnx.helper.make_node(operator, ["x"], ["y"])], operator, [x], [y])
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
        path = tmp_path_factory.mktemp("onnx") / f"{operator}.onnx"
        onnx.save(model, path)
        return str(path)

    return make


@cache
def report(target, function, form, dtype):
    return audit(target, function, form=form, dtype=dtype, inputs={"float32": 1 << 18, "float64": 1 << 12}[dtype])


@pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda fault: f"{fault['target']}-{fault.get('form', 'value')}-{fault['dtype']}-{fault['kind']}"
)
def test_a_known_fault_is_found(fault, onnx_model):
    try:
        installed = version(fault["library"])
    except PackageNotFoundError:
        pytest.skip(f"{fault['library']} is not installed")
    if fault["library"] == "onnxruntime":
        if find_spec("onnx") is None:
            pytest.skip("onnx is not installed")
        target = onnx_model(fault["target"])
    elif fault["library"] == "numpy":
        target = cached_formula(fault["target"])
    else:
        target = fault["target"]
    found = {finding.kind: finding for finding in report(target, fault["function"], fault.get("form", "value"), fault["dtype"]).findings}
    finding = found.get(fault["kind"])
    if finding is None and installed != fault["version"]:
        pytest.skip(f"it was seen in {fault['library']} {fault['version']}, and {installed} is installed")
    assert finding is not None, f"{fault['says']}: there are only {', '.join(found) or 'no findings'}"
    if "near" in fault:
        low, high = (float(from_bits(end, format_of(fault["dtype"]))) for end in (finding.low, finding.high))
        assert low <= fault["near"] <= high, finding.says
    if "count" in fault:
        assert finding.count >= 1, finding.says


cached_formula = cache(numpy_formula)
