"""Told to end before there is anything to end: it is not forgotten."""

from types import SimpleNamespace

from reviewflow.web.stopping import Stopping


def server():
    return SimpleNamespace(should_exit=False, force_exit=False)


def test_whoever_was_told_before_there_was_a_server_ends_it_as_soon_as_there_is():
    stop, found = Stopping(), server()
    stop.stop()
    stop.server = found
    assert found.should_exit


def test_nobody_is_ended_who_was_not_told():
    stop, found = Stopping(), server()
    stop.server = found
    assert not found.should_exit
    stop.stop()
    assert found.should_exit
