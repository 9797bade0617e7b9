"""What the worker asks of the child that reads a file: its limits and options, as JSON and back, types checked."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from typing import Any

from workers.imports.model import BomFileError, Mapping, ParseLimits, ParseOptions


@dataclass(frozen=True, slots=True)
class Request:
    """One file to read."""

    path: str
    file_name: str
    limits: ParseLimits
    options: ParseOptions

    @property
    def cpu_seconds(self) -> int:
        return math.ceil(self.limits.seconds)

    def to_json(self) -> bytes:
        """The request as the child reads it."""
        return json.dumps(dataclasses.asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Request:
        """The inverse of `to_json`. Errors: BomFileError for a mapping that is none."""
        content = json.loads(data)
        limits = ParseLimits(**content["limits"])
        return cls(str(content["path"]), str(content["file_name"]), limits, options_of(content["options"]))


def options_of(content: dict[str, Any]) -> ParseOptions:
    """Options from plain JSON. What is remembered but is no mapping is passed over; a given one is checked later."""
    mapping = content.get("mapping")
    if mapping is not None and not isinstance(mapping, dict):
        raise BomFileError("mapping_invalid", "The mapping is no object.", repr(mapping)[:200])
    known = {item.name for item in dataclasses.fields(Mapping)}
    given = Mapping(**{name: value for name, value in mapping.items() if name in known}) if mapping else None
    remembered = content.get("remembered")
    columns = remembered.items() if isinstance(remembered, dict) else ()
    return ParseOptions(given, {shape: value for shape, value in columns if isinstance(value, dict)})
