"""The process: people, accesses, sessions, works, runs, reviews, juries, decisions, documents, mails, journal."""

from assessments.models.access import AccessEvent, ApiToken
from assessments.models.appeals import Appeal
from assessments.models.awards import Award, AwardBasis
from assessments.models.bases import DecisionBasis, DecisionNames
from assessments.models.composition import CompositionRule, Employer, Habilitation, JuryProfile
from assessments.models.decisions import Decision, DecisionLine, Document, DocumentContent
from assessments.models.grids import GridSnapshot, LineCheck, LineFlag, LineState
from assessments.models.imports import ReferentialImport
from assessments.models.intakes import Intake
from assessments.models.jottings import MarkNote, MotiveDraft, RulingDraft
from assessments.models.journal import JournalEntry
from assessments.models.juries import Ballot, Juror, JurorDeparture, Leave, Mark, Sitting, Slot
from assessments.models.lines import Line
from assessments.models.mailed_links import LinkPurpose, MailedLink
from assessments.models.mails import OutgoingMail
from assessments.models.passages import PassageOutcome
from assessments.models.people import Role, User
from assessments.models.planning import Availability, Convocation, Occupation, PlanDraft, Room
from assessments.models.printing import PrintOrder
from assessments.models.probes import Probe, ProbedAddress, ProbeExchange
from assessments.models.references import ReferenceDataset, ReferenceVersion
from assessments.models.reviews import Opinion, Review, ReviewRemark
from assessments.models.runs import CheckResult, EvaluationRun
from assessments.models.seats import Declaration, DeclaredLink, EarlyOpening, Presidency
from assessments.models.sessions import AccessPath, Enrolment, MentorSpan, Session
from assessments.models.similarity import Likeness, SubmissionSketch
from assessments.models.works import Bundle, EvidenceFile, Submission, Upload, Work

__all__ = [
    "AccessEvent",
    "AccessPath",
    "ApiToken",
    "Appeal",
    "Availability",
    "Award",
    "AwardBasis",
    "Ballot",
    "Bundle",
    "CheckResult",
    "CompositionRule",
    "Convocation",
    "Decision",
    "DecisionBasis",
    "DecisionLine",
    "DecisionNames",
    "Declaration",
    "DeclaredLink",
    "Document",
    "DocumentContent",
    "EarlyOpening",
    "Employer",
    "Enrolment",
    "EvaluationRun",
    "EvidenceFile",
    "GridSnapshot",
    "Habilitation",
    "Intake",
    "JournalEntry",
    "Juror",
    "JurorDeparture",
    "JuryProfile",
    "Leave",
    "Likeness",
    "Line",
    "LineCheck",
    "LineFlag",
    "LineState",
    "LinkPurpose",
    "MailedLink",
    "Mark",
    "MarkNote",
    "MentorSpan",
    "MotiveDraft",
    "Occupation",
    "Opinion",
    "OutgoingMail",
    "PassageOutcome",
    "PlanDraft",
    "Presidency",
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
    "Room",
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
