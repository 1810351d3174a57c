"""A function over a file, block by block: .npy, .csv, .tsv and .parquet of any size in little memory.

Each format is one function that reads a block, computes it and writes it. The result is written under a temporary name beside
the target and renamed at the end, so that the target is always whole: the old file or the new one, never half.
"""

from __future__ import annotations

import csv
import json
import math
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["FORMATS", "Misuse", "Task", "apply", "number", "replacing", "shortest"]

BLOCK = 1 << 20  #: numbers held at a time
BATCH = 1 << 10  #: lines of text held at a time; more only make work for the garbage collector

Array = np.ndarray[Any, Any]


class Misuse(ValueError):
    """The request is wrong, whatever the file holds."""


# ── numbers as text ──────────────────────────────────────────────────────────────────────────────────────────────────────


def number(text: str) -> float:
    """Read a number: decimal, hexadecimal (``0x1.8p3``), ``nan`` or ``inf``.

    Parameters
    ----------
    text : str
        The number, blanks around it allowed.

    Returns
    -------
    float
        The nearest double.

    Raises
    ------
    ValueError
        If it is not a number.
    """
    try:
        if "_" in text:  # Python reads 1_000; elsewhere that is a name
            raise ValueError
        return float.fromhex(text) if "0x" in text.lower() else float(text)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a number; write it like -1.5, 2e-3, 0x1.8p3, inf or nan") from None


def shortest(value: Any) -> str:
    """Write a floating-point number with the fewest digits that read back as the same number in its dtype.

    Parameters
    ----------
    value : numpy floating scalar
        Of any dtype of ogive's.

    Returns
    -------
    str
        Such as ``0.1``, ``1e-30``, ``-0.0``, ``nan``.
    """
    if isinstance(value, float):  # numpy.float64 too
        return repr(float(value))
    if isinstance(value, np.floating):
        return str(value)
    candidates = (float(f"{float(value):.{digits}g}") for digits in range(1, 5))  # bfloat16: NumPy does not know it
    return repr(next((c for c in candidates if type(value)(c) == value), float(value)))


