"""The registers that are known, as tables: which column is read as what. Nothing else of a file is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from reviewflow.registry.cells import CODE, COUNT, ESTABLISHMENT, LAESTAB, UKPRN, URN, Reader, day, name, text


class Column(NamedTuple):
    """A column of a file, under which key it is kept, and how a cell is read."""

    header: str
    key: str
    read: Reader


class Format(NamedTuple):
    """A register. The first column is the URN; `details` are the keys kept with the organisation."""

    name: str
    title: str
    columns: tuple[Column, ...]
    details: tuple[str, ...]
    identities: Callable[[Mapping[str, str]], tuple[tuple[str, str], ...]]


def _pupil_premium(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return ("urn", values["urn"]), ("laestab", values["laestab"])


def _gias(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    code, number = values["la_code"], values["establishment_number"]
    return ("urn", values["urn"]), ("laestab", code + number if code and number else ""), ("ukprn", values["ukprn"])


PUPIL_PREMIUM: Final = Format(
    "pupil-premium",
    "the pupil premium register of schools",
    (
        Column("URN", "urn", URN),
        Column("LAEstab", "laestab", LAESTAB),
        Column("LA", "la_code", CODE),
        Column("Local Authority", "la", text),
        Column("School Name", "name", name),
        Column("School Type", "type", text),
        Column("Parliamentary Constituency", "constituency", text),
        Column("Number of pupils on roll", "pupils", COUNT),
        Column("Number of Primary pupils on roll", "pupils_primary", COUNT),
        Column("Number of Secondary pupils on roll", "pupils_secondary", COUNT),
    ),
    ("la_code", "la", "type", "constituency", "pupils", "pupils_primary", "pupils_secondary"),
    _pupil_premium,
)

GIAS: Final = Format(
    "gias",
    "all establishments of Get Information about Schools",
    (
        Column("URN", "urn", URN),
        Column("LA (code)", "la_code", CODE),
        Column("LA (name)", "la", text),
        Column("EstablishmentNumber", "establishment_number", ESTABLISHMENT),
        Column("EstablishmentName", "name", name),
        Column("TypeOfEstablishment (name)", "type", text),
        Column("EstablishmentTypeGroup (name)", "type_group", text),
        Column("EstablishmentStatus (name)", "status", text),
        Column("OpenDate", "opened", day),
        Column("ReasonEstablishmentClosed (name)", "reason_closed", text),
        Column("CloseDate", "closed", day),
        Column("PhaseOfEducation (name)", "phase", text),
        Column("StatutoryLowAge", "lowest_age", COUNT),
        Column("StatutoryHighAge", "highest_age", COUNT),
        Column("SchoolCapacity", "capacity", COUNT),
        Column("NumberOfPupils", "pupils", COUNT),
        Column("Trusts (name)", "trust", text),
        Column("Federations (name)", "federation", text),
        Column("UKPRN", "ukprn", UKPRN),
        Column("Town", "town", text),
        Column("Postcode", "postcode", text),
        Column("GOR (name)", "region", text),
        Column("DistrictAdministrative (name)", "district", text),
        Column("UrbanRural (name)", "urban_rural", text),
    ),
    (
        "la_code",
        "la",
        "type",
        "type_group",
        "status",
        "opened",
        "reason_closed",
        "closed",
        "phase",
        "lowest_age",
        "highest_age",
        "capacity",
        "pupils",
        "trust",
        "federation",
        "town",
        "postcode",
        "region",
        "district",
        "urban_rural",
    ),
    _gias,
)

FORMATS: Final = (GIAS, PUPIL_PREMIUM)
