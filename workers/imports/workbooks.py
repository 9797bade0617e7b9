"""Spreadsheets through python-calamine: XLSX, XLSM, XLSB, XLS and ODS."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence

from workers.imports.model import BomFileError
from workers.imports.table import Table

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_UNPACKED = 400 * 1024 * 1024
MAX_SHEETS = 50

_DAMAGED_HINT = "Open the file in a spreadsheet program, save it again as .xlsx or .csv, and upload that."
_FORMATS = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}


def zip_format(data: bytes) -> str | None:
    """The spreadsheet format of a zip archive, None for any other archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {info.filename: info.file_size for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as error:
        raise damaged(f"zip archive: {error}") from error
    found = next((fmt for name, fmt in _FORMATS.items() if name in entries), None)
    if found and sum(entries.values()) > MAX_UNPACKED:
        raise BomFileError(
            "bom_too_large",
            f"The workbook unpacks to more than {MAX_UNPACKED // 1024 // 1024} MiB.",
            f"{sum(entries.values())} bytes in {len(entries)} entries",
            "Keep only the sheet with the parts list, without pictures, and upload that.",
        )
    return found


def damaged(detail: str) -> BomFileError:
    """The error for a workbook that does not open."""
    return BomFileError("bom_damaged", "The spreadsheet is damaged and cannot be read.", detail[:300], _DAMAGED_HINT)


def read_workbook(data: bytes) -> list[Table]:
    """The sheets that hold anything, as text, visible ones first."""
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        hidden = {m.name for m in workbook.sheets_metadata if "Hidden" in str(m.visible)}
        names = sorted(workbook.sheet_names[:MAX_SHEETS], key=lambda name: name in hidden)
        return [table for name in names if (table := _table(name, workbook.get_sheet_by_name(name)))]
    except PasswordError as error:
        hint = "Save it without a password and upload that."
        raise BomFileError("bom_unsupported_format", "The workbook has a password.", str(error)[:300], hint) from error
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:  # the reader raises OSError, ValueError and others beside its own
        raise damaged(f"{type(error).__name__}: {error}") from error
    except BaseException as error:  # a panic in the reader is not an Exception
        raise damaged(f"{type(error).__name__}: {error}") from None


def _table(name: str, sheet: object) -> Table | None:
    start = getattr(sheet, "start", None)
    rows: list[Sequence[object]] = sheet.to_python(skip_empty_area=True) if start else []  # type: ignore[attr-defined]
    if not rows or start is None:
        return None
    left = [""] * min(start[1], 100)  # empty columns at the left, so that letters are those a person sees
    return Table([left + [cell_text(cell) for cell in row] for row in rows], first_row=start[0] + 1, name=name)


def cell_text(cell: object) -> str:
    """A cell as a spreadsheet program would show it without a number format."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)
