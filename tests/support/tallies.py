"""What was tried, for the last lines of a test run."""

import pytest

_lines: list[str] = []


def tally(*lines: str) -> None:
    """Have lines shown at the end of the run."""
    _lines.extend(lines)


def show(reporter: pytest.TerminalReporter) -> None:
    """Show all lines so far, once."""
    if _lines:
        reporter.section("probes and faults", sep="-")
    while _lines:
        reporter.write_line(_lines.pop(0))
