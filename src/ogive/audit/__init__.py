"""The auditor tells whether an implementation is right, on every input.

`audit` compares an implementation of an activation function with the truth, at every number of a dtype or at a sample, and returns a
`Report`. See ``ogive audit --help`` for the command of the same name.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from ogive.audit.account import account
from ogive.audit.checks import check
from ogive.audit.findings import KINDS as KINDS
from ogive.audit.findings import Finding as Finding
from ogive.audit.findings import Kind as Kind
from ogive.audit.inputs import choose
from ogive.audit.measure import Tally, Void
from ogive.audit.patience import TargetError as TargetError
from ogive.audit.question import Question as Question
from ogive.audit.report import Report as Report
from ogive.audit.shards import Job, run
from ogive.audit.targets import Target as Target
from ogive.audit.targets import probe, resolve

__all__ = ["KINDS", "Finding", "Kind", "Question", "Report", "Target", "TargetError", "audit"]


def audit(
    target: Any,
    function: str,
    *,
    form: str = "value",
    dtype: Any = "float32",
    inputs: Any = None,
    seed: int = 0,
    workers: int | None = None,
    max_ulp: float = 1.0,
    parameters: Mapping[str, float] | None = None,
    library: str | None = None,
    timeout: float = 60.0,
    scheduler: Any = None,
    progress: Callable[[int, int], None] | None = None,
    partial: Callable[[Tally], None] | None = None,
) -> Report:
    """Compare an implementation with the truth.

    Parameters
    ----------
    target : callable or str
        The implementation: a function of an array, a ufunc, a module or layer of torch or Keras; or its name, such as
        ``"torch.nn.functional:gelu"``, ``"scipy:expit"``, ``"kernels.py:fast_tanh"``, ``"model.onnx"``.
    function : str
        What it is to compute: a name or alias of the catalogue.
    form : str
        ``value``, ``derivative``, ``inverse``, ...: derivatives of functions of torch, JAX and Keras are taken by their own autograd;
        any other target is to compute the form itself.
    dtype : dtype or str
        float16, bfloat16, float32 or float64.
    inputs : str, int or ndarray, optional
        ``"exhaustive"``, ``"sample"``, the size of a sample, or numbers of the dtype. By default all numbers of a 16-bit dtype, and else a
        sample: about 2^20 numbers of float32, 2^15 of float64, 2^10 rows.
    seed : int
        Of a sample.
    workers : int, optional
        How many processes (threads, for what cannot be handed to a process) share an exhaustive audit of float32; all cores by default.
    max_ulp : float
        A larger error is a finding.
    parameters : mapping of str to float, optional
        Parameters of the function that are not at their defaults.
    library : str, optional
        ``"torch"`` or ``"jax"`` for a function of your own that takes that library's arrays.
    timeout : float
        How many seconds one call of the target may take.
    scheduler : str or distributed.Client, optional
        A Dask cluster to run on.
    progress : callable, optional
        Is told how many inputs are done, and how many there are.
    partial : callable, optional
        Is given all that is counted so far, an `ogive.audit.measure.Tally`, whenever a part of the inputs is done.

    Returns
    -------
    Report
        Ask it ``.ok()``, read ``.findings``, ``.save("report.html")``.

    Raises
    ------
    KeyError
        If there is no such function.
    ValueError, TypeError
        If the form, the dtype, the inputs or a parameter do not fit.
    TargetError
        If the target cannot be found, raises, does not answer, or returns another shape or dtype.

    Examples
    --------
    >>> import numpy as np
    >>> from ogive.audit import audit
    >>> report = audit(np.tanh, "tanh", dtype="float16")
    >>> report.ok(max_ulp=2), report.statistics["count"]
    (True, 65536)
    """
    if not (isinstance(max_ulp, Real) and max_ulp >= 0.5):
        raise ValueError(f"max_ulp={max_ulp!r}: an error of half an ulp cannot be avoided; give 0.5 or more")
    if not timeout > 0:
        raise ValueError(f"timeout={timeout!r}: give a positive number of seconds")
    if workers is not None and not (isinstance(workers, Integral) and workers >= 1):
        raise ValueError(f"workers={workers!r}: give a whole number, at least one")
    if not (isinstance(seed, Integral) and seed >= 0):
        raise ValueError(f"seed={seed!r}: give a whole number, 0 or more")
    question = Question(function, form, str(dtype) if isinstance(dtype, str) else dtype, parameters or {})
    found = resolve(target, question.form, question.dtype, library=library)
    chosen = choose(question, inputs, seed, found.row)
    shape = (4, found.row or 8) if question.rows else (16,)
    probe(found, shape, timeout, np.shape(question.card(np.zeros(shape))) if question.rows else None)
    job = Job(found, chosen, float(max_ulp), timeout)
    if workers is None:
        workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    begun = time.monotonic()
    try:
        tally = run(job, workers=workers, scheduler=scheduler, progress=progress, partial=partial)
        others = check(found, question, seed=seed, timeout=timeout)
    except (Void, ArithmeticError) as error:
        return Report(account(job, None, void=str(error), seconds=time.monotonic() - begun))
    return Report(account(job, tally, others, seconds=time.monotonic() - begun))
