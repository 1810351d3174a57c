"""What is audited: somebody's implementation of a function, found, made callable on arrays, and tried.

A library hands out tensors of its own, so each has an adapter, which turns an array into what the library takes, calls, and turns
the result back; with PyTorch, JAX and Keras the derivatives are the library's own. In every other library, and for every other
form, the callable itself is taken to compute the form that is asked for: who audits ``inverse`` gives an inverse.
"""

from __future__ import annotations

import functools
import inspect
import math
import os
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module, metadata
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ogive.activation import Activation, Form
from ogive.audit.patience import TargetError, patiently, pickled, said
from ogive.borrowed import Formula
from ogive.truth.ulp import FORMATS, Array, format_of

__all__ = ["LIBRARIES", "SHORTHANDS", "Target", "probe", "resolve"]

#: The modules that ``torch:gelu`` and its like are looked for in, in this order.
SHORTHANDS: Mapping[str, tuple[str, ...]] = {
    "numpy": ("numpy",),
    "scipy": ("scipy.special",),
    "torch": ("torch.nn.functional", "torch", "torch.special", "torch.nn"),
    "jax": ("jax.nn", "jax.scipy.special", "jax.numpy"),
    "keras": ("keras.activations", "keras.ops", "keras.layers"),
    "ogive": ("ogive",),
}
#: The libraries that are known apart, and the packages whose versions matter.
LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "keras": ("keras",),
    "torch": ("torch",),
    "jax": ("jax", "jaxlib"),
    "onnxruntime": ("onnxruntime",),
    "ogive": ("ogive", "numpy"),
    "scipy": ("scipy", "numpy"),
    "numpy": ("numpy",),
    "python": ("numpy",),
}
ORDERS = {"derivative": 1, "second_derivative": 2}  # forms that a library with derivatives makes from the value
TENSORS = {"float16": "tensor(float16)", "float32": "tensor(float)", "float64": "tensor(double)"}  # in ONNX's words
LAYERS = {"torch.nn.modules.module.Module", "keras.src.layers.layer.Layer"}
WAYS = "module:callable, file.py:function, model.onnx, or a shorthand such as torch:gelu (" + ", ".join(SHORTHANDS) + ")"

