"""What a random walk draws: people, days, forms, and what leads on, all from the invented workflow."""

from __future__ import annotations

import string
from datetime import time
from typing import Any

import yaml
from hypothesis import strategies as st

from kit.trial import PEOPLE, TRIAL
from reviewflow.cycle import commands as cy

TABLE = yaml.safe_load(TRIAL.read_text())
STEPS = {**TABLE["transitions"], **TABLE["acts"]}
FINAL = {name for name, says in TABLE["transitions"].items() if says["to"] in ("done", "dropped")}
ROLES = [name for name, says in TABLE["roles"].items() if says.get("assigned")]
WAIVABLE = [
    *((of, name) for of, says in TABLE["transitions"].items() for name in says.get("requires", {})),
    *((of, name) for of, says in TABLE["roles"].items() for name in says.get("eligible", {})),
]
people = st.sampled_from(PEOPLE)
words = st.text(string.ascii_letters + " é🎉", min_size=1, max_size=12).filter(str.strip).map(str.strip)
ids = st.sampled_from(["r1", "r2", "a", "b-2"])
points = st.lists(
    st.fixed_dictionaries({"id": ids, "what": words}, optional={"weight": st.integers(1, 5)}), min_size=1, max_size=3,
    unique_by=lambda row: row["id"],
)  # fmt: skip
FORMS = {
    "focus": st.fixed_dictionaries({"points": points}),
    "score": st.fixed_dictionaries({"score": st.integers(0, 10)}, optional={"remark": words}),
    "reason": st.fixed_dictionaries({"reason": words}),
}
EXAMPLES = {"focus": {"points": [{"what": "Reading"}]}, "score": {"score": 5}, "reason": {"reason": "because"}}
times = st.none() | st.builds(time, st.integers(0, 23), st.just(30))
moments = st.one_of(
    st.none(),
    st.none(),
    st.none(),
    st.tuples(st.integers(0, 6), times, st.just(False)),  # noqa: FBT003 - a value of a tuple
    st.tuples(st.integers(-1, 45), st.none(), st.booleans()),
    st.tuples(st.sampled_from([29, 30, 31]), st.none(), st.just(False)),  # noqa: FBT003
)
"""None: just now; else so many days ago, perhaps with a time, perhaps only known to be "by" then."""
reasons = st.none() | st.just("it lay in a drawer")
menders = st.sampled_from(["lena", "lena", "lena", "lena", "ada", "hanna", "rob"])
mostly = st.sampled_from(["a slip"] * 9 + [None])


def leads_on(command: Any) -> int:
    """How much a command leads on to states that a walk seldom sees."""
    match command:
        case cy.TakeStep(step=name) | cy.Agree(step=name):
            return 4 if name in TABLE["transitions"] and name not in {"pause", "send_back", "reopen"} else 0
        case cy.AcceptAssignment():
            return 3
        case cy.OfferAssignment(role="checker"):
            return 2
        case cy.OfferAssignment(role="chief"):
            return 1
    return 0
