"""The diagnosis as diagnosis.json has it (CONTRACT.md), texts in the chosen language."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import analyzer
from analyzer.bundle import Bundle
from analyzer.bundle.layouts import layout_of
from analyzer.diagnosis.checklist import Answer, Ground, State, checklist
from analyzer.diagnosis.collect import Wanted, scripts, wanted
from analyzer.diagnosis.contrast import contrast
from analyzer.diagnosis.diagnose import Diagnosis, Judged, Template, moment
from analyzer.diagnosis.distribution import System, system
from analyzer.diagnosis.documented import PAGE
from analyzer.diagnosis.editions import facts_of
from analyzer.diagnosis.editions import row as fact_row
from analyzer.diagnosis.event_messages import in_words
from analyzer.diagnosis.expected import expected, presence, promised
from analyzer.diagnosis.incidents import Incident
from analyzer.diagnosis.knowledge import Kind, catalogue_digest, cause_text, knowledge, reasons
from analyzer.diagnosis.lanes import lane_of, lane_of_kind
from analyzer.diagnosis.misled import misled
from analyzer.diagnosis.names import Names, of_evidence, of_incident, telling
from analyzer.diagnosis.proof import proof, proven
from analyzer.diagnosis.reach import in_words as length_in_words
from analyzer.diagnosis.reach import reach
from analyzer.diagnosis.remedy import command, prose, remedy, sources
from analyzer.diagnosis.rules import Hypothesis, Status
from analyzer.diagnosis.symptoms import documented
from analyzer.diagnosis.uncollected import uncollected
from analyzer.model import Artifact, Event
from analyzer.parsers.pattern import Hit
from analyzer.signatures.conditions import Node
from analyzer.signatures.evaluate import Evidence, Finding
from analyzer.signatures.model import Strength
from analyzer.timeline.attempts import Attempt
from analyzer.timeline.clock import ASSUMED
from analyzer.timeline.follow import Trails
from analyzer.timeline.surroundings import Place, place, surround
from analyzer.timeline.timeline import Window, order

EXCERPT = 2_000  # characters, CONTRACT.md
_ROWS = 6  # evidence rows per event of a signature; the count says how many there were
_NAMED = 3  # causes or logs named in a sentence
_BEFORE = timedelta(minutes=60)  # the time before a window that belongs to the agent's causes
_CITED = 3  # evidence rows of a check
TIMELINE_ROWS = 20_000  # those nearest to an incident; `--timeline` asks for all
_STATES = {"skipped": "not_reached"}  # attempts' own words for the states of a stage, as the report has them


def to_document(diagnosis: Diagnosis, lang: str, rows: int = TIMELINE_ROWS, *, context: bool = True) -> dict[str, Any]:
    """The whole document, with at most `rows` of the timeline. Equal content gives equal bytes: nothing of the run is in it.

    With `context`, evidence rows have the lines around them; the cited artifacts are read again, so the bundle must be open.
    """
    writer = _Writer(diagnosis, lang, rows)
    document = writer.document()
    if context:
        found = surround([place_ for _, place_ in writer.cited], diagnosis.bundle, diagnosis.reads)
        for (row, place_), lines in zip(writer.cited, found, strict=True):
            if lines:
                row["context"] = lines
                row["matched"] = place_.matched or None
    return document


class _Writer:
    """Turns one diagnosis into its document."""

    def __init__(self, diagnosis: Diagnosis, lang: str, rows: int) -> None:
        self.d, self.lang, self.rows = diagnosis, lang, rows
        self.known = knowledge()
        self.uncollected = uncollected(diagnosis.timeline)
        self.system = system(diagnosis.machine, diagnosis.timeline.events)
        self.about = telling(diagnosis.timeline.events)
        jobs = {judged.incident.job_id: judged.incident.attempts for judged in diagnosis.judged if judged.incident.job_id}
        self.trails = Trails(diagnosis.attempts, jobs, [*diagnosis.timeline.events, *diagnosis.loud.events, *diagnosis.loud.near])
        self.cited: list[tuple[dict[str, Any], Place]] = []  # evidence rows, and what each cites
        self.layout = layout_of([read.member.path for read in diagnosis.reads])
        self.titles = {kind: _in(known.on(diagnosis.machine.os).titles, lang) for kind, known in self.known.kinds.items()}
        self.answers = checklist(diagnosis)

    def document(self) -> dict[str, Any]:
        d = self.d
        incidents = [self._incident(judged) for judged in d.judged]
        return {
            "schema": "diagnosis/1",
            "tool": {
                "name": "azure-vm-backup-analyzer",
                "version": analyzer.__version__,
                "catalogue": catalogue_digest(d.catalogue.added),
                "options": {"lang": self.lang, **({"signatures": sorted(d.catalogue.added)} if d.catalogue.added else {})},
            },
            "bundle": self._bundle(d.bundle),
            "clocks": self._clocks(),
            "incidents": incidents,
            "checklist": [self._answer(answer) for answer in self.answers],
            "context": self._context(),
            "problems": [{"artifact": p.artifact, "problem": p.problem, "lost": p.lost} for p in _unique(d.problems)],
            "timeline": self._timeline(),
            "gaps": [
                {
                    "artifact": g.artifact,
                    "lane": lane_of_kind(g.kind),
                    "from": moment(g.span.start),
                    "to": moment(g.span.end),
                    "reason": g.reason,
                    "line": g.line,
                    "until_line": g.until_line,
                    "record": g.record,
                }
                for g in d.timeline.gaps
            ],
            "coverage": self._coverage(),
        }

    # the bundle

    def _bundle(self, bundle: Bundle) -> dict[str, Any]:
        d, vm = self.d, self.d.machine
        artifacts = [read.artifact for read in d.reads]
        refused = [Artifact(path, "unknown", note=why) for path, why in bundle.refused]
        rows = [self._artifact(artifact) for artifact in artifacts]
        rows += [self._artifact(artifact) | {"status": "refused"} for artifact in refused]
        return {
            "name": bundle.name,
            "sha256": bundle.sha256,
            "content_sha256": Bundle.content_sha256({artifact.path: artifact.sha256 for artifact in artifacts}),
            "size": bundle.size,
            "layout": self.layout,
            "expected": expected(self.layout, vm.os),
            "collected": {"time": moment(d.timeline.collected), "basis": d.timeline.collected_by},
            "vm": {
                "name": vm.name, "os": vm.os, "os_version": vm.os_version, "kernel": vm.kernel, "agent_version": vm.agent_version,
                "daemon_version": vm.daemon_version, "extension_version": vm.extension_version, "python": vm.python,
            },
            "artifacts": sorted(rows, key=lambda row: str(row["path"])),
        }  # fmt: skip

    def _artifact(self, artifact: Artifact) -> dict[str, Any]:
        return {
            "path": artifact.path, "kind": artifact.kind, "size": artifact.size, "sha256": artifact.sha256, "encoding": artifact.encoding,
            "lines": artifact.lines, "events": artifact.events, "first": moment(artifact.first), "last": moment(artifact.last),
            "status": artifact.status.value, "note": artifact.note,
        }  # fmt: skip

    def _clocks(self) -> list[dict[str, Any]]:
        local = self.d.timeline.clocks.local
        rows = [{"source": local.source or "local stamps", "zone": local.name, "offset": _offset(self.d), "basis": local.basis.value}]
        return rows if local is not ASSUMED or any(e.basis.value == "assumed" for e in self.d.timeline.events) else []

    def _coverage(self) -> list[dict[str, Any]]:
        """Per kind that a collector brings or that can decide a cause: what became of it, and what time it covers against the windows."""
        wanted = {
            kind
            for cause in self.known.causes.values()
            if cause.os in ("any", self.d.machine.os)
            for kind in cause.on(self.d.machine.os).needs
        }
        names = self._names(self.d.judged[0].incident)
        return [self._covered(kind, names) for kind in sorted(wanted | promised(self.d.machine.os))]

    def _covered(self, kind: str, names: Names) -> dict[str, Any]:
        timeline, info = self.d.timeline, self._kind(kind)
        artifacts = timeline.artifacts(kind)
        windows = [judged.incident.window for judged in self.d.judged]
        firsts, lasts = [a.first for a in artifacts if a.first], [a.last for a in artifacts if a.last]
        became = presence(kind, artifacts, self.d.bundle.refused, self.uncollected)
        if not artifacts:
            status = "not_collected"
        elif all(timeline.covers(kind, window) for window in windows):
            status = "covers"
        else:
            status = "partly" if any(timeline.touches(kind, window) for window in windows) else "absent"
        return {
            "kind": kind, "title": _in(info.titles, self.lang), "status": status, "first": moment(min(firsts, default=None)),
            "last": moment(max(lasts, default=None)), "artifacts": sorted(a.path for a in artifacts),
            "presence": became.value,
            "lines": sum(a.lines or 0 for a in artifacts), "events": sum(a.events for a in artifacts),
            "command": command(info.command, names, self.lang),
            "listed": [self._locator(event) for event in self.uncollected.get(kind, ())[:_ROWS]],
        }  # fmt: skip

    def _kind(self, kind: str) -> Kind:
        return self._known(kind).on(self.d.machine.os)

    def _known(self, kind: str) -> Kind:
        return self.known.kinds.get(kind) or Kind(kind, {"en": kind})

    def _names(self, incident: Incident) -> Names:
        """What commands and texts about an incident are filled with."""
        return of_incident(incident, self.d.machine, self.about)

    # incidents

    def _incident(self, judged: Judged) -> dict[str, Any]:
        incident, verdict = judged.incident, judged.verdict
        names = self._names(incident)
        shown = {hypothesis.cause.id for hypothesis in proven(judged)}
        hypotheses = [self._hypothesis(judged, hypothesis, names) for hypothesis in _shown_order(judged)]
        for row, hypothesis in zip(hypotheses, _shown_order(judged), strict=True):
            if hypothesis.cause.id in shown:
                row["proof"] = proof(judged, hypothesis, self.d.timeline, self.d.machine.os, self.titles, self.lang)
        return {
            "id": incident.id, "group": judged.group, "source": incident.source, "job_id": incident.job_id,
            "activity_id": (incident.job.fields.get("activity") if incident.job else None) or None,
            "vm": incident.vm, "vault": incident.vault,
            "operation": incident.operation, "started": moment(incident.started), "ended": moment(incident.ended),
            "window": _window(incident),
            "symptom": incident.symptom,
            "codes": [
                {"code": c.code, "as_written": c.as_written, "level": c.level, "artifact": c.event.artifact, **_place(c.event)}
                for c in incident.codes
            ],
            "message": incident.message,
            "attempts": [self._attempt(attempt) for attempt in incident.attempts],
            "verdict": {
                "cause": verdict.cause.id if verdict.cause else None,
                "title": _in(verdict.cause.titles, self.lang) if verdict.cause else None,
                "status": verdict.status,
                "also": verdict.also,
                "leading": verdict.leading,
                "summary": self._summary(judged),
                "decides": self._decides(judged, names),
                "unexplained": [self._stranger(item) for item in judged.unexplained],
                "coverage": self._reach(judged),
                "misled": self._misled(judged),
                "script": self._script(judged, names),
            },
            "documented": documented(incident.codes, incident.errors),
            "hypotheses": hypotheses,
            "noise": self._noise(judged),
            "contrast": self._contrast(judged),
        }  # fmt: skip

    def _contrast(self, judged: Judged) -> dict[str, Any]:
        """What changed since the last good run, with the errors that it did not have and that nobody can explain."""
        found, good = contrast(judged, self.d.timeline), judged.incident.last_good
        if good is not None:
            found["last_good"]["follow"] = self.trails.key(good)
            found["errors"] = [self._stranger(item) for item in judged.unexplained if item.new]
        for stage in found["stages"]:
            for step in (stage["before"], stage["after"]):
                if step is not None:
                    step["state"] = _STATES.get(step["state"], step["state"])
        return found

    def _summary(self, judged: Judged) -> str:
        verdict = judged.verdict
        texts = reasons(self.lang)
        if verdict.cause is None:
            names = [_in(self.known.causes[cause].titles, self.lang) for cause in verdict.leading[:3]]
            if judged.incident.source == "bundle":
                pointed = any(hypothesis.status >= Status.POSSIBLE for hypothesis in judged.hypotheses)
                return texts["summary-bundle-open"].format(leading="; ".join(names)) if pointed else texts["summary-bundle-calm"]
            return texts["summary-open"].format(leading="; ".join(names)) if names else texts["summary-nothing"]
        text = str(cause_text(verdict.cause.id, self.lang).get("summary") or _in(verdict.cause.titles, self.lang))
        chosen = next(h for h in judged.hypotheses if h.cause is verdict.cause)
        return f"{text} {self._reason(chosen)}".strip()

    def _attempt(self, attempt: Attempt) -> dict[str, Any]:
        return {
            "id": attempt.id,
            "follow": self.trails.key(attempt),
            "started": moment(attempt.start),
            "ended": moment(attempt.end),
            "stages": [
                {
                    "stage": s.stage,
                    "state": _STATES.get(s.state, s.state),
                    "at": moment(s.at),
                    "evidence": self._locator(s.hit.event if s.hit else s.event, s.hit),
                }
                for s in attempt.stages
            ],
        }

    def _locator(self, event: Event | None, hit: Hit | None = None) -> dict[str, Any] | None:
        return None if event is None else {"artifact": event.artifact, **_place(event, hit), "excerpt": _excerpt(event, hit)}

    def _hypothesis(self, judged: Judged, hypothesis: Hypothesis, names: Names) -> dict[str, Any]:
        cause = hypothesis.cause
        text = cause_text(cause.id, self.lang) if hypothesis.status >= Status.POSSIBLE else {}
        docs = list(text.get("docs", [])) or ([f"{PAGE}#{_anchor(hypothesis)}"] if _anchor(hypothesis) else [])
        return {
            "cause": cause.id, "title": _in(cause.titles, self.lang), "status": hypothesis.status.word, "documented": hypothesis.documented,
            "explained_by": hypothesis.explained_by, "reason": self._reason(hypothesis), "reason_id": hypothesis.reason.id,
            "evidence": [row for finding in hypothesis.findings for row in self._rows(finding)],
            "missing": [self._lacking(kind, names) for kind in self._missing(hypothesis)],
            "facts": [fact_row(fact, self.lang) for fact in facts_of(hypothesis)],
            "remedy": self._remedy(judged.incident, hypothesis, text, names),
            "docs": docs, "sources": sources(docs, self.lang),
        }  # fmt: skip

    def _lacking(self, kind: str, names: Names) -> dict[str, Any]:
        asked = self._asked(self._kind(kind), names)
        return {key: asked[key] for key in ("kind", "title", "command")}

    def _missing(self, hypothesis: Hypothesis) -> list[str]:
        """Kinds that could still change the status and that a person can collect."""
        if hypothesis.status in (Status.CONFIRMED, Status.RULED_OUT, Status.NOT_APPLICABLE):
            return []
        return [kind for kind in hypothesis.missing if self._kind(kind).command or self._kind(kind).portal_path]

    def _remedy(self, incident: Incident, hypothesis: Hypothesis, text: Mapping[str, Any], names: Names) -> list[dict[str, Any]]:
        """The steps for this VM; a cause of one operating system tells the system where nothing else does."""
        known = System() if incident.foreign else self.system
        if known.os == "unknown" and hypothesis.cause.os != "any":
            known = System(hypothesis.cause.os, known.names)
        hits = [item.hit for finding in hypothesis.supporting() for item in finding.evidence]
        return remedy(text, known, {**of_evidence(hits, incident.job_id), **names}, self.lang)

    def _reason(self, hypothesis: Hypothesis) -> str:
        params = dict(hypothesis.reason.params)
        named = params.get("signature") or params.get("for")
        finding = next((f for f in hypothesis.findings if f.signature.id == named), None)
        if finding is None:
            finding = next(iter(hypothesis.supporting()), None)
        params["says"] = _in(finding.signature.says, self.lang) if finding else ""
        for key in ("kinds",):
            if key in params:
                params[key] = ", ".join(_in(self._kind(kind).titles, self.lang) for kind in params[key].split(", "))
        text = reasons(self.lang)[hypothesis.reason.id].format_map(_Blank(params)).strip()
        return f"{text} {self._left_behind(hypothesis)}".strip() if hypothesis.status is Status.NOT_ASSESSABLE else text

    def _left_behind(self, hypothesis: Hypothesis) -> str:
        """Which of the artifacts that would tell the collector saw and left behind."""
        rows = [event for kind in hypothesis.cause.needs for event in self.uncollected.get(kind, ())[:1]]
        where = ", ".join(f"{event.fields['path']} ({event.artifact}:{event.line})" for event in rows)
        return reasons(self.lang)["left-behind"].format(where=where) if rows else ""

    def _rows(self, finding: Finding) -> list[dict[str, Any]]:
        """At most `_ROWS` rows of each event, the first and the last ones; the first row's count says how many hits there were."""
        rows = []
        by_name: dict[str, list[Evidence]] = {}
        for item in finding.evidence:
            by_name.setdefault(item.name, []).append(item)
        for items in by_name.values():
            shown = items if len(items) <= _ROWS else [*items[: _ROWS - 1], items[-1]]
            rows += [self._row(finding, item, len(items) if item is items[0] else 1) for item in shown]
        return rows

    def _row(self, finding: Finding, item: Evidence, count: int) -> dict[str, Any]:
        event = item.hit.event
        signature = finding.signature
        return self._cite(event, item.hit, {
            "id": _row_id(event, item.hit), "signature": signature.id, "role": signature.role.value, "strength": signature.strength.value,
            "relation": item.relation.value, "artifact": event.artifact, **_place(event, item.hit), "time": moment(event.time),
            "time_basis": event.basis.value, "count": count, "excerpt": _excerpt(event, item.hit),
            "why": _in(signature.says, self.lang),
        })  # fmt: skip

    def _cite(self, event: Event, hit: Hit | None, row: dict[str, Any]) -> dict[str, Any]:
        """The row, noted down as one that cites a place."""
        self.cited.append((row, place(event, hit)))
        return row

    def _stranger(self, item: Template) -> dict[str, Any]:
        event = item.event
        return self._cite(event, None, {
            "id": _row_id(event), "artifact": event.artifact, **_place(event), "time": moment(event.time), "time_basis": event.basis.value,
            "count": item.count, "excerpt": _excerpt(event), "new": item.new,
        })  # fmt: skip

    def _reach(self, judged: Judged) -> dict[str, Any] | None:
        """The most important log that does not tell of the failure's time, in one sentence."""
        found = reach(judged, self.d.timeline, self.d.machine.os)
        if found is None:
            return None
        until = "end" if judged.incident.source == "bundle" else "failure"
        text = reasons(self.lang)[f"reach-{found.state}"].format(
            name=_file_name(found.artifact) or self.titles.get(found.kind, found.kind),
            title=self.titles.get(found.kind, found.kind),
            length=length_in_words(found.missing),
            failure=reasons(self.lang)[f"reach-{until}"],
            kinds=reasons(self.lang)["list"].join(self.titles.get(kind, kind) for kind in found.kinds[:_NAMED]),
        )
        return {"state": found.state.value, "kind": found.kind or None, "artifact": found.artifact or None, "text": text}

    def _misled(self, judged: Judged) -> dict[str, Any] | None:
        """What beat the code that the portal shows, where it points elsewhere."""
        found = misled(judged)
        if found is None:
            return None
        texts = reasons(self.lang)
        names = [_in(hypothesis.cause.titles, self.lang) for hypothesis in found.to]
        more = texts["misled-more"].format(n=len(names) - _NAMED) if len(names) > _NAMED else ""
        words = {"code": found.code, "to": texts["list"].join(names[:_NAMED]) + more}
        if found.chosen is not None:
            words |= {"cause": _in(found.chosen.cause.titles, self.lang), "reason": self._reason(found.chosen)}
            text = texts["misled-beaten"].format(**words)
        else:
            text = texts["misled-unheld"].format(**words, reason=self._reason(found.to[0]))
        return {"code": found.code, "points_to": [hypothesis.cause.id for hypothesis in found.to], "text": text}

    def _script(self, judged: Judged, names: Names) -> dict[str, str]:
        """Scripts that collect what would decide, what is missing, and what open checks ask for; none for a confirmed verdict."""
        if judged.verdict.status == "confirmed":
            return {}
        system = self.d.machine.os
        spoken = {judged.verdict.cause.id} if judged.verdict.cause else set(judged.verdict.leading)
        kinds = [row["kind"] for row in self._decides(judged, names)]
        kinds += [kind for hypothesis in judged.hypotheses if hypothesis.cause.id in spoken for kind in self._missing(hypothesis)]
        kinds += [kind for answer in self.answers for kind in answer.collect]
        items = [item for kind in dict.fromkeys(kinds) for item in wanted(self._known(kind), system, self.lang)]
        for answer in self.answers:
            if answer.state is State.NOT_ASSESSABLE:
                looks = {"linux", "windows"} if system == "unknown" else {system}
                items += [
                    Wanted(f"check-{answer.check.row.id}", _in(answer.check.row.titles, self.lang), said, os=place)
                    for place, said in answer.check.look.items()
                    if place in looks or place == "any"
                ]
        return scripts(items, names, self.lang)

    def _noise(self, judged: Judged) -> list[dict[str, Any]]:
        """Known harmless lines in the incident's time, each kind once: what looks like a fault there and is none."""
        window = judged.incident.window.widened(_BEFORE)
        rows = []
        for noise, hits in self.d.noise:
            inside = [hit for hit in hits if hit.event.time is not None and hit.event.time in window]
            if inside:
                row = self._plain_row(inside[0].event, inside[0]) | {"count": len(inside)}
                rows.append({"id": noise.id, "text": _in(noise.says, self.lang), "evidence": [row]})
        return rows

    def _decides(self, judged: Judged, names: Names) -> list[dict[str, Any]]:
        """What to collect, and which of the open causes it separates."""
        verdict = judged.verdict
        if verdict.status == "confirmed":
            return []
        open_causes = set(verdict.leading) | ({verdict.cause.id} if verdict.cause else set())
        separates: dict[str, list[str]] = {}
        for hypothesis in judged.hypotheses:
            if hypothesis.cause.id not in open_causes:
                continue
            kinds = [k for k in hypothesis.cause.needs if not self.d.timeline.covers(k, judged.incident.window)] or hypothesis.missing
            for kind in kinds:
                if hypothesis.cause.id not in separates.setdefault(kind, []):
                    separates[kind].append(hypothesis.cause.id)
        rows = []
        for kind, causes in sorted(separates.items(), key=lambda item: (-len(item[1]), item[0])):
            info = self._kind(kind)
            if info.command or info.portal_path:
                rows.append(self._decider(info, causes, names))
        symptom = self.known.symptoms.get(judged.incident.symptom or "")
        wraps = symptom is not None and not symptom.causes  # the code only says that the job's details hold the real one
        if verdict.cause is None and (wraps or not rows) and "job" not in separates:  # what the platform says always tells causes apart
            rows.insert(0, self._decider(self._kind("job"), verdict.leading, names))
        return rows

    def _decider(self, kind: Kind, causes: Sequence[str], names: Names) -> dict[str, Any]:
        asked = self._asked(kind, names)
        return {"artifact": asked.pop("title"), **asked, "separates": list(causes), "row": kind.row or None}

    # the step-by-step checks

    def _answer(self, answer: Answer) -> dict[str, Any]:
        check = answer.check
        names = self._names(self.d.judged[0].incident)
        collect = [self._asked(self._kind(kind), names) for kind in answer.collect]
        if answer.state is State.NOT_ASSESSABLE:
            look = check.look.get(self.d.machine.os) or check.look.get("any")
            collect += [{"kind": None, "title": None, "command": command(look, names, self.lang), "portal_path": None}] if look else []
        cited = {row["id"]: row for ground in reversed(answer.grounds) for row in reversed(self._cited(ground))}  # each place once
        return {
            "row": check.row.id, "step": check.step, "step_title": _in(check.step_titles, self.lang),
            "title": _in(check.row.titles, self.lang),
            "state": answer.state.value, "reason": " ".join(self._ground(ground) for ground in answer.grounds),
            "evidence": list(reversed(cited.values()))[:_CITED],
            "collect": collect, "docs": [check.docs or check.row.url],
        }  # fmt: skip

    def _ground(self, ground: Ground) -> str:
        params = {"where": ", ".join(f"{_in(self._kind(hit.event.kind).titles, self.lang)}{_at(hit.event)}" for hit in ground.hits)}
        if ground.hypothesis is not None:
            params |= {"cause": _in(ground.hypothesis.cause.titles, self.lang), "reason": self._reason(ground.hypothesis)}
        if ground.findings:
            params["says"] = _in(ground.findings[0].signature.says, self.lang)
        params["sources"] = reasons(self.lang)["list"].join(self._source(kind) for kind in ground.kinds)
        return reasons(self.lang)[ground.id].format_map(_Blank(params)).strip()

    def _source(self, kind: str) -> str:
        """A kind by its title, and what time its artifacts cover."""
        spans = [span for _, span in self.d.timeline.coverage.get(kind, ())]
        title = _in(self._kind(kind).titles, self.lang)
        if not spans:
            return title
        first, last = min(span.start for span in spans), max(span.end for span in spans)
        return reasons(self.lang)["span"].format(title=title, first=f"{first:%Y-%m-%d %H:%M}", last=f"{last:%Y-%m-%d %H:%M} UTC")

    def _cited(self, ground: Ground) -> list[dict[str, Any]]:
        rows = [row for finding in ground.findings for row in self._rows(finding)]
        return rows + [self._plain_row(hit.event, hit) for hit in ground.hits]

    def _asked(self, kind: Kind, names: Names) -> dict[str, Any]:
        """What to collect, how, and where the portal shows it."""
        path = _in(kind.portal_path, self.lang) if isinstance(kind.portal_path, Mapping) else kind.portal_path
        return {
            "kind": kind.kind, "title": _in(kind.titles, self.lang), "command": command(kind.command, names, self.lang),
            "portal_path": prose(path, names, self.lang) or None,
        }  # fmt: skip

    # what stands beside

    def _context(self) -> list[dict[str, Any]]:
        texts, rows = reasons(self.lang), []
        for kind, job in self.d.context_jobs:
            words = {
                "vm": job.fields.get("vm") or "?",
                "operation": job.fields.get("operation") or "?",
                "status": job.fields.get("status") or "?",
            }
            text = texts[f"context-{kind}"].format_map(_Blank(words))
            rows.append({"kind": kind, "cause": None, "text": text, "evidence": [self._plain_row(job)]})
        rows += self._platform_status()
        for noise, hits in self.d.noise:
            text = _in(noise.says, self.lang)
            shown = [self._plain_row(hit.event, hit, len(hits) if hit is hits[0] else 1) for hit in hits[:2]]
            rows.append({"kind": "noise", "cause": None, "text": text, "evidence": shown})
        rows += self._findings_beside()
        return rows

    def _platform_status(self) -> list[dict[str, Any]]:
        """Reports of the platform that the guest disproves, each once, with the heartbeat that does."""
        texts = reasons(self.lang)
        found = {_row_id(one.report.event): one for judged in reversed(self.d.judged) for one in judged.disproofs}
        rows = []
        for one in sorted(found.values(), key=lambda one: order(one.report.event)):
            words = {"message": one.report.event.fields.get("message") or "?", "minutes": one.minutes}
            text = texts["context-platform-status" if one.minutes is not None else "context-platform-status-undated"].format_map(words)
            evidence = [self._plain_row(hit.event, hit) for hit in (one.report, one.beat)]
            rows.append({"kind": "platform-status", "cause": None, "text": text, "evidence": evidence})
        return rows

    def _findings_beside(self) -> list[dict[str, Any]]:
        """Advice, findings that recovered, and those of other times than any incident's."""
        rows: list[dict[str, Any]] = []
        told: set[tuple[str, str]] = set()
        holding = {f.signature.id for judged in self.d.judged for h in judged.hypotheses for f in h.findings}
        for judged in self.d.judged:
            for finding in judged.findings:
                kind = "recovered" if finding.cleared is not None else "history" if finding.history and not finding.evidence else ""
                if kind == "history" and not _alone(finding.signature.when):
                    continue  # parts of a condition at other times do not mean what the whole says
                if finding.signature.strength is Strength.ADVICE:
                    kind = "advice" if finding.evidence and finding.cleared is None else ""
                hits = [item.hit for item in (finding.history if kind == "history" else finding.evidence)]
                if (
                    not kind
                    or not hits
                    or finding.signature.role.value != "for"
                    or finding.signature.id in holding
                    or (kind, finding.signature.id) in told
                ):
                    continue
                told.add((kind, finding.signature.id))
                evidence = [self._plain_row(hits[-1].event, hits[-1], len(hits))]
                if finding.cleared is not None:
                    evidence.append(self._plain_row(finding.cleared.event, finding.cleared))
                rows.append(
                    {"kind": kind, "cause": finding.signature.cause, "text": _in(finding.signature.says, self.lang), "evidence": evidence}
                )
        return rows

    def _plain_row(self, event: Event, hit: Hit | None = None, count: int = 1) -> dict[str, Any]:
        return self._cite(event, hit, {
            "id": _row_id(event, hit), "artifact": event.artifact, **_place(event, hit), "time": moment(event.time),
            "time_basis": event.basis.value, "count": count, "excerpt": _excerpt(event, hit),
        })  # fmt: skip

    def _timeline(self) -> list[dict[str, Any]]:
        """The events in order of time; those near an incident first to stay if there are too many."""
        cited = {
            (i.hit.event.artifact, i.hit.event.line, i.hit.event.pointer): _row_id(i.hit.event, i.hit)
            for j in self.d.judged
            for h in j.hypotheses
            for f in h.findings
            for i in f.evidence
        }
        noise = {(hit.event.artifact, hit.event.line) for _, hits in self.d.noise for hit in hits}
        seen: set[tuple[object, ...]] = set()
        events = []
        for event in sorted([*self.d.timeline.events, *self.d.loud.events, *self.d.loud.near], key=order):
            key = (event.artifact, event.line, event.record, event.pointer, event.kind == "attempt", event.text if event.pointer else "")
            if event.kind in ("attempt", "file-listed", "collected", "waagent-conf", "key-value") or key in seen:
                continue
            seen.add(key)
            events.append(event)
        events = self._nearest(events)
        rows = []
        for event in events:
            tags = [
                tag
                for tag, holds in (
                    ("evidence", (event.artifact, event.line, event.pointer) in cited),
                    ("noise", (event.artifact, event.line) in noise),
                )
                if holds
            ]
            text = in_words(event).split("\n", 1)[0][:400]
            evidence = cited.get((event.artifact, event.line, event.pointer))
            rows.append({
                "time": moment(event.time), "basis": event.basis.value, "artifact": event.artifact, **_place(event),
                "lane": lane_of(event), "level": event.level, "component": event.component, "text": text, "tags": tags,
                "follow": self.trails.of(event), "evidence": evidence,
            })  # fmt: skip
        return rows

    def _nearest(self, events: Sequence[Event]) -> list[Event]:
        if len(events) <= self.rows:
            return list(events)
        windows = [judged.incident.window for judged in self.d.judged]

        def distance(event: Event) -> timedelta:
            if event.time is None:
                return timedelta(0)
            return min(_distance(window, event) for window in windows)

        return sorted(sorted(events, key=distance)[: self.rows], key=order)


