"""Signatures are those that receivers with the tools of the Standard Webhooks specification verify."""

import base64
from datetime import UTC, datetime

import pytest

from reviewflow.errors import BadInput
from reviewflow.notify.signing import headers, read_secrets

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AT = datetime.fromtimestamp(1614265330, UTC)
MESSAGE, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""The example that the specification's own libraries are tested with."""


def test_the_example_of_the_specification():
    assert headers(read_secrets(SECRET, "S"), MESSAGE, AT, BODY) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNED,
    }


def test_two_secrets_give_two_signatures_while_one_is_being_changed():
    other = "whsec_" + base64.b64encode(b"n" * 32).decode()
    first, second = headers(read_secrets(f"{other} {SECRET}", "S"), MESSAGE, AT, BODY)["webhook-signature"].split()
    assert second == SIGNED
    assert first != second


@pytest.mark.parametrize(
    "change", [(MESSAGE + "x", AT, BODY), (MESSAGE, AT.replace(year=2022), BODY), (MESSAGE, AT, b"{}")]
)
def test_each_part_is_signed(change):
    assert headers(read_secrets(SECRET, "S"), *change)["webhook-signature"] != SIGNED


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_MfKQ9r8", "whsec_***",
        "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_" + base64.b64encode(b"k" * 23).decode(), "whsec_" + base64.b64encode(b"k" * 65).decode(), "whsec_ÄÖÜ",
    ],
)  # fmt: skip
def test_what_is_no_secret_is_refused_and_never_shown(text):
    with pytest.raises(BadInput) as caught:
        read_secrets(text, "REVIEWFLOW_WEBHOOK_SECRET")
    assert caught.value.faults[0].where == "REVIEWFLOW_WEBHOOK_SECRET"
    for word in text.split():
        assert word not in str(caught.value).replace("whsec_ and", "")


def test_all_faults_at_once():
    with pytest.raises(BadInput) as caught:
        read_secrets(f"one {SECRET} two", "S")
    assert [fault.got for fault in caught.value.faults] == ["secret 1 of another form", "secret 3 of another form"]
