"""Workbooks looked at before they are opened: bombs, passwords, damage and other formats are refused."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from engine.errors import BadData

MAX_PARTS = 5000
MAX_UNPACKED = 2 << 30  # a full sheet of 30 columns has about 1.5 GB of XML
MAX_RATIO = 200  # sheets pack 5 to 40 times; a bomb 1,000 times
_SMALL = 4 << 20  # what unpacks to less is no bomb, however well it packs
SAVE_AGAIN = "在 Excel 或 WPS 里打开，另存为 .xlsx 再导入"


def guard(path: Path) -> None:
    """BadData unless the file is a whole workbook of a sane size, by what its parts declare.

    Python's reader gives no more than a part declares and then finds its checksum wrong: to declare less
    than there is does not get past this.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if any(part.flag_bits & 1 for part in parts):
                raise BadData(f"{path.name} 加了密码", "去掉密码后再导入")
            if "[Content_Types].xml" not in names:
                raise BadData(f"{path.name} 不是 Excel 工作簿，是压缩包或别的格式", SAVE_AGAIN)
            if "xl/workbook.bin" in names:
                raise BadData(f"{path.name} 是二进制工作簿（.xlsb），不能直接读", SAVE_AGAIN)
            unpacked = sum(part.file_size for part in parts)
            ratio = max(
                (p.file_size / max(p.compress_size, 1) for p in parts if p.file_size > _SMALL), default=0
            )
            if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or ratio > MAX_RATIO:
                raise BadData(
                    f"{path.name} 解开后有 {unpacked >> 20} MB、{len(parts)} 个部件，像压缩炸弹，没有打开",
                    "来源可靠的，另存为 CSV 再导入；不可靠的，不要打开，交信息化部门",
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        if b"<!DOCTYPE" in file.read(1024).replace(b"\0", b""):
                            raise BadData(f"{path.name} 里有不该有的声明（DOCTYPE），没有打开", SAVE_AGAIN)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise BadData(f"{path.name} 已损坏或没有下载完整", "重新下载或导出一次") from error


def has_macros(path: Path) -> bool:
    """Whether a workbook that passed `guard` carries macros."""
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith("vbaProject.bin") for name in archive.namelist())