Call = Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Target:
    """An implementation of a function, called with arrays; `resolve` makes it.

    Attributes
    ----------
    given : callable
        What was given, or found.
    name : str
        As a report names it: ``torch.nn.functional.gelu``, ``model.onnx``, ``naive.py:sigmoid``, ``<lambda> in script.py``.
    library : str
        One of `LIBRARIES`.
    spec : str or None
        Text from which `resolve` makes it again, in another process too.
    form, dtype : str
        What it is called for.
    versions : dict of str to str
        Of the packages it comes from.
    ufunc : numpy.ufunc or None
        The bare ufunc of one array, where it is one.
    row : int or None
        The only length of rows that an ONNX model takes, where it is fixed: a function of rows can be asked for no other.
    """

    given: Any = field(repr=False)
    name: str
    library: str
    spec: str | None
    form: str
    dtype: str
    versions: dict[str, str]
    ufunc: np.ufunc | None = field(repr=False)
    row: int | None = field(repr=False)
    _run: Call = field(repr=False)

    def __call__(self, x: Array) -> Array:
        """Compute the form.

        Parameters
        ----------
        x : ndarray
            Of the dtype, of any shape. It is not written to here, though the target may.

        Returns
        -------
        ndarray
            What came, with the dtype and the shape that came.

        Raises
        ------
        Exception
            Whatever the target raises.
        """
        return self._run(x)

    @functools.cached_property
    def portable(self) -> bool:
        """Whether another process can have it, by pickling."""
        if self.spec is not None:
            return True
        try:
            return b"__main__" not in pickled(self.given)
        except Exception:  # each kind of thing has its own way of refusing
            return False

    def __reduce__(self) -> tuple[Any, ...]:
        return resolve, (self.given if self.spec is None else self.spec, self.form, self.dtype, self.library)

    def recipe(self, x: Sequence[str]) -> str:
        """Write Python that computes the target at a few inputs, and prints the results and their bits.

        Parameters
        ----------
        x : sequence of str
            The inputs, as bits in hexadecimal.

        Returns
        -------
        str
            Source that runs as pasted. What has neither a name nor a source, such as a lambda, has to be defined first, and a
            comment says so.
        """
        size, brief = format_of(self.dtype).dtype.itemsize, self.dtype == "bfloat16"
        imports, before, f = self.given.origin(len(x)) if isinstance(self.given, _Model) else _origin(self.given, self.spec, self.form)
        framework = _backend() if self.library == "keras" else self.library
        if self.library == "keras":
            imports = [line for line in imports if not line.startswith("import keras")]  # its backend has to be chosen before
            before = list(dict.fromkeys([*_keras_lines(), *before]))
        order, calls = ORDERS.get(self.form, 0), [f"y = np.asarray({f}(x))"]
        if framework == "torch":
            tensor = 'torch.from_numpy(x.view("int16")).view(torch.bfloat16)' if brief else "torch.from_numpy(x)"
            imports = [*imports, "import torch"]
            calls = [f"t = {tensor}{'.requires_grad_()' * bool(order)}", f"y = {f}(t)"]
            for left in reversed(range(order)):
                calls.append(f"y, = torch.autograd.grad(y, t, torch.ones_like(y){', create_graph=True' * left})")
            calls += [f"y = y.detach().{'view(torch.int16).numpy().view(bfloat16)' if brief else 'numpy()'}"]
        elif framework == "jax":
            imports = [*imports, "import jax"]
            for _ in range(order):
                f = f"lambda x: jax.vjp({f}, x)[1](jax.numpy.ones_like(x))[0]"
            calls = ['jax.config.update("jax_enable_x64", True)'] * (self.dtype == "float64") + [f"y = np.asarray(jax.jit({f})(x))"]
        elif self.library == "keras":
            calls = [f"y = keras.ops.convert_to_numpy({f}(keras.ops.convert_to_tensor(x)))"]
        imports = [*imports, "import numpy as np", *["from ml_dtypes import bfloat16"] * brief]
        kind = "bfloat16" if brief else f'"{self.dtype}"'
        array = f'x = np.array([{", ".join(x)}], "u{size}").view({kind})'
        shown = f'print(y, [f"0x{{b:0{2 * size}x}}" for b in np.ravel(y).view("u{size}")])'
        return "\n".join([*sorted(set(imports)), "", *before, array, *calls, shown, ""])


