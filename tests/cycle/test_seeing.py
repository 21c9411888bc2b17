"""Who sees what: nothing that the definition does not allow, and always one's own words."""

from datetime import date

import pytest

from kit.world import VISIT, ready_for_visit
from reviewflow.cycle import commands as cy
from reviewflow.cycle import events as ev
from reviewflow.cycle.seeing import Seeing
from reviewflow.events import Happened, Unsealed
from reviewflow.registry import commands as reg

WHO = ("hanna", "lena", "adele", "otto", "wilma", "rob", "chloe", "sue", "stranger", "mona", "nora")
"""Head, partnership lead, administrator, auditor, reviewer, lead reviewer, champion, supporter, nobody here, programme
manager, and whom the head named as the school lead."""

# One table for all stages: y always, - never, f once feedback is shared, w once the workshop is
# arranged, c with the consent of the headteacher.
TABLE = """
                         hanna lena adele otto wilma rob chloe sue stranger mona nora
status                   y     y    y     y    y     y   y     y   -        y    y
dates                    y     y    y     y    y     y   y     y   -        y    y
people                   y     y    y     y    y     y   y     y   -        y    y
evidence                 y     c    -     -    y     y   w     -   -        -    y
notes                    y     -    -     -    y     y   -     -   -        -    -
opens                    -     -    -     -    -     -   -     -   -        -    -
name_school_lead         y     y    y     -    y     y   -     -   -        -    y
plan_visit               y     y    y     -    y     y   -     -   -        -    y
choose_focus             y     c    -     -    y     y   w     -   -        -    y
start_self_evaluation    -     -    -     -    -     -   -     -   -        -    -
submit_self_evaluation   -     -    -     -    -     -   -     -   -        -    -
schedule_visit           y     y    -     -    y     y   w     -   -        -    y
hold_pre_review_meeting  y     y    -     -    y     y   -     -   -        -    y
start_visit              y     y    -     -    y     y   -     -   -        -    y
share_feedback           f     c    -     -    f     f   w     -   -        -    -
respond_to_feedback      f     c    -     -    f     f   w     -   -        -    -
schedule_workshop        y     y    -     -    -     -   y     -   -        -    -
hold_workshop            y     y    -     -    -     -   y     -   -        -    -
agree_plan               y     y    -     -    -     -   y     y   -        -    -
offer_support            y     y    -     -    -     -   y     y   -        -    -
deliver_support          y     y    -     -    -     -   y     y   -        -    -
report_progress          y     y    -     -    -     -   y     y   -        -    -
check_in                 y     y    -     -    -     -   y     y   -        -    -
review_impact            y     y    -     -    -     -   y     y   -        -    -
postpone                 y     y    y     -    -     -   -     -   -        -    -
resume                   -     -    -     -    -     -   -     -   -        -    -
cancel                   y     y    y     -    -     -   -     -   -        -    -
withdraw                 y     y    y     -    -     -   -     -   -        -    -
close_incomplete         y     y    y     -    -     -   -     -   -        -    -
raise_concern            -     -    y     -    -     -   -     -   -        -    -
"""


def allowed():
    header, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return {(row[0], who): mark for row in rows for who, mark in zip(header, row[1:], strict=True)}


@pytest.fixture
def peopled(world):
    """A visit under way, with a team, a champion and a supporter; and people who have no part."""
    ready_for_visit(world)
    world.person("adele", "administrator", "installation", "installation")
    world.person("otto", "auditor", "programme", "programme")
    world.person("sue", "staff", "birch")
    world.person("stranger", "head", "rowan")
    world.person("mona", "programme_manager", "programme", "programme")
    world.person("nora", "staff", "hazel")
    world.do("name_school_lead", "hanna", school_lead=world.id("nora"))
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    world.assign("improvement_champion", "chloe", "lena")
    world.assign("supporter", "sue", "lena")
    world.clock.set("2026-11-10")
    world.do("start_visit", "rob", attended=[world.id("rob")])
    world.evidence("data", "rob", about="r1")
    return world


def seeing(world, name, *extra: str):
    viewer = world.id(name) if name else None
    assert viewer != name or name is None, f"nobody is called {name}"
    setting, _ = world.engine.options(world.id("cycle"), None)
    with world.knowing() as setting.known:
        return Seeing(setting, viewer, extra)


def consent(world, *what: str, by="hanna", withdraw=False):
    for one in what:
        world.handle(cy.Consent(asked=world.asked(by), cycle=world.id("cycle"), what=one, withdraw=withdraw))


CONSENTED = ("choose_focus", "evidence", "share_feedback", "respond_to_feedback")


def share(world):
    world.clock.set("2026-11-12")
    world.do("share_feedback", "rob", oral_on="2026-11-11", note="So far.")


