"""The tour: the story of the sigmoid in a terminal, in English or Korean, every number computed while it is told.

A scene is a heading, some words, a piece of code that is run as in Python's own prompt, and some words about the outcome.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import ogive
from ogive.language import chosen
from ogive.sketch import curve

__all__ = ["picture", "tell"]


class Scene(NamedTuple):
    """One scene; words are given in English and in Korean."""

    heading: tuple[str, str]
    before: tuple[str, str]
    code: str
    after: tuple[str, str]


SCENES = (
    Scene(
        ("The sigmoid, as everybody writes it", "누구나 쓰는 시그모이드"),
        (
            "The logistic sigmoid squeezes any number into (0, 1). Textbooks write it in one line, and for small numbers that "
            "line is fine.",
            "로지스틱 시그모이드는 어떤 수든 (0, 1) 안으로 눌러 담습니다. 책에서는 한 줄로 쓰고, 작은 수라면 그 한 줄로 충분합니다.",
        ),
        """
x = np.array([1.0, 2, 3, 4, 5])
1 / (1 + np.exp(-x))
ogive.sigmoid(x)
""",
        ("So far nobody needs a library.", "여기까지는 라이브러리가 필요 없습니다."),
    ),
    Scene(
        ("One large negative number", "아주 작은 음수 하나"),
        (
            "Put a large negative number in front, and exp has to compute e to the power of ten thousand million.",
            "맨 앞에 절댓값이 큰 음수를 하나 넣으면 exp는 e의 백억 제곱쯤을 계산해야 합니다.",
        ),
        """
x = np.array([-9999999999.0, 2, 3, 4, 5])
1 / (1 + np.exp(-x))
with np.errstate(all="raise"):
    y = ogive.sigmoid(x)
y
""",
        (
            "The value happens to be right, because 1/inf is 0, but the warning cries wolf; and code that turns warnings into "
            "errors stops here. "
            "ogive computes the same five numbers even under errstate(all='raise').",
            "1/inf가 0이라서 값은 우연히 맞지만 경고가 뜹니다. 경고를 오류로 다루는 코드라면 여기서 멈춥니다. ogive는 "
            "errstate(all='raise') 아래에서도 같은 다섯 값을 조용히 계산합니다.",
        ),
    ),
    Scene(
        ("Where the derivative dies", "미분이 사라지는 곳"),
        (
            "Backpropagation multiplies by the derivative, and books compute it from the output as y(1-y). In float32, see what "
            "is left of it on the positive side.",
            "역전파는 미분을 곱해 갑니다. 책에서는 출력으로부터 y(1-y)로 구하지요. float32에서 양수 쪽에 무엇이 남는지 봅시다.",
        ),
        """
x = np.array([5, 10, 17, 20, 40], dtype=np.float32)
y = 1 / (1 + np.exp(-x))
y * (1 - y)
ogive.sigmoid.derivative(x)
""",
        (
            "From x = 16.64 on, y has rounded to 1 and its derivative to 0: a unit that gets there never learns again. The true "
            "slope is small, not zero.",
            "x = 16.64부터는 y가 1로 반올림되고 미분은 0이 됩니다. 거기까지 간 뉴런은 다시는 배우지 못합니다. 참값은 작을 뿐 0이 아닙니다.",
        ),
    ),
    Scene(
        ("The stable form, by masks", "마스크로 쓴 안정적인 형태"),
        (
            "A well-known repair uses e^-x where x is positive and e^x where it is negative, so that no exponential overflows.",
            "잘 알려진 처방이 있습니다. 양수에서는 e^-x를, 음수에서는 e^x를 써서 지수가 넘치지 않게 하는 것입니다.",
        ),
        """
def by_masks(x):
    right, left = x >= 0, x < 0
    e, top = np.zeros(x.shape), np.ones(x.shape)
    e[right], e[left] = np.exp(-x[right]), np.exp(x[left])
    top[left] = e[left]
    return top / (1 + e)
