from __future__ import annotations

import json
from binascii import a2b_base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewflow.errors import BadInput, IntegrityBroken
from reviewflow.events import Sealed, Unsealed, encode
from reviewflow.vault.vault import owner_of
from vault.vault_given import Filled, Noted, filled, noted

STREAM, VERSION = "cycle-hazel", 3


def test_a_sealed_event_opens_to_the_same_event(vault):
    event = noted("Zoë's note", why="because", entered_by=Unsealed("operator"))
    sealed = vault.seal(event, STREAM, VERSION)
    assert vault.open_event(sealed, STREAM, VERSION, "[removed]") == event
    assert vault.open(sealed.text, STREAM, VERSION, "text") == "Zoë's note"


def test_a_sealed_event_becomes_bytes_without_its_texts_and_opens_from_them(vault):
    event = filled(
        values={"note": Unsealed("secret-a"), "day": "x", "rows": [{"id": "a1", "measure": Unsealed("secret-b")}]},
        reasons={"x": Unsealed("secret-c")},
        lines=(Unsealed("secret-d"),),
        anything=[Unsealed("secret-e")],
    )
    body = encode(vault.seal(event, STREAM, VERSION))
    assert b"secret" not in body
    again = Filled.model_validate_json(body)
    assert vault.open_event(again, STREAM, VERSION, "[removed]") == event


def test_the_event_given_is_not_changed(vault):
    event = noted()
    vault.seal(event, STREAM, VERSION)
    assert event == noted()


def test_an_event_without_texts_passes_as_it_is_and_makes_no_key(vault):
    event = filled(values={"day": "2026-03-02", "count": 3, "rows": [{"id": "a1", "done": True}]}, plain=["a"])
    assert vault.seal(event, STREAM, VERSION) == event
    assert vault._keys.get(STREAM) is None


def test_length_counts_characters_not_bytes(vault):
    assert vault.seal(noted("Zoë 🏫"), STREAM, VERSION).text.length == 5


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"values": {"note": Unsealed("x")}}, "values.note"),
        ({"values": {"focus_areas": [Unsealed("x")]}}, "values.focus_areas.0"),
        ({"values": {"actions": [{"id": "a1", "measure": Unsealed("x")}]}}, "values.actions.a1.measure"),
        ({"values": {"actions": [{"measure": Unsealed("x")}]}}, "values.actions.0.measure"),
        ({"reasons": {"late": Unsealed("x")}}, "reasons.late"),
        ({"lines": (Unsealed("x"),)}, "lines.0"),
        ({"anything": Unsealed("x")}, "anything"),
        ({"one_or_rows": Unsealed("x")}, "one_or_rows"),
        ({"one_or_rows": [Unsealed("x")]}, "one_or_rows.0"),
        ({"part": noted("x")}, "part.text"),
    ],
)
def test_the_path_of_a_text_and_how_it_stands_there(vault, fields, path):
    sealed = vault.seal(filled(**fields), STREAM, VERSION)
    here = json.loads(encode(sealed))
    for step in path.split("."):
        if isinstance(here, list):
            here = next((row for row in here if row.get("id") == step), None) or here[int(step)]
        else:
            here = here[step]
    assert here.keys() == {"box", "commit", "length"}
    assert vault.open(Sealed(**here), STREAM, VERSION, path) == "x"
    assert vault.open_event(sealed, STREAM, VERSION, "") == filled(**fields)


def test_texts_in_open_values_stand_as_dicts_and_typed_ones_as_sealed(vault):
    sealed = vault.seal(filled(values={"a": Unsealed("x")}, reasons={"b": Unsealed("y")}), STREAM, VERSION)
    assert isinstance(sealed.values["a"], dict)
    assert isinstance(sealed.reasons["b"], Sealed)


def test_two_texts_at_one_path_are_refused_and_no_key_is_made(vault):
    event = filled(values={"actions": [{"id": "a1", "m": Unsealed("x")}, {"id": "a1", "m": Unsealed("y")}]})
    with pytest.raises(BadInput) as caught:
        vault.seal(event, STREAM, VERSION)
    assert [fault.where for fault in caught.value.faults] == ["values.actions.a1.m"]
    assert vault._keys.get(STREAM) is None
    vault.seal(noted(), STREAM, VERSION)
    with pytest.raises(BadInput):  # also when the key is there
        vault.seal(event, STREAM, VERSION)


