"""The history read from files alone is the one that git tells, and a broken repository is named, never a crash."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.checks.repository import CHECKS
from evaluator.facts.git import extract

from .builders import git, repository, workspace, write

VERSIONS = CHECKS[0]


def outcome(facts: dict, minimum: int = 3) -> str:
    return VERSIONS.run({"git": facts}, {"minimum": minimum}).outcome.value


@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed with deltas"])
def test_commits_are_those_of_git(packed: bool, tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", 6, packed=packed)
    facts = extract(workspace(folder))
    assert sorted(c["commit"] for c in facts["commits"]) == sorted(git(folder, "rev-list", "HEAD").split())
    assert facts["head"] == git(folder, "rev-parse", "HEAD")
    assert {commit["files"] for commit in facts["commits"]} == {2}
    assert facts["error"] is None
    assert outcome(facts) == "met"
    assert outcome(facts, 7) == "not_met"


def test_author_date_and_subject(tmp_path: Path) -> None:
    commit = extract(workspace(repository(tmp_path, 1)))["commits"][0]
    assert (commit["author"], commit["date"], commit["subject"]) == (
        "Candidate Démo",
        "2026-02-01T10:00:00+01:00",
        "Étape 1",
    )


def test_merges_and_other_branches(tmp_path: Path) -> None:
    folder = repository(tmp_path, 2)
    git(folder, "checkout", "--quiet", "-b", "essai")
    write(folder, {"b.txt": "b"})
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "branche")
    git(folder, "checkout", "--quiet", "main")
    assert extract(workspace(folder))["count"] == 2
    git(folder, "merge", "--quiet", "--no-ff", "--message", "fusion", "essai")
    assert extract(workspace(folder))["count"] == 4


def test_detached_head_and_top_folder(tmp_path: Path) -> None:
    folder = repository(tmp_path / "projet", 3)
    git(folder, "checkout", "--quiet", "--detach", "HEAD~1")
    facts = extract(workspace(tmp_path))
    assert (facts["path"], facts["count"]) == ("projet/.git", 2)


def test_shallow_clone_is_undecided(tmp_path: Path) -> None:
    repository(tmp_path / "source", 5)
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{tmp_path / 'source'}", "clone")
    facts = extract(workspace(tmp_path / "clone"))
    assert (facts["shallow"], facts["count"], facts["error"]) == (True, 1, None)
    assert outcome(facts) == "undecided"


def test_absent_gitfile_and_unborn(tmp_path: Path) -> None:
    absent = extract(workspace(write(tmp_path / "a", {"x.txt": "x"})))
    assert (absent["present"], outcome(absent)) == (False, "undecided")
    pointer = extract(workspace(write(tmp_path / "b", {".git": "gitdir: /etc/somewhere\n"})))
    assert (pointer["error"]["code"], outcome(pointer)) == ("git.gitfile", "undecided")
    unborn = extract(workspace(write(tmp_path / "c", {".git/HEAD": "ref: refs/heads/main\n"})))
    assert (unborn["count"], unborn["error"], outcome(unborn)) == (0, None, "not_met")


@pytest.mark.parametrize("head", ["ref: ../../etc/passwd", "ref: refs/heads/../../x", "nonsense", "0" * 64])
def test_a_head_that_leads_elsewhere_is_refused(head: str, tmp_path: Path) -> None:
    facts = extract(workspace(write(tmp_path, {".git/HEAD": head})))
    assert facts["error"]["code"] in {"git.head_invalid", "git.format_unsupported"}
    assert outcome(facts) == "error"


def test_a_missing_object_is_named_and_the_rest_still_counts(tmp_path: Path) -> None:
    folder = repository(tmp_path, 4)
    oldest = git(folder, "rev-list", "--max-parents=0", "HEAD")
    (folder / ".git/objects" / oldest[:2] / oldest[2:]).unlink()
    facts = extract(workspace(folder))
    assert (facts["count"], facts["error"]["code"]) == (3, "git.object_missing")
    assert (outcome(facts), outcome(facts, 4)) == ("met", "error")


def test_hooks_and_configuration_are_not_run(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", 3)
    witness = tmp_path / "witness"
    write(folder, {".git/config": f"[core]\n\tfsmonitor = touch {witness}\n\tpager = touch {witness}\n"})
    assert extract(workspace(folder))["count"] == 3
    assert not witness.exists()


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, bytes]]:
    """The files of a loose and of a packed repository."""
    found = []
    for packed in (False, True):
        folder = repository(tmp_path_factory.mktemp("seed"), 4, packed=packed)
        paths = [path for path in (folder / ".git").rglob("*") if path.is_file()]
        found.append({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})
    return found


@given(packed=st.booleans(), seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_mutated_repositories_yield_facts(
    packed: bool, seed: int, repositories: list[dict[str, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random(seed)
    files = dict(repositories[packed])
    for name in chance.sample(sorted(files), k=min(4, len(files))):
        data = bytearray(files[name])
        for _ in range(min(len(data), 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        files[name] = bytes(data[: chance.randrange(len(data) + 1)] if chance.random() < 0.3 else data)
    facts = extract(workspace(write(tmp_path_factory.mktemp("mutated"), files)))
    json.dumps(facts)
    assert facts["error"] is None or facts["error"]["code"].startswith(("git.", "file."))
