"""The record of a plan in plain words: one item per entry, for the person who reads it.

`WORDS` says how each type of event is told, one small function each. What stays with others is listed to the subject,
once
told, as existing: that it is there, since when and with whom, and not a word of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from upturn.core import events as e
from upturn.core.events import Fact
from upturn.core.facts import CLOCK
from upturn.core.fields import show
from upturn.core.program import FormField
from upturn.core.step_up import how_confirmed
from upturn.core.verbs.signing import OUTCOMES
from upturn.core.wording import counted, day_name, listed, sentence, the
from upturn.records.access import Look

Detail = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry as it is told. `at` is when it was recorded, on the plan's own clock; `happened_on` when that was
    another day.

    `line` is one sentence, `words` what a person wrote, `details` (title, value) what is behind a link, `who_sees` the
    parties
    who read it. `mark`: a step of the lifecycle. `kind` is the type of the event; `withheld` for one that stays with
    others,
    `erased` for one that retention took.
    """

    seq: int
    kind: str
    title: str
    actor: str
    role: str
    at: datetime
    happened_on: date | None = None
    line: str = ""
    words: str = ""
    details: tuple[Detail, ...] = ()
    who_sees: tuple[str, ...] = ()
    mark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the words of one event are."""

    title: str
    line: str = ""
    words: str = ""
    details: tuple[Detail, ...] = ()
    mark: bool = False


def timeline(look: Look) -> list[Item]:
    """Every entry the person reads, in plain words, the newest first; and what stays with others, as existing."""
    own = {fact.seq for fact in look.entries}
    items = [_item(look, fact) if fact.seq in own else _withheld(look, fact) for fact in look.loaded.entries]
    return [item for item in reversed(items) if item is not None]


def _item(look: Look, fact: Fact) -> Item:
    event = fact.event
    if event is None:
        return _bare(look, fact, "erased", "Erased", _erasure(look, fact.seq))
    told = WORDS[type(event)](look, fact, event)
    return Item(
        seq=fact.seq,
        kind=type(event).__name__,
        title=told.title,
        actor=look.name(fact.actor) if fact.actor != CLOCK else "the clock",
        role=_role(look, event),
        at=fact.at,
        happened_on=event.on if event.on and event.on != fact.at.date() else None,
        line=told.line,
        words=told.words,
        details=told.details,
        who_sees=_who_sees(look, event),
        mark=told.mark,
    )


def _bare(_look: Look, fact: Fact, kind: str, title: str, line: str) -> Item:
    return Item(seq=fact.seq, kind=kind, title=title, actor="", role="", at=fact.at, line=line)


def _erasure(look: Look, seq: int) -> str:
    rule = next((rule for first, last, rule in look.plan.erased if first <= seq <= last), "")
    return sentence(f"What was written here was erased{f': {rule}' if rule else ''}")


def _who_sees(look: Look, event: e.Event) -> tuple[str, ...]:
    roles = event.audience + (event.later if look.plan.told else ())
    return tuple(look.case.role_title(r) for r in look.program.parties if r in roles)


def _role(look: Look, event: e.Event) -> str:
    role = getattr(event, "role", "") or getattr(event, "by_role", "")
    return look.case.role_title(role) if role in look.program.parties else ""


# -- what stays with others --------------------------------------------------------------------------------------------

WITHHELD: Mapping[type[e.Event], Callable[[Look, Any], str]] = {
    e.Answered: lambda look, event: f"Answers to “{_section(look, event.section)}”",
    e.Logged: lambda look, event: f"“{_log(look, event.log)}”",
    e.Screened: lambda look, event: "Answers to the screening",
    e.Commented: lambda look, event: f"A comment on “{_section(look, event.section)}”",
    e.Attached: lambda look, event: "A file",
    e.Executed: lambda look, event: "An executed copy",
    e.Stated: lambda look, event: "A statement",
    e.Corrected: lambda look, event: "A correction",
}


def _withheld(look: Look, fact: Fact) -> Item | None:
    """That something exists which stays with others: to the subject's side, from the telling on."""
    named = WITHHELD.get(type(fact.event)) if fact.event is not None else None
    if named is None or fact.event is None or not look.learns_of_the_rest:
        return None
    readers = listed(the(title) for title in _who_sees(look, fact.event))
    subject = look.program.subject_role
    whom = "you" if subject in look.reads_as else the(look.case.role_title(subject))
    line = f"This stays with {readers or 'others'}. Nothing in it may be relied on against {whom}."
    return _bare(look, fact, "withheld", f"{named(look, fact.event)}, not shown to you", line)


