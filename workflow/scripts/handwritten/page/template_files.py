"""The files that each page is made of: those in its own folder of workflow/report, and shared ones.

A folder with a `section.html.j2` is a section of the report. A folder in `pages/` is a page of its
own. What is in `shared/` belongs to the report; another page has those shared files that it names.
"""

import re
from pathlib import Path

REPORT = Path(__file__).resolve().parents[3] / "report"
TEXT = ("*.html.j2", "*.css", "*.js")
FONT_SUFFIX = ".woff2"
NAMED = re.compile(r'"([\w/.]+)"')  # by include, extends, import, script or font


def section_folders() -> list[Path]:
    """The folders of the report's sections."""
    return sorted(template.parent for template in REPORT.glob("*/section.html.j2"))


def matching(folder: Path, *patterns: str) -> list[Path]:
    """The files in a folder that match one of these patterns, by name."""
    return sorted(file for pattern in patterns for file in folder.glob(pattern))


def name(file: Path) -> str:
    """The file's path below workflow/report, by which templates name it."""
    return file.relative_to(REPORT).as_posix()


def report_files() -> list[Path]:
    """All templates, styles, scripts and fonts of the report."""
    folders = [REPORT / "shared", REPORT / "shared" / "head", *section_folders()]
    texts = [file for folder in folders for file in matching(folder, *TEXT)]
    return [*texts, *matching(REPORT / "shared" / "fonts", f"*{FONT_SUFFIX}")]


def page_files(page: str) -> list[Path]:
    """All templates, styles, scripts and fonts of the page in this folder of `pages/`."""
    files = set(matching(REPORT / "pages" / page, *TEXT))
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file.suffix == FONT_SUFFIX:
            continue
        names = NAMED.findall(file.read_text(encoding="utf-8"))
        more = {file for each in names if (file := REPORT / each).is_file()} - files
        files |= more
        waiting += more
    return sorted(files)
