"""The permission table, every name against every role, written out a second time by hand."""

from datetime import date

import pytest

from registry.invented import TODAY, Registry
from reviewflow.errors import Refused
from reviewflow.registry import commands as c
from reviewflow.registry import permissions as p
from reviewflow.registry.scopes import ANYWHERE, WHOLE, Scope, matter, roles_for

A, M, U, L, H, T, S, R, O = (  # noqa: E741 - short on purpose: the table below is read as a picture
    "administrator", "programme_manager", "auditor", "partnership_lead", "head", "staff",
    "self", "registered", "operator",
)  # fmt: skip
ROLES = (A, M, U, L, H, T, S, R, O)

EXPECTED = {
    "init": {O},
    **{name: {O} for name in ("store upgrade", "store copy", "store reopen", "backup", "restore")},
    "vault show": {A, O},
    **{f"vault {name}": {O} for name in ("backup", "restore", "rotate")},
    "doctor": {A, O},
    "views rebuild": {O},
    "views status": {A, O},
    "views check": {A, O},
    "run": {O},
    "serve": {O},
    "effects list": {A, O},
    "effects retry": {O},
    "effects drop": {O},
    "programme add": {A},
    "programme set": {A, M},
    "calendar import": {A, M, L, H},
    "workflow publish": {A, M},
    "organisation import": {A, M},
    "organisation add": {A, M, L},
    "organisation succeed": {A, M},
    "partnership add": {A, M},
    "partnership join": {A, M},
    "partnership leave": {A, M, L},
    "person add": {A, M, L},
    "person import": {A, M, L},
    "person set": {A, S},
    "person role": {A, M, L},
    "person train": {A, M, L},
    "person declare": {A, M, L, S},
    "person delegate": {A, M, L, S},
    "person handover": {A, M, R},
    "person forget": {A},
    **{name: {A, S, O} for name in ("person sign-in", "token add", "token list", "token revoke")},
    **{f"cycle {step}": {R} for step in
       ("open", "do", "agree", "assign", "accept", "decline", "withdraw", "evidence", "note", "waive", "consent",
        "correct", "undo")},
    **{name: {R, O} for name in
       ("status", "programme list", "programme show", "calendar show", "workflow list", "workflow show",
        "organisation list", "organisation show", "partnership list", "partnership show")},
    "history import": {A, M},
    "inbox": {A, M, U, L, O, S},
    "person list": {A, M, U, L, O},
    "person show": {A, M, U, L, O, S},
    "person export": {A, M, U, L, O},
    **{f"cycle {name}": {A, M, U, L, O, R} for name in ("list", "show", "next")},
    **{f"audit {name}": {A, M, U, O} for name in ("log", "replay", "diff", "recheck", "export")},
}  # fmt: skip


def test_the_table_holds_these_names_and_no_others():
    assert set(p.TABLE) == set(EXPECTED)
    assert not set(p.COMMANDS) & set(p.QUESTIONS)


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_alone_may_what_the_table_says(name, role):
    may = role in EXPECTED[name]
    assert p.allowed(name, [role]) is may
    if may:
        p.check(name, [role])
    else:
        with pytest.raises(Refused) as caught:
            p.check(name, [role])
        assert caught.value.codes == ("not-permitted",)
        assert caught.value.unmet[0].who == p.who_may(name)


@pytest.mark.parametrize("name", [*EXPECTED, "vault open", ""])
def test_nobody_may_anything_and_nobody_may_the_unknown(name):
    assert not p.allowed(name, [])
    assert not p.allowed(name, ["workflow"]), "the marker is no role"
    assert not p.allowed("vault open", ROLES)


def test_every_command_of_the_registry_is_in_the_table():
    def leaves(cls):
        below = cls.__subclasses__()
        return [leaf for sub in below for leaf in leaves(sub)] if below else [cls]

    names = {cls.name for cls in leaves(c.RegistryCommand) if cls.name}
    # These are about cycles: what is handed over was assigned there, and what is imported happened there.
    about_cycles = {name for name in p.COMMANDS if name.startswith("cycle ")} | {"person handover", "history import"}
    # What only the operator may keeps the store and what hangs on it; nothing of it is recorded but the first of all.
    keeping = {name for name, may in p.COMMANDS.items() if may == (p.OPERATOR,)} - {"init"}
    # Who may come in is not in the log: no command of the engine makes it.
    coming_in = {"person sign-in", "token add", "token revoke"}
    assert names == set(p.COMMANDS) - about_cycles - keeping - coming_in


