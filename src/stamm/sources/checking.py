"""From raw columns to the typed columns of a fact: bad rows are set aside with place and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts.columns import Column
from stamm.facts.faults import MISSING, NO_CURRENCY_BESIDE, before, below, needs_one_of, of_sign, outside
from stamm.facts.kind import Imported
from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.sources.cells import as_text, mask_of, read_column, read_major
from stamm.sources.kind import VALUE_LENGTH, Reject, listed
from stamm.sources.local_time import DAY, Mask, Whole
from stamm.sources.moments import Read

MONEY = "_minor"
#: so many columns that are ignored are named, the rest is counted
_TOLD = 20


@dataclass(frozen=True)
class Raw:
    """Rows as they stand in a file: columns of any Arrow type, and the line on which each row begins.

    In a column of text, the cells in `native` are those that the file itself holds as numbers, moments or flags: they
    come in canonical writing, whatever is said about how text is written. `flaws` are cells that are wrong whatever
    they should be (column, rows, reason); nothing stands in them.
    """

    columns: Mapping[str, pa.Array]
    lines: Whole
    native: Mapping[str, Mask] = field(default_factory=dict)
    flaws: tuple[tuple[str, Mask, str], ...] = ()


class Verdict:
    """The first fault of each row."""

    def __init__(self, size: int) -> None:
        #: 0 where there is none, else its place in `told` plus one
        self.fault = np.zeros(size, dtype=np.int64)
        self.told: list[tuple[str, str]] = []

    @property
    def sound(self) -> Mask:
        """Rows without a fault."""
        sound: Mask = self.fault == 0
        return sound

    def blame(self, rows: Mask, column: str, reason: str) -> None:
        """These rows are not sound, for this reason, unless they have one already."""
        fresh = rows & self.sound
        if fresh.any():
            self.told.append((column, reason))
            self.fault[fresh] = len(self.told)

    def of_rows(self, rows: Mask) -> Verdict:
        """The verdict on some of the rows."""
        some = Verdict(0)
        some.fault, some.told = self.fault[rows], list(self.told)
        return some

    def of(self, row: int) -> tuple[str, str]:
        """Column and reason of an unsound row."""
        return self.told[int(self.fault[row]) - 1]


class Layout:
    """How the columns of one file become the columns of a fact; made once a file, used for every chunk."""

    def __init__(self, fact: type[Imported], names: Sequence[str], file: str, organisation: Organisation) -> None:
        self.fact, self.file, self.organisation = fact, file, organisation
        self.wanted: dict[str, Column] = {**fact.carried(), **_system(fact)}
        self.taken: dict[str, str] = {}
        self.major: set[str] = set()
        ignored = []
        self._refuse_doubled(names)
        for name in names:
            plain = name.strip()
            minor = self.wanted.get(plain + MONEY)
            if plain in self.wanted:
                self.taken[plain] = name
            elif minor is not None and minor.money:
                self.major.add(plain + MONEY)
                self.taken.setdefault(plain + MONEY, name)
            else:
                ignored.append(name)
        self.remarks = tuple(self._ignored(name) for name in ignored[:_TOLD])
        if len(ignored) > _TOLD:
            self.remarks += (f"{len(ignored) - _TOLD:,} more columns are ignored",)
        self._refuse_ambiguous(names)
        self._refuse_incomplete(names)
        money = [name for name in self.taken if self.wanted[name].money]
        self.assumes_currency = "currency" in self.wanted and "currency" not in self.taken and bool(money)
        if self.assumes_currency:
            taken = f"there is no column currency: {', '.join(money)} is taken as {organisation.currency}"
            self.remarks += (f"{taken}, the organisation's currency",)

    # -- the heading -----------------------------------------------------------------
    def _refuse_doubled(self, names: Sequence[str]) -> None:
        counts = Counter(name.strip() for name in names)
        doubled = sorted(name for name, count in counts.items() if count > 1 and name)
        if doubled:
            raise InputError(
                f"The column {doubled[0]} stands in the heading twice.",
                where=self.file,
                remedy="Rename or remove one of the two.",
            )

    def _refuse_ambiguous(self, names: Sequence[str]) -> None:
        plain = {name.strip() for name in names}
        for minor in sorted(self.major):
            if minor in plain:
                major = minor.removesuffix(MONEY)
                raise InputError(
                    f"The columns {major} and {minor} say the same.",
                    where=self.file,
                    remedy=f"Keep {minor} (whole minor units) or {major} (major units), not both.",
                )

    def _refuse_incomplete(self, names: Sequence[str]) -> None:
        missing = [name for name, column in self.wanted.items() if column.required and name not in self.taken]
        missing = [name for name in missing if name in self.fact.carried()]
        one_of = self.fact.one_of
        found = listed([name.strip() or "(without a name)" for name in names]) or "none"
        if missing:
            free = [name for name in names if name not in self.taken.values()]
            near = [f"{near[0]} for {name}" for name in missing if (near := _near(name, free))]
            hint = f" Perhaps {', '.join(near)}?" if near else ""
            columns = "The column" if len(missing) == 1 else "The columns"
            verb = "is" if len(missing) == 1 else "are"
            raise InputError(
                f"{columns} {', '.join(missing)} {verb} missing.",
                where=self.file,
                remedy=f"Columns found: {found}.{hint} Rename or add what is missing in the heading.",
            )
        if one_of and not any(name in self.taken for name in one_of):
            raise InputError(
                f"One of the columns {' or '.join(one_of)} is needed, and neither is there.",
                where=self.file,
                remedy=f"Columns found: {found}. Rename or add one of them in the heading.",
            )

    def _ignored(self, name: str) -> str:
        plain = name.strip()
        if not plain:
            return "a column without a name is ignored"
        if plain == "source":
            return "the column source is ignored: the file itself is the source"
        near = _near(plain, [free for free in self.wanted if free not in self.taken])
        hint = f"; did you mean {near[0]}?" if near else ""
        return f"the column {plain} is ignored: {self.fact.key} has no such column{hint}"

    # -- the rows --------------------------------------------------------------------
    def check(self, raw: Raw) -> tuple[pa.Table, tuple[Reject, ...]]:
        """The sound rows, typed, in their order; and the others, one reject a row."""
        read: dict[str, Read] = {}
        if self.assumes_currency:
            read["currency"] = Read(pa.repeat(pa.scalar(self.organisation.currency), len(raw.lines)))
        for name in sorted(self.taken, key=lambda name: (name in self.major, list(self.wanted).index(name))):
            read[name] = self._read(raw.columns[self.taken[name]], name, read)
        verdict = Verdict(len(raw.lines))
        for column, rows, reason in raw.flaws:
            verdict.blame(rows, column, reason)
        self.judge(verdict, read)
        bad = np.nonzero(~verdict.sound)[0]
        return self.table(verdict, read), tuple(self._reject(raw, verdict, int(row)) for row in bad)

    def table(self, verdict: Verdict, read: Mapping[str, Read]) -> pa.Table:
        """The sound rows of columns read."""
        table = pa.table({name: read[name].values for name in self.wanted if name in read})
        return table if verdict.sound.all() else table.filter(pa.array(verdict.sound))

    def _read(self, array: pa.Array, name: str, read: Mapping[str, Read]) -> Read:
        try:
            if name in self.major:
                return read_major(array, read["currency"].values)
            return read_column(array, self.wanted[name], self.organisation.zone)
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
            told, type_ = self.taken[name], self.wanted[name].type
            raise InputError(
                f"The column {told} holds {array.type}, which cannot be read as {type_}.",
                where=self.file,
                remedy="Write it as text, numbers or timestamps.",
            ) from error

    def judge(self, verdict: Verdict, read: Mapping[str, Read], *, whole: bool = True) -> None:
        """Blame each row for its first fault; in parts of rows (not `whole`) only for what more of them cannot mend."""
        for name, column in self.wanted.items():
            if name in read:
                for rows, reason in read[name].faults:
                    verdict.blame(rows, self._told(name), reason)
                if whole:
                    self._blame_column(verdict, name, column, read[name])
        if whole:
            self._blame_rows(verdict, read)
        if "currency" in self.taken:
            money = [read[name].filled() for name in read if self.wanted[name].money]
            if money:
                bare = ~read["currency"].filled() & np.logical_or.reduce(money)
                verdict.blame(bare, self._told("currency"), NO_CURRENCY_BESIDE)

    def _blame_column(self, verdict: Verdict, name: str, column: Column, read: Read) -> None:
        if column.required and name in self.fact.carried():
            verdict.blame(~read.filled(), self._told(name), MISSING)
        if column.low is not None:
            verdict.blame(mask_of(pc.less(read.values, column.low)), self._told(name), below(column.low))

    def _blame_rows(self, verdict: Verdict, read: Mapping[str, Read]) -> None:
        one_of = self.fact.one_of
        if one_of:
            present = [read[name].filled() for name in one_of if name in read]
            verdict.blame(~np.logical_or.reduce(present), one_of[0], needs_one_of(one_of))
        for name in read:
            self._blame_beside(verdict, name, read)

    def _blame_beside(self, verdict: Verdict, name: str, read: Mapping[str, Read]) -> None:
        """Cells that do not go with another of their row."""
        column, values = self.wanted[name], read[name].values
        earlier = column.follows or column.ends
        if earlier in read:
            backwards = _before(read[name], read[earlier], bare_is_day=not column.ends)
            verdict.blame(backwards, self._told(name), before(earlier))
        low, high = column.within or ("", "")
        if low in read:
            verdict.blame(mask_of(pc.less(values, read[low].values)), self._told(name), outside(low, above=False))
        if high in read:
            verdict.blame(mask_of(pc.greater(values, read[high].values)), self._told(name), outside(high, above=True))
        for kind, sign in column.signs.items() if "kind" in read else ():
            wrong = pc.and_(pc.equal(pc.sign(values), -sign), pc.equal(read["kind"].values, kind))
            verdict.blame(mask_of(wrong), self._told(name), of_sign(kind, sign))

    def _told(self, name: str) -> str:
        """How a column is called in the file."""
        return self.taken.get(name, name)

    def _reject(self, raw: Raw, verdict: Verdict, row: int) -> Reject:
        column, reason = verdict.of(row)
        value = shown(raw.columns[column].slice(row, 1)) if column in raw.columns else ""
        return Reject(self.file, int(raw.lines[row]), column.strip(), value, reason)


def shown(cell: pa.Array) -> str:
    """An array of one cell as it is kept of a reject; empty where nothing is in it."""
    if not cell[0].is_valid:
        return ""
    try:
        return str(as_text(cell)[0].as_py() or "")[:VALUE_LENGTH]
    except pa.ArrowException:
        return str(cell[0].as_py())[:VALUE_LENGTH]


def _system(fact: type[Imported]) -> dict[str, Column]:
    """What the store adds, but a source may know."""
    return {name: fact.columns()[name] for name in ("received_at", "simulated")}


def _near(name: str, known: Sequence[str]) -> list[str]:
    """The nearest of the known names, at most one."""
    plain = {other.strip().lower().replace(" ", "_").replace("-", "_"): other for other in reversed(known)}
    wanted = name.lower().replace(" ", "_").replace("-", "_")
    near = get_close_matches(wanted, plain, n=1, cutoff=0.6)
    return [plain[found].strip() for found in near]


def _before(later: Read, earlier: Read, *, bare_is_day: bool) -> Mask:
    """Rows whose later moment lies before the earlier one; a bare date is its whole day or its first instant."""
    both = mask_of(pc.and_(later.values.is_valid(), earlier.values.is_valid()))
    end = later.values.cast(pa.int64()).fill_null(0).to_numpy()
    start = earlier.values.cast(pa.int64()).fill_null(0).to_numpy()
    if later.bare is not None and bare_is_day:
        end = np.where(later.bare, end + DAY, end)
    result: Mask = both & (end < start)
    return result
