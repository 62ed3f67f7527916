"""The process: people, accesses, sessions, works, runs, reviews, juries, decisions, documents, mails, journal."""

from assessments.models.access import AccessEvent, ApiToken
from assessments.models.awards import Award, AwardBasis
from assessments.models.composition import CompositionRule, Employer, Habilitation, JuryProfile
from assessments.models.decisions import Decision, DecisionLine, Document, DocumentContent
from assessments.models.imports import ReferentialImport
from assessments.models.intakes import Intake
from assessments.models.journal import JournalEntry
from assessments.models.juries import Ballot, Juror, JurorDeparture, Leave, Mark, Sitting, Slot
from assessments.models.lines import Line
from assessments.models.mailed_links import LinkPurpose, MailedLink
from assessments.models.mails import OutgoingMail
from assessments.models.people import Role, User
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
    "Award",
    "AwardBasis",
    "Ballot",
    "Bundle",
    "CheckResult",
    "CompositionRule",
    "Decision",
    "DecisionLine",
    "Declaration",
    "DeclaredLink",
    "Document",
    "DocumentContent",
    "EarlyOpening",
    "Employer",
    "Enrolment",
    "EvaluationRun",
    "EvidenceFile",
    "Habilitation",
    "Intake",
    "JournalEntry",
    "Juror",
    "JurorDeparture",
    "JuryProfile",
    "Leave",
    "Likeness",
    "Line",
    "LinkPurpose",
    "MailedLink",
    "Mark",
    "MentorSpan",
    "Opinion",
    "OutgoingMail",
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
    "Session",
    "Sitting",
    "Slot",
    "Submission",
    "SubmissionSketch",
    "Upload",
    "User",
    "Work",
]
