"""The process: people, sessions, reference data sets, works, runs, reviews, juries, decisions, documents, journal."""

from assessments.models.decisions import Decision, DecisionLine, Document, DocumentContent
from assessments.models.imports import ReferentialImport
from assessments.models.journal import JournalEntry
from assessments.models.juries import Ballot, Juror, Mark, Sitting, Slot
from assessments.models.lines import Line
from assessments.models.people import Role, User
from assessments.models.probes import Probe, ProbedAddress, ProbeExchange
from assessments.models.references import ReferenceDataset, ReferenceVersion
from assessments.models.reviews import Opinion, Review, ReviewRemark
from assessments.models.runs import CheckResult, EvaluationRun
from assessments.models.sessions import AccessPath, Enrolment, Session
from assessments.models.similarity import Likeness, SubmissionSketch
from assessments.models.works import Bundle, EvidenceFile, Submission, Upload, Work

__all__ = [
    "AccessPath",
    "Ballot",
    "Bundle",
    "CheckResult",
    "Decision",
    "DecisionLine",
    "Document",
    "DocumentContent",
    "Enrolment",
    "EvaluationRun",
    "EvidenceFile",
    "JournalEntry",
    "Juror",
    "Likeness",
    "Line",
    "Mark",
    "Opinion",
    "Probe",
    "ProbeExchange",
    "ProbedAddress",
    "ReferenceDataset",
    "ReferenceVersion",
    "ReferentialImport",
    "Review",
    "ReviewRemark",
    "Role",
    "Session",
    "Sitting",
    "Slot",
    "Submission",
    "SubmissionSketch",
    "Upload",
    "User",
    "Work",
]
