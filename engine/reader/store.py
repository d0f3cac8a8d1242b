"""Files → texts → Library, through a cache: parsing YAML is most of the start-up time."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from engine import model, paths
from engine.errors import NotFound, reason
from engine.model import Finding, Library, Span
from engine.reader.folders import NAMED, Folder, user_folders

LIMIT = 1_000_000  # bytes of one file; the largest real playbook has 20,000
KEPT = 8  # cached models
_SKIPPED = {"sources.yaml", "combinations.yaml"}  # beside the playbooks, but not of this language
_FOLDERS = ("playbooks", "hall", "templates")


def load_library(
    extra: Sequence[Path] = (), *, shipped: bool = True, hall: bool = True, cache: bool = True
) -> Library:
    """Read every playbook there is: shipped ones, the hall's own and its changes, and `extra`.

    `extra` are files or folders; a playbook in them replaces the one of the same id. A file of the
    hall's own folders that is given again stays the hall's. Faults are
    `Library.findings`, never exceptions; a playbook with errors is left out, a hall's change with
    errors is not applied. With `cache`, a model parsed before from the same texts is reused.

    Raises NotFound when a path of `extra` does not exist.
    """
    return load_with_texts(extra, shipped=shipped, hall=hall, cache=cache)[0]


def load_with_texts(
    extra: Sequence[Path] = (), *, shipped: bool = True, hall: bool = True, cache: bool = True
) -> tuple[Library, dict[str, str]]:
    """`load_library` and the texts that it was read from, as `read_files` gives them."""
    texts, findings = _gather(extra, shipped, hall)
    library = parse_texts(texts, cache=cache)
    if findings:
        both = tuple(
            sorted((*library.findings, *findings), key=lambda f: (f.span.file, f.span.line, f.span.column))
        )
        library = msgspec.structs.replace(library, findings=both)
    return library, texts


def read_files(extra: Sequence[Path] = (), *, shipped: bool = True, hall: bool = True) -> dict[str, str]:
    """The texts that `load_library` reads, by name: what a session pins and `parse_texts` takes.

    Names: `playbooks/…` and `templates/…` shipped, `hall/…` and `hall:/…` the hall's own (see
    `folders`), else the path given. Raises NotFound when a path of `extra` does not exist.
    """
    return _gather(extra, shipped, hall)[0]


def parse_texts(texts: Mapping[str, str], *, cache: bool = False) -> Library:
    """Read a library from texts by name (vocabulary, playbooks, changes, document templates).

    Names follow `read_files`; any other name is a file of the layer `file`. Where no template is
    among the texts, the shipped ones are used. Never raises for what the texts contain.
    """
    if not any(name.endswith(".j2") for name in texts):
        texts = {**texts, **dict(_templates([]))}
    file = _cache_file(texts) if cache else None
    if file:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(file.read_bytes(), type=Library)
    from engine.reader.library import parse  # imports yaml and jinja2: 60 ms that the cache spares

    library = parse(texts)
    if file:
        _write(file, msgspec.json.encode(library))
    return library


def locate(name: str) -> Path:
    """Where the file of a finding's span lies on this machine."""
    if name.startswith(NAMED):
        return Path(name.removeprefix(NAMED))
    folder, _, rest = name.partition("/")
    if folder == "hall":
        return paths.hall_playbooks() / rest
    return paths.shipped(folder) / rest if folder in _FOLDERS else Path(name)


# ---- files ------------------------------------------------------------------------------------