def test_a_text_sealed_for_this_place_may_stand_and_one_for_another_may_not(vault):
    sealed = vault.seal(noted(), STREAM, VERSION)
    assert vault.seal(sealed, STREAM, VERSION) == sealed
    with pytest.raises(IntegrityBroken, match=f"the text text of {STREAM} version 4"):
        vault.seal(sealed, STREAM, VERSION + 1)


def test_a_form_cannot_smuggle_in_what_looks_sealed(vault):
    smuggled = filled(values={"note": {"box": "AAAA", "commit": "00", "length": 2}})
    with pytest.raises(IntegrityBroken):
        vault.seal(smuggled, STREAM, VERSION)
    malformed = filled(values={"note": {"box": 1, "commit": None, "length": "2"}})
    with pytest.raises(IntegrityBroken, match=r"values\.note: not a sealed text: 3 faults"):
        vault.seal(malformed, STREAM, VERSION)


def test_the_same_event_sealed_again_has_a_fresh_nonce_and_salt(vault):
    one, two = vault.seal(noted(), STREAM, VERSION).text, vault.seal(noted(), STREAM, VERSION).text
    assert one.commit != two.commit
    assert a2b_base64(one.box)[:12] != a2b_base64(two.box)[:12]


def test_which_key_seals_what():
    assert owner_of("cycle-a", "text") == "cycle-a"
    assert owner_of("person-a") == "person-a"
    assert owner_of("person-a", "entered_by") == "installation"
    assert owner_of("organisation-a", "text") == "installation"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        "a\r\nb",
        "a\0b",
        "e\u0301",
        "\u00e9",
        "👩‍🏫🏴󠁧󠁢󠁷󠁬󠁳󠁿",
        "\ufeffmark",
        "\u202eright to left",
        "\U0010ffff",
        "x" * 1_000_000,
        '{"box": "AAAA", "commit": "", "length": 1}',
        "[removed]",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_texts_come_back_exactly(vault, text):
    body = encode(vault.seal(noted(text), STREAM, VERSION))
    again = Noted.model_validate_json(body)
    assert vault.open(again.text, STREAM, VERSION, "text") == text
    assert again.text.length == len(text)


def test_what_has_no_utf8_form_is_refused_with_every_fault_and_no_key_is_made(vault):
    event = filled(values={"a": Unsealed("ab\ud83d"), "b": Unsealed("fine")}, lines=(Unsealed("\udc00"),))
    with pytest.raises(BadInput) as caught:
        vault.seal(event, STREAM, VERSION)
    assert [(fault.where, fault.got) for fault in caught.value.faults] == [
        ("values.a", "U+D83D as character 3"),
        ("lines.0", "U+DC00 as character 1"),
    ]
    assert vault._keys.get(STREAM) is None
    vault.seal(noted(), STREAM, VERSION)
    with pytest.raises(BadInput):  # also when the key is there
        vault.seal(event, STREAM, VERSION)


cells = st.one_of(st.text(), st.integers(), st.booleans(), st.text().map(Unsealed))
names = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
rows = st.lists(
    st.tuples(st.text(max_size=5), st.dictionaries(names.filter(lambda n: n != "id"), cells)), unique_by=lambda r: r[0]
).map(lambda found: [{"id": name, **row} for name, row in found])
forms = st.dictionaries(names, st.one_of(cells, st.lists(cells), rows))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # one vault for all examples is meant
@given(values=forms, stream=st.sampled_from(["cycle-a", "person-b", "partnership-c"]), version=st.integers(1, 10**9))
def test_any_form_comes_back_as_it_was(another, values, stream, version):
    event = filled(values=values)
    sealed = another.seal(event, stream, version)
    assert not any(isinstance(cell, Unsealed) for cell in _flat(sealed.values))
    assert another.open_event(sealed, stream, version, "[removed]") == event


def _flat(value):
    if isinstance(value, dict):
        return [cell for item in value.values() for cell in _flat(item)]
    if isinstance(value, list):
        return [cell for item in value for cell in _flat(item)]
    return [value]


def test_opening_what_is_not_sealed_gives_its_text(vault):
    assert vault.open(Unsealed("x"), STREAM, VERSION, "text") == "x"
    assert vault.open_event(noted("x"), STREAM, VERSION, "") == noted("x")
