"""The page of a card: everything the card knows, and everything that was measured, in one language."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from book import drawings, measured
from book.words import CARD_WORDS, FAMILY_WORDS, LIBRARY_WORDS, elsewhere, family, phrase, summary
from ogive.activation import Activation, Elementwise
from ogive.borrowed import Borrowed
from ogive.catalogue import CATALOGUE, FAMILIES
from ogive.facts import Kink, number_text
from ogive.loss import Loss
from ogive.vectorwise import Composed, Vectorwise

#: Rows and targets at which functions that are not of one number show how they treat infinities, nan and size.
ROWS = ([1.0, 2.0, 3.0, 4.0], [1000.0, 1000.0, 0.0, -1000.0], [np.inf, 1.0, 0.0, -np.inf], [-np.inf] * 4, [np.nan, 0.0, 1.0, 2.0])
LOGITS = (-np.inf, -1000.0, -1.0, -0.0, 0.0, 1.0, 1000.0, np.inf, np.nan)


def page(card: Activation, language: str) -> str:
    """Write the page of a card, in MyST Markdown."""
    return _Page(card, language).text()


def cells(values: Iterable[str]) -> str:
    """Write a line of a table."""
    return "| " + " | ".join(value.replace("|", "\\|") for value in values) + " |"


def grid(head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Write a table; the columns numbered in `right` end at their right."""
    rule = "|" + "|".join("--:" if i in right else "---" for i in range(len(head))) + "|"
    return [cells(head), rule, *(cells(row) for row in rows), ""]


def code(text: str) -> str:
    """Set a text in code type."""
    return f"`{text}`" if text else ""


