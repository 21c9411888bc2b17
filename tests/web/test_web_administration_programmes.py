"""Programmes on the pages: set up and changed; what is so now is there, every fault is beside its input."""

import re

import pytest

HERE = "/administration/programmes"
NOW = {
    "name": "Invented Programme", "workflow": "spp-peer-review", "time_zone": "Europe/London",
    "backdating_days": "30", "nation": "",
}  # fmt: skip


def programme(web, one=None):
    with web.engine.knowing() as known:
        return known.programme(one or web.id("programme"))


def there(page):
    """What the form holds."""
    found = dict(re.findall(r'<input class="govuk-input[^>]* name="(\w+)"[^>]*? value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]* name="(\w+)">(.*?)</select>', page, re.DOTALL):
        found[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return found | dict(re.findall(r'name="(\w+)" type="radio" value="([^"]*)" checked', page))


def test_what_is_so_now_is_there_and_sent_again_changes_nothing(web):
    client, before = web.sign_in("mona"), web.position()
    page = client.get(f"{HERE}/{programme(web).handle}")
    now = programme(web)
    held = there(page.text)
    assert held["name"] == now.name
    assert held["time_zone"] == now.time_zone
    assert held["backdating_days"] == str(now.backdating_days)
    assert now.workflow is None or f'value="{now.workflow}"' in page.text
    form = {**NOW, "name": now.name, "workflow": now.workflow or "", "backdating_days": str(now.backdating_days)}
    answer = client.post(f"{HERE}/{now.handle}", data=form)
    assert answer.status_code == 303, answer.text
    assert web.position() == before


def test_it_is_changed_once(web):
    client, now = web.sign_in("mona"), programme(web)
    form = {**NOW, "command": "b" * 32, "name": "Programme Renamed", "time_zone": "Europe/Dublin",
            "backdating_days": "7", "nation": "scotland"}  # fmt: skip
    before = web.position()
    for _ in range(2):
        answer = client.post(f"{HERE}/{now.handle}", data=form)
        assert answer.status_code == 303
        assert web.position() == before + 1
    changed = programme(web)
    assert changed[2:] == ("Programme Renamed", now.handle, "Europe/Dublin", "spp-peer-review", 7, "scotland")
    page = client.get(answer.headers["location"]).text
    assert "The programme is as it says below" in page
    assert "More than 7 days after" in page


def test_all_faults_at_once_each_at_its_input(web):
    client, before = web.sign_in("ada"), web.position()
    bad = {"name": "", "workflow": "none-such", "time_zone": "Mars/Olympus", "backdating_days": "1e9",
           "nation": "wales"}  # fmt: skip
    for path in (f"{HERE}/{programme(web).handle}", f"{HERE}/add"):
        answer = client.post(path, data=bad)
        assert answer.status_code == 422
        assert "<title>Error: " in answer.text
        at = re.findall(r'<a href="#([\w.]+)">', answer.text)
        assert set(at) == {"name", "workflow", "time_zone", "backdating_days", "nation"}, at
        assert all(f'id="{one}"' in answer.text for one in at)
        assert all(f'id="{one}-error"' in answer.text for one in at)
        assert "Mars/Olympus" in answer.text
        assert 'value="1e9"' in answer.text
    assert web.position() == before


@pytest.mark.parametrize("days", ["-1", "1.5", "٣", "9" * 40, ""])
def test_days_are_a_whole_number(web, days):
    client, before = web.sign_in("ada"), web.position()
    answer = client.post(f"{HERE}/{programme(web).handle}", data={**NOW, "backdating_days": days})
    assert answer.status_code == 422
    assert 'href="#backdating_days"' in answer.text
    assert web.position() == before


def test_one_is_set_up_once(web):
    client, before = web.sign_in("ada"), web.position()
    form = {**NOW, "command": "a" * 32, "name": "Other Invented Programme", "handle": "other"}
    for _ in range(2):
        assert client.post(f"{HERE}/add", data=form).status_code == 303
        assert web.position() == before + 1
    assert "Other Invented Programme" in client.get(HERE).text
    taken = client.post(f"{HERE}/add", data={**form, "command": "", "handle": "Not A Handle!"})
    assert taken.status_code == 422
    assert 'href="#handle"' in taken.text


def test_whoever_runs_none_is_shown_no_form(web):
    before = web.position()
    for name in ("lena", "hanna", "otto"):
        client = web.sign_in(name)
        assert client.get(f"{HERE}/{programme(web).handle}").status_code == 403
        assert client.post(f"{HERE}/{programme(web).handle}", data=NOW).status_code == 403
        assert client.get(f"{HERE}/add").status_code == 403
        assert "Change it" not in client.get(HERE).text
    assert web.sign_in("mona").post(f"{HERE}/add", data=NOW).status_code == 403
    assert web.sign_in("ada").get(f"{HERE}/none-such").status_code == 404
    assert web.position() == before


def test_everything_wrong_with_something_new_is_said_at_once(web):
    client = web.sign_in("ada")
    bad = {"name": "", "email": "no address", "organisation": "nowhere", "since.day": "31", "since.month": "2",
           "since.year": "2026", "kind": "castle", "urn": "?", "handle": "Not A Handle!",
           "programme": "none"}  # fmt: skip
    wrong = {
        "people": {"name", "email", "organisation", "since.day"},
        "organisations": {"name", "kind", "urn", "handle"},
        "partnerships": {"name", "programme", "handle"},
    }
    for what, expected in wrong.items():
        answer = client.post(f"/administration/{what}/add", data=bad)
        assert answer.status_code == 422
        assert set(re.findall(r'<a href="#([\w.]+)">', answer.text)) == expected
        assert all(f'id="{one}"' in answer.text for one in expected)
