"""Documents made to stop their reader: the file is named, and costs the others nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator import apart, messages, runner
from evaluator.errors import EngineFault, SubmissionFault
from evaluator.limits import MB, JobLimits
from evaluator.results import Cause, Message
from evaluator.runner import CheckRequest, FolderStore, Limits, Report
from tests.evaluator.builders import pdf, pdf_drawn, pdf_of, twice_compressed, write

_LIMITS = Limits(job=JobLimits(wall_seconds=60.0, memory_bytes=700 * MB))
_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
_NOTE = pdf([["# Note", "## 1. Fonction de co\u00fbt", "La fonction de co\u00fbt est d\u00e9crite ici."]])
_BOMB = pdf_drawn(twice_compressed(b"\0", 2048), b"/FlateDecode /FlateDecode")

STOPPED = {"file.too_heavy", "file.stops_reader"}  # the group's limit, or that of the process

# What a PDF can be made of besides: each of them is read, or refused by its name, and stops nothing.
ODD = {
    "objets_imbriqu\u00e9s.pdf": pdf_of(
        _CATALOG, b"<< /Type /Pages /Count 1 /Kids " + b"[" * 50_000 + b"]" * 50_000 + b" >>"
    ),
    "pages_sans_nombre.pdf": pdf_of(_CATALOG, b"<< /Type /Pages /Count 2147483647 /Kids [] >>"),
    "arbre_qui_tourne.pdf": pdf_of(_CATALOG, b"<< /Type /Pages /Count 4 /Kids [2 0 R 2 0 R] /Parent 2 0 R >>"),
    "tronqu\u00e9.pdf": _NOTE[:400],
    "chiffr\u00e9.pdf": pdf_of(
        _CATALOG,
        b"<< /Type /Pages /Count 0 /Kids [] >>",
        b"<< /Filter /Standard /V 1 /R 2 /O (%b) /U (%b) /P -4 >>" % (b"o" * 32, b"u" * 32),
        trailer=b"/Encrypt 3 0 R /ID [(0123456789abcdef) (0123456789abcdef)]",
    ),
    "pile.pdf": pdf_drawn(b"q " * 200_000),
    "page_immense.pdf": pdf_of(
        _CATALOG,
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1e30 1e-30] /Resources << >> >>",
    ),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    """One evaluation of a project that holds a good note, a bomb and whatever is odd."""
    folder = tmp_path_factory.mktemp("hostile")
    root = write(folder / "project", {"note.pdf": _NOTE, "annexe.pdf": _BOMB, **ODD})
    requests = [
        CheckRequest("document.sections", {"topics": ["fonction de co\u00fbt"]}),
        CheckRequest("document.sections", {"topics": ["fonction de co\u00fbt", "d\u00e9rive des donn\u00e9es"]}),
        CheckRequest("document.page_limit", {"max_pages": 2}),
        CheckRequest("document.page_limit", {"max_pages": 2, "document": "annexe.pdf"}),
        CheckRequest("document.evidence", {"words": ["co\u00fbt"]}),
        CheckRequest("slides.present"),
    ]
    store = FolderStore(folder / "store")
    with runner.evaluate(root, requests, limits=_LIMITS, fact_store=store, also=("fingerprints",)) as found:
        yield found


def outcomes(report: Report) -> list[tuple[str, str]]:
    return [(result.finding.message.code, result.finding.outcome.value) for result in report.results]


def test_checks_that_other_documents_answer_still_answer(report: Report) -> None:
    met, undecided, counted, lost, passages, slides = outcomes(report)
    assert met == ("document.sections.met", "met")
    assert undecided == ("document.sections.undecided_unread", "undecided")
    assert counted == ("document.page_limit.met", "met")
    assert lost in {(code, "error") for code in STOPPED}
    assert report.results[3].finding.cause is Cause.CANDIDATE
    assert passages == ("document.evidence.undecided_unread", "undecided")
    assert slides == ("slides.present.undecided_unread", "undecided")


def test_what_was_lost_is_named_by_its_file(report: Report) -> None:
    sentences = [messages.render(result.finding.message) for result in report.results]
    assert "Non trouv\u00e9s\u00a0: d\u00e9rive des donn\u00e9es" in sentences[1]
    for sentence in (sentences[1], *sentences[3:]):
        assert "annexe.pdf" in sentence


def test_every_odd_document_is_read_or_refused_by_name(report: Report) -> None:
    facts = report.facts["documents"]
    assert {_code(facts[path]) for path in ODD} <= {None, "document.broken", "document.encrypted"} | STOPPED
    assert _code(facts["chiffré.pdf"]) == "document.encrypted"
    assert _code(facts["note.pdf"]) is None
    assert facts["note.pdf"]["pages"][0]["attachment"] in report.attachments


def _code(fact: dict[str, dict[str, str] | None]) -> str | None:
    error = fact["error"]
    return error["code"] if error else None


def test_works_are_compared_without_what_was_lost(report: Report) -> None:
    assert {unit["path"] for unit in report.facts["fingerprints"]["units"]} <= {"note.pdf", *ODD}


def test_the_first_stop_names_the_limit() -> None:
    stops = {
        "b/slow.pdf": SubmissionFault("sandbox.timeout", seconds=60.0),
        "a.pdf": SubmissionFault("sandbox.memory", limit=1),
        "aborts.pdf": SubmissionFault("sandbox.killed", signal="SIGABRT"),
    }
    asked: list[str] = []

    def read(path: str, seconds: float) -> None:
        asked.append(path)
        assert 0 < seconds <= apart.SECONDS_ALONE
        if path in stops:
            raise stops[path]

    lost = apart.lost_among([*stops, "good.pdf"], read)
    assert asked == ["a.pdf", "aborts.pdf", "good.pdf", "b/slow.pdf"]
    assert {path: fault["code"] for path, fault in lost.items()} == {
        "a.pdf": "file.too_heavy",
        "aborts.pdf": "file.stops_reader",
        "b/slow.pdf": "file.too_slow",
    }
    for fault in lost.values():
        assert fault["params"]["path"] in messages.render(Message(fault["code"], fault["params"]))


def test_files_that_nobody_had_time_for_are_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_SECONDS_IN_ALL", 0.0)
    lost = apart.lost_among(["a.pdf"], lambda path, seconds: None)
    assert lost == {"a.pdf": {"code": "file.not_reached", "params": {"path": "a.pdf"}}}


def test_our_own_fault_says_nothing_of_a_file() -> None:
    def read(path: str, seconds: float) -> None:
        raise EngineFault("sandbox.host_memory")

    with pytest.raises(EngineFault):
        apart.lost_among(["a.pdf"], read)


def test_texts_past_what_leaves_the_sandbox_are_too_large(tmp_path: Path) -> None:
    from evaluator.facts.documents import extract
    from tests.evaluator.builders import workspace

    page = ["x" * 90] * 30
    root = write(tmp_path, {f"{number}.pdf": pdf([page] * 3) for number in range(3)})
    patched = pytest.MonkeyPatch()
    with patched.context() as context:
        context.setattr("evaluator.facts.documents._TEXT_IN_ALL", 20_000)
        facts = extract(workspace(root))
    assert [_code(fact) for fact in facts.values()] == [None, None, "document.too_large"]
