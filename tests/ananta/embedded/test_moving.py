"""A dump is looked at before anything is touched."""

from pathlib import Path

import pytest

from ananta.embedded import moving
from ananta.embedded.errors import EmbeddedError


def test_what_is_no_dump_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    file = tmp_path / "rows.zip"
    file.write_text("no zip", encoding="ascii")
    with pytest.raises(EmbeddedError) as raised:
        moving.restore(tmp_path / "state", file, print)
    assert "no dump" in raised.value.message
    assert not (tmp_path / "state").exists()
