"""docs/asvs.md has a line for each requirement of level 2, and cites nothing that does not exist."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

from certification.embedded import PROJECT

TESTS = PROJECT / "tests"
LINE = re.compile(r"\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|")
TEXT = (PROJECT / "docs" / "asvs.md").read_text()
LINES = [found.groups() for line in TEXT.splitlines() if (found := LINE.fullmatch(line))]
STATES = {"met", "partly", "not met", "n/a"}
# Of the standard's levels 1 and 2, by chapter.
REQUIREMENTS = {
    "1": 27,
    "2": 11,
    "3": 19,
    "4": 10,
    "5": 9,
    "6": 35,
    "7": 18,
    "8": 7,
    "9": 7,
    "10": 29,
    "11": 14,
    "12": 9,
    "13": 13,
    "14": 9,
    "15": 13,
    "16": 16,
    "17": 7,
}


@cache
def functions(path: Path) -> set[str]:
    """The tests that a file defines."""
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def exists(cited: str) -> bool:
    name, _, function = cited.partition("::")
    path = TESTS / name
    return path.is_file() and (not function or function in functions(path))


def test_every_requirement_has_one_line() -> None:
    numbers = [line[0] for line in LINES]
    assert len(numbers) == len(set(numbers))
    assert Counter(number.split(".")[0] for number in numbers) == Counter(REQUIREMENTS)


def test_every_line_has_a_state_and_a_reason() -> None:
    assert [line for line in LINES if line[2] not in STATES or not line[3].strip()] == []
    assert len(LINES) == len([line for line in TEXT.splitlines() if re.match(r"\| \d", line)])


def test_every_test_that_is_cited_exists() -> None:
    cited = {name for line in LINES for name in re.findall(r"`([^`]+)`", line[4])}
    assert len(cited) > 50
    assert sorted(name for name in cited if not exists(name)) == []
