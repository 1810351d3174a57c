"""What is audited: it is found, called with arrays, tried, handed to another process, and written down so that it runs as pasted."""

import functools
import importlib.util
import multiprocessing
import pickle
import subprocess
import sys
import threading
import time
import types
import warnings

import numpy as np
import pytest

import ogive
from ogive.audit.patience import TargetError, patiently
from ogive.audit.targets import Target, probe, resolve
from ogive.truth.ulp import format_of

DTYPES = ["float16", "bfloat16", "float32", "float64"]
TOLERANCE = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 1e-5, "float64": 1e-5}


def needs(library):
    """Skip where a library is not installed, without importing it: Keras must be told of its backend before."""
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")


def numbers(dtype="float32", shape=(48,)):
    return np.linspace(-6, 6, int(np.prod(shape))).reshape(shape).astype(format_of(dtype).dtype)


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def agrees(target, expected, dtype="float32"):
    x = numbers(dtype)
    y = target(x)
    assert isinstance(y, np.ndarray) and y.dtype == x.dtype and y.shape == x.shape
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(y.astype(float), expected(x.astype(float)), atol=TOLERANCE[dtype], rtol=TOLERANCE[dtype])


def naive(x):
    return 1 / (1 + np.exp(-x))


class Doubler:
    def __call__(self, x):
        return x + x


# ── what is found ────────────────────────────────────────────────────────────────────────────────────────────────────────

TEXTS = [
    ("numpy:tanh", "numpy.tanh", "numpy", "tanh"),
    ("scipy:expit", "scipy.special.expit", "scipy", "sigmoid"),
    ("scipy.special:expit", "scipy.special.expit", "scipy", "sigmoid"),
    ("ogive:expit", "ogive.expit", "ogive", "sigmoid"),
    ("ogive:ufunc.sigmoid", "ogive.ufunc.sigmoid", "ogive", "sigmoid"),
    ("ogive:sigmoid.derivative", "ogive.sigmoid.derivative", "ogive", "sigmoid.derivative"),
    ("torch:gelu", "torch.nn.functional.gelu", "torch", "gelu"),
    ("torch:erf", "torch.erf", "torch", "erf"),
    ("torch:ndtr", "torch.special.ndtr", "torch", "normal_cdf"),
    ("torch.special:expit", "torch.special.expit", "torch", "sigmoid"),
    ("torch.nn:GELU", "torch.nn.GELU", "torch", "gelu"),
    ("jax:silu", "jax.nn.silu", "jax", "silu"),
    ("jax:ndtr", "jax.scipy.special.ndtr", "jax", "normal_cdf"),
    ("jax.numpy:tanh", "jax.numpy.tanh", "jax", "tanh"),
    ("keras:gelu", "keras.activations.gelu", "keras", "gelu"),
    ("keras:erf", "keras.ops.erf", "keras", "erf"),
    ("keras.layers:ReLU", "keras.layers.ReLU", "keras", "relu"),
]


@pytest.mark.parametrize(("text", "name", "library", "function"), TEXTS)
def test_a_text_names_an_implementation(text, name, library, function):
    needs(library)
    target = resolve(text)
    assert (target.name, target.library, target.spec, target.form, target.dtype) == (name, library, text, "value", "float32")
    assert library in target.versions and all(version[0].isdigit() for version in target.versions.values())
    card, _, form = function.partition(".")
    agrees(target, getattr(ogive.get(card), form or "value"))


