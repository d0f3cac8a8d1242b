"""The words of steps and documents: Jinja2 that is checked here and printed elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateSyntaxError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment

from engine.model import Span
from engine.reader import values
from engine.reader.fields import GLOBALS
from engine.reader.nodes import Node, Scalar
from engine.reader.report import Desk, Findings, suggest
from engine.reader.scope import Scope


class _AnyName(dict[str, Any]):
    """Filters or tests for reading only: every name passes, known ones are checked in `words`."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name, bool)


_ENVIRONMENT = SandboxedEnvironment(autoescape=False)
_KNOWN = {nodes.Filter: set(_ENVIRONMENT.filters), nodes.Test: set(_ENVIRONMENT.tests)}
_ENVIRONMENT.filters = _AnyName(_ENVIRONMENT.filters)
_ENVIRONMENT.tests = _AnyName(_ENVIRONMENT.tests)
_DOCUMENT = re.compile(r"templates/documents/([a-z][a-z0-9_-]*)\.md\.j2")
_FOLDER = "templates/"


def _analyse(text: str) -> tuple[nodes.Template, set[str]]:
    """The syntax tree and the undeclared names; raises TemplateSyntaxError for all that is wrong."""
    try:
        tree = _ENVIRONMENT.parse(text)
        return tree, set(meta.find_undeclared_variables(tree))
    except RecursionError as error:
        raise TemplateSyntaxError("nested too deeply", 1) from error


class Templates:
    """The document templates and the names that each uses, included files as well."""

    def __init__(self, texts: Mapping[str, str], findings: Findings) -> None:
        """Reads every template among `texts`; syntax errors go to `findings`."""
        matches = ((_DOCUMENT.fullmatch(file), file) for file in sorted(texts))
        self.files = {match[1]: file for match, file in matches if match}
        self._read: dict[str, tuple[nodes.Template, set[str]]] = {}
        for file in sorted(texts):
            if file.startswith(_FOLDER) and file.endswith(".j2"):
                try:
                    self._read[file] = _analyse(texts[file])
                except TemplateSyntaxError as error:
                    span = Span(file, error.lineno, 1)
                    findings.error("template-syntax", span, f"文书模板写法有误：{_chinese(error)}")

    def names(self, id: str) -> set[str]:
        """The variables that a document uses."""
        return self._names(self.files[id], ())

    def _names(self, file: str, above: tuple[str, ...]) -> set[str]:
        if file not in self._read or file in above:
            return set()
        tree, names = self._read[file]
        for other in meta.find_referenced_templates(tree):
            for place in (f"{_FOLDER}{other}", f"{_FOLDER}documents/{other}"):
                names = names | self._names(place, (*above, file))
        return names


def words(desk: Desk, scope: Scope, field: str, node: Node, uses: set[str]) -> str:
    """A text with {{ names }}; the names go to `uses`, resolved."""
    text = values.text(desk, field, node)
    if text is None or not isinstance(node, Scalar):
        return ""
    if "{" not in text:
        return text
    try:
        tree, names = _analyse(text)
    except TemplateSyntaxError as error:
        help = "写成 `{{ 名称 }}` 或 `{% if 名称 %}…{% endif %}`"
        place = _place(node, error.lineno, None)
        desk.error("template-syntax", place, f"`{field}` 的模板写法有误：{_chinese(error)}", help)
        return text
    for name in sorted(names):
        if not resolve(scope, name, uses) and not scope.lean(Scalar(node.span, name)):
            line = next((found.lineno for found in tree.find_all(nodes.Name) if found.name == name), 1)
            help = suggest(name, {*scope.facts, *scope.hall, *GLOBALS})
            place = _place(node, line, name)
            desk.error("unknown-variable", place, f"`{field}` 用到未知名称 `{name}`", help)
    for called in tree.find_all((nodes.Filter, nodes.Test)):
        known = _KNOWN[type(called)]
        if called.name not in known:
            wrong = f"`{field}` 用到未知的过滤或判断 `{called.name}`"
            place = _place(node, called.lineno, called.name)
            desk.error("unknown-filter", place, wrong, suggest(called.name, known))
    for part in tree.find_all((nodes.Getattr, nodes.Getitem)):
        role = _role(part)
        if role and role not in scope.roles and not scope.lean(Scalar(node.span, role)):
            place = _place(node, part.lineno, role)
            desk.error("unknown-role", place, f"`{field}` 用到未知岗位 `{role}`", suggest(role, scope.roles))
    return text


def _role(part: nodes.Node) -> str:
    """The role in `role.lead` or `phone['lead']`."""
    of = getattr(part, "node", None)
    if not (isinstance(of, nodes.Name) and of.name in ("role", "phone")):
        return ""
    if isinstance(part, nodes.Getattr):
        return part.attr
    key = getattr(part, "arg", None)
    return key.value if isinstance(key, nodes.Const) and isinstance(key.value, str) else ""


def resolve(scope: Scope, name: str, uses: set[str]) -> bool:
    """Whether words may use the name; a fact's key or a hall value's id goes to `uses`."""
    if name in scope.facts:
        uses.add(scope.facts[name].key)
    elif name in scope.hall:
        uses.add(name)
    return name in scope.facts or name in scope.hall or name in GLOBALS


def _place(node: Scalar, line: int, word: str | None) -> Span:
    """Where a word of a scalar stands: exact on one line, else the line."""
    span = node.span
    if node.block:
        return Span(span.file, span.line + line, 1)
    if line > 1:
        return Span(span.file, span.line + line - 1, 1)
    pattern = rf"\b{re.escape(word)}\b" if word else r"\{[{%#]"
    braces = node.text.find("{") if word else 0
    found = re.compile(pattern).search(node.text, max(braces, 0))
    quote = 0 if node.plain else 1
    at = found.start() if found and "\n" not in node.text[: found.start()] else 0
    return Span(span.file, span.line, span.column + quote + at)


def _chinese(error: Exception) -> str:
    message = str(error)
    if "unexpected end of template" in message or "end of print statement" in message:
        return "花括号没有写完"
    if "expected token 'end of" in message or "unexpected" in message:
        return "花括号里多了内容或缺了内容"
    tag = re.search(r"unknown tag '(\w+)'", message)
    if tag:
        return f"未知标签 `{tag[1]}`"
    return "括号或标签没有配对" if "tag" in message else "无法读懂花括号里的内容"
