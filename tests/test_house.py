"""What imports cannot check: sizes, names, access rules, labels, who reads the clock, who commits."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

import helpdesk
from helpdesk.web.labels import LABELS
from knowledge_base.records import vocabulary

ROOT = Path(helpdesk.__file__).resolve().parent.parent
PACKAGES = ("helpdesk", "triage_model", "knowledge_base")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_TEMPLATE = 250, 40, 120
LONG_MODULES = {"helpdesk/web/labels.py": "one table of words, a line a word"}
READS_THE_CLOCK = re.compile(r"\b((date)?time\.(now|utcnow|today)|date\.today|time\.time(_ns)?|func\.now)$")
CLOCKS = {"helpdesk/clock.py", "triage_model/__main__.py"}  # the second: a package of its own, from the shell
SERVED_FILES = {"static", "htmx.static", "bootstrap.static"}
OPEN_TO_EVERYBODY = {
    "api": {"hsds_about", "hsds_services", "hsds_service", "hsds_organisations", "hsds_organisation"},
    "accounts": {"sign_in", "check_in", "sign_out"},
    "case_state": {
        "ask",
        "look_up",
        "show",
        "withdraw",
        "write",
    },  # by number and second fact, or private link
    "health": {"alive", "ready"},
    "portal": {"home"},
    "service_form": {"start", "start_anew", "show", "answer", "done"},
}
NEVER_SHOWN = {
    "AbstainReason": "worded in the suggestion's template",
    "Verdict": "internal to delivery",
    "Permission": "internal to access",
    "Fact": "worded by facts.yaml",
    "FactKind": "how a fact is asked",
    "Operator": "a condition's own words say it",
    "Weekday": "a key of the calendar's data",
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_short_documented_and_its_functions_are_short(path: Path) -> None:
    module = tree(path)
    assert ast.get_docstring(module), "a module says what it decides"
    if named(path) not in LONG_MODULES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION + signature_lines(node), f"{node.name}: {length} lines"


def signature_lines(node: ast.FunctionDef) -> int:
    """Return the lines of a function that are its signature and docstring: they are read, not followed."""
    body = node.body[0]
    documented = ast.get_docstring(node) is not None
    return (body.end_lineno or 0) - node.lineno if documented else body.lineno - node.lineno - 1


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_is_short_says_what_it_is_and_holds_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_TEMPLATE
    assert text.startswith("{#")
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", text)


def test_no_two_modules_of_the_application_share_a_name() -> None:
    names = Counter(
        p.stem for p in MODULES if p.parts[len(ROOT.parts)] == "helpdesk" and p.stem != "__init__"
    )
    assert not [name for name, count in names.items() if count > 1]


def test_every_endpoint_is_behind_an_access_rule(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        assert endpoint in SERVED_FILES or hasattr(view, "access_rule"), endpoint


def test_what_is_open_to_everybody_is_written_down(app: Flask) -> None:
    views = app.view_functions.items()
    found = {endpoint for endpoint, view in views if getattr(view, "access_rule", None) == "public"}
    assert found == {f"{room}.{view}" for room, names in OPEN_TO_EVERYBODY.items() for view in names}


def test_every_template_compiles(app: Flask) -> None:
    for name in app.jinja_env.list_templates(
        filter_func=lambda n: n.endswith(".html") and "bootstrap" not in n
    ):
        app.jinja_env.get_template(name)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_everything_that_a_template_imports_is_there(path: Path) -> None:
    for imported in parsed(path).find_all(nodes.FromImport):
        assert isinstance(imported.template, nodes.Const)
        source = parsed(ROOT / "templates" / imported.template.value)
        offered = {macro.name for macro in source.find_all(nodes.Macro)}
        offered |= {name.name for name in source.find_all(nodes.Name) if name.ctx == "store"}
        assert {name if isinstance(name, str) else name[0] for name in imported.names} <= offered


def parsed(path: Path) -> nodes.Template:
    return Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))


def test_every_icon_that_a_template_names_is_shipped() -> None:
    sprite = (ROOT / "static" / "icons.svg").read_text(encoding="utf-8")
    shipped = set(re.findall(r'<symbol[^>]*\bid="([^"]+)"', sprite))
    used = {
        name
        for p in TEMPLATES
        for name in re.findall(r'(?<!macro )icon\("([^"]+)"\)', p.read_text(encoding="utf-8"))
    }
    assert used <= shipped


def closed_sets() -> Iterator[type[StrEnum]]:
    for path in MODULES:
        folder = named(path)
        if folder.startswith(
            ("helpdesk/policy", "helpdesk/models", "helpdesk/queries", "knowledge_base/records/vocab")
        ):
            module = folder.removesuffix(".py").replace("/", ".")
            for node in tree(path).body:
                if isinstance(node, ast.ClassDef) and "StrEnum" in map(ast.unparse, node.bases):
                    yield getattr(sys.modules.get(module) or __import__(module, fromlist=["x"]), node.name)


@pytest.mark.parametrize("members", list(closed_sets()), ids=lambda m: m.__name__)
def test_every_member_of_a_closed_set_has_its_words(members: type[StrEnum]) -> None:
    if members.__name__ not in NEVER_SHOWN:
        assert set(LABELS[members]) == {member.value for member in members}


def test_the_vocabulary_is_defined_once() -> None:
    names = [members.__name__ for members in closed_sets()]
    assert len(names) == len(set(names))
    assert vocabulary.Category in set(closed_sets())


@pytest.mark.parametrize("path", [p for p in MODULES if named(p) not in CLOCKS], ids=named)
def test_nobody_but_the_clock_reads_the_clock(path: Path) -> None:
    names = {ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute | ast.Name)}
    assert not [name for name in names if READS_THE_CLOCK.search(name)]


@pytest.mark.parametrize(
    "path",
    [
        p
        for p in MODULES
        if named(p).startswith(
            ("helpdesk/services", "helpdesk/queries", "helpdesk/models", "helpdesk/policy")
        )
    ],
    ids=named,
)
def test_nothing_below_the_doors_commits_or_knows_of_flask(path: Path) -> None:
    assert not [call for call in calls(path) if call.endswith((".commit", ".rollback"))]
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert not [name for name in imported if name.startswith("flask")]


def test_only_telephony_and_its_gateway_know_the_provider() -> None:
    knowing = {
        named(p)
        for p in MODULES
        if re.search(r"^\s*(from|import) twilio", p.read_text(encoding="utf-8"), re.M)
    }
    assert knowing
    assert all(name.startswith(("helpdesk/web/telephony/", "helpdesk/gateways/twilio")) for name in knowing)


def test_a_web_process_never_holds_scikit_learn(model_store: Path, tmp_path: Path) -> None:
    code = (
        "import os, sys; from helpdesk.app import create_app; from helpdesk.settings import from_env;"
        "create_app(from_env(os.environ));"
        "print([m for m in sys.modules if m.split('.')[0] in ('sklearn', 'scipy')])"
    )
    environment = {"TRIAGE_MODEL_DIR": str(model_store), "INSTANCE_DIR": str(tmp_path), "PATH": "/usr/bin"}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