def arrange(world):
    world.do("schedule_workshop", "chloe", workshop_on="2026-11-20", mode="onsite")


STAGES = {"under way": "y", "feedback shared": "yf", "workshop arranged": "yfw", "with consent": "yfwc"}


@pytest.mark.parametrize("stage", STAGES)
def test_every_item_for_everyone_at_every_stage(peopled, stage):
    marks = STAGES[stage]
    for mark, go_on in (("f", share), ("w", arrange), ("c", lambda world: consent(world, *CONSENTED))):
        if mark in marks:
            go_on(peopled)
    seen = {who: seeing(peopled, who) for who in WHO}
    wrong = [
        (who, item) for (item, who), mark in allowed().items() if seen[who].may(item) is not (mark in marks)
    ]  # fmt: skip
    assert wrong == []


def test_the_table_has_every_item_and_everyone(world):
    world.open("hazel", "lena")
    definition = world.engine.options(world.id("cycle"), None)[0].definition
    items = {"status", "dates", "people", "evidence", "notes", "opens", *definition.steps()}
    assert {item for item, _ in allowed()} == items
    assert {who for _, who in allowed()} == set(WHO)
    assert {item for entry in definition.visible for item in entry.what} <= items


def test_a_field_follows_its_step(peopled):
    assert seeing(peopled, "hanna").may("choose_focus.theme")
    assert not seeing(peopled, "lena").may("choose_focus.theme")
    consent(peopled, "choose_focus")
    assert seeing(peopled, "lena").may("choose_focus.theme")


def test_consent_is_for_what_it_says_and_can_end(peopled):
    consent(peopled, "evidence")
    lena = seeing(peopled, "lena")
    assert lena.may("evidence")
    assert not lena.may("choose_focus")
    consent(peopled, "evidence", withdraw=True)
    assert not seeing(peopled, "lena").may("evidence")


def test_only_the_head_consents(peopled):
    with peopled.refused("not-permitted"):
        consent(peopled, "evidence", by="lena")
    with peopled.bad_input("what"):
        consent(peopled, "notes")


def test_the_operator_sees_all(peopled):
    operator = seeing(peopled, None)
    assert all(operator.may(item) for item, _ in allowed())
    assert operator.anything
    assert operator.people("whoever")
    assert operator.evidence("whoever")
    assert operator.note("whoever")
    assert operator.field("raise_concern", "passed_to", "whoever")
    assert operator.event(act(peopled, "raise_concern", "hanna"))


def test_a_role_that_the_workflow_does_not_define_counts_if_it_is_told(peopled):
    assert not seeing(peopled, "stranger").may("status")
    assert seeing(peopled, "stranger", "auditor").may("status")


def said(world, by):
    return {
        "by": world.id(by), "role": "head", "entered_by": world.id(by), "door": "web",
        "happened": Happened(on=date(2026, 11, 10)), "cause": "test",
    }  # fmt: skip


def act(world, step, by):
    return ev.ActRecorded(**said(world, by), step=step)


@pytest.mark.parametrize(
    ("step", "told_to"),
    [
        ("raise_concern", {"adele"}),
        ("choose_focus", {"hanna", "nora", "wilma", "rob"}),
        ("plan_visit", {"hanna", "nora", "lena", "adele", "wilma", "rob"}),
    ],
)
def test_that_an_act_was_done_is_told_to_those_who_may_see_it(peopled, step, told_to):
    """A headteacher is not told that a concern was passed on: it may be about the headteacher."""
    event = act(peopled, step, "ada")
    assert {who for who in WHO if seeing(peopled, who).event(event)} == told_to


def test_whoever_did_it_is_told(peopled):
    assert seeing(peopled, "sue").event(act(peopled, "raise_concern", "sue"))
    assert seeing(peopled, "stranger").event(act(peopled, "raise_concern", "stranger"))


def test_one_field_is_enough_to_be_told_of_an_act(peopled):
    hanna = seeing(peopled, "hanna")
    definition = hanna.setting.definition
    field = definition.visible[0].model_copy(update={"what": ("raise_concern.passed_to",), "to": ("head",)})
    hanna.setting.definition = definition.model_copy(update={"visible": (field,)})
    assert hanna.event(act(peopled, "raise_concern", "sue"))
    assert not hanna.event(act(peopled, "check_in", "sue"))


def test_transitions_show_in_the_status(peopled):
    taken = ev.TransitionTaken(**said(peopled, "ada"), step="cancel", origin="a", to="b")
    proposed = ev.AgreementGiven(**said(peopled, "ada"), step="agree_plan")
    for event in (taken, proposed):
        assert {who for who in WHO if not seeing(peopled, who).event(event)} == {"stranger"}