# ── the new file takes the place of the old one ──────────────────────────────────────────────────────────────────────────


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path`, and rename it to `path` if all goes well; remove it if anything does not.

    Parameters
    ----------
    path : Path
        The file to write; a link is followed, and an existing file keeps its permissions.

    Yields
    ------
    Path
        The temporary name, an empty file.

    Raises
    ------
    OSError
        If the directory cannot be written, or `path` is something else than a regular file.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is not a regular file, and cannot be replaced by one; choose another name for the output")
    if not path.parent.is_dir():
        raise OSError(f"there is no directory {path.parent} to write {path.name} in; make it first")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb"):
            pass
        if path.exists():
            os.chmod(temporary, path.stat().st_mode & 0o777)
        yield temporary
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:  # Ctrl-C too
        temporary.unlink(missing_ok=True)
        raise


# ── what is to be done ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Task:
    """What to compute, and where in the file.

    Parameters
    ----------
    name : str
        The function's, for messages.
    function : callable
        Array to array, element by element; of a row if `rowwise`, and then it takes ``axis=``.
    rowwise : bool
        Whether it works along an axis.
    axis : int
        The axis of a .npy array that makes a row.
    columns : tuple of str
        The columns of a table; together they make the row if `rowwise`.
    into : str or None
        The name of a new column for the result; without it the columns are overwritten.
    progress : callable
        Told which share of the file is done, from 0 to 1.
    """

    name: str
    function: Callable[..., Any]
    rowwise: bool = False
    axis: int = -1
    columns: tuple[str, ...] = ()
    into: str | None = None
    progress: Callable[[float], object] = lambda share: None

    def compute(self, x: Array, axis: int = -1) -> Array:
        """Apply the function, silently: the answer itself tells of nan and infinity."""
        with np.errstate(all="ignore"):
            return np.asarray(self.function(x, axis=axis) if self.rowwise else self.function(x))

    def choose(self, header: Sequence[str], numeric: Sequence[str], source: Path) -> Task:
        """Settle the columns of a table: the named ones, or the only numeric one."""
        if self.axis != -1:
            raise Misuse("in a table a row runs across the columns; leave the axis out")
        for name in self.columns:
            if header.count(name) != 1:
                how = "twice" if name in header else "not"
                raise ValueError(f"the column {name!r} is {how} in {source.name}, whose columns are {', '.join(header)}")
        if self.into is not None and self.into in header:
            raise ValueError(f"{source.name} has a column {self.into!r} already; choose another new name, or none to overwrite the input")
        columns = self.columns or tuple(numeric)
        if not self.columns and (self.rowwise or len(numeric) != 1):
            raise ValueError(
                f"{source.name} has {len(numeric)} numeric columns ({', '.join(numeric) or 'none'}); name the ones that {self.name} takes"
            )
        if self.into is not None and not self.rowwise and len(columns) > 1:
            raise Misuse(f"{len(columns)} columns do not fit into the one new column {self.into!r}; name one, or leave the new name out")
        return replace(self, columns=columns)

    def over(self, values: Sequence[Array], missing: Sequence[Array]) -> dict[str, tuple[Array, Array]]:
        """Compute the new columns of a table from the chosen ones; each comes, by name, with where it is missing."""
        if self.rowwise:  # a row with a gap has no answer
            result, gaps = self.compute(np.stack(values, axis=-1)), np.logical_or.reduce(missing)
            results = [(column, gaps) for column in ([result] if result.ndim == 1 else result.T)]
        else:
            results = [(self.compute(column), gaps) for column, gaps in zip(values, missing, strict=True)]
        names = self.columns if self.into is None else (self.into,)
        if len(results) != len(names):
            way_out = "give the name of one new column" if len(results) == 1 else "leave the new name out"
            raise Misuse(f"{self.name} turns {len(values)} columns into {len(results)}; {way_out}")
        return dict(zip(names, results, strict=True))


def apply(task: Task, source: Path, target: Path) -> None:
    """Apply a function to a file, block by block.

    Parameters
    ----------
    task : Task
        What to compute.
    source, target : Path
        The input and the output, of the same format, told by the suffix; they may be the same file.

    Raises
    ------
    Misuse
        If the suffixes are not of one known format, or the task does not suit it.
    OSError
        If a file cannot be read or written.
    TypeError, ValueError
        If the contents are not what the format, the function or the task expects.
    """
    for path in (source, target):
        if path.suffix.lower() not in FORMATS:
            raise Misuse(f"{path.name!r} ends in none of the suffixes ogive knows: {', '.join(FORMATS)}")
    if source.suffix.lower() != target.suffix.lower():
        raise Misuse(f"{source.name!r} and {target.name!r} are of two formats; choose an output that ends in {source.suffix}")
    with replacing(target) as temporary:
        FORMATS[source.suffix.lower()](task, source, temporary)


# ── .npy ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _npy(task: Task, source: Path, target: Path) -> None:
    if task.columns or task.into is not None:
        raise Misuse("an array in a .npy file has no named columns; leave the column names out")
    with open(source, "rb") as old, open(target, "wb") as new:
        shape, fortran, dtype = _npy_header(old, source)
        work, axis = _slabs(task, shape[::-1] if fortran else shape, fortran)
        slab = max(1, BLOCK // max(1, math.prod(work[1:])))
        for start in range(0, work[0], slab) or (0,):  # an empty array is one empty block
            size = min(slab, work[0] - start)
            block = np.fromfile(old, dtype, size * math.prod(work[1:])).reshape(size, *work[1:])
            result = task.compute(block, axis)
            if start == 0:
                kept = dtype if dtype.newbyteorder("=") == result.dtype else result.dtype  # a big-endian file stays one
                made = shape
                if task.rowwise:
                    made = (work[0], *result.shape[1:])[len(work) - len(shape) :]
                    made = made[::-1] if fortran else made
                header = {"descr": np.lib.format.dtype_to_descr(kept), "fortran_order": fortran, "shape": made}
                np.lib.format.write_array_header_1_0(new, header)
            new.write(np.ascontiguousarray(result, kept).data)
            task.progress((start + size) / max(1, work[0]))


def _npy_header(file: Any, source: Path) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    try:
        version = np.lib.format.read_magic(file)
        shape, fortran, dtype = (np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0)(file)
    except (ValueError, EOFError, SyntaxError, TypeError) as error:
        raise ValueError(f"{source} is not a .npy file as numpy.save writes it: {error}") from error
    if dtype.hasobject:
        raise ValueError(f"{source} holds Python objects, not numbers; save np.asarray(x, dtype=float) instead")
    promised, there = math.prod(shape) * dtype.itemsize, os.fstat(file.fileno()).st_size - file.tell()
    if there < promised:
        raise ValueError(f"{source} is cut short: its header promises {promised} bytes of numbers, {there} are there")
    return shape, fortran, dtype


def _slabs(task: Task, shape: tuple[int, ...], fortran: bool) -> tuple[tuple[int, ...], int]:
    """Give the file, as bytes in C order, a shape whose first axis can be cut, and say which axis makes a row then."""
    if not task.rowwise:
        return (math.prod(shape),), -1
    if not -len(shape) <= task.axis < len(shape):
        raise ValueError(f"{task.name} works along an axis; {task.axis} does not fit an array with {len(shape)} axes")
    axis = task.axis % len(shape)
    if fortran:
        axis = len(shape) - 1 - axis
    return (shape, axis) if axis else ((1, *shape), 1)  # a row along the first axis needs the whole file


# ── .csv ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _csv(task: Task, source: Path, target: Path) -> None:
    text: dict[str, Any] = {"encoding": "utf-8", "errors": "surrogateescape", "newline": ""}  # other columns keep their bytes
    size = max(1, source.stat().st_size)
    with open(source, "rb") as raw, TextIOWrapper(raw, **text) as old, open(target, "w", **text) as new:
        ending = "\r\n" if raw.peek().partition(b"\n")[0].endswith(b"\r") else "\n"
        if old.read(1) == "\ufeff":  # a byte order mark is no part of the first name
            new.write("\ufeff")
        else:
            old.seek(0)
        delimiter = "\t" if source.suffix.lower() == ".tsv" else ","
        reader = csv.reader(old, delimiter=delimiter, strict=True)
        writer = csv.writer(new, delimiter=delimiter, lineterminator=ending)
        try:
            header = next(reader, None)
            if not header:
                raise ValueError(f"{source} is empty; a table starts with a line of column names")
            batch = _lines(reader, len(header), source)
            task = task.choose(header, [name for i, name in enumerate(header) if _numeric(batch, i)], source)
            places = [header.index(name) for name in task.columns]
            writer.writerow(header if task.into is None else [*header, task.into])
            while batch:
                rows = [(line, row) for line, row in batch if row]  # a blank line stays one
                read = [_parsed(rows, place, header[place], source) for place in places]
                for _, row in rows if task.into is not None else ():
                    row.append("")
                for name, (result, gaps) in task.over(*zip(*read, strict=True)).items():
                    place = header.index(name) if task.into is None else len(header)
                    for (_, row), value, gap in zip(rows, result.tolist(), gaps, strict=True):
                        row[place] = "" if gap else repr(value)
                writer.writerows(row for _, row in batch)
                task.progress(raw.tell() / size)
                batch = _lines(reader, len(header), source)
        except csv.Error as error:
            raise ValueError(f"line {reader.line_num} of {source} is malformed: {error}") from error


def _lines(reader: Any, width: int, source: Path) -> list[tuple[int, list[str]]]:
    """Read a batch of rows, each with its line number."""
    batch = [(reader.line_num, row) for row in islice(reader, BATCH)]
    for line, row in batch:
        if row and len(row) != width:
            raise ValueError(f"line {line} of {source} has {len(row)} fields; the header has {width}")
    return batch


def _numeric(batch: list[tuple[int, list[str]]], place: int) -> bool:
    cells = [row[place] for _, row in batch if row and row[place].strip()]
    try:
        return bool([number(cell) for cell in cells])
    except ValueError:
        return False


def _parsed(rows: list[tuple[int, list[str]]], place: int, name: str, source: Path) -> tuple[Array, Array]:
    """Read a column: its numbers, and where it has none."""
    values, gaps = np.zeros(len(rows)), np.zeros(len(rows), dtype=bool)
    for i, (line, row) in enumerate(rows):
        if not row[place].strip():
            gaps[i] = True
            continue
        try:
            values[i] = number(row[place])
        except ValueError as error:
            raise ValueError(f"line {line} of {source}, column {name!r}: {error}") from None
    return values, gaps


# ── .parquet ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parquet(task: Task, source: Path, target: Path) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise ImportError('Parquet files need pyarrow: python -m pip install "ogive[cli]"') from error
    numeric = (pa.types.is_floating, pa.types.is_integer, pa.types.is_boolean)
    with open(source, "rb") as raw:
        try:
            old = pq.ParquetFile(raw, pre_buffer=False)
        except (OSError, ValueError) as error:
            raise ValueError(f"{source} is not a Parquet file: {error}") from error
        schema, total = old.schema_arrow, old.metadata.num_rows
        task = task.choose(schema.names, [f.name for f in schema if any(kind(f.type) for kind in numeric)], source)
        for name in task.columns:
            if not any(kind(schema.field(name).type) for kind in numeric):
                raise ValueError(
                    f"the column {name!r} of {source.name} holds {schema.field(name).type}, not numbers; cast it to double first"
                )
        rows = max((BLOCK >> 2) // len(schema.names), 1 << 12)
        batches = old.iter_batches(rows, use_threads=False) if total else iter([pa.RecordBatch.from_pylist([], schema=schema)])
        codec = old.metadata.row_group(0).column(0).compression if total else "SNAPPY"
        writer, done = None, 0
        try:
            for batch in batches:
                columns = [batch.column(name) for name in task.columns]
                gaps = [column.is_null().to_numpy(zero_copy_only=False) for column in columns]
                values = [_under(column).to_numpy(zero_copy_only=False) for column in columns]
                for name, (result, missing) in task.over(values, gaps).items():
                    array = pa.array(result, mask=missing)
                    if task.into is None:
                        place = schema.get_field_index(name)
                        batch = batch.set_column(place, schema.field(place).with_type(array.type), array)
                    else:
                        batch = batch.append_column(name, array)
                if writer is None:
                    made = batch.schema.with_metadata(_pandas(schema.metadata, batch.schema))
                    writer = pq.ParquetWriter(
                        target, made, compression=codec if codec in ("SNAPPY", "GZIP", "BROTLI", "LZ4", "ZSTD") else "NONE"
                    )
                writer.write_batch(batch.replace_schema_metadata(made.metadata))
                done += batch.num_rows
                task.progress(done / max(1, total))
        finally:
            if writer is not None:
                writer.close()


def _under(column: Any) -> Any:
    """Drop the mask of a column: its numbers in their dtype, and anything at all where it has none."""
    return type(column).from_buffers(column.type, len(column), [None, column.buffers()[1]], offset=column.offset)


def _pandas(metadata: dict[bytes, bytes] | None, schema: Any) -> dict[bytes, bytes] | None:
    """Correct what pandas noted about dtypes, where a column of integers has become one of floats."""
    if not metadata or b"pandas" not in metadata:
        return metadata
    notes = json.loads(metadata[b"pandas"])
    for column in notes.get("columns", ()):
        name = column.get("field_name")
        if name in schema.names and str(schema.field(name).type) in ("halffloat", "float", "double"):
            column["pandas_type"] = column["numpy_type"] = {"halffloat": "float16", "float": "float32", "double": "float64"}[
                str(schema.field(name).type)
            ]
    return {**metadata, b"pandas": json.dumps(notes).encode()}


#: What reads and writes each format, by suffix.
FORMATS: dict[str, Callable[[Task, Path, Path], None]] = {".npy": _npy, ".csv": _csv, ".tsv": _csv, ".parquet": _parquet}
