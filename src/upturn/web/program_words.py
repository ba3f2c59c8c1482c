"""A program in plain words: what it is, who takes part, what happens when, and on which rule each condition rests.

Everything here is read off the program; nothing is decided. `page` gives what `programs/program.html` shows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from upturn.core.calendar import MONTH_NAMES
from upturn.core.general import GENERAL
from upturn.core.program import (
    Clock,
    Deadline,
    Disposition,
    End,
    Extension,
    Move,
    Party,
    Program,
    Rule,
    Source,
    Stage,
    Trigger,
)
from upturn.core.wording import counted, listed, sentence
from upturn.web.guard_words import OUTCOMES, clause

SEVERAL = 3
"""A step that can be made from so many stages is told once, not at each of them."""


@dataclass(frozen=True)
class Cited:
    """A sentence and the sources it rests on. `own` when the sentence is the program's, in its language."""

    says: str
    cites: tuple[Source, ...] = ()
    own: bool = True


@dataclass(frozen=True)
class Step:
    """A step of the lifecycle: what it is, who makes it, what must hold first, what may be passed with a reason."""

    title: str
    by: str
    at: str
    to: str
    says: str
    conditions: tuple[Cited, ...]
    warnings: tuple[Cited, ...]
    cites: tuple[Source, ...]


@dataclass(frozen=True)
class StageInWords:
    """A stage, and the steps that lead on from it."""

    title: str
    says: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Time:
    """A period, a deadline or a rhythm: its name, how long, and what else is said about it."""

    title: str
    how: str
    notes: tuple[Cited, ...] = ()
    cites: tuple[Source, ...] = ()


@dataclass(frozen=True)
class InWords:
    """Everything on the page of a program."""

    program: Program
    parties: tuple[Cited, ...] = ()
    stages: tuple[StageInWords, ...] = ()
    anywhere: tuple[Step, ...] = ()
    endings: tuple[Cited, ...] = ()
    times: tuple[Time, ...] = ()
    written: tuple[Cited, ...] = ()
    signatures: tuple[Time, ...] = ()
    outcomes: tuple[Cited, ...] = ()
    general: tuple[Cited, ...] = ()
    told: tuple[str, ...] = field(default_factory=tuple)


def page(program: Program) -> InWords:
    """The program in plain words."""
    return InWords(
        program=program,
        parties=tuple(Cited(_party(program, role, party)) for role, party in program.parties.items()),
        stages=tuple(_stage(program, stage) for stage in program.stages if not stage.final),
        endings=tuple(Cited(f"{stage.title}: {stage.says}") for stage in program.stages if stage.final),
        anywhere=tuple(_step(program, move) for move in program.moves if len(move.from_) >= SEVERAL),
        times=(
            *(_clock(program, clock) for clock in program.clocks),
            *(_check_in(program, one) for one in program.checkins),
            *(_deadline(program, deadline) for deadline in program.deadlines),
        ),
        written=tuple(
            Cited(f"{s.title}: written by {who(program, s.by)}{_read_by(program, s.sees)}", cited(program, s.cites))
            for s in program.form
        ),
        signatures=tuple(_signature(program, signature) for signature in program.signatures),
        outcomes=tuple(_outcomes(program)),
        general=tuple(_general(program)),
        told=tuple(f"{n.title}: to {who(program, n.to)}" for n in program.notices),
    )


# -- people --------------------------------------------------------------------------------------------------------


def who(program: Program, roles: Iterable[str], last: str = "or") -> str:
    """Roles as they are called in this program: “Member or Facilitator”."""
    special = {"clock": "the clock, by itself", "contact": "the program’s contact"}
    return listed((program.parties[r].title if r in program.parties else special.get(r, r) for r in roles), last)


def _party(program: Program, role: str, party: Party) -> str:
    said = [party.title]
    if party.fill != "named":
        said.append(f"everybody who holds the role {party.fill} in the organization")
    elif party.max > 1:
        said.append(f"{party.min} to {party.max} people" if party.min else f"up to {party.max} people")
    elif not party.min:
        said.append("where there is one")
    if party.stands_in_for:
        said.append(f"stands in for the {who(program, [party.stands_in_for])} while an absence is recorded")
    if party.guidance:
        said.append(party.guidance)
    return "; ".join(said) if role else ""


