"""Guards about the record: check-ins held, support delivered, suggestions answered, items closed, files attached."""

from upturn.core.case import Case
from upturn.core.guards.registry import guard
from upturn.core.plan import CheckInState
from upturn.core.refusals import Refusal
from upturn.core.wording import by_count, counted, day_name, listed


def overdue(case: Case, rhythm: str | None = None) -> list[CheckInState]:
    """Check-ins that were due and not held, moved check-ins by their new day."""
    return [
        c
        for c in case.plan.checkins.values()
        if (rhythm is None or c.rhythm == rhythm) and not c.held and not c.cancelled and c.due < case.today
    ]


@guard(move="move")
def step_made(case: Case, move: str, at_least: int = 1, *, anew: bool = False) -> Refusal | None:
    """A step was made, so many times; `anew`: in the present stage, the step that led to it included."""
    made = [m for m in case.plan.made(move) if not anew or m.seq >= case.plan.stage_seq]
    if len(made) >= at_least:
        return None
    spec = case.program.move[move]
    return case.refusal("step_made", f"“{spec.title}” comes first; it is not on record{' here' if anew else ''}.")


@guard(rhythm="checkin")
def no_missed_check_ins(case: Case, rhythm: str | None = None, at_most: int = 0) -> Refusal | None:
    """No check-in that was promised was missed and never held."""
    missed = overdue(case, rhythm)
    if len(missed) <= at_most:
        return None
    days = listed([day_name(c.due) for c in missed[:3]] + ([f"{len(missed) - 3} more"] if len(missed) > 3 else []))
    return case.refusal(
        "no_missed_check_ins",
        f"{counted(len(missed), 'check-in')} promised for {days} {by_count(len(missed), 'was', 'were')} not held.",
    )


@guard(rhythm="checkin")
def check_ins_held(case: Case, at_least: int, rhythm: str | None = None) -> Refusal | None:
    """So many check-ins were held."""
    held = [c for c in case.plan.checkins.values() if c.held and (rhythm is None or c.rhythm == rhythm)]
    if len(held) >= at_least:
        return None
    return case.refusal(
        "check_ins_held",
        f"{counted(len(held), 'check-in')} {by_count(len(held), 'was', 'were')} held; at least {at_least} needed.",
    )


@guard()
def check_ins_planned(case: Case, at_least: int = 2) -> Refusal | None:
    """Each action carries so many dated check-ins (DC-19)."""
    few = []
    for rhythm in case.program.checkins:
        if rhythm.table and rhythm.dates_from:
            for number, row in enumerate(case.rows(rhythm.table), start=1):
                dates = row.get(rhythm.dates_from) or ()
                if len(dates if isinstance(dates, list) else [dates]) < at_least:
                    few.append(str(number))
    if not few:
        return None
    return case.refusal(
        "check_ins_planned",
        f"{by_count(len(few), 'Block', 'Blocks')} {listed(few)} {by_count(len(few), 'has', 'have')} fewer than "
        f"{counted(at_least, 'dated check-in')}.",
    )


@guard()
def suggestions_answered(case: Case) -> Refusal | None:
    """Every suggested change got an answer with a reason, and what was accepted is written (US-03)."""
    open_ = [c for c in case.plan.comments.values() if c.proposed and not c.answered]
    promised = [] if open_ else case.plan.unwritten()
    if promised:
        sections = listed(dict.fromkeys(f"“{case.program.section[c.section].title}”" for c in promised))
        says = f"{counted(len(promised), 'change')} to {sections} {by_count(len(promised), 'was', 'were')} accepted"
        return case.refusal(
            "suggestions_answered", f"{says} and {by_count(len(promised), 'is', 'are')} not written yet."
        )
    if not open_:
        return None
    who = listed(sorted({case.names(c.by) for c in open_}))
    return case.refusal(
        "suggestions_answered",
        f"{counted(len(open_), 'suggested change')} by {who} {by_count(len(open_), 'has', 'have')} no answer yet.",
    )


