"""Script stored in every text that somebody may enter, and every page and answer looked through for it.

Whatever was entered stands in a page as text: each mark has a number, so that one that is not shown anywhere, or only
where it was cut off, is known too.
"""

import re

import pytest

from reviewflow.asking.acting import asked_by
from reviewflow.cycle import commands as cy
from reviewflow.registry import commands as reg
from reviewflow.web.routes import ROUTES
from web.conftest import opened
from web.route_examples import values_of

MARK = "\"'><script>alert({})</script><img src=x onerror=alert({})>"
RAW = re.compile(r"<script>alert|<img src=x|onerror=alert\(\d+\)>")


class Marks:
    """Marks with numbers, and what each was put into."""

    def __init__(self) -> None:
        self.of = []

    def __call__(self, where: str) -> str:
        self.of.append(where)
        return MARK.format(len(self.of), len(self.of))


@pytest.fixture(scope="module")
def marked(neighbourhood, tmp_path_factory):
    """A copy of the neighbourhood in which everybody wrote script wherever there was room for words."""
    with opened(neighbourhood, tmp_path_factory.mktemp("marked") / "store") as web:
        mark, hazel = Marks(), web.id("hazel-review")

        def by(name, reason=None):
            return asked_by(web.installation, web.id(name), door="web", reason=reason)

        for name in ("hanna", "wilma", "chloe", "lena"):
            web.engine.handle(
                reg.ChangePerson(asked=by("ada"), person=web.id(name), person_name=mark(f"the name of {name}"))
            )
        web.engine.handle(cy.AddNote(asked=by("hanna"), cycle=hazel, text=mark("a note")))
        web.engine.handle(cy.AddNote(asked=by("lena"), cycle=hazel, text=mark("a reply"), beside=3))
        checked = {"status": "on_track", "sentence": mark("a sealed text of a form")}
        web.engine.handle(cy.TakeStep(asked=by("hanna"), cycle=hazel, step="check_in", values=checked))
        evidence = cy.AddEvidence(
            asked=by("hanna"), cycle=hazel, kind="learning_summary", text=mark("evidence"),
            file_name=mark("a file's name").replace("/", "\u2215") + ".txt",
        )  # fmt: skip
        web.engine.add_evidence(evidence, b"An invented line.\n")
        offer = cy.OfferAssignment(asked=by("lena"), cycle=hazel, role="supporter", person=web.id("bea"))
        web.engine.handle(offer)
        decline = cy.DeclineAssignment(
            asked=by("bea"), cycle=hazel, role="supporter", person=web.id("bea"), reason=mark("a reason to decline")
        )
        web.engine.handle(decline)
        corrected = cy.CorrectEvents(
            asked=by("ada", reason=mark("a reason to correct")), cycle=hazel,
            corrections=(cy.Correction(2, values={"focus_areas": [mark("a corrected text")]}),),
        )  # fmt: skip
        web.engine.handle(corrected)
        web.site.drafts.save(web.id("hanna"), hazel, "check_in", {"v.sentence": [mark("a draft")]}, 30)
        web.engine.handle(
            reg.RegisterOrganisation(asked=by("ada"), organisation_name=mark("a school"), handle="marked")
        )
        web.engine.handle(
            reg.FormPartnership(
                asked=by("ada"), partnership_name=mark("a partnership"), programme=web.id("programme"), handle="marks"
            )
        )
        yield web, mark


def addresses(web):
    """Every page, with things of the cluster and of the person in its address."""
    for line in ROUTES:
        if line.method != "GET" or line.path.startswith(("/api", "/metrics")):
            continue
        target = {"cycle": "hazel-review", "person": "hanna", "organisation": "hazel", "partnership": "cluster",
                  "programme": "programme"}.get(line.about, "")  # fmt: skip
        parts = re.findall(r"{(\w+)(?::\w+)?}", line.path)
        values = {part: values_of(web, line, part, target, "hanna") for part in parts}
        yield re.sub(r"{(\w+)(?::\w+)?}", lambda found, values=values: values[found[1]], line.path)


@pytest.mark.parametrize("name", ["hanna", "lena", "ada", "chloe"])
def test_no_page_runs_what_somebody_wrote(marked, name):
    web, _ = marked
    client = web.sign_in(name)
    shown = 0
    for path in addresses(web):
        found = client.get(path)
        assert found.status_code < 500, path
        if "text/html" in found.headers.get("content-type", ""):
            assert not RAW.search(found.text), f"{path}: {RAW.search(found.text)}"
            shown += found.text.count("&lt;script&gt;alert(")
    assert shown, "nothing of it was shown, so nothing was tried"


def test_every_kind_of_text_is_shown_somewhere(marked):
    web, mark = marked
    seen = set()
    for name in ("hanna", "lena", "ada", "otto"):
        client = web.sign_in(name)
        for path in addresses(web):
            seen |= {int(one) for one in re.findall(r"&lt;script&gt;alert\((\d+)\)", client.get(path).text)}
    missing = [where for number, where in enumerate(mark.of, 1) if number not in seen]
    assert missing == []
