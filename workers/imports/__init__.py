"""Reads bill-of-materials files: `parse_in_child` for files of users, `parse_file` for files one trusts."""

from workers.imports.model import BomFileError, LineWarning, ParsedBom, ParsedLine, ParseLimits
from workers.imports.parser import parse_file
from workers.imports.sandbox import parse_in_child

__all__ = ["BomFileError", "LineWarning", "ParseLimits", "ParsedBom", "ParsedLine", "parse_file", "parse_in_child"]