# -- the words of each event -------------------------------------------------------------------------------------------


def _opened(look: Look, _fact: Fact, event: e.Opened) -> Told:
    people = [f"{look.name(code)} ({_titles(look, roles)})" for code, roles in event.parties.items()]
    start = look.program.start
    details = [("Who is on it", "; ".join(people)), *_answers(look, start.fields, event.answers)]
    details += [("Ground", t.title) for t in start.triggers if t.id in event.triggers]
    stage = look.program.stage.get(event.stage)
    return Told(
        title=stage.title if stage else f"{look.program.words.plan} opened",
        line=f"Under “{look.program.title}”, version {event.version}.",
        details=(*details, *_warnings(event.warnings)),
        mark=True,
    )


def _answered(look: Look, fact: Fact, event: e.Answered) -> Told:
    before = _last(look, fact, lambda f: isinstance(f, e.Answered) and f.section == event.section)
    old: Mapping[str, Any] = before.answers if isinstance(before, e.Answered) else {}
    spec = look.program.section.get(event.section)
    fields = spec.fields if spec else ()
    title = f"“{_section(look, event.section)}” {'changed' if before else 'shared'}"
    return Told(title=title, line=sentence(event.why), details=tuple(_changes(look, fields, old, event.answers)))


def _logged(look: Look, _fact: Fact, event: e.Logged) -> Told:
    spec = look.program.log.get(event.log)
    present = _people(look, event.attended)
    details = _answers(look, spec.fields if spec else (), event.answers)
    return Told(
        title=f"“{_log(look, event.log)}” recorded",
        line=f"Took part: {present}." if present else "",
        details=tuple(details),
    )


def _screened(look: Look, _fact: Fact, event: e.Screened) -> Told:
    screening = look.program.screening
    part = next((p for p in screening.parts if p.id == event.part), None) if screening else None
    result = next((r for r in screening.results if r.id == event.result), None) if screening else None
    details = tuple(_answers(look, part.fields if part else (), event.answers))
    return Told(
        title=f"“{part.title if part else event.part}” answered", line=result.says if result else "", details=details
    )


def _moved(look: Look, _fact: Fact, event: e.Moved) -> Told:
    spec = look.program.move.get(event.move)
    stage = look.program.stage.get(event.to)
    finding, disposition = look.program.finding.get(event.finding), look.program.disposition.get(event.disposition)
    parts = [f"The plan stands in “{stage.title}”." if stage and event.to != event.from_ else ""]
    parts += [
        f"Finding: {finding.title}." if finding else "",
        f"What follows: {disposition.title}." if disposition else "",
    ]
    told = f"From here the {look.program.words.subject} reads everything that is relied on."
    parts += [told if event.tells else ""]
    fields = (*(spec.asks if spec else ()), *(disposition.asks if disposition else ()))
    details = [
        *_answers(look, fields, event.answers),
        *_criteria(look, event),
        *_promises(event),
        *_warnings(event.warnings),
    ]
    title = (spec.done or spec.title) if spec else event.move
    return Told(title=title, line=" ".join(filter(None, parts)), words=event.reasons, details=tuple(details), mark=True)


def _criteria(_look: Look, event: e.Moved) -> Iterator[Detail]:
    for number, criterion in enumerate(event.criteria, start=1):
        finding = str(criterion.get("finding", "")).replace("_", " ")
        rest = "; ".join(str(criterion[k]) for k in ("evidence", "reason") if criterion.get(k))
        yield f"Goal {number}: {criterion.get('goal', '')}"[:200], f"{finding}. {rest}".strip()


