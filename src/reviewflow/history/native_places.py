"""Where a cycle of an export belongs here, and who is who: ids of the other store as ids of this one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, get_args

from reviewflow.cycle.taking_over import NewOrganisation
from reviewflow.errors import Unmet
from reviewflow.history.named import MANY_PEOPLE, PEOPLE, change_form
from reviewflow.history.native_case import NativeCase
from reviewflow.history.native_document import UNREADABLE, Document, change_document
from reviewflow.knowing import Knowing
from reviewflow.registry.decide_organisations import SHARED_SCHEMES
from reviewflow.registry.events import Identity, OrganisationKind
from reviewflow.registry.handles import is_handle
from reviewflow.registry.organisations import Organisation
from reviewflow.workflow.definition import Definition

_KINDS: Final[dict[Any, OrganisationKind]] = {kind: kind for kind in get_args(OrganisationKind)}


class Here(NamedTuple):
    """What the person who imports said of where cycles belong; ids."""

    programme: str | None = None
    partnership: str | None = None


class Located(NamedTuple):
    """A cycle's documents with the ids of this store, and whoever has to be registered first."""

    definition: Definition
    documents: tuple[Document, ...]
    people: dict[str, str]
    organisations: tuple[NewOrganisation, ...]


class Locating:
    """Finds the places of one cycle; what cannot be found gathers in `unmet`."""

    def __init__(self, case: NativeCase, known: Knowing, here: Here) -> None:
        """`case` has no faults."""
        self.case, self.known, self.here = case, known, here
        self.unmet: list[Unmet] = []
        self._organisations: dict[str, str] = {}
        self._new: dict[str, NewOrganisation] = {}

    def located(self) -> Located | None:
        """The cycle as this store would say it; None if something is missing here."""
        opened = self.case.lines[0].document
        definition = self._definition(opened)
        programme = self._programme()
        partnership = self._partnership(programme) if opened.get("partnership") else None
        subject = self._organisation(opened.get("subject"))
        if definition is None:
            return None
        documents = [self._organised(line.document, definition) for line in self.case.lines]
        documents[0] |= {"programme": programme, "subject": subject}
        if partnership is not None:
            documents[0]["partnership"] = partnership
        if self.unmet:
            return None
        people = {
            person: self.case.people.get(person, UNREADABLE)
            for document in documents
            for person in self._people(document, definition)
            if self.known.person(person) is None
        }
        return Located(definition, tuple(documents), people, tuple(self._new.values()))

    def _definition(self, opened: Document) -> Definition | None:
        name, digest = opened.get("workflow"), opened.get("digest")
        published = self.known.workflow(name) if isinstance(name, str) else None
        if published is not None and isinstance(digest, str) and published.document(digest) is not None:
            return self.known.definition(digest)
        edition = f"edition {opened.get('edition')}, digest {str(digest)[:12]}"
        self._miss(
            "not-published",
            f"{name}, {edition}, is not published here; first: reviewflow workflow publish FILE, where it came from: "
            f"reviewflow workflow export {name}",
        )
        return None

    def _programme(self) -> str | None:
        if self.here.programme is not None:
            return self.here.programme
        found = self._by_handle("programme", self.case.programme)
        if found is None:
            called = self.case.programme
            want = f"set it up first: reviewflow programme add NAME --handle {called or 'HANDLE'}; or say --programme"
            self._miss("no-such-programme", f"there is no programme {called or 'named in the file'} here; {want}")
        return found

    def _partnership(self, programme: str | None) -> str | None:
        found = self.here.partnership or self._by_handle("partnership", self.case.partnership)
        folded = self.known.partnership(found) if found else None
        if folded is not None and programme is not None and folded.programme != programme:
            self._miss("no-such-partnership", f"the partnership {folded.handle} here belongs to another programme")
        elif folded is None:
            called = self.case.partnership
            want = f"form it first: reviewflow partnership add NAME --handle {called or 'HANDLE'}; or say --partnership"
            self._miss("no-such-partnership", f"there is no partnership {called or 'named in the file'} here; {want}")
        return found

    def _by_handle(self, kind: str, handle: str) -> str | None:
        streams = self.known.by_handle(handle) if is_handle(handle) else []
        found = [one.removeprefix(f"{kind}-") for one in streams if one.startswith(f"{kind}-")]
        return found[0] if len(found) == 1 else None

    def _organisation(self, one: Any) -> Any:
        """The id here of an organisation there."""
        if not isinstance(one, str):
            return one
        if one not in self._organisations:
            self._organisations[one] = self._find_organisation(one)
        return self._organisations[one]

    def _find_organisation(self, one: str) -> str:
        if self.known.organisation(one) is not None:
            return one
        told = self.case.organisations.get(one, {})
        new = _new_organisation(one, told)
        if new is None:
            self._miss("no-such-organisation", f"the organisation {one} is not known here, nor told of in the file")
            return one
        for identity in new.identities:
            same = self.known.by_identity(identity.scheme, identity.value)
            if len(same) == 1 and identity.scheme not in SHARED_SCHEMES:
                return same[0]
        handled = self._by_handle("organisation", new.handle)
        if handled is None:
            self._new[one] = new
            return one
        folded = self.known.organisation(handled)
        if folded is not None and (other := _another(new, folded)):
            self._miss("another-organisation", f"{new.handle} here is another organisation: {other}")
        return handled

    def _organised(self, document: Document, definition: Definition) -> Document:
        def change(kind: str, one: Any) -> Any:
            return self._organisation(one) if kind == "organisation" else one

        return change_document(document, definition, self.case.step(document), change)

    def _people(self, document: Document, definition: Definition) -> Iterator[str]:
        for name in PEOPLE:
            if isinstance(person := document.get(name), str):
                yield person
        for name in MANY_PEOPLE:
            several = document.get(name)
            yield from (one for one in several if isinstance(one, str)) if isinstance(several, list) else ()
        found: list[str] = []

        def look(kind: str, one: Any) -> Any:
            if kind == "person" and isinstance(one, str):
                found.append(one)
            return one

        step, values = self.case.step(document), document.get("values")
        if step is not None and isinstance(values, dict):
            change_form(definition.fields(step), values, look)
        yield from found

    def _miss(self, code: str, sentence: str) -> None:
        self.unmet.append(Unmet(code, f"{self.case.place}: {sentence}"))


def _new_organisation(one: str, told: Mapping[str, Any]) -> NewOrganisation | None:
    name, handle, kind, identities = (told.get(key) for key in ("name", "handle", "kind", "identities"))
    if not isinstance(name, str) or not isinstance(handle, str) or kind not in _KINDS:
        return None
    if not isinstance(identities, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)  # noqa: PLR2004
        for pair in identities
    ):
        return None
    return NewOrganisation(one, name, handle, _KINDS[kind], tuple(Identity(scheme=s, value=v) for s, v in identities))


def _another(new: NewOrganisation, here: Organisation) -> str | None:
    """What shows that two organisations with one handle are not the same; None if nothing does."""
    for identity in new.identities:
        mine = [i.value for i in here.identities if i.scheme == identity.scheme]
        if mine and identity.value not in mine:
            return f"it has {identity.scheme} {', '.join(mine)}, in the file it is {identity.value}"
    return None
