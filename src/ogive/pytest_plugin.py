"""The pytest plugin: a fixture and a marker that audit an implementation in a test.

    def test_kernel(ogive_audit):
        ogive_audit(kernels.fast_tanh, "tanh", max_ulp=2)

    @pytest.mark.ogive_audit("sigmoid", dtype="bfloat16")
    def test_sigmoid(ogive_audit):
        ogive_audit(kernels.sigmoid)

pytest loads this file wherever ogive is installed; so nothing is imported here before the fixture is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ogive.audit.report import Report

MARKER = "ogive_audit(function=None, **options): what the fixture ogive_audit asks for, as ogive.audit.audit takes it"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def ogive_audit(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Callable[..., Report]:
    """Audit an implementation, and fail the test with the report if a fault is found.

    The function takes what `ogive.audit.audit` takes, and ``allow_flush``; what the marker ``ogive_audit`` gives stands for what is left out.
    It returns the report. In JUnit XML the test has the properties ``ogive.max_ulp`` and ``ogive.digest``.
    """

    def examine(target: Any, function: str | None = None, *, allow_flush: bool | None = None, **options: Any) -> Report:
        from ogive.audit import audit

        __tracebackhide__ = True
        marker = request.node.get_closest_marker("ogive_audit")
        given = dict(marker.kwargs) if marker else {}
        asked = function or given.pop("function", None) or (marker.args[0] if marker and marker.args else None)
        if asked is None:
            raise pytest.UsageError('name the function: ogive_audit(target, "sigmoid"), or @pytest.mark.ogive_audit("sigmoid")')
        allowed = given.pop("allow_flush", False) if allow_flush is None else allow_flush
        report = audit(target, asked, **{**given, **options})
        record_property("ogive.max_ulp", report.statistics["max_ulp"])
        record_property("ogive.digest", report.document["digest"])
        if not report.ok(allow_flush=allowed):
            pytest.fail(report.text(100), pytrace=False)
        return report

    return examine
