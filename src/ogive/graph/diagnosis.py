"""Which node lost the bits, at which input, and what repairs it: a sentence, in English or Korean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ogive.graph.language import words
from ogive.graph.nodes import LOST, Graph, Node, ball_text, short
from ogive.language import chosen
from ogive.truth.ulp import format_of

if TYPE_CHECKING:
    from ogive.graph.operations import Array

__all__ = ["Diagnosis", "apart", "at_input", "diagnose", "gradient_lost"]

_SENTENCES = {
    "none": (
        "Nothing is lost: the result {result} is right to {error} ulp, and no node overflows or cancels.",
        "잃은 비트가 없습니다. 결과 {result}의 오차는 {error} ulp이고, 오버플로나 상쇄가 일어난 노드도 없습니다.",
    ),
    "undecided": (
        "No node has a flag, but how far the result {result} is from the truth is not known: balls of 32768 bits do not enclose it.",
        "표시가 있는 노드는 없지만, 결과 {result}의 오차는 알 수 없습니다. 32768비트 구간으로도 참값을 가두지 못했습니다.",
    ),
    "gradient": (
        "The values keep their bits: the result {result} is right to {error} ulp.",
        "값은 비트를 지켰습니다. 결과 {result}의 오차는 {error} ulp입니다.",
    ),
    "overflow": (
        "At {at} the node {label} overflows: {formula} is {value}, the truth is {truth}.",
        "{at}에서 노드 {label}에 오버플로가 일어납니다. {formula}의 값은 {value}인데 참값은 {truth}입니다.",
    ),
    "divide": (
        "At {at} the node {label} meets a pole: {formula} is {value}, the truth is {truth}.",
        "{at}에서 노드 {label}이(가) 극점을 만납니다. {formula}의 값은 {value}인데 참값은 {truth}입니다.",
    ),
    "invalid": (
        "At {at} the node {label} has no valid answer: {formula} is {value}, the truth is {truth}.",
        "{at}에서 노드 {label}의 연산이 무효입니다. {formula}의 값은 {value}인데 참값은 {truth}입니다.",
    ),
    "cancellation": (
        "At {at} the node {label} cancels: {formula} is {value}, the truth is {truth}; {bits} are lost.",
        "{at}에서 노드 {label}에 상쇄가 일어납니다. {formula}의 값은 {value}인데 참값은 {truth}이고, {bits}를 잃었습니다.",
    ),
    "rounding": (
        "At {at} the node {label} magnifies what was rounded before it {condition} times: {formula} is {value}, the truth is {truth}; "
        "{bits} are lost.",
        "{at}에서 노드 {label}이(가) 앞에서 생긴 반올림 오차를 {condition}배로 키웁니다. {formula}의 값은 {value}인데 참값은 {truth}이고, {bits}를 "
        "잃었습니다.",
    ),
}
_OUTCOME = {
    "right": (" The result {result} happens to be right all the same.", " 그래도 결과 {result}은(는) 우연히 맞습니다."),
    "wrong": (" The result is {result}, the truth is {truth}.", " 결과는 {result}인데 참값은 {truth}입니다."),
    "gradient": (
        " The gradient with respect to {name} is {gradient}, the truth is {truth}.",
        " {name}에 대한 기울기는 {gradient}인데 참값은 {truth}입니다.",
    ),
}
_REPAIR = {
    "whole": (" Write {repair} instead.", " 대신 {repair}로 쓰세요."),
    "part": (" Write {repair} instead of {old}.", " {old} 대신 {repair}로 쓰세요."),
    "none": (
        " No rule knows a repair: compute the small quantity itself, or in a wider dtype.",
        " 알려진 처방이 없습니다. 작은 양을 직접 계산하거나 더 넓은 dtype을 쓰세요.",
    ),
    "undefined": (
        " There the formula has no finite value, so there is nothing to repair.",
        " 거기서는 식에 유한한 값이 없으니 고칠 것도 없습니다.",
    ),
}
_BITS = {"all": ("all {0} bits", "{0}비트 전부"), "some": ("{1} of {0} bits", "{0}비트 가운데 {1}비트")}


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What a graph says of itself.

    Attributes
    ----------
    kind : str
        ``overflow``, ``divide``, ``invalid``, ``cancellation``, ``rounding``; ``gradient`` where the values are right and a gradient is
        not; ``undecided`` where the truth could not be enclosed; ``none``.
    node : Node or None
        The node that lost the bits, the first of them.
    at : str
        At which input: ``x = -1000``.
    replaced : Node or None
        The node that the repair stands for.
    repair : str or None
        What to write instead, a formula that was tried at this input.
    sentence : str
        All of it in words.
    """

    kind: str
    node: Node | None
    at: str
    replaced: Node | None
    repair: str | None
    sentence: str

    def __repr__(self) -> str:
        return self.sentence


