"""Writing: answering a section, answering the screening, making a dated record."""

from upturn.core.audience import addressed, named_readers, section_readers
from upturn.core.calendar import DAY
from upturn.core.case import Case
from upturn.core.commands import Answer, Record, Screen
from upturn.core.events import Answered, Event, Logged, Screened
from upturn.core.fields import inside, unmet
from upturn.core.program import Log, ScreeningResult
from upturn.core.refusals import Refusal, Refused
from upturn.core.verbs.base import (
    CLEAR,
    Against,
    Verb,
    asked,
    by_role,
    first,
    in_stage,
    no,
    present,
    role_of,
    while_open,
    written,
)  # fmt: skip
from upturn.core.wording import day_name


def _section_open(case: Case, target: str) -> Refusal | None:
    spec = case.program.section.get(target)
    if spec is None:
        return no(case, "There is no such section.")
    hidden = None if case.shown(spec) else no(case, f"“{spec.title}” is not asked with the answers given.")
    what = f"Writing “{spec.title}”"
    return first(
        while_open(case), hidden, in_stage(case, spec.in_, what), by_role(case, spec.writers(case.plan.stage), what)
    )


def _section_against(case: Case, target: str) -> Against:
    opening = case.program.section[target].opens
    if opening is None:
        return CLEAR
    state = case.plan.clocks.get(opening.clock)
    title = case.program.clock[opening.clock].title
    if state is None:
        return Against((no(case, f"This section opens on day {opening.day} of {title}, which has not started."),))
    opens = state.start + (opening.day - 1) * DAY
    if case.today >= opens:
        return CLEAR
    return Against(
        (
            case.refusal(
                "opens", f"This section opens on {day_name(opens)}, day {opening.day} of {title}.", possible_from=opens
            ),
        )
    )


def _answer(case: Case, command: Answer) -> list[Event]:
    spec = case.program.section[command.section]
    before = case.plan.sections.get(spec.id)
    answers, problems = written(case, spec.fields, command.answers, fresh=before is None)
    if not problems:
        problems = unmet(spec.checks, inside(spec.fields, answers, case.values, case.program), spec.id)
    if problems:
        raise Refused(*problems)
    role = role_of(case, spec.writers(case.plan.stage))
    if before is not None and before.answers == answers and before.role == role:
        return []
    event = Answered(section=spec.id, answers=answers, role=role, why=command.why.strip(), on=command.on)
    return [addressed(case, event, section_readers(case.program, spec, case.plan.stage), withheld=spec.withheld)]


ANSWER = Verb(
    name="answer",
    command=Answer,
    target=lambda c: str(c.section),
    targets=lambda case: case.program.section,
    open_to=_section_open,
    against=_section_against,
    events=_answer,
    reads=lambda c: frozenset({f"section:{c.section}"}),
)


def _log_open(case: Case, target: str) -> Refusal | None:
    spec = case.program.log.get(target)
    if spec is None:
        return no(case, "There is no such record.")
    stage = in_stage(case, spec.in_, f"“{spec.do}”") if spec.in_ else None
    return first(while_open(case), stage, by_role(case, spec.by, f"“{spec.do}”"))


def _record(case: Case, command: Record) -> list[Event]:
    spec: Log = case.program.log[command.log]
    answers = asked(case, spec.fields, command.answers)
    attended = present(case, command.attended)
    before = case.plan.logs.get(spec.id, ())
    if any(
        (r.by, r.answers, r.attended, r.on) == (case.actor.code, answers, attended, command.on or case.today)
        for r in before[-1:]
    ):
        return []  # pressed twice: it is on record already
    number = len(before) + 1
    event = Logged(
        log=spec.id, number=number, answers=answers, attended=attended, role=role_of(case, spec.by), on=command.on
    )
    return [addressed(case, event, named_readers(case.program, spec.sees, spec.by), withheld=spec.withheld)]


RECORD = Verb(
    name="record",
    command=Record,
    target=lambda c: str(c.log),
    targets=lambda case: case.program.log,
    open_to=_log_open,
    events=_record,
)


def _screening_open(case: Case, target: str) -> Refusal | None:
    screening = case.program.screening
    part = next((p for p in screening.parts if p.id == target), None) if screening else None
    if screening is None or part is None:
        return no(case, "There is no such screening.")
    done = None
    if target in case.plan.screened and not case.plan.screening:
        done = no(case, f"“{part.title}” is answered; the others' answers are awaited.")
    elif case.plan.screening and _result(case, case.plan.screening).goes_on:
        done = no(case, "The screening is answered, and its result is to go on.")
    what = f"“{part.title}”"
    return first(while_open(case), in_stage(case, screening.in_, what), by_role(case, part.by, what), done)


def _result(case: Case, result: str) -> ScreeningResult:
    assert case.program.screening
    return next(r for r in case.program.screening.results if r.id == result)


def _screen(case: Case, command: Screen) -> list[Event]:
    screening = case.program.screening
    assert screening
    part = next(p for p in screening.parts if p.id == command.part)
    answers = asked(case, part.fields, command.answers)
    so_far = {} if case.plan.screening else {p: w.answers for p, w in case.plan.screened.items()}
    answered = {**so_far, part.id: answers}
    result, to = "", ""
    if {p.id for p in screening.parts} <= set(answered):
        fields = tuple(f for p in screening.parts for f in p.fields)
        flat = {k: v for a in answered.values() for k, v in a.items()}
        scope = inside(fields, flat, case.values, case.program)
        found = next((r for r in screening.results if scope.holds(r.when)), None)
        if found is None:
            raise Refused(
                no(case, "These answers lead to no result. Ask the program's contact: the screening is incomplete.")
            )
        result, to = found.id, found.to or ""
    event = Screened(part=part.id, answers=answers, role=role_of(case, part.by), result=result, to=to, on=command.on)
    return [addressed(case, event, named_readers(case.program, screening.sees, part.by), withheld=screening.withheld)]


SCREEN = Verb(
    name="screen",
    command=Screen,
    target=lambda c: str(c.part),
    targets=lambda case: [p.id for p in case.program.screening.parts] if case.program.screening else [],
    open_to=_screening_open,
    events=_screen,
    reads=lambda c: frozenset({"screening"}),
)

VERBS = (ANSWER, RECORD, SCREEN)
