"""What an Office file may hold before it is opened: sizes, no macro, no encryption."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml import sax
from defusedxml.common import DefusedXmlException

from certification.referentials.importers.base import ImportRefused
from certification.referentials.wording import say

MB = 1_000_000
MAX_MEMBERS = 2_000
MAX_MEMBER = 60 * MB
MAX_TOTAL = 120 * MB
MAX_RATIO = 400
RATIO_FROM = 1 * MB  # a small member compresses as well as it likes
MAX_DEPTH = 60
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refuse_dangerous_package(path: Path, needed: str) -> None:
    """Refuse what is no Office package holding the member `needed`, or one that could harm; reads no content."""
    with path.open("rb") as stream:
        head = stream.read(8)
    if head == _OLE:
        raise ImportRefused("encrypted", say("read.office_encrypted"))
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ImportRefused("unreadable", say("read.no_office")) from error
    if len(members) > MAX_MEMBERS:
        raise ImportRefused("too_large", say("read.too_many_members", limit=MAX_MEMBERS))
    for member in members:
        _refuse_member(member)
    if sum(member.file_size for member in members) > MAX_TOTAL:
        raise ImportRefused("too_large", say("read.inflated", limit=MAX_TOTAL // MB))
    if needed not in {member.filename for member in members}:
        raise ImportRefused("unreadable", say("read.member_missing"), say("place.text", text=needed))


def _refuse_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    place = say("place.text", text=name[:200])
    if member.flag_bits & 0x1:
        raise ImportRefused("encrypted", say("read.member_encrypted"), place)
    if name.lower().endswith("vbaproject.bin"):
        raise ImportRefused("macros", say("read.macros"), place)
    inflated = member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * max(member.compress_size, 1)
    if member.file_size > MAX_MEMBER or inflated:
        raise ImportRefused("too_large", say("read.member_inflated"), place)


def refuse_dangerous_xml(path: Path) -> None:
    """Walk every XML member of a package that `refuse_dangerous_package` let through, building nothing.

    Refuses declared types and entities, nesting beyond MAX_DEPTH, and XML cut short or mis-encoded.
    """
    with zipfile.ZipFile(path) as package:
        for member in package.infolist():
            if member.filename.lower().endswith((".xml", ".rels")):
                _walk(package, member.filename)


def _walk(package: zipfile.ZipFile, name: str) -> None:
    try:
        with package.open(name) as stream:
            sax.parse(stream, _Depth(name), forbid_dtd=True)
    except DefusedXmlException as error:
        raise ImportRefused("entities", say("read.entities"), say("place.text", text=name)) from error
    except SAXParseException as error:
        place = say("place.member_line", member=name, line=error.getLineNumber())
        raise ImportRefused("unreadable", say("read.xml"), place) from error


class _Depth(ContentHandler):
    """Counts how deep the elements stand in one another."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name, self._depth = name, 0

    def startElement(self, name: str, attrs: object) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            place = say("place.member_element", member=self._name, element=name[:60])
            raise ImportRefused("nesting", say("read.nesting", limit=MAX_DEPTH), place)

    def endElement(self, name: str) -> None:
        self._depth -= 1