def _promises(event: e.Moved) -> Iterator[Detail]:
    kept = {True: "kept", False: "not kept"}
    for promise in event.promises:
        state = kept.get(promise["kept"], "") if "kept" in promise else "not over yet"
        yield (
            str(promise.get("what", "")),
            f"Promised: {promise.get('promised', '')}. Done: {promise.get('done', '')} ({state}).",
        )


def _dated(look: Look, _fact: Fact, event: e.Dated) -> Told:
    name = _dated_name(look, event)
    days = (
        f"{day_name(event.was)} → {day_name(event.end)}"
        if event.was and event.end
        else day_name(event.end)
        if event.end
        else ""
    )
    if event.cause == "started" and event.start and event.end:
        days = f"{day_name(event.start)} to {day_name(event.end)}"
    said = {
        "started": "begins",
        "extended": "extended",
        "paused": "moved by a pause",
        "stopped": "stopped",
        "set": "is due",
        "met": "done in time",
        "withdrawn": "no longer owed",
        "moved": "moved",
        "cancelled": "cancelled",
    }
    details = [("How it was computed", event.how)] if event.how else []
    details += [("Not before", day_name(event.floor))] if event.floor else []
    details += [("Not after", day_name(event.cap))] if event.cap else []
    line = sentence(f"{days}. {sentence(event.reason)}" if event.reason and days else days or event.reason)
    return Told(
        title=f"{name} {said.get(event.cause, event.cause)}", line=line, details=(*details, *_warnings(event.warnings))
    )


def _dated_name(look: Look, event: e.Dated | e.Lapsed) -> str:
    if event.what == "checkin":
        state = look.plan.checkins.get(event.id)
        spec = look.program.checkin.get(state.rhythm) if state else None
        return spec.title if spec else "Check-in"
    table: Mapping[str, Any] = look.program.clock if event.what == "clock" else look.program.deadline
    return table[event.id].title if event.id in table else event.id


def _scheduled(look: Look, _fact: Fact, event: e.Scheduled) -> Told:
    spec = look.program.checkin.get(event.checkin)
    days = [date.fromisoformat(d["due"]) for d in event.dates]
    line = (
        f"{counted(len(days), 'date')}, the first on {day_name(min(days))}, the last on {day_name(max(days))}."
        if days
        else ""
    )
    details = [("How they were found", event.how)] if event.how else []
    details += [("Dates", listed(day_name(d) for d in days))]
    return Told(title=f"{spec.title if spec else 'Check-ins'}: dates set", line=line, details=tuple(details))


def _paused(_look: Look, _fact: Fact, event: e.Paused) -> Told:
    return Told(
        title="Plan paused",
        line=f"From {day_name(event.start)}. The time does not run while it is paused.",
        words=event.note,
    )


def _resumed(_look: Look, _fact: Fact, event: e.Resumed) -> Told:
    return Told(title="Pause ended", line=f"It lasted from {day_name(event.start)} to {day_name(event.last)}.")


def _signed(look: Look, fact: Fact, event: e.Signed) -> Told:
    spec = look.program.signature.get(event.signature)
    outcome = OUTCOMES.get(event.outcome, event.outcome)
    details = [("The words signed", event.meaning), ("Digest of the text", event.digest)]
    details += [("Covers", listed(f"“{_section(look, s)}”" for s in event.sections))]
    details += [("Recorded by", look.name(fact.actor))] if fact.actor != event.signer else []
    details += [("Witnesses", listed(event.witnesses))] if event.witnesses else []
    details += [("What happened", event.reason)] if event.reason else []
    details += [("The exact copy, SHA-256", event.copy)] if event.copy else []
    details += [("Agreed to", event.consent)] if event.consent else []
    details += [("Confirmed", how_confirmed(event.step_up))] if event.step_up else []
    scan = look.plan.attachments.get(event.paper)
    named = f" (see “{scan.name}”)" if scan and look.reads_entry(scan.seq) else ""
    on_paper = f", on paper{named}" if event.paper else ""
    line = f"{look.name(event.signer)} {outcome}{on_paper}."
    return Told(
        title=spec.title if spec else "Signature", line=line, words=event.statement, details=tuple(details), mark=True
    )


