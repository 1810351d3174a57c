"""The command line: what it says, what it leaves behind, and how it ends."""

import doctest
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import ogive
from ogive import bench, files
from ogive.cli import run
from ogive.formulas import written

OGIVE = [sys.executable, "-m", "ogive"]
COMMANDS = ("list", "show", "eval", "apply", "plot", "graph", "lab", "bench", "lint", "tour", "config")
Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Run a command line in an empty directory; return its code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = run([str(a) for a in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every file many blocks long."""
    monkeypatch.setattr(files, "BLOCK", 7)
    monkeypatch.setattr(files, "BATCH", 3)


def succeeds(cli: Cli, *arguments: object, stdin: str = "") -> str:
    """Run a command line that must go well, and return its output."""
    code, out, err = cli(*arguments, stdin=stdin)
    assert (code, err) == (0, "")
    return out


# ── list, show, config, help ─────────────────────────────────────────────────────────────────────────────────────────────


def test_list_names_every_card(cli: Cli) -> None:
    lines = [line.split("\t") for line in succeeds(cli, "list").splitlines()]
    assert [line[0] for line in lines] == list(ogive.CATALOGUE)
    assert lines[0] == ["sigmoid", "logistic, expit", "sigmoids", "σ(x) = 1/(1 + e⁻ˣ)", "(0, 1)", ", ".join(lines[0][5].split(", "))]
    rows = json.loads(succeeds(cli, "list", "--json"))
    assert [row["name"] for row in rows] == list(ogive.CATALOGUE)
    assert {"aliases", "family", "formula", "tex", "range", "forms"} <= set(rows[0])


@pytest.mark.parametrize("name", ogive.CATALOGUE)
def test_show_tells_everything_on_the_card(cli: Cli, name: str) -> None:
    out = succeeds(cli, "show", name)
    card = ogive.get(name)
    flat = " ".join(out.split())
    for text in (card.formula, card.summary, card.tex, card.elsewhere, *card.facts().values(), *map(str, card.sources)):
        assert " ".join(text.split()) in flat
    for code, printed in card.examples:
        assert f">>> {code}\n{printed}" in out


def test_show_takes_an_alias(cli: Cli) -> None:
    assert succeeds(cli, "show", "expit") == succeeds(cli, "show", "sigmoid")


def test_config_and_version(cli: Cli) -> None:
    assert json.loads(succeeds(cli, "config", "--json")) == ogive.show_config()
    assert f"version   {ogive.__version__}" in succeeds(cli, "config")
    assert succeeds(cli, "--version").strip() == ogive.__version__


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_by_example(cli: Cli, command: str) -> None:
    assert f"ogive {command}" in succeeds(cli, command, "--help").split("Usage", 1)[1].split("\n", 1)[1]
    assert command in succeeds(cli, "--help")


# ── eval ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["sigmoid", "--", "-9999999999", "2", "3", "4", "5"], ogive.sigmoid([-9999999999, 2.0, 3, 4, 5])),
        (["sigmoid", "-1", "0x1.8p3", "-0x1p-3", "nan", "-inf"], ogive.sigmoid([-1, 12.0, -0.125, np.nan, -np.inf])),
        (["sigmoid", "--derivative", "40"], [ogive.sigmoid.derivative(40.0)]),
        (["sigmoid", "--second-derivative", "2"], [ogive.sigmoid.second_derivative(2.0)]),
        (["sigmoid", "--inverse", "0.25"], [ogive.logit(0.25)]),
        (["sigmoid", "--log", "--", "-1000"], [-1000.0]),
        (["sigmoid", "--complement", "40"], [ogive.sigmoid(-40.0)]),
        (["sigmoid", "--form", "second-derivative", "2"], [ogive.sigmoid.second_derivative(2.0)]),
        (["expit", "0"], [0.5]),
        (["leaky_relu", "--param", "slope=0.2", "--", "-1"], [-0.2]),
        (["softmax", "1000", "1000"], [0.5, 0.5]),
        (["softmax", "--param", "temperature=2", "2", "0"], ogive.softmax([1.0, 0.0])),
        (["logsumexp", "1000", "1000"], [ogive.logsumexp([1000.0, 1000.0])]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) and isinstance(value[0], str) else "",
)
def test_eval_prints_what_python_computes(cli: Cli, arguments: list[str], expected: Sequence[float]) -> None:
    assert succeeds(cli, "eval", *arguments).split() == [repr(float(y)) for y in expected]


def test_eval_reads_numbers_from_a_pipe(cli: Cli) -> None:
    assert succeeds(cli, "eval", "relu", stdin="1 -2\n\n 3\t0x10\n") == "1.0\n0.0\n3.0\n16.0\n"
    assert succeeds(cli, "eval", "relu", stdin="") == ""
    assert succeeds(cli, "eval", "softmax", stdin=" \n") == ""


@pytest.mark.parametrize(
    ("dtype", "text"), [("float16", "0.525"), ("bfloat16", "0.523"), ("float32", "0.5249792"), ("float64", "0.52497918747894")]
)
def test_eval_prints_the_fewest_digits_that_read_back(cli: Cli, dtype: str, text: str) -> None:
    pytest.importorskip("ml_dtypes")
    assert succeeds(cli, "eval", "sigmoid", "--dtype", dtype, "0.1").strip() == text
    exact = float.fromhex(succeeds(cli, "eval", "sigmoid", "--dtype", dtype, "--hex", "0.1"))
    kind = np.dtype(dtype).type
    assert kind(float(text)) == kind(exact) == ogive.sigmoid(kind(0.1))


def test_shortest_reads_back_for_every_bfloat16() -> None:
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    for value in np.arange(1 << 16, dtype=np.uint16)[::7].view(bfloat16):
        back = bfloat16(float(files.shortest(value)))
        assert back == value or (back != back and value != value)


def test_eval_json_is_json(cli: Cli) -> None:
    answer = json.loads(succeeds(cli, "eval", "leaky_relu", "--json", "--param", "slope=0.5", "--", "-inf", "nan", "-1"))
    assert answer == {
        "function": "leaky_relu",
        "form": "value",
        "dtype": "float64",
        "parameters": {"slope": 0.5},
        "x": ["-inf", "nan", -1.0],
        "y": ["-inf", "nan", -0.5],
    }
    assert json.loads(succeeds(cli, "eval", "sigmoid", "--json", "--hex", "0"))["y"] == ["0x1.0000000000000p-1"]


def on_a_terminal(*arguments: str) -> str:
    """Run a command line on a terminal of 80 columns, and return what it shows."""
    master, slave = pty.openpty()
    shown = b""
    with subprocess.Popen([*OGIVE, *arguments], stdout=slave, env={**os.environ, "COLUMNS": "80"}) as child:
        os.close(slave)
        try:
            while part := os.read(master, 4096):
                shown += part
        except OSError:  # Linux tells the end of a terminal by an error
            pass
    os.close(master)
    assert child.returncode == 0
    return re.sub(r"\x1b\[[\d;]*m", "", shown.decode()).replace("\r\n", "\n")


def test_a_terminal_sees_x_beside_y() -> None:
    assert on_a_terminal("eval", "relu", "--", "-10", "2") == "-10.0 → 0.0\n  2.0 → 2.0\n"


def test_a_narrow_terminal_sees_every_name() -> None:
    lines = on_a_terminal("list").splitlines()
    assert {line.split()[0] for line in lines if line.strip()} >= set(ogive.CATALOGUE)
    assert max(map(len, lines)) <= 80


# ── requests that are wrong ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("eval sigmod 1", "no activation is called 'sigmod'; did you mean sigmoid"),
        ("show zzzzzz", "no activation is called 'zzzzzz'"),
        ("eval sigmoid abc", "'abc' is not a number; write it like"),
        ("eval sigmoid 1_000", "'1_000' is not a number"),
        ("eval sigmoid --derivatve 1", "'--derivatve' is neither a number nor an option"),
        ("eval sigmoid --derivative --log 1", "derivative and log are two forms"),
        ("eval sigmoid --form backward 1", "sigmoid has no form 'backward'; it has value"),
        ("eval relu --inverse 1", "inverse of relu is not defined: relu is not injective"),
        ("eval softmax --log 1", "softmax has no form 'log'; it has value"),
        ("eval sigmoid --dtype float8 1", "--dtype float8 is unknown; choose one of float16"),
        ("eval sigmoid --dtype float16 1e6", "1e6 is beyond the largest float16"),
        ("eval sigmoid --param slope=1 1", "sigmoid takes no parameters"),
        ("eval leaky_relu --param slop=1 1", "leaky_relu takes slope=NUMBER"),
        ("eval leaky_relu --param slope 1", "leaky_relu takes slope=NUMBER"),
        ("eval leaky_relu --param slope=x 1", "'x' is not a number"),
        ("eval leaky_relu --param slope=inf 1", "slope lies in (-∞, ∞)"),
        ("eval softmax --param temperature=0 1", "temperature lies in (0, ∞)"),
        ("plot softmax", "softmax takes a whole row"),
        ("plot logit --low 2 --high 3", "shows nothing"),
        ("plot sigmoid -o picture.bmp", "picture formats .png, .svg, .pdf"),
        ("plot sigmoid --param slope=1", "not a parameter of sigmoid"),
        ("tour --language xx", "choose en or ko"),
        ("plot sigmoid --language xx", "choose en or ko"),
        ("plot sigmoid tanh --error", "--error draws one activation"),
        ("plot leaky_relu --error --param slope=1", "at its default parameters"),
        ("plot sigmoid --against x", "--against goes with --error"),
        ("plot sigmoid --error --against x+y", "write a formula of x, such as 1/(1+exp(-x))"),
        ("plot sigmoid --error --against 1/(", "at character"),
        ("plot sigmoid --error --dtype int8", "--dtype int8 is unknown"),
        ("plot relu --error --low 2 --high 1", "low < high"),
        ("apply sigmoid in.npy out.txt", "'out.txt' ends in none of the suffixes ogive knows: .npy, .csv, .tsv, .parquet"),
        ("apply sigmoid in out", "'in' ends in none"),
        ("apply sigmoid in.npy out.csv", "are of two formats"),
        ("apply sigmoid in.npy out.npy --axis 0", "leave --axis out"),
        ("apply sigmoid in.npy out.npy --axis x", "--axis"),
        ("nonsense", "nonsense"),
        ("eval", "NAME"),
        ("eval sigmoid --dtype", "--dtype"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_code_2(cli: Cli, arguments: str, says: str, tmp_path: Path) -> None:
    code, out, err = cli(*arguments.split())
    assert (code, out) == (2, "")
    assert err.startswith("ogive: ")
    assert err.count("\n") == 1
    assert says in err
    assert list(tmp_path.iterdir()) == []


# ── apply: arrays ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", ">f4", "<f2", "i1", ">i4", "u8", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(), (0,), (20,), (5, 4), (0, 3), (4, 0), (3, 4, 5)], ids=str)
@pytest.mark.usefixtures("small_blocks")
def test_apply_gives_what_python_gives(cli: Cli, dtype: str, order: str, shape: tuple[int, ...]) -> None:
    x = np.asarray(np.random.default_rng(0).integers(0, 2, shape), order=order).astype(dtype)  # type: ignore[call-overload]
    np.save("x.npy", x)
    succeeds(cli, "apply", "sigmoid", "x.npy", "y.npy", "--derivative")
    y = np.load("y.npy")
    expected = ogive.sigmoid.derivative(x)
    np.testing.assert_array_equal(y, expected, strict=True) if x.dtype.isnative else np.testing.assert_array_equal(y, expected)
    assert y.dtype == (x.dtype if x.dtype.kind == "f" else expected.dtype)
    assert y.flags.f_contiguous == x.flags.f_contiguous


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("axis", [-3, -1, 0, 1, 2])
@pytest.mark.parametrize("name", ["softmax", "logsumexp"])
@pytest.mark.usefixtures("small_blocks")
def test_apply_works_along_an_axis(cli: Cli, order: str, axis: int, name: str) -> None:
    x = np.asarray(np.random.default_rng(0).standard_normal((3, 4, 5)), order=order)  # type: ignore[call-overload]
    np.save("x.npy", x)
    succeeds(cli, "apply", name, "x.npy", "y.npy", "--axis", axis)
    np.testing.assert_array_equal(np.load("y.npy"), ogive.get(name)(x, axis=axis), strict=True)


def test_apply_may_replace_its_input(cli: Cli, tmp_path: Path) -> None:
    np.save("x.npy", np.array([-1, 0, 1], np.float32))
    os.chmod("x.npy", 0o640)
    os.symlink("x.npy", "link.npy")
    succeeds(cli, "apply", "leaky_relu", "link.npy", "link.npy", "--param", "slope=0.5")
    np.testing.assert_array_equal(np.load("x.npy"), np.array([-0.5, 0, 1], np.float32), strict=True)
    assert os.path.islink("link.npy")
    assert os.stat("x.npy").st_mode & 0o777 == 0o640
    assert sorted(os.listdir()) == ["link.npy", "x.npy"]


def test_apply_shows_progress_where_asked(cli: Cli) -> None:
    np.save("x.npy", np.zeros(3))
    code, out, err = cli("apply", "sigmoid", "x.npy", "y.npy", "--progress")
    assert (code, out) == (0, "")
    assert "100%" in err


def test_a_large_file_needs_little_memory(tmp_path: Path) -> None:
    """400 MB in, 400 MB out, at most 200 MB in memory."""
    with open(tmp_path / "x.npy", "wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (50_000_000,)})
        file.truncate(file.tell() + 400_000_000)  # zeros, which take no disk
    code = """
        import sys
        from ogive.cli import run
        assert run(sys.argv[1:]) == 0
        print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
    """
    arguments = ["apply", "sigmoid", "x.npy", "y.npy"]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) < 200_000, "kB at most in memory"
    y = np.load(tmp_path / "y.npy", mmap_mode="r")
    assert y.shape == (50_000_000,)
    assert (y[0], y[-1]) == (0.5, 0.5)


# ── apply: tables ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("small_blocks")
def test_csv_keeps_what_it_does_not_compute(cli: Cli) -> None:
    old = b'\xef\xbb\xbfid,score,note\r\n007,0.5,"a, ""b"""\r\n1,,\r\n\r\n2,-3,"x\ny"\r\n3, 4 ,\xe9\r\n4,nan,1.50\r\n5,inf,end\r\n'
    Path("x.csv").write_bytes(old)
    y = [repr(float(v)).encode() for v in ogive.sigmoid([0.5, -3.0, 4.0])]
    succeeds(cli, "apply", "sigmoid", "x.csv", "y.csv", "--column", "score")
    new = old.replace(b"0.5", y[0]).replace(b"-3", y[1]).replace(b" 4 ", y[2]).replace(b"inf", b"1.0")
    assert Path("y.csv").read_bytes() == new
    succeeds(cli, "apply", "sigmoid", "x.csv", "x.csv", "--column", "score", "--into", "p")
    new = (
        old.replace(b"note\r", b"note,p\r")
        .replace(b'"a, ""b"""', b'"a, ""b""",' + y[0])
        .replace(b"1,,", b"1,,,")
        .replace(b'y"', b'y",' + y[1])
    )
    new = new.replace(b"\xe9", b"\xe9," + y[2]).replace(b"1.50", b"1.50,nan").replace(b"end", b"end,1.0")
    assert Path("x.csv").read_bytes() == new


@pytest.mark.usefixtures("small_blocks")
def test_csv_needs_no_name_for_an_only_numeric_column(cli: Cli) -> None:
    Path("x.tsv").write_text("name\tx\na,b\t1\nc\t\nd\t-1\n\te\t2".replace("\n\te", "\ne"))
    succeeds(cli, "apply", "relu", "x.tsv", "x.tsv")
    assert Path("x.tsv").read_text() == "name\tx\na,b\t1.0\nc\t\nd\t0.0\ne\t2.0\n"
    Path("x.csv").write_text("x\n")
    succeeds(cli, "apply", "relu", "x.csv", "y.csv", "--column", "x")
    assert Path("y.csv").read_text() == "x\n"


@pytest.mark.usefixtures("small_blocks")
def test_the_columns_of_a_table_are_a_row_for_softmax(cli: Cli) -> None:
    Path("x.csv").write_text("a,k,b\n1000,u,1000\n1,v,\n0,w,inf\n0,w,0\n")
    succeeds(cli, "apply", "softmax", "x.csv", "y.csv", "--column", "a", "--column", "b")
    assert Path("y.csv").read_text() == "a,k,b\n0.5,u,0.5\n,v,\n0.0,w,1.0\n0.5,w,0.5\n"
    succeeds(cli, "apply", "logsumexp", "x.csv", "y.csv", "--column", "a", "--column", "b", "--into", "l")
    assert Path("y.csv").read_text().splitlines()[:3] == ["a,k,b,l", "1000,u,1000,1000.6931471805599", "1,v,,"]
    for arguments in (["softmax", "--into", "p"], ["logsumexp"]):
        code, _, err = cli("apply", arguments[0], "x.csv", "y.csv", "--column", "a", "--column", "b", *arguments[1:])
        assert code == 2
        assert "2 columns into" in err


@pytest.mark.parametrize("kind", ["double", "float", "halffloat", "int64", "int8", "bool"])
@pytest.mark.usefixtures("small_blocks")
def test_parquet_keeps_what_it_does_not_compute(cli: Cli, kind: str) -> None:
    gaps = np.arange(9) % 3 == 1
    numbers = np.array([0, 1, 1, 0, 0, 1, 1, 1, 0])
    dtype = pa.type_for_alias(kind).to_pandas_dtype()
    table = pa.table(
        {
            "s": ["a", None, "c", "d", "e", "f", "g", "h", "i"],
            "x": pa.array(numbers.astype(dtype), mask=gaps),
            "d": pa.array(["u", "v", None] * 3).dictionary_encode(),
            "t": pa.array([*range(8), None], pa.timestamp("ns")),
            "l": [[1], [2, 3], None, [], [5], [], [], [], []],
        }
    ).replace_schema_metadata({"note": "kept"})
    pq.write_table(table, "x.parquet", compression="zstd")
    y = ogive.sigmoid(numbers.astype(dtype))
    expected = pa.array(y, mask=gaps)
    succeeds(cli, "apply", "sigmoid", "x.parquet", "y.parquet", "--column", "x")
    new = pq.read_table("y.parquet")
    assert new["x"].combine_chunks().equals(expected)
    assert new.drop(["x"]).equals(table.drop(["x"]))
    assert new.schema.metadata == {b"note": b"kept"}
    assert pq.ParquetFile("y.parquet").metadata.row_group(0).column(0).compression == "ZSTD"
    succeeds(cli, "apply", "sigmoid", "x.parquet", "x.parquet", "--column", "x", "--into", "y")
    new = pq.read_table("x.parquet")
    assert new["y"].combine_chunks().equals(expected)
    assert new.drop(["y"]).equals(table)


def test_parquet_from_pandas_goes_back_to_pandas(cli: Cli) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": pandas.array([1, 2, None], dtype="Int64"), "k": [1, 2, 3]}, index=pandas.Index([10, 20, 30], name="i"))
    for old in (frame, frame.iloc[:0]):
        old.to_parquet("x.parquet")
        succeeds(cli, "apply", "relu", "x.parquet", "x.parquet", "--column", "x")
        new = pandas.read_parquet("x.parquet")
        assert new["x"].dtype == np.float64
        assert new["x"].tolist()[:2] == [1.0, 2.0][: len(old)]
        assert new.drop(columns="x").equals(old.drop(columns="x"))


# ── files that are wrong ─────────────────────────────────────────────────────────────────────────────────────────────────


def _array(values: Any, **options: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values, **options)
    return stream.getvalue()


def _table(**columns: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "contents", "options", "says"),
    [
        ("x.npy", None, "", "x.npy: No such file or directory"),
        ("x.npy", b"", "", "x.npy is not a .npy file"),
        ("x.npy", b"hello, world", "", "x.npy is not a .npy file"),
        ("x.npy", _array(np.zeros(9))[:60], "", "x.npy is not a .npy file"),
        ("x.npy", _array(np.zeros(9))[:-1], "", "its header promises 72 bytes of numbers, 71 are there"),
        ("x.npy", _array(np.array([1, None], dtype=object), allow_pickle=True), "", "holds Python objects"),
        ("x.npy", _array(np.array([1j])), "", "not complex128; take .real"),
        ("x.npy", _array(np.array(["a"])), "", "not <U1"),
        ("x.npy", _array(np.zeros(2, dtype="f8,i4")), "", "real numbers"),
        ("x.csv", b"", "", "is empty; a table starts with a line of column names"),
        ("x.csv", b"x,y\n1,a\n", "--column z", "the column 'z' is not in x.csv, whose columns are x, y"),
        ("x.csv", b"x,x\n1,2\n", "--column x", "the column 'x' is twice in x.csv"),
        ("x.csv", b"x,y\n1,2\n", "", "has 2 numeric columns (x, y); name the ones"),
        ("x.csv", b"x,y\na,b\n", "", "has 0 numeric columns (none)"),
        ("x.csv", b"x,y\n1,2\n\n3,abc\n", "--column y", "line 4 of x.csv, column 'y': 'abc' is not a number"),
        ("x.csv", b"x,y\n1,2\n3\n", "--column x", "line 3 of x.csv has 1 fields; the header has 2"),
        ("x.csv", b'x,y\n1,"2\n', "--column x", "of x.csv is malformed"),
        ("x.csv", b"x,y\n1,2\n", "--column x --into y", "has a column 'y' already"),
        ("x.parquet", b"", "", "x.parquet is not a Parquet file"),
        ("x.parquet", b"hello, world", "", "x.parquet is not a Parquet file"),
        ("x.parquet", _table(x=[1.0], s=["a"]), "--column z", "the column 'z' is not in x.parquet"),
        ("x.parquet", _table(x=[1.0], s=["a"]), "--column s", "the column 's' of x.parquet holds string, not numbers"),
        ("x.parquet", _table(x=[1.0], y=[2]), "", "has 2 numeric columns (x, y)"),
    ],
)
def test_a_wrong_file_is_one_sentence_and_code_1(cli: Cli, name: str, contents: bytes | None, options: str, says: str) -> None:
    if contents is not None:
        Path(name).write_bytes(contents)
    old = Path("y" + Path(name).suffix)
    old.write_text("old")
    code, out, err = cli("apply", "sigmoid", name, old, *options.split())
    assert (code, out) == (1, "")
    assert err.startswith("ogive: ")
    assert err.count("\n") == 1
    assert says in err
    assert old.read_text() == "old"
    assert set(os.listdir()) <= {name, str(old)}


def test_the_output_must_be_a_place_to_write(cli: Cli, tmp_path: Path) -> None:
    np.save("x.npy", np.zeros(3))
    code, _, err = cli("apply", "sigmoid", "x.npy", "missing/y.npy")
    assert code == 1
    assert f"there is no directory {tmp_path / 'missing'}" in err
    os.mkdir("y.npy")
    code, _, err = cli("apply", "sigmoid", "x.npy", "y.npy")
    assert code == 1
    assert "is not a regular file" in err
    os.symlink("/dev/full", "full.npy")
    assert cli("apply", "sigmoid", "x.npy", "full.npy")[0] == 1  # and the device is not replaced by a file
    assert cli("plot", "sigmoid", "-o", "missing/picture.png")[0] == 1


def test_options_that_do_not_suit_the_format(cli: Cli) -> None:
    np.save("x.npy", np.zeros(3))
    Path("x.csv").write_text("a,b\n1,2\n")
    for arguments, says in (
        (["sigmoid", "x.npy", "y.npy", "--column", "a"], "no named columns"),
        (["sigmoid", "x.csv", "y.csv", "--column", "a", "--column", "b", "--into", "c"], "one new column 'c'"),
        (["softmax", "x.csv", "y.csv", "--column", "a", "--axis", "0"], "leave the axis out"),
    ):
        code, _, err = cli("apply", *arguments)
        assert code == 2
        assert says in err


# ── bench ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_bench_times_in_turns_with_what_people_write(cli: Cli) -> None:
    assert doctest.testmod(bench).failed == 0
    timings = json.loads(succeeds(cli, "bench", "expit", "relu", "tanh", "--size", "1000", "--size", "20000", "--json"))
    assert [(t["function"], t["size"], t["dtype"]) for t in timings] == [
        (name, size, dtype) for name in ("sigmoid", "relu", "tanh") for size in (1000, 20000) for dtype in ("float32", "float64")
    ]
    for timing in timings:
        assert timing["formula"] == written(timing["function"])
        assert 0.01 < timing["nanoseconds"] < 1000 and 0.01 < timing["formula_nanoseconds"] < 1000
        assert 0.1 < timing["ratio"] / (timing["formula_nanoseconds"] / timing["nanoseconds"]) < 10
    large = {t["function"]: t["nanoseconds"] for t in timings if t["size"] == 20000 and t["dtype"] == "float64"}
    assert large["relu"] < large["sigmoid"] / 3 and large["relu"] < large["tanh"] / 3, "an exponential costs more than a comparison"


def test_bench_prints_a_table(cli: Cli) -> None:
    out = succeeds(cli, "bench", "softmax", "gelu", "--size", "1000", "--dtype", "float32")
    head, softmax, gelu, _, note = out.splitlines()
    assert head.split()[:4] == ["function", "dtype", "elements", "ns/element"]
    assert softmax.split()[:3] == ["softmax", "float32", "1000"] and softmax.endswith("e.sum(-1, keepdims=True)")
    assert gelu.split()[:3] == ["gelu", "float32", "1000"] and gelu.endswith("–"), "nobody writes it in NumPy alone"
    assert "above 1: ogive is faster" in note
    assert "–" in succeeds(cli, "bench", "sigmoid", "--derivative", "--size", "1000"), "the formula is that of the value"
    assert succeeds(cli, "bench", "leaky_relu", "--param", "slope=0.2", "--size", "10").count("leaky_relu") == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sigmoit"], "did you mean sigmoid"),
        (["sigmoid", "--size", "0"], "--size 0: give a positive number"),
        (["softmax", "--size", "250"], "--size 250: give a positive multiple of 100"),
        (["sigmoid", "--size", "1000000000000000"], "the memory does not suffice; choose a smaller one"),
        (["sigmoid", "--dtype", "float8"], "--dtype float8 is unknown"),
        (["softmax", "--derivative"], "softmax has no form 'derivative'"),
        (["sigmoid", "--param", "slope=1"], "sigmoid takes no parameters"),
        (["student_t_cdf"], "add --param df=NUMBER"),
        (["hinge"], "hinge takes logits and targets"),
        ([], "Missing argument 'NAME...'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bench_says_what_is_wrong(cli: Cli, arguments: list[str], said: str) -> None:
    code, out, err = cli("bench", *arguments)
    assert (code, out) == (2, "") and said in err


def test_bench_shows_how_far_it_is(cli: Cli) -> None:
    code, out, err = cli("bench", "relu", "--size", "100", "--progress")
    assert code == 0 and "relu" in err and "relu" in out


# ── interruptions ────────────────────────────────────────────────────────────────────────────────────────────────────────

STOPPING = """
import signal, sys, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup and background jobs, which tests may run under, have these ignored
signal.signal(signal.SIGINT, signal.default_int_handler)
from ogive import bench, files
from ogive.cli import run

def compute(self, *arguments):
    print("computing", flush=True)
    time.sleep(60)

files.Task.compute = compute
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_an_interruption_leaves_the_old_file_and_nothing_else(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    np.save(tmp_path / "x.npy", np.zeros(100))
    (tmp_path / "y.npy").write_text("old")
    arguments = [sys.executable, "-c", STOPPING, "apply", "sigmoid", "x.npy", "y.npy"]
    with subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == "computing\n"
        assert len(list(tmp_path.iterdir())) == 3  # the temporary file is there
        child.send_signal(sent)
        assert child.wait(30) == code
        assert "Traceback" not in child.stderr.read()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.npy", "y.npy"]
    assert (tmp_path / "y.npy").read_text() == "old"


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros(100_000))
    (tmp_path / "y.npy").write_text("old")
    code = """
        import resource, sys
        from ogive.cli import run
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        sys.exit(run(sys.argv[1:]))
    """
    arguments = ["apply", "sigmoid", "x.npy", "y.npy"]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (1, "ogive: File too large\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.npy", "y.npy"]
    assert (tmp_path / "y.npy").read_text() == "old"


def test_a_reader_may_leave_early() -> None:
    with subprocess.Popen([*OGIVE, "list", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.wait(60) == 0
        assert child.stderr.read() == b""


def test_output_that_cannot_be_written_is_a_failure() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*OGIVE, "list"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr == "ogive: the output cannot be written: No space left on device\n"


# ── the picture, the tour, the extras ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_plot_writes_a_picture(cli: Cli, suffix: str, start: bytes) -> None:
    out = succeeds(cli, "plot", "sigmoid", "tanh", "step", "-o", f"f.{suffix}", "--low", "-3", "--high", "3", "--no-derivative")
    assert out == f"f.{suffix}\n"
    assert Path(f"f.{suffix}").read_bytes().startswith(start)
    assert os.listdir() == [f"f.{suffix}"]


def test_plot_names_its_picture_after_the_functions(cli: Cli) -> None:
    assert succeeds(cli, "plot", "leaky_relu", "expit", "--param", "slope=0.3") == "leaky_relu-sigmoid.png\n"


@pytest.fixture
def quiet_about_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say nothing where no Korean font is installed; the words are English there."""
    from ogive.plot import words

    monkeypatch.setattr(words, "complain", lambda: None)


@pytest.mark.usefixtures("quiet_about_fonts")
def test_plot_draws_errors_and_speaks_korean(cli: Cli) -> None:
    out = succeeds(cli, "plot", "relu", "--error", "--against", "maximum(x, 0)", "--dtype", "float16", "--low", "-2", "--language", "ko")
    assert out == "relu-error.png\n"
    assert Path("relu-error.png").read_bytes().startswith(b"\x89PNG")


def test_a_missing_korean_font_is_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from ogive.plot import fonts, words

    monkeypatch.setattr(words, "korean_font", lambda: None)
    fonts.complain.cache_clear()
    code, out, err = cli("plot", "sigmoid", "tanh", "--language", "ko")
    fonts.complain.cache_clear()
    assert (code, out) == (0, "sigmoid-tanh.png\n")
    assert err.startswith("ogive: pictures cannot show Korean letters") and err.count("\n") == 1


@pytest.mark.usefixtures("quiet_about_fonts")
@pytest.mark.parametrize(("language", "word"), [("en", "overflow"), ("ko", "시그모이드")])
def test_the_tour_computes_what_it_tells(cli: Cli, language: str, word: str) -> None:
    out = succeeds(cli, "tour", "--language", language)
    assert word in out
    assert "RuntimeWarning: overflow encountered in exp\narray([0.        , 0.88079708" in out
    assert "array([nan, nan])" in out
    assert ">>> ogive.softmax(z)\narray([0.5, 0.5])" in out
    assert "array([0.       ,       nan, 0.8807971], dtype=float32)" in out
    assert ">>> ogive.tanh(x)\narray([-1.        , -0.76159416,  0.        ,  0.76159416,  1.        ])" in out
    assert Path("ogive-tour.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("missing", "arguments", "line"),
    [
        ("typer", "list", 'python -m pip install "ogive[cli]"'),
        ("rich", "list", 'python -m pip install "ogive[cli]"'),
        ("matplotlib", "plot sigmoid", 'python -m pip install "ogive[plot]"'),
        ("pyarrow", "apply sigmoid x.parquet y.parquet", 'python -m pip install "ogive[cli]"'),
    ],
)
def test_a_missing_extra_is_asked_for_by_its_install_line(missing: str, arguments: str, line: str, tmp_path: Path) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; from ogive.__main__ import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code, *arguments.split()], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_module_runs_as_a_program_without_a_warning() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "ogive", "eval", "sigmoid", "0"], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "0.5\n", "")


def test_an_old_terminal_gets_question_marks() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*OGIVE, "show", "sigmoid"], capture_output=True, text=True, timeout=60, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ogive.sigmoid, also logistic, expit\n?(x) = 1/(1 + e??)")
