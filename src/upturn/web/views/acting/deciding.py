"""A decision, in four pages: what was promised and what was done; the finding with the answer to each goal; what
follows; check and decide. What is entered on the way is a draft: nothing is decided before the last button.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from upturn.core.case import Case
from upturn.core.clocks import asked_extension, day_in, extension
from upturn.core.commands import Move
from upturn.core.guards import refusals_of
from upturn.core.program import Disposition, GoalTable
from upturn.core.program import Move as MoveSpec
from upturn.core.refusals import Conflict, Refusal, Refused
from upturn.core.verbs.items import due_of
from upturn.core.wording import day_name, listed
from upturn.records.access import Look
from upturn.records.drafts import TooLong, drop_draft, save_draft
from upturn.records.known_copies import reference_of_entry
from upturn.records.perform import perform
from upturn.records.queries import drafts
from upturn.web.forms import Questions, Raw, Small, length_typed, read
from upturn.web.page.progress import GOAL_TITLES, in_units, latest
from upturn.web.shown import shown_answers
from upturn.web.views.acting.happened import what_happened
from upturn.web.views.acting.pages import against, expected, not_possible, plan_page, typed_words
from upturn.web.views.acting.readers import audience, rehearsed, scope_of
from upturn.web.views.acting.sheet import as_sent
from upturn.web.views.acting.warnings import REASONS, Warnings, warnings_of
from upturn.web.views.plan import seen

CRITERIA = {
    "met": "Met",
    "partly_met": "Partly met",
    "not_met": "Not met",
    "not_assessable": "Cannot be assessed",
}
PARTS = ("finding", "evidence", "reason")
LATER = ("disposition", "extend_by")
"""What the page after the finding asks."""


@require_http_methods(["GET", "HEAD", "POST"])
def decide_step(request: HttpRequest, plan: str, move: str, step: str) -> HttpResponse:
    """One page of a decision."""
    return decide(request, seen(request, plan), move, step)


def decide(request: HttpRequest, look: Look, move: str, step: str) -> HttpResponse:
    """The page of a decision that `step` names; the interruption page before anything else."""
    spec = look.program.move.get(move)
    if spec is None or not spec.decides or step not in PAGES:
        raise Http404
    closed = against(look, f"move:{move}")
    if closed and not (request.method == "POST" and step == "check"):
        return not_possible(request, look, f"move:{move}", closed, typed=typed_words(request))
    decision = Decision(look, spec, Kept.of(look, f"move:{move}"))
    if step and not decision.kept.read:
        return redirect(decision.address(""))
    return PAGES[step](request, decision)


@dataclass
class Kept:
    """What was entered on the pages so far: that the promises were read, our own boxes, the program's questions."""

    read: bool = False
    sent: QueryDict = field(default_factory=lambda: QueryDict(mutable=True))
    asks: Raw = field(default_factory=dict)

    @classmethod
    def of(cls, look: Look, offer: str) -> "Kept":
        draft = drafts(look.person, look.row).get(offer)
        data = draft.data if draft else {}
        asks = data.get("a")
        sent = as_sent(data.get("own")) or QueryDict(mutable=True)
        return cls(bool(data.get("read")), sent, asks if isinstance(asks, dict) else {})

    def take(self, request: HttpRequest, names: Sequence[str]) -> None:
        """Take over what a page sent under these names, and every reason for a warning."""
        reasons = [k for k in request.POST if k.startswith((REASONS, "warning."))]
        for name in [*names, *reasons]:
            if name in request.POST:
                self.sent.setlist(name, request.POST.getlist(name))

    def to_json(self) -> dict[str, Any]:
        return {"read": self.read, "a": self.asks, "own": {k: self.sent.getlist(k) for k in self.sent}}


@dataclass(frozen=True)
class Goal:
    """One goal as the decision answers it: its key `table/row`, its words, what was agreed about it and recorded."""

    key: str
    number: int
    text: str
    facts: Sequence[tuple[str, str]]
    due: date | None = None


