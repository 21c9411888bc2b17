"""What people ask of the registry. Names are as written; ids are resolved by the caller."""

from reviewflow.registry.commands.bulk import ImportPeople
from reviewflow.registry.commands.organisations import (
    BeginMembership,
    EndMembership,
    FormPartnership,
    ImportOrganisations,
    LinkOrganisations,
    RegisterOrganisation,
    SucceedOrganisation,
)
from reviewflow.registry.commands.people import (
    ChangePerson,
    DeclareRelationship,
    DelegateAbsence,
    EndAbsence,
    EndRole,
    ForgetPerson,
    GiveRole,
    PersonCommand,
    RecordTraining,
    RegisterPerson,
    WithdrawTraining,
)
from reviewflow.registry.commands.programmes import (
    ChangeProgramme,
    PublishCalendar,
    PublishWorkflow,
    SetUpInstallation,
    SetUpProgramme,
)
from reviewflow.registry.commands.registry_command import RegistryCommand

__all__ = [
    "BeginMembership",
    "ChangePerson",
    "ChangeProgramme",
    "DeclareRelationship",
    "DelegateAbsence",
    "EndAbsence",
    "EndMembership",
    "EndRole",
    "ForgetPerson",
    "FormPartnership",
    "GiveRole",
    "ImportOrganisations",
    "ImportPeople",
    "LinkOrganisations",
    "PersonCommand",
    "PublishCalendar",
    "PublishWorkflow",
    "RecordTraining",
    "RegisterOrganisation",
    "RegisterPerson",
    "RegistryCommand",
    "SetUpInstallation",
    "SetUpProgramme",
    "SucceedOrganisation",
    "WithdrawTraining",
]
