"""The registry's decisions: `decide(command, known)` answers events, or raises `Refused` or `BadInput`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from reviewflow.registry import commands as c
from reviewflow.registry import decide_absence as absence
from reviewflow.registry import decide_bulk as bulk
from reviewflow.registry import decide_organisations as organisations
from reviewflow.registry import decide_partnerships as partnerships
from reviewflow.registry import decide_people as people
from reviewflow.registry import decide_programmes as programmes
from reviewflow.registry.decided import Decided, Events
from reviewflow.registry.known import Known

_DECISIONS: Final[dict[type[c.RegistryCommand], Callable[[Any, Known], Events]]] = {
    c.SetUpInstallation: programmes.set_up_installation,
    c.SetUpProgramme: programmes.set_up_programme,
    c.ChangeProgramme: programmes.change_programme,
    c.PublishCalendar: programmes.publish_calendar,
    c.PublishWorkflow: programmes.publish_workflow,
    c.RegisterOrganisation: organisations.register_organisation,
    c.SucceedOrganisation: organisations.succeed_organisation,
    c.FormPartnership: partnerships.form_partnership,
    c.BeginMembership: partnerships.begin_membership,
    c.EndMembership: partnerships.end_membership,
    c.RegisterPerson: people.register_person,
    c.ChangePerson: people.change_person,
    c.GiveRole: people.give_role,
    c.EndRole: people.end_role,
    c.RecordTraining: people.record_training,
    c.WithdrawTraining: people.withdraw_training,
    c.DeclareRelationship: people.declare_relationship,
    c.DelegateAbsence: absence.delegate_absence,
    c.EndAbsence: absence.end_absence,
    c.ForgetPerson: people.forget_person,
}

_IMPORTS: Final[dict[type[c.RegistryCommand], Callable[[Any, Known], Decided]]] = {
    c.ImportOrganisations: organisations.import_organisations,
    c.LinkOrganisations: organisations.link_organisations,
    c.ImportPeople: bulk.import_people,
}


def explain(command: c.RegistryCommand, known: Known) -> Decided:
    """The decision, with a note on each row where the command is an import."""
    if (importing := _IMPORTS.get(type(command))) is not None:
        return importing(command, known)
    return Decided(_DECISIONS[type(command)](command, known))


def decide(command: c.RegistryCommand, known: Known) -> Events:
    """The events of a command with their streams; none if nothing changes."""
    decided = explain(command, known)
    if decided.stopped is not None:
        raise decided.stopped
    return decided.events
