"""What a command was given, checked: all faults are gathered, then raised together."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, get_args

from reviewflow.errors import BadInput, Fault, Refused, Unmet
from reviewflow.registry.cells import LAESTAB, UKPRN, URN, BadCell
from reviewflow.registry.events import INSTALLATION, ScopeKind
from reviewflow.registry.handles import candidates, is_handle, settle
from reviewflow.registry.known import Known
from reviewflow.registry.names import objection, objection_to_name, shown, tidy
from reviewflow.registry.organisations import Organisation
from reviewflow.registry.partnerships import Partnership
from reviewflow.registry.people import Person
from reviewflow.registry.programmes import Programme

_EMAIL: Final = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_VALUE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,63}", re.ASCII)
_SCHEMES: Final = {"urn": URN, "laestab": LAESTAB, "ukprn": UKPRN}
_LONGEST_EMAIL: Final = 254
_LONGEST_NOTE: Final = 10_000


class Given:
    """Gathers the faults of one command; the readers answer the tidied value."""

    def __init__(self, what: str) -> None:
        """`what` names the command in the error."""
        self._what = what
        self._faults: list[Fault] = []

    def fault(self, where: str, got: str, want: str) -> None:
        """One more fault."""
        self._faults.append(Fault(where, shown(got), want))

    def check(self) -> None:
        """Raise `BadInput` if there was any fault."""
        if self._faults:
            raise BadInput(self._what, self._faults)

    def name(self, where: str, text: str) -> str:
        """A name on one line."""
        tidied = tidy(text)
        if wrong := objection_to_name(tidied):
            self.fault(where, text, f"expected {wrong}")
        return tidied

    def email(self, where: str, text: str | None) -> str | None:
        """An e-mail address, or None."""
        if text is None:
            return None
        tidied = tidy(text)
        if len(tidied) > _LONGEST_EMAIL or not _EMAIL.fullmatch(tidied) or objection(tidied):
            self.fault(where, text, "expected an e-mail address")
        return tidied

    def note(self, where: str, text: str, *, needed: bool = False) -> str:
        """Free text; line ends are allowed."""
        lines = [tidy(line) for line in text.replace("\r\n", "\n").split("\n")]
        for line in lines:
            if wrong := objection(line, _LONGEST_NOTE):
                self.fault(where, line, f"expected {wrong}")
        whole = "\n".join(lines).strip()
        if needed and not whole:
            self.fault(where, text, "expected a reason")
        return whole

    def handle(self, handle: str | None) -> None:
        """A handle, if one is given."""
        if handle is not None and not is_handle(handle):
            self.fault("handle", handle, "expected small letters and digits with single hyphens, at most 60")

    def identity(self, scheme: str, value: str) -> None:
        """An identifier of a register."""
        if not _SCHEME.fullmatch(scheme):
            self.fault("identity", scheme, "expected a scheme such as urn: small letters, digits, hyphens")
        if scheme in _SCHEMES:
            try:
                _SCHEMES[scheme](value)
            except BadCell as error:
                self.fault(scheme, value, f"expected {error.want}")
        if not _VALUE.fullmatch(value):
            self.fault(scheme, value, "expected letters, digits, dots, hyphens and slashes, at most 64")

    def period(self, since: date, until: date | None, where: str = "until") -> None:
        """Two days in order."""
        if until is not None and until < since:
            self.fault(where, str(until), f"expected a day not before {since}")

    def person(self, known: Known, person_id: str, where: str = "person") -> Person | None:
        """A person who is registered, forgotten or not."""
        found = known.person(person_id)
        if found is None:
            self.fault(where, person_id, "expected a person who is registered")
        return found

    def organisation(self, known: Known, organisation_id: str, where: str = "organisation") -> Organisation | None:
        """An organisation that is registered."""
        found = known.organisation(organisation_id)
        if found is None:
            self.fault(where, organisation_id, "expected an organisation that is registered")
        return found

    def partnership(self, known: Known, partnership_id: str, where: str = "partnership") -> Partnership | None:
        """A partnership that was formed."""
        found = known.partnership(partnership_id)
        if found is None:
            self.fault(where, partnership_id, "expected a partnership that was formed")
        return found

    def programme(self, known: Known, programme_id: str, where: str = "programme") -> Programme | None:
        """A programme that was set up."""
        found = known.programme(programme_id)
        if found is None:
            self.fault(where, programme_id, "expected a programme that was set up")
        return found

    def scope(self, known: Known, where: str, kind: ScopeKind, scope_id: str) -> None:
        """A place where a role is held, or an owner of calendars."""
        if kind not in get_args(ScopeKind):
            # A door that does not keep to the types must not get past the permission table.
            self.fault(where, kind, f"expected one of {', '.join(get_args(ScopeKind))}")
        match kind:
            case "organisation":
                self.organisation(known, scope_id, where)
            case "partnership":
                self.partnership(known, scope_id, where)
            case "programme":
                self.programme(known, scope_id, where)
            case "installation":
                if scope_id != INSTALLATION:
                    self.fault(where, scope_id, f"expected {INSTALLATION}")


def living(what: str, person: Person | None) -> Person:
    """The person, unless forgotten: nothing more is recorded about them."""
    assert person is not None
    if person.forgotten:
        sentence = f"{person.id} was forgotten on {person.forgotten_on}; nothing more is recorded about them"
        raise Refused(what, [Unmet("forgotten", sentence)])
    return person


def free_handle(
    what: str, known: Known, handle: str | None, name: str, place: str = "", number: str = "", kind: str = "school"
) -> str:
    """The handle asked for, `Refused` if it is taken; else one made from the name."""
    if handle is None:
        return settle([candidates(name, place, number, kind)], lambda tried: bool(known.by_handle(tried)))[0]
    if there := known.by_handle(handle):
        raise Refused(what, [Unmet("handle-taken", f"{handle} is the handle of {', '.join(there)}")])
    return handle
