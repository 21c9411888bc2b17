"""Every page in every state that people meet, looked at by axe (WCAG 2.2 A and AA, and its best practices)."""

import re

import pytest

from browser import looking
from browser.house import WIDE, opened
from faults.lengths import LONG
from reviewflow.web.routes import ROUTES
from web.route_examples import NAMED

NOBODY = None
PAGES = [
    (NOBODY, "/sign-in"),
    (NOBODY, "/sign-in/link/anything"),
    (NOBODY, "/nothing-here"),
    ("hanna", "/work"),
    ("bea", "/work"),
    ("hanna", "/cycles/{}"),
    ("lena", "/cycles/{}"),
    ("chloe", "/cycles/{}"),
    ("lena", "/cycles/{}/steps/review_impact"),
    ("rob", "/cycles/{}/steps/start_visit"),
    ("hanna", "/cycles/{}/steps/agree_plan"),
    ("hanna", "/cycles/{}/sign/agree_plan"),
    ("chloe", "/cycles/{}/offers/improvement_champion"),
    ("hanna", "/cycles/{}/evidence"),
    ("hanna", "/cycles/{}/notes"),
    ("lena", "/cycles/{}/team"),
    ("lena", "/cycles/{}/team/improvement_champion"),
    ("hanna", "/cycles/{}/history"),
    ("hanna", "/cycles/{}/history?on.day=11&on.month=11&on.year=2026"),
    ("ada", "/cycles/{}/history/difference?on.day=11&on.month=11&on.year=2026"),
    ("hanna", "/cycles/{}/consent"),
    ("hanna", "/cycles/{}/consent/evidence"),
    ("lena", "/cycles/{}/undo"),
    ("hanna", "/cycles/{}/events/2/correct"),
    ("lena", "/cycles/{}/waive/improvement_champion/other_school"),
]


@pytest.fixture(scope="module")
def looked(made, browser, tmp_path_factory):
    """One house for all pages that are only looked at."""
    with opened(made("acting"), browser, tmp_path_factory.mktemp("looked") / "store") as house:
        pages = {}

        def of(name):
            if name not in pages:
                pages[name] = house.of(name)
            return pages[name]

        yield house, of


@pytest.mark.parametrize(("name", "path"), PAGES)
def test_axe_finds_nothing(looked, name, path):
    house, of = looked
    page = of(name)
    page.goto(path.format(house.handle()))
    assert looking.axe(page) == []


@pytest.mark.parametrize(("name", "step"), [("hanna", "check_in"), ("lena", "review_impact"), ("lena", "postpone")])
def test_axe_finds_nothing_where_something_is_wrong(looked, name, step):
    house, of = looked
    page = of(name)
    page.goto(f"/cycles/{house.handle()}/steps/{step}")
    page.locator("form[data-keep] button:not([name])").click()
    page.get_by_text("There is a problem").wait_for()
    assert looking.axe(page) == []


def addresses(house):
    """Every page of the route table, with things of this house in its address."""
    names = {"person": "hanna", "organisation": "hazel", "partnership": "cluster", "programme": "programme"}
    for line in ROUTES:
        if line.method != "GET" or line.path.startswith(("/api", "/metrics", "/health", "/ready", "/sign-in/service")):
            continue
        values = {**NAMED, "handle": house.handle(), **{part: house.world.id(one) for part, one in names.items()}}
        yield re.sub(r"{(\w+)(?::\w+)?}", lambda found, values=values: str(values[found[1]]), line.path)


EVERYBODY = [("ada", 30), *([("lena", 25), ("hanna", 15)] if LONG else [])]


@pytest.mark.parametrize(("name", "least"), EVERYBODY)
def test_axe_finds_nothing_on_any_page_of_the_route_table(looked, name, least):
    house, of = looked
    page = of(name)
    found, shown = [], 0
    for path in addresses(house):
        if path.endswith("/evidence/7"):
            continue  # a file
        answer = page.goto(path)
        shown += answer.status == 200
        found += [f"{path}: {one}" for one in looking.axe(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path}: {wide} pixels wide"] if wide > WIDE else []
    assert found == []
    assert shown >= least
