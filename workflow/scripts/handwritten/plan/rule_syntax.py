"""A rule file as what it says: its rules, and what else it defines, as JSON.

Rules are read from the text's tokens, since they are not Python. What is left is Python.
"""

import ast
import io
import textwrap
import tokenize
from dataclasses import dataclass

from handwritten.io import data_files, syntax
from handwritten.io.fingerprints import digest

# What a rule says of where, when and how often a job runs, where it reports, and for which files.
WITHOUT_EFFECT = {
    "benchmark",
    "default_target",
    "group",
    "localrule",
    "log",
    "message",
    "name",
    "priority",
}
WITHOUT_EFFECT |= {"resources", "retries", "wildcard_constraints"}
# What a file says once for all of its rules.
FOR_ALL = {"conda", "container", "containerized", "inputflags", "outputflags", "singularity"}
# How a job can run without a script, whose code could be followed.
OTHER_CODE = {"cwl", "notebook", "run", "shell", "template_engine", "wrapper"}
# By what a rule hands values to its code.
READ = {"input", "params", "threads"}
# Where values come from that are part of no version.
UNTRACEABLE = {"config", "workflow", "environ", "getenv", "pep"}


@dataclass(frozen=True)
class Line:
    """A logical line of a rule file: one statement, or the head of a block."""

    column: int
    words: tuple[str, ...]  # its first three tokens
    first: int  # line numbers, the first line being 0
    last: int


def parse(source: str) -> dict:
    """The content of one file: its `rules`, the Python `statements` beside them, the files that it
    `includes`, and what it says for `all` rules."""
    lines, rows = logical_lines(source), source.splitlines()
    python = rows.copy()
    content: dict = {"rules": [], "includes": [], "all": []}
    for i, line in enumerate(lines):
        body = block(lines, i)
        last = body[-1].last if body else line.last
        if is_of_snakemake(line, body) and not is_in_rule(lines, i):
            blank = [""] * (last - line.first)
            python[line.first : last + 1] = [" " * line.column + "pass", *blank]
        if line.words[0] in ("rule", "checkpoint") and body and ":" not in line.words:
            raise SyntaxError("expected ':' after the rule's name", (None, line.first + 1, 0, None))
        if line.words[0] in ("rule", "checkpoint") and ":" in line.words[1:]:
            content["rules"].append(parse_rule(line, body, rows))
        elif line.words[:2] == ("include", ":"):
            content["includes"] += constants(directive(line, body, rows))[-1:]
        elif line.words[0] in FOR_ALL and line.words[1:2] == (":",) and not is_in_rule(lines, i):
            content["all"].append(syntax.fingerprint(directive(line, body, rows)))
    statements = ast.parse("\n".join(python)).body
    for rule in content["rules"]:
        around = [s for s in statements if s.lineno <= rule["line"] <= (s.end_lineno or 0)]
        rule["around"] = None if isinstance(around[0], ast.Pass) else says(around[0])
    content["statements"] = [statement(each) for tree in statements for each in single(tree)]
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


def is_of_snakemake(line: Line, body: list[Line]) -> bool:
    """Whether a line begins what is not Python, such as a rule."""
    if line.words[0] in ("rule", "checkpoint", "module", "use"):
        return line.words[1:2] not in (("=",), (".",), ("(",), ("[",))
    is_python = line.words[0] in ("else", "try", "finally")
    return bool(body) and line.words[1:2] == (":",) and not is_python


def is_in_rule(lines: list[Line], number: int) -> bool:
    """Whether a line is in a rule or a module."""
    heads = [line for line in lines[:number] if line.column < lines[number].column]
    return bool(heads) and is_of_snakemake(heads[-1], [lines[number]])