def _read_by(program: Program, sees: Iterable[str]) -> str:
    return f"; read by {listed(program.parties[r].title for r in sees if r in program.parties)}" if tuple(sees) else ""


# -- sources and rules ---------------------------------------------------------------------------------------------


def cited(program: Program, ids: Iterable[str]) -> tuple[Source, ...]:
    """The sources of these ids, as far as the program names them."""
    return tuple(program.source[i] for i in ids if i in program.source)


def rule_in_words(program: Program, rule: Rule) -> Cited:
    """One condition as a sentence: what its guard asks for, or the program's own sentence where it asks with CEL."""
    sources = cited(program, rule.cites)
    if rule.guard == "cel":
        return Cited(f"If the answers do not allow it: {rule.says or 'it is refused.'}", sources)
    condition = " (in some cases only)" if rule.if_ else ""
    return Cited(f"Only when {clause(program, rule)}{condition}.", sources, own=False)


def _title(program: Program, kind: str, name: str) -> str:
    """What a part of the program is called."""
    table: Mapping[str, Any] = {
        "party": program.parties, "stage": program.stage, "move": program.move, "clock": program.clock,
        "log": program.log, "deadline": program.deadline, "checkin": program.checkin, "signature": program.signature,
        "approval": program.approval, "section": program.section, "table": program.item,
    }.get(kind, {})  # fmt: skip
    return str(getattr(table.get(name), "title", ""))


def _general(program: Program) -> Iterator[Cited]:
    for rule in program.rules:
        known = GENERAL.get(rule.id)
        if known:
            how = "It may be passed with a written reason." if rule.level == "warn" else "It is kept without exception."
            yield Cited(f"{known.why} {how}", own=False)


# -- stages --------------------------------------------------------------------------------------------------------


def _stage(program: Program, stage: Stage) -> StageInWords:
    own = (move for move in program.moves if stage.id in move.from_ and len(move.from_) < SEVERAL)
    return StageInWords(stage.title, stage.says, tuple(_step(program, move) for move in own))


def _step(program: Program, move: Move) -> Step:
    stays = move.to is None or move.from_ == (move.to,)
    return Step(
        title=move.title,
        by=who(program, move.by),
        at=_where(program, move),
        to="" if stays else program.stage[move.to].title,
        says=move.says or "",
        conditions=tuple(rule_in_words(program, rule) for rule in move.when),
        warnings=tuple(rule_in_words(program, rule) for rule in move.warn),
        cites=cited(program, move.cites),
    )


def _where(program: Program, move: Move) -> str:
    """The stages of a step; “any step” when there is hardly another."""
    open_stages = {stage.id for stage in program.stages if not stage.final}
    if open_stages <= set(move.from_):
        return "any step"
    return listed((f"“{program.stage[s].title}”" for s in move.from_ if s in program.stage), "or")


# -- time ----------------------------------------------------------------------------------------------------------


def end_in_words(program: Program, end: End) -> str:
    """How long a period is."""
    if end.length:
        return str(end.length)
    if end.chosen:
        return f"as long as “{_field(program, end.chosen)}” says"
    if end.date:
        return f"until the day in “{_field(program, end.date)}”"
    if end.anchor:
        return f"until {end.anchor.day} {MONTH_NAMES[end.anchor.month - 1]}"
    which, ends = ("earlier", end.earlier_of) if end.earlier_of else ("later", end.later_of)
    return f"the {which} of these: {listed((end_in_words(program, one) for one in ends), 'or')}"


def _field(program: Program, name: str) -> str:
    return program.field[name].title if name in program.field else name.replace("_", " ")


