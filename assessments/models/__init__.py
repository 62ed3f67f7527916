"""The process: people, accesses, sessions, works, runs, reviews, juries, decisions, documents, mails, journal."""

from assessments.models.access import AccessEvent, ApiToken
from assessments.models.awards import Award, AwardBasis
from assessments.models.decisions import Decision, DecisionLine, Document, DocumentContent
from assessments.models.imports import ReferentialImport
from assessments.models.intakes import Intake
from assessments.models.jottings import MarkNote, MotiveDraft, RulingDraft
from assessments.models.journal import JournalEntry
from assessments.models.juries import Ballot, Juror, Mark, Sitting, Slot
from assessments.models.lines import Line
from assessments.models.mailed_links import LinkPurpose, MailedLink
from assessments.models.mails import OutgoingMail
from assessments.models.people import Role, User
from assessments.models.printing import PrintOrder
from assessments.models.probes import Probe, ProbedAddress, ProbeExchange
from assessments.models.references import ReferenceDataset, ReferenceVersion
from assessments.models.reviews import Opinion, Review, ReviewRemark
from assessments.models.runs import CheckResult, EvaluationRun
from assessments.models.sessions import AccessPath, Enrolment, Session
from assessments.models.similarity import Likeness, SubmissionSketch
from assessments.models.works import Bundle, EvidenceFile, Submission, Upload, Work

__all__ = [
    "AccessEvent",
    "AccessPath",
    "ApiToken",
    "Award",
    "AwardBasis",
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
    "Intake",
    "JournalEntry",
    "Juror",
    "Likeness",
    "Line",
    "LinkPurpose",
    "MailedLink",
    "Mark",
    "MarkNote",
    "MotiveDraft",
    "Opinion",
    "OutgoingMail",
    "PrintOrder",
    "Probe",
    "ProbeExchange",
    "ProbedAddress",
    "ReferenceDataset",
    "ReferenceVersion",
    "ReferentialImport",
    "Review",
    "ReviewRemark",
    "Role",
    "RulingDraft",
    "Session",
    "Sitting",
    "Slot",
    "Submission",
    "SubmissionSketch",
    "Upload",
    "User",
    "Work",
]
