"""Publishing a workflow on the pages: checked, looked at, compared, published once, by whom the engine lets."""

import re
from pathlib import Path

import pytest

from reviewflow.shipped import shipped

PAGE = "/administration/import/workflow"
OTHER = Path(shipped()["open-software-review"]).read_text(encoding="utf-8")


def send(client, text, name="mine.yaml", **data: str):
    content = text.encode() if isinstance(text, str) else text
    return client.post(PAGE, files={"file": (name, content, "application/yaml")}, data=data)


def confirm(client, looked):
    """What the browser sends back of the page on which the file was looked at."""
    form = looked.text.partition(f'action="{PAGE}"')[2]
    data = dict(re.findall(r'name="(command|shipped|against)" value="([^"]*)"', form))
    data["piece"] = re.findall(r'name="piece" value="([^"]+)"', form)
    return client.post(PAGE, data={**data, "confirmed": "yes"}, files={"none": ("", b"")})


def editions(web, name="open-software-review"):
    with web.engine.knowing() as known:
        found = known.workflow(name)
    return [one.edition for one in found.editions.values()] if found else []


def test_a_file_is_checked_looked_at_and_published_once(web):
    client, before = web.sign_in("mona"), web.position()
    looked = send(client, OTHER)
    assert looked.status_code == 200, looked.text
    for expected in ("Nothing is published yet", "finds nothing wrong", "This is its first edition", "<svg"):
        assert expected in looked.text
    assert web.position() == before
    done = confirm(client, looked)
    assert done.status_code == 303
    assert editions(web)
    shown = client.get(done.headers["location"])
    assert "It is published" in shown.text
    after = web.position()
    assert confirm(client, looked).status_code == 303
    assert web.position() == after == before + 1
    assert "this is the edition that is published" in send(client, OTHER).text
    assert "Publish it" not in send(client, OTHER).text


def test_what_changes_against_the_published_edition_is_told(web):
    client = web.sign_in("ada")
    confirm(client, send(client, OTHER))
    title = re.search(r"(?m)^edition: (.*)$", OTHER)[1]
    role = re.search(r"(?m)^roles:\n(?:.*\n)*?    title: (.*)$", OTHER)[1]
    text = OTHER.replace(f"edition: {title}", 'edition: "of our own"').replace(
        f"title: {role}\n", "title: Renamed\n", 1
    )
    page = send(client, text).text
    assert "2 differences" in page
    assert f"<del>{role}</del> becomes <ins>Renamed</ins>" in page
    assert "becomes <ins>of our own</ins>" in page
    same_name = send(client, OTHER.replace(f"title: {role}\n", "title: Renamed\n", 1)).text
    assert "is published already, and it says something else" in same_name


def test_an_older_edition_may_be_published_again(web):
    client = web.sign_in("ada")
    confirm(client, send(client, OTHER))
    edition = re.search(r"(?m)^edition: (.*)$", OTHER)[1]
    confirm(client, send(client, OTHER.replace(f"edition: {edition}", "edition: second")))
    assert editions(web)[-1] == "second"
    again = send(client, OTHER)
    assert "Published again, it becomes the latest" in again.text
    older = client.get("/administration/workflows").text
    assert older.count("open-software-review, edition") == 2
    confirm(client, again)
    assert editions(web)[-1] != "second"


def test_one_that_comes_with_reviewflow_is_looked_at_and_published(web):
    client = web.sign_in("ada")
    assert "not published here" in client.get("/administration/workflows/open-software-review").text
    assert 'value="open-software-review" selected' in client.get(f"{PAGE}?shipped=open-software-review").text
    looked = client.post(PAGE, data={"shipped": "open-software-review"}, files={"none": ("", b"")})
    assert "Nothing is published yet" in looked.text
    assert confirm(client, looked).status_code == 303
    assert len(editions(web)) == 1
    assert client.post(PAGE, data={"shipped": "none-such"}, files={"none": ("", b"")}).status_code == 422
    both = send(client, OTHER, shipped="open-software-review")
    assert both.status_code == 422
    assert "not both" in both.text