def _window(incident: Incident) -> dict[str, Any]:
    known = incident.basis != "unknown"
    start, end = incident.window.start, incident.window.end
    return {"from": moment(start) if known else None, "to": moment(end) if known else None, "basis": incident.basis}


def _distance(window: Window, event: Event) -> timedelta:
    assert event.time is not None  # the caller looked
    return max(window.start - event.time, event.time - window.end, timedelta(0))


class _Blank(dict[str, Any]):
    """Fills what a sentence names and nobody knows with nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def _unique(problems: Sequence[Any]) -> list[Any]:
    return sorted(set(problems), key=lambda p: (p.artifact, p.problem, p.lost))


def _shown_order(judged: Judged) -> list[Hypothesis]:
    """The verdict's cause first, then by status; documented ones before others."""
    chosen = judged.verdict.cause
    return sorted(
        judged.hypotheses, key=lambda h: (h.cause is not chosen, -h.status, h.explained_by is not None, not h.documented, h.cause.order)
    )


def _anchor(hypothesis: Hypothesis) -> str:
    return next((finding.signature.doc for finding in hypothesis.supporting() if finding.signature.doc), "")


def _in(texts: Mapping[str, str], lang: str) -> str:
    return str(texts.get(lang) or texts.get("en") or "")


def _place(event: Event, hit: Hit | None = None) -> dict[str, Any]:
    """The locator: line (and until_line), record or pointer."""
    if event.record is not None:
        return {"record": event.record}
    line = hit.line if hit is not None and hit.line is not None else event.line
    if line is not None:
        silence = {"until_line": event.until_line} if event.kind == "gap" and event.until_line else {}
        return {"line": line, **silence}
    return {"pointer": event.pointer or ""}


