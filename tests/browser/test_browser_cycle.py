"""A whole review through the pages alone, by the six people whose work it is: with JavaScript and without."""

import pytest

PEOPLE = ("lena", "hanna", "rob", "wilma", "alan", "chloe")


class Six:
    """Six people, each with a browser of their own."""

    def __init__(self, house, *, scripts: bool) -> None:
        self.house = house
        self.pages = {name: house.of(name, scripts=scripts) for name in PEOPLE}

    def on(self, day):
        self.house.world.clock.set(day)
        for name, page in self.pages.items():
            self.house.sign_in(page, name)

    def at(self, name, path=""):
        page = self.pages[name]
        page.goto(f"/cycles/{self.handle}{path}")
        return page

    def open(self):
        page = self.pages["lena"]
        page.goto("/cycles/open")
        if page.get_by_label("In which partnership?").count():
            page.get_by_role("button", name="Continue").click()
            page.get_by_role("button", name="Check before opening").wait_for()
        schools = page.locator("[name='schools']")
        schools.first.wait_for(state="attached")
        for school in schools.all():
            school.set_checked(school.get_attribute("value") == "hazel")
        page.get_by_label("Year", exact=True).fill("2026-27")
        page.get_by_role("button", name="Check before opening").click()
        page.get_by_role("button", name="Open it").click()
        told(page)
        with self.house.world.knowing() as known:
            [found] = [one.removeprefix("cycle-") for one in known.touching("cycles")]
            self.handle = known.cycle(found).handle
        self.house.world.names["cycle"] = found

    def do(self, name, step, **fields: str | list[str]):
        """From the cycle's page to the form, filled in and sent."""
        page = self.at(name)
        link = f"a[href$='/steps/{step}']"
        if not page.locator(link).first.is_visible():
            page.locator(f"details:has({link}) > summary").first.click()
        page.locator(link).first.click()
        for field, value in fields.items():
            answer(page, f"v.{field.replace('__', '.')}", value)
        page.locator("form[data-keep] button:not([name])").click()
        told(page)

    def sign(self, name, step):
        page = self.pages[name]
        page.goto("/work")
        page.locator(f"a[href$='/sign/{step}']").click()
        page.get_by_role("button", name="Sign: ").click()
        told(page)

    def ask(self, role, name):
        page = self.at("lena", "/team")
        page.locator(f"a[href$='/team/{role}']").click()
        page.get_by_label(f"{name.title()} Madeup").check()
        page.get_by_role("button", name="Ask them").click()
        told(page)
        asked = self.pages[name]
        asked.goto("/work")
        asked.locator(f"a[href$='/offers/{role}']").click()
        asked.get_by_label("Yes").check()
        asked.get_by_role("button", name="Answer").click()
        told(asked)

    def evidence(self, name, kind, text, file=None):
        page = self.at(name, "/evidence")
        page.get_by_label(kind, exact=True).check()
        page.get_by_label("What was seen").fill(text)
        if file is not None:
            page.get_by_label("A file", exact=True).set_input_files(file)
        page.get_by_role("button", name="Add evidence").click()
        told(page)


def answer(page, name, value):
    """Fill in whatever asks for it: a date, a choice, several, a text."""
    page.locator(f"[name='{name}'], [name='{name}.day']").first.wait_for(state="attached")
    if page.locator(f"[name='{name}.day']").count():
        year, month, day = value.split("-")
        for part, number in (("day", day), ("month", month), ("year", year)):
            page.locator(f"[name='{name}.{part}']").fill(number)
        return
    found = page.locator(f"[name='{name}']")
    if found.first.get_attribute("type") in ("radio", "checkbox"):
        for one in value if isinstance(value, list) else [value]:
            page.locator(f"[name='{name}'][value='{one}']").check()
    else:
        found.fill(value)


def told(page):
    """That something was done is told at once."""
    wrong, done = page.locator(".govuk-error-summary, .rf-refused"), page.get_by_role("alert", name="Done")
    wrong.or_(done).first.wait_for()
    assert wrong.count() == 0, wrong.inner_text()


@pytest.mark.parametrize("house", ["people"], indirect=True)
@pytest.mark.parametrize("scripts", [True, False])
def test_a_whole_review_by_six_people(house, scripts, tmp_path):
    six, world = Six(house, scripts=scripts), house.world
    six.on("2026-09-07")
    six.open()
    six.do("lena", "plan_visit", planned_day="2026-11-10")
    six.do("hanna", "choose_focus", focus_areas__1="Pupils' writing")
    six.do("hanna", "name_school_lead", school_lead=world.id("hanna"))
    six.do("hanna", "start_self_evaluation")
    for name in ("rob", "wilma", "alan"):
        six.ask("peer_reviewer", name)
    six.ask("lead_reviewer", "rob")
    paper = tmp_path / "An invented list.txt"
    paper.write_text("An invented line.\n")
    six.evidence("hanna", "Self-evaluation", "An invented sentence.")
    six.evidence("hanna", "List of evidence", "", paper)
    six.do("hanna", "submit_self_evaluation")

    six.on("2026-10-20")
    six.do("lena", "hold_pre_review_meeting")
    six.do("lena", "schedule_visit", first_day="2026-11-10", last_day="2026-11-11", mode="onsite",
           questions__1__question="To what extent do pupils write?", questions__1__theme="looking_inward")  # fmt: skip
    six.sign("hanna", "schedule_visit")

    six.on("2026-11-10")
    six.do("rob", "start_visit", attended=[world.id(one) for one in ("rob", "wilma", "alan")])
    six.evidence("wilma", "Look at pupils' work", "An invented sentence.")
    six.on("2026-11-12")
    six.do("rob", "share_feedback", oral_on="2026-11-11", note="An invented sentence.")
    six.do("hanna", "respond_to_feedback", kind="confirmed")

    six.ask("improvement_champion", "chloe")
    six.do("chloe", "schedule_workshop", workshop_on="2026-11-20", mode="onsite")
    six.on("2026-11-20")
    six.do("chloe", "hold_workshop", attendees="14", attendee_roles=["teacher", "governor"], mode="onsite")
    plan = {"what": "Write daily", "owner_role": "English lead", "measure": "Length", "finding": "An invented one"}
    action = {f"actions__1__{name}": value for name, value in {**plan, "due": "2027-02-01"}.items()}
    six.do("hanna", "agree_plan", support="none", **action)
    six.sign("chloe", "agree_plan")

    six.on("2027-02-02")
    six.do("chloe", "check_in", status="on_track", sentence="An invented sentence.")
    six.on("2027-06-30")
    six.do("lena", "review_impact", outcomes__1__outcome="met", statement="An invented sentence.")
    six.sign("hanna", "review_impact")
    assert house.state() == "completed"
    for name in PEOPLE:
        page = six.pages[name]
        page.goto("/work")
        assert "Nothing waits for you" in page.get_by_role("main").inner_text()
    told_by = {line.event.by for line in records(world)}
    assert told_by == {world.id(name) for name in PEOPLE}
    assert {line.event.door for line in records(world)} == {"web"}


def records(world):
    with world.knowing() as known:
        return known.cycle_records(world.id("cycle"))