def resolve(target: Any, form: str = "value", dtype: str = "float32", library: str | None = None) -> Target:
    """Find an implementation, and make it callable with arrays.

    Parameters
    ----------
    target : callable, str or Target
        Any callable; a card or a form of ogive; a layer of PyTorch or Keras, or its class, which is called without arguments; or
        text: ``module:callable``, ``path/to/file.py:function``, ``model.onnx``, or a shorthand such as ``torch:gelu``, which is
        looked for in the modules of `SHORTHANDS`. A target is returned as it is where form and dtype agree.
    form : str
        ``value``, ``derivative``, ... The derivatives of what belongs to PyTorch, JAX or Keras are the library's own. Otherwise
        the callable has to compute the form itself; a card has forms to choose from.
    dtype : str
        float16, bfloat16, float32 or float64.
    library : str, optional
        Whose arrays a function takes: one of `LIBRARIES`. It is found out where it can be; a function of one's own is handed NumPy's arrays
        unless this says ``"torch"`` or ``"jax"``.

    Returns
    -------
    Target
        What can be audited.

    Raises
    ------
    TargetError
        If there is no such thing, it cannot be called, a package is missing, or it has no such form.

    Examples
    --------
    >>> import numpy as np
    >>> from ogive.audit.targets import resolve
    >>> tanh = resolve("numpy:tanh")
    >>> tanh(np.zeros(2, np.float32)), tanh.name, tanh.library
    (array([0., 0.], dtype=float32), 'numpy.tanh', 'numpy')
    """
    dtype = format_of(dtype).name
    if library is not None and library not in LIBRARIES:
        raise TargetError(f"no library is called {library!r}; there are {', '.join(LIBRARIES)}")
    if isinstance(target, Target):
        if (target.form, target.dtype, library or target.library) == (form, dtype, target.library):
            return target
        return resolve(target.given if target.spec is None else target.spec, form, dtype, library or target.library)
    name = spec = None
    if isinstance(target, str):
        target, name, spec = _from_text(target, form, dtype)
    if not callable(target):
        raise TargetError(f"{name or f'a {type(target).__name__}'} cannot be called; a target is a callable, or text: {WAYS}")
    spec = spec or _spec(target)
    name = name or _name(target, spec)
    function = _formed(target, form, name)
    library = library or _library(function)
    bare = function.ufunc if isinstance(function, Form) else function
    return Target(
        given=target,
        name=name,
        library=library,
        spec=spec,
        form=form,
        dtype=dtype,
        versions=_versions(library, target),
        ufunc=bare if isinstance(bare, np.ufunc) and (bare.nin, bare.nout) == (1, 1) else None,
        row=function.row if isinstance(function, _Model) else None,
        _run=ADAPTERS.get(library, _direct)(function, form, dtype),
    )


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _module(name: str) -> Any:
    root = name.partition(".")[0]
    if root == "keras" and "keras" not in sys.modules and "KERAS_BACKEND" not in os.environ:
        backend = next((package for package in ("torch", "jax") if find_spec(package)), None)
        if backend is not None:  # or else Keras asks for TensorFlow
            os.environ["KERAS_BACKEND"] = backend
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        what = f"{root} is not installed" if error.name == root else f"importing {name} raises {said(error)}"
        way = f": pip install {missing}" if error.name == root or missing != root else ""  # or else a part of it is not there
        file = "" if root in LIBRARIES or error.name != root else f"; a function in a file is written {root}.py:function"
        raise TargetError(what + way + file) from error
    except (Exception, SystemExit) as error:
        raise TargetError(f"importing {name} raises {said(error)}") from error


def _file(path: str) -> ModuleType:
    """Run a Python file as a module, with its folder at hand for its imports."""
    place = Path(path).resolve()
    if not place.is_file():
        raise TargetError(f"there is no file {path!r}; a target in a file is written file.py:function, from the working directory")
    spec = spec_from_file_location(f"_ogive_target_{place.stem}", place)
    assert spec is not None and spec.loader is not None
    module = sys.modules[spec.name] = module_from_spec(spec)  # where dataclasses look for it
    sys.path.insert(0, str(place.parent))
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise TargetError(f"running {path} raises {said(error)}") from error
    finally:
        sys.path.remove(str(place.parent))
    return module


def _place(text: str) -> tuple[str, str, Any]:
    """Find what a text means: the module or the file, the name in it, and the thing."""
    place, _, path = text.rpartition(":")
    if not place or not path:
        raise TargetError(f"{text!r} names no target; a target is a callable, or text: {WAYS}")
    names = SHORTHANDS.get(place, (place,))
    modules = [_file(place)] if place.endswith(".py") else [_module(name) for name in names]
    for name, module in zip(names, modules, strict=True):
        try:
            return name, path, attrgetter(path)(module)
        except AttributeError:
            continue
    there = [attribute for module in modules for attribute in dir(module) if not attribute.startswith("_")]
    near = [f"{place}:{name}" for name in get_close_matches(path, dict.fromkeys(there), 3)]
    raise TargetError(f"there is no {path!r} in {', '.join(names)}" + (f"; did you mean {', '.join(near)}?" if near else ""))