def test_a_callable_is_recognised():
    sc = pytest.importorskip("scipy.special")
    found = {
        np.tanh: ("numpy.tanh", "numpy", "numpy:tanh", np.tanh),
        sc.expit: ("scipy.special.expit", "scipy", "scipy.special:expit", sc.expit),
        sc.softmax: ("scipy.special.softmax", "scipy", "scipy.special:softmax", None),
        ogive.ufunc.sigmoid: ("ogive.ufunc.sigmoid", "ogive", "ogive:ufunc.sigmoid", ogive.ufunc.sigmoid),
        ogive.sigmoid: ("ogive.sigmoid", "ogive", "ogive:sigmoid", ogive.ufunc.sigmoid),
        ogive.sigmoid.derivative: ("ogive.sigmoid.derivative", "ogive", "ogive:sigmoid.derivative", ogive.sigmoid.derivative.ufunc),
        ogive.leaky_relu: ("ogive.leaky_relu", "ogive", "ogive:leaky_relu", None),
        naive: (f"{__name__}.naive", "python", f"{__name__}:naive", None),
        np.add: ("numpy.add", "numpy", "numpy:add", None),
    }
    for f, (name, library, spec, ufunc) in found.items():
        target = resolve(f)
        assert (target.name, target.library, target.spec, target.ufunc) == (name, library, spec, ufunc)
    x = numbers()
    assert resolve(lambda x: x).name == "<lambda> in test_targets.py"
    assert resolve(Doubler()).name == "Doubler" and same(resolve(Doubler())(x), x + x)
    steep = resolve(functools.partial(ogive.leaky_relu, slope=0.5))
    assert (steep.name, steep.library, steep.spec) == ("ogive.leaky_relu(slope=0.5)", "ogive", None)
    assert same(steep(x), ogive.leaky_relu(x, 0.5))
    assert resolve(steep) is steep
    assert resolve(resolve(np.tanh), dtype="float64").dtype == "float64"
    assert same(resolve(steep, "derivative")(x), ogive.leaky_relu.derivative(x, 0.5))


def test_callables_of_torch_are_recognised():
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    for f, spec in ((functional.gelu, "torch.nn.functional:gelu"), (torch.sigmoid, "torch:sigmoid"), (torch.nn.GELU, "torch.nn:GELU")):
        target = resolve(f)
        assert (target.library, target.spec, target.name) == ("torch", spec, spec.replace(":", "."))
    agrees(resolve(torch.Tensor.sigmoid), ogive.sigmoid)
    layer = resolve(torch.nn.GELU(approximate="tanh"))
    assert (layer.name, layer.library, layer.spec) == ("GELU(approximate='tanh')", "torch", None)
    agrees(layer, ogive.gelu_tanh)

    class Own(torch.nn.Module):
        def forward(self, x):
            return torch.relu(x)

    assert resolve(Own).library == resolve(Own()).library == "torch"
    assert (resolve(Own).name, resolve(Own()).name, resolve(torch.nn.Sequential(Own())).name) == ("Own", "Own()", "Sequential")
    agrees(resolve(Own), ogive.relu)
    agrees(resolve(functools.partial(functional.leaky_relu, negative_slope=0.5)), lambda x: ogive.leaky_relu(x, 0.5))
    agrees(resolve(lambda x: torch.relu(x), library="torch"), ogive.relu)
    agrees(resolve(lambda x: torch.relu(torch.from_numpy(x))), ogive.relu)  # NumPy's arrays are what one's own function gets
    learned = resolve(torch.nn.PReLU(init=0.5))
    agrees(learned, lambda x: ogive.leaky_relu(x, 0.5))  # and has parameters that could be differentiated
    with pytest.raises(TargetError, match=r"^torch.nn.Threshold is a class that cannot do without arguments; give an instance \(TypeError"):
        resolve("torch.nn:Threshold")


def test_callables_of_jax_are_recognised():
    jax = pytest.importorskip("jax")
    for f, spec in ((jax.nn.gelu, "jax.nn:gelu"), (jax.numpy.sinh, "jax.numpy:sinh"), (jax.nn.relu, "jax.nn:relu")):
        target = resolve(f)
        assert (target.library, target.spec) == ("jax", spec)
    assert {"jax", "jaxlib"} <= set(resolve(jax.nn.relu).versions)
    own = resolve(jax.jit(lambda x: jax.numpy.maximum(x, 0)))
    assert (own.library, own.name) == ("jax", "<lambda> in test_targets.py")
    agrees(own, ogive.relu)
    agrees(resolve(lambda x: x * (x > 0), library="jax"), ogive.relu)


