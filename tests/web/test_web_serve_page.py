"""What docs/how-to/serve.md names is there: settings, flags, metrics, what is logged."""

import json
import re
from pathlib import Path

from kit.served import Lines
from reviewflow.cli.serving.serve import serve
from reviewflow.settings import Settings
from reviewflow.web.logging import Log
from reviewflow.web.metrics import Metrics
from reviewflow.web.watching import Seen

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "serve.md").read_text("utf-8")


def test_every_setting_of_the_page_is_one():
    named = {name.lower() for name in re.findall(r"REVIEWFLOW_([A-Z_]+)", PAGE)} - {"actor"}
    assert {"url", "trusted_proxies", "metrics_token", "master_key_file", "store"} <= named
    assert named <= set(Settings.model_fields)


def test_every_flag_of_the_page_is_one():
    there = {flag for option in serve.params for flag in (*option.opts, *option.secondary_opts)}
    used = {
        flag
        for line in re.findall(r"reviewflow serve(.*)|CMD (.*)", PAGE)
        for flag in re.findall(r"--[a-z]+", "".join(line))
    }
    assert used
    assert used <= there


def test_every_metric_of_the_page_is_one(still):
    counted = Metrics(still.installation)
    counted.seen(Seen("", "GET", "/", 200, 0.1))
    counted.sign_in("link", done=True)
    told = counted.text().decode()
    named = set(re.findall(r"reviewflow_[a-z_]+", PAGE))
    assert len(named) >= 6
    assert [name for name in named if name not in told] == []


def test_the_line_of_the_page_is_what_is_logged():
    shown = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])
    lines = Lines()
    Log(lines, plain=False).seen(Seen("0f4e35e774a53c7b", "GET", "/cycles/{handle}", 200, 0.0124))
    [told] = lines.told()
    assert told | {"at": shown["at"]} == shown
    assert list(told) == list(shown)
