"""What the rules of a workflow say: the name of each, its script, and a fingerprint of its text.

The text of a rule is part of what a step is made from: a parameter added to it, another script or
other inputs make another version, comments and layout do not. Functions and values that a rule uses
count as well where a rule file defines them.
"""

import ast
import hashlib
import io
import textwrap
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from handwritten.io import syntax
from handwritten.io.cache import Cache
from handwritten.io.fingerprints import digest

# What a rule says of where, when and how often a job runs, and where it reports.
WITHOUT_EFFECT = {"benchmark", "group", "log", "message", "priority", "resources", "retries"}


@dataclass(frozen=True)
class Rule:
    """A rule of the workflow."""

    name: str
    text: str  # SHA-256 of what it says
    script: Path | None
    makes: list[str]  # names that its output directive mentions


@dataclass(frozen=True)
class Line:
    """A logical line of a rule file: one statement, or the head of a block."""

    column: int
    words: tuple[str, ...]  # its first three tokens
    first: int  # line numbers, the first line being 0
    last: int


def read_rules(files: Iterable[Path], cache: Cache) -> dict[str, Rule]:
    """All named rules in these files, by name."""
    found: list[tuple[Path, dict]] = []
    rules: dict[str, Rule] = {}
    definitions: dict[str, dict] = {}
    for file in files:
        source = file.read_text(encoding="utf-8")
        key = hashlib.sha256(source.encode()).hexdigest()
        found.append((file, cache.get(f"rules {key}", lambda source=source: parse(source))))
        definitions |= found[-1][1]["definitions"]
    for file, content in found:
        for name, rule in content["rules"].items():
            script = rule["script"] and (file.parent / rule["script"]).resolve()
            text = digest([rule["text"], used(rule, definitions)])
            rules[name] = Rule(name, text, script, rule["makes"])
    return rules


def used(rule: dict, definitions: dict) -> dict[str, str]:
    """The fingerprints of what rule files define and this rule uses, directly or not."""
    texts, waiting = {}, set(rule["names"])
    while waiting:
        name = waiting.pop()
        if name in definitions and name not in texts:
            texts[name] = definitions[name]["text"]
            waiting |= set(definitions[name]["names"])
    return texts


def parse(source: str) -> dict:
    """The rules and definitions of one file, as JSON: for each its text and the names it uses."""
    lines, rows = logical_lines(source), source.splitlines()
    content: dict = {"rules": {}, "definitions": {}}
    for i, line in enumerate(lines):
        body = block(lines, i)
        if line.words[0] in ("rule", "checkpoint") and line.words[2:] == (":",):
            content["rules"][line.words[1]] = parse_rule(body, rows)
        elif line.column == 0 and (tree := definition(rows, line, body)):
            says = {"text": syntax.fingerprint(tree), "names": names(tree)}
            content["definitions"] |= dict.fromkeys(defined(tree), says)
    return content


def logical_lines(source: str) -> list[Line]:
    """The logical lines of a rule file, blank lines and comments left out."""
    ignored = (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    lines: list[Line] = []
    tokens: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NEWLINE:
            (first, column), words = tokens[0].start, tuple(each.string for each in tokens[:3])
            lines.append(Line(column, words, first - 1, token.start[0] - 1))
            tokens = []
        elif token.type not in ignored:
            tokens.append(token)
    return lines


def block(lines: list[Line], head: int) -> list[Line]:
    """The lines that are indented under a line."""
    end = head + 1
    while end < len(lines) and lines[end].column > lines[head].column:
        end += 1
    return lines[head + 1 : end]


def parse_rule(body: list[Line], rows: list[str]) -> dict:
    """A rule's text, the names that it uses, and its script; its docstring does not count."""
    directives, script = {}, None
    for i, line in enumerate(body):
        if line.column > body[0].column or line.words[1:2] != (":",):
            continue
        last = block(body, i)[-1].last if block(body, i) else line.last
        first = rows[line.first].split(":", 1)[1]
        tree = arguments("\n".join([first, *rows[line.first + 1 : last + 1]]))
        if line.words[0] == "script":
            script = first_text(tree)
        if line.words[0] not in WITHOUT_EFFECT:
            directives[line.words[0]] = tree
    return {
        "text": digest({name: syntax.fingerprint(tree) for name, tree in directives.items()}),
        "names": sorted({name for tree in directives.values() for name in names(tree)}),
        "script": script,
        "makes": constants(directives.get("output")),
    }


def arguments(text: str) -> ast.Module:
    """What follows a directive's colon: the arguments of a call or, under `run`, statements."""
    try:
        return ast.parse(f"_({text}\n)")
    except SyntaxError:
        return ast.parse(textwrap.dedent(text))


def first_text(tree: ast.Module) -> str | None:
    """The first text among a directive's arguments."""
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return next((text for text in texts if isinstance(text, str)), None)


def constants(tree: ast.Module | None) -> list[str]:
    """All texts in a directive."""
    nodes = ast.walk(tree) if tree else []
    values = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return sorted(value for value in values if isinstance(value, str))


def definition(rows: list[str], line: Line, body: list[Line]) -> ast.Module | None:
    """A function or an assignment at the top level of a file; None for anything else."""
    last = body[-1].last if body else line.last
    try:
        tree = ast.parse("\n".join(rows[line.first : last + 1]))
    except SyntaxError:
        return None
    return tree if isinstance(tree.body[0], ast.FunctionDef | ast.Assign) else None


def defined(tree: ast.Module) -> list[str]:
    """The names that a function or an assignment defines."""
    statement = tree.body[0]
    if isinstance(statement, ast.Assign):
        return [name for target in statement.targets for name in names(target)]
    return [statement.name] if isinstance(statement, ast.FunctionDef) else []


def names(tree: ast.AST) -> list[str]:
    """The names that a piece of code uses."""
    return sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)})
