"""What this pipeline promises: docs/promises.md is made of these, with the tries of a full run.

A test that tries to break a promise carries its name, `@pytest.mark.promise("kills")`. It counts as
one try, or as many as it says with the fixture `tries`.
"""

from typing import NamedTuple


class Promise(NamedTuple):
    """What is promised, and how it is kept."""

    promise: str
    how: str


PROMISES = {
    "rebuilds": Promise(
        "After an edit exactly those steps run again that depend on it",
        "An artifact's folder is named after all that made it: settings, code, inputs, packages.",
    ),
    "same bytes": Promise(
        "The same recipe gives the same bytes, whoever builds it, where and when",
        "One stream of random numbers a purpose; no clock, path, host or hash order in any file.",
    ),
    "kills": Promise(
        "Killed at any moment, the next run finishes and ends with the same bytes",
        "Files are filled beside their place and renamed when whole; checkpoints likewise.",
    ),
    "two at once": Promise(
        "Two runs at once damage nothing: the second says who is running",
        "A lock that the operating system holds for as long as the process lives.",
    ),
    "disks": Promise(
        "Full, read-only and vanished disks and too little memory cost one message",
        "Every system error is reported with its place and what to do; nothing is half-made.",
    ),
    "bad input": Promise(
        "Whatever a file holds, it is refused with a reason or read as what it says",
        "Formats are checked before memory is set apart; nothing is unpickled.",
    ),
    "verify": Promise(
        "A bit that has changed in any file that was made is found by `make verify`",
        "Records hold the SHA-256 of files, and a checksum of themselves.",
    ),
    "forced": Promise(
        "Whatever is forced or left out, what was asked for is there or the build fails",
        "Inputs of forced jobs are not `ancient`; every end of a build looks for what is missing.",
    ),
    "page": Promise(
        "The last good page stays until the next one is in its place",
        "Stable files are outputs of no job, and replaced when all new ones are on the disk.",
    ),
    "numbers": Promise(
        "A run whose numbers go wrong stops, or says so on the page",
        "Losses are checked after every epoch; dead layers and guessing are looked for on dev.",
    ),
    "gradients": Promise(
        "Nothing is trained with a wrong gradient, and the message names the array",
        "All training waits for the comparison of every gradient with central differences.",
    ),
    "hostile text": Promise(
        "Text is shown as text, wherever it comes from",
        "Names have patterns, templates escape, and the page's own policy allows it no script.",
    ),
    "submissions": Promise(
        "A submission has the verdict that it deserves, and harms nothing, whatever is in it",
        "Its code runs in another process, which gives up what it does not need; results are data.",
    ),
    "download": Promise(
        "A download is what its checksum says, or it is nothing",
        "Sizes are capped, hashes come before use, a file has its name only when it is whole.",
    ),
    "supply chain": Promise(
        "What is installed is what was locked",
        "Every package is pinned with hashes, every action of the continuous build by commit.",
    ),
}

HEAD = """# What is promised, and what was tried to break it

Written by `make faults` at the end of a run that lost nothing. `make test` tries the same, less
often; the continuous build runs one part of the long tests with each commit.

| promise | how it is kept | tests | tries | lost |
|---|---|---|---:|---:|
"""
TAIL = """
## What "the same bytes" means

Promised on the same type of processor, with the packages of the lock: every artifact except a
crate, and every page, is equal byte for byte, in any folder, for any user, umask, time zone,
locale and number of cores, with any matplotlibrc, fonts and variables for Python and NumPy, in a
checkout that is read-only, under Python 3.11 to 3.14. Times, host and BLAS are only in
`run.json`, `logs/`, `index.html`, crates, and the copy of the page at its stable place, whose
SHA-256 is in the marker beside it.

Not promised: another family of processors, for which OpenBLAS has other kernels, and another
number of threads. The last bits of a matrix product differ there, and training carries them on.
The predictions then differ for at most 3 in 100 images of a short training; the test makes
OpenBLAS use kernels of another family (`OPENBLAS_CORETYPE`). The number of threads is part of a
version, so results of the one are never taken for those of the other.

## What is not promised

Anyone who can write the files can forge them: the records find accidents, not intent.
Vulnerabilities of dependencies are looked up by `make audit`, when asked, and where the service
can be reached.
"""
