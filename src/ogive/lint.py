"""Find formulas that lose digits in Python sources and notebooks, and name what keeps them: ``ogive lint``.

A rule looks at one expression of the syntax tree, whatever the library is called there: ``np.exp(x)``, ``math.exp(x)`` and
``x.exp()`` are the same. A name that is given a value once in its scope stands for that value, so that ``e = np.exp(-x)`` and
``1 / (1 + e)`` a line further down is found, too. A line with ``# ogive: ignore`` is left alone.
"""

from __future__ import annotations

import ast
import io
import json
import os
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["RULES", "Finding", "Rule", "instead_of", "lint", "sources"]

IGNORE = "ogive: ignore"
SKIPPED = {"__pycache__", "node_modules", "build", "dist", "site-packages"}  # besides what begins with a dot
DEPTH = 8  # names of names of names that are followed
USUAL = {
    "np",
    "numpy",
    "math",
    "scipy",
    "special",
    "torch",
    "nn",
    "F",
    "jax",
    "jnp",
    "tf",
    "xp",
}  # modules in a cell whose imports are in another

Expression = ast.expr
Match = Callable[["_Scope", Expression], str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for.

    Attributes
    ----------
    code : str
        ``OG1`` and two digits.
    name : str
        The formula, as people write it.
    loses : str
        What goes wrong with it, in a sentence.
    """

    code: str
    name: str
    loses: str
    match: Match


@dataclass(frozen=True, slots=True)
class Finding:
    """One place.

    Attributes
    ----------
    path : str
        The file; of a notebook with the cell, ``book.ipynb[3]``.
    line, column : int
        Where the expression begins, from 1.
    code, found, loses, instead : str
        The rule, the expression, what goes wrong with it, and what does not.
    """

    path: str
    line: int
    column: int
    code: str
    found: str
    loses: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.found}: {self.loses}; use {self.instead}"


# ── looking at expressions ───────────────────────────────────────────────────────────────────────────────────────────────


class _Scope:
    """What the names of a function, or of a module, stand for."""

    def __init__(self, body: Sequence[ast.stmt], arguments: set[str], modules: set[str]) -> None:
        self.modules = modules
        given: dict[str, list[Expression | None]] = {name: [None] for name in arguments}
        for node in _own(body):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                given.setdefault(node.targets[0].id, []).append(node.value)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
                given.setdefault(node.id, []).append(None)
        # An assignment is seen twice, as itself and as the name it stores; anything else that stores makes it more.
        self.values = {name: seen[0] for name, seen in given.items() if len(seen) == 2 and seen[0] is not None}

    def see(self, node: Expression) -> Expression:
        """Return what a name stands for, or the node itself."""
        for _ in range(DEPTH):
            value = self.values.get(node.id) if isinstance(node, ast.Name) else None
            if value is None:
                break
            node = value
        return node

    def call(self, node: Expression, *names: str) -> Expression | None:
        """Return the first argument if this calls one of these functions, or the object if it is a method of it."""
        node = self.see(node)
        if not isinstance(node, ast.Call):
            return None
        function = node.func
        if isinstance(function, ast.Name) and function.id in names:
            return node.args[0] if node.args else None
        if not isinstance(function, ast.Attribute) or function.attr not in names:
            return None
        root: Expression = function
        while isinstance(root, ast.Attribute):
            root = root.value
        of_module = isinstance(root, ast.Name) and root.id in self.modules
        return (node.args[0] if node.args else None) if of_module else function.value

    def exp(self, node: Expression) -> Expression | None:
        """Return a if this is e^a."""
        node = self.see(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            base = node.left
            if (isinstance(base, ast.Attribute) and base.attr == "e") or (isinstance(base, ast.Name) and base.id == "e"):
                return node.right
        return self.call(node, "exp")

    def tame(self, exponent: Expression) -> bool:
        """Tell whether this is written as -|x|, which overflows nowhere."""
        size = _negative(self.see(exponent))
        return size is not None and self.call(size, "abs", "fabs", "absolute") is not None

    def binary(self, node: Expression, *kinds: type[ast.operator]) -> tuple[Expression, Expression] | None:
        """Return the two sides of an operation."""
        node = self.see(node)
        return (node.left, node.right) if isinstance(node, ast.BinOp) and isinstance(node.op, kinds) else None

    def one_plus(self, node: Expression) -> Expression | None:
        """Return e if this is 1 + e."""
        sides = self.binary(node, ast.Add)
        return None if sides is None else sides[1] if _number(sides[0]) == 1 else sides[0] if _number(sides[1]) == 1 else None

    def one_minus(self, node: Expression) -> Expression | None:
        """Return e if this is 1 - e."""
        sides = self.binary(node, ast.Sub)
        return sides[1] if sides is not None and _number(sides[0]) == 1 else None

    def same(self, a: Expression, b: Expression) -> bool:
        """Tell whether two expressions say the same, as they stand or by what their names stand for."""
        return ast.dump(a) == ast.dump(b) or ast.dump(self.see(a)) == ast.dump(self.see(b))


def _own(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Walk through statements without entering the functions and classes in them."""
    for node in body:
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield from _own(list(ast.iter_child_nodes(node)))


def _number(node: Expression) -> float | None:
    """Return the value of a literal number."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _number(node.operand)
        return None if value is None else -value
    literal: object = node.value if isinstance(node, ast.Constant) else None
    return float(literal) if isinstance(literal, (int, float)) and not isinstance(literal, bool) else None


def _negative(node: Expression) -> Expression | None:
    """Return e if this is written as -e."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return node.operand
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        left = _negative(node.left)
        if left is None or (_number(left) == 1 and isinstance(node.op, ast.Mult)):
            return left and node.right
        return ast.BinOp(left, node.op, node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return ast.BinOp(node.right, node.op, node.left)
    return None


def _text(node: Expression) -> str:
    return ast.unparse(ast.fix_missing_locations(node))


# ── the rules ────────────────────────────────────────────────────────────────────────────────────────────────────────────

RULES: dict[str, Rule] = {}


def _rule(code: str, name: str, loses: str) -> Callable[[Match], Match]:
    def add(match: Match) -> Match:
        RULES[code] = Rule(code, name, loses, match)
        return match

    return add


@_rule("OG101", "1 / (1 + exp(-x))", "it overflows, below -88 in float32, and is 0 there where the truth is not")
def _sigmoid(scope: _Scope, node: Expression) -> str | None:
    sides = scope.binary(node, ast.Div)
    if power := scope.binary(node, ast.Pow):
        sides = (ast.Constant(1), power[0]) if _number(power[1]) == -1 else None
    below = sides and scope.one_plus(sides[1])
    exponent = below and scope.exp(below)
    if not sides or not exponent or scope.tame(exponent):
        return None
    top, x = sides[0], _negative(exponent)
    above = scope.exp(top)
    if above is not None and scope.same(above, exponent):
        return f"ogive.sigmoid({_text(exponent)})"
    if x is None:
        return f"ogive.sigmoid.complement({_text(exponent)})" if _number(top) == 1 else None
    if scope.same(top, x):
        return f"ogive.silu({_text(x)})"
    return f"ogive.sigmoid({_text(x)})" if _number(top) == 1 else f"{_text(top)} * ogive.sigmoid({_text(x)})"


@_rule("OG102", "log(softmax(x))", "the logarithm is of 0 where a probability has underflowed")
def _log_softmax(scope: _Scope, node: Expression) -> str | None:
    inner = scope.call(node, "log")
    x = inner and scope.call(inner, "softmax")
    return f"ogive.log_softmax({_text(x)})" if x else None


@_rule("OG103", "log(1 + exp(x))", "it overflows, above 88 in float32, and log(1 + ...) loses the tail on the other side")
def _softplus(scope: _Scope, node: Expression) -> str | None:
    inner = scope.call(node, "log")
    power = scope.call(node, "log1p") or (inner and scope.one_plus(inner))
    x = power and scope.exp(power)
    return f"ogive.softplus({_text(x)})" if x and not scope.tame(x) else None


@_rule("OG104", "y * (1 - y)", "as the derivative of a sigmoid it is 0 from x = 16.64 in float32, where y has become 1")
def _slope(scope: _Scope, node: Expression) -> str | None:
    sides = scope.binary(node, ast.Mult)
    if not sides:
        return None
    factors = [*(scope.binary(sides[0], ast.Mult) or (sides[0],)), sides[1]]
    for i, factor in enumerate(factors):
        y = scope.one_minus(factor)
        if y is not None and any(scope.same(y, other) for j, other in enumerate(factors) if j != i):
            return (
                _derivative(scope, y)
                or f"ogive.sigmoid.derivative(x), or ogive.sigmoid.backward_from_output(g, {_text(y)}), if {_text(y)} is a sigmoid"
            )
    return None


def _derivative(scope: _Scope, y: Expression) -> str | None:
    """Name the derivative where y is seen to be a sigmoid."""
    called = scope.call(y, "sigmoid", "expit", "logistic")
    naive = _sigmoid(scope, y) if called is None else None
    if called is not None:
        return f"ogive.sigmoid.derivative({_text(called)})"
    return naive.replace("ogive.sigmoid(", "ogive.sigmoid.derivative(") if naive and naive.startswith("ogive.sigmoid(") else None


@_rule("OG105", "log(sigmoid(x))", "the logarithm is of 0 where the sigmoid has underflowed, and of 1 where it has saturated")
def _log_sigmoid(scope: _Scope, node: Expression) -> str | None:
    inner = scope.call(node, "log")
    if not inner:
        return None
    other = scope.one_minus(inner)
    x = scope.call(other or inner, "sigmoid", "expit", "logistic")
    if not x:
        return None
    return f"ogive.log_sigmoid({_text(x)})" if other is None else f"ogive.log_sigmoid(-({_text(x)}))"


@_rule("OG106", "exp(x) / sum(exp(x))", "it overflows, above 88 in float32, and leaves nan")
def _softmax(scope: _Scope, node: Expression) -> str | None:
    sides = scope.binary(node, ast.Div)
    x = sides and scope.exp(sides[0])
    total = sides and scope.call(sides[1], "sum", "reduce_sum")
    again = total and scope.exp(total)
    if not x or not again or not scope.same(x, again) or _shifted(scope, x):
        return None
    return f"ogive.softmax({_text(x)})"


@_rule("OG107", "log(sum(exp(x)))", "it overflows, above 88 in float32, and is -inf where all terms underflow")
def _logsumexp(scope: _Scope, node: Expression) -> str | None:
    inner = scope.call(node, "log")
    total = inner and scope.call(inner, "sum", "reduce_sum")
    x = total and scope.exp(total)
    return f"ogive.logsumexp({_text(x)})" if x and not _shifted(scope, x) else None


def _shifted(scope: _Scope, x: Expression) -> bool:
    """Tell whether the maximum has been taken off."""
    sides = scope.binary(x, ast.Sub)
    return bool(sides and scope.call(sides[1], "max", "amax", "maximum", "nanmax", "reduce_max"))


@_rule("OG108", "(exp(x) - exp(-x)) / (exp(x) + exp(-x))", "it overflows, above 88 in float32, and loses all digits near 0")
def _tanh(scope: _Scope, node: Expression) -> str | None:
    sides = scope.binary(node, ast.Div)
    top, below = sides and scope.binary(sides[0], ast.Sub), sides and scope.binary(sides[1], ast.Add)
    if not top or not below:
        return None
    exponents = [scope.exp(e) for e in (*top, *below)]
    a, b, c, d = exponents
    if a is None or b is None or c is None or d is None or not scope.same(a, c) or not scope.same(b, d):
        return None
    x = _negative(b)
    return f"ogive.tanh({_text(a)})" if x is not None and scope.same(x, a) else None


@_rule("OG109", "1 - tanh(x)**2", "it is 0 from x = 9.02 in float32, where tanh has become 1")
def _tanh_slope(scope: _Scope, node: Expression) -> str | None:
    square = scope.one_minus(node)
    if square is None:
        return None
    power, factors = scope.binary(square, ast.Pow), scope.binary(square, ast.Mult)
    y = power[0] if power and _number(power[1]) == 2 else factors[0] if factors and scope.same(*factors) else None
    x = y and scope.call(y, "tanh")
    return f"ogive.tanh.derivative({_text(x)})" if x else None


@_rule("OG110", "(1 + erf(x / sqrt(2))) / 2", "it is 0 below -5.55 in float32: the left tail cancels")
def _normal_cdf(scope: _Scope, node: Expression) -> str | None:
    halves = scope.binary(node, ast.Mult), scope.binary(node, ast.Div)
    inner = None
    if halves[0]:
        left, right = halves[0]
        inner = right if _number(left) == 0.5 else left if _number(right) == 0.5 else None
    elif halves[1] and _number(halves[1][1]) == 2:
        inner = halves[1][0]
    plus = inner and scope.one_plus(inner)
    argument = plus and scope.call(plus, "erf")
    ratio = argument and scope.binary(argument, ast.Div)
    root = ratio and scope.call(ratio[1], "sqrt")
    return f"ogive.normal_cdf({_text(ratio[0])})" if ratio and root and _number(root) == 2 else None


@_rule("OG111", "log(p / (1 - p))", "the quotient rounds before the logarithm sees it: all digits are lost near p = 1/2")
def _logit(scope: _Scope, node: Expression) -> str | None:
    inner = scope.call(node, "log")
    sides = inner and scope.binary(inner, ast.Div)
    p = sides and scope.one_minus(sides[1])
    return f"ogive.logit({_text(p)})" if sides and p and scope.same(p, sides[0]) else None


@_rule("OG112", "log(exp(x) - 1)", "it overflows, above 88 in float32, and exp(x) - 1 cancels near 0")
def _inverse_softplus(scope: _Scope, node: Expression) -> str | None:
    inner = scope.call(node, "log")
    x = inner and scope.call(inner, "expm1")
    sides = inner and scope.binary(inner, ast.Sub)
    if sides and _number(sides[1]) == 1:
        x = scope.exp(sides[0])
    return f"ogive.inverse_softplus({_text(x)})" if x else None


@_rule("OG113", "1 - sigmoid(x)", "it is 0 from x = 17.33 in float32, where the sigmoid has become 1")
def _complement(scope: _Scope, node: Expression) -> str | None:
    inner = scope.one_minus(node)
    x = inner and scope.call(inner, "sigmoid", "expit", "logistic")
    if x:
        return f"ogive.sigmoid.complement({_text(x)})"
    naive = _sigmoid(scope, inner) if inner else None
    return naive.replace("ogive.sigmoid(", "ogive.sigmoid.complement(") if naive and naive.startswith("ogive.sigmoid(") else None


# ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def lint(source: str, path: str = "<string>", rules: Mapping[str, Rule] = RULES) -> list[Finding]:
    r"""Find formulas that lose digits in one Python source.

    Parameters
    ----------
    source : str
        Python.
    path : str
        What the findings call it.
    rules : mapping of str to Rule
        Which rules; all of them by default.

    Returns
    -------
    list of Finding
        In the order of the source. Of formulas inside one another only the outermost is named.

    Raises
    ------
    SyntaxError
        If it is not Python.

    Examples
    --------
    >>> from ogive.lint import lint
    >>> print(lint("import numpy as np\ny = 1 / (1 + np.exp(-x))", "net.py")[0].instead)
    ogive.sigmoid(x)
    """
    tree = ast.parse(source, path)
    ignored = _ignored(source)
    found: list[Finding] = []
    modules = USUAL | {
        (name.asname or name.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in node.names
    }

    def visit(node: ast.AST, scope: _Scope) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            arguments = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
            body: Sequence[ast.stmt] = [ast.Return(node.body)] if isinstance(node, ast.Lambda) else node.body
            scope = _Scope(body, arguments, modules)
        elif isinstance(node, ast.expr):
            for rule in rules.values():
                instead = None if isinstance(node, ast.Name) else rule.match(scope, node)
                if instead is not None:
                    if not ignored & set(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
                        found.append(Finding(path, node.lineno, node.col_offset + 1, rule.code, _text(node), rule.loses, instead))
                    return
        for child in ast.iter_child_nodes(node):
            visit(child, scope)

    visit(tree, _Scope(tree.body, set(), modules))
    return found


def instead_of(expression: Expression) -> str | None:
    """Name what to write instead of one expression, taken as it stands.

    Parameters
    ----------
    expression : ast.expr
        A formula in which every name is a variable; the functions may be called as ``exp``, ``np.exp`` or ``ogive.exp``.

    Returns
    -------
    str or None
        What keeps the digits; None if no rule knows the expression as a whole.
    """
    scope = _Scope((), set(), USUAL | {"ogive"})
    return next((found for rule in RULES.values() if (found := rule.match(scope, expression)) is not None), None)


def _ignored(source: str) -> set[int]:
    """List the lines whose comment says so."""
    if IGNORE not in source:
        return set()
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0] for token in tokens if token.type == tokenize.COMMENT and IGNORE in token.string}


def cells(book: str) -> Iterator[tuple[int, str]]:
    """Yield the code cells of a notebook, numbered from 1, without the lines that are IPython's own.

    Raises
    ------
    ValueError
        If it is not a notebook.
    """
    content = json.loads(book)
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise ValueError("it has no cells")
    for number, cell in enumerate(content["cells"], 1):
        if cell.get("cell_type") == "code":
            lines = "".join(cell.get("source", ())).split("\n")
            if not lines[0].startswith("%%"):
                yield number, "\n".join("pass" if line.lstrip().startswith(("%", "!")) else line for line in lines)


def sources(path: Path) -> Iterator[tuple[str, str | Exception]]:
    """Yield name and text of the sources under a path, in order; or, in the place of the text, why it cannot be read.

    A notebook has a source for each of its cells. Of a folder hidden folders are left out, as are environments, build folders and
    caches.
    """
    for file in _files(path):
        try:
            if file.suffix == ".ipynb":
                yield from ((f"{file}[{number}]", text) for number, text in cells(file.read_text(encoding="utf-8")))
            else:
                with tokenize.open(file) as source:  # in the encoding that it declares
                    yield str(file), source.read()
        except (OSError, SyntaxError, ValueError) as error:
            yield str(file), error


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, inside, names in os.walk(path):
        inside[:] = sorted(
            name
            for name in inside
            if not name.startswith(".") and name not in SKIPPED and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        )
        yield from (Path(folder, name) for name in sorted(names) if name.endswith((".py", ".ipynb")))
