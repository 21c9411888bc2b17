"""States that nobody asks for: forms sent back, troubles, signed out, long texts; and every page on a narrow screen."""

import re

import pytest

from browser import looking
from browser.house import NARROW, opened
from faults.lengths import LONG
from reviewflow.errors import StoreUnreachable, StreamMoved
from reviewflow.web.routes import PAGES
from web.route_examples import NAMED

POSTING = """([path, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    [input.type, input.name, input.value] = ["hidden", name, value];
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""
"""What a browser sends when somebody presses the button of a form; the page's own scripts have no part in it."""

THINGS = {"person": "chloe", "organisation": "hazel", "partnership": "cluster", "programme": "programme"}
BY_ADA = ("/administration", "/account/tokens")
BY_LENA = ("/cycles/open", "/cycles/{handle}/team", "/cycles/{handle}/undo", "/cycles/{handle}/waive", "/history")
OUT = ("/sign-out", "/sign-in/service")


def address(house, line):
    """One line of the route table, with things of this house in it."""
    values = {**NAMED, "handle": house.handle(), **{part: house.world.id(one) for part, one in THINGS.items()}}
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: str(values[found[1]]), line.path)


def lines(method):
    """The pages of the route table that a browser shows."""
    left_out = ("/metrics", "/health", "/ready", *OUT)
    return [line for line in PAGES if line.method == method and not line.path.startswith(left_out)]


def sent(page, path, **fields: str):
    """The page that answers a form which was sent."""
    if page.url == "about:blank" or not page.locator("main").count():
        page.goto("/help")
    with page.expect_navigation() as answer:
        page.evaluate(POSTING, [path, fields])
    page.locator("main").wait_for()
    return answer.value


def who_fills_in(line):
    if line.path.startswith(BY_ADA):
        return "ada"
    return "lena" if line.path.startswith(BY_LENA) else "hanna"


@pytest.fixture(scope="module")
def tried(made, browser, tmp_path_factory):
    """A house for what is sent: some of it is done."""
    with opened(made("acting"), browser, tmp_path_factory.mktemp("tried") / "store") as house:
        pages = {name: house.of(name) for name in ("ada", "lena", "hanna")}
        yield house, pages


BAD = """<style>
  .cut { height: 10px; overflow: hidden } .last { order: 2 } .moving { animation: x 2s infinite }
  .pale { color: #bbb; background: #fff } a { font-size: 9px }
</style>
<title>No such title</title><h1>One</h1><h1>Two</h1><nav><a id="a" href="#x">Small</a></nav><p id="a" class="cut">Cut
<br>off</p><div style="width: 700px">Wide</div><div style="display: flex"><p class="last">Last</p></div>
<p class="moving pale" tabindex="3">Pale</p><div class="govuk-error-summary"><a href="#nowhere">Wrong</a></div>"""


def test_what_is_looked_for_is_found(browser):
    page = browser.new_page(viewport={"width": NARROW, "height": 600})
    page.set_content(BAD)
    found = "\n".join(looking.built(page))
    for one in ("2 h1", "no lang", "title", "main", "nav", "tabindex", "id twice: a", "#nowhere", "order", "skip link"):
        assert one in found
    assert len(looking.small(page)) == 2
    assert [one.partition(":")[0] for one in looking.cut_off(page)] == ["708 pixels wide", "cut off"]
    assert len(looking.moves(page)) == 1
    assert "Pale" in str(looking.unreadable(page))
    assert any(one.startswith("document-title") or "html-has-lang" in one for one in looking.axe(page))
    page.close()


SENT_BACK = (400, 422, 429)
"""What a form is answered with that was not taken."""


def test_every_form_that_is_sent_back_says_so_and_leads_to_what_is_wrong(tried):
    house, pages = tried
    found, back, seen = [], set(), set()
    for line in lines("POST"):
        for name in pages if LONG else [who_fills_in(line)]:
            page, path = pages[name], address(house, line)
            house.sign_in(page, name)
            answer = sent(page, path)
            status, title = answer.status, page.title()
            told = f"{line.path} ({status}, {name})"
            if title.startswith("Error: ") != (status in SENT_BACK):
                found.append(f"{told}: {title}")
            if status == 422:
                back.add(line.path)
                if not page.locator(
                    ".govuk-error-summary, .rf-refused, .govuk-inset-text, h1:has-text('Nothing is asked')"
                ).count():
                    found.append(f"{told}: nothing says what is wrong")
            if (status, title) not in seen:  # so many addresses are answered that there is no such page
                seen.add((status, title))
                # What else was answered is looked at by axe where it is asked for.
                look = looking.all_of if status in SENT_BACK or LONG else looking.built
                found += [f"{told}: {one}" for one in look(page)]
    assert found == []
    assert len(back) >= 20, sorted(back)


def held(house):
    """The event that says that the workshop was held."""
    with house.world.knowing() as known:
        records = known.cycle_records(house.world.id("cycle"))
    return next(one.version for one in records if getattr(one.event, "step", "") == "hold_workshop")