def _gather(extra: Sequence[Path], shipped: bool, hall: bool) -> tuple[dict[str, str], list[Finding]]:
    findings: list[Finding] = []
    files: dict[str, Path] = {}
    if shipped:
        files |= {
            f"playbooks/{path.name}": path for path in _yaml_files(paths.shipped("playbooks"), findings)
        }
    own: set[Path] = set()
    if hall:
        for folder in user_folders(findings):
            files |= {f"{folder.prefix}{path.name}": path for path in _own_files(folder, findings)}
        own = {path.resolve() for name, path in files.items() if name.startswith("hall")} if extra else own
    for given in extra:
        if paths.missing(given):
            raise NotFound(f"没有文件 `{given}`", "检查路径")
        for path in _yaml_files(given, findings) if paths.folder(given) else [given]:
            if path.resolve() in own:
                continue  # a change would be made twice
            name = path.as_posix()
            # a relative path must not look like a shipped or hall name
            files[f"./{name}" if name.partition("/")[0] in _FOLDERS else name] = path
    texts = {}
    for name, path in files.items():
        text = _read(name, path, findings)
        if text is not None:
            texts[name] = text
    return texts | dict(_templates(findings)), findings


def _own_files(folder: Folder, findings: list[Finding]) -> list[Path]:
    """The files of a folder of the hall; one that is named must be there."""
    if folder.said is not None:
        help = "检查路径，或先建好这个文件夹"
        if paths.missing(folder.path):
            text = f"没有剧本文件夹 `{folder.path}`"
            findings.append(Finding("error", "no-folder", text, folder.said, help))
            return []
    return _yaml_files(folder.path, findings, folder.said)


def _templates(findings: list[Finding]) -> Iterator[tuple[str, str]]:
    folder = paths.shipped("templates")
    for path in sorted((folder / "documents").glob("*.j2")):
        name = f"templates/documents/{path.name}"
        text = _read(name, path, findings)
        if text is not None:
            yield name, text


def _yaml_files(folder: Path, findings: list[Finding], said: Span | None = None) -> list[Path]:
    try:
        found = sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        fault = _unreadable(str(folder), error, "文件夹")
        findings.append(msgspec.structs.replace(fault, span=said or fault.span))
        return []
    suffixes = (".yaml", ".yml")
    return [
        p for p in found if p.suffix in suffixes and p.name not in _SKIPPED and not p.name.startswith(".")
    ]


def _read(name: str, path: Path, findings: list[Finding]) -> str | None:
    try:
        if not path.is_file():
            raise OSError("不是普通的文件")
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
        if len(data) > LIMIT:
            text = f"文件超过 {LIMIT // 1000} KB，没有读取"
            findings.append(Finding("error", "huge-file", text, Span(name, 1, 1), "分成几个文件"))
            return None
        return data.decode()
    except OSError as error:
        findings.append(_unreadable(name, error))
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        span = Span(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        findings.append(Finding("error", "not-utf8", "文件不是 UTF-8 编码", span, "在编辑器里另存为 UTF-8"))
    return None


def _unreadable(name: str, error: OSError, what: str = "文件") -> Finding:
    why = "这是一个文件，不是文件夹" if isinstance(error, NotADirectoryError) else reason(error)
    text = f"读不了{what}{f' `{name}`' if what != '文件' else ''}：{why}"
    return Finding("error", "unreadable", text, Span(name, 1, 1), f"检查{what}和权限")


# ---- cache ------------------------------------------------------------------------------------


def _cache_file(texts: Mapping[str, str]) -> Path:
    """The cache file of these texts as this reader reads them."""
    digest = hashlib.sha256()
    # a changed reader or model makes every cached model stale: their sources are part of the name
    sources = [Path(model.__file__), *sorted(Path(__file__).parent.glob("*.py"))]
    for path in sources:
        with contextlib.suppress(OSError):
            status = path.stat()
            digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    for name in sorted(texts):
        for part in (name, texts[name]):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(b"%d " % len(data))
            digest.update(data)
    return paths.cache_dir() / "models" / f"{digest.hexdigest()}.json"


def _write(file: Path, data: bytes) -> None:
    """Write beside and rename, so that no reader sees half a file; failure only costs time."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        import tempfile  # only a cache miss writes

        handle, temporary = tempfile.mkstemp(dir=file.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.replace(temporary, file)
        except OSError:
            os.unlink(temporary)
        for old in sorted(file.parent.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            old.unlink()
