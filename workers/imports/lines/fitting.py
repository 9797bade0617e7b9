"""What of a row is not fitted: all of it, or some of its references."""

from __future__ import annotations

from workers.imports.columns.layout import Layout
from workers.imports.lines import dnp
from workers.imports.lines.partial import named_beside_mark
from workers.imports.lines.references import References, parse_references

# Whether a row is not fitted at all, else which of its references are not.
Fit = tuple[bool, tuple[str, ...]]
_FITTED: Fit = (False, ())
_NOT_FITTED: Fit = (True, ())

_MARKS = ("DNP", "DNI", "DNF", "DNL", "DNM", "(DNP)", "(DNI)", "NOPOP", "D.N.P.")
_MOST_OF_SHORT_NOTE = 20
_WITH_CONTACTS = ("S", "K", "RL", "RY", "BTN", "PB")
_BARE_MARKS = frozenset({form for mark in _MARKS for form in (mark, mark.lower(), mark.capitalize())})


class FitReader:
    """Reads the marks of rows by the layout, whose columns are looked up once."""

    def __init__(self, layout: Layout) -> None:
        single, several = layout.single, layout.several
        self._own, self._fitted = several.get("dnp", ()), several.get("fitted", ())
        self._values, self._yes_no = several.get("value", ()), layout.yes_no
        self._notes = several.get("notes", ())
        self._prose = (*several.get("description", ()), *self._notes)
        self._phrases = layout.phrases
        self._variants = {column.index for column in layout.variants}
        number = layout.parts[0].index if layout.parts else single.get("mpn")
        self._numbers = () if number is None else (number,)
        self._quantities = (single["quantity"],) if "quantity" in single else ()
        self._texts = (*self._values, *self._quantities, *self._numbers, *self._prose)

    def read(self, written: list[str], filled: list[str], references: References) -> Fit:
        """The marks of a row; `filled` are those of its cells that are not empty, without spaces around them."""
        listed: list[str] = []
        marked = self._in_columns(written, listed)
        if self._notes:
            marked += [written[i] for i in self._notes if i < len(written) and _is_short_note(written[i], references)]
        if dnp.may_be_marked(" | ".join([written[i] for i in self._texts if i < len(written)])):
            marked += self._in_texts(written)
        marked += [cell for i in self._phrases if i < len(written) and dnp.is_phrase(cell := written[i])]
        if not _BARE_MARKS.isdisjoint(filled):
            marked += [
                c for i, cell in enumerate(written) if i not in self._variants and (c := cell.strip()) in _BARE_MARKS
            ]
        if not marked and not listed and not references.not_fitted:
            return _FITTED
        own = set(references.names)
        named = own.intersection(references.not_fitted)
        for cell in listed:
            named |= own.intersection(parse_references(cell).names)
        for cell in marked:
            mentioned = _mentioned(cell, own) if len(own) > 1 else None
            if not mentioned:
                return _NOT_FITTED
            named |= mentioned
        return (False, tuple(n for n in references.names if n in named)) if not named or named < own else _NOT_FITTED

    def _in_columns(self, written: list[str], listed: list[str]) -> list[str]:
        """The marked cells of the columns that are there for marks, and of the values."""
        found: list[str] = []
        count = len(written)
        for i in self._own:
            if i < count and (cell := written[i]):
                if dnp.in_own_column(cell):
                    found.append(cell)
                elif _lists_references(cell):
                    listed.append(cell)
        for i in self._fitted:
            if i < count and (cell := written[i]) and dnp.in_fitted_column(cell, is_yes_no=i in self._yes_no):
                found.append(cell)
        for i in self._values:
            if i < count and (cell := written[i]) and dnp.is_abbreviated(cell.strip()):
                found.append(cell)
        return found

    def _in_texts(self, written: list[str]) -> list[str]:
        """The cells that say so in words or by a mark among other things."""

        def cells(columns: tuple[int, ...]) -> list[str]:
            return [written[i] for i in columns if i < len(written)]

        found = [cell for cell in cells((*self._values, *self._quantities)) if dnp.in_value(cell)]
        found += [cell for cell in cells(self._numbers) if dnp.in_part_number(cell.strip())]
        return found + [cell for cell in cells(self._prose) if dnp.in_prose(cell)]


def unmarked_columns(rows: list[list[str]], layout: Layout) -> list[int]:
    """Columns named Fitted and the like where many rows have a mark and nothing else stands: a blank says no there.

    Of fewer marks than a third of the rows it is likelier that somebody began to tick them off.
    """
    found = []
    for column in layout.several.get("fitted", ()):
        said = [text for row in rows if column < len(row) and (text := row[column].strip())]
        if 3 * len(said) >= len(rows) > len(said) and all(dnp.is_plain_yes(text) for text in said):
            found.append(column)
    return found


def _is_short_note(cell: str, references: References) -> bool:
    """`NC` as the whole note; of a switch or a relay it is the contact that is closed."""
    if not 1 < len(cell) < _MOST_OF_SHORT_NOTE or not dnp.is_abbreviated_note(cell.strip()):
        return False
    return references.is_certain and not any(name.upper().startswith(_WITH_CONTACTS) for name in references.names)


def _mentioned(cell: str, names: set[str]) -> set[str]:
    """The references that a cell with a mark speaks of: `DNP: R4, R5`."""
    return named_beside_mark(cell, names) if any(c.isdecimal() for c in cell) else set()


def _lists_references(cell: str) -> bool:
    """`R4, R5` in a column named DNP."""
    has_both = any(c.isdecimal() for c in cell) and any(c.isalpha() for c in cell)
    return has_both and parse_references(cell).is_certain
