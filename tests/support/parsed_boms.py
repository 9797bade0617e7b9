"""A parsed BOM as the child writes it, and read again."""

import json

from workers.imports import ParsedBom
from workers.imports.child import storable
from workers.imports.model import lines_json


def written(bom: ParsedBom) -> tuple[bytes, bytes]:
    """The header and the lines as they leave the child."""
    return storable(json.dumps(bom.header(), ensure_ascii=False)), storable(lines_json(bom.lines))


def reread(bom: ParsedBom) -> ParsedBom:
    """What those who get the two make of them."""
    header, lines = written(bom)
    return ParsedBom.from_dict({**json.loads(header), "lines": json.loads(lines)})
