"""Help, accessibility and privacy are for anyone; the navigation shows only what the visitor may open."""

import re

import pytest


@pytest.mark.parametrize("path", ["/help", "/accessibility", "/privacy"])
def test_for_anyone(still, path):
    signed_out = still.nobody().get(path)
    assert signed_out.status_code == 200
    assert "<nav" not in signed_out.text
    signed_in = still.sign_in("hanna").get(path)
    assert signed_in.status_code == 200
    assert "<nav" in signed_in.text


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("ada", ["History", "Administration"]),
        ("mona", ["History", "Administration"]),
        ("otto", ["History"]),
        ("lena", ["Administration"]),
        ("hanna", []),
        ("bea", []),
    ],
)
def test_the_menu_shows_what_may_be_opened(still, name, entries):
    client = still.sign_in(name)
    text = client.get("/help").text
    shown = re.findall(r'class="govuk-link rf-menu__link" href="([^"]+)"[^>]*>([^<]+)', text)
    assert [title for _, title in shown] == ["My work", "Reviews", "Partnerships", *entries]
    assert all(client.get(href).status_code == 200 for href, _ in shown)


def test_the_menu_of_a_phone_needs_no_script(still):
    text = still.sign_in("hanna").get("/cycles").text
    menu = re.search(r'<details class="rf-menu--narrow">.*?</details>', text, re.DOTALL)[0]
    assert 'aria-current="page"' in menu
    assert "<script" not in menu


def test_links_of_the_pages_for_anyone_lead_somewhere(still):
    client = still.sign_in("ada")
    for path in ("/help", "/accessibility", "/privacy"):
        for href in set(re.findall(r'href="(/[^"#]*)', client.get(path).text)):
            assert client.get(href).status_code in (200, 303), (path, href)