class Decision:
    """A decision that one person is making on one plan."""

    def __init__(self, look: Look, spec: MoveSpec, kept: Kept) -> None:
        self.look, self.spec, self.kept = look, spec, kept
        self.offer = f"move:{spec.id}"

    @property
    def case(self) -> Case:
        return self.look.case

    def address(self, step: str) -> str:
        where = {"plan": self.look.row.pk, "move": self.spec.id}
        return reverse("decide", kwargs=where | {"step": step}) if step else reverse("move", kwargs=where)

    def save(self, request: HttpRequest) -> None:
        """Keep what was entered so far. Raises TooLong."""
        look, data = self.look, self.kept.to_json()
        save_draft(look.person, look.row, self.offer, data, base_seq=expected(request), now=timezone.now())

    # what is decided on

    def goals(self) -> list[Goal]:
        found: list[Goal] = []
        for table in self.look.program.goals:
            for row in self.case.rows(table.table):
                key = f"{table.table}/{row['_id']}"
                text = str(row.get(table.text) or "")
                item = self.look.program.item.get(table.table)
                due = due_of(self.case, item, row) if item else day_in(row.get(table.due or ""))
                found.append(Goal(key, len(found) + 1, text, list(self._facts(table, row, key)), due))
        return found

    def _facts(self, table: GoalTable, row: Mapping[str, Any], key: str) -> Iterator[tuple[str, str]]:
        columns = self.look.program.column.get(table.table, {})
        for name in ("measure", "baseline", "target", "due", "source", "judge"):
            column = getattr(table, name) or ""
            spec = columns.get(column)
            for one in self._shown(spec, row) if spec else ():
                value = one.value or one.words
                if name in ("baseline", "target"):
                    value = in_units(table, row, row.get(column), value)
                yield GOAL_TITLES[name] if name == "baseline" else one.title, value
            if name == "baseline" and any(columns.get(getattr(table, n) or "") for n in ("baseline", "target")):
                yield "Where it stands now", latest(self.look, table, row) or "No check-in recorded a number"
        said = list(self._recorded(key))
        if said:
            yield "Recorded at check-ins", "; ".join(said[-4:])

    def _shown(self, spec: Any, row: Mapping[str, Any]) -> Any:
        return shown_answers([spec], row, self.case.values, self.look.program, self.look.name)

    def _recorded(self, key: str) -> Iterator[str]:
        held = [c for c in self.look.plan.checkins.values() if c.held and self.look.reads_entry(c.held_seq)]
        for check in sorted(held, key=lambda c: (c.held or c.due, c.id)):
            for one in check.progress:
                if f"{one['table']}/{one['row']}" == key:
                    yield f"{day_name(check.held or check.due)}: {one.get('value', one.get('observation', ''))}"

    # what was entered

    @property
    def finding(self) -> str:
        return str(self.kept.sent.get("finding", ""))

    def dispositions(self) -> list[Disposition]:
        return list(self.look.program.follows(self.spec, self.finding))

    def closed(self) -> dict[str, str]:
        """What could follow and is not possible now, with the sentences that say why."""
        found = {}
        for one in self.dispositions():
            case = replace(self.case, finding=self.finding, disposition=one.id)
            against = refusals_of([rule for rule in one.when if rule.guard != "cel"], case)
            if against:
                found[one.id] = " ".join(r.sentence for r in against)
        return found

    @property
    def disposition(self) -> Disposition | None:
        return next((d for d in self.dispositions() if d.id == self.kept.sent.get("disposition")), None)

    @property
    def extends(self) -> str:
        """The clock that is extended, if one is."""
        chosen = self.disposition
        return (chosen.extends if chosen else None) or self.spec.extends or ""

    def new_end(self) -> date | None:
        """The last day that an extension of the length entered leads to; None where it leads to none."""
        if not self.extends:
            return None
        by = asked_extension(self.case, length_typed(str(self.kept.sent.get("extend_by", ""))))
        try:
            return extension(self.case, self.extends, by)[0] if by else None
        except Refused:
            return None

    def left_behind(self, end: date) -> list[str]:
        """Goals that are not met and whose own day lies before a new last day: more time alone does not move them."""
        said = []
        for goal in self.goals():
            met = str(self.kept.sent.get(f"criteria.{goal.key}.finding", "")) == "met"
            if goal.due and goal.due < end and not met:
                said.append(f"Goal {goal.number} is due on {day_name(goal.due)}, before the new last day.")
        change = self.look.program.amendments
        chosen = self.disposition
        stage = (chosen.to if chosen else None) or self.spec.to or self.look.plan.stage
        if said and change and stage in change.in_:
            said.append(
                "A goal keeps its own day. To give it more time too, change it by a proposed change of the plan."
            )
        return said

    def command(self) -> Move:
        sent, chosen = self.kept.sent, self.disposition
        return Move(
            move=self.spec.id,
            answers=self.kept.asks,
            reasons={k.removeprefix(REASONS): str(sent[k]) for k in sent if k.startswith(REASONS)},
            finding=self.finding,
            disposition=chosen.id if chosen else "",
            because=str(sent.get("because", "")),
            criteria={g.key: {p: str(sent.get(f"criteria.{g.key}.{p}", "")) for p in PARTS} for g in self.goals()},
            extend_by=length_typed(str(sent.get("extend_by", ""))),
        )

    def page(
        self, request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
    ) -> HttpResponse:
        who, since = audience(self.look)
        shared = {
            "spec": self.spec,
            "expected": self.look.plan.seq,
            "who": who,
            "since": since,
            "draft_url": f"{request.path}?draft=1",
            "first_url": self.address(""),
            "finding_url": self.address("finding"),
            "follows_url": self.address("follows"),
        }
        return plan_page(request, self.look, template, shared | dict(context), status=status)


