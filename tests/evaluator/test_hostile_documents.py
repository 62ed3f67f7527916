"""Documents made to stop their reader: the file is named, and costs the others nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evaluator import apart, messages, runner
from evaluator.clock import Clock
from evaluator.errors import EngineFault, SubmissionFault, Unread
from evaluator.facts.base import Fault, FileEntry
from evaluator.facts.models.passport import blank
from evaluator.limits import MB, JobLimits
from evaluator.results import Cause, Message, Outcome
from evaluator.runner import CheckRequest, FolderStore, Limits, Report
from evaluator.sandbox.job import Job, JobResult
from evaluator.sandbox.runner import Sandbox
from tests.evaluator.builders import notebook_slow, pdf, pdf_drawn, pdf_of, pdf_slow, twice_compressed, write

_LIMITS = Limits(job=JobLimits(wall_seconds=60.0, memory_bytes=700 * MB))
_HURRIED = replace(_LIMITS, reading_seconds=2.0)
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


# Material that is slow to read


@pytest.mark.usefixtures("warm_engine")
def test_what_nobody_had_time_to_read_is_undecided_and_named(tmp_path: Path) -> None:
    root = write(tmp_path, {"lente.pdf": pdf_slow(), "lent.ipynb": notebook_slow(), "a.py": "x = 1\n"})
    asked = [
        (CheckRequest("document.page_limit", {"max_pages": 2}), "lente.pdf"),
        (CheckRequest("document.sections", {"topics": ["fonction de co\u00fbt"]}), "lente.pdf"),
        (CheckRequest("notebook.outputs"), "lent.ipynb"),
        (CheckRequest("notebook.executes"), "lent.ipynb"),
    ]
    with runner.evaluate(root, [request for request, _ in asked], limits=_HURRIED, also=("fingerprints",)) as report:
        assert {result.finding.outcome for result in report.results} == {Outcome.UNDECIDED}
        for result, (_, name) in zip(report.results, asked, strict=True):
            assert name in messages.render(result.finding.message)


@pytest.mark.usefixtures("warm_engine")
def test_an_inspection_of_it_tells_what_it_recognised(tmp_path: Path) -> None:
    root = write(tmp_path, {"lente.pdf": pdf_slow(), "lent.ipynb": notebook_slow(), "requirements.txt": "numpy\n"})
    recognised = runner.inspect(root, limits=_HURRIED).recognised
    assert [recognised[kind]["count"] for kind in ("pdf", "notebooks", "requirements")] == [1, 1, 1]


def test_an_inspection_opens_no_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    run = Sandbox.run

    def told(sandbox: Sandbox, job: Job, attachments: Path | None = None) -> JobResult:
        read.extend(job.payload.get("names", []))
        return run(sandbox, job, attachments)

    monkeypatch.setattr(Sandbox, "run", told)
    assert runner.inspect(write(tmp_path, {"annexe.pdf": _BOMB})).recognised["pdf"]["count"] == 1
    assert read
    assert "documents" not in read


# What is read apart, and of what


class Jobs:
    """Reads nothing: a job stops when it opens one of the files ``stops``, by extractor and path. Remembers all."""

    def __init__(self, stops: Mapping[tuple[str, str], SubmissionFault], *paths: str) -> None:
        self.stops = stops
        self.files = [FileEntry(path, 1, path) for path in paths]
        self.read: list[tuple[list[str], list[str]]] = []
        self.tried: list[tuple[str, str]] = []

    def reading(self, seconds: float = 100.0) -> apart.Reading:
        return apart.Reading(self.files, self.read_job, self.try_one, Clock(seconds))

    def read_job(self, names: Sequence[str], lost: Mapping[str, Fault], seconds: float) -> None:
        self.read.append((list(names), list(lost)))
        for name, path in self.stops:
            if name in names and path not in lost:
                raise self.stops[name, path]

    def try_one(self, name: str, entry: FileEntry, seconds: float) -> None:
        self.tried.append((name, entry.path))
        if (name, entry.path) in self.stops:
            raise self.stops[name, entry.path]


MEMORY = SubmissionFault("sandbox.memory", limit=1)
TIMEOUT = SubmissionFault("sandbox.timeout", seconds=1.0)


def test_who_is_read_alone_costs_no_job_for_each_file() -> None:
    jobs = Jobs({("documents", "a.pdf"): MEMORY}, "a.pdf", "b.pdf", "m.pkl", "n.ipynb", "old/m.pkl")
    assert jobs.reading().read(["notebooks", "model_files", "documents", "git"]) == {}
    assert jobs.tried == [("documents", "a.pdf"), ("documents", "b.pdf")]
    assert jobs.read == [
        (["notebooks", "model_files", "documents", "git"], []),
        (["git"], []),
        (["notebooks"], []),
        (["model_files"], []),
        (["documents"], []),
        (["documents"], ["a.pdf"]),
    ]


def test_a_file_that_was_lost_stops_no_other_extractor() -> None:
    stops = {(name, "a.pdf"): MEMORY for name in ("documents", "fingerprints")}
    jobs = Jobs(stops, "a.pdf", "b.pdf")
    assert jobs.reading().read(["documents", "fingerprints"]) == {}
    assert {name for name, _path in jobs.tried} == {"documents"}
    assert jobs.read[-1] == (["fingerprints"], ["a.pdf"])


def test_only_files_that_would_be_read_are_tried() -> None:
    documents = [f"{number:02}.pdf" for number in range(60)]
    jobs = Jobs({("documents", "00.pdf"): MEMORY}, *documents, "venv/b.pdf", "~$b.docx")
    assert jobs.reading().read(["documents"]) == {}
    assert jobs.tried == [("documents", path) for path in documents[:40]]
    models = [f"{number:03}.pkl" for number in range(220)]
    jobs = Jobs({("model_files", "000.pkl"): MEMORY}, *models, "venv/b.pkl")
    assert jobs.reading().read(["model_files"]) == {}
    assert jobs.tried == [("model_files", path) for path in models[:200]]


def test_once_the_time_is_over_files_are_named_and_nothing_is_held_against_anyone() -> None:
    jobs = Jobs({("documents", "a.pdf"): TIMEOUT, ("quality", "a.py"): TIMEOUT}, "a.pdf", "b.pdf", "a.py")
    faults = jobs.reading(0.0).read(["documents", "quality"])
    assert jobs.tried == []
    assert jobs.read[-1] == (["documents"], ["a.pdf", "b.pdf"])
    assert {name: (type(fault), fault.code) for name, fault in faults.items()} == {
        "quality": (Unread, "facts.not_reached")
    }
    jobs.stops = {("fingerprints", "a.py"): TIMEOUT}
    unread = jobs.reading(0.0).read(["fingerprints"])["fingerprints"]
    assert isinstance(unread, Unread)
    assert unread.params["paths"] == ["a.pdf", "b.pdf"]
    assert "a.pdf, b.pdf" in messages.render(unread.message)


def test_a_fault_of_ours_stays_ours() -> None:
    ours = EngineFault("sandbox.host_memory")
    jobs = Jobs({("documents", "a.pdf"): MEMORY}, "a.pdf")

    def refuse(name: str, entry: FileEntry, seconds: float) -> None:
        raise ours

    reading = apart.Reading(jobs.files, jobs.read_job, refuse, Clock(100.0))
    assert reading.read(["documents"]) == {"documents": ours}


def test_the_first_stop_names_the_limit() -> None:
    stops = {
        "b/slow.pdf": SubmissionFault("sandbox.timeout", seconds=60.0),
        "a.pdf": SubmissionFault("sandbox.memory", limit=1),
        "aborts.pdf": SubmissionFault("sandbox.killed", signal="SIGABRT"),
    }
    asked: list[str] = []

    def read(path: str, seconds: float) -> None:
        asked.append(path)
        assert apart.LEAST <= seconds <= 50
        if path in stops:
            raise stops[path]

    lost = apart.lost_among([*stops, "good.pdf"], read, Clock(100.0))
    assert asked == ["a.pdf", "aborts.pdf", "good.pdf", "b/slow.pdf"]
    assert {path: fault["code"] for path, fault in lost.items()} == {
        "a.pdf": "file.too_heavy",
        "aborts.pdf": "file.stops_reader",
        "b/slow.pdf": "file.too_slow",
    }
    for fault in lost.values():
        assert fault["params"]["path"] in messages.render(Message(fault["code"], fault["params"]))


def test_files_that_nobody_had_time_for_are_named_too() -> None:
    lost = apart.lost_among(["a.pdf"], lambda path, seconds: None, Clock(0.0))
    assert lost == {"a.pdf": {"code": "file.not_reached", "params": {"path": "a.pdf"}}}


@pytest.mark.parametrize("code", ["file.too_slow", "file.not_reached"])
def test_a_file_without_time_is_nobodys_error(code: str) -> None:
    error = {"code": code, "params": {"path": "a"}}
    note = {"sha256": "0", "kind": "pdf", "title": "", "count": 0, "pages": [], "error": error}
    for check, params, facts in (
        ("document.page_limit", {"max_pages": 2}, {"documents": {"a": note}}),
        ("model.serialized", {}, {"model_files": {"a": blank("unknown") | {"sha256": "0", "error": error}}}),
    ):
        finding = runner.judge(CheckRequest(check, params), facts).finding
        assert (finding.outcome, finding.message.code) == (Outcome.UNDECIDED, code)


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
