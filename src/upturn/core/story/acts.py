"""A step of a story as the command it asks for: one row of `COMMANDS` per act."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from upturn.core import commands as c
from upturn.core.digests import of_signature
from upturn.core.story.stage import Stage, StoryFailed, day_of
from upturn.core.verbs.checking_in import goals_of
from upturn.core.verbs.moving import goal_keys


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story file, on its stage. `sets` are the named sets of answers of the file."""

    stage: Stage
    sets: Mapping[str, Mapping[str, Any]]
    says: Mapping[str, Any]

    def get(self, key: str, default: Any = "") -> Any:
        return self.says.get(key, default)

    def answers(self, value: Any = None) -> dict[str, Any]:
        """Answers, or the name of a set of them; `{use: name, ...}` changes some of one. By default the step's."""
        value = self.get("answers", None) if value is None else value
        if isinstance(value, str):
            value = {"use": value}
        given = dict(value or {})
        base = self.sets[given.pop("use")] if "use" in given else {}
        return {k: plain(v) for k, v in {**base, **given}.items()}

    def code(self, key: str) -> str:
        """The code of the person named under a key; empty when nobody is."""
        return self.stage.code(self.says[key]) if key in self.says else ""

    def day(self, key: str) -> date | None:
        return day_of(self.says[key]) if key in self.says else None

    def present(self, everybody: Iterable[str] = ()) -> tuple[str, ...]:
        """Who took part, by code; those whom a role fills without being named, by that role."""
        return tuple(self._present(name) for name in self.get("attended", everybody))

    def _present(self, name: str) -> str:
        if name not in self.stage.cast:
            return name
        code = self.stage.code(name)
        return next(iter(self.stage.actor(name).roles - self.stage.plan.roles(code)), code)

    def check_in(self, key: str) -> str:
        """A check-in by id, or the next one of a rhythm that is not held (`weekly`)."""
        name = str(self.says[key])
        states = self.stage.plan.checkins
        ahead = [(s.due, s.id) for s in states.values() if s.rhythm == name and not s.held and not s.cancelled]
        return name if name in states or not ahead else min(ahead)[1]