# -- 1: what was promised, and what was done --------------------------------------------------------------------------


def _promised(request: HttpRequest, decision: Decision) -> HttpResponse:
    if request.method == "POST":
        decision.kept.read = True
        decision.save(request)
        return redirect(decision.address("finding"))
    return decision.page(request, "acting/decide_promised.html", {"table": promise_table(decision.look)})


def promise_table(look: Look) -> dict[str, Any]:
    """What the program promised beside what was done, as a table of the parts."""
    states = {True: ("Kept", "done"), False: ("Not kept", "soon"), None: ("Not over yet", "quiet")}
    rows = []
    for one in look.promises:
        status, tone = states[one.kept]
        rows.append([one.what, one.promised, one.done, {"status": status, "tone": tone}])
    return {
        "caption": "What was promised, and what was done",
        "columns": ["Promise", "Promised", "Done", "Where it stands"],
        "rows": rows,
        "empty": "This program promises nothing that could be counted here.",
    }


# -- 2: the finding, and the answer to each goal ----------------------------------------------------------------------


def _finding(request: HttpRequest, decision: Decision) -> HttpResponse:
    if request.method != "POST":
        return _finding_page(request, decision, ())
    form = _finding_form(decision)()
    decision.kept.take(request, list(form.fields))
    fields = decision.spec.asks
    decision.kept.asks = decision.kept.asks | {f.id: None for f in fields} | read(fields, request.POST)
    try:
        decision.save(request)
    except TooLong as error:
        return _finding_page(request, decision, [Refusal("answer", str(error))])
    if "draft" in request.GET:
        return render(request, "parts/autosave.html", {"saved_at": timezone.now()})
    reasons = _finding_refusals(decision)
    if reasons:
        return _finding_page(request, decision, reasons)
    return redirect(decision.address("follows" if _asks_what_follows(decision) else "check"))


def _asks_what_follows(decision: Decision) -> bool:
    """Whether anything is left to be said between the finding and the check."""
    passes = any((r.field or "").startswith(REASONS) for r in rehearsed(decision.look, decision.command()))
    return bool(decision.dispositions() or decision.extends or passes or warnings_of(decision.look, decision.offer))


def _finding_refusals(decision: Decision) -> list[Refusal]:
    """What stands against the finding and the answers to the goals: all at once, also when no finding is chosen."""
    command = replace(decision.command(), disposition="", extend_by="")
    reasons = [*_own_refusals(decision, decision.spec.asks), *rehearsed(decision.look, command)]
    findings = decision.look.program.findings(decision.spec)
    if any(r.field == "finding" for r in reasons) and findings:
        reasons += [r for r in rehearsed(decision.look, replace(command, finding=findings[0].id)) if _of_goal(r)]
    return [r for r in reasons if r.field not in LATER and not (r.field or "").startswith(REASONS)]


def _of_goal(reason: Refusal) -> bool:
    return (reason.field or "").startswith("criteria.")


def _own_refusals(decision: Decision, fields: Any) -> list[Refusal]:
    return Questions(fields, scope_of(decision.look), decision.kept.asks).own_refusals()


def _finding_page(request: HttpRequest, decision: Decision, reasons: Sequence[Refusal]) -> HttpResponse:
    form = _finding_form(decision)(initial={k: decision.kept.sent.get(k) for k in decision.kept.sent})
    form.cleaned_data = {}
    questions = Questions(decision.spec.asks, scope_of(decision.look), decision.kept.asks)
    left = questions.refuse(form.refuse(reasons))
    goals = [
        {"goal": goal, "fields": [form[f"criteria.{goal.key}.{part}"] for part in PARTS]} for goal in decision.goals()
    ]
    context = {
        "goals": goals,
        "finding": form["finding"],
        "because": form["because"],
        "questions": questions,
        "problems": [form, *questions.problems],
        "has_errors": bool(form.errors) or questions.errors,
        "left": [r.sentence for r in left],
    }
    return decision.page(request, "acting/decide_finding.html", context, status=422 if reasons else 200)


