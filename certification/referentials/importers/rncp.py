"""The open data of France compétences, RNCP and RS, form 4.1, tolerant to form 3: one fiche picked by its number.

The file weighs 470 MB: it is streamed, each fiche forgotten as soon as it is past. The published zip is read as
well, without unpacking it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from certification.referentials.importers.base import Imported, Importer, ImportRefused, Progress, Remark
from certification.referentials.importers.limits import MAX_DEPTH, MB
from certification.referentials.importers.parts import assessment_of, empty_nodes, new_tree
from certification.referentials.importers.splitting import clean, pieces
from certification.referentials.wording import Message, say

KNOWN_VERSION = "4.1"
MAX_BYTES = 2_000 * MB
MAX_FICHE = 200_000  # elements: a fiche has a few hundred, a few thousand with its partners
_NUMBER = re.compile(r"^(RNCP|RS)?\s*0*(\d{1,9})$", re.IGNORECASE)
_TELL = 4 * MB
_TEXTS = {
    "ACTIVITES_VISEES": "target_activities",
    "CAPACITES_ATTESTEES": "attested_abilities",
    "SECTEURS_ACTIVITE": "sectors",
    "TYPE_EMPLOI_ACCESSIBLES": "jobs",
    "OBJECTIFS_CONTEXTE": "context",
    "ETAT_FICHE": "status",
    "ACTIF": "active",
    "TYPE_ENREGISTREMENT": "registration",
    "DATE_DECISION": "decided_on",
    "DATE_EFFET": "effective_on",
    "DATE_FIN_ENREGISTREMENT": "registered_until",
    "DATE_LIMITE_DELIVRANCE": "awarded_until",
    "PREREQUIS_ENTREE_FORMATION": "entry_requirements",
    "PREREQUIS_VALIDATION_CERTIFICATION": "award_requirements",
    "DUREE_VALIDITE": "valid_years",
    "NIVEAU_MAITRISE_COMPETENCES": "mastery",
    "VALIDATION_PARTIELLE": "partial_award",
}
_CODED = (("CODES_NSF", "NSF", "nsf"), ("FORMACODES", "FORMACODE", "formacodes"), ("CODES_ROME", "ROME", "rome"))
_JURIES = ("FI", "CA", "FC", "CQ", "CL", "VAE")


class _Counted:
    """A stream that tells how far it has been read, and how many fiches have gone by: `seen`."""

    def __init__(self, stream: IO[bytes], total: int, progress: Progress) -> None:
        self._stream, self._total, self._progress = stream, total, progress
        self._read = self._told = self.seen = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._read += len(data)
        if self._read - self._told >= _TELL:
            self.tell()
        return data

    def tell(self) -> None:
        self._told = self._read
        self._progress(self._read, self._total, self.seen)


def _read_rncp(path: Path, options: Mapping[str, str], progress: Progress) -> Imported:
    """The fiche that `options["fiche"]` names; the only one of the file when it names none."""
    wanted = _normal(options.get("fiche", ""))
    try:
        with _opened(path) as (stream, total):
            counted = _Counted(stream, total, progress)
            found = _picked(counted, wanted)
            counted.tell()
            return found
    except DefusedXmlException as error:
        declared = f"<!DOCTYPE {str(getattr(error, 'name', ''))[:60]}>"
        raise ImportRefused("entities", say("read.entities"), say("place.element", element=declared)) from error
    except ParseError as error:
        line, column = error.position
        place = say("place.line_column", line=line, column=column)
        raise ImportRefused("unreadable", say("read.xml"), place) from error
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        raise ImportRefused("unreadable", say("read.damaged")) from error
    except (ValueError, LookupError) as error:  # an encoding that the parser does not know
        raise ImportRefused("encoding", say("read.xml_encoding"), say("place.line", line=1)) from error


def _normal(number: str) -> str:
    if not number.strip():
        return ""
    found = _NUMBER.match(number.strip())
    if not found:
        raise ImportRefused("fiche", say("read.fiche_number", number=number[:40]))
    return f"{(found[1] or 'RNCP').upper()}{found[2]}"


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], int]]:
    """The XML and its size: the file itself, or the member of a zip that bears the name of a register."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as stream:
            yield stream, path.stat().st_size
        return
    with zipfile.ZipFile(path) as package:
        members = [
            each
            for each in package.infolist()
            if each.filename.lower().endswith(".xml") and re.search(r"RNCP|RS", each.filename.upper())
        ]
        if len(members) != 1:
            raise ImportRefused("unreadable", say("read.one_xml"))
        if members[0].file_size > MAX_BYTES or members[0].flag_bits & 0x1:
            raise ImportRefused(
                "too_large", say("read.member_inflated"), say("place.text", text=members[0].filename[:200])
            )
        with package.open(members[0]) as stream:
            yield stream, members[0].file_size


