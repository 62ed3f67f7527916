"""A list of people to enrol, held against the accounts that their addresses name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.utils.translation import gettext_lazy as _

from assessments.domain.digests import digest
from assessments.domain.names import same_name
from assessments.models import User
from assessments.services.errors import Refused


@dataclass(frozen=True, slots=True)
class Entrant:
    """Someone to enrol, from a line of a list. ``full_name`` is needed only where the address has no account yet."""

    email: str
    full_name: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class NameDifference:
    """A line that names one person, by an address that names another: ``known`` in its account or in a line above."""

    line: int
    email: str
    given: str
    known: str


class NamesDiffer(Refused):
    """Nobody is enrolled until a person has read the differences: an address may have come into other hands.

    ``seen`` stands for exactly these differences; given back, it says that they were read.
    """

    def __init__(self, differences: Sequence[NameDifference]) -> None:
        super().__init__("entrants.names", _("Des noms diffèrent de ceux des comptes : personne n’a été inscrit."))
        self.differences = differences
        self.seen = digest([asdict(each) for each in differences])


def by_address(entrants: Sequence[Entrant]) -> dict[str, Entrant]:
    """Each address once, in the order of the list: the first of its lines that gives a name, or the first."""
    found: dict[str, Entrant] = {}
    for entrant in entrants:
        address = entrant.email.strip().lower()
        if address not in found or not found[address].full_name:
            found[address] = entrant
    return found


def require_names(entrants: Sequence[Entrant], accounts: Mapping[str, User], seen: str) -> Sequence[NameDifference]:
    """The differences, all at once and already read. Raises NamesDiffer unless ``seen`` stands for them.

    ``accounts``: by address in lower case.
    """
    differences = list(_differences(entrants, accounts))
    if differences:
        refusal = NamesDiffer(differences)
        if refusal.seen != seen:
            raise refusal
    return differences


def _differences(entrants: Sequence[Entrant], accounts: Mapping[str, User]) -> Iterator[NameDifference]:
    first = by_address(entrants)
    for entrant in entrants:
        address, given = entrant.email.strip().lower(), entrant.full_name
        account = accounts.get(address)
        known = account.full_name if account else first[address].full_name
        if given and not same_name(given, known):
            yield NameDifference(entrant.line, address, given, known)