def _finding_form(decision: Decision) -> type[Small]:
    program = decision.look.program
    findings = [(f.id, f.title) for f in program.findings(decision.spec)]
    criteria = [(c, CRITERIA[c]) for c in program.outcomes.criteria] if program.outcomes else []
    boxes: dict[str, forms.Field] = {}
    for goal in decision.goals():
        name = f"criteria.{goal.key}"
        boxes[f"{name}.finding"] = forms.ChoiceField(
            label=f"Goal {goal.number}: was it met?", choices=criteria, widget=forms.RadioSelect
        )
        boxes[f"{name}.evidence"] = forms.CharField(
            label="What does this rest on?",
            help_text="What somebody else could look up: a report, a count, an observation with its date.",
            widget=forms.Textarea,
        )
        boxes[f"{name}.reason"] = forms.CharField(
            label="Why?", help_text="Needed unless the goal is met.", widget=forms.Textarea, required=False
        )
    boxes["finding"] = forms.ChoiceField(label="What do you find?", choices=findings, widget=forms.RadioSelect)
    boxes["because"] = forms.CharField(
        label="Your reasons",
        help_text="In sentences that the person this is about can follow.",
        widget=forms.Textarea,
        required=False,
    )
    return type("FindingForm", (Small,), boxes)


# -- 3: what follows --------------------------------------------------------------------------------------------------


def _follows(request: HttpRequest, decision: Decision) -> HttpResponse:
    if request.method != "POST":
        return _follows_page(request, decision, ())
    before = decision.disposition
    decision.kept.take(request, LATER)
    chosen = decision.disposition
    if chosen and request.POST.get("asked") == chosen.id:
        asks = decision.kept.asks | {f.id: None for f in chosen.asks} | read(chosen.asks, request.POST)
        decision.kept.asks = asks
    try:
        decision.save(request)
    except TooLong as error:
        return _follows_page(request, decision, [Refusal("answer", str(error))])
    if "draft" in request.GET:
        return render(request, "parts/autosave.html", {"saved_at": timezone.now()})
    if chosen != before and chosen and (chosen.asks or decision.extends):
        return redirect(f"{decision.address('follows')}#more")
    reasons = _all_refusals(decision)
    return _follows_page(request, decision, reasons) if reasons else redirect(decision.address("check"))


def _all_refusals(decision: Decision) -> list[Refusal]:
    chosen = decision.disposition
    fields = (*decision.spec.asks, *(chosen.asks if chosen else ()))
    return [*_own_refusals(decision, fields), *rehearsed(decision.look, decision.command())]


def _follows_page(request: HttpRequest, decision: Decision, reasons: Sequence[Refusal]) -> HttpResponse:
    form = _follows_form(decision)(initial={k: decision.kept.sent.get(k) for k in decision.kept.sent})
    form.cleaned_data = {}
    chosen = decision.disposition
    questions = Questions(chosen.asks if chosen else (), scope_of(decision.look), decision.kept.asks)
    warnings = Warnings(warnings_of(decision.look, decision.offer), decision.kept.sent)
    if chosen and not reasons:  # warnings that only this choice brings are asked at once, without an error
        for reason in rehearsed(decision.look, decision.command()):
            if (reason.field or "").startswith(REASONS):
                warnings.says.setdefault((reason.field or "").removeprefix(REASONS), reason.sentence)
    left = warnings.refuse(questions.refuse(form.refuse(reasons)))
    early = [r for r in left if r.field == "finding" or _of_goal(r) or r.field == "because"]
    finding = decision.look.program.finding.get(decision.finding)
    context = {
        "own": form,
        "finding": finding,
        "chosen": chosen,
        "questions": questions,
        "warnings": warnings,
        "problems": [form, *questions.problems, *warnings.problems],
        "has_errors": bool(form.errors) or questions.errors or bool(warnings.problems),
        "left": [r.sentence for r in left],
        "early": bool(early) or finding is None,
        "closed": [(d.title, decision.closed()[d.id]) for d in decision.dispositions() if d.id in decision.closed()],
    }
    return decision.page(request, "acting/decide_follows.html", context, status=422 if reasons else 200)


