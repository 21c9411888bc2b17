"""The tutorials run, command by command, as somebody would type them."""

import pytest

from docs.test_examples import ROOT, TUTORIAL, commands, run


@pytest.mark.parametrize("page", TUTORIAL, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_tutorial_runs_as_it_is_written(page, tmp_path, forked):
    assert commands(page), "it shows no command"
    run(page, tmp_path, forked)
