"""Stories: given, when, then, in a file beside a program. They reach every step and every outcome, and say who must
and who must not.

A story file is data: a cast (name → roles), a start day, and steps. Each step is something somebody does (`as`, one
act), time passing (`wait`, `until`), or an expectation (`expect`, `may`, `may_not`, `reads`, `reads_not`). An act may
say `refused:` with words the refusal must contain. What time alone brings happens by itself, day by day.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from upturn.core import commands as c
from upturn.core.audience import reads
from upturn.core.calendar import Calendar, Length, after
from upturn.core.case import Case
from upturn.core.digests import of_signature
from upturn.core.duties import duties
from upturn.core.events import Fact, Moved, Screened, Signed
from upturn.core.facts import CLOCK, Actor, EarlierPlan, Facts
from upturn.core.opening import variant_of
from upturn.core.plan import Plan, evolve
from upturn.core.program import Program
from upturn.core.reading import ProgramFile
from upturn.core.refusals import Conflict, Refused
from upturn.core.rules import decide, due, offers
from upturn.core.timing import wakes
from upturn.core.verbs.checking_in import goals_of
from upturn.core.verbs.moving import goal_keys


class StoryFailed(AssertionError):
    """A story went another way than it says; the message names the story, the step and what happened."""


@dataclass
class Told:
    """What a story reached: for the tests that ask every step and outcome of a program to be told."""

    moves: set[str] = field(default_factory=set)
    findings: set[str] = field(default_factory=set)
    dispositions: set[str] = field(default_factory=set)
    results: set[str] = field(default_factory=set)
    outcomes: set[tuple[str, str]] = field(default_factory=set)
    variants: set[str] = field(default_factory=set)


@dataclass
class Stage:
    """The stage a story is played on: one plan, its facts so far, the moment."""

    file: ProgramFile
    cast: Mapping[str, tuple[str, ...]]
    now: datetime
    world: Facts
    plan: Plan = field(default_factory=Plan)
    record: list[Fact] = field(default_factory=list)
    program: Program | None = None
    told: Told = field(default_factory=Told)

    def the_program(self) -> Program:
        return self.program or self.file.program()

    def code(self, name: str) -> str:
        return f"p{list(self.cast).index(name) + 1}"

    def actor(self, name: str) -> Actor:
        """A person of the cast, with the roles held on the plan now and those the organization gives."""
        program = self.the_program()
        code = self.code(name)
        filled = {r for r in self.cast[name] if r in program.parties and program.parties[r].fill != "named"}
        held = self.plan.roles(code) if self.plan.seq else frozenset(self.cast[name])
        return Actor(code, frozenset(held) | filled)

    def case(self, actor: Actor | None = None) -> Case:
        return Case(self.the_program(), self.plan, actor or Actor(CLOCK, frozenset({CLOCK})), self.now, self.world)

    def keep(self, events: Iterable[Any], actor: str) -> None:
        for event in events:
            fact = Fact(self.plan.seq + 1, self.now, actor, event)
            self.plan = evolve(self.plan, fact)
            self.record.append(fact)
            self._note(event)
        if self.plan.digest and self.plan.version != self.the_program().version:
            self.program = self.world.versions[self.plan.digest]

    def _note(self, event: Any) -> None:
        if isinstance(event, Moved):
            self.told.moves.add(event.move)
            self.told.findings |= {event.finding} - {""}
            self.told.dispositions |= {event.disposition} - {""}
        elif isinstance(event, Screened) and event.result:
            self.told.results.add(event.result)
        elif isinstance(event, Signed):
            self.told.outcomes.add((event.signature, event.outcome))

    def pass_until(self, moment: datetime) -> None:
        """Time passes; whatever it brings happens on its own day."""
        for _ in range(2000):
            self.bring_due()
            next_ = wakes(self.case()) if self.plan.seq else None
            if next_ is None or next_ > moment:
                break
            self.now = max(self.now, next_)
        self.now = max(self.now, moment)
        self.bring_due()

    def bring_due(self) -> None:
        for _ in range(200):
            events = due(self.the_program(), self.plan, self.now, self.world) if self.plan.seq else []
            if not events:
                return
            self.keep(events, CLOCK)


def told(file: ProgramFile, text: str, *, more: Mapping[str, ProgramFile] | None = None) -> Told:
    """Tell every story of a story file. Returns what was reached. Raises StoryFailed where one goes another way."""
    document = YAML(typ="safe", pure=True).load(text)
    reached = Told()
    for story in document["stories"]:
        one = tell(file, document, story, more=more)
        for name in ("moves", "findings", "dispositions", "results", "outcomes", "variants"):
            getattr(reached, name).update(getattr(one.told, name))
    return reached


def tell(
    file: ProgramFile,
    document: Mapping[str, Any],
    story: Mapping[str, Any],
    *,
    more: Mapping[str, ProgramFile] | None = None,
) -> Stage:
    """Tell one story and return the stage as it stands at the end."""
    given = {**document, **story}
    cast = {name: tuple(roles if isinstance(roles, list) else [roles]) for name, roles in given["cast"].items()}
    zone = given.get("zone", "America/New_York")
    world = Facts(
        zone=zone,
        calendars={
            unit: Calendar.from_json({"name": unit.replace("_", " "), **(spec or {})})
            for unit, spec in {"business_days": {"country": "US"}, **given.get("calendars", {})}.items()
        },
        people={
            f"p{n}": {"name": name.title(), **{k: str(v) for k, v in given.get("people", {}).get(name, {}).items()}}
            for n, name in enumerate(cast, start=1)
        },
        settings=given.get("settings", {}),
        earlier=tuple(_earlier(e) for e in given.get("earlier", ())),
        versions={f.digest: f.program() for f in (more or {}).values()},
    )
    start = _day(given.get("today", "2026-03-02"))
    stage = Stage(file, cast, _noon(start, zone), world)
    for number, step in enumerate(_expanded(document, story["steps"]), start=1):
        try:
            _play(stage, document, step)
        except (Refused, Conflict, AssertionError, KeyError, ValueError) as error:
            where = f"{story['name']!r}, step {number} ({_short(step)}), on {stage.now.date()}"
            raise StoryFailed(f"{where}: {type(error).__name__}: {error}") from error
    return stage


def _expanded(document: Mapping[str, Any], steps: Iterable[Any]) -> Iterator[Any]:
    """`{do: name}` stands for the steps of a named scene, so that a story may begin where another one stood."""
    for step in steps:
        if "do" in step and len(step) == 1:
            yield from _expanded(document, document["scenes"][step["do"]])
        else:
            yield step


def _short(step: Mapping[str, Any]) -> str:
    return ", ".join(f"{k}: {v}" if not isinstance(v, dict | list) else str(k) for k, v in step.items())[:160]


def _earlier(value: Mapping[str, Any]) -> EarlierPlan:
    closed = value.get("closed")
    return EarlierPlan(value["program"], _day(value["opened"]), _day(closed) if closed else None, value.get("finding"))


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _noon(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _play(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> None:
    if "wait" in step:
        length = Length.parse(step["wait"], units=stage.the_program().units)
        day = after(
            stage.world.day(stage.now), length, calendars=stage.world.calendars, units=stage.the_program().units
        )
        stage.pass_until(_noon(day, stage.world.zone))
    elif "until" in step:
        stage.pass_until(_noon(_day(step["until"]), stage.world.zone))
    elif "as" in step:
        _act(stage, document, step)
    else:
        _expect(stage, step)


def _act(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> None:
    name = step["as"]
    command = command_of(stage, document, step)
    if isinstance(command, c.Open):
        base = stage.file.program()
        stage.program = stage.file.program(variant_of(base, dict(command.answers)))
        stage.told.variants.add(variant_of(base, dict(command.answers)))
    actor = stage.actor(name)
    refused = step.get("refused")
    try:
        events = decide(stage.the_program(), stage.plan, command, actor, stage.now, stage.world)
    except (Refused, Conflict) as refusal:
        if refused is None:
            raise
        wanted = refused if isinstance(refused, list) else [refused]
        lacking = [w for w in wanted if w is not True and w.lower() not in str(refusal).lower()]
        if lacking:
            raise StoryFailed(f"refused in other words: {refusal}") from None
        return
    if refused is not None:
        raise StoryFailed("this was to be refused, and it was not")
    stage.keep(events, actor.code)
    stage.now += timedelta(minutes=1)
    stage.bring_due()


def _answers(document: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """Answers, or the name of a set of them under `answers:` in the file; `{use: name, ...}` changes some of a set."""
    if isinstance(value, str):
        return dict(document["answers"][value])
    value = dict(value or {})
    base = document["answers"][value.pop("use")] if "use" in value else {}
    return {**base, **value}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


def command_of(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> c.Command:
    """The command a step of a story asks for."""
    verb = next((v for v in _COMMANDS if v in step), None)
    if verb is None:
        raise StoryFailed(f"no act in this step; acts are: {', '.join(_COMMANDS)}")
    command = _COMMANDS[verb](stage, document, step)
    if "on" in step:
        command = replace(command, on=_day(step["on"]))
    return command


def _open(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> c.Command:
    program = stage.file.program()
    parties = {
        stage.code(n): tuple(r for r in roles if r in program.parties and program.parties[r].fill == "named")
        for n, roles in stage.cast.items()
        if n not in step.get("without", ())
    }
    return c.Open(
        digest=stage.file.digest,
        parties={k: v for k, v in parties.items() if v},
        answers=_plain(_answers(document, step["open"])),
        reasons=step.get("reasons", {}),
    )


def _codes(stage: Stage, names: Iterable[str]) -> tuple[str, ...]:
    """People by code; those whom a role fills without being named, by that role."""
    return tuple(
        next(iter(stage.actor(n).roles - stage.plan.roles(stage.code(n))), stage.code(n)) if n in stage.cast else n
        for n in names
    )


def _sign(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> c.Command:
    signature = step["sign"]
    return c.Sign(
        signature=signature, outcome=step.get("outcome", "agreed"), digest=step.get("digest") or of_signature(stage.the_program(), stage.plan, signature),
        statement=step.get("statement", ""), reason=step.get("reason", ""), witnesses=step.get("witnesses", ()),
        signer=stage.code(step["signer"]) if "signer" in step else "",
    )  # fmt: skip


def _move(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> c.Command:
    criteria = step.get("criteria", {})
    if isinstance(criteria, str):  # one finding for every goal
        criteria = {
            k: {"finding": criteria, "evidence": "The weekly report", "reason": "As the report shows"}
            for k in goal_keys(stage.case())
        }
    return c.Move(
        move=step["move"], answers=_plain(_answers(document, step.get("answers"))), reasons=step.get("reasons", {}), finding=step.get("finding", ""),
        disposition=step.get("disposition", ""), because=step.get("because", ""), criteria=criteria, extend_by=step.get("extend_by", ""),
    )  # fmt: skip


def _hold(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> c.Command:
    target = _checkin(stage, step["check_in"])
    progress = step.get("progress", {})
    if not isinstance(progress, Mapping):
        state = stage.plan.checkins[target]
        entry = {"value": progress} if isinstance(progress, int | float) else {"observation": str(progress)}
        progress = {
            f"{g.table}/{r['_id']}": {**entry, "source": "The weekly report"} for g, r in goals_of(stage.case(), state)
        }
    return c.Hold(
        checkin=target, answers=_plain(_answers(document, step.get("answers"))), progress=progress, attended=_codes(stage, step.get("attended", list(stage.plan.parties))),
        next_step=step.get("next_step", "Go on as planned"),
    )  # fmt: skip


def _checkin(stage: Stage, name: str) -> str:
    """A check-in by id, or the next one of a rhythm that is not held (`weekly`)."""
    if name in stage.plan.checkins:
        return name
    open_ = sorted(
        (s.due, s.id) for s in stage.plan.checkins.values() if s.rhythm == name and not s.held and not s.cancelled
    )
    return open_[0][1] if open_ else name


def _item(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> c.Command:
    table, row, move = step["item"].split("/")
    due_on = step.get("due")
    return c.MoveItem(
        table=table,
        row=row,
        move=move,
        answers=_plain(_answers(document, step.get("answers"))),
        due=_day(due_on) if due_on else None,
        reason=step.get("reason", ""),
    )


def _propose(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> c.Command:
    changes = {s: _plain(_answers(document, a)) for s, a in step["propose"].items()}
    return c.Propose(changes=changes, reason=step.get("reason", ""), impose=step.get("impose", False))


def _party(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> c.Command:
    instead = step.get("instead_of")
    until = step.get("until_day")
    return c.ChangeParty(
        code=stage.code(step["person"]), role=step["party"], change=step.get("change", "joined"), instead_of=stage.code(instead) if instead else "",
        reason=step.get("reason", ""), until=_day(until) if until else None,
    )  # fmt: skip


_COMMANDS: Mapping[str, Any] = {
    "open": _open,
    "record": lambda s, d, t: c.Record(log=t["record"], answers=_plain(_answers(d, t.get("answers"))), attended=_codes(s, t.get("attended", ()))),
    "screen": lambda s, d, t: c.Screen(part=t["screen"], answers=_plain(_answers(d, t.get("answers")))),
    "move": _move,
    "answer": lambda s, d, t: c.Answer(section=t["answer"], answers=_plain(_answers(d, t.get("answers", t["answer"]))), why=t.get("why", "")),
    "sign": _sign,
    "approve": lambda s, d, t: c.Approve(approval=t["approve"], outcome=t.get("outcome", "approved"), reason=t.get("reason", ""), answers=_plain(_answers(d, t.get("answers")))),
    "comment": lambda s, d, t: c.Comment(section=t["comment"], text=t.get("text", "A comment"), proposed=t.get("proposed", ""), field=t.get("field", ""), audience=t.get("audience", ())),
    "reply": lambda s, d, t: c.Reply(number=t["reply"], outcome=t.get("outcome", "accepted"), reason=t.get("reason", "")),
    "state": lambda s, d, t: c.State(text=t["state"], about=t.get("about", "")),
    "prepare": lambda s, d, t: c.Prepare(checkin=_checkin(s, t["prepare"]), answers=_plain(_answers(d, t.get("answers")))),
    "check_in": _hold,
    "reschedule": lambda s, d, t: c.Reschedule(checkin=_checkin(s, t["reschedule"]), to=_day(t["to"]), reason=t.get("reason", "")),
    "item": _item,
    "propose": _propose,
    "version": lambda s, d, t: c.ProposeVersion(digest=t["version"] if len(str(t["version"])) == 64 else next(iter(s.world.versions), ""), reason=t.get("reason", "")),
    "respond": lambda s, d, t: c.Respond(number=t["respond"], outcome=t.get("outcome", "agreed"), reason=t.get("reason", "")),
    "extend": lambda s, d, t: c.Extend(clock=t["extend"], by=str(t["by"]), reason=t.get("reason", ""), reasons=t.get("reasons", {})),
    "pause": lambda s, d, t: c.Pause(start=_day(t["pause"]), note=t.get("note", "")),
    "resume": lambda s, d, t: c.Resume(last=_day(t["resume"])),
    "party": _party,
    "attach": lambda s, d, t: c.Attach(name=t["attach"], media_type="application/pdf", size=t.get("size", 1000), sha256="0" * 64, about=t.get("about", "")),
    "correct": lambda s, d, t: c.Correct(seq=t["correct"], text=t.get("text", "")),
}  # fmt: skip


# -- expectations -----------------------------------------------------------------------------------------------------


def _expect(stage: Stage, step: Mapping[str, Any]) -> None:
    known = {
        "expect": _expect_state,
        "may": _expect_may,
        "may_not": _expect_may_not,
        "reads": _expect_reads,
        "reads_not": _expect_reads_not,
        "owes": _expect_owes,
    }
    unknown = set(step) - set(known)
    if unknown:
        raise StoryFailed(f"a step knows no {', '.join(sorted(unknown))}")
    for key, value in step.items():
        known[key](stage, value)


def _expect_state(stage: Stage, wanted: Mapping[str, Any]) -> None:
    """`stage`, `variant`, `finding`, `clock.ID` (its end), `deadline.ID` (its day), `lapsed`, `voided`, `noticed`,
    `missed`, `field`.
    """
    plan = stage.plan
    for key, value in wanted.items():
        found = _found(stage, plan, key)
        value = _day(value) if isinstance(value, date) else value
        if isinstance(found, set):
            lacking = set(value if isinstance(value, list) else [value]) - found
            if lacking:
                raise StoryFailed(f"{key}: {sorted(lacking)} not in {sorted(found)}")
        elif str(found) != str(value):
            raise StoryFailed(f"{key} is {found}, not {value}")


def _found(stage: Stage, plan: Plan, key: str) -> Any:
    head, _, rest = key.partition(".")
    match head:
        case "stage" | "variant":
            return getattr(plan, head)
        case "finding" | "disposition":
            return getattr(plan.decision, head) if plan.decision else ""
        case "clock":
            return plan.clocks[rest].end if rest in plan.clocks else None
        case "original":
            return plan.clocks[rest].original
        case "deadline":
            return plan.deadlines[rest].due if rest in plan.deadlines else None
        case "lapsed":
            return {d.id for d in plan.deadlines.values() if d.lapsed}
        case "met":
            return {d.id for d in plan.deadlines.values() if d.met}
        case "voided":
            return {s.id for s in plan.signatures.values() if s.voided}
        case "signed":
            return {s.id for s in plan.signatures.values() if not s.voided}
        case "noticed":
            return {k.split("@")[0] for k in plan.noticed}
        case "missed":
            return sum(1 for s in plan.checkins.values() if s.missed)
        case "checkins":
            return len([s for s in plan.checkins.values() if not rest or s.rhythm == rest])
        case "checkin_days":
            return {s.due.isoformat() for s in plan.checkins.values() if not rest or s.rhythm == rest}
        case "item":
            table, row = rest.split("/")
            return plan.items[(table, row)].stage if (table, row) in plan.items else None
        case "answer":
            return stage.case().answer(rest)
        case "triggers":
            return set(plan.triggers)
        case "told":
            return plan.told
    raise StoryFailed(f"nothing called {key} can be expected")


def _offers(stage: Stage, name: str) -> Mapping[str, Any]:
    return offers(stage.the_program(), stage.plan, stage.actor(name), stage.now, stage.world)


def _expect_may(stage: Stage, wanted: Mapping[str, Any]) -> None:
    for name, acts in wanted.items():
        open_ = {k for k, against in _offers(stage, name).items() if not against.refusals}
        for act in acts if isinstance(acts, list) else [acts]:
            if not any(o == act or o.startswith(f"{act}:") for o in open_):
                raise StoryFailed(f"{name} must be able to {act}; open: {sorted(open_)}")


def _expect_may_not(stage: Stage, wanted: Mapping[str, Any]) -> None:
    for name, acts in wanted.items():
        open_ = {k for k, against in _offers(stage, name).items() if not against.refusals}
        for act in acts if isinstance(acts, list) else [acts]:
            if any(o == act or o.startswith(f"{act}:") for o in open_):
                raise StoryFailed(f"{name} must not be able to {act}")


def _readable(stage: Stage, name: str) -> set[str]:
    roles = stage.actor(name).roles
    names: set[str] = set()
    for fact in stage.record:
        if reads(stage.plan, fact, roles):
            event = fact.event
            names.add(type(event).__name__)
            names |= {
                str(getattr(event, a))
                for a in ("section", "log", "part", "move", "signature", "approval", "notice")
                if getattr(event, a, "")
            }
    return names


def _expect_reads(stage: Stage, wanted: Mapping[str, Any]) -> None:
    for name, things in wanted.items():
        lacking = set(things if isinstance(things, list) else [things]) - _readable(stage, name)
        if lacking:
            raise StoryFailed(f"{name} must read {sorted(lacking)}")


def _expect_reads_not(stage: Stage, wanted: Mapping[str, Any]) -> None:
    for name, things in wanted.items():
        leaked = set(things if isinstance(things, list) else [things]) & _readable(stage, name)
        if leaked:
            raise StoryFailed(f"{name} must not read {sorted(leaked)}")


def _expect_owes(stage: Stage, wanted: Mapping[str, Any]) -> None:
    owed = duties(stage.case())
    for name, acts in wanted.items():
        roles = stage.actor(name).roles
        own = {d.offer for d in owed if d.role in roles}
        lacking = set(acts if isinstance(acts, list) else [acts]) - own
        if lacking:
            raise StoryFailed(f"{name} must owe {sorted(lacking)}; owes {sorted(own)}")


def untold(program: Program, told_: Told) -> list[str]:
    """What no story of a program reached: steps, findings, dispositions, results, signature outcomes, variants."""
    wanted = {
        "step": (set(program.move), told_.moves),
        "finding": (set(program.finding), told_.findings),
        "disposition": (set(program.disposition), told_.dispositions),
        "screening result": ({r.id for r in program.screening.results} if program.screening else set(), told_.results),
        "variant": ({v.id for v in program.variants}, told_.variants),
    }
    lacking = [f"{noun} {name}" for noun, (all_, reached) in wanted.items() for name in sorted(all_ - reached)]
    for signature in program.signatures:
        lacking += [
            f"signature {signature.id} {o}" for o in signature.outcomes if (signature.id, o) not in told_.outcomes
        ]
    return lacking