def _clock(program: Program, clock: Clock) -> Time:
    notes = [Cited(clock.says)] if clock.says else []
    bounds = [f"at least {clock.min}" if clock.min else "", f"at most {clock.max}" if clock.max else ""]
    if any(bounds):
        notes.append(Cited(f"It is {listed(bounds)}.", own=False))
    if clock.total_max:
        notes.append(Cited(f"With every extension it is at most {clock.total_max}.", own=False))
    if clock.extension:
        notes.append(Cited(_extension(program, clock.extension), cited(program, clock.extension.cites), own=False))
    if clock.pause:
        moves = "and its end moves with it" if clock.pause.cap == "moves" else "and its last day stays"
        said = f"It can be paused for leave by {who(program, clock.pause.by)}, {moves}."
        notes.append(Cited(said, cited(program, clock.pause.cites), own=False))
    return Time(clock.title, sentence(end_in_words(program, clock.end)), tuple(notes), cited(program, clock.cites))


def _extension(program: Program, extension: Extension) -> str:
    each = f", at most {extension.each_max} each time" if extension.each_max else ""
    times = f", {counted(extension.times, 'time')} at most" if extension.times else ""
    return f"It can be extended by {who(program, extension.by)}{each}{times}."


def _check_in(program: Program, check_in: Any) -> Time:
    if check_in.every:
        how = f"Every {check_in.every} while “{program.clock[check_in.clock].title}” runs."
    elif check_in.days:
        how = f"On day {listed(map(str, check_in.days))} of “{program.clock[check_in.clock].title}”."
    else:
        how = f"On dates set in the plan, while “{program.clock[check_in.clock].title}” runs."
    before = f"Prepared by {who(program, check_in.before_by, 'and')}." if check_in.before_by else ""
    notes = [Cited(before, own=False)] if before else []
    return Time(check_in.title, how, tuple(notes), cited(program, check_in.cites))


def _deadline(program: Program, deadline: Deadline) -> Time:
    after = trigger_in_words(program, deadline.after)
    within = f"within {deadline.within} of {after}" if deadline.within else f"by a date in the plan, after {after}"
    notes = [Cited(f"If nothing is done: {deadline.otherwise}")]
    if deadline.silence:
        notes.append(Cited(f"Silence means: {deadline.silence.says}"))
    how = sentence(f"{who(program, deadline.for_)}, {within}")
    return Time(deadline.title, how, tuple(notes), cited(program, deadline.cites))


def trigger_in_words(program: Program, trigger: Trigger) -> str:
    """What something counts from."""
    kinds = {"clock_start": ("clock", "the first day of "), "clock_end": ("clock", "the last day of ")}
    for kind, value in trigger.__dict__.items():
        if value is None:
            continue
        table, before = kinds.get(kind, (kind, ""))
        return f"{before}“{_title(program, table, value) or value.replace('_', ' ')}”"
    return ""


def _signature(program: Program, signature: Any) -> Time:
    outcomes = listed((OUTCOMES[o] for o in signature.outcomes), "or")
    covers = listed(program.section[s].title for s in signature.covers if s in program.section)
    notes = (Cited(f"“{signature.meaning}”"), Cited(f"It covers: {covers}. It can be {outcomes}.", own=False))
    return Time(f"{signature.title}: {who(program, signature.by)}", "", notes, cited(program, signature.cites))


def _by_step(program: Program, disposition: Disposition) -> str:
    """What follows, and the step that leads there where not every deciding step does."""
    steps = [m for m in program.moves if m.decides and disposition.id in (m.dispositions or program.disposition)]
    everywhere = len(steps) == sum(1 for m in program.moves if m.decides)
    return disposition.title if everywhere or not steps else f"{disposition.title} (by “{steps[0].title}”)"


def _outcomes(program: Program) -> Iterator[Cited]:
    if not program.outcomes:
        return
    for finding in program.outcomes.findings:
        leads = [d for d in program.outcomes.dispositions if finding.id in d.for_]
        then = f", then {listed((_by_step(program, d) for d in leads), 'or')}" if leads else ""
        reasons = " Reasons must be written." if finding.reasons else ""
        yield Cited(f"{finding.title}{then}.{reasons}", cited(program, finding.cites))