def _follows_form(decision: Decision) -> type[Small]:
    boxes: dict[str, forms.Field] = {}
    closed = decision.closed()
    fitting = [d for d in decision.dispositions() if d.id not in closed]
    if fitting:
        boxes["disposition"] = forms.ChoiceField(
            label="What follows?", choices=[(d.id, d.title) for d in fitting], widget=forms.RadioSelect
        )
        boxes["disposition"].option_hints = {d.id: d.says for d in fitting if d.says}  # type: ignore[attr-defined]
    if decision.extends:
        clock = decision.look.program.clock[decision.extends]
        usual = clock.extension.usual if clock.extension else ()
        hint = f"Usual: {listed((str(u) for u in usual), 'or')}." if usual else "For example 30 days."
        boxes["extend_by"] = forms.CharField(
            label=f"By how long? ({clock.title})", help_text=hint, widget=forms.TextInput({"class": "short"})
        )
    return type("FollowsForm", (Small,), boxes)


# -- 4: check and decide ----------------------------------------------------------------------------------------------


def _check(request: HttpRequest, decision: Decision) -> HttpResponse:
    if request.method != "POST" or request.POST.get("press") != "decide":
        return _check_page(request, decision, [r.sentence for r in _all_refusals(decision)])
    look = decision.look
    try:
        done = perform(look.row.pk, decision.command(), look.person, timezone.now(), expected=expected(request))
    except Conflict as conflict:
        now = seen(request, look.row.pk)
        closed = against(now, decision.offer)
        if closed:
            return not_possible(request, now, decision.offer, closed, changes=conflict.changes, status=409)
        anew = Decision(now, decision.spec, decision.kept)
        return _check_page(
            request, anew, [r.sentence for r in _all_refusals(anew)], changes=conflict.changes, status=409
        )
    except Refused as refused:
        closed = against(look, decision.offer)
        if closed:
            return not_possible(request, look, decision.offer, closed)
        return _check_page(request, decision, [r.sentence for r in refused.reasons], status=422)
    drop_draft(look.person, look.row, decision.offer)
    if says := what_happened("", done, look):
        messages.info(request, says)
    return redirect(reverse("decided", kwargs={"plan": look.row.pk}))


def _check_page(
    request: HttpRequest, decision: Decision, left: Sequence[str], *, changes: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    look, chosen, sent = decision.look, decision.disposition, decision.kept.sent
    finding = look.program.finding.get(decision.finding)
    fields = (*decision.spec.asks, *(chosen.asks if chosen else ()))
    goals = [
        {
            "goal": goal,
            "finding": CRITERIA.get(str(sent.get(f"criteria.{goal.key}.finding", "")), ""),
            "evidence": sent.get(f"criteria.{goal.key}.evidence", ""),
            "reason": sent.get(f"criteria.{goal.key}.reason", ""),
        }
        for goal in decision.goals()
    ]
    end = decision.new_end()
    target = look.program.stage.get((chosen.to if chosen else None) or decision.spec.to or look.plan.stage)
    context = {
        "button": "Put this decision on record",
        "finding": finding,
        "because": sent.get("because", ""),
        "goals": goals,
        "chosen": chosen,
        "extend_by": length_typed(str(sent.get("extend_by", ""))) if decision.extends else "",
        "new_end": end,
        "clock": look.program.clock[decision.extends].title if end else "",
        "left_behind": decision.left_behind(end) if end else (),
        "answers": shown_answers(fields, decision.kept.asks, look.case.values, look.program, look.name),
        "passed": [w for w in Warnings(warnings_of(look, decision.offer), sent) if w["reason"]],
        "table": promise_table(look),
        "target": target,
        "left": left,
        "changes": changes,
    }
    return decision.page(request, "acting/decide_check.html", context, status=status)


@require_GET
def decided(request: HttpRequest, plan: str) -> HttpResponse:
    """The decision on record: its reference, what happens next and when, whom to ask."""
    look = seen(request, plan)
    decision = look.plan.decision
    if decision is None or not look.reads_entry(decision.seq):
        raise Http404
    chosen = look.program.disposition.get(decision.disposition)
    running = [d for d in look.plan.deadlines.values() if not (d.met or d.lapsed or d.withdrawn)]
    context = {
        "decision": decision,
        "finding": look.program.finding.get(decision.finding),
        "chosen": chosen,
        "reference": reference_of_entry(look.row, decision.seq),
        "by": look.name(decision.by),
        "deadlines": [(look.program.deadline[d.id], d.due) for d in running if d.id in look.program.deadline],
        "clocks": [(look.program.clock[c.id], c.end) for c in look.plan.clocks.values() if not (c.ended or c.stopped)],
        "may_state": "state:plan" in look.offers,
    }
    return plan_page(request, look, "acting/decided.html", context)


PAGES: Mapping[str, Callable[[HttpRequest, Decision], HttpResponse]] = {
    "": _promised,
    "finding": _finding,
    "follows": _follows,
    "check": _check,
}
