"""What each guard asks for, as the end of a sentence that begins with “only when”.

The guards' own sentences are refusals about one plan; these are about the program, for people who have no plan yet.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from upturn.core.calendar import MONTH_NAMES
from upturn.core.guards.registry import GUARDS, arguments
from upturn.core.program import Anchor, Program, Rule
from upturn.core.sentences import FAMILIES
from upturn.core.wording import counted, listed

Args = Mapping[str, Any]
OUTCOMES = {
    "agreed": "agreed",
    "acknowledged": "received",
    "acknowledged_with_disagreement": "received, and not agreed with",
    "declined": "declined",
    "not_reachable": "not reachable",
}


class Named:
    """The parts of a program by what they are called."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.tables: Mapping[str, Mapping[str, Any]] = {
            "party": program.parties,
            "stage": program.stage,
            "move": program.move,
            "clock": program.clock,
            "log": program.log,
            "deadline": program.deadline,
            "checkin": program.checkin,
            "signature": program.signature,
            "approval": program.approval,
            "section": program.section,
            "table": program.item,
            "finding": program.finding,
        }

    def one(self, kind: str, name: object) -> str:
        title = str(getattr(self.tables[kind].get(str(name)), "title", "")) or self._table(kind, str(name))
        return f"“{title or str(name).replace('_', ' ')}”"

    def _table(self, kind: str, name: str) -> str:
        found = next((f for s in self.program.form for top in s.fields for f in top.walk() if f.id == name), None)
        return found.title if found and kind == "table" else ""

    def each(self, kind: str, names: Iterable[object], last: str = "and") -> str:
        return listed((self.one(kind, name) for name in names), last)

    def who(self, roles: Iterable[str], last: str = "or") -> str:
        parties = self.program.parties
        return listed((parties[role].title if role in parties else role for role in roles), last)


def clause(program: Program, rule: Rule) -> str:
    """What a rule asks for; for a condition over answers, and for a guard without a clause, what stands in the rule."""
    says = CLAUSES.get(rule.guard)
    if says is None or rule.guard not in GUARDS:
        return rule.says or rule.guard.replace("_", " ")
    return says(Named(program), arguments(GUARDS[rule.guard], rule.args))


def _since(p: Named, a: Args) -> str:
    if a["told"]:
        what = "the plan was given to the person it is about"
    elif a["move"]:
        what = p.one("move", a["move"])
    elif a["log"]:
        what = f"the first {p.one('log', a['log'])}"
    else:
        what = f"{p.one('section', a['section'])} was written"
    return f"at least {a['at_least']} have passed since {what}"


def _day(anchor: Anchor) -> str:
    return f"{anchor.day} {MONTH_NAMES[anchor.month - 1]}"


def _times(n: int) -> str:
    return "" if n == 1 else f", {counted(n, 'time')}"


def _discussed(p: Named, a: Args) -> str:
    present = f", with {p.who(a['attended'], 'and')} present" if a["attended"] else ""
    return f"{p.one('log', a['log'])} is on record{present}{_times(a['at_least'])}"


def _other_person(p: Named, a: Args) -> str:
    if a["move"]:
        return f"it is done by another person than {p.one('move', a['move'])}"
    if a["approval"]:
        return f"it is done by another person than {p.one('approval', a['approval'])}"
    return f"it is done by somebody who is not {p.who([a['role']])}"


def _signed(p: Named, a: Args) -> str:
    how = listed((OUTCOMES[o] for o in a["outcomes"]), "or")
    return f"{p.each('signature', a['signatures'])}: on record as {how}, over the words as they now are"


def _missed(p: Named, a: Args) -> str:
    of = f" of {p.one('checkin', a['rhythm'])}" if a["rhythm"] else ""
    return (
        f"no check-in{of} was missed"
        if not a["at_most"]
        else f"at most {counted(a['at_most'], 'check-in')}{of} were missed"
    )