def plain(value: Any) -> Any:
    """YAML's values as JSON ones: days as text."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


KEYS = {
    "as", "on", "refused", "answers", "reasons", "reason", "attended", "without", "why", "outcome", "digest",
    "statement", "witnesses", "signer", "finding", "disposition", "because", "criteria", "extend_by", "text",
    "proposed", "field", "audience", "about", "progress", "next_step", "to", "due", "impose", "by", "note", "party",
    "person", "change", "instead_of", "until_day", "size", "language", "paper",
}  # fmt: skip
"""What a step may say beside its act."""


def command_of(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> c.Command:
    """The command a step of a story asks for. Raises StoryFailed for a step without an act."""
    act = next((a for a in COMMANDS if a in step), None)
    if act is None:
        raise StoryFailed(f"no act in this step; acts are: {', '.join(COMMANDS)}")
    if unknown := set(step) - KEYS - {act}:
        raise StoryFailed(f"a step knows no {', '.join(sorted(unknown))}")
    command = COMMANDS[act](Step(stage, document.get("answers", {}), step))
    return replace(command, on=day_of(step["on"])) if "on" in step else command


def _open(step: Step) -> c.Open:
    stage = step.stage
    program = stage.file.program()
    parties = {
        stage.code(name): tuple(r for r in roles if r in program.parties and program.parties[r].fill == "named")
        for name, roles in stage.cast.items()
        if name not in step.get("without", ())
    }
    return c.Open(
        digest=stage.file.digest,
        parties={code: roles for code, roles in parties.items() if roles},
        answers=step.answers(step.get("open")),
        reasons=step.get("reasons", {}),
        language=step.get("language"),
    )


def _record(step: Step) -> c.Record:
    return c.Record(log=step.get("record"), answers=step.answers(), attended=step.present())


def _answer(step: Step) -> c.Answer:
    section = step.get("answer")
    return c.Answer(section=section, answers=step.answers(step.get("answers", section)), why=step.get("why"))


def _sign(step: Step) -> c.Sign:
    signature = step.get("sign")
    return c.Sign(
        signature=signature,
        outcome=step.get("outcome", "agreed"),
        digest=step.get("digest") or of_signature(step.stage.the_program(), step.stage.plan, signature),
        statement=step.get("statement"),
        reason=step.get("reason"),
        witnesses=step.get("witnesses", ()),
        signer=step.code("signer"),
        paper=step.get("paper"),
    )


def _approve(step: Step) -> c.Approve:
    return c.Approve(
        approval=step.get("approve"),
        outcome=step.get("outcome", "approved"),
        reason=step.get("reason"),
        answers=step.answers(),
    )


def _move(step: Step) -> c.Move:
    criteria = step.get("criteria", {})
    if isinstance(criteria, str):  # one finding for every goal
        one = {"finding": criteria, "evidence": "The weekly report", "reason": "As the report shows"}
        criteria = dict.fromkeys(goal_keys(step.stage.case()), one)
    return c.Move(
        move=step.get("move"),
        answers=step.answers(),
        reasons=step.get("reasons", {}),
        finding=step.get("finding"),
        disposition=step.get("disposition"),
        because=step.get("because"),
        criteria=criteria,
        extend_by=step.get("extend_by"),
    )


def _comment(step: Step) -> c.Comment:
    return c.Comment(
        section=step.get("comment"),
        text=step.get("text", "A comment"),
        proposed=step.get("proposed"),
        field=step.get("field"),
        audience=step.get("audience", ()),
    )


def _reply(step: Step) -> c.Reply:
    return c.Reply(number=step.get("reply"), outcome=step.get("outcome", "accepted"), reason=step.get("reason"))


def _hold(step: Step) -> c.Hold:
    target = step.check_in("check_in")
    progress = step.get("progress", {})
    if not isinstance(progress, Mapping):  # one number or observation for every goal
        said = {"value": progress} if isinstance(progress, int | float) else {"observation": str(progress)}
        goals = goals_of(step.stage.case(), step.stage.plan.checkins[target])
        progress = {f"{g.table}/{row['_id']}": {**said, "source": "The weekly report"} for g, row in goals}
    return c.Hold(
        checkin=target,
        answers=step.answers(),
        progress=progress,
        attended=step.present(everybody=step.stage.plan.parties),
        next_step=step.get("next_step", "Go on as planned"),
    )


def _prepare(step: Step) -> c.Prepare:
    return c.Prepare(checkin=step.check_in("prepare"), answers=step.answers())


def _reschedule(step: Step) -> c.Reschedule:
    return c.Reschedule(checkin=step.check_in("reschedule"), to=day_of(step.get("to")), reason=step.get("reason"))


def _item(step: Step) -> c.MoveItem:
    table, row, move = step.get("item").split("/")
    due, reason = step.day("due"), step.get("reason")
    return c.MoveItem(table=table, row=row, move=move, answers=step.answers(), due=due, reason=reason)


def _propose(step: Step) -> c.Propose:
    changes = {section: step.answers(answers) for section, answers in step.get("propose").items()}
    return c.Propose(changes=changes, reason=step.get("reason"), impose=step.get("impose", False))


def _version(step: Step) -> c.ProposeVersion:
    named = str(step.get("version"))
    digest = named if len(named) == 64 else next(iter(step.stage.world.versions), "")
    return c.ProposeVersion(digest=digest, reason=step.get("reason"))


def _respond(step: Step) -> c.Respond:
    return c.Respond(number=step.get("respond"), outcome=step.get("outcome", "agreed"), reason=step.get("reason"))


def _extend(step: Step) -> c.Extend:
    reason, reasons = step.get("reason"), step.get("reasons", {})
    return c.Extend(clock=step.get("extend"), by=str(step.get("by")), reason=reason, reasons=reasons)


def _party(step: Step) -> c.ChangeParty:
    return c.ChangeParty(
        code=step.code("person"),
        role=step.get("party"),
        change=step.get("change", "joined"),
        instead_of=step.code("instead_of"),
        reason=step.get("reason"),
        until=step.day("until_day"),
    )


def _attach(step: Step) -> c.Attach:
    return c.Attach(
        name=step.get("attach"),
        media_type="application/pdf",
        size=step.get("size", 1000),
        sha256="0" * 64,
        about=step.get("about"),
    )


COMMANDS: Mapping[str, Callable[[Step], c.Command]] = {
    "open": _open,
    "record": _record,
    "screen": lambda step: c.Screen(part=step.get("screen"), answers=step.answers()),
    "move": _move,
    "answer": _answer,
    "sign": _sign,
    "approve": _approve,
    "comment": _comment,
    "reply": _reply,
    "state": lambda step: c.State(text=step.get("state"), about=step.get("about")),
    "prepare": _prepare,
    "check_in": _hold,
    "reschedule": _reschedule,
    "item": _item,
    "propose": _propose,
    "version": _version,
    "respond": _respond,
    "extend": _extend,
    "pause": lambda step: c.Pause(start=day_of(step.get("pause")), note=step.get("note")),
    "resume": lambda step: c.Resume(last=day_of(step.get("resume"))),
    "party": _party,
    "attach": _attach,
    "correct": lambda step: c.Correct(seq=step.get("correct"), text=step.get("text")),
}
