"""The rules of this house that no ready-made linter knows: `python tools/house.py [FOLDER]`.

Each rule is one function from a file (or from the whole repository) to its findings; `RULES` and
`REPOSITORY_RULES` list them. A rule has no exceptions list: what it finds is changed, not excused.
"""

import ast
import io
import re
import sys
import tokenize
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CODE = ("src", "tests", "tools", "bench")
MODULE_LINES = 400
VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "base", "services", "service"})
# The stretch of the line in which time and chance are arguments.
PURE = frozenset({"lang", "facts", "metrics", "analyses", "predictions", "segments", "charts"})

_MOMENTS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")
_TICKS = ("time", "monotonic", "perf_counter", "time_ns", "monotonic_ns", "perf_counter_ns")
_CALENDARS = ("localtime", "gmtime", "ctime")
CLOCKS = frozenset(
    {f"datetime.{name}" for name in _MOMENTS}
    | {f"time.{name}" for name in _TICKS + _CALENDARS}
    | {f"pandas.Timestamp.{name}" for name in ("now", "today", "utcnow")}
    | {"ibis.now", "ibis.today"}
)
CHANCE = (
    "random.",
    "numpy.random.",
    "secrets.",
    "os.urandom",
    "uuid.uuid1",
    "uuid.uuid4",
    "ibis.random",
    "ibis.uuid",
)
# These are chance handed over by the caller, as long as they get a seed.
SEEDED = frozenset({"random.Random", "numpy.random.default_rng", "numpy.random.SeedSequence", "numpy.random.PCG64"})
CHANCE_TYPES = frozenset({"numpy.random.Generator", "numpy.random.BitGenerator"})

# Whoever asks another host asks through its one door; what is here would open another one.
HTTP = "aiohttp ftplib http.client httpcore httpcore2 httpx httpx2 requests urllib.request urllib3 xmlrpc.client"
DOORS = dict.fromkeys(f"{HTTP} websockets".split(), "src/stamm/delivery/door.py") | {
    "smtplib": "src/stamm/delivery/mailing.py"
}

LATER = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
HOST = re.compile(r"://|\b[\w-]+(\.[\w-]+)*\.(org|com|net|io|dev|cloud|internal|local)\b")
INDEX_OPTION = re.compile(r"^\s*(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)\b")


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


@dataclass(frozen=True)
class Module:
    """One Python file of the repository."""

    root: Path
    path: Path

    @cached_property
    def name(self) -> str:
        return self.path.relative_to(self.root).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.name)

    @cached_property
    def package(self) -> str | None:
        """The package of the line it belongs to: `metrics` for src/stamm/metrics/retention/x.py."""
        parts = self.path.relative_to(self.root).parts
        return parts[2].removesuffix(".py") if parts[:2] == ("src", "stamm") and len(parts) > 2 else None

    @cached_property
    def imported(self) -> dict[str, str]:
        """What each imported name stands for: `from datetime import date as d` gives d -> datetime.date."""
        names: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole, first = alias.name, alias.name.partition(".")[0]
                    names[alias.asname or first] = whole if alias.asname else first
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return names

    def dotted(self, node: ast.expr) -> str | None:
        """The full name an expression stands for, or None where it is not an imported name."""
        tail: list[str] = []
        while isinstance(node, ast.Attribute):
            tail.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.imported:
            return None
        return ".".join([self.imported[node.id], *reversed(tail)])

    def finding(self, line: int, rule: str, text: str) -> Finding:
        return Finding(self.name, line, rule, text)


# -- rules for one module ------------------------------------------------------------------------------------


def size(module: Module) -> Iterator[Finding]:
    lines = len(module.text.splitlines())
    parts = module.path.relative_to(module.root).parts
    if lines > MODULE_LINES and parts[0] != "tests" and "migrations" not in parts:
        yield module.finding(1, "size", f"{lines} lines; a module has at most {MODULE_LINES}: split it by meaning")


def vague_name(module: Module) -> Iterator[Finding]:
    for part in module.path.relative_to(module.root).parts:
        stem = part.removesuffix(".py")
        if stem in VAGUE_NAMES:
            text = f"'{stem}' says nothing about what is inside: name it after that (what a metric is: kind.py)"
            yield module.finding(1, "vague-name", text)


def clock(module: Module) -> Iterator[Finding]:
    """From lang to charts nobody asks what time it is: a moment is an argument."""
    if module.package not in PURE:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute | ast.Name) and (name := module.dotted(node)) in CLOCKS:
            yield module.finding(node.lineno, "clock", f"{name} reads the clock; take the moment as an argument")


