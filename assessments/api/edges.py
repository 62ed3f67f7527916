"""What the API reads, made sound: bodies by the same rules as pages' forms, pages of lists within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

from certification.edges import LARGEST, Unsound, cleaned_form, read_json, whole_number

MOST = 200
"""Rows of one page of a list."""


class SoundJSONParser(parsers.JSONParser):
    """JSON of bounded depth and numbers, whose texts any column takes; anything else is 400."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return read_json(stream.read())
        except Unsound as error:
            raise ParseError(str(error)) from error


class SoundFormParser(parsers.FormParser):
    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return cleaned_form(super().parse(stream, media_type, parser_context))


class SoundMultiPartParser(parsers.MultiPartParser):
    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        read = super().parse(stream, media_type, parser_context)
        return parsers.DataAndFiles(cleaned_form(read.data), read.files)


class Pages(LimitOffsetPagination):
    """``limit`` from 1 to 200, ``offset`` from 0; what is no such number is 400, and beyond the last row nothing is."""

    def get_limit(self, request: Request) -> int | None:
        return min(self._asked(request, "limit", self.default_limit or MOST, least=1), MOST)

    def get_offset(self, request: Request) -> int:
        return self._asked(request, "offset", 0, least=0)

    def _asked(self, request: Request, name: str, default: int, *, least: int) -> int:
        text = request.query_params.get(name, "")
        number = whole_number(text, largest=LARGEST - MOST) if text else default
        if number is None or number < least:
            raise ParseError(
                _("%(name)s : un nombre entier à partir de %(least)d est attendu.") % {"name": name, "least": least}
            )
        return number