def _excerpt(event: Event, hit: Hit | None = None) -> str:
    """What stands in the artifact, at most EXCERPT characters around the match."""
    raw = event.raw or event.text
    if len(raw) <= EXCERPT:
        return raw
    at = max(0, len(raw) - len(event.text)) + (hit.at if hit else 0)
    start = max(0, min(at - EXCERPT // 4, len(raw) - EXCERPT))
    return raw[start : start + EXCERPT]


def _row_id(event: Event, hit: Hit | None = None) -> str:
    place = _place(event, hit)
    digest = hashlib.sha256(event.artifact.encode("utf-8", "replace")).hexdigest()[:8]
    where = str(next(iter(place.values())))
    if "pointer" in place:  # several events may stand at one pointer
        where = hashlib.sha256(f"{where}\n{event.text}".encode("utf-8", "replace")).hexdigest()[:12]
    return f"e-{digest}-{where}"


def _at(event: Event) -> str:
    return f" ({event.time:%Y-%m-%d %H:%M:%S} UTC)" if event.time else ""


def _file_name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _offset(diagnosis: Diagnosis) -> str:
    reference = diagnosis.timeline.collected
    if reference is None:
        return "+00:00"
    text = reference.astimezone(diagnosis.timeline.clocks.local.zone).strftime("%z")
    return f"{text[:3]}:{text[3:5]}"


def _alone(node: Node) -> bool:
    """Whether any one event makes the condition true."""
    return node.op in ("seen", "uncleared") or (node.op == "or" and all(_alone(part) for part in node.parts))