class _Page:
    """A page as it is being written."""

    def __init__(self, card: Activation, language: str) -> None:
        self.card, self.language, self.words = card, language, CARD_WORDS[language]

    def text(self) -> str:
        parts = [self.head(), self.drawing(), self.facts(), self.parameters(), self.forms(), self.special(), self.examples()]
        parts += [self.accuracy(), self.elsewhere(), self.sources(), self.relatives()]
        return "\n".join(line for part in parts for line in part).rstrip() + "\n"

    def heading(self, key: str) -> list[str]:
        return ["", f"## {self.words[key]}", ""]

    # what it is

    def head(self) -> list[str]:
        also = f"{self.words['also']} {', '.join(map(code, self.card.aliases))}." if self.card.aliases else ""
        # a card is what somebody searches who types its name, though chapters say the name more often
        said = ['<div data-pagefind-weight="10">', "", summary(self.card, self.language), "", "</div>"]
        return [f"# {self.card.name}", "", *said, "", also, "", "$$", self.card.tex, "$$", ""]

    def drawing(self) -> list[str]:
        swatches = "".join(
            f'<span><i class="{kind}"></i>{self.words.get(word, f"<code>{word}</code>")}</span>' for kind, word in drawings.marks(self.card)
        )
        file = f"{drawings.folder()}/{self.card.name}.svg"
        return [
            "```{raw} html",
            '<figure class="drawing">',
            "```",
            "",
            "```{raw} html",
            f":file: {file}",
            "```",
            "",
            "```{raw} html",
            f"<figcaption>{swatches}</figcaption></figure>",
            "```",
            "",
        ]

    def facts(self) -> list[str]:
        card, words = self.card, self.words
        rows: list[tuple[str, str]] = []
        if isinstance(card, (Elementwise, Borrowed)):
            low, high = (number_text(float(end)) for end in (card.domain.low, card.domain.high))
            rows += [(words["domain"], str(card.domain)), (words["range"], str(card.range))]
            ends = [f"f({low}) = {number_text(card.limits[0])}, f({high}) = {number_text(card.limits[1])}"]
            if isinstance(card, Elementwise):
                ends += [
                    f"f′({low}) = {number_text(card.derivative_limits[0])}, f′({high}) = {number_text(card.derivative_limits[1])}",
                ]
            rows += [
                (words["ends"], "; ".join(ends)),
                (words["symmetry"], self.symmetry(card)),
                (words["monotone"], self.yes(card.monotone)),
            ]
        if isinstance(card, Elementwise):
            sides = (card.saturates_left, card.saturates_right)
            flat = {(True, True): "both", (True, False): "left", (False, True): "right", (False, False): "nowhere"}[sides]
            rows += [
                (words["zero_centred"], self.yes(card.zero_centred)),
                (words["saturates"], words[flat]),
                (words["lipschitz"], number_text(card.lipschitz)),
                (words["kinks"], "; ".join(self.kink(card, kink) for kink in card.kinks) or words["no kinks"]),
            ]
        if isinstance(card, (Vectorwise, Composed)):
            rows.append((words["range"], str(card.range)))
        if isinstance(card, Vectorwise):
            which = "reducing rows" if card.reduces else "empty rows" if card.has_empty else "first rows"
            rows.append((words["rows"], words[which]))
        if isinstance(card, Loss):
            rows.append((words["targets"], phrase(card.targets, self.language)))
        return [*self.heading("facts"), *grid(("", ""), rows)]

    def symmetry(self, card: Elementwise | Borrowed) -> str:
        if card.symmetry is None:
            return self.words["no symmetry"]
        return self.words["odd"] if card.symmetry.x == card.symmetry.y == 0 else self.words["about"].format(point=card.symmetry)

    def kink(self, card: Elementwise, kink: Kink) -> str:
        slope = kink.derivative
        said = (
            self.words[f"from the {slope}"] if slope in ("left", "right") else code(slope) if isinstance(slope, str) else number_text(slope)
        )
        at = number_text(float(kink.at(*(p.default for p in card.parameters))))
        return self.words["jump" if kink.jump else "kink"].format(x=at, slope=said)

    def yes(self, fact: bool) -> str:
        return self.words["yes" if fact else "no"]

    # how it is called

    def parameters(self) -> list[str]:
        card, words = self.card, self.words
        rows: list[tuple[str, str, str, str]] = []
        for p in getattr(card, "parameters", ()):
            default = words["required"] if isinstance(card, Borrowed) else number_text(p.default)
            rows.append((code(p.name), default, str(p.domain), phrase(p.meaning, self.language)))
        own = len(rows)
        for name, default, there in (
            ("axis", "-1", isinstance(card, (Vectorwise, Composed))),
            ("where", "None", isinstance(card, Vectorwise)),
            ("temperature", "1", getattr(card, "has_temperature", False)),
            ("weights", "None", getattr(card, "has_weights", False)),
            ("empty", '"nan"', getattr(card, "has_empty", False)),
            ("keepdims", "False", getattr(card, "reduces", False)),
            ("groups", str(getattr(card, "parts", "")), bool(getattr(card, "choice", ""))),
            ("alpha", "None", getattr(card, "weighted", False)),
            ("reduction", '"mean"', isinstance(card, Loss)),
        ):
            if there:
                rows.append((code(name), code(default), "", words[name]))
        if not rows:
            return []
        note = [words["outside"], ""] if own and not isinstance(card, Loss) else []
        return [*self.heading("parameters"), *grid((words["name"], words["default"], words["allowed"], words["meaning"]), rows), *note]

    def forms(self) -> list[str]:
        card, words = self.card, self.words
        name = f"ogive.{card.name}"
        takes = card._signature()
        rest = "".join(f", {p.name}" for p in getattr(card, "parameters", ()))
        rows = [(code(f"{name}({takes})"), words["value"])]
        if isinstance(card, Loss):
            rows += [(code(f"{name}.{form}(…)"), words[form]) for form in ("gradient", "value_and_gradient")]
        elif isinstance(card, (Vectorwise, Composed)):
            rows.append((code(f"{name}.backward(g, x, …)"), words["row backward"]))
        else:
            for form in ("derivative", "second_derivative", "value_and_derivative"):
                rows.append((code(f"{name}.{form}(x{rest})"), words[form]))
            rows.append((code(f"{name}.backward(g, x{rest})"), words["backward"]))
            if getattr(card, "from_output", None):
                rows.append((code(f"{name}.backward_from_output(g, y{rest})"), words["backward_from_output"]))
            for form in Elementwise.RELATED:
                rows.append(self.related(card, form, rest))
            for form in card.forms:
                if form.startswith("derivative_"):
                    parameter = form.removeprefix("derivative_")
                    rows.append((code(f"{name}.{form}(x{rest})"), words["derivative_"].format(name=code(parameter))))
            if isinstance(card, Elementwise):
                rows.append((code(f"{name}.plot()"), words["plot"]))
        kind = type(card).__name__
        role = f"{{py:class}}`~ogive.{kind}`"
        return [*self.heading("forms"), *grid((words["call"], words["gives"]), rows), words["class"].format(role=role), ""]

    def related(self, card: Any, form: str, rest: str) -> tuple[str, str]:
        """Write the inverse, the logarithm or the complement: its card and formula, or why there is none."""
        call = getattr(card, form)
        if not call:
            reason = phrase(call.reason.replace(card.name, "NAME"), self.language, card.name)
            if self.language == "en":
                reason = reason.replace("NAME", code(card.name))
            return code(f"ogive.{card.name}.{form}"), self.words["there is none"].format(reason=reason)
        text = self.words[form]
        row = getattr(call, "row", "")
        if row in CATALOGUE:
            text += f"; {self.words['is'].format(card=f'[{row}]({row}.md)')}: ${CATALOGUE[row].tex}$"
        return code(f"ogive.{card.name}.{form}({'y' if form == 'inverse' else 'x'}{rest})"), text

    # what it gives

    def special(self) -> list[str]:
        card, words = self.card, self.words
        note = [words["special intro"], ""]
        if isinstance(card, (Elementwise, Borrowed)):
            given = {p.name: 4.0 if isinstance(card, Borrowed) else p.default for p in card.parameters}
            if given:
                said = ", ".join(code(f"{name} = {number_text(value)}") for name, value in given.items())
                note = [f"{words['special intro']} {words['special parameters'].format(parameters=said)}", ""]
            forms = [card.forms[form] for form in ("value", "derivative", "second_derivative")]
            rows = [[code(_number(x)), *(_evaluated(form, x, **given) for form in forms)] for x in _points(card)]
            table = grid(("x", "f(x)", "f′(x)", "f″(x)"), rows)
        elif isinstance(card, Loss) and card.composed is None:
            other = -1.0 if not _evaluated(card.forms["value"], 0.0, -1.0).startswith("`nan") else 0.0
            calls = [(form, t) for t in (1.0, other) for form in (card, card.gradient)]
            rows = [[code(_number(x)), *(_evaluated(call, x, t, reduction="none") for call, t in calls)] for x in LOGITS]
            table = grid(("logit", *(f"{form}, t = {number_text(t)}" for t in (1.0, other) for form in ("f", "f′"))), rows)
        else:
            arguments = [(row, 0) if isinstance(card, Loss) else (row,) for row in ROWS]
            rows = [[code(_numbers(row)), _evaluated(card, np.float32(row), *more)] for row, *more in arguments]
            table = grid(("x", "f(x)" if not isinstance(card, Loss) else "f(x, 0)"), rows)
        return [*self.heading("special"), *note, *table]

    def examples(self) -> list[str]:
        if not self.card.examples:
            return []
        lines = [f">>> {asked}\n{printed}" for asked, printed in self.card.examples]
        return [*self.heading("examples"), "```python", ">>> import ogive", *lines, "```", ""]

    # how right and how fast

    def bound(self) -> str:
        card, words = self.card, self.words
        bound = number_text(float(card.bound.float64))
        if isinstance(card, Elementwise):
            roots = card.bound.near_roots
            said = words["bound exact"] if card.bound.float64 == 0 else words["bound rounded"].format(bound=bound)
            return said if roots is None else f"{said} {words['bound roots'].format(bound=roots)}"
        if isinstance(card, Borrowed):
            return words["bound borrowed"].format(bound=bound, measured=phrase(card.measured, self.language))
        if isinstance(card, Loss):
            return words["bound loss" if card.composed is None else "bound composed loss"].format(bound=bound)
        kind = {0: "bound exact", 0.5: "bound once"}.get(card.bound.float64, "bound rows" if card.bound.float64 <= 0.6 else "bound gates")
        return words[kind].format(bound=bound, narrow=card.bound.narrow)

    def accuracy(self) -> list[str]:
        words = self.words
        lines = [*self.heading("accuracy"), self.bound(), ""]
        runs = measured.certificates(self.card.name)
        if runs:
            rows = [
                (words["log-form" if form == "log" else form], f"{n:,}", str(wrong), code(digest[:16] + "…"))
                for form, n, wrong, digest in runs
            ]
            lines += [words["exhaustive"], ""]
            lines += grid((words["form"], words["inputs"], words["misrounded"], words["digest"]), rows, right=(1, 2))
        told = False
        for form in ("value", "derivative"):
            rows = measured.contest(self.card.name, form, words["per second"])
            if rows:
                told = True
                lines += [words[f"peers {form}"], ""]
                table = [
                    (LIBRARY_WORDS[self.language].get(library, library), code(expression), *rest) for library, expression, *rest in rows
                ]
                lines += grid((words["library"], words["expression"], "float32", "float64", words["speed"]), table, right=(2, 3, 4))
        if told:
            lines += [words["legend"].format(marks=measured.legend(self.language)), ""]
        return lines

    def elsewhere(self) -> list[str]:
        rows = [(library, code(there), code(here)) for library, there, here in measured.names_elsewhere(self.card.name)]
        who = elsewhere(self.card, self.language)
        if not rows and not who:
            return []
        lines = self.heading("elsewhere")
        if rows:
            lines += grid((self.words["library"], self.words["there"], self.words["here"]), rows)
        return [*lines, *([f"{self.words['differs']} {who}.", ""] if who else [])]

    def sources(self) -> list[str]:
        if not self.card.sources:
            return []
        return [*self.heading("sources"), *(f"* {source}." for source in self.card.sources), ""]

    def relatives(self) -> list[str]:
        kin = [f"[{other.name}]({other.name}.md)" for other in FAMILIES[family(self.card)] if other is not self.card]
        return [*self.heading("see"), self.words["family"].format(cards=", ".join(kin)), ""]


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _number(value: Any) -> str:
    """Write a number with the digits that tell it from its neighbours."""
    text = str(value)
    return text.removesuffix(".0") if text != "-0.0" else text