def _from_text(text: str, form: str, dtype: str) -> tuple[Any, str, str]:
    """Find what a text means, its name, and the text that means it elsewhere."""
    if text.endswith(".onnx"):
        return _Model(text, form, dtype), text, str(Path(text).resolve())
    place, path, found = _place(text)
    if place.endswith(".py"):
        return found, text, f"{Path(place).resolve()}:{path}"
    return found, f"{place}.{path}", text


def _spec(f: Any) -> str | None:
    """Find a text that means a callable: where people look for it, or else where it says it is from."""
    if isinstance(f, Activation):
        return f"ogive:{f.name}"
    if isinstance(f, (Form, Formula)):
        return f"ogive:{f.function}.{f.name}"
    for name in (name for names in SHORTHANDS.values() for name in names if sys.modules.get(name) is not None):
        for attribute, value in list(vars(sys.modules[name]).items()):
            if value is f and not attribute.startswith("_"):
                return f"{name}:{attribute}"
    ways = [("ogive", f"ufunc.{getattr(f, '__name__', '')}"), (getattr(f, "__module__", None), getattr(f, "__qualname__", None))]
    for module, path in ways:
        if module in sys.modules and module != "__main__" and path is not None and all(map(str.isidentifier, module.split("."))):
            try:
                if attrgetter(path)(sys.modules[module]) is f:
                    return f"{module}:{path}"
            except AttributeError:  # <locals> and <lambda> are nowhere
                continue
    return None


def _name(f: Any, spec: str | None) -> str:
    if spec is not None:
        return spec.replace(":", ".")
    if isinstance(f, functools.partial):
        return f"{_name(f.func, _spec(f.func))}({_arguments(f)})"
    inner = inspect.unwrap(f)
    if hasattr(inner, "__code__"):
        return f"{inner.__name__} in {Path(inner.__code__.co_filename).name}"
    text = "" if isinstance(f, type) or "torch" not in _roots(f) or "keras" in _roots(f) else repr(f)  # a layer of PyTorch's is a call
    plain = getattr(f, "__qualname__", type(f).__qualname__).rpartition("<locals>.")[2]
    return text if text[:1].isalpha() and "\n" not in text else str(plain)


def _arguments(f: functools.partial[Any]) -> str:
    return ", ".join([*map(repr, f.args), *(f"{name}={value!r}" for name, value in f.keywords.items())])


def _is_layer(kind: Any) -> bool:
    return isinstance(kind, type) and any(f"{base.__module__}.{base.__qualname__}" in LAYERS for base in kind.__mro__)


def _formed(f: Any, form: str, name: str) -> Any:
    """Choose the form of a card, and make a layer of its class."""
    if isinstance(f, functools.partial):
        return functools.partial(_formed(f.func, form, name), *f.args, **f.keywords)
    if isinstance(f, Activation):
        if form in f.forms:
            return f.forms[form]
        raise TargetError(str(getattr(f, form, "")) or f"ogive.{f.name} has no form {form!r}; it has {', '.join(f.forms)}")
    if _is_layer(f):
        try:
            return f()
        except TypeError as error:
            raise TargetError(f"{name} is a class that cannot do without arguments; give an instance ({said(error)})") from error
    return f


def _roots(f: Any) -> set[str]:
    """Name the packages that a callable, and the class it is of, come from."""
    while isinstance(f, functools.partial):
        f = f.func
    kinds = f.__mro__ if isinstance(f, type) else (getattr(f, "__objclass__", type(f)), *type(f).__mro__)
    return {str(getattr(thing, "__module__", "")).partition(".")[0].replace("jaxlib", "jax") for thing in (f, *kinds)}


