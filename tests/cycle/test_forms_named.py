"""Who and what a form names by id is stored in the clear: only what is registered may stand there."""

import pytest

from kit.world import VISIT, ready_for_visit
from reviewflow.cycle.steps import read_values
from reviewflow.workflow.definition import FormField


def test_a_person_who_is_not_registered_is_told(world):
    world.open("hazel", "lena")
    with world.bad_input("school_lead"):
        world.do("name_school_lead", "hanna", school_lead="Hanna Madeup")


def test_so_is_one_in_a_list(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    world.clock.set("2026-11-10")
    with world.bad_input("attended[2]", "attended[3]"):
        world.do("start_visit", "rob", attended=[world.id("rob"), "Wilma Madeup", world.id("hazel")])


@pytest.mark.parametrize(("kind", "known"), [("person", "rob"), ("organisation", "hazel")])
def test_so_is_one_in_a_column(world, kind, known):
    world.open("hazel", "lena")
    setting, _ = world.engine.options(world.id("cycle"), None)
    column = {"type": kind, "optional": True}
    form = {"rows": FormField.model_validate({"type": "rows", "columns": {"who": column, "else": column}})}
    forms = {**setting.definition.forms, "focus": form}
    setting.definition = setting.definition.model_copy(update={"forms": forms})
    given = [{"who": world.id(known)}, {"who": "nobody", "else": world.id(known)}, {"else": "nothing"}]
    with world.knowing() as setting.known:
        values, faults = read_values(setting, "choose_focus", {"rows": given})
    assert [row["id"] for row in values["rows"]] == ["r1", "r2", "r3"]
    assert [(f.where, f.got) for f in faults] == [("rows[2].who", "'nobody'"), ("rows[3].else", "'nothing'")]


def test_a_year_is_a_year_and_nothing_after_it(world):
    for year in ("2026\n", "26", "2026-2027", "٢٠٢٦", "2026-27 ", "this year"):
        with world.bad_input("year"):
            world.open("hazel", "lena", year=year)
