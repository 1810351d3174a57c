"""The words in the pictures, in English and Korean."""

from __future__ import annotations

from collections.abc import Callable

from ogive.language import chosen
from ogive.plot.fonts import complain, korean_font

__all__ = ["speaker"]

WORDS = {
    "derivative": ("derivative", "도함수"),
    "second_derivative": ("second derivative", "이계도함수"),
    "derivatives": ("derivatives", "도함수"),
    "second_derivatives": ("second derivatives", "이계도함수"),
    "of": ("{0} of {1}", "{1}의 {0}"),
    "saturated": ("saturated: |f′| ≤ {0:g} % of max", "포화: |f′| ≤ 최댓값의 {0:g} %"),
    "limits": ("limits", "극한값"),
    "epoch": ("epoch", "에포크"),
    "loss": ("loss", "손실"),
    "validation": ("1 − validation score", "1 − 검증 점수"),
    "activations": ("values of the activation function, layer by layer", "층별 활성화 함수 값의 분포"),
    "value": ("value", "값"),
    "layer": ("layer", "층"),
    "saturated units": ("saturated {0:.0%}", "포화 {0:.0%}"),
    "dead units": ("dead {0} of {1}", "죽은 유닛 {0}/{1}"),
    "network": ("network", "신경망"),
    "gradient": ("gradient (root mean square)", "기울기 (제곱평균제곱근)"),
    "gradient by depth": ("gradient by depth", "깊이에 따른 기울기"),
    "no gradient": ("gradient 0", "기울기 0"),
    "no number": ("gradient not finite", "유한하지 않은 기울기"),
    "error": ("error (ulp)", "오차 (ulp)"),
    "error of": ("error of {0} in {1}", "{0}의 {1} 오차"),
    "implementation": ("implementation", "구현"),
    "at most": ("{0}, max {1}", "{0}, 최대 {1}"),
    "correctly rounded": ("correctly rounded: ±½ ulp", "올바른 반올림: ±½ ulp"),
    "nan": ("nan", "nan"),
    "infinite": ("infinite error", "무한대 오차"),
    "wrong sign": ("wrong sign", "틀린 부호"),
}


def speaker(language: str) -> Callable[..., str]:
    """Give the words of a language.

    Parameters
    ----------
    language : {'en', 'ko'}
        The language; without a font for its letters the words are English, and a warning says so.

    Returns
    -------
    callable
        Takes the key of a text and the values in it.

    Raises
    ------
    ValueError
        If the language is not spoken here.
    """
    place = chosen(language)
    if language == "ko" and korean_font() is None:
        complain()
        place = 0
    return lambda key, *values: WORDS[key][place].format(*values)