def _numbers(row: Iterable[Any]) -> str:
    return "[" + ", ".join(_number(value) for value in row) + "]"


def _points(card: Elementwise | Borrowed) -> list[np.float32]:
    """Choose the numbers of the table: infinities, zeros, ones, the ends of the domain, the kinks, nan."""
    places = {-math.inf, -1.0, 0.0, 1.0, math.inf, float(card.domain.low), float(card.domain.high)}
    if isinstance(card, Elementwise):
        places |= {float(kink.at(*(p.default for p in card.parameters))) for kink in card.kinks}
    if (card.domain.low, card.domain.high) == (0, 1):
        places |= {0.5}
    ordered = sorted(places)
    zero = ordered.index(0.0)
    return [np.float32(x) for x in [*ordered[:zero], -0.0, *ordered[zero:], math.nan]]


def _evaluated(call: Any, x: Any, *arguments: Any, **named: Any) -> str:
    """Evaluate in float32, and say which flag was raised."""
    with np.errstate(all="ignore"):
        value = call(np.float32(x), *arguments, **named)
    text = code(_numbers(value) if np.ndim(value) else _number(value))
    try:
        with np.errstate(all="raise"):
            call(np.float32(x), *arguments, **named)
    except FloatingPointError as error:
        text += f" *{str(error).partition(' ')[0]}*"
    return text


def overview(language: str) -> str:
    """Write the page that shows every card as a small picture."""
    words, families = CARD_WORDS[language], FAMILY_WORDS[language]
    lines = [f"# {words['overview']}", "", words["overview intro"].format(count=len(CATALOGUE)), ""]
    for name, cards in FAMILIES.items():
        tiles = "\n".join(f'<a href="{card.name}.html">{drawings.thumbnail(card)}<code>{card.name}</code></a>' for card in cards)
        lines += ["", f"## {families[name]}", "", "```{raw} html", f'<div class="tiles">\n{tiles}\n</div>', "```", ""]
        lines += ["```{toctree}", ":hidden:", f":caption: {families[name]}", "", *(card.name for card in cards), "```", ""]
    return "\n".join(lines)