def _library(f: Any) -> str:
    if isinstance(f, _Model):
        return "onnxruntime"
    if isinstance(f, np.ufunc):
        root = str(_spec(f)).partition(":")[0].partition(".")[0]
        return root if root in LIBRARIES else "numpy"
    roots = _roots(f)
    return next((library for library in LIBRARIES if library in roots), "python")


def _versions(library: str, f: Any = None) -> dict[str, str]:
    packages = list(LIBRARIES[library])
    if library == "keras":
        packages += LIBRARIES.get(_backend(), (_backend(),))
    if library == "python":
        packages.append(str(getattr(f, "__module__", "")).partition(".")[0])
    found = {}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except (metadata.PackageNotFoundError, ValueError):  # of another name, or not installed
            if (version := getattr(sys.modules.get(package), "__version__", None)) is not None:
                found[package] = str(version)
    return found


# ── adapters ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _direct(function: Any, form: str, dtype: str) -> Call:
    return lambda x: np.asarray(function(x))


def _native(x: Array) -> Array:
    """Put the bytes in the machine's order: other libraries know no other, and some do not notice."""
    return x if x.dtype.isnative else x.astype(x.dtype.newbyteorder("="))


def _torch(function: Any, form: str, dtype: str) -> Call:
    torch = _module("torch")
    order = ORDERS.get(form, 0)
    half = np.dtype(np.int16)  # by which bfloat16, which NumPy and PyTorch spell differently, goes to and fro

    def run(x: Array) -> Array:
        x = _native(x)
        if not x.flags.writeable or any(stride < 0 for stride in x.strides):  # for which there are no tensors
            x = np.array(x, order="C")
        t = torch.from_numpy(x.view(half)).view(torch.bfloat16) if dtype == "bfloat16" else torch.from_numpy(x)
        if order:
            t.requires_grad_()
            y = function(t)
            (y,) = torch.autograd.grad(y, t, torch.ones_like(y), create_graph=order == 2)
            if order == 2:  # nothing to follow back means a constant
                y = torch.autograd.grad(y, t, torch.ones_like(y))[0] if y.requires_grad else torch.zeros_like(y)
        else:
            with torch.no_grad():
                y = function(t)
        if not isinstance(y, torch.Tensor):
            return np.asarray(y)
        y = y.detach().cpu()
        return np.asarray(y.view(torch.int16).numpy().view(FORMATS["bfloat16"].dtype) if y.dtype == torch.bfloat16 else y.numpy())

    return run


def _jax(function: Any, form: str, dtype: str) -> Call:
    jax = _module("jax")
    wide = jax.enable_x64 if hasattr(jax, "enable_x64") else _module("jax.experimental").enable_x64  # as it was before 0.8

    def slope(f: Any) -> Any:
        return lambda x: jax.vjp(f, x)[1](jax.numpy.ones_like(x))[0]

    for _ in range(ORDERS.get(form, 0)):
        function = slope(function)
    compiled = jax.jit(function)

    def run(x: Array) -> Array:
        with wide(True) if dtype == "float64" else nullcontext():
            return np.asarray(compiled(_native(x)))

    return run


def _backend() -> str:
    return str(_module("keras").config.backend())


def _keras(function: Any, form: str, dtype: str) -> Call:
    """Go by way of the backend, whose tensors are Keras's own."""
    keras, backend = _module("keras"), _backend()
    os.environ["KERAS_BACKEND"] = backend  # for processes started from this one
    if backend in ("torch", "jax"):
        return ADAPTERS[backend](function, form, dtype)
    if form in ORDERS:
        raise TargetError(f"the derivatives of Keras are taken with KERAS_BACKEND=torch or jax; it is {backend}")
    return lambda x: np.asarray(keras.ops.convert_to_numpy(function(keras.ops.convert_to_tensor(_native(x)))))


ADAPTERS: Mapping[str, Callable[[Any, str, str], Call]] = {"torch": _torch, "jax": _jax, "keras": _keras}