def test_the_proposal_of_an_act_is_told_like_the_act(peopled):
    proposed = ev.AgreementGiven(**said(peopled, "ada"), step="raise_concern")
    assert {who for who in WHO if seeing(peopled, who).event(proposed)} == {"adele"}


def test_notes_and_evidence(peopled):
    note = ev.NoteAdded(**said(peopled, "ada"), text=Unsealed("words"))
    evidence = ev.EvidenceAdded(**said(peopled, "ada"), kind="data")
    hears, sees = ("hanna", "wilma", "rob"), ("hanna", "wilma", "rob", "nora")
    assert tuple(who for who in WHO if seeing(peopled, who).event(note)) == hears
    assert tuple(who for who in WHO if seeing(peopled, who).note(peopled.id("ada"))) == hears
    # That there is evidence is status; what it says is not.
    assert {who for who in WHO if not seeing(peopled, who).event(evidence)} == {"stranger"}
    assert tuple(who for who in WHO if seeing(peopled, who).evidence(peopled.id("ada"))) == sees


def ended(world, name, held, school):
    world.handle(
        reg.EndRole(
            asked=world.asked("ada"), person=world.id(name), held=held, held_in=world.id(school),
            held_in_kind="organisation", on=date(2026, 11, 9),
        )
    )  # fmt: skip


def test_whom_a_form_named_sees_nothing_once_they_left_the_school(peopled):
    assert seeing(peopled, "nora").anything
    ended(peopled, "nora", "staff", "hazel")
    assert not seeing(peopled, "nora").anything


def test_the_head_who_named_herself_sees_nothing_once_she_left(world):
    """A form is no way to stay."""
    ready_for_visit(world)
    assert "name_school_lead.school_lead" in seeing(world, "hanna").roles
    world.clock.set("2026-11-10")
    ended(world, "hanna", "head", "hazel")
    assert not seeing(world, "hanna").anything


def test_somebody_from_elsewhere_who_is_named_sees_it_whatever_becomes_of_them_elsewhere(world):
    ready_for_visit(world)
    world.person("olga", "staff", "rowan")
    world.do("name_school_lead", "hanna", school_lead=world.id("olga"))
    world.clock.set("2026-11-10")
    assert seeing(world, "olga").may("evidence")
    ended(world, "olga", "staff", "rowan")
    assert seeing(world, "olga").may("evidence")
    assert not seeing(world, "olga").may("notes")


def test_own_words_stay_visible(peopled):
    lena, me = seeing(peopled, "lena"), peopled.id("lena")
    assert lena.note(me)
    assert lena.evidence(me)
    assert lena.field("choose_focus", "theme", me)
    assert not lena.field("choose_focus", "theme", peopled.id("hanna"))
    assert not lena.note(peopled.id("hanna"))


def test_who_was_asked_sees_that_and_no_more(peopled):
    peopled.person("nina", "staff", "willow", trained=("peer-reviewer",))
    assert not seeing(peopled, "nina").anything
    peopled.offer("peer_reviewer", "nina", "lena")
    nina = seeing(peopled, "nina")
    assert nina.anything
    assert not nina.may("status")
    assert nina.people(peopled.id("nina"))
    assert not nina.people(peopled.id("rob"))
    offer = ev.AssignmentOffered(**said(peopled, "lena"), assigned="peer_reviewer", person=peopled.id("nina"))
    assert nina.event(offer)
    assert not nina.event(offer.model_copy(update={"person": peopled.id("rob")}))


def test_who_said_no_sees_nothing_any_more(peopled):
    peopled.person("nina", "staff", "willow", trained=("peer-reviewer",))
    peopled.offer("peer_reviewer", "nina", "lena")
    peopled.handle(
        cy.DeclineAssignment(
            asked=peopled.asked("nina"), cycle=peopled.id("cycle"), role="peer_reviewer", person=peopled.id("nina")
        )
    )
    assert not seeing(peopled, "nina").anything


def test_who_left_the_team_sees_no_more_of_it(peopled):
    assert seeing(peopled, "wilma").may("notes")
    peopled.leave("peer_reviewer", "wilma")
    assert not seeing(peopled, "wilma").anything


def test_a_head_whose_time_ended_sees_nothing(peopled):
    ended(peopled, "hanna", "head", "hazel")
    assert not seeing(peopled, "hanna").anything


def test_someone_unknown_sees_nothing(peopled):
    setting, _ = peopled.engine.options(peopled.id("cycle"), None)
    with peopled.knowing() as setting.known:
        unknown = Seeing(setting, "nobody")
    assert not unknown.anything
    assert not any(unknown.may(item) for item, _ in allowed())
