"""Headings that readers can link to."""

import re
from collections import Counter

# What a page is read as: sections, which give their headings a name; what is left alone; headings
# without attributes other than an id.
PARTS = re.compile(
    r'<section id="(?P<section>[^"]+)"'
    r"|<(?P<other>template|script|pre|style)\b.*?</(?P=other)>"
    r'|<(?P<level>h[2-6])(?: id="(?P<id>[^"]+)")?>(?P<words>.+?)</(?P=level)>',
    re.DOTALL,
)
NO_LINK = re.compile("<(a|button|input|select)[ >]")


def linked(html: str) -> str:
    """The page with a link in each heading to the heading itself, whose address readers can copy.

    A heading without an id gets one from its words, after the id of its section. Those of
    templates, which scripts fill in, and those that hold something to click on stay as they are.
    """
    section = ""
    seen: Counter[str] = Counter()

    def changed(part: re.Match) -> str:
        nonlocal section
        section = part["section"] or section
        if not part["level"] or NO_LINK.search(part["words"]):
            return part[0]
        name = part["id"] or named(section, part["words"], seen)
        link = f'<a class="anchor" href="#{name}">{part["words"]}</a>'
        return f'<{part["level"]} id="{name}">{link}</{part["level"]}>'

    return PARTS.sub(changed, html)


def named(section: str, words: str, seen: Counter[str]) -> str:
    """An id for a heading with these words, with a number if there is already such a one."""
    text = re.sub(r"<[^>]*>|&[#\w]+;", " ", words).lower()
    name = "-".join(filter(None, [section, *re.findall(r"\w+", text)]))
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}-{seen[name]}"