def test_the_table_can_be_printed():
    rows = p.table()
    assert rows[0] == ("", *p.COLUMNS)
    assert len(rows) == len(p.TABLE) + 1
    assert {len(row) for row in rows} == {len(p.COLUMNS) + 1}
    said = {
        row[0]: {column for column, cell in zip(p.COLUMNS, row[1:], strict=True) if cell == "yes"} for row in rows[1:]
    }
    assert said == {name: set(may) for name, may in p.TABLE.items()}


@pytest.fixture
def world():
    registry = Registry()
    ids = {"programme": registry.programme_set_up(), "elsewhere": registry.programme_set_up("Other Programme")}
    for cluster, programme in (("oak", "programme"), ("elm", "programme"), ("far", "elsewhere")):
        ids[cluster] = registry.make(c.FormPartnership, partnership_name=f"{cluster} cluster", programme=ids[programme])
    for school, cluster in (("hazel", "oak"), ("birch", "elm"), ("cedar", "far")):
        ids[school] = registry.school(f"{school} school")
        registry.do(c.BeginMembership, "2025-09-01", partnership=ids[cluster], organisation=ids[school])
    ids["ada"] = registry.administrator()
    for who, held, place, kind in (
        ("lena", "partnership_lead", "oak", "partnership"),
        ("max", "programme_manager", "programme", "programme"),
        ("mo", "staff", "hazel", "organisation"),
        ("cleo", "staff", "cedar", "organisation"),
    ):
        ids[who] = registry.somebody(f"{who.title()} Madeup")
        registry.do(
            c.GiveRole, person=ids[who], held=held, held_in=ids[place], held_in_kind=kind, since=date(2025, 9, 1)
        )
    ids["new"] = registry.somebody("New Nobody")
    return registry, ids


@pytest.mark.parametrize(
    ("who", "kind", "what", "matters"),
    [
        ("lena", "partnership", "oak", {L}),
        ("lena", "partnership", "elm", set()),
        ("lena", "organisation", "hazel", {L}),
        ("lena", "organisation", "birch", set()),
        ("lena", "person", "mo", {L}),
        ("lena", "person", "cleo", set()),
        ("lena", "person", "new", {L}),
        ("lena", "person", "ada", set()),
        ("lena", "programme", "programme", set()),
        ("max", "partnership", "elm", {M}),
        ("max", "partnership", "far", set()),
        ("max", "organisation", "birch", {M}),
        ("max", "person", "cleo", set()),
        ("max", "person", "lena", {M}),
        ("max", "programme", "elsewhere", set()),
        ("ada", "programme", "elsewhere", {A}),
        ("ada", "person", "cleo", {A}),
        ("ada", "partnership", "nowhere", {A}),
        ("mo", "person", "mo", {T, S}),
        ("mo", "organisation", "hazel", {T}),
    ],
)
def test_a_role_counts_where_it_is_held_and_below(world, who, kind, what, matters):
    registry, ids = world
    found = roles_for(registry.person(ids[who]), Scope(kind, ids.get(what, what)), registry, TODAY)
    assert found == matters | {R}


def test_a_role_of_the_whole_installation_is_not_handed_out_from_below(world):
    registry, ids = world
    giving = c.GiveRole(
        asked=registry.asked(),
        person=ids["max"],
        held="administrator",
        held_in="installation",
        held_in_kind="installation",
    )
    with pytest.raises(Refused):
        p.check(giving.name, roles_for(registry.person(ids["max"]), giving.scope, registry, TODAY))
    p.check(giving.name, roles_for(registry.person(ids["ada"]), giving.scope, registry, TODAY))


def test_scopes_at_the_edges(world):
    registry, ids = world
    assert matter(ANYWHERE, registry, TODAY) is None
    assert matter(WHOLE, registry, TODAY) == {"installation"}
    assert matter(Scope("everything"), registry, TODAY) == frozenset(), "deny by default"
    assert roles_for(None, ANYWHERE, registry, TODAY) == set()
    assert roles_for(registry.person(ids["lena"]), ANYWHERE, registry, TODAY) == {L, R}
    assert roles_for(registry.person(ids["lena"]), ANYWHERE, registry, date(2025, 8, 31)) == {R}
    registry.do(c.ForgetPerson, person=ids["lena"])
    assert roles_for(registry.person(ids["lena"]), ANYWHERE, registry, date(2025, 10, 1)) == set()
    registry.do(c.EndMembership, "2025-12-31", partnership=ids["oak"], organisation=ids["hazel"])
    assert matter(Scope("organisation", ids["hazel"]), registry, TODAY) == {"installation", ids["hazel"]}