def test_layers_of_keras_are_recognised():
    needs("keras")
    first = resolve("keras:relu")
    keras = sys.modules["keras"]
    assert resolve(keras.ops.gelu).spec == "keras.ops:gelu"
    assert keras.config.backend() in first.versions
    layer = resolve(keras.layers.LeakyReLU(negative_slope=0.5))
    assert (layer.name, layer.library, layer.spec, layer.portable) == ("LeakyReLU", "keras", None, True)
    agrees(layer, lambda x: ogive.leaky_relu(x, 0.5))
    agrees(resolve(keras.layers.LeakyReLU(negative_slope=0.5), "derivative"), lambda x: ogive.leaky_relu.derivative(x, 0.5))


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's variables and tensors of PyTorch's
def test_keras_with_another_backend_goes_by_its_own_conversions(monkeypatch, capsys):
    needs("keras")
    resolve("keras:relu")
    keras = sys.modules["keras"]
    monkeypatch.setenv("KERAS_BACKEND", keras.config.backend())
    monkeypatch.setattr(keras.config, "backend", lambda: "another")
    target = resolve("keras:relu")
    agrees(target, ogive.relu)
    assert executed(target.recipe(BITS["float32"]), capsys) == printed(target)
    with pytest.raises(TargetError, match=r"the derivatives of Keras are taken with KERAS_BACKEND=torch or jax; it is another$"):
        resolve("keras:relu", "derivative")


def test_a_function_in_a_file_is_found(tmp_path, monkeypatch):
    (tmp_path / "beside.py").write_text("scale = 2\n")
    (tmp_path / "own.py").write_text(
        "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom beside import scale\n"
        "@dataclass\nclass Scaled:\n    by: int\n    def times(self, x): return self.by * x\nscaled = Scaled(scale)\n"
    )
    monkeypatch.chdir(tmp_path)
    target = resolve("own.py:scaled.times")
    assert (target.name, target.library, target.spec) == ("own.py:scaled.times", "python", f"{tmp_path}/own.py:scaled.times")
    assert same(target(numbers()), 2 * numbers())
    assert str(tmp_path) not in sys.path
    sys.modules.pop("beside")


# ── what is not ──────────────────────────────────────────────────────────────────────────────────────────────────────────

MISTAKES = [
    ("numpy:tahn", r"^there is no 'tahn' in numpy; did you mean numpy:tan, numpy:tanh, numpy:atan\?$"),
    ("numpy.linalg:nrom", r"^there is no 'nrom' in numpy.linalg; did you mean numpy.linalg:norm\?$"),
    ("ogive:qqqqqq", r"^there is no 'qqqqqq' in ogive$"),
    ("numpy:pi", r"^numpy.pi cannot be called; a target is a callable, or text: module:callable, .*"),
    ("numpy:linalg", r"^numpy.linalg cannot be called"),
    ("gelu", r"^'gelu' names no target; .* torch:gelu \(numpy, scipy, torch, jax, keras, ogive\)$"),
    (":gelu", r"^':gelu' names no target"),
    ("torch:", r"^'torch:' names no target"),
    (
        "no_such_module:f",
        r"^no_such_module is not installed: pip install no_such_module; a function in a file is written no_such_module.py:f",
    ),
    ("numpy.nothing:f", r"^importing numpy.nothing raises ModuleNotFoundError: No module named 'numpy.nothing'$"),
    ("nothing.py:f", r"^there is no file 'nothing.py'; a target in a file is written file.py:function, from the working directory$"),
    ("bad.py:f", r"^running bad.py raises ZeroDivisionError: division by zero$"),
    ("leaves.py:f", r"^running leaves.py raises SystemExit: 3$"),
    ("needs:f", r"^importing needs raises ModuleNotFoundError: No module named 'no_such_package': pip install no_such_package$"),
    ("fails:f", r"^importing fails raises RuntimeError: first$"),
    ("model.onnx", r"^there is no file 'model.onnx'$"),
    (7, r"^a int cannot be called; a target is a callable"),
]


