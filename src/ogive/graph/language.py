"""The words of the graph, in English and Korean."""

from __future__ import annotations

from ogive.language import chosen

__all__ = ["complaint", "rule_text", "words"]

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

#: What may be wrong with a formula.
COMPLAINTS = {
    "at": ("{0!r}, at character {1}{2}: {3}", "{0!r}의 {1}번째 글자{2}: {3}"),
    "whole": ("{0!r} {3}", "{0!r}: {3}"),
    "said": ("{0}", "{0}"),
    "syntax": ("{0}", "여기서 수식을 읽을 수 없습니다({0})"),
    "length": (
        "a formula has 1 to {0} characters, got {1}; write one such as 1/(1+exp(-x))",
        "수식은 1자에서 {0}자까지인데 {1}자입니다. 1/(1+exp(-x)) 같은 식을 쓰십시오",
    ),
    "deep": ("is nested too deeply; write it in parts", "괄호가 너무 깊습니다. 나누어 쓰십시오"),
    "null": ("has a null character; leave it out", "널 문자가 들어 있습니다. 빼 주십시오"),
    "constant": ("has no variable; a graph needs one, such as x", "변수가 없습니다. 그래프에는 x 같은 변수가 있어야 합니다"),
    "number": ("a formula has real numbers only", "수식에는 실수만 쓸 수 있습니다"),
    "function": ("{0} is a function; write {0}(x)", "{0}은(는) 함수입니다. {0}(x)처럼 쓰십시오"),
    "compare": ("compare two numbers at a time", "비교는 한 번에 두 수만 할 수 있습니다"),
    "name": ("only functions by name are called", "이름이 있는 함수만 부를 수 있습니다"),
    "unknown": ("there is no function {0}; ogive list names them", "{0}라는 함수는 없습니다. ogive list가 함수 이름을 보여 줍니다"),
    "near": ("there is no function {0}; did you mean {1}?", "{0}라는 함수는 없습니다. {1} 가운데 하나입니까?"),
    "option": ("an option is a number, such as axis=0", "옵션은 axis=0처럼 수로 씁니다"),
    "power": ("a formula cannot have this; write ** for powers", "이 기호는 쓸 수 없습니다. 거듭제곱은 **로 씁니다"),
    "quotient": ("a formula cannot have this; write / for quotients", "이 기호는 쓸 수 없습니다. 나눗셈은 /로 씁니다"),
    "remainder": ("a formula cannot have this; there is no remainder here", "이 기호는 쓸 수 없습니다. 나머지 연산은 없습니다"),
    "choice": ("a formula cannot have this; write where(condition, a, b)", "이렇게는 쓸 수 없습니다. where(조건, a, b)로 씁니다"),
    "foreign": (
        "a formula cannot have this; numbers, names, + - * / ** @, comparisons and calls are what it has",
        "이런 것은 수식에 쓸 수 없습니다. 수와 이름, + - * / ** @, 비교, 함수 호출만 씁니다",
    ),
}


def words(language: str, key: str, *values: object) -> str:
    """Say one of the words."""
    return WORDS[key][chosen(language)].format(*values)


def rule_text(language: str, rule: str, factor: str, operand: str) -> str:
    """Say what backpropagation does; to which operand, if there is more than one."""
    text = RULES[rule][chosen(language)].format(factor)
    return _FOR[chosen(language)].format(operand, text) if operand else text


def complaint(language: str, key: str, *values: object) -> str:
    """Say what is wrong with a formula."""
    return COMPLAINTS[key][chosen(language)].format(*values)