x = np.array([-9999999999, np.nan, 2], dtype=np.float32)
by_masks(x)
ogive.sigmoid(x)
""",
        (
            "No warning any more. But nan belongs to neither mask and comes out as 1.0, a confident answer to a missing value; "
            "and float32 went in, float64 came out.",
            "경고는 사라졌습니다. 하지만 nan은 어느 마스크에도 속하지 않아 1.0이 되어 나옵니다. 빠진 값에 확신에 찬 답을 내놓은 "
            "셈입니다. 게다가 float32를 넣었는데 float64가 나왔습니다.",
        ),
    ),
    Scene(
        ("The short stable form", "짧고 안정적인 형태"),
        (
            "exp(-logaddexp(0, -x)) is shorter and never overflows. How far is it from the truth? Count in ulp, the distance "
            "between neighbouring doubles.",
            "exp(-logaddexp(0, -x))는 더 짧고 넘치지도 않습니다. 참값에서 얼마나 떨어져 있을까요? 이웃한 두 배정밀도 수의 간격인 "
            "ulp로 재 봅시다.",
        ),
        """
x = np.linspace(-708, 0, 1_000_001)
y = ogive.sigmoid(x)
worst = np.max(np.abs(np.exp(-np.logaddexp(0, -x)) - y) / np.spacing(y))
print(f"{worst:.0f} ulp")
print(ogive.sigmoid.bound)
""",
        (
            "The logarithm rounds first, and exp magnifies its rounding error. ogive declares its bound, and its tests hold it to it.",
            "로그가 먼저 반올림되고, exp가 그 오차를 키웁니다. ogive는 오차의 한계를 밝혀 두고, 테스트로 그 약속을 지킵니다.",
        ),
    ),
    Scene(
        ("What the curve says", "곡선이 말해 주는 것"),
        (
            "An S that never leaves (0, 1), so it can be read as a probability; flat at both ends; centred on 0.5 and not on 0; "
            "nowhere steeper than 1/4.",
            "S자 곡선은 (0, 1)을 벗어나지 않으니 확률로 읽을 수 있습니다. 양 끝은 평평하고, 중심은 0이 아니라 0.5이며, 가장 "
            "가파른 곳의 기울기도 1/4입니다.",
        ),
        """
card = ogive.sigmoid
print(card.range, card.limits, card.symmetry)
card.zero_centred, card.saturates, float(card.lipschitz)
0.25 ** 10
print(curve(card))
""",
        (
            "Ten layers multiply the gradient by at most a quarter each: less than a millionth is left. That is the vanishing gradient.",
            "층마다 기울기에 많아야 1/4이 곱해지므로, 열 층을 지나면 백만분의 일도 남지 않습니다. 이것이 기울기 소실입니다.",
        ),
    ),
    Scene(
        ("Four functions side by side", "네 함수를 나란히"),
        ("The logistic, tanh, ReLU and softmax, on the same five numbers.", "로지스틱, tanh, ReLU, softmax에 같은 다섯 수를 넣어 봅니다."),
        """
x = np.array([-2, -0.5, 0, 0.5, 2])
ogive.sigmoid(x)
ogive.tanh(x)
ogive.relu(x)
ogive.softmax(x)
""",
        (
            "The first three look at each number alone. Softmax looks at the whole row and shares 1 among its entries.",
            "앞의 셋은 수를 하나씩 봅니다. softmax는 행 전체를 보고 1을 원소들에게 나누어 줍니다.",
        ),
    ),
    Scene(
        ("Softmax overflows too", "softmax도 넘친다"),
        (
            "e^z over its sum is the definition. Two equal scores should get half each.",
            "정의는 e^z를 그 합으로 나누는 것입니다. 점수가 같은 둘은 반씩 나누어 가져야 합니다.",
        ),
        """
z = np.array([1000.0, 1000.0])
np.exp(z) / np.sum(np.exp(z))
ogive.softmax(z)
z = np.array([3.0, 1.0, 0.25])
ogive.softmax(z)
ogive.softmax(z + 1000)
float(np.sum(ogive.softmax(z))), int(np.argmax(z)) == int(np.argmax(ogive.softmax(z)))
""",
        (
            "Infinity over infinity is nan. Subtracting the maximum changes nothing in exact arithmetic and cures it. The sum is "
            "1 up to rounding, and the largest score stays the largest.",
            "무한대 나누기 무한대는 nan입니다. 최댓값을 빼도 수학적으로는 아무것도 바뀌지 않으면서 문제는 사라집니다. 합은 "
            "반올림을 빼면 1이고, 가장 큰 점수는 그대로 가장 큽니다.",
        ),
    ),
    Scene(
        ("tanh from exponentials", "지수로 쓴 tanh"),
        (
            "tanh is (e^x - e^-x) / (e^x + e^-x). As written, it breaks where e^x overflows, past 709.78.",
            "tanh는 (e^x - e^-x) / (e^x + e^-x)입니다. 그대로 쓰면 e^x가 넘치는 709.78 너머에서 무너집니다.",
        ),
        """
