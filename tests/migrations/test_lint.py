"""The lint configuration: each tool still finds what it is there for."""

import subprocess
from pathlib import Path

import pytest

from ananta.lint import SQL_FOLDERS, checks, run_lints
from ananta.settings import ROOT

STYLE = {
    "CP01": "SELECT 1 AS one;\n",
    "LT02": "select\n  1 as one,\n  2 as two\nfrom public.boms;\n",
    "LT05": f"select '{'x' * 120}' as x;\n",
    "AM05": "select b.name from public.boms as b join public.projects as p on b.project_id = p.id;\n",
}
SAFETY = {
    "require-concurrent-index-creation": "create index boms_name_idx on public.boms (name);\n",
    "changing-column-type": "alter table public.boms alter column name type varchar(10);\n",
    "adding-not-nullable-field": "alter table public.boms alter column name set not null;\n",
    "adding-foreign-key-constraint": (
        "alter table public.boms add constraint boms_x_fkey foreign key (x) references public.x;\n"
    ),
    "ban-drop-column": "alter table public.boms drop column name;\n",
}
GOOD = """\
create or replace function private.twice(value integer) returns integer
language plpgsql immutable set search_path = '' as $$
begin
    return value * 2;
end
$$;
comment on function private.twice(integer) is 'Twice the value';

select
    1 as one,
    b.name
from public.boms as b;
"""


def said(tmp_path: Path, tool: str, text: str) -> str:
    """What a tool, as it is configured, says of a file; nothing when it has no objection."""
    check = next(check for check in checks() if check.name == tool)
    command = [part for part in check.command if not part.endswith(".sql") and part not in SQL_FOLDERS]
    (tmp_path / ".sqlfluff").write_text((ROOT / ".sqlfluff").read_text(encoding="utf-8"), encoding="utf-8")
    target = tmp_path / "planted.sql"
    target.write_text(text, encoding="utf-8")
    done = subprocess.run([*command, str(target)], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode else ""


@pytest.mark.parametrize("rule", STYLE)
def test_style_is_checked(tmp_path: Path, rule: str) -> None:
    assert rule in said(tmp_path, "sqlfluff", STYLE[rule])


def test_good_style_passes(tmp_path: Path) -> None:
    assert not said(tmp_path, "sqlfluff", GOOD)


@pytest.mark.parametrize("rule", SAFETY)
def test_safety_is_checked(tmp_path: Path, rule: str) -> None:
    assert rule in said(tmp_path, "squawk", SAFETY[rule])


def test_a_safe_revision_passes(tmp_path: Path) -> None:
    assert not said(tmp_path, "squawk", "alter table public.boms add column note text;\n")


def test_a_summary_says_what_was_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ananta").mkdir()
    (tmp_path / "ananta" / "bad.py").write_text("import os\n", encoding="utf-8")
    assert run_lints(tmp_path) == 1
    output = capsys.readouterr().out
    assert "F401" in output
    assert "findings" in output