def test_pages_to_check_before_something_is_recorded(tried):
    house, pages = tried
    found = []
    year = {"partnership": house.world.id("cluster"), "schools": "willow", "year": "2026-27"}
    waive = "/cycles/{}/waive/improvement_champion/other_school"
    reason = {"reason": "x", "person": house.world.id("chloe")}
    for name, path, fields in (("lena", "/cycles/open", year), ("lena", waive, reason)):
        page = pages[name]
        house.sign_in(page, name)
        answer = sent(page, path.format(house.handle()), **fields)
        found += [f"{path} ({answer.status}): {one}" for one in looking.all_of(page)]
        if answer.status != 200:
            found.append(f"{path}: {answer.status} {page.locator('main').inner_text()}")
    page.goto(f"/cycles/{house.handle()}/events/{held(house)}/correct")
    page.get_by_label("Number of people who came").fill("9")
    page.get_by_label("Why was it recorded otherwise?").fill("Miscounted")
    page.locator(".govuk-button-group button").click()
    page.get_by_role("heading", name="Check the correction").wait_for()
    found += looking.all_of(page)
    assert found == []


def raising(error):
    def instead(*_: object, **__: object) -> None:
        raise error

    return instead


def test_pages_of_trouble(tried, monkeypatch):
    house, pages = tried
    page, found = pages["hanna"], []

    def look(status, answer, *, at=looking.all_of):
        assert answer.status == status
        found.extend(f"{status}: {one}" for one in at(page))

    house.sign_in(page, "hanna")
    look(403, page.goto("/administration"))
    look(404, page.goto("/nothing-here"), at=looking.built)
    for status, error in (
        (503, StoreUnreachable("the store", "it is away")),
        (409, StreamMoved()),
        (500, ValueError()),
    ):
        monkeypatch.setattr("reviewflow.web.pages.work.tasks", raising(error))
        look(status, page.goto("/work"), at=looking.built)  # the same template as 403
    monkeypatch.undo()
    look(409, sent(page, f"/cycles/{house.handle()}/steps/check_in", version="1"))
    assert "Since you began" in page.locator("main").inner_text()
    look(413, sent(page, "/cycles/open", year="x" * (5 * 1024 * 1024)))
    while not house.app.state.site.throttle.enter(("account", "somebody@nowhere.example")):
        pass
    look(429, sent(page, "/sign-in", email="somebody@nowhere.example", password="x"))
    look(200, sent(page, "/sign-out"))
    look(401, sent(page, f"/cycles/{house.handle()}/steps/check_in", version="1", **{"v.sentence": "Typed"}))
    assert found == []
    house.complaints.clear()  # that something was answered with a fault of the server


def test_long_texts_and_many_rows_on_a_narrow_screen(tried):
    house, _ = tried
    world, page = house.world, house.of("hanna", width=NARROW)
    word, line = "Unbroken" * 40, "A sentence that goes on. " * 200
    assert "done=" in sent(page, f"/cycles/{house.handle()}/notes", text=f"{word}\n{line}").url
    kind = {"kind": "learning_summary", "text": f"{word} {line}"}
    assert "done=" in sent(page, f"/cycles/{house.handle()}/evidence", **kind).url
    rows = {f"v.actions.{n}.what": [word if n % 2 else line] for n in range(1, 16)}
    house.app.state.site.drafts.save(world.id("hanna"), world.id("cycle"), "agree_plan", rows, 1)
    found = []
    for path in ("", "/notes", "/evidence", "/history", "/steps/agree_plan"):
        page.goto(f"/cycles/{house.handle()}{path}")
        found += [f"{path}: {one}" for one in (*looking.all_of(page), *looking.cut_off_when_spaced(page))]
    assert page.locator("textarea, input[type=text]").count() > 15
    assert found == []


LOOKS = (looking.built, looking.small, looking.cut_off, looking.moves, looking.cut_off_when_spaced)
OWN = ("/work", "/cycles", "/account", "/partnerships")
NARROW_PAGES = [("ada", "/"), ("hanna", "/" if LONG else OWN), *([("lena", "/"), ("otto", "/")] if LONG else [])]


@pytest.mark.parametrize(("name", "begin"), NARROW_PAGES)
def test_every_page_of_the_route_table_on_a_narrow_screen(tried, name, begin):
    # WCAG 2.2, 1.4.10: no scrolling in two directions at 320 CSS pixels, which is also 400 % of 1280.
    house, _ = tried
    page = house.of(name, width=NARROW)
    page.emulate_media(reduced_motion="reduce")
    found, shown = [], 0
    for line in lines("GET"):
        if line.path.endswith("/evidence/{version:int}") or not line.path.startswith(begin):
            continue  # the one is a file
        shown += page.goto(address(house, line)).status == 200
        found += [f"{line.path}: {one}" for look in LOOKS for one in look(page)]
    assert found == []
    assert shown >= 15


IN_OTHER_COLOURS = ("/work", "/cycles/{}", "/cycles/{}/steps/check_in", "/cycles/{}/history", "/partnerships")


@pytest.mark.parametrize("colours", [{"forced_colors": "active", "color_scheme": "dark"}, {"color_scheme": "dark"}])
def test_in_the_colours_that_readers_set(tried, colours):
    house, _ = tried
    page = house.of("hanna")
    page.emulate_media(**colours)
    found = []
    for path in IN_OTHER_COLOURS:
        page.goto(path.format(house.handle()))
        found += [f"{path}: {one}" for one in looking.unreadable(page)]
    assert found == []
