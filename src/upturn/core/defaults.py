"""What every program has without saying so: withdrawing, closing because a person left, the notices of both, its
general rules.
"""

from upturn.core.facts import CLOCK
from upturn.core.general import GENERAL
from upturn.core.program import FormField, Move, Notice, Program, Rule, Stage, Trigger

WITHDRAWN = "withdrawn"
LEFT = "ended_left"


def completed(program: Program) -> Program:
    """The program with its defaults: stages and moves it did not declare itself, and its general rules."""
    stages = {s.id: s for s in program.stages}
    open_ = tuple(s.id for s in program.stages if not s.final)
    undecided = tuple(s.id for s in program.stages if not s.final and s.phase != "after")
    moves = {m.id: m for m in program.moves}
    notices = list(program.notices)
    for move, stage in (
        (_withdraw(program, undecided), _withdrawn(program)),
        (_left(program, open_), _left_stage(program)),
    ):
        if move.id not in moves:
            moves[move.id] = move
            stages.setdefault(stage.id, stage)
            notices += _told(program, move, stage)
    guarded = tuple(_guarded(program, m) for m in moves.values())
    return program.model_copy(update={"stages": tuple(stages.values()), "moves": guarded, "notices": tuple(notices)})


def _withdrawn(program: Program) -> Stage:
    return Stage(
        id=WITHDRAWN,
        title="Withdrawn",
        phase="closed",
        final=True,
        status="ended",
        says=f"This {program.words.plan} was withdrawn. Nothing follows from it; the record stays.",
    )


def _left_stage(program: Program) -> Stage:
    return Stage(
        id=LEFT,
        title="Closed: a person left",
        phase="closed",
        final=True,
        status="ended",
        says=f"This {program.words.plan} was closed because the {program.words.subject} left. It carries no finding.",
    )


def _reason(title: str) -> tuple[FormField, ...]:
    return (FormField(id="why", kind="longtext", title=title, required=True, max_length=5000),)


def _withdraw(program: Program, open_: tuple[str, ...]) -> Move:
    by = program.administration.withdraw or program.of_kind("lead", "office")
    return Move(
        id="withdraw",
        title=f"Withdraw this {program.words.plan}",
        done="Withdrawn",
        kind="withdraw",
        to=WITHDRAWN,
        by=by,
        asks=_reason("Why is it withdrawn?"),
        says="The plan ends without a finding. Nothing can follow from it. The record stays readable.",
        **{"from": open_},
    )


def _left(program: Program, open_: tuple[str, ...]) -> Move:
    by = program.administration.left or program.of_kind("office") or program.of_kind("lead")
    return Move(
        id="close_left",
        title=f"Close because the {program.words.subject} left",
        done="Closed because a person left",
        kind="withdraw",
        to=LEFT,
        by=by,
        asks=_reason("What happened? (no medical detail)"),
        says="The plan ends without a finding.",
        **{"from": open_},
    )


def _told(program: Program, move: Move, stage: Stage) -> list[Notice]:
    """The notice to the person a plan is about, and to its lead, that it ended this way; none where the program has its
    own.
    """
    own = any(n.id == stage.id or (n.on and (n.on.move == move.id or n.on.stage == stage.id)) for n in program.notices)
    if own:
        return []
    to = (*program.of_kind("subject"), *program.of_kind("lead"))
    text = stage.says.replace(f"This {program.words.plan}", "The {plan} of {subject}")
    return [Notice(id=stage.id, title=move.done or move.title, on=Trigger(move=move.id), to=to, text=text)]


def _guarded(program: Program, move: Move) -> Move:
    """The move with the general rules that stand before its kind."""
    when, warn = list(move.when), list(move.warn)
    for included in program.rules:
        rule = GENERAL.get(included.id)
        if rule is None or move.kind not in rule.kinds or CLOCK in move.by:
            continue
        made = Rule.model_validate(
            {"guard": rule.guard, "args": {**rule.args, **included.args}, "cites": (included.id,), "if": rule.if_}
        )
        (when if included.level == "block" else warn).append(made)
    return move.model_copy(update={"when": tuple(when), "warn": tuple(warn)})
