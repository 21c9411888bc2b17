"""Which passwords are refused, and which must not be."""

import pytest

from reviewflow.access.weak import check_password
from reviewflow.errors import BadInput

WIDE = 0xFEE0  # from a letter to the same one in full width
ABOUT = ("hanna.quill@hazel.example", "Hanna Quillfeather", "Hazel Invented Primary School")


def faults(text, about=ABOUT):
    try:
        check_password(text, about)
    except BadInput as error:
        return [(fault.got, fault.want) for fault in error.faults]
    return []


@pytest.mark.parametrize("text", [
    "correct horse battery staple", "violin otter marmalade", "Tr0ub4dor&3xyzq", "ZPf2-9wQ1-kk7R", "ώρα βιολί λεμόνι",
    "my cat Bob hates wet grass", "8f3k29d0s7qmx1", "x" + "ö7ü-ß3ä!q9Zk", "pemberton-otter-7",
    "\N{ROCKET}otter marmalade", "123violinottermarmalade",
    "review of otter and plum",
])  # fmt: skip
def test_one_that_nobody_would_guess_is_taken(text):
    assert faults(text) == []


@pytest.mark.parametrize("text", [
    "password1234", "Password2026!", "P@ssw0rd2026", "passwordpassword", "123456789012", "abcdefghijkl", "qwertyuiop12",
    "aaaaaaaaaaaa", "abababababab", "abcabcabcabc", "zyxwvutsrqpo", "Welcome12345", "LetMeIn!!!!!", "reviewflow2026",
    "Summer2026!?", "Summer2026!!", "September2026", "Monday-Tuesday", "school teacher", "headteacher1", "1qaz2wsx3edc",
    "asdfghjklqwer", "            ", "1111122222333", "OfstedOfsted1", "hazelprimary", "Quillfeather1", "Hanna2026!!!",
    "qwerty 123456",
    "Invented Hazel", "violin violin violin", "plum2plum2plum2", "ababcbabcbacb", "password password",
    "".join(chr(ord(letter) + WIDE) for letter in "password1234"),
])  # fmt: skip
def test_one_of_the_first_to_be_guessed_is_refused(text):
    [(got, want)] = faults(text)
    assert got == "one that would be guessed early"
    assert "three words" in want


@pytest.mark.parametrize(
    "text", ["hanna.quill@hazel.example", "xx Hanna.Quill@Hazel.Example 7", "hanna.quill otter plum"]
)
def test_one_that_holds_the_address_is_refused(text):
    [(got, _)] = faults(text)
    assert got == "one that holds your e-mail address"


def test_what_is_about_somebody_else_is_no_matter():
    assert faults("hanna.quill otter plum", ("bea@rowan.example", "")) == []
    assert faults("otter marmalade", ("o@b.example",)) == []


def test_the_length_is_counted_in_characters_as_one_sees_them():
    assert faults("e\u0301" * 6 + "otter") == [("11 characters", "want 12 to 256")]
    assert faults("violin otte") == [("11 characters", "want 12 to 256")]
    assert faults("x") == [("1 character", "want 12 to 256")]
    assert faults("violin otter") == []
    long = "violin otter marmalade " * 11
    assert faults((long + "0123")[:256], ()) == []
    assert faults((long + "01234")[:257], ()) == [("257 characters", "want 12 to 256")]


def test_every_fault_is_told_and_nothing_of_the_text():
    with pytest.raises(BadInput) as caught:
        check_password("hanna.quill@hazel.example" * 20, ABOUT)
    assert len(caught.value.faults) == 1
    with pytest.raises(BadInput) as caught:
        check_password("abc\udc80violin otter", ABOUT)
    assert "violin" not in str(caught.value)
    assert str(caught.value) == "the password:\n  - password: got the byte 0x80 as character 4; want UTF-8"