def chance(module: Module) -> Iterator[Finding]:
    """From lang to charts nobody throws dice of their own: a seeded generator is an argument."""
    if module.package not in PURE:
        return
    seeded = {id(n.func) for n in ast.walk(module.tree) if isinstance(n, ast.Call) and (n.args or n.keywords)}
    called = {id(n.func) for n in ast.walk(module.tree) if isinstance(n, ast.Call)}
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        name = module.dotted(node)
        if name is None or not name.startswith(CHANCE) or name in CHANCE_TYPES:
            continue
        # With a seed, or named as a type, it is not chance of its own.
        if name in SEEDED and (id(node) in seeded or id(node) not in called):
            continue
        if any(name.startswith(f"{known}.") for known in SEEDED | CHANCE_TYPES):
            continue
        text = f"{name} is chance of its own; take a seed or a generator as an argument"
        yield module.finding(node.lineno, "chance", text)


def division(module: Module) -> Iterator[Finding]:
    """A metric divides by share and ratio alone: they know what nothing out of nothing is."""
    if module.package != "metrics":
        return
    functions = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
    for node in {id(n): n for function in functions for n in ast.walk(function)}.values():
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv):
            yield module.finding(node.lineno, "division", "divide by share(...) or ratio(...)")


def silent_except(module: Module) -> Iterator[Finding]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield module.finding(node.lineno, "silent-except", "a bare except also catches Ctrl-C: name the error")
            elif all(_does_nothing(statement) for statement in node.body):
                text = "an error vanishes here: handle it, or write contextlib.suppress(TheError) and why"
                yield module.finding(node.lineno, "silent-except", text)
            elif _broad(node.type) and not _acts(node.body):
                text = "any error at all vanishes here: name the error, or raise or report it"
                yield module.finding(node.lineno, "silent-except", text)
        elif isinstance(node, ast.Call) and module.dotted(node.func) == "contextlib.suppress":
            broad = [argument for argument in node.args if _broad(argument)]
            for argument in broad:
                yield module.finding(argument.lineno, "silent-except", "suppresses any error at all: name it")


def _does_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _broad(kind: ast.expr) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(isinstance(k, ast.Name) and k.id in {"Exception", "BaseException"} for k in kinds)


def _acts(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Raise | ast.Call) for statement in body for node in ast.walk(statement))


def way_out(module: Module) -> Iterator[Finding]:
    """Nothing leaves but through the guarded door of `delivery`, and mail through its own."""
    if module.package is None:
        return
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name}" for name in names]
        for way, door in DOORS.items():
            if module.name != door and any(f"{name}.".startswith(f"{way}.") for name in names):
                yield module.finding(node.lineno, "way-out", f"{way} goes out beside the guarded door: use {door}")


def later(module: Module) -> Iterator[Finding]:
    """What is left to do is an issue, not a note in the code."""
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type == tokenize.COMMENT and (match := LATER.search(token.string)):
            yield module.finding(token.start[0], "later", f"{match[0]}: do it, or open an issue")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node)
            if docstring and (match := LATER.search(docstring)):
                line = node.body[0].lineno
                yield module.finding(line, "later", f"{match[0]} in a docstring: do it, or open an issue")


RULES: tuple[Callable[[Module], Iterator[Finding]], ...] = (
    size,
    vague_name,
    clock,
    chance,
    division,
    silent_except,
    way_out,
    later,
)


# -- rules for the repository --------------------------------------------------------------------------------


