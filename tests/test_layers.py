"""The engine's tiers: imports go down, never up and never round (see CONTRIBUTING.md)."""

import ast
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Enter a new module in the lowest tier that its imports allow; a package counts as one name.
TIERS = [
    "errors clock paths",
    "model",
    "conditions literals parts disjuncts bits variables reader durations phrases hall workdays sources"
    " exports",
    "ruleset matcher journal state fold words comparisons",
    "plan diagrams relevance follow bound consequences",
    "session walk explore checks cases",
    "triage render followups orders drill practice simulate explain provenance authoring cacao compare",
    "console",
    "__init__ cli",
]
TIER = {name: number for number, names in enumerate(TIERS) for name in names.split()}


def _imports():
    """Every import of the program: (place, importing module, dotted name of what is imported)."""
    for path in [*sorted(ROOT.glob("engine/**/*.py")), *ROOT.glob("cli.py")]:
        parts = path.relative_to(ROOT).with_suffix("").parts
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                base = ""
                if isinstance(node, ast.ImportFrom):
                    base = resolve_name("." * node.level + (node.module or ""), ".".join(parts[:-1])) + "."
                for alias in node.names:
                    yield f"{'/'.join(parts)}.py:{node.lineno}", parts[:2][-1], base + alias.name


def test_imports_go_down():
    """A module imports lower tiers, or its own tier without a circle; every module has a tier."""
    modules = {path.relative_to(ROOT / "engine").parts[0] for path in ROOT.glob("engine/**/*.py")}
    modules = {name.removesuffix(".py") for name in modules}
    assert not modules - set(TIER), f"enter in TIERS of tests/test_layers.py: {sorted(modules - set(TIER))}"
    beside: dict[str, set[str]] = {}
    for place, importer, name in _imports():
        root, *rest = name.split(".")
        imported = rest[0] if root == "engine" and rest and rest[0] in TIER else "__init__"
        if root == "cli" or (root == "engine" and imported != importer and name != "engine.__version__"):
            assert TIER[imported] <= TIER[importer], f"{place}: `{importer}` may not import `{name}`"
            if TIER[imported] == TIER[importer]:
                beside.setdefault(importer, set()).add(imported)
    TopologicalSorter(beside).prepare()  # CycleError names the circle


def test_durable_stays_in_the_matcher():
    """Only engine/matcher.py knows durable-rules: its other usages hang, leak or crash."""
    places = [place for place, _, name in _imports() if name.split(".")[0] == "durable"]
    assert all(place.startswith("engine/matcher.py:") for place in places), places
