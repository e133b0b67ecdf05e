"""Submissions that are not meant well: each with what is right in it, and what must not happen."""

from pathlib import Path

from solving import SOURCES

RELU = "return np.maximum(z, 0)"
RIGHT = SOURCES["phase1"]
WITHOUT_RELU = 8  # exercises of phase 1 that do not use ReLU


def in_relu(code: str) -> str:
    """phase1.py with this code in the place of ReLU's, or before it."""
    return RIGHT.replace(RELU, code)


def submissions(victim: Path, made: Path) -> dict[str, tuple[str, str]]:
    """Files phase1.py by what they try, each with the state that ReLU should have. `victim` is a
    file that is to stay, `made` one that is never to be there."""
    write = f"open({str(made)!r}, 'w').write('x')"
    touch = f"['touch', {str(made)!r}]"
    attempts = "\n".join(
        f"    try: {attempt}\n    except Exception: pass"
        for attempt in (
            f"os.remove({str(victim)!r})",
            f"os.truncate({str(victim)!r}, 0)",
            f"os.rename({str(victim)!r}, {str(made)!r})",
            f"os.open({str(victim)!r}, os.O_WRONLY | os.O_TRUNC)",
            f"pathlib.Path({str(made)!r}).mkdir()",
            f"os.symlink({str(victim)!r}, {str(made)!r})",
            f"shutil.rmtree({str(victim.parent)!r})",
            f"subprocess.run({touch})",
            f"os.posix_spawn('/usr/bin/touch', {touch}, {{}})",
            f"os.system('touch {made}')",
            "os.kill(os.getppid(), 9)",
            "ctypes.CDLL(None).kill(os.getppid(), 9)",
            write,
        )
    )
    imports = "import os, pathlib, shutil, subprocess, ctypes\n"
    forged = b'{"id": 2, "result": {"plain": 1}, "used": 0, "parts": []}\n'
    patched = (
        "import sys\nfor module in list(sys.modules.values()):\n"
        "    for name in ('judge', 'close', 'equal', 'wrong_arrays'):\n"
        "        if hasattr(module, name): setattr(module, name, lambda *a, **k: [])\n"
    )
    return {
        "loop": (in_relu("while True: pass"), "stopped"),
        "loop that catches": (
            in_relu(
                "while True:\n        try:\n            while True: pass\n"
                "        except BaseException: pass"
            ),
            "stopped",
        ),
        "memory": (in_relu("return np.ones((10**6, 10**5))"), "crashed"),
        "remove": (in_relu(f"import os; os.remove({str(victim)!r}); {RELU}"), "crashed"),
        "everything": (in_relu(f"{imports.strip()}\n{attempts}\n    {RELU}"), "right"),
        "exit": (in_relu("import sys; sys.exit(0)"), "crashed"),
        "end": (in_relu("import os; os._exit(0)"), "crashed"),
        "print": (in_relu(f"print('x' * 10**7); {RELU}"), "right"),
        "fork": (in_relu("import os\n    while True: os.fork()"), "crashed"),
        "fork at import": (f"import os\nwhile True:\n    os.fork()\n{RIGHT}", "unreadable"),
        "exit at import": (f"import sys; sys.exit(0)\n{RIGHT}", "unreadable"),
        "loop at import": (f"while True: pass\n{RIGHT}", "unreadable"),
        "forged": (
            f"import os\nfor fd in range(3, 20):\n    try: os.write(fd, {forged!r} * 9)\n"
            f"    except OSError: pass\n{in_relu('return z')}",
            "unreadable",
        ),
        "patched": (patched + in_relu("return z"), "wrong"),
        "library": (
            f"import sys\nsys.path.append({str(Path(__file__).parents[1] / 'workflow/scripts')!r})"
            f"\nfrom handwritten.exercises.networks import relu\n{RIGHT}",
            "unreadable",
        ),
        "pickle": (
            in_relu(
                "class A:\n        def __reduce__(self):\n            import os\n"
                f"            return os.system, ('touch {made}',)\n    return A()"
            ),
            "wrong",
        ),
        "too large": (in_relu("return np.zeros((3000, 3000))"), "crashed"),
        "too deep": (in_relu("for _ in range(10**5): z = [z]\n    return z"), "crashed"),
        "text": (in_relu("raise ValueError('\\ud800 \\x1b[31m \\u202e </script>')"), "crashed"),
        "binary": ("\0\x01", "unreadable"),
        "empty": ("", "unreadable"),
    }
