"""A step in a browser: by mouse, by keyboard alone, without JavaScript, on a narrow screen, without a connection."""

import pytest


def checked_in(page):
    page.get_by_label("On track").check()
    page.get_by_label("Evidence in one sentence").fill("An invented sentence.")
    page.get_by_role("button", name="Check in").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_my_work_to_a_step_that_is_done(house, scripts):
    page = house.of("chloe", scripts=scripts)
    page.goto("/work")
    page.get_by_role("link", name="Check in").click()
    checked_in(page)
    assert page.get_by_role("alert", name="Done").inner_text().startswith("Done")
    assert "An invented sentence." in page.get_by_role("main").inner_text()


SHOWN = """(() => {
  const here = document.activeElement, box = here.getBoundingClientRect(), style = getComputedStyle(here);
  const label = getComputedStyle(here.nextElementSibling || here, "::before");  // of a radio or a checkbox
  return box.width > 0 && [style, label].some(one => one.outlineStyle !== "none" || one.boxShadow !== "none");
})()"""
"""Whether one sees where the keyboard is."""


def test_by_keyboard_alone(house):
    page = house.of("chloe")
    page.goto(f"/cycles/{house.handle()}/steps/check_in")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")
        reached.append(name)
        shown = page.evaluate(SHOWN)
        assert shown, f"nobody sees that {name} is where the keyboard is"
        if name == "v.status":
            page.keyboard.press("Space")
        elif name == "v.sentence":
            page.keyboard.type("An invented sentence.")
        elif name == "Check in":
            page.keyboard.press("Enter")
            break
    page.wait_for_url("**/cycles/*done=*")
    assert reached[0] == "v.status", "the first thing after the skip link is the form"


def test_what_is_typed_is_kept_as_a_draft_by_itself_and_comes_back(house):
    page = house.of("chloe")
    page.goto(f"/cycles/{house.handle()}/steps/check_in")
    page.get_by_label("Evidence in one sentence").fill("Half a sentence")
    page.get_by_text("Kept as your draft at").wait_for()
    page.goto(f"/cycles/{house.handle()}/steps/check_in")
    assert page.get_by_label("Evidence in one sentence").input_value() == "Half a sentence"


def test_what_is_typed_at_once_is_kept_while_the_components_are_still_on_their_way(house):
    page, held = house.of("chloe"), []
    page.route("**/govuk-frontend.js*", lambda route: held.append(route))  # noqa: PLW0108 - no built-in is taken
    page.goto(f"/cycles/{house.handle()}/steps/check_in")
    page.get_by_label("Evidence in one sentence").fill("Typed at once")
    page.get_by_text("Kept as your draft at").wait_for()
    assert held, "they were asked for"
    for route in held:
        route.continue_()


def test_a_lost_connection_is_told_and_nothing_is_lost(house):
    page = house.of("chloe")
    page.goto(f"/cycles/{house.handle()}/steps/check_in")
    page.context.set_offline(True)
    page.get_by_label("Evidence in one sentence").fill("Typed in a corridor")
    page.get_by_text("Not kept: there is no connection").wait_for()
    page.context.set_offline(False)
    page.get_by_text("Kept as your draft at").wait_for()
    page.goto("/work")
    page.goto(f"/cycles/{house.handle()}/steps/check_in")
    assert page.get_by_label("Evidence in one sentence").input_value() == "Typed in a corridor"
    house.complaints.clear()  # that it could not be sent


def test_what_is_wrong_is_where_the_summary_leads(house):
    page = house.of("chloe")
    page.goto(f"/cycles/{house.handle()}/steps/check_in")
    page.get_by_role("button", name="Check in").click()
    page.get_by_text("There is a problem").wait_for()
    summary = page.get_by_role("alert")
    assert "There is a problem" in summary.inner_text()
    summary.get_by_role("link").last.click()
    page.wait_for_function("document.activeElement.name === 'v.sentence'")
