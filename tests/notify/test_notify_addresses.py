"""Webhooks go over https, or stay on this machine."""

import pytest

from reviewflow.errors import BadInput
from reviewflow.notify.addresses import Address, read_addresses


def test_one_or_several_none_twice():
    one = "https://hooks.example/reviewflow?key=1"
    assert read_addresses(f"{one}  http://127.0.0.1:8080 {one}\nhttp://[::1]/a http://localhost", "W") == (
        Address(one, secure=True, host="hooks.example", port=443, target="/reviewflow?key=1"),
        Address("http://127.0.0.1:8080", secure=False, host="127.0.0.1", port=8080, target="/"),
        Address("http://[::1]/a", secure=False, host="::1", port=80, target="/a"),
        Address("http://localhost", secure=False, host="localhost", port=80, target="/"),
    )
    assert read_addresses("", "W") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http://hooks.example/", "http to hooks.example"),
        ("http://127.0.0.1.example/", "http to 127.0.0.1.example"),
        ("http://0.0.0.0/", "http to 0.0.0.0"),
        ("http://10.0.0.1/", "http to 10.0.0.1"),
        ("ftp://hooks.example/", "scheme 'ftp'"),
        ("file:///etc/hostname", "scheme 'file'"),
        ("hooks.example/x", "scheme ''"),
        ("https://", "no host"),
        ("https:///x", "no host"),
        ("https://ada:hush@hooks.example/", "a user name or password in it"),
        ("https://hooks.example/#part", "a part after #"),
        ("https://hooks.example:99999/", "no address"),
        ("https://[::1/", "no address"),
        ("https://hööks.example/", "more than 2000 characters, or others than those of an address"),
        ("https://hooks.example/\x01", "more than 2000 characters, or others than those of an address"),
        (f"https://hooks.example/{'x' * 2000}", "more than 2000 characters, or others than those of an address"),
    ],
)
def test_what_is_refused(text, said):
    with pytest.raises(BadInput) as caught:
        read_addresses(f"https://hooks.example/ok {text}", "REVIEWFLOW_WEBHOOK")
    (fault,) = caught.value.faults
    assert (fault.where, fault.got) == ("REVIEWFLOW_WEBHOOK", f"address 2: {said}")
    assert "hush" not in str(caught.value)


def test_all_faults_at_once():
    with pytest.raises(BadInput) as caught:
        read_addresses("http://one.example ftp://two.example", "W")
    assert len(caught.value.faults) == 2