def _voided(look: Look, _fact: Fact, event: e.Voided) -> Told:
    names = [look.program.signature[s].title for s in event.signatures if s in look.program.signature]
    names += [look.program.approval[a].title for a in event.approvals if a in look.program.approval]
    changed = listed(f"“{_section(look, s)}”" for s in event.sections)
    line = f"{changed} changed, so {listed(f'“{n}”' for n in names)} must be given again."
    return Told(title="No longer stands", line=line, mark=True)


def _approved(look: Look, _fact: Fact, event: e.Approved) -> Told:
    spec = look.program.approval.get(event.approval)
    title = f"“{spec.title if spec else event.approval}”: {event.outcome}"
    return Told(
        title=title, words=event.reason, details=tuple(_answers(look, spec.asks if spec else (), event.answers))
    )


def _commented(look: Look, _fact: Fact, event: e.Commented) -> Told:
    what = "Change suggested for" if event.proposed else "Comment on"
    details = (("Suggested wording", event.proposed),) if event.proposed else ()
    return Told(title=f"{what} “{_section(look, event.section)}”", words=event.text, details=details)


def _replied(look: Look, _fact: Fact, event: e.Replied) -> Told:
    words = {
        "accepted": "accepted",
        "declined": "declined",
        "noted": "answered",
        "agreed": "agreed to",
        "withdrawn": "withdrawn",
    }
    comment = look.plan.comments.get(event.number) if event.to == "comment" else None
    what = "Proposed change of the plan"
    if event.to == "comment":
        what = "Suggested change" if comment and comment.proposed else "Comment"
        what += f" on “{_section(look, comment.section)}”" if comment else ""
    return Told(title=f"{what} {words.get(event.outcome, event.outcome)}", words=event.reason)


def _stated(_look: Look, _fact: Fact, event: e.Stated) -> Told:
    return Told(title="Statement made", words=event.text, mark=True)


def _checked_in(look: Look, _fact: Fact, event: e.CheckedIn) -> Told:
    state = look.plan.checkins.get(event.checkin)
    spec = look.program.checkin.get(state.rhythm) if state else None
    name = f"{spec.title if spec else 'Check-in'}{f' of {day_name(state.due)}' if state else ''}"
    if event.state == "prepared":
        return Told(
            title=f"{name}: prepared", details=tuple(_answers(look, spec.before if spec else (), event.answers))
        )
    present = _people(look, event.attended)
    details = [*_answers(look, spec.after if spec else (), event.answers), *_progress(event)]
    details += [("Next step", event.next_step)] if event.next_step else []
    return Told(
        title=f"{name}: held", line=f"Took part: {present}." if present else "", details=tuple(details), mark=True
    )


def _progress(event: e.CheckedIn) -> Iterator[Detail]:
    for number, progress in enumerate(event.progress, start=1):
        said = [str(progress[k]) for k in ("value", "observation") if progress.get(k) not in (None, "")]
        source = f" (from {progress['source']})" if progress.get("source") else ""
        yield f"Goal {number}", "; ".join(said) + source


def _lapsed(look: Look, _fact: Fact, event: e.Lapsed) -> Told:
    said = {"clock": "is over", "deadline": "passed without an answer", "checkin": "missed"}
    line = f"Its day was {day_name(event.due)}. {sentence(event.says)}".strip()
    return Told(
        title=f"{_dated_name(look, event)} {said.get(event.what, 'passed')}", line=line, mark=event.what == "clock"
    )


