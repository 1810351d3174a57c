"""scikit-learn's callbacks, where the installed version has them: the fit is a task, and each epoch a task within it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:  # scikit-learn 1.9 and newer
    from sklearn.callback import CallbackSupportMixin, with_callbacks

    FRAMES = 1
except ImportError:
    FRAMES = 0

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stand in where there are no callbacks: none can be set, and none is called."""

    def with_callbacks(method: Any) -> Any:
        """Leave a method as it is."""
        return method


__all__ = ["FRAMES", "CallbackSupportMixin", "Tasks", "with_callbacks"]

#: `FRAMES` is how many frames `with_callbacks` lays between a method and its caller, whom a warning is to name.


class Tasks:
    """Tell the callbacks of an estimator what its fit is doing.

    Parameters
    ----------
    estimator : object
        The estimator that is fitted.
    steps : int
        How many epochs or iterations there will be at most.
    X, y : ndarray
        What it is fitted on.
    state : callable
        Gives the fitted attributes as they are now, for callbacks that want to predict before the fit is over.
    """

    def __init__(self, estimator: Any, steps: int, X: Any, y: Any, state: Callable[[], dict[str, Any]]) -> None:
        self.told = {"estimator": estimator, "X": X, "y": y}
        self.state = state
        self.fit = estimator._init_callback_context(max_subtasks=steps) if hasattr(estimator, "_init_callback_context") else None
        self.step: Any = None
        if self.fit is not None:
            self.fit.call_on_fit_task_begin(**self.told)

    def begin(self, name: str) -> None:
        """Tell that a step begins."""
        if self.fit is not None:
            self.step = self.fit.subcontext(task_name=name)
            self.step.call_on_fit_task_begin(**self.told)

    def end(self) -> bool:
        """Tell that the step is done; true if a callback asks to stop."""
        return self.fit is not None and bool(self.step.call_on_fit_task_end(**self.told, reconstruction_attributes=self.state))

    def close(self) -> None:
        """Tell that the fit is done."""
        if self.fit is not None:
            self.fit.call_on_fit_task_end(**self.told, reconstruction_attributes=self.state)
