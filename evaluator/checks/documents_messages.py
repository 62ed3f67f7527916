"""The wording of ``evaluator.checks.documents``, and of the errors of the facts that it reads."""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "document.page_limit.met": {
        "fr": "{path} compte {pages:page|pages}, pour {limit} au plus.",
        "en": "{path} counts {pages:page|pages}, {limit} at most are allowed.",
    },
    "document.page_limit.not_met": {
        "fr": "{path} compte {pages:page|pages}, pour {limit} au plus.",
        "en": "{path} counts {pages:page|pages}, {limit} at most are allowed.",
    },
    "document.page_limit.not_met_none": {
        "fr": "Aucun document PDF ou Word correspondant n’a été trouvé dans le dépôt.",
        "en": "No matching PDF or Word document was found in the submission.",
    },
    "document.page_limit.undecided_which": {
        "fr": "Plusieurs documents peuvent être la note attendue : {paths}.",
        "en": "Several documents may be the note that is expected: {paths}.",
    },
    "document.page_limit.undecided_word": {
        "fr": "{path} est un document Word : il compte ici {pages:page|pages}, pour {limit} au plus, mais ce nombre "
        "dépend du logiciel et des polices. Un PDF permettrait de trancher.",
        "en": "{path} is a Word document: it counts {pages:page|pages} here, {limit} at most are allowed, but this "
        "number depends on the software and its fonts. A PDF would settle it.",
    },
    "document.page_limit.met_section": {
        "fr": "Dans {path}, « {sections} » occupe {pages:page|pages}, pour {limit} au plus.",
        "en": "In {path}, “{sections}” takes {pages:page|pages}, {limit} at most are allowed.",
    },
    "document.page_limit.not_met_section": {
        "fr": "Dans {path}, « {sections} » occupe {pages:page|pages} et s’étend sur {spread}, pour {limit} au plus.",
        "en": "In {path}, “{sections}” takes {pages:page|pages} and spreads over {spread}, "
        "{limit} at most are allowed.",
    },
    "document.page_limit.undecided_section": {
        "fr": "Aucun titre de {path} ne contient : {words}. La longueur de cette partie est à vérifier.",
        "en": "No heading of {path} contains: {words}. The length of this part is to be checked by a person.",
    },
    "document.encrypted": {
        "fr": "Le document {path} est protégé par un mot de passe : il ne peut pas être lu.",
        "en": "The document {path} is protected by a password: it cannot be read.",
    },
    "document.broken": {
        "fr": "Le document {path} est abîmé : il ne peut pas être lu.",
        "en": "The document {path} is damaged: it cannot be read.",
    },
    "document.not_a_pdf": {
        "fr": "Le fichier {path} porte le nom d’un PDF mais n’en est pas un.",
        "en": "The file {path} is named as a PDF but is not one.",
    },
    "document.too_large": {
        "fr": "Le document {path} se déplie en trop de données : il n’a pas été lu.",
        "en": "The document {path} unpacks to too much data: it was not read.",
    },
}
