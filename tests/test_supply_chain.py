"""What is installed is known to the byte, what it is made of can be listed, and a run talks to nobody."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

from analyzer.bundle import Budget, tree
from analyzer.parsers.reading import BINARY_LIMIT, DOCUMENT_LIMIT
from tools.sbom import bill, plain

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = dict(re.findall(r"^([\w.-]+)==([\w.]+)$", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
HASHES = (ROOT / "requirements.hashes").read_text("utf-8")


def test_every_locked_package_has_hashes_and_no_other() -> None:
    hashed = dict(re.findall(r"^([\w.-]+)==([\w.]+) \\\n", HASHES, re.MULTILINE))
    assert {plain(name): version for name, version in hashed.items()} == {plain(name): version for name, version in LOCK.items()}
    for block in re.split(r"\n(?=[\w.-]+==)", HASHES)[1:]:
        digests = re.findall(r"--hash=sha256:([0-9a-f]+)", block)
        assert digests and all(len(digest) == 64 for digest in digests)


def test_every_dependency_is_locked() -> None:
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["timeline"], *PROJECT["optional-dependencies"]["test"]]
    names = {plain(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in asked}
    assert names - {plain(name) for name in LOCK} == set()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements.hashes", "pyproject.toml", "Makefile", "SECURITY.md"])
def test_no_file_names_a_registry(name: str) -> None:
    assert not re.search(r"(?i)index-url|find-links|trusted-host(?!s)\b.*=|https?://[^\s]*(?:pypi|simple/)", _without_comments(name))


def _without_comments(name: str) -> str:
    return "\n".join(line for line in (ROOT / name).read_text("utf-8").splitlines() if not line.startswith("#"))


def test_the_bill_of_materials_lists_what_a_run_needs() -> None:
    found = bill()
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.5")
    components = {row["name"]: row["version"] for row in found["components"]}
    direct = {plain(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in PROJECT["dependencies"] if "Windows" not in line}
    assert direct <= set(components) and "pytest" not in components
    assert {plain(name): version for name, version in LOCK.items()}.items() >= {(n, v) for n, v in components.items() if n in LOCK}
    references = {row["bom-ref"] for row in found["components"]} | {found["metadata"]["component"]["bom-ref"]}
    assert {row["ref"] for row in found["dependencies"]} == references
    assert all(set(row["dependsOn"]) <= references for row in found["dependencies"])
    assert json.dumps(bill()) == json.dumps(found)


def test_the_limits_that_are_told_are_those_that_hold() -> None:
    budget = Budget()
    gib, mib = 1 << 30, 1 << 20
    told = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", (ROOT / "SECURITY.md").read_text("utf-8"), re.MULTILINE))
    assert {
        "members of a bundle, over all archives": f"{budget.max_members:,}",
        "archives inside archives": f"{budget.max_depth} levels",
        "content of one member": f"{budget.max_member_bytes // gib} GiB",
        "content of all members": f"{budget.max_bytes // gib} GiB",
        "content per compressed byte": f"{budget.max_ratio:,}, once a member has more than {budget.ratio_free // mib} MiB",
        "time for one member": f"{budget.seconds_free:.0f} s, and {budget.seconds_per_mb} s for each MB of its content (of the processor, checked between blocks and between entries)",
        "bytes of a text document": f"{DOCUMENT_LIMIT // mib} MiB",
        "bytes of a registry hive": f"{BINARY_LIMIT // mib} MiB",
        "entries of one document, of all documents": f"{budget.max_events:,}, {budget.max_events_in_all:,}",
        "matches that are kept in memory, over all logs": f"{budget.max_held // mib} MiB",
        "problems that are listed by the reading of archives": f"{tree._MOST_PROBLEMS:,}",
    }.items() <= told.items()


# No network.

_FORBIDDEN = ("socket", "ssl", "urllib.request", "http", "ftplib", "smtplib", "telnetlib", "xmlrpc", "asyncio", "requests", "webbrowser")


def test_no_module_imports_what_could_talk() -> None:
    for path in sorted((ROOT / "analyzer").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not [name for name in names if name.startswith(_FORBIDDEN)], path


def test_no_module_starts_a_program_or_runs_text_as_code() -> None:
    for path in sorted((ROOT / "analyzer").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
                assert not {"subprocess", "pickle", "marshal", "shelve", "ctypes", "pty"} & set(names), path
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called != "yaml.load" or "SafeLoader" in path.read_text("utf-8"), path
                assert called not in {"eval", "exec", "os.system", "os.popen", "yaml.unsafe_load", "__import__"}, (
                    path,
                    called,
                )


_FENCE = textwrap.dedent("""
    import os, socket, sys
    allowed = (os.environ["TMPDIR"] + os.sep, os.devnull)
    def refuse(event, arguments):
        if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn")):
            os.write(2, f"REFUSED {event} {arguments!r}".encode())
            os._exit(77)
        if event == "open" and isinstance(arguments[0], str) and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
            if not os.path.abspath(arguments[0]).startswith(allowed):
                os.write(2, f"REFUSED to write {arguments[0]!r}".encode())
                os._exit(78)
    class Deaf(socket.socket):
        def __init__(self, *_, **__):
            raise AssertionError("a socket")
    socket.socket = Deaf
    socket.create_connection = socket.getaddrinfo = socket.gethostbyname = Deaf
    sys.dont_write_bytecode = True
    sys.addaudithook(refuse)
""")
_RUN = "from analyzer.cli import main\nsys.argv = ['analyze', *sys.argv[1:]]\nmain()\n"


def _fenced(script: str, place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a script where all is refused that Python can audit: sockets, names, programs, and files opened for writing outside `place`."""
    command = [sys.executable, "-c", _FENCE + script, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"TMPDIR": str(place)})


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import _socket; _socket.socket()", 77),
        ("import _socket; _socket.getaddrinfo('127.0.0.1', 9)", 77),
        ("import subprocess; subprocess.run(['true'])", 77),
        ("open('left-behind.txt', 'w')", 78),
    ],
)
def test_the_fence_holds(tmp_path: Path, script: str, code: int) -> None:
    assert _fenced(script, tmp_path).returncode == code


def test_a_run_opens_no_socket_and_writes_only_what_was_asked_for(tmp_path: Path) -> None:
    """Every output, inside the fence."""
    xml = b'<!DOCTYPE GoalState SYSTEM "http://127.0.0.1:9/x.dtd"><GoalState><Incarnation>1</Incarnation></GoalState>'
    for name, timeline in (("linux-extensions-disabled", "csv"), (_windows_fixture(), "parquet")):
        bundle = tmp_path / name
        bundle.mkdir()
        (bundle / "GoalState.1.xml").write_bytes(xml)
        outputs = [
            word
            for option, ending in (("-o", "html"), ("--json", "json"), ("--timeline", timeline), ("--evidence", "zip"))
            for word in (option, str(tmp_path / f"{name}.{ending}"))
        ]
        done = _fenced(_RUN, tmp_path, str(ROOT / "fixtures" / name / "bundle"), str(bundle), *outputs)
        assert done.returncode == 0, done.stderr[-2000:]
        assert all(Path(path).stat().st_size for path in outputs[1::2])


def _windows_fixture() -> str:
    """A fixture with an event log: its reader has two libraries of its own."""
    return next(path.relative_to(ROOT / "fixtures").parts[0] for path in sorted((ROOT / "fixtures").rglob("*.evtx")))