def test_every_fault_is_told_with_its_line_and_nothing_is_published(web):
    client, before = web.sign_in("ada"), web.position()
    bad = OTHER.replace("subject: project", "subject: castle").replace("from: ", "form: ", 1)
    answer = send(client, bad)
    assert answer.status_code == 422
    assert "<title>Error: Publish a workflow" in answer.text
    assert 'href="#wrong"' in answer.text
    assert 'aria-describedby="file-hint file-error"' in answer.text
    lines = [int(one) for one in re.findall(r"Line (\d+), column \d+", answer.text)]
    assert bad[: bad.index("subject: castle")].count("\n") + 1 in lines
    assert lines == sorted(lines)
    assert "castle" in answer.text
    assert web.position() == before


DEEP = "workflow: " + "[" * 5_000 + "]" * 5_000
BOMB = "a: &a [x, x, x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi"))  # noqa: B905


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("mine.yaml", b"workflow: \xff\xfe\xfa", "UTF-8"),
        ("mine.yaml", OTHER.encode("utf-16"), "no YAML file inside"),
        ("mine.yaml", b"", "The file is empty"),
        ("mine.yaml", b"\n\n", "empty"),
        ("mine.yaml", DEEP.encode(), "deep"),
        ("mine.yml", BOMB.encode(), "aliases are not allowed"),
        ("mine.yaml", b"%s: 1\n" % (b"k" * 1_100_000), "at most 1,000,000 bytes"),
        ("mine.yaml", b"x" * (2 * 1024 * 1024 + 1), "smaller than 2 MB"),
        ("mine.yaml", b"!!python/object/apply:os.system ['true']", "tag"),
        ("mine.yaml", b"<script>alert(1)</script>", "no YAML file inside"),
        ("mine.exe", OTHER.encode(), "end in .yaml or .yml"),
        ("../mine.yaml", OTHER.encode(), "place on a disk"),
        ("mine.yaml", b"- a\n- list", "Line 1"),
        ("mine.yaml", b"workflow: 2026-01-01\n" * 3, "each key once"),
    ],
)
def test_a_hostile_file_is_answered_with_what_is_wrong(web, name, data, said):
    client, before = web.sign_in("ada"), web.position()
    answer = send(client, data, name)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert web.position() == before


@pytest.mark.parametrize("piece", ["%%%", "é", "AAA"])
def test_what_comes_back_garbled_is_asked_for_again(web, piece):
    answer = web.sign_in("ada").post(PAGE, data={"piece": piece, "confirmed": "yes"}, files={"none": ("", b"")})
    assert answer.status_code == 422
    assert web.position()


@pytest.mark.parametrize("name", ["lena", "hanna", "otto", "bea"])
def test_whoever_may_not_publish_is_shown_none_of_it(web, name):
    client, before = web.sign_in(name), web.position()
    assert client.get(PAGE).status_code == 403
    assert send(client, OTHER).status_code == 403
    assert client.post(PAGE, data={"shipped": "open-software-review", "confirmed": "yes"}).status_code == 403
    assert PAGE not in client.get("/administration/workflows").text
    assert web.position() == before


def test_no_text_of_a_definition_is_markup(web):
    client = web.sign_in("ada")
    edition = re.search(r"(?m)^edition: (.*)$", OTHER)[1]
    text = OTHER.replace(f"edition: {edition}", "edition: '<b>bold</b>'")
    page = send(client, text).text
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;bold" in page


def test_a_published_one_is_shown_with_every_way_in_words(still):
    text = still.sign_in("lena").get("/administration/workflows/spp-peer-review").text
    assert "Every way, state by state" in text
    assert "stateDiagram-v2" in text


def test_what_somebody_else_published_meanwhile_is_looked_at_first(web):
    ada, mona = web.sign_in("ada"), web.sign_in("mona")
    edition = re.search(r"(?m)^edition: (.*)$", OTHER)[1]
    looked = send(ada, OTHER)
    confirm(mona, send(mona, OTHER.replace(f"edition: {edition}", "edition: monas")))
    before = web.position()
    again = confirm(ada, looked)
    assert again.status_code == 200
    assert "Another edition was published since you looked" in again.text
    assert "<del>monas</del> becomes" in again.text
    assert web.position() == before
    assert confirm(ada, again).status_code == 303
    assert editions(web) == ["monas", edition.strip('"')]
