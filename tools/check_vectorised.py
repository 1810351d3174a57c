"""Prove that every row's loop was vectorised at x86-64-v3 and -v4, from the compiler's own report.

Each form's block loops are the only loops of instances of `evaluate` (in double, or for exact rows in float too), of
`evaluate_pair` and of `evaluate_once`; GCC's dump of its vectoriser names the function and says which loops it vectorised. Run:
python tools/check_vectorised.py [x86-64-v3] [x86-64-v4]
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

CORE = Path(__file__).parent.parent / "src/ogive/_core"
FLAGS = [
    "-std=c++17",
    "-O3",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-ffp-contract=off",
    "-fno-exceptions",
    "-fno-rtti",
    "-fvisibility=hidden",
    "-fschedule-insns",
    "-fsched-pressure",
]
MARCH = {"x86-64-v3": ["-march=x86-64-v3"], "x86-64-v4": ["-march=x86-64-v4", "-mprefer-vector-width=512"]}
FUNCTION = re.compile(r"^;; Function .* \((_Z[^,)]*)")
LOOP = re.compile(r"evaluate(?:_pair|_once)?<.*>")


def row_loops(level: str) -> dict[str, bool]:
    """Compile the kernels for a level; tell of each row's loop whether it was vectorised."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["g++", *FLAGS, *MARCH[level], f"-DOGIVE_LEVEL={level.replace('-', '_')}", f"-fdump-tree-vect-optimized={folder}/report"]
        subprocess.run([*command, "-c", str(CORE / "kernels.cpp"), "-o", f"{folder}/kernels.o"], check=True)
        found: dict[str, bool] = {}
        name = ""
        with open(f"{folder}/report") as report:
            for line in report:
                if match := FUNCTION.match(line):
                    name = re.sub(r"(\.\w+)+$", "", match[1])
                    found.setdefault(name, False)
                elif "optimized: loop vectorized" in line:
                    found[name] = True
    names = subprocess.run(["c++filt"], input="\n".join(found), check=True, capture_output=True, text=True).stdout.splitlines()
    plain = [re.sub(r"ogive::\w+::|\(anonymous namespace\)::", "", text).partition("(")[0] for text in names]
    return {text: done for text, done in zip(plain, found.values(), strict=True) if LOOP.search(text)}


def main() -> int:
    """Report the loops that were not vectorised; exit 1 if there are any."""
    failed = False
    for level in sys.argv[1:] or list(MARCH):
        loops = row_loops(level)
        missing = sorted(name for name, done in loops.items() if not done)
        print(f"{level}: {len(loops) - len(missing)} of {len(loops)} row loops vectorised", *missing, sep="\n  not vectorised: ")
        failed = failed or bool(missing) or not loops
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