def locks_name_no_host(root: Path) -> Iterator[Finding]:
    """A lock says what, by hash; where it comes from is the business of the machine that installs."""
    for path in sorted(root.glob("requirements/*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if INDEX_OPTION.search(line) or HOST.search(line):
                yield Finding(path.relative_to(root).as_posix(), number, "lock-host", f"names a host: {line.strip()}")
    for name in ("package-lock.json", "uv.lock"):
        for path in (p for folder in (".", *CODE) for p in sorted((root / folder).glob(f"**/{name}"))):
            if "node_modules" in path.parts or any(part.startswith(".") for part in path.relative_to(root).parts):
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if "://" in line or "registry =" in line:
                    yield Finding(path.relative_to(root).as_posix(), number, "lock-host", "names a host")


def build_names_no_host(root: Path) -> Iterator[Finding]:
    scripts = [p for p in sorted(root.glob("tools/*")) if p.is_file() and not p.suffix]
    for path in [root / "Makefile", *sorted(root.glob(".ci/*")), *scripts]:
        if path.is_file():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if "://" in line:
                    yield Finding(path.relative_to(root).as_posix(), number, "build-host", "names a host")


def locks_are_whole(root: Path) -> Iterator[Finding]:
    """Every locked package has a hash, and the locks fit what pyproject.toml asks for."""
    locked: dict[str, dict[str, str]] = {}
    for path in sorted(root.glob("requirements/*.txt")):
        versions = locked[path.stem] = {}
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in text.splitlines():
            if match := re.match(r"([A-Za-z0-9][\w.-]*)==([^\s;]+)", line):
                versions[canonicalize_name(match[1])] = match[2]
                if "--hash=sha256:" not in line:
                    yield Finding(path.relative_to(root).as_posix(), 1, "lock-hash", f"{match[1]} has no hash")
    if not (root / "pyproject.toml").is_file() or not locked:
        return
    wanted = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project = wanted.get("project", {})
    asked = {"runtime": project.get("dependencies", [])}
    asked |= {extra: list(asks) for extra, asks in project.get("optional-dependencies", {}).items()}
    groups = wanted.get("dependency-groups", {})
    asked |= {group: [ask for ask in asks if isinstance(ask, str)] for group, asks in groups.items()}
    for name, asks in asked.items():
        for requirement in map(Requirement, asks):
            version = locked.get(name, {}).get(canonicalize_name(requirement.name))
            if version is None or version not in requirement.specifier:
                text = f"pyproject.toml asks for {requirement}, the lock has {version or 'none'}: make lock"
                yield Finding(f"requirements/{name}.txt", 1, "lock-stale", text)


def links_resolve(root: Path) -> Iterator[Finding]:
    """Every relative link in the prose leads to a file that is there, and to a heading that is there."""
    pages = [
        *root.glob("*.md"),
        *root.glob("docs/**/*.md"),
        *root.glob("changelog.d/*.md"),
        *root.glob("src/**/*.md"),
    ]
    for page in sorted(pages):
        name = page.relative_to(root).as_posix()
        for number, target in _links(page.read_text(encoding="utf-8")):
            place, _, anchor = target.partition("#")
            if re.match(r"[a-z][a-z0-9+.-]*:", place):
                continue
            aim = (page.parent / place).resolve() if place else page
            if not aim.exists():
                yield Finding(name, number, "link", f"{target}: there is no such file")
            elif anchor and aim.suffix == ".md" and anchor not in _headings(aim.read_text(encoding="utf-8")):
                yield Finding(name, number, "link", f"{target}: the page has no such heading")


def _prose(text: str) -> Iterator[tuple[int, str]]:
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r"\s*(```+|~~~+)", line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence:
            yield number, line


def _links(text: str) -> Iterator[tuple[int, str]]:
    for number, line in _prose(text):
        bare = re.sub(r"`[^`]*`", "", line)
        for match in re.finditer(r"\]\(<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*<?([^\s>]+)", bare):
            yield number, match[1] or match[2]


def _headings(text: str) -> set[str]:
    found: dict[str, int] = {}
    anchors = set(re.findall(r'<a (?:id|name)="([^"]+)"', text))
    for _, line in _prose(text):
        if match := re.match(r"#{1,6}\s+(.*?)\s*#*$", line):
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match[1])
            slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
            anchors.add(f"{slug}-{found[slug]}" if slug in found else slug)
            found[slug] = found.get(slug, 0) + 1
    return anchors


REPOSITORY_RULES: tuple[Callable[[Path], Iterator[Finding]], ...] = (
    locks_name_no_host,
    build_names_no_host,
    locks_are_whole,
    links_resolve,
)


def modules_of(root: Path) -> list[Module]:
    paths = (path for folder in CODE for path in sorted((root / folder).glob("**/*.py")))
    return [Module(root, p) for p in [*sorted(root.glob("*.py")), *paths] if "node_modules" not in p.parts]


def inspect(root: Path) -> list[Finding]:
    """Every finding in the repository at `root`, in the order of files and lines."""
    findings = [finding for module in modules_of(root) for rule in RULES for finding in rule(module)]
    findings += [finding for repository_rule in REPOSITORY_RULES for finding in repository_rule(root)]
    return sorted(set(findings))


def main(arguments: list[str]) -> int:
    root = Path(arguments[0] if arguments else Path(__file__).parent.parent).resolve()
    findings = inspect(root)
    for finding in findings:
        print(finding)
    print(f"   {len(modules_of(root))} modules, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