@guard()
def proposals_settled(case: Case) -> Refusal | None:
    """No proposed change of the plan is open."""
    open_ = [p for p in case.plan.proposals.values() if not p.outcome]
    if not open_:
        return None
    return case.refusal(
        "proposals_settled",
        f"The change proposed on {day_name(open_[0].on)} is still open. Settle or withdraw it first.",
    )


@guard()
def support_delivered(case: Case) -> Refusal | None:
    """What the organization promised was delivered (GEN-06)."""
    late = undelivered(case)
    if not late:
        return None
    return case.refusal("support_delivered", f"Support that was promised is not delivered: {listed(late[:4])}.")


def undelivered(case: Case) -> list[str]:
    """What was promised and not delivered, in the words of the plan."""
    support = case.program.support
    if support is None:
        return []
    lacking = []
    for row in case.rows(support.table):
        state = case.plan.items.get((support.table, row["_id"]))
        if state is None or state.stage not in support.delivered:
            lacking.append(f"“{str(row.get(support.text, ''))[:80]}”")
    return lacking


@guard(table="table")
def items_in(case: Case, table: str, stages: tuple[str, ...]) -> Refusal | None:
    """Every row of an item table stands in one of these stages."""
    spec = case.program.item[table]
    first = spec.stages[0].id
    rest = [
        str(n)
        for n, row in enumerate(case.rows(table), start=1)
        if (state.stage if (state := case.plan.items.get((table, row["_id"]))) else first) not in stages
    ]
    if not rest:
        return None
    wanted = listed((s.title.lower() for s in spec.stages if s.id in stages), "or")
    return case.refusal("items_in", f"{spec.title} {listed(rest)} {by_count(len(rest), 'is', 'are')} not {wanted} yet.")


@guard()
def attached(case: Case, at_least: int = 1, about: str | None = None) -> Refusal | None:
    """So many files are attached."""
    files = [a for a in case.plan.attachments.values() if about is None or a.about == about]
    if len(files) >= at_least:
        return None
    return case.refusal(
        "attached",
        f"{counted(at_least, 'file')} must be attached{f' to {about}' if about else ''}; "
        f"there {by_count(len(files), 'is', 'are')} {len(files)}.",
    )


@guard()
def screened(case: Case) -> Refusal | None:
    """The screening was answered by all who are asked, and its result is to go on."""
    screening = case.program.screening
    if screening is None:
        return None
    result = next((r for r in screening.results if r.id == case.plan.screening), None)
    if result is None:
        lacking = [p for p in screening.parts if p.id not in case.plan.screened]
        return case.refusal(
            "screened",
            f"The screening is not answered yet: {listed(f'“{p.title}” by {case.titles(p.by)}' for p in lacking)}.",
        )
    return None if result.goes_on else case.refusal("screened", result.says, result.cites)


@guard(deadline="deadline")
def deadline_open(case: Case, deadline: str) -> Refusal | None:
    """A deadline has not passed: what silence meant has not happened."""
    state = case.plan.deadlines.get(deadline)
    if state is None or state.met or not (state.lapsed or case.today > state.due):
        return None
    spec = case.program.deadline[deadline]
    meant = spec.silence.says if spec.silence else spec.otherwise
    return case.refusal("deadline_open", f"“{spec.title}” was due on {day_name(state.due)}. {meant}", spec.cites)


@guard(deadline="deadline")
def deadline_over(case: Case, deadline: str) -> Refusal | None:
    """A deadline was met or has passed: the time to answer was given."""
    state = case.plan.deadlines.get(deadline)
    spec = case.program.deadline[deadline]
    if state is None:
        return case.refusal("deadline_over", f"“{spec.title}” has not begun.", spec.cites)
    if state.met or case.today > state.due:
        return None
    return case.refusal(
        "deadline_over", f"“{spec.title}” is open until {day_name(state.due)}.", spec.cites, possible_from=state.due
    )