CLAUSES: Mapping[str, Callable[[Named, Args], str]] = {
    "days_in_stage": lambda p, a: f"{p.one('stage', a['stage'])} has lasted at least {a['at_least']}",
    "days_since": _since,
    "clock_ended": lambda p, a: f"{p.one('clock', a['clock'])} has run to the end of its last day",
    "clock_running": lambda p, a: f"{p.one('clock', a['clock'])} is running",
    "day_reached": lambda p, a: f"{p.one('clock', a['clock'])} has reached day {a['day']}",
    "not_crossing": lambda p, a: (
        f"{p.one('clock', a['clock'])} would end on or before {a['day']} {MONTH_NAMES[a['month'] - 1]}"
    ),
    "between_days": lambda _, a: f"it is between {_day(a['first'])} and {_day(a['last'])}",
    "goals_due_after_today": lambda _, __: "no goal, milestone or dated action lies before the day the plan is issued",
    "goals_due_within": lambda p, a: f"every goal’s date lies within {p.one('clock', a['clock'])}",
    "not_paused": lambda _, __: "no pause is running",
    "no_result_before_due": lambda _, __: "no goal is judged before its own day",
    "evidence_given": lambda _, __: "every goal’s finding names its evidence",
    "finding_fits_goals": lambda _, __: "the finding follows from the goals",
    "last_finding": lambda p, a: f"the latest decision was {p.each('finding', a['is_'], 'or')}",
    "earlier_plans": lambda _, a: (
        f"there were no more than {a['at_most']} earlier plans"
        + (f" under the program {a['program']}" if a["program"] else "")
        + (f" within {a['within']}" if a["within"] else "")
    ),
    "had_plan": lambda _, a: f"there was an earlier plan under the program {a['program']}{_times(a['at_least'])}",
    "no_open_plan": lambda _, __: "the person has no other open plan under this program",
    "target_met": lambda _, a: f"{counted(a['at_least'], 'goal')} reached the target at the latest check-in",
    "signed": _signed,
    "signature_settled": lambda p, a: (
        f"{p.each('signature', a['signatures'])}: given, declined, or recorded as not to be had"
    ),
    "approved": lambda p, a: f"{p.each('approval', a['approvals'])}: given, and nothing it covers has changed since",
    "voted_down": lambda p, a: f"{p.one('approval', a['approval'])}: so many said no that a yes is no longer possible",
    "returned": lambda p, a: f"{p.each('approval', a['approvals'], 'or')} was returned",
    "party_named": lambda p, a: f"there is somebody for each of these: {p.who(a['by'], 'and')}",
    "roles_apart": lambda p, a: f"nobody holds two of these roles: {p.who(a['roles'], 'and')}",
    "absence_recorded": lambda p, a: f"the absence of the {p.who([a['of']])} is on record",
    "not_same_person": _other_person,
    "discussed": _discussed,
    "told": lambda _, __: "the plan was given to the person it is about",
    "time_to_read": lambda p, a: (
        f"whoever signs {p.one('signature', a['signature'])} has had the words for {counted(a['at_least'], 'day')}"
    ),
    "step_made": lambda p, a: f"{p.one('move', a['move'])} was done{_times(a['at_least'])}",
    "no_missed_check_ins": _missed,
    "check_ins_held": lambda p, a: (
        f"{counted(a['at_least'], 'check-in')} were held"
        + (f" of {p.one('checkin', a['rhythm'])}" if a["rhythm"] else "")
    ),
    "check_ins_planned": lambda _, a: f"each action has {counted(a['at_least'], 'dated check-in')}",
    "suggestions_answered": lambda _, __: "every suggested change has an answer with a reason",
    "proposals_settled": lambda _, __: "no proposed change of the plan is open",
    "support_delivered": lambda _, __: "the support that was promised was delivered",
    "items_in": lambda p, a: f"every row of {p.one('table', a['table'])} is {_stages(p, a)}",
    "attached": lambda _, a: f"{counted(a['at_least'], 'file')} {'is' if a['at_least'] == 1 else 'are'} attached",
    "screened": lambda _, __: "the screening is answered by all who are asked, and its result is to go on",
    "deadline_open": lambda p, a: f"{p.one('deadline', a['deadline'])} has not passed",
    "deadline_over": lambda p, a: f"{p.one('deadline', a['deadline'])} was met, or has passed",
    "all_answered": lambda p, a: f"everything required is answered in {p.each('section', a['sections'])}",
    "written_by": lambda p, a: f"{p.who(a['by'])} has written in {p.one('section', a['section'])}",
    "goals_complete": lambda _, a: f"every goal has its {listed(part.replace('_', ' ') for part in a['parts'])}",
    "goal_count": lambda _, a: f"there are {a['at_least']} to {a['at_most']} goals",
    "support_promised": lambda _, a: (
        f"the plan promises support, with an owner and a date ({counted(a['at_least'], 'commitment')} or more)"
    ),
    "consequence_stated": lambda _, __: "what follows if the plan is not met is said in the plan",
    "wording_clear": lambda _, a: (
        f"the wording checker finds nothing about {listed(FAMILIES.get(c, c) for c in a['codes'])} in what is shared"
    ),
    "dated_since": lambda p, a: (
        f"no row of {p.one('table', a['table'])} is dated before the day in {p.one('table', a['field'])}"
    ),
    "rows_at_least": lambda p, a: f"{p.one('table', a['table'])} has {counted(a['at_least'], 'row')} or more",
}


def _stages(p: Named, a: Args) -> str:
    item = p.program.item.get(a["table"])
    titles = {stage.id: stage.title for stage in item.stages} if item else {}
    return listed((f"“{titles.get(stage, stage)}”" for stage in a["stages"]), "or")