def _item_moved(look: Look, _fact: Fact, event: e.ItemMoved) -> Told:
    spec = look.program.item.get(event.table)
    move = next((m for m in spec.moves if m.id == event.move), None) if spec else None
    rows = [row["_id"] for row in look.case.rows(event.table)]
    number = f" {rows.index(event.row) + 1}" if event.row in rows else ""
    days = f"{day_name(event.was) if event.was else 'no day'} → {day_name(event.due)}. " if event.due else ""
    return Told(
        title=f"{spec.title if spec else 'Item'}{number}: {(move.done or move.title) if move else event.move}",
        line=f"{days}{sentence(event.reason)}".strip(),
        details=tuple(_answers(look, move.asks if move else (), event.answers)),
    )


def _proposed(look: Look, fact: Fact, event: e.Proposed) -> Told:
    if event.kind == "version":
        details = tuple(("What changes", says) for says in event.differences)
        return Told(title=f"Version {event.version} of the program proposed", words=event.reason, details=details)
    details = tuple(
        d for section, answers in event.changes.items() for d in _section_changes(look, fact, section, answers)
    )
    line = f"It takes effect on {day_name(event.effective)} if nobody agrees before." if event.effective else ""
    return Told(
        title="Change of the plan proposed",
        line=f"{line} The plan goes on as it is until then.".strip(),
        words=event.reason,
        details=details,
    )


def _section_changes(look: Look, fact: Fact, section: str, answers: Mapping[str, Any]) -> Iterator[Detail]:
    before = _last(
        look,
        fact,
        lambda f: (
            (isinstance(f, e.Answered) and f.section == section) or (isinstance(f, e.Amended) and section in f.changes)
        ),
    )
    old: Mapping[str, Any] = (
        before.answers
        if isinstance(before, e.Answered)
        else before.changes[section]
        if isinstance(before, e.Amended)
        else {}
    )
    spec = look.program.section.get(section)
    yield from _changes(look, spec.fields if spec else (), old, answers)


def _amended(look: Look, _fact: Fact, event: e.Amended) -> Told:
    how = "after notice" if event.how == "imposed" else "by agreement"
    if event.kind == "version":
        return Told(title=f"Moved to version {event.version} of the program", line=f"{sentence(how)}", mark=True)
    changed = listed(f"“{_section(look, s)}”" for s in event.changes)
    return Told(title="Plan changed", line=f"{changed} changed {how}.", mark=True)


def _party_changed(look: Look, _fact: Fact, event: e.PartyChanged) -> Told:
    role, name = look.case.role_title(event.role), look.name(event.code)
    until = f" until {day_name(event.until)}" if event.until else ""
    said = {
        "joined": f"{name} is {role} now"
        + (f", in place of {look.name(event.instead_of)}" if event.instead_of else ""),
        "left": f"{name} is no longer {role}",
        "absent": f"{name} ({role}) is absent{until}",
        "returned": f"{name} ({role}) is back",
    }
    return Told(title=said.get(event.change, event.change), line=sentence(event.reason))


def _attached(look: Look, _fact: Fact, event: e.Attached) -> Told:
    details = (("Size", counted(event.size, "byte")), ("SHA-256", event.sha256))
    about = f"About “{_section(look, event.about)}”." if event.about in look.program.section else ""
    return Told(title=f"File attached: {event.name}", line=about, details=details)


def _executed(look: Look, _fact: Fact, event: e.Executed) -> Told:
    one = next((d for d in look.program.papers if d.id == event.document), None)
    title = (one.title if one else "") or look.program.title
    details = (("Size", counted(event.size, "byte")), ("SHA-256", event.sha256), ("Sealed by", event.seal))
    return Told(
        title=f"Executed copy sealed: {title}",
        line="With every signature on it. No byte of it changes from here.",
        details=details,
    )


def _disclosed(look: Look, _fact: Fact, event: e.Disclosed) -> Told:
    whose = look.case.titles(look.program.of_kind(event.for_))
    return Told(
        title="Evidence bundle asked for",
        line=sentence(f"It holds what {whose} reads{f', and is given to {event.to}' if event.to else ''}"),
        words=event.reason,
        mark=True,
    )


