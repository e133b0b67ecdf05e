"""Links to the glossary, from where the page uses its words."""

import re

from markupsafe import Markup

from handwritten.page.terms import TERMS, Term

# What a section is read as: the code that names a phase; what keeps its words without links, be it
# for the reader (`shown`) or for programs; tags; and text between them.
PARTS = re.compile(
    r"<code>(?P<phase>phase[12])</code>|"
    r"<(?P<shown>a|button|dt|h[1-6]|label|legend|option|select|summary|thead)\b.*?</(?P=shown)>|"
    r"<(?P<apart>code|math|noscript|pre|script|style|svg|template)\b.*?</(?P=apart)>|"
    r"<!--.*?-->|<[^>]*>|(?P<text>[^<]+)",
    re.DOTALL,
)
TAG = re.compile(r"<[^>]*>")
WORDS = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(
        f"(?P<t{i}>{term.pattern})"
        for i, term in sorted(enumerate(TERMS), key=lambda pair: -len(pair[1].name))
    )
    + r")(?![\w-])",
    re.IGNORECASE,
)


def linked(html: str) -> tuple[Markup, list[Term]]:
    """A section's HTML, in which each term is a link to its entry where it first stands in the
    text, and the terms that it has, also those in headings and controls, which stay as they are."""
    found: dict[Term, None] = {}
    is_linked: set[Term] = set()

    def link(word: re.Match) -> str:
        term = term_of(word)
        found[term] = None
        if term in is_linked:
            return word[0]
        is_linked.add(term)
        return f'<a class="term" href="#{term.id}">{word[0]}</a>'

    def changed(part: re.Match) -> str:
        if part["shown"]:
            found.update((term_of(word), None) for word in WORDS.finditer(TAG.sub(" ", part[0])))
        if part["phase"]:
            return f"<code>{WORDS.sub(link, part['phase'])}</code>"
        return WORDS.sub(link, part["text"]) if part["text"] else part[0]

    return Markup(PARTS.sub(changed, html)), list(found)


def term_of(word: re.Match) -> Term:
    """The term that was found."""
    return TERMS[int(str(word.lastgroup)[1:])]


def entries(terms_of: dict[str, list[Term]]) -> list[dict]:
    """The glossary's entries by name, each with the sections that have the term; `terms_of` are the
    terms by section."""
    used = [
        {"term": term, "sections": [name for name, terms in terms_of.items() if term in terms]}
        for term in sorted(TERMS, key=lambda term: term.name.lower().lstrip("."))
    ]
    return [entry for entry in used if entry["sections"]]