x = np.array([-710, -1, 0, 1, 710.0])
(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
ogive.tanh(x)
x = np.arange(-5, 5, 0.005)
float(np.max(np.abs(ogive.tanh(x) - (2 * ogive.sigmoid(2 * x) - 1))))
print(ogive.tanh.range, ogive.tanh.zero_centred, ogive.tanh.lipschitz)
""",
        (
            "tanh(x) = 2σ(2x) - 1, to the last bits of that subtraction: the same curve, stretched to (-1, 1), centred on 0 and "
            "four times as steep. That is why networks learn faster with it.",
            "tanh(x) = 2σ(2x) - 1이 뺄셈의 마지막 몇 비트까지 들어맞습니다. 같은 곡선을 (-1, 1)로 늘여 0을 중심에 두고 네 배 "
            "가파르게 만든 것이지요. 그래서 신경망이 tanh로 더 빨리 배웁니다.",
        ),
    ),
)
CLOSING = (
    "The picture is in {path}: the sigmoid with its derivative and where it saturates, and beside it sigmoid, tanh and ReLU. "
    "Next: ogive show sigmoid, ogive plot --help.",
    "그림은 {path}에 있습니다. 시그모이드와 그 미분, 포화 구간, 그리고 시그모이드·tanh·ReLU를 함께 그렸습니다. 다음은 ogive show "
    "sigmoid, ogive plot --help를 실행해 보세요.",
)


def tell(language: str, path: Path) -> Iterator[tuple[str, str]]:
    """Tell the tour.

    Parameters
    ----------
    language : {'en', 'ko'}
        The language.
    path : Path
        Where the picture is.

    Yields
    ------
    (str, str)
        A style (of rich) and a line.
    """
    place = chosen(language)
    for i, scene in enumerate(SCENES, 1):
        yield "bold", f"{i}. {scene.heading[place]}"
        yield "", scene.before[place]
        yield "", ""
        yield from _prompt(scene.code)
        yield "", ""
        yield "", scene.after[place]
        yield "", ""
    yield "bold", CLOSING[place].format(path=path)


def _prompt(code: str) -> Iterator[tuple[str, str]]:
    """Run code as Python's prompt would: each statement, the warnings it raises, what it prints, its value."""
    printed: list[str] = []
    names: dict[str, Any] = {"np": np, "ogive": ogive, "curve": curve, "print": lambda *values: printed.append(" ".join(map(str, values)))}
    for node in ast.parse(code).body:
        source = (ast.get_source_segment(code, node) or "").splitlines()
        yield from (("cyan", f"{'>>>' if i == 0 else '...'} {line}") for i, line in enumerate(source))
        value = None
        with warnings.catch_warnings(record=True) as raised, np.errstate(all="warn", under="ignore"):
            warnings.simplefilter("always")
            if isinstance(node, ast.Expr):
                value = eval(compile(ast.Expression(node.value), "<tour>", "eval"), names)
            else:
                exec(compile(ast.Module([node], []), "<tour>", "exec"), names)
        yield from dict.fromkeys(("red", f"{w.category.__name__}: {w.message}") for w in raised)
        yield from (("", line) for text in printed for line in text.splitlines())
        printed.clear()
        if value is not None:
            with np.printoptions(precision=8, suppress=False, linewidth=88):
                yield from (("", line) for line in repr(value).splitlines())


def picture(path: Path, language: str = "en") -> None:
    """Draw the picture the tour ends with.

    Parameters
    ----------
    path : Path
        Where to.
    language : {'en', 'ko'}
        Of its words.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from ogive.plot import plot, save

    figure = Figure(figsize=(12, 4.6), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    plot("sigmoid", ax=left, language=language)
    plot("sigmoid", "tanh", "relu", low=-4, high=2, derivative=False, ax=right, language=language)
    save(path, figure)
