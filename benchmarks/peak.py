"""What the processor could do at best, and what the BLAS makes of it: in billions of operations a
second, of float32."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from worker import workers

WIDTHS = (64, 32, 16)  # bytes of a vector register: the processor's own is the fastest
SIDE = 2048  # of the large matrices
TRIES = 5


def speed(threads: int) -> dict[str, float | None]:
    """Of so many threads: a loop of fused multiply-adds (`peak`, None without a C compiler), and
    the product of two large matrices."""
    return {"peak": peak(threads), "large_product": large_product(threads)}


def peak(threads: int) -> float | None:
    """The sum over as many processes of what peak.c says."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    source, best = Path(__file__).with_name("peak.c"), 0.0
    with tempfile.TemporaryDirectory(prefix="handwritten-peak-") as folder:
        for width in WIDTHS:
            program = Path(folder) / f"peak{width}"
            options = ["-O3", "-march=native", "-ffp-contract=fast", f"-DWIDTH={width}"]
            if subprocess.run([compiler, *options, source, "-o", program]).returncode:
                return None
            for _ in range(TRIES):
                best = max(best, at_once(program, threads))
    return best


def at_once(program: Path, threads: int) -> float:
    """The sum of what so many processes of the program say, which run at the same time."""
    running = [subprocess.Popen([program], stdout=subprocess.PIPE) for _ in range(threads)]
    return sum(float(process.communicate()[0].split()[0]) for process in running)


def large_product(threads: int) -> float:
    """The most operations a second of several products of two large matrices."""
    with workers(["numpy"], threads) as ask:
        return ask["numpy"](product)


def product() -> float:
    """The same, in a process with this number of threads."""
    a = np.random.default_rng(1).random((SIDE, SIDE), np.float32)
    out, best = np.empty_like(a), 0.0
    for _ in range(TRIES + 1):
        started = time.perf_counter()
        np.matmul(a, a, out=out)
        best = max(best, 2 * SIDE**3 / (time.perf_counter() - started) / 1e9)
    return best