@pytest.mark.parametrize(("wrong", "message"), MISTAKES)
def test_what_is_not_there_is_said_in_a_line(wrong, message, tmp_path, monkeypatch):
    if str(wrong).endswith(".onnx"):
        pytest.importorskip("onnxruntime")
    (tmp_path / "bad.py").write_text("1 / 0\n")
    (tmp_path / "leaves.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "needs.py").write_text("import no_such_package\n")
    (tmp_path / "fails.py").write_text("raise RuntimeError('first\\nsecond')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(TargetError, match=message) as caught:
        resolve(wrong)
    assert "\n" not in str(caught.value)


def test_a_missing_package_is_named(monkeypatch):
    class Absent:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name == "scipy":
                raise ModuleNotFoundError("No module named 'scipy'", name="scipy")

    for name in [name for name in sys.modules if name.partition(".")[0] == "scipy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Absent, *sys.meta_path])
    with pytest.raises(TargetError, match=r"^scipy is not installed: pip install scipy$"):
        resolve("scipy:expit")


def test_a_form_that_a_card_does_not_have_is_refused():
    with pytest.raises(TargetError, match=r"^inverse of relu is not defined: "):
        resolve(ogive.relu, "inverse")
    with pytest.raises(TargetError, match=r"^ogive.softmax has no form 'derivative'; it has value, backward$"):
        resolve(ogive.softmax, "derivative")
    with pytest.raises(TargetError, match="no library is called 'tensorflow'; there are keras, torch"):
        resolve(naive, library="tensorflow")
    with pytest.raises(TypeError, match="float32, float64, not int32"):
        resolve(naive, dtype="int32")


# ── what comes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("text", ["ogive:sigmoid", "torch:sigmoid", "jax:sigmoid", "keras:sigmoid"])
def test_every_dtype_goes_in_and_comes_back(text, dtype):
    needs(text.partition(":")[0])
    target = resolve(text, dtype=dtype)
    agrees(target, ogive.sigmoid, dtype)
    x = numbers(dtype, (6, 8))
    expected = target(x)
    assert expected.shape == (6, 8) and target(x[0, 0:1].reshape(())).shape == () and target(x[:0]).shape == (0, 8)
    constant = x.copy()
    constant.flags.writeable = False
    for view in (constant, x[:, ::2], x[::-1], x.T, x.astype(x.dtype.newbyteorder(">")) if dtype != "bfloat16" else x):
        before = view.tobytes()
        np.testing.assert_allclose(target(view).astype(float), ogive.sigmoid(view.astype(float)), atol=TOLERANCE[dtype])
        assert view.tobytes() == before


def test_dtypes_and_shapes_come_as_they_are():
    assert resolve("scipy:expit", dtype="float16")(numbers("float16")).dtype != np.float16
    assert resolve(lambda x: x.astype(np.float64))(numbers()).dtype == np.float64
    assert resolve(lambda x: x.sum(), dtype="float32")(numbers()).shape == ()
    x = numbers()
    assert resolve(lambda x: x)(x) is x


@pytest.mark.parametrize("form", ["derivative", "second_derivative"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("text", ["torch:gelu", "torch:softplus", "jax:silu", "jax:softplus", "keras:gelu"])
def test_derivatives_are_the_library_s_own(text, dtype, form):
    library, _, name = text.partition(":")
    needs(library)
    agrees(resolve(text, form, dtype), getattr(ogive.get(name), form), dtype)


def test_a_constant_derivative_has_the_derivative_zero():
    torch = pytest.importorskip("torch")
    assert not resolve(torch.relu, "second_derivative")(numbers()).any()
    with pytest.raises(RuntimeError, match="does not require grad"):
        resolve(lambda x: x.detach(), "derivative", library="torch")(numbers())


def test_other_forms_are_what_the_callable_computes():
    x = numbers("float64")
    assert same(resolve(ogive.sigmoid, "derivative", "float64")(x), ogive.sigmoid.derivative(x))
    assert same(resolve(ogive.logit.value, "inverse", "float64")(x[30:31] / 6), ogive.logit(x[30:31] / 6))
    assert same(resolve(np.tanh, "derivative", "float64")(x), np.tanh(x))


def test_nothing_is_copied_behind_the_back_of_who_writes_to_its_input():
    torch = pytest.importorskip("torch")
    target, x = resolve(torch.relu_), numbers()
    constant = x.copy()
    constant.flags.writeable = False
    assert (target(constant) >= 0).all() and constant.min() < 0
    assert (target(x) >= 0).all() and x.min() == 0


def test_calls_from_several_threads_do_not_meet():
    target = resolve("ogive:sigmoid") if "torch" not in sys.modules else resolve("torch:sigmoid", "derivative")
    x = [numbers() + k for k in range(8)]
    expected = [target(v) for v in x]
    got = [None] * 8
    threads = [threading.Thread(target=lambda k=k: got.__setitem__(k, target(x[k]))) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(same(a, b) for a, b in zip(got, expected, strict=True))


# ── models ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def model(tmp_path):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")

    def make(shape, operator="Sigmoid", dtype="FLOAT", inputs=("x",), **attributes):
        kind = getattr(onnx.TensorProto, dtype)
        nodes = [onnx.helper.make_node(operator, list(inputs), ["y"], **attributes)]
        takes = [onnx.helper.make_tensor_value_info(name, kind, shape) for name in inputs]
        graph = onnx.helper.make_graph(nodes, "graph", takes, [onnx.helper.make_tensor_value_info("y", kind, None)])
        path = tmp_path / "model.onnx"
        onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9), path)
        return str(path)

    return make


@pytest.mark.parametrize("shape", [None, ["n"], [1], [5], [None, None], [1, "n"], ["n", 1], [4, 5], ["n", 3, "m"], [3, "n"], [2, 3, 4]])
def test_a_model_is_fed_what_it_takes(model, shape):
    target = resolve(model(shape))
    assert (target.library, target.name) == ("onnxruntime", target.spec) and "onnxruntime" in target.versions
    assert target.row == (shape[-1] if shape and isinstance(shape[-1], int) and shape[-1] > 1 else None)
    agrees(target, ogive.sigmoid)
    for x in (numbers(shape=(4, 6)), numbers(shape=(7,)), numbers(shape=(2, 3, 4)), numbers(shape=()), numbers()[::-2]):
        y = target(x)
        assert y.dtype == x.dtype and y.shape == x.shape
        np.testing.assert_allclose(y, ogive.sigmoid(x), atol=1e-5)
    assert target(numbers()[:0]).shape == (0,)
    np.testing.assert_allclose(target(numbers().astype(">f4")), ogive.sigmoid(numbers()), atol=1e-5)


def test_rows_go_into_a_model_as_rows(model):
    x = numbers(shape=(4, 8))
    for shape in (["n", 8], ["n", "m"], None):
        np.testing.assert_allclose(resolve(model(shape, "Softmax", axis=-1))(x), ogive.softmax(x), rtol=1e-5)
    summed = resolve(model(["n", 8], "ReduceLogSumExp", axes=[-1], keepdims=0))
    assert summed.row == 8
    probe(summed, (4, 8), returns=(4,))


@pytest.mark.parametrize(("dtype", "takes"), [("float16", "FLOAT16"), ("float64", "DOUBLE")])
def test_a_model_keeps_its_dtype(model, dtype, takes):
    agrees(resolve(model(["n"], dtype=takes), dtype=dtype), ogive.sigmoid, dtype)


def test_a_model_that_cannot_be_audited_says_why(model, tmp_path):
    with pytest.raises(TargetError, match=r"model.onnx: onnxruntime has no derivatives; only what the model computes can be audited$"):
        resolve(model(["n"]), "derivative")
    with pytest.raises(TargetError, match=r"the input of .*model.onnx is a tensor\(float\), not float64; audit it with dtype float32$"):
        resolve(model(["n"]), dtype="float64")
    with pytest.raises(TargetError, match=r"model.onnx must have one input and one output; it has a, b and y$"):
        resolve(model(["n"], "Add", inputs=("a", "b")))
    (tmp_path / "broken.onnx").write_bytes(b"nothing of the kind")
    with pytest.raises(TargetError, match=r"^onnxruntime cannot load .*broken.onnx: \w+: ") as caught:
        resolve(str(tmp_path / "broken.onnx"))
    assert "\n" not in str(caught.value)


# ── elsewhere ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_process_makes_it_again(tmp_path, model):
    (tmp_path / "own.py").write_text("import numpy as np\ndef f(x): return 1 / (1 + np.exp(-x))\n")
    targets = [
        resolve("numpy:tanh", dtype="float64"),
        resolve("scipy:expit"),
        resolve(f"{tmp_path}/own.py:f"),
        resolve(ogive.sigmoid, "derivative", "bfloat16"),
        resolve(functools.partial(ogive.leaky_relu, slope=0.5)),
        resolve(naive),
        resolve(model([5])),
    ]
    assert all(target.portable for target in targets)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        x = [numbers(target.dtype) for target in targets]
        results = pool.starmap(Target.__call__, zip(targets, x, strict=True))
    for target, v, result in zip(targets, x, results, strict=True):
        assert same(result, target(v)), target


def test_pickles_keep_what_was_asked():
    torch = pytest.importorskip("torch")
    for target in (
        resolve(torch.nn.functional.gelu, "derivative"),
        resolve(torch.nn.GELU(approximate="tanh"), dtype="bfloat16"),
        resolve(naive, library="torch"),
    ):
        again = pickle.loads(pickle.dumps(target))
        assert target.portable
        assert (again.name, again.library, again.form, again.dtype) == (target.name, target.library, target.form, target.dtype)


def test_what_cannot_travel_says_so(monkeypatch):
    scale = 2
    main = types.ModuleType("__main__")
    exec("def f(x): return x", main.__dict__)
    monkeypatch.setitem(sys.modules, "__main__", main)
    for f in (lambda x: x, lambda x: scale * x, main.f, functools.partial(main.f)):
        target = resolve(f)
        assert target.spec is None and target.portable is False
    assert resolve(Doubler()).portable


# ── recipes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

BITS = {"float32": ["0xc0a00000", "0x3f000000"], "float64": ["0xc014000000000000", "0x3fe0000000000000"], "bfloat16": ["0xc0a0", "0x3f00"]}


def printed(target):
    """Return what its recipe prints for -5 and 0.5, if these are the right inputs."""
    x = np.array([-5, 0.5]).astype(format_of(target.dtype).dtype)
    size = x.dtype.itemsize
    assert [f"0x{int(b):0{2 * size}x}" for b in x.view(f"u{size}")] == BITS[target.dtype]
    y = target(x)
    return f"{y} {[f'0x{int(b):0{2 * size}x}' for b in y.view(f'u{size}')]}"


def run_as_pasted(recipe, folder):
    done = subprocess.run([sys.executable, "-W", "error", "-"], input=recipe, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr + recipe
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("text", "form", "dtype"),
    [
        ("numpy:tanh", "value", "float32"),
        ("scipy:expit", "value", "float64"),
        ("ogive:sigmoid", "derivative", "bfloat16"),
        ("torch:gelu", "second_derivative", "float64"),
        ("jax:silu", "second_derivative", "float64"),
    ],
)
def test_a_recipe_runs_as_pasted(text, form, dtype, tmp_path):
    needs(text.partition(":")[0])
    target = resolve(text, form, dtype)
    recipe = target.recipe(BITS[dtype])
    assert "ogive" not in recipe or target.library == "ogive"
    assert run_as_pasted(recipe, tmp_path) == printed(target)


def test_the_recipe_of_a_function_in_a_file_runs_as_pasted(tmp_path):
    target = resolve(naive)
    assert f'f = runpy.run_path({__file__!r})["naive"]\n' in target.recipe(BITS["float32"])
    (tmp_path / "own.py").write_text("import numpy as np\n\nclass Own:\n    @staticmethod\n    def f(x): return 1 / (1 + np.exp(-x))\n")
    target = resolve(f"{tmp_path}/own.py:Own.f")
    assert run_as_pasted(target.recipe(BITS["float32"]), tmp_path) == printed(target)


def test_the_recipe_of_a_model_runs_as_pasted(model, tmp_path):
    target = resolve(model([1, 5]))
    assert run_as_pasted(target.recipe(BITS["float32"]), tmp_path) == printed(target)


def executed(recipe, capsys):
    capsys.readouterr()
    exec(compile(recipe, "<recipe>", "exec"), {"__name__": "recipe"})
    return capsys.readouterr().out.strip()


def test_recipes_of_models_of_every_shape(model, capsys):
    for shape in (None, ["n"], [2], ["n", "m"], [1, 1], [3, "n"]):
        target = resolve(model(shape))
        assert executed(target.recipe(BITS["float32"]), capsys) == printed(target)


def test_recipes_of_what_has_no_name(capsys):
    def local(x):
        return 1 / (1 + np.exp(-x))

    shift = np.float32(1)

    def closed(x):
        return x + shift

    for target in (resolve(local), resolve(functools.partial(ogive.leaky_relu, slope=0.5), "derivative")):
        assert executed(target.recipe(BITS["float32"]), capsys) == printed(target)
    assert "# shift, which it takes from around it, must be defined first\n" in resolve(closed).recipe(BITS["float32"])
    for f, name in ((lambda x: x, "<lambda> in test_targets.py"), (Doubler(), "Doubler")):
        recipe = resolve(f).recipe(BITS["float32"])
        assert f"# f: the audited function, {name}, has to be defined first\n" in recipe
        assert executed(f"f = abs\n{recipe}", capsys).startswith("[5.  0.5] ['0x40a00000', ")


@pytest.mark.parametrize("form", ["value", "derivative"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float64"])
def test_recipes_of_frameworks(form, dtype, capsys):
    torch = pytest.importorskip("torch")
    needs("jax")
    needs("keras")
    targets = [
        resolve("torch:gelu", form, dtype),
        resolve("torch.nn:GELU", form, dtype),
        resolve(torch.nn.Softplus(beta=2), form, dtype),
        resolve(functools.partial(torch.nn.functional.gelu, approximate="tanh"), form, dtype),
        resolve("keras:silu", form, dtype),
    ]
    if dtype == "float32":
        targets += [resolve("jax:silu", form, dtype), resolve(sys.modules["keras"].layers.LeakyReLU(negative_slope=0.5), form, dtype)]
    for target in targets:
        assert executed(target.recipe(BITS[dtype]), capsys) == printed(target), target


def test_the_recipe_of_a_row_takes_it_as_a_row(capsys, model):
    rows = [resolve("ogive:softmax"), resolve(model(["n", 2], "Softmax", axis=-1)), resolve(model(["n", "m"], "Softmax", axis=-1))]
    for target in rows:
        x = np.array([[-5, 0.5]], np.float32)
        assert executed(target.recipe(BITS["float32"]), capsys).startswith(str(target(x)[0]))


# ── trying ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_works_passes():
    for target in (resolve(np.tanh), resolve(ogive.logit, dtype="bfloat16"), resolve("numpy:tanh", dtype="float64")):
        probe(target)
    probe(resolve(ogive.softmax), (4, 8))
    probe(resolve(ogive.logsumexp), (4, 8), returns=(4,))


def twice(x):
    raise ValueError("first\nsecond")


def ends(x):
    raise SystemExit


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (twice, r"^test_targets.twice raises ValueError: first$"),
        (ends, r"^test_targets.ends raises SystemExit$"),
        (np.sum, r"^numpy.sum returns shape \(\) for \(16,\)$"),
        (lambda x: (x, x), r"returns shape \(2, 16\) for \(16,\)$"),
        (
            lambda x: x.astype(np.float64),
            r"^<lambda> in test_targets.py returns float64 for float32; audit it with dtype float64, or make it keep the dtype$",
        ),
        (lambda x: x.astype(int), r"returns int64 for float32; make it keep the dtype$"),
        (lambda x: None, r"returns something of dtype object that is no array of numbers$"),
        (lambda x: "text", r"returns something of dtype <U4 that is no array of numbers$"),
        (np.add, r"^numpy.add raises TypeError: "),
    ],
)
def test_what_does_not_is_said_in_a_line(f, message):
    with pytest.raises(TargetError, match=message) as caught:
        probe(resolve(f))
    assert "\n" not in str(caught.value)


def test_a_shape_that_is_not_the_sum_s():
    with pytest.raises(TargetError, match=r"^ogive.softmax returns shape \(4, 8\) for \(4, 8\), where \(4,\) is right$"):
        probe(resolve(ogive.softmax), (4, 8), returns=(4,))


def test_a_function_that_wants_tensors_is_told_of_the_way():
    torch = pytest.importorskip("torch")
    with pytest.raises(
        TargetError, match=r"raises TypeError: .*Tensor.*; it was given an array of NumPy's, library='torch' gives it tensors$"
    ):
        probe(resolve(lambda x: torch.sigmoid(x)))
    probe(resolve(lambda x: torch.sigmoid(x), library="torch"))


def test_what_does_not_answer_is_left_behind():
    done = threading.Event()
    start = time.monotonic()
    with pytest.raises(TargetError, match=r"^<lambda> in test_targets.py does not answer within 0.2 s; --timeout allows more$"):
        probe(resolve(lambda x: done.wait(60)), timeout=0.2)
    assert time.monotonic() - start < 5
    assert patiently(lambda: 1, 5.0) == 1
    done.set()
    assert patiently(lambda: 2, float("inf")) == 2


def test_patience_uses_a_thread_again_and_hands_on_what_is_raised():
    names = {patiently(threading.get_ident, 5.0) for _ in range(20)}
    assert len(names) == 1 and threading.get_ident() not in names
    with pytest.raises(ZeroDivisionError):
        patiently(lambda: 1 // 0, 5.0)
    assert patiently(threading.get_ident, 5.0) in names
    with ogive.set_workers(3):
        assert patiently(ogive.get_workers, 5.0) == 3


def test_patience_is_silent_and_leaves_the_filters_as_they_were():
    def loud():
        warnings.warn("loud", UserWarning, stacklevel=1)
        time.sleep(0.02)
        warnings.warn("loud", UserWarning, stacklevel=1)
        return np.exp(np.float32(1000)) + np.log(np.zeros(1, np.float32))

    before = list(warnings.filters)
    with np.errstate(all="raise"):
        assert np.isnan(patiently(loud, 5.0)).all()
        problems = []

        def many():
            try:
                for _ in range(5):
                    patiently(loud, 5.0)
            except BaseException as error:
                problems.append(error)

        threads = [threading.Thread(target=many) for _ in range(6)]
        for thread in threads:
            thread.start()
            time.sleep(0.005)
        for thread in threads:
            thread.join()
    assert not problems and list(warnings.filters) == before
