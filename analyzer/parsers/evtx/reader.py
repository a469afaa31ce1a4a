"""Reads one event log: chunk by chunk, everything counted, only what is wanted decoded.

Each chunk is checked, repaired if need be, and rendered alone, so the memory that a log takes does not grow with its size. A record
that the Rust reader refuses is tried with python-evtx. Events of a chunk whose checksum fails are kept and marked (`distrust`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from analyzer.model import Event, Problem, Value
from analyzer.parsers.evtx import backend, fallback
from analyzer.parsers.evtx.filter import OTHERS, Head, Heads, Wanted
from analyzer.parsers.evtx.framing import Junk, Slot, Start, frame
from analyzer.parsers.evtx.gaps import LogGap, Loss, Runs
from analyzer.parsers.evtx.image import Repaired, overrun, repair, walk
from analyzer.parsers.evtx.kept import Held, Kept
from analyzer.parsers.evtx.normalise import Record, moment, quoted, read_json, record_of, sane
from analyzer.parsers.evtx.structure import CHUNK, ChunkHeader, FileHeader, Place, chunk_header, written

SECURITY = "Security"

_MOST_CHANNELS = 1_000  # counted by name; a damaged log may have a new one in every record
_MOST_PROBLEMS = 100  # per log; the rest is counted
_MOST_FALLBACKS = 1_000  # records per log that python-evtx may try: it reads some 300 in a second
_MOST_NOTES = 1_000  # notes of cleared and archived logs that are kept
_TIME = '"TimeCreated":'
_TO_TIME = len('"TimeCreated":{"#attributes":{"SystemTime":"')
_STAMP = '"SystemTime":"'
_CHANNEL = '"Channel":"'


@dataclass
class EvtxScan:
    """What one log holds.

    `events`: what was wanted, by record id. `records`: all that were read. `first` and `last` (naive UTC) of all records whose chunk is
    sound. `channels` and `counts` (by provider and id): how many records. `recovered`: records that only a repair brought to light, by
    the reason that is also in their field of that name: `header` (behind the end that a stale file header states), `slack` (behind the
    end that a stale chunk header states), `rebuilt` (their own header was damaged), `fallback` (read by python-evtx). `distrusted`:
    records in chunks whose checksum fails. `omitted`: wanted but not kept, there were too many of that kind. `skipped`: why nothing was
    read, or ''.
    """

    events: list[Event] = field(default_factory=list)
    records: int = 0
    first: datetime | None = None
    last: datetime | None = None
    channels: dict[str, int] = field(default_factory=dict)
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    gaps: list[LogGap] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    recovered: dict[str, int] = field(default_factory=dict)
    distrusted: int = 0
    omitted: dict[str, int] = field(default_factory=dict)
    dirty: bool = False
    claimed: int | None = None
    chunks: int = 0
    skipped: str = ""


def read_evtx(blocks: Iterable[bytes], artifact: str, wanted: Wanted) -> EvtxScan:
    """Reads a log from blocks of its bytes, of any size. `artifact` is the path that events and problems bear.

    `blocks` is not read to its end if the log is the security log and nobody wants that. Raises nothing but what `blocks` raises.
    """
    reader = _Reader(artifact, wanted)
    for part in frame(blocks):
        if isinstance(part, Start):
            reader.start(part.header)
        elif isinstance(part, Junk):
            reader.junk(part)
        else:
            reader.chunk(part)
            if reader.refuses():
                return EvtxScan(channels=dict(reader.channels), skipped="the security log: no signature asks for it")
    return reader.finish()


class _Reader:
    def __init__(self, artifact: str, wanted: Wanted) -> None:
        self.artifact = artifact
        self.wanted = wanted
        self.scan = EvtxScan()
        self.heads = Heads(wanted)
        self.channels: Counter[str] = Counter()
        self.recovered: Counter[str] = Counter()
        self.kept = Kept()
        self.runs = Runs()
        self.low, self.high = "~", ""
        self.notes: list[LogGap] = []
        self.fallbacks = _MOST_FALLBACKS
        self.problems = 0

    def problem(self, what: str, lost: str) -> None:
        self.problems += 1
        if self.problems <= _MOST_PROBLEMS:
            self.scan.problems.append(Problem(self.artifact, what, lost))

    # What the file is made of.

    def start(self, header: FileHeader | None) -> None:
        if header is None:
            self.problem("the file header is lost", "nothing that its chunks do not tell")
            return
        self.scan.dirty, self.scan.claimed = header.dirty, header.chunks
        if not header.sound:
            self.problem("the checksum of the file header is wrong", "nothing: only its count of chunks, which is not relied upon")

    def junk(self, junk: Junk) -> None:
        """Foreign bytes are told. Empty space is what a log ends in; if records stood there, the jump of their ids tells."""
        if not junk.empty:
            self.problem(f"{junk.size} bytes at byte {junk.offset} are no chunk", "whatever records they held")

    def chunk(self, slot: Slot) -> None:
        scan = self.scan
        where = f"chunk {scan.chunks} at byte {slot.offset}"
        stale = scan.claimed is not None and scan.dirty and scan.chunks >= scan.claimed
        scan.chunks += 1
        header = chunk_header(slot.data)
        if header.sound and slot.magic and not overrun(slot.data, header):
            rendered = backend.render(slot.data)
            if not rendered.refused and len(rendered.records) == header.records:
                self.take(rendered.records, {"recovered": "header"} if stale else {}, {}, False)
                return
        self._damaged(slot, header, where)

    def _damaged(self, slot: Slot, header: ChunkHeader, where: str) -> None:
        """A chunk that needs repair, or that holds records which the Rust reader refuses."""
        distrust = not header.sound
        sound = header.sound and slot.magic and not overrun(slot.data, header)
        repaired = Repaired(bytearray(slot.data), walk(slot.data, header)) if sound else repair(slot.data, header, slot.present)
        rendered = backend.render(repaired.data)
        expected = Counter(place.record for place in repaired.records)
        records = [record for record in rendered.records if expected[record["event_record_id"]] and _TIME in record["data"]]
        self.take(records, {"distrust": True} if distrust else {}, _reasons(repaired), distrust)
        missing = expected - Counter(record["event_record_id"] for record in records)
        refused = [place for place in repaired.records if missing[place.record]]
        left = [place for place in refused if not self._fall_back(repaired.data, place, distrust)]
        self._tell(slot, header, repaired, where, left)

    def _tell(self, slot: Slot, header: ChunkHeader, repaired: Repaired, where: str, left: list[Place]) -> None:
        """The problems of a damaged chunk: what is wrong with it, and what that cost."""
        damage = []
        if not slot.magic:
            damage.append("its signature is lost")
        if slot.present < CHUNK:
            damage.append(f"only {slot.present} of its {CHUNK} bytes are there")
        if not header.header_sound:
            damage.append("the checksum of its header is wrong")
        if not header.data_sound:
            damage.append("the checksum of its records is wrong")
        if repaired.slack:
            damage.append(f"{len(repaired.slack)} records lie behind its stated end")
        lost = [f"record {place.record} at byte {slot.offset + place.offset}" for place in left[:3]]
        if len(left) > 3:
            lost.append(f"{len(left) - 3} more records that cannot be read")
        lost += [f"{size} bytes at byte {slot.offset + at}" for at, size in repaired.holes[:3]]
        if header.header_sound and (short := header.records - len(repaired.records)) > 0:
            lost.append(f"{short} of {header.records} records")
        if damage or lost:
            read = len(repaired.records) - len(left)
            kept = f"{read} records were read{'; they are marked, as values may be wrong' if not header.sound else ''}"
            self.problem(f"{where}: {', '.join(damage) or 'records that cannot be read'}", f"{', '.join(lost) or 'nothing known'}; {kept}")

    def _fall_back(self, data: bytes | bytearray, place: Place, distrust: bool) -> bool:
        """Reads with python-evtx a record that the Rust reader refuses. Whether it could."""
        if self.fallbacks <= 0:
            return False
        self.fallbacks -= 1
        tree = fallback.read(data, place)
        record = record_of(tree) if tree is not None else None
        if record is None:
            return False
        self.scan.records += 1
        self.scan.distrusted += distrust
        self.recovered["fallback"] += 1
        if self._counted(record, place.record, numbered=False):
            marks: dict[str, Value] = {"recovered": "fallback", **({"distrust": True} if distrust else {})}
            time = fallback.filetime(written(data, place))
            self.kept.add(record.provider, record.event_id, Held(place.record, record, time, marks))
        return True

    # What its records say.

    def take(self, records: list[dict[str, Any]], marks: Mapping[str, Value], reasons: Mapping[int, str], distrust: bool) -> None:
        """Counts rendered records, and holds those that somebody wants."""
        get, learn = self.heads.get, self.heads.learn
        times: list[str] = []
        literal, in_channel = "", 0
        for rendered in records:
            data: str = rendered["data"]
            cut = data.find(_TIME)
            start = data[:cut]
            head = get(start) or learn(start)
            if head is None:
                self._decoded(rendered, marks, reasons)
                continue
            head.count += 1
            times.append(data[cut + _TO_TIME : cut + _TO_TIME + 26])
            at = data.find(_CHANNEL, cut)
            if not (in_channel and data.startswith(literal, at)):
                self._count_channel(literal, in_channel)
                literal = data[at : data.find('"', at + len(_CHANNEL)) + 1] if at >= 0 else ""
                in_channel = 0
            in_channel += 1
            if head.look:
                self._look(head, rendered, times[-1], marks, reasons)
        self._count_channel(literal, in_channel)
        self._number(records)
        if not distrust:
            self._extend(times)
        self.scan.records += len(records)
        self.scan.distrusted += len(records) * distrust
        if reasons:
            self.recovered.update(reasons[record["event_record_id"]] for record in records if record["event_record_id"] in reasons)
        if "recovered" in marks:
            self.recovered[str(marks["recovered"])] += len(records)

    def _look(self, head: Head, rendered: dict[str, Any], time: str, marks: Mapping[str, Value], reasons: Mapping[int, str]) -> None:
        """A record of which somebody may want to know."""
        if head.note:
            self._note(rendered)
        if head.asked or (head.maybe and self._in_span(head.level, time)):
            self._hold(head.provider, head.event_id, rendered, marks, reasons)

    def _extend(self, times: list[str]) -> None:
        """Widens the span of the log to these times, but not to what can be no time of a record."""
        if times and not (min(times) > "1990" and max(times) < "2100"):
            times = [time for time in times if "1990" < time < "2100"]
        if times:
            self.low, self.high = min(self.low, min(times)), max(self.high, max(times))

    def _number(self, records: list[dict[str, Any]]) -> None:
        """Notes the record ids: of a chunk without a jump its first and last one."""
        if records and records[-1]["event_record_id"] - records[0]["event_record_id"] + 1 == len(records):
            self.runs.add(records[0]["event_record_id"], records[-1]["event_record_id"], _time_in(records[0]), _time_in(records[-1]))
            return
        for record in records:
            self.runs.add(record["event_record_id"], record["event_record_id"], _time_in(record), _time_in(record))

    def _count_channel(self, literal: str, count: int) -> None:
        if count:
            self._in_channel(quoted(literal[len(_CHANNEL) - 1 :]), count)

    def _in_channel(self, name: str, count: int) -> None:
        self.channels[name if name in self.channels or len(self.channels) < _MOST_CHANNELS else OTHERS] += count

    def _in_span(self, level: int, time: str) -> bool:
        moment_ = _moment(time)
        return moment_ is not None and self.wanted.takes_at(level, moment_)

    def _hold(self, provider: str, event_id: int, rendered: dict[str, Any], marks: Mapping[str, Value], reasons: Mapping[int, str]) -> None:
        number = rendered["event_record_id"]
        if number in reasons:
            marks = {**marks, "recovered": reasons[number]}
        self.kept.add(provider, event_id, Held(number, rendered["data"], rendered["timestamp"].removesuffix(" UTC"), marks))

    def _note(self, rendered: dict[str, Any]) -> None:
        record = read_json(rendered["data"])
        if record is not None and len(self.notes) < _MOST_NOTES:
            self.notes.append(_note(record, rendered["event_record_id"]))

    def _decoded(self, rendered: dict[str, Any], marks: Mapping[str, Value], reasons: Mapping[int, str]) -> None:
        """A record that the beginning of its text does not tell: it is decoded to be counted."""
        record = read_json(rendered["data"])
        if record is None:
            self.problem(f"record {rendered['event_record_id']} names no provider or event id", "what it says; it was counted")
        elif self._counted(record, rendered["event_record_id"], numbered=True):
            self._hold(record.provider, record.event_id, rendered, marks, reasons)

    def _counted(self, record: Record, number: int, *, numbered: bool) -> bool:
        """Counts a decoded record, and says whether it is wanted. `numbered`: its id is noted already."""
        self._in_channel(record.channel, 1)
        self.heads.count(record.provider, record.event_id)
        if not numbered:
            time = record.time.isoformat() if record.time else ""
            self.runs.add(number, number, time, time)
        head = self.heads.of(record.provider, record.event_id, record.level)
        if head.note and len(self.notes) < _MOST_NOTES:
            self.notes.append(_note(record, number))
        return head.asked or (head.maybe and record.time is not None and self.wanted.takes_at(record.level, record.time))

    # The end.

    def refuses(self) -> bool:
        """Whether this is the security log and nobody wants that."""
        return not self.wanted.security and self.scan.records > 0 and set(self.channels) - {""} == {SECURITY}

    def finish(self) -> EvtxScan:
        scan = self.scan
        scan.first, scan.last = _moment(self.low), _moment(self.high)
        scan.channels = {name: count for name, count in sorted(self.channels.items()) if count}
        scan.counts = self.heads.counts()
        scan.recovered = {reason: count for reason, count in sorted(self.recovered.items()) if reason}
        scan.omitted = self.kept.omitted
        scan.events, twice = self.kept.events(self.artifact)
        if twice:
            self.problem(f"{twice} of the records that were kept stand in the file twice", "nothing: each is taken once")
        if scan.claimed is not None and scan.chunks < scan.claimed:
            self.problem(
                f"only {scan.chunks} of the {scan.claimed} chunks are there that the file header counts", "the records of the others"
            )
        scan.gaps = self._gaps()
        if self.problems > _MOST_PROBLEMS:
            more = self.problems - _MOST_PROBLEMS
            scan.problems.append(Problem(self.artifact, f"{more} more problems of this kind", "the list of the others"))
        return scan

    def _gaps(self) -> list[LogGap]:
        channel = max(self.scan.channels, key=lambda name: self.scan.channels[name], default="")
        jumps = [
            LogGap(Loss.MISSING, channel, one.last, two.first, _moment(one.until), _moment(two.since), two.first - one.last - 1)
            for one, two in self.runs.gaps()
        ]
        return sorted(jumps + self.notes, key=lambda gap: (gap.after, gap.before))


def _reasons(repaired: Repaired) -> dict[int, str]:
    return {record: "slack" if record in repaired.slack else "rebuilt" for record in repaired.slack | repaired.rebuilt}


def _note(record: Record, number: int) -> LogGap:
    """The gap that a note of the log service tells of. 104 and 105 name the log they speak of; 1102 is the security log's own."""
    named = record.data.get("Channel")
    channel = named if isinstance(named, str) and named else record.channel
    return LogGap(Loss.ARCHIVED if record.event_id == 105 else Loss.CLEARED, channel, number, number, record.time, record.time)


def _time_in(rendered: dict[str, Any]) -> str:
    data: str = rendered["data"]
    at = data.find(_STAMP)
    return data[at + len(_STAMP) : at + len(_STAMP) + 26] if at >= 0 else ""


def _moment(time: str) -> datetime | None:
    """A time as cut from a record's text: seconds, and as much of the fraction as was there."""
    found = moment(time.partition("Z")[0].partition('"')[0])
    return found if sane(found) else None