def parse_rule(head: Line, body: list[Line], rows: list[str]) -> dict:
    """What versions need to know of a rule; its docstring does not count."""
    found = {
        line.words[0]: directive(line, block(body, i), rows)
        for i, line in enumerate(body)
        if line.column == body[0].column and line.words[1:2] == (":",)
    }
    effective = {name: tree for name, tree in found.items() if name not in WITHOUT_EFFECT}
    if "output" in effective:
        effective["output"] = WithoutCaptions().visit(effective["output"])
    read = [each for name, tree in effective.items() if name in READ for each in tree.body]
    return says(ast.Module(read, [])) | {
        "name": only_text(found.get("name")) if head.words[1] == ":" else head.words[1],
        "line": head.first + 1,
        "text": digest({name: syntax.fingerprint(tree) for name, tree in effective.items()}),
        "names": sorted({name for tree in effective.values() for name in names(tree)}),
        "traced": names(ast.Module(read, [])),
        "script": only_text(found.get("script")),
        "other code": sorted(found.keys() & OTHER_CODE),
        "makes": constants(found.get("output")),
        "around": None,
    }


class WithoutCaptions(ast.NodeTransformer):
    """Leaves out how Snakemake's own report presents a file."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """The file alone, of `report(file, caption=…)`."""
        if isinstance(node.func, ast.Name) and node.func.id == "report" and node.args:
            return node.args[0]
        self.generic_visit(node)
        return node


def single(tree: ast.stmt) -> list[ast.stmt]:
    """A statement; one that imports several names as one statement for each."""
    if isinstance(tree, ast.Import):
        return [ast.copy_location(ast.Import([name]), tree) for name in tree.names]
    if isinstance(tree, ast.ImportFrom):
        made = [ast.ImportFrom(tree.module, [name], tree.level) for name in tree.names]
        return [ast.copy_location(each, tree) for each in made]
    return [tree]


def statement(tree: ast.stmt) -> dict:
    """What versions need to know of a statement: also which names it defines, and its kind. What a
    definition of a function or class uses, it uses when it is called."""
    kind = "import" if isinstance(tree, ast.Import | ast.ImportFrom) else "other"
    if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        kind = "definition"
    return says(tree) | {"defines": defined(tree), "kind": kind}


def says(tree: ast.AST) -> dict:
    """What versions need to know of a piece of code: its fingerprint, the names that it uses, the
    modules that it imports, the files that it names, and where it does what they cannot follow."""
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return {
        "text": syntax.fingerprint(tree),
        "names": names(tree),
        "imports": syntax.imports(tree),
        "sources": sorted(UNTRACEABLE & (attributes | set(names(tree)))),
        "refused": syntax.refused(tree),
        "data": data_files.mentioned(tree),
    }


def directive(line: Line, body: list[Line], rows: list[str]) -> ast.Module:
    """What follows a directive's colon: the arguments of a call or, under `run`, statements."""
    last = body[-1].last if body else line.last
    text = "\n".join([rows[line.first].split(":", 1)[1], *rows[line.first + 1 : last + 1]])
    try:
        return ast.parse(f"_({text}\n)")
    except SyntaxError as as_arguments:
        try:
            return ast.parse(textwrap.dedent(text))
        except SyntaxError:
            place = (None, line.first + (as_arguments.lineno or 1), 0, None)
            raise SyntaxError(as_arguments.msg, place) from None


def constants(tree: ast.AST | None) -> list[str]:
    """All texts in a piece of code, in order."""
    nodes = ast.walk(tree) if tree else []
    values = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return [value for value in values if isinstance(value, str)]


def only_text(tree: ast.Module | None) -> str | None:
    """A directive's only argument if it is a text; None for any other."""
    call = tree.body[0].value if tree and isinstance(tree.body[0], ast.Expr) else None
    if not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
        return None
    texts = constants(call.args[0]) if isinstance(call.args[0], ast.Constant) else []
    return texts[0] if texts else None


def defined(statement: ast.stmt) -> list[str]:
    """The names that a statement defines, or whose objects it changes: it assigns to a part of them
    or calls a method of theirs for what it does."""
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        elif isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            found.add(owner(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            found.add(owner(node.value.func) if isinstance(node.value.func, ast.Attribute) else "")
    return sorted(found - {""})


def owner(node: ast.AST) -> str:
    """The name whose object, or a part of it, an expression stands for; "" if there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def names(tree: ast.AST) -> list[str]:
    """The names that a piece of code uses."""
    return sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)})