class _Model:
    """An ONNX model of one input and one output."""

    def __init__(self, path: str, form: str, dtype: str) -> None:
        if form in ORDERS:
            raise TargetError(f"{path}: onnxruntime has no derivatives; only what the model computes can be audited")
        if not Path(path).is_file():
            raise TargetError(f"there is no file {path!r}")
        runtime = _module("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4  # errors are raised, and need not be printed besides
        try:
            self.session = runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise TargetError(f"onnxruntime cannot load {path}: {said(error)}") from error
        nodes = self.session.get_inputs(), self.session.get_outputs()
        if [len(some) for some in nodes] != [1, 1]:
            named = " and ".join(", ".join(node.name for node in some) or "none" for some in nodes)
            raise TargetError(f"{path} must have one input and one output; it has {named}")
        self.path, self.input, takes = path, nodes[0][0].name, nodes[0][0].type
        if TENSORS.get(dtype) != takes:
            known = next((f"; audit it with dtype {name}" for name, tensor in TENSORS.items() if tensor == takes), "")
            raise TargetError(f"the input of {path} is a {takes}, not {dtype}{known}")
        self.dims = [size if isinstance(size, int) else None for size in nodes[0][0].shape]  # none where the model leaves it open
        self.row = self.dims[-1] if self.dims and self.dims[-1] != 1 else None

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...] | None:
        """Return the shape in which an array goes in as it is, with axes of 1 or fewer axes; None if it does not."""
        rank = len(self.dims)
        shape = (1,) * (rank - len(shape)) + shape
        lead = len(shape) - rank + 1
        shape = (math.prod(shape[:lead]), *shape[lead:]) if rank else shape
        return shape if all(size in (None, own) for size, own in zip(self.dims, shape, strict=False)) else None

    def feed(self, x: Array) -> Array:
        return np.asarray(self.session.run(None, {self.input: x})[0])

    def __call__(self, x: Array) -> Array:
        """Feed an array as it is, or else in blocks of the model's size, the last one padded."""
        x = _native(x)
        shape = self.shape(x.shape)
        if shape is not None:
            y = self.feed(x.reshape(shape))
            return y.reshape(x.shape) if y.size == x.size else y
        count = max(1, -(-x.size // math.prod(size or 1 for size in self.dims)))
        sizes = [size or 1 for size in self.dims]
        calls = 1 if None in self.dims else count
        if calls < count:
            sizes[self.dims.index(None)] = count
        full = np.resize(x, calls * math.prod(sizes))
        y = np.concatenate([self.feed(part.reshape(sizes)).ravel() for part in np.split(full, calls)])
        return y[: x.size].reshape(x.shape) if y.size == full.size else y

    def origin(self, count: int) -> tuple[list[str], list[str], str]:
        """Say in Python how so many inputs are fed."""
        shape = self.shape((count,))
        run = f"session.run(None, {{{self.input!r}: %s}})[0]"
        call = (
            f"np.array([{run % f'np.full({[size or 1 for size in self.dims]}, v)'}.flat[0] for v in x])"
            if shape is None
            else run % f"x.reshape({shape})" + ".ravel()"
        )
        session = f'session = onnxruntime.InferenceSession({str(Path(self.path).resolve())!r}, providers=["CPUExecutionProvider"])'
        return ["import onnxruntime"], [session], f"(lambda x: {call})"


# ── reproducing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _origin(f: Any, spec: str | None, form: str) -> tuple[list[str], list[str], str]:
    """Say in Python what a callable is: the imports, the lines before, and an expression."""
    if spec is not None:
        place, _, path = spec.rpartition(":")
        if place in SHORTHANDS:
            place = _place(spec)[0]
        file = str(getattr(sys.modules.get(place), "__file__", None) or place)
        if place.endswith(".py") or (place.isidentifier() and file.endswith(f"{place}.py") and "site-packages" not in file):
            return ["import runpy"], _from_file(file, path), "f" + "()" * _is_layer(f)
        own = f".{form}" if isinstance(f, Activation) and form != "value" else "()" * _is_layer(f)
        return [f"import {place}"], [], f"{place}.{path}{own}"
    if isinstance(f, functools.partial):
        imports, before, inner = _origin(f.func, _spec(f.func), form)
        return [*imports, "import functools"], before, f"functools.partial({', '.join(filter(None, [inner, _arguments(f)]))})"
    kind = type(f).__module__
    if kind == "torch.nn.modules.activation" and not f.state_dict():  # their texts are calls
        return ["import torch"], [], f"torch.nn.{f!r}"
    if kind.startswith("keras.src.layers") and not f.weights:
        return [], [*_keras_lines(), f"f = keras.layers.deserialize({_module('keras').layers.serialize(f)!r})"], "f"
    defined = [f"# f: the audited function, {_name(f, None)}, has to be defined first"], "f"
    f = inspect.unwrap(f)
    if not inspect.isfunction(f) or f.__name__ == "<lambda>":
        return [], *defined
    script = Path(f.__code__.co_filename)
    if f.__qualname__.isidentifier() and script.is_file():
        return ["import runpy"], _from_file(str(script.resolve()), f.__name__), "f"
    try:
        source = textwrap.dedent(inspect.getsource(f)).rstrip()
    except OSError:  # typed in, and gone
        return [], *defined
    around = f.__code__.co_freevars
    needs = [f"# {', '.join(around)}, which it takes from around it, must be defined first"] if around else []
    modules = {name: f.__globals__.get(name) for name in f.__code__.co_names}
    return [f"import {m.__name__} as {name}" for name, m in modules.items() if isinstance(m, ModuleType)], [*needs, source], f.__name__


def _keras_lines() -> list[str]:
    return ["import os", f'os.environ.setdefault("KERAS_BACKEND", "{_backend()}")', "import keras"]


def _from_file(file: str, path: str) -> list[str]:
    first, _, rest = path.partition(".")
    return [f'f = runpy.run_path({file!r})["{first}"]{rest and "." + rest}']


# ── trying ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def probe(target: Target, shape: tuple[int, ...] = (16,), timeout: float = 60.0, returns: tuple[int, ...] | None = None) -> None:
    """Try a target once, between 0.25 and 0.75, so that what makes an audit impossible is said at its start.

    Parameters
    ----------
    target : Target
        What is to be tried.
    shape : tuple of int
        The shape of the input: for a function of rows, two axes.
    timeout : float
        How many seconds to wait for an answer.
    returns : tuple of int, optional
        The shape of the result, where it is another, as for a sum of rows.

    Raises
    ------
    TargetError
        If it raises, does not answer, or returns something that is not an array of the dtype and the shape.
    """
    x = np.linspace(0.25, 0.75, math.prod(shape)).reshape(shape).astype(format_of(target.dtype).dtype)
    try:
        y = patiently(lambda: target(x), timeout, target.name)
    except TargetError:
        raise
    except (Exception, SystemExit) as error:
        own = target.library == "python" and "Tensor" in str(error)
        hint = "; it was given an array of NumPy's, library='torch' gives it tensors" if own else ""
        raise TargetError(f"{target.name} raises {said(error)}{hint}") from error
    wanted = shape if returns is None else returns
    if y.dtype.kind not in "biufc" and y.dtype.name not in FORMATS:
        raise TargetError(f"{target.name} returns something of dtype {y.dtype} that is no array of numbers")
    if y.shape != wanted:
        raise TargetError(f"{target.name} returns shape {y.shape} for {shape}" + ("" if wanted == shape else f", where {wanted} is right"))
    if y.dtype.name != target.dtype:
        other = f"audit it with dtype {y.dtype.name}, or " if y.dtype.name in FORMATS else ""
        raise TargetError(f"{target.name} returns {y.dtype.name} for {target.dtype}; {other}make it keep the dtype")