def _picked(stream: _Counted, wanted: str) -> Imported:
    found: Imported | None = None
    several: list[str] = []
    version = ""
    for element in _fiches(stream):
        if element.tag == "VERSION_FLUX":
            version = (element.text or "").strip()
            continue
        stream.seen += 1
        number = _said(element, "NUMERO_FICHE").upper()
        if wanted and _same(number, wanted):
            return _fiche(element, version)
        if not wanted:
            several.append(number)
            if len(several) > 1:
                raise ImportRefused("fiche", say("read.fiche_needed"))
            found = _fiche(element, version)
    if found is None:
        raise ImportRefused("fiche", say("read.no_such_fiche", number=wanted) if wanted else say("read.no_fiche"))
    return found


def _same(number: str, wanted: str) -> bool:
    found = _NUMBER.match(number)
    return found is not None and f"{(found[1] or 'RNCP').upper()}{found[2]}" == wanted


def _fiches(stream: Any) -> Iterator[Element]:
    """VERSION_FLUX and the fiches, one by one; what has been yielded is forgotten at the next."""
    depth = elements = 0
    root: Element | None = None
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            root = element if root is None else root
            depth, elements = depth + 1, elements + 1
            if depth > MAX_DEPTH:
                raise ImportRefused("nesting", say("read.nesting", limit=MAX_DEPTH), _element(element))
            if elements > MAX_FICHE:
                raise ImportRefused("too_large", say("read.fiche_too_large", limit=MAX_FICHE), _element(element))
            continue
        depth -= 1
        if depth == 1 and root is not None:
            if element.tag in ("FICHE", "VERSION_FLUX"):
                yield element
            elements = 0
            root.clear()
    if root is not None and root.tag != "FICHES":
        raise ImportRefused("unreadable", say("read.root"), _element(root))


def _element(element: Element) -> Message:
    return say("place.element", element=element.tag[:60])


def _said(element: Element, path: str) -> str:
    return clean(element.findtext(path) or "")


def _fiche(element: Element, version: str) -> Imported:
    number = _said(element, "NUMERO_FICHE")
    remarks: list[Remark] = []
    if not version.startswith(KNOWN_VERSION):
        absent, other = (
            say("look.no_version", known=KNOWN_VERSION),
            say("look.version", version=version, known=KNOWN_VERSION),
        )
        place = say("place.text", text="VERSION_FLUX")
        remarks.append(Remark("", place, "version", other if version else absent))
    tree = new_tree()
    tree["code"] = number.lower()
    tree["edition"] = _said(element, "DATE_DECISION") or _said(element, "DATE_EFFET") or "1"
    tree["title"] = " ".join(_said(element, "INTITULE").split())[:300]
    tree["metadata"] = _metadata(element, number)
    for name in ("INTITULE", "NOMENCLATURE_EUROPE", "CERTIFICATEURS"):
        if element.find(name) is None:
            place = say("place.fiche", fiche=number, element=name)
            remarks.append(Remark("", place, "missing", say("look.element_missing")))
    _blocs(element, number, tree, remarks)
    return Imported(tree, (*remarks, *empty_nodes(tree)))


