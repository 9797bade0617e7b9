"""docs/SETTINGS.md and the settings in the code: neither has one that the other lacks, and the defaults are right."""

import re
from enum import Enum
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from ananta.settings import ROOT, Settings
from edge_api.gateway.routing import GatewaySettings
from migrations.settings import MigratorSettings

PAGE = (ROOT / "docs" / "SETTINGS.md").read_text(encoding="utf-8")
NAME = re.compile(r"\bANANTA_[A-Z_]*[A-Z]\b")
SOURCES = [
    *(path for folder in ("ananta", "edge_api", "workers", "migrations") for path in (ROOT / folder).rglob("*.py")),
    ROOT / "bin" / "ananta",
    ROOT / ".ci" / "run",
    ROOT / "tests" / "workers" / "imports" / "test_bom_fuzz.py",
    ROOT / "tests" / "workers" / "test_poison.py",
    ROOT / "tests" / "e2e" / "test_deliveries.py",
    ROOT / "tests" / "e2e" / "test_crashes.py",
]


def rows(section: str) -> dict[str, str]:
    """Variable to default, of one section's table."""
    found = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", PAGE, re.S | re.M)
    assert found, section
    return dict(re.findall(r"^\| `(ANANTA_\w+)` \| ([^|]*?) \|", found[1], re.M))


def variables(model: type[BaseSettings], *, without: type[BaseSettings] | None = None) -> dict[str, str]:
    """Variable to default, of a settings class."""
    inherited = without.model_fields.keys() if without else set()
    return {
        str(field.validation_alias or f"ANANTA_{name.upper()}"): default_of(field)
        for name, field in model.model_fields.items()
        if name not in inherited
    }


def default_of(field: FieldInfo) -> str:
    default = field.default
    if default is None:
        return "none"
    if isinstance(default, Path):
        return f"`{default.relative_to(ROOT)}` in the checkout"
    return f"`{default.value if isinstance(default, Enum) else default}`"


def test_settings_are_on_the_page() -> None:
    assert rows("Every process") == variables(Settings)


def test_settings_of_the_gateway_are_on_the_page() -> None:
    assert rows("Gateway") == variables(GatewaySettings, without=Settings)


def test_settings_of_the_migrations_are_on_the_page() -> None:
    assert rows("Migrations") == variables(MigratorSettings)


def test_what_the_code_reads_besides_is_on_the_page() -> None:
    named = {name for path in SOURCES for name in NAME.findall(path.read_text(encoding="utf-8"))}
    known = variables(GatewaySettings).keys() | variables(MigratorSettings).keys()
    assert rows("Of a single run").keys() == named - known


def test_prose_names_no_unknown_setting() -> None:
    known = set(NAME.findall(PAGE))
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        assert set(NAME.findall(path.read_text(encoding="utf-8"))) <= known, path.name
