"""What people write, as it is kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.domain.texts import excess
from assessments.services.errors import Refused
from certification.edges import cleaned


def kept(text: str, longest: int) -> str:
    """``text`` without control characters, nor spaces around it.

    Raises Refused("text.too_long", excess=n, longest=n) beyond ``longest`` characters: it is never cut.
    """
    written = cleaned(text).replace("\r\n", "\n").strip()
    too_many = excess(written, longest)
    if too_many:
        sentence = _("Ce texte compte %(excess)d caractère(s) de trop : %(longest)d au plus. Rien n’est effacé.")
        raise Refused("text.too_long", sentence, excess=too_many, longest=longest)
    return written