def _metadata(element: Element, number: str) -> dict[str, Any]:
    found: dict[str, Any] = {"rncp_code": number}
    certifiers = [_said(each, "NOM_CERTIFICATEUR") for each in element.findall("CERTIFICATEURS/CERTIFICATEUR")]
    if any(certifiers):
        found["certifier"] = " ; ".join(name for name in certifiers if name)
    level = re.fullmatch(r"NIV([1-8])", _said(element, "NOMENCLATURE_EUROPE/NIVEAU"))
    if level:
        found["level"] = int(level[1])
    for container, child, name in _CODED:
        codes = [_pair(each) for each in element.findall(f"{container}/{child}")]
        if codes:
            found[name] = codes
    for tag, name in _TEXTS.items():
        text = _said(element, tag)
        if text:
            found[name] = text
    juries = {path.lower(): text for path in _JURIES if (text := _jury(element, path))}
    if juries:
        found["juries"] = juries
    return found


def _pair(element: Element) -> dict[str, str]:
    label = _said(element, "LIBELLE") or _said(element, "INTITULE")
    return {name: text for name, text in (("code", _said(element, "CODE")), ("label", label)) if text}


def _jury(element: Element, path: str) -> str:
    """The jury of an access path in force: a container in form 4, two flat elements before."""
    jury = element.find(f"SI_JURY_{path}")
    if jury is None:
        return ""
    if len(jury):
        return _said(jury, "COMPOSITION") if _said(jury, "ACTIF") == "Oui" else ""
    return _said(element, f"JURY_{path}") if (jury.text or "").strip() == "Oui" else ""


def _blocs(element: Element, number: str, tree: dict[str, Any], remarks: list[Remark]) -> None:
    """The blocs of the fiche itself: those named under CORRESPONDANCES are other fiches' and are not read."""
    seen: set[str] = set()
    for rank, bloc in enumerate(element.findall("BLOCS_COMPETENCES/BLOC_COMPETENCES")):
        path, code = f"blocs[{rank}]", _said(bloc, "CODE")
        place = say("place.bloc", fiche=number, bloc=code or str(rank + 1))
        node: dict[str, Any] = {"code": code} if code else {"key": f"bloc-{rank + 1}"}
        if code in seen:
            node = {"key": f"bloc-{rank + 1}"}
            remarks.append(Remark(path, place, "duplicate", say("look.bloc_code_twice", text=code)))
        seen.add(code)
        node["title"] = " ".join(_said(bloc, "LIBELLE").split()) or f"Bloc {rank + 1}"
        for name in ("CODE", "LIBELLE", "LISTE_COMPETENCES", "MODALITES_EVALUATION"):
            if not _said(bloc, name):
                where = say("place.bloc_element", **place.params, element=name)
                remarks.append(Remark(path, where, "missing", say("look.element_empty")))
        node["competencies"] = _competencies(_said(bloc, "LISTE_COMPETENCES"), path, place, remarks)
        tree["blocs"].append(node)
        modality = _said(bloc, "MODALITES_EVALUATION")
        if modality:
            tree["assessments"].append(assessment_of(modality, node.get("code") or node["key"]))
    if not tree["blocs"]:
        where = say("place.text", text=number)
        tree["competencies"] = _competencies(_said(element, "CAPACITES_ATTESTEES"), "", where, remarks)
        remarks.append(Remark("", where, "no_blocs", say("look.no_blocs"), "info"))


def _competencies(text: str, path: str, place: Message, remarks: list[Remark]) -> list[dict[str, Any]]:
    """The free text of a fiche, cut into competencies that a person must look at."""
    found = []
    prefix = f"{path}." if path else ""
    for rank, piece in enumerate(pieces(text)):
        node: dict[str, Any] = {"code": piece.code} if piece.code else {}
        node["text"] = "\n".join([piece.text, *(f"- {item}" for item in piece.items)])
        found.append(node)
        remarks.append(Remark(f"{prefix}competencies[{rank}]", place, "split", say("look.cut"), "info"))
    return found


IMPORTERS = (Importer("rncp", (".xml", ".zip"), MAX_BYTES, _read_rncp),)
