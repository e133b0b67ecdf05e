"""The scripts of the page share one global scope."""

import re
from collections import Counter

from handwritten.page import template_files

DECLARED = re.compile(r"^(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)


def test_no_two_scripts_of_the_page_declare_the_same_name():
    """The later one would replace the earlier, or keep its own script from running."""
    files = [file for file in template_files.REPORT.glob("*/*.js") if ".worker." not in file.name]
    names = Counter(name for file in files for name in DECLARED.findall(file.read_text()))
    assert len(names) > 300
    assert [name for name, count in names.items() if count > 1] == []