def _noticed(look: Look, _fact: Fact, event: e.Noticed) -> Told:
    to = listed(_addressee(look, one) for one in event.to)
    return Told(title=f"Notice queued: {event.title}", line=f"To {to}.", details=(("Text", event.text),))


def _addressee(look: Look, to: str) -> str:
    if to == "contact":
        return "the program's contact"
    return the(look.case.role_title(to)) if to in look.program.parties else look.name(to)


def _corrected(_look: Look, _fact: Fact, event: e.Corrected) -> Told:
    return Told(title=f"Entry {event.seq} corrected", line="Both stay readable.", words=event.text)


def _erased(_look: Look, _fact: Fact, event: e.Erased) -> Told:
    span = f"entry {event.first}" if event.first == event.last else f"entries {event.first} to {event.last}"
    return Told(title=f"What {span} said was erased", line=sentence(event.rule), mark=True)


WORDS: Mapping[type[e.Event], Callable[[Look, Fact, Any], Told]] = {
    e.Opened: _opened,
    e.Answered: _answered,
    e.Logged: _logged,
    e.Screened: _screened,
    e.Moved: _moved,
    e.Dated: _dated,
    e.Scheduled: _scheduled,
    e.Paused: _paused,
    e.Resumed: _resumed,
    e.Signed: _signed,
    e.Voided: _voided,
    e.Approved: _approved,
    e.Commented: _commented,
    e.Replied: _replied,
    e.Stated: _stated,
    e.CheckedIn: _checked_in,
    e.Lapsed: _lapsed,
    e.ItemMoved: _item_moved,
    e.Proposed: _proposed,
    e.Amended: _amended,
    e.PartyChanged: _party_changed,
    e.Attached: _attached,
    e.Executed: _executed,
    e.Disclosed: _disclosed,
    e.Noticed: _noticed,
    e.Corrected: _corrected,
    e.Erased: _erased,
}


# -- pieces ------------------------------------------------------------------------------------------------------------


def _section(look: Look, section: str) -> str:
    return look.program.section[section].title if section in look.program.section else section


def _log(look: Look, log: str) -> str:
    return look.program.log[log].title if log in look.program.log else log


def _titles(look: Look, roles: Iterable[str]) -> str:
    return listed(look.case.role_title(r) for r in roles)


def _people(look: Look, named: Iterable[str]) -> str:
    return listed(look.case.role_title(n) if n in look.program.parties else look.name(n) for n in named)


def _last(look: Look, fact: Fact, wanted: Callable[[e.Event], bool]) -> e.Event | None:
    """The latest event before a fact that is wanted and that this person reads."""
    return next(
        (f.event for f in reversed(look.entries) if f.seq < fact.seq and f.event is not None and wanted(f.event)), None
    )


def _answers(look: Look, fields: Iterable[FormField], answers: Mapping[str, Any]) -> list[Detail]:
    """Every answer given, as a person reads it."""
    return [(f.title, said) for f in fields if (said := _shown(look, f, answers.get(f.id)))]


def _shown(look: Look, field: FormField, value: Any) -> str:
    if field.kind != "table":
        return show(field, value, look.program, look.name)
    rows = [", ".join(f"{title}: {said}" for title, said in _answers(look, field.fields, row)) for row in value or ()]
    return "; ".join(f"{number}. {row}" for number, row in enumerate(rows, start=1))


def _changes(
    look: Look, fields: Iterable[FormField], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Detail]:
    """What stands now in every answer that changed, and what stood there before."""
    for field in fields:
        if old.get(field.id) == new.get(field.id):
            continue
        before, after = _shown(look, field, old.get(field.id)), _shown(look, field, new.get(field.id))
        yield field.title, after or "(no answer)"
        if before:
            yield f"{field.title}, before", before


def _warnings(warnings: Iterable[Mapping[str, str]]) -> Iterator[Detail]:
    for warning in warnings:
        yield "Gone on in spite of", f"{warning.get('says', '')} Reason: {warning.get('reason', '')}"
