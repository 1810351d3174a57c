"""The words of the graph, in English and Korean."""

from __future__ import annotations

from ogive.language import chosen

__all__ = ["rule_text", "words"]

#: What backpropagation does at a node; the factor stands in {0}.
RULES = {
    "pass": ("pass on", "그대로 흘려보내기"),
    "multiply": ("multiply by {0}", "{0} 곱하기"),
    "swap": ("swap: multiply by {0}", "서로 바꾸어 {0} 곱하기"),
    "choose": ("pass on where it was chosen, else 0", "선택된 쪽에만 흘려보내고 나머지는 0"),
    "spread": ("pass on to every term", "모든 항에 그대로 보내기"),
    "matrix_right": ("matrix product with {0} on the right", "오른쪽에 {0} 행렬 곱하기"),
    "matrix_left": ("matrix product with {0} on the left", "왼쪽에 {0} 행렬 곱하기"),
    "rearrange": ("move back to its place", "제자리로 되돌리기"),
    "jacobian": ("multiply by the Jacobian of the row", "행의 야코비 행렬 곱하기"),
}
_FOR = ("to {0}: {1}", "{0} 쪽: {1}")

WORDS = {
    "graph of": ("graph of", "계산 그래프"),
    "node": ("node", "노드"),
    "value": ("value", "값"),
    "truth": ("truth", "참값"),
    "error": ("error", "오차"),
    "condition": ("condition", "조건수"),
    "gradient": ("gradient", "기울기"),
    "flags": ("flags", "표시"),
    "input": ("input", "입력"),
    "backpropagation": ("backpropagation", "역전파"),
    "legend": ("above the arrows: values; below: gradients", "화살표 위: 값 · 아래: 기울기"),
    "overflow": ("overflow", "오버플로"),
    "underflow": ("underflow", "언더플로"),
    "invalid": ("invalid", "무효"),
    "divide": ("divide", "0으로 나눔"),
    "cancellation": ("cancellation", "상쇄"),
    "all bits lost": ("all bits lost", "모든 비트 소실"),
    "bits lost": ("{0} bits lost", "{0}비트 소실"),
    "not finite": ("not a finite number", "유한한 수가 아님"),
    "and": (" and ", ", "),
}


def words(language: str, key: str, *values: object) -> str:
    """Say one of the words."""
    return WORDS[key][chosen(language)].format(*values)


def rule_text(language: str, rule: str, factor: str, operand: str) -> str:
    """Say what backpropagation does; to which operand, if there is more than one."""
    text = RULES[rule][chosen(language)].format(factor)
    return _FOR[chosen(language)].format(operand, text) if operand else text