def apart(value: Any, ball: Any) -> tuple[str, str]:
    """Write a value and the truth with as many digits as tell them apart."""
    for digits in (4, 8, 12, 16):
        texts = short(value, digits), ball_text(ball, digits)
        if texts[0] != texts[1]:
            break
    return texts


def at_input(node: Node) -> str:
    """Say at which inputs the worst element of a node was computed."""
    reached = [node]
    for part in reached:
        reached += [operand for operand in part.operands if operand not in reached]
    texts = []
    for part in (part for part in node.graph.inputs if part in reached):
        shape, index = np.shape(part.value), node.worst
        inner = np.shape(node.value)[len(np.shape(node.value)) - len(shape) :]
        if shape and len(shape) <= len(index) and all(n in (1, m) for n, m in zip(shape, inner, strict=True)):
            place = tuple(0 if n == 1 else i for n, i in zip(shape, index[len(index) - len(shape) :], strict=True))
            texts.append(f"{part.name}[{', '.join(map(str, place))}] = {short(np.asarray(part.value)[place], 6)}")
        else:
            texts.append(f"{part.name} = {short(part.value, 12)}")
    return ", ".join(texts)


def _lost(graph: Graph, node: Node) -> bool:
    errors: Array = np.abs(graph.truth.errors[node])
    return bool(np.any(errors >= LOST))


def _culprit(graph: Graph) -> Node | None:
    """Find the first node with a flag, or where bits were lost that the result then lacks."""
    matters = _lost(graph, graph.output)
    for node in graph.operations:
        if any(flag in node.raised for flag in ("overflow", "divide", "invalid")) or (matters and _lost(graph, node)):
            return node
    return None


def gradient_lost(graph: Graph, language: int) -> str:
    """Say so if a gradient is 0, infinite or nan where the truth is an ordinary number."""
    for node in graph.inputs:
        if node.gradient is None:
            continue
        values, fmt = np.asarray(node.gradient, dtype=np.float64), format_of(np.asarray(node.value).dtype)
        for place, ball in np.ndenumerate(graph.truth.gradients[node]):
            value = values[place]
            vanished = value == 0 and abs(ball) > 2.0**fmt.emin
            burst = math.isnan(value) or (math.isinf(value) and abs(ball) < fmt.largest)
            if ball.is_finite() and (vanished or burst):
                name = node.name + (f"[{', '.join(map(str, place))}]" if place else "")
                return _OUTCOME["gradient"][language].format(name=name, gradient=short(value), truth=ball_text(ball))
    return ""


def diagnose(graph: Graph, language: str = "en") -> Diagnosis:
    """Find the node that lost the bits; see `Graph.diagnose`."""
    spoken = chosen(language)
    culprit, gradient, output = _culprit(graph), gradient_lost(graph, spoken), graph.output
    worst = output.worst
    result = short(np.asarray(output.value)[worst])
    if culprit is None:
        kind = "undecided" if math.isnan(output.ulp_error) else "gradient" if gradient else "none"
        sentence = _SENTENCES[kind][spoken].format(result=result, error=f"{abs(output.ulp_error):.2g}") + gradient
        return Diagnosis(kind, None, at_input(output), None, None, sentence)
    from ogive.graph.repairs import repair

    kind = next((flag for flag in culprit.flags if flag != "underflow"), "rounding")
    at, place = at_input(culprit), culprit.worst
    value, truth = apart(np.asarray(culprit.value)[place], graph.truth.balls[culprit][place])
    truth = words(language, "not finite") if truth == "?" else truth
    precision = culprit.precision
    bits = round(culprit.bits_lost)
    sentence = _SENTENCES[kind][spoken].format(
        at=at,
        label=culprit.label if culprit.label.isidentifier() else f"'{culprit.label}'",
        formula=culprit.formula,
        value=value,
        truth=truth,
        condition=f"{culprit.conditions[place]:.2g}",
        bits=_BITS["all" if bits >= precision - 1 else "some"][spoken].format(precision, bits),
    )
    defined = all(ball.is_finite() for ball in graph.truth.balls[output].flat)
    if culprit is not output:
        outcome = "wrong" if _lost(graph, output) else "right"
        if defined:
            shown, true = apart(np.asarray(output.value)[worst], graph.truth.balls[output][worst])
            sentence += _OUTCOME[outcome][spoken].format(result=result if outcome == "right" else shown, truth=true)
    sentence += gradient
    found = repair(graph, culprit)
    if found is None:
        sentence += _REPAIR["none" if defined else "undefined"][spoken]
        return Diagnosis(kind, culprit, at, None, None, sentence)
    replaced, text = found
    sentence += _REPAIR["whole" if replaced is output else "part"][spoken].format(repair=text, old=replaced.formula)
    return Diagnosis(kind, culprit, at, replaced, text, sentence)
