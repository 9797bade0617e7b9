"""What a person says of a file, found in it: the sheet, the row of the header, the columns of each field."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from workers.imports.cells import clean
from workers.imports.columns.vocabulary import fold
from workers.imports.model import FIELDS, BomFileError, ParseOptions
from workers.imports.table import Header, Table, candidate_rows, completed, find_header, header_texts, is_blank

NO_HEADER = Header(-1, -1, [], 0.0)
_MAX_LISTED = 40
_HINT = "Correct the mapping and send it again."

Fed = dict[str, list[int]]


def header_shape(texts: Sequence[str]) -> str:
    """What the headers of files from one source have in common: SHA-256 over the folded texts; empty without any."""
    folded = [_folded(text) for text in texts]
    while folded and not folded[-1]:
        folded.pop()
    return hashlib.sha256("\x1f".join(folded).encode("utf-8", "replace")).hexdigest() if any(folded) else ""


def check_options(options: ParseOptions) -> None:
    """Refuses what is no mapping at all. Errors: BomFileError `mapping_invalid`."""
    mapping = options.mapping
    if mapping is None:
        return
    if mapping.sheet is not None and not isinstance(mapping.sheet, str):
        raise invalid("The sheet of a mapping is its name.", f"sheet: {mapping.sheet!r}")
    row = mapping.header_row
    if row is not None and (not isinstance(row, int) or isinstance(row, bool) or row < 0):
        raise invalid("The header row of a mapping is the number of a row, or 0 for none.", f"header_row: {row!r}")
    if mapping.columns is not None:
        _check_columns(mapping.columns)


def _check_columns(columns: object) -> None:
    if not isinstance(columns, dict) or not any(columns.values()):
        raise invalid("A mapping names at least one column.", f"columns: {columns!r}")
    for name, keys in columns.items():
        if name not in FIELDS:
            raise invalid(f"There is no field {str(name)[:60]!r}.", f"The fields are {', '.join(FIELDS)}.")
        if not isinstance(keys, list) or not all(isinstance(k, str | int) and not isinstance(k, bool) for k in keys):
            raise invalid(f"The columns of {name!r} are a list of header texts and numbers.", f"{name}: {keys!r}")


def sheet_named(tables: Sequence[Table], name: str) -> Table:
    """The sheet of this name. Errors: BomFileError `mapping_invalid`."""
    for table in tables:
        if table.name == name:
            return table
    for table in tables:
        if table.name is not None and _folded(table.name) == _folded(name):
            return table
    names = [table.name for table in tables if table.name is not None]
    exist = f"The sheets are {_listed(names)}." if names else "The file is text and has no sheets."
    raise invalid(f"There is no sheet {name[:60]!r}.", exist)


def header_in_row(table: Table, number: int) -> Header:
    """The header in this row of the file, whatever it says; 0 for none. Errors: BomFileError `mapping_invalid`."""
    if number == 0:
        return NO_HEADER
    index = number - table.first_row
    last = table.first_row + len(table.rows) - 1
    if not 0 <= index < len(table.rows):
        raise invalid(
            f"There is no row {number} to take the header from.", f"Rows {table.first_row} to {last} hold cells."
        )
    if is_blank(table.rows[index]):
        raise invalid(
            f"Row {number} is blank and cannot be the header.", f"Rows {table.first_row} to {last} hold cells."
        )
    return next(_headers(table, [index]))


def possible_headers(table: Table) -> Iterator[Header]:
    """Each of the first rows as a header, whatever it says."""
    return _headers(table, candidate_rows(table.rows))


def _headers(table: Table, indexes: Iterable[int]) -> Iterator[Header]:
    found = find_header(table)
    for index in indexes:
        if found and found.first == index:
            yield found
        else:
            yield completed(table.rows, Header(index, index, header_texts(table.rows[index]), 0.0))


def header_with(table: Table, columns: dict[str, list[str | int]] | None) -> Header | None:
    """The header among the first rows that has all the texts by which a mapping names columns."""
    wanted = {_folded(clean(key)) for keys in (columns or {}).values() for key in keys if isinstance(key, str)}
    headers = possible_headers(table) if wanted else ()
    return next((header for header in headers if wanted <= {_folded(text) for text in header.texts}), None)


def find_columns(columns: dict[str, list[str | int]], names: list[str], header: Header) -> Fed:
    """The indexes of the columns that a mapping names. Errors: BomFileError `mapping_invalid`."""
    _check_columns(columns)
    fed: Fed = {}
    feeds: dict[int, str] = {}
    for name, keys in columns.items():
        for key in keys:
            index = _index_of(key, name, names, header)
            if feeds.setdefault(index, name) != name:
                text = f"Column {names[index]!r} is given for both {feeds[index]!r} and {name!r}."
                raise invalid(text, "A column feeds one field.")
            if index not in fed.setdefault(name, []):
                fed[name].append(index)
    return {name: indexes for name, indexes in fed.items() if indexes}


def _index_of(key: str | int, name: str, names: list[str], header: Header) -> int:
    if isinstance(key, int):
        if 1 <= key <= len(names):
            return key - 1
        raise invalid(f"There is no column {key} for {name!r}.", f"The columns are 1 to {len(names)}.")
    if key in names:
        return names.index(key)
    wanted = _folded(clean(key))
    for texts in (names, header.texts):
        folded = [_folded(text) for text in texts]
        if wanted and wanted in folded:
            return folded.index(wanted)
    raise invalid(f"There is no column {key[:60]!r} for {name!r}.", f"The columns are {_listed(names)}.")


def _folded(text: str) -> str:
    return " ".join(fold(text).split())


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:_MAX_LISTED])
    return shown + (f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else "")


def invalid(message: str, detail: str) -> BomFileError:
    """The error for a mapping that cannot be: what is wrong with it, and what there is instead."""
    return BomFileError("mapping_invalid", message, detail[:2000], _HINT)
