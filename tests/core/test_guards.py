"""Every guard: what it lets pass, and the exact sentence in which it refuses. One table; no guard without both."""

from datetime import UTC, date, datetime

import pytest

from tests.core.small import case_of, plan_of, small
from upturn.core.facts import EarlierPlan
from upturn.core.guards import GUARDS, refusals_of
from upturn.core.guards.registry import schema_of
from upturn.core.plan import (
    ApprovalGiven,
    Attachment,
    CheckInState,
    ClockState,
    CommentState,
    DeadlineState,
    Interval,
    ItemState,
    LogRecord,
    MoveMade,
    Party,
    ProposalState,
    SignatureState,
    Written,
)
from upturn.core.program import Rule

PROGRAM = small("""
parties:
  reviewer: {title: Reviewer, kind: reviewer, max: 3}
  mentor: {title: Mentor, kind: supporter}
form:
  - id: goals
    title: Goals
    by: [member, lead]
    in: [drafting, running]
    checks: [{that: "said != 'no'", says: Say more than no.}]
    fields:
      - id: steps
        kind: table
        title: Steps
        row: Step
        fields:
          - {id: what, title: What, required: true}
          - {id: now, kind: number, title: Now}
          - {id: target, kind: number, title: Target}
          - {id: due, kind: date, title: By when}
          - {id: dates, kind: table, title: Dates, fields: [{id: day, kind: date, title: Day}]}
      - id: help
        kind: table
        title: Help
        fields: [{id: given_, title: What}, {id: whose, title: Who}, {id: by_when, kind: date, title: By when}]
      - {id: since, kind: date, title: Counts from}
      - {id: seen, kind: longtext, title: What was seen, reads_as: deficiency}
      - {id: if_not, title: If it is not met}
      - {id: how_long, kind: duration, title: How long}
  - id: apart
    title: Apart
    by: [lead]
    in: [drafting]
    sees: [lead]
    withheld: true
    fields: [{id: noted, kind: longtext, title: Noted, reads_as: deficiency}]
goals: [{table: steps, text: what, baseline: now, target: target, due: due}]
support: {table: help, text: given_, owner: whose, due: by_when}
items:
  - {table: help, title: Help, stages: [{id: open, title: Open}, {id: delivered, title: Delivered, open: false}],
     moves: [{id: deliver, title: Deliver, from: [open], to: delivered, by: [lead]}]}
consequence_field: if_not
logs:
  - {id: talk, title: A talk, do: Record a talk, by: [lead], with: [member, lead], fields: [{id: it, title: What}]}
clocks:
  - {id: period, title: The period, end: {length: 30 days}}
  - {id: chosen, title: The chosen period, end: {chosen: how_long}}
moves:
  - {id: begin, starts: [period, chosen]}
  - {id: decide, title: Decide, kind: decide, from: [running], by: [lead], decides: true}
checkins:
  - {id: weekly, title: Weekly, clock: period, every: 1 week, by: [lead]}
  - {id: planned, title: As planned, clock: period, table: steps, dates_from: dates, by: [lead]}
signatures:
  - {id: mine, title: The member signs, by: [member], in: [drafting], covers: [words], meaning: I agree.,
     outcomes: [agreed, acknowledged, declined], witness: [lead]}
approvals:
  - {id: look, title: A second look, by: [reviewer], in: [drafting]}
  - {id: vote, title: The vote, by: [reviewer], need: majority, in: [drafting]}
screening:
  in: [drafting]
  parts: [{id: fair, by: [lead], title: Is it fair, fields: [{id: fair_yes, kind: yesno, title: Fair, required: true}]}]
  results:
    - {id: go, when: fair_yes, says: Go on., goes_on: true}
    - {id: stop, when: "true", says: This is no case for a plan., cites: [Handbook]}
deadlines:
  - {id: reply, title: The reply, for: member, after: {log: talk}, within: 5 days, met_by: {statement: true},
     silence: {says: Silence counts as yes.}, otherwise: Nothing., cites: [Handbook]}
outcomes:
  findings: [{id: met, title: Met, good: true}, {id: not_met, title: Not met}]
  dispositions: [{id: stay, title: Stays, for: [met, not_met], to: over}]
""")


def day(month, number):
    return date(2026, month, number)


def at(month, number):
    return {"now": datetime(2026, month, number, 12, tzinfo=UTC)}


def written(on=None, role="member", **answers):
    return Written(answers, 2, "p1", role, on or day(3, 2), (role,) if role else ())


def goals(*rows, **answers):
    given = [{"_id": f"r{n}", "what": "Do it", **row} for n, row in enumerate(rows, start=1)]
    return {"sections": {"goals": written(steps=given, **answers), "words": written(said="yes")}}


def apart(noted):
    return {"sections": {"apart": written(noted=noted)}}


def supported(*rows):
    return {"sections": {"goals": written(help=[{"_id": f"r{n}", **row} for n, row in enumerate(rows, start=1)])}}


def move(name, on, *, by="p2", to="running", seq=3, finding=""):
    return MoveMade(name, "drafting", to, on, seq, by, "lead", {}, finding=finding)


def talk(on, *attended, seq=3, role="lead"):
    return LogRecord("talk", 1, {}, seq, "p2", role, on, attended)


def clock(start, end, name="period", **more):
    return {"clocks": {name: ClockState(name, start, end, end, "30 days", **more)}}


def check_in(n, due, **more):
    return CheckInState(f"weekly_{n}", "weekly", due, due, **more)


def check_ins(*states):
    return {"checkins": {s.id: s for s in states}}


def signature(outcome="agreed", voided=0):
    return {
        "signatures": {"mine": SignatureState("mine", outcome, "d", "p1", "p1", "member", day(3, 2), 4, voided=voided)}
    }


def answer(outcome, by="p4", approval="look", seq=4, voided=0):
    return ApprovalGiven(approval, outcome, by, "reviewer", day(3, 2), seq, voided=voided)


def people(**roles):
    base = {"p1": ("member",), "p2": ("lead",)}
    return {"parties": {code: Party(code, held, day(3, 2)) for code, held in {**base, **roles}.items()}}


def absent(until=None):
    return {"parties": {"p2": Party("p2", ("lead",), day(3, 2), absent=day(3, 2), absent_until=until)}}


def comment(proposed="", replies=()):
    state = CommentState(1, "words", "said", "?", proposed, "p1", "member", day(3, 2), 4, ("lead",), (), replies)
    return {"comments": {1: state}}


def proposal(outcome=""):
    return {"proposals": {1: ProposalState(1, "amendment", {}, "x", "p2", "lead", day(3, 5), 4, outcome=outcome)}}


def attachment(about=""):
    return {
        "attachments": {"a1": Attachment("a1", "a.pdf", "application/pdf", 9, "d", about, "p2", day(3, 2), 4, (), ())}
    }


def deadline(**more):
    return {"deadlines": {"reply": DeadlineState("reply", day(3, 7), "5 days", day(3, 2), **more)}}


def reached(*values):
    held = [
        check_in(
            n,
            day(3, n + 1),
            held=day(3, n + 1),
            held_seq=n,
            progress=({"table": "steps", "row": "r1", "value": value},),
        )
        for n, value in enumerate(values, start=1)
    ]
    return check_ins(*held)


PAUSE = {"pauses": (Interval(day(3, 5), ("period",), day(3, 14)),)}
ENDED = EarlierPlan("small", day(1, 5), day(2, 5), "met")
RUNNING = EarlierPlan("small", day(1, 5), None)
CRITERIA = ({"finding": "met", "evidence": "The list"}, {"finding": "not_met", "evidence": " "})

# guard and its arguments; what the plan holds; what else is the case; the refusal, None where it lets pass
ROWS = [
    (
        {"days_in_stage": {"stage": "running", "at_least": "30 days"}},
        {"moves": (move("begin", day(3, 2)),)},
        at(4, 1),
        None,
    ),
    (
        {"days_in_stage": {"stage": "running", "at_least": "30 days"}},
        {"moves": (move("begin", day(3, 2)), move("begin", day(3, 30)))},
        at(3, 31),
        (
            "This is possible from 1 April 2026: 30 days must pass since “Under way” began (2 March 2026); "
            "29 days have passed."
        ),
    ),
    (
        {"days_in_stage": {"stage": "running", "at_least": "30 days"}},
        {},
        {},
        "This needs 30 days since “Under way” began, and that has not happened yet.",
    ),
    ({"days_since": {"told": True, "at_least": "5 days"}}, {}, at(3, 7), None),
    (
        {"days_since": {"move": "begin", "at_least": "30 days"}},
        {"moves": (move("begin", day(3, 2)),), **PAUSE},
        at(4, 10),
        (
            "This is possible from 11 April 2026: 30 days must pass since “Begin” (2 March 2026); 29 days have passed. "
            "10 paused days did not count."
        ),
    ),
    (
        {"days_since": {"log": "talk", "at_least": "5 days", "anew": True}},
        {"logs": {"talk": (talk(day(3, 1), seq=2), talk(day(3, 6), seq=5))}, "stage_seq": 3},
        at(3, 7),
        (
            "This is possible from 11 March 2026: 5 days must pass since the latest “A talk” (6 March 2026); "
            "1 day has passed."
        ),
    ),
    ({"clock_ended": "period"}, clock(day(3, 2), day(3, 31)), at(4, 1), None),
    ({"clock_ended": "period"}, {}, {}, "The period has not started."),
    (
        {"clock_ended": "period"},
        clock(day(3, 2), day(3, 31)),
        at(3, 31),
        "The period runs until 31 March 2026; this is possible from 1 April 2026.",
    ),
    ({"clock_running": "period"}, clock(day(3, 2), day(3, 31)), at(3, 31), None),
    ({"clock_running": "period"}, {}, {}, "The period has not started."),
    ({"clock_running": "period"}, clock(day(3, 2), day(3, 31)), at(4, 1), "The period ended on 31 March 2026."),
    ({"day_reached": {"clock": "period", "day": 10}}, clock(day(3, 2), day(3, 31)), at(3, 11), None),
    ({"day_reached": {"clock": "period", "day": 10}}, {}, {}, "The period has not started."),
    (
        {"day_reached": {"clock": "period", "day": 10}},
        clock(day(3, 2), day(3, 31)),
        at(3, 10),
        "This is possible from 11 March 2026, day 10 of The period.",
    ),
    ({"not_crossing": {"clock": "period", "month": 3, "day": 31}}, {}, {}, None),
    (
        {"not_crossing": {"clock": "period", "month": 3, "day": 30}},
        {},
        {},
        "The period would end on 31 March 2026, after 30 March 2026.",
    ),
    (
        {"not_crossing": {"clock": "chosen", "month": 3, "day": 30}},
        {},
        {},
        "The chosen period cannot be dated before “How long” is answered.",
    ),
    ({"between_days": {"first": {"month": 10, "day": 15}, "last": {"month": 3, "day": 2}}}, {}, {}, None),
    (
        {"between_days": {"first": {"month": 10, "day": 15}, "last": {"month": 3, "day": 1}}},
        {},
        {},
        "This is possible from 15 October 2026.",
    ),
    ({"goals_due_after_today": None}, goals({"due": "2026-03-02"}, {}), {}, None),
    (
        {"goals_due_after_today": None},
        goals({"due": "2026-03-01"}, {"due": "2026-02-28"}),
        {},
        (
            "Goal 1 (1 March 2026) and Goal 2 (28 February 2026) lie before today, so nobody could meet them. "
            "Give later dates."
        ),
    ),
    ({"goals_due_within": "period"}, goals({"due": "2026-03-31"}), {}, None),
    (
        {"goals_due_within": "period"},
        goals({"due": "2026-04-01"}),
        {},
        "Goal 1 (1 April 2026) lies after The period ends on 31 March 2026.",
    ),
    ({"not_paused": None}, PAUSE, {}, None),
    (
        {"not_paused": None},
        {"pauses": (Interval(day(3, 1), ("period",)),)},
        {},
        "The plan has been paused since 1 March 2026. End the pause first.",
    ),
    ({"no_result_before_due": None}, goals({"due": "2026-03-02"}), {}, None),
    (
        {"no_result_before_due": None},
        goals({"due": "2026-03-20"}, {"due": "2026-03-10"}),
        {},
        "Goal 1 runs until 20 March 2026; it cannot be judged before that.",
    ),
    ({"evidence_given": None}, {}, {"criteria": CRITERIA[:1]}, None),
    ({"evidence_given": None}, {}, {"criteria": ({"finding": "not_assessable", "evidence": ""},)}, None),
    ({"evidence_given": None}, {}, {"criteria": CRITERIA}, "Goal 2: say what the finding rests on."),
    ({"finding_fits_goals": None}, {}, {"criteria": CRITERIA, "finding": "not_met"}, None),
    (
        {"finding_fits_goals": None},
        {},
        {"criteria": CRITERIA, "finding": "met"},
        "Goal 2 is not met; the finding “Met” does not follow.",
    ),
    (
        {"finding_fits_goals": None},
        {},
        {"criteria": CRITERIA[:1], "finding": "not_met"},
        "Every goal is met; the finding “Not met” does not follow.",
    ),
    ({"last_finding": "met"}, {"moves": (move("decide", day(3, 2), finding="met"),)}, {}, None),
    ({"last_finding": "met"}, {}, {}, "This follows a decision of “Met”, and none is made yet."),
    (
        {"last_finding": "met"},
        {"moves": (move("decide", day(3, 2), finding="not_met"),)},
        {},
        "This follows a decision of “Met”; the decision was “Not met”.",
    ),
    ({"earlier_plans": {"at_most": 0, "within": "1 month"}}, {}, {"earlier": (ENDED,)}, None),
    (
        {"earlier_plans": {"at_most": 0, "within": "1 year"}},
        {},
        {"earlier": (ENDED,)},
        "There was 1 earlier plan in the last 1 year; at most 0 allowed.",
    ),
    ({"had_plan": {"program": "small", "finding": "met"}}, {}, {"earlier": (ENDED,)}, None),
    (
        {"had_plan": {"program": "small", "finding": "not_met"}},
        {},
        {"earlier": (ENDED, RUNNING)},
        "This needs an earlier “small” that ended with “not_met”; none is on record.",
    ),
    ({"no_open_plan": None}, {}, {"earlier": (ENDED,)}, None),
    (
        {"no_open_plan": None},
        {},
        {"earlier": (RUNNING,)},
        "There is already an open improvement plan, opened on 5 January 2026. Close or withdraw it first.",
    ),
    ({"target_met": None}, {**goals({"target": 3}), **reached(1, 3)}, {}, None),
    (
        {"target_met": None},
        {**goals({"target": 3}), **reached(3, 1)},
        {},
        "0 goals reached its target at the latest check-in; 1 needed.",
    ),
    ({"signed": "mine"}, signature(), {}, None),
    ({"signed": "mine"}, signature(voided=5), {}, "“The member signs” is still missing."),
    (
        {"signed": {"signatures": "mine", "outcomes": ["agreed"]}},
        signature("acknowledged"),
        {},
        "“The member signs” is still missing.",
    ),
    ({"signature_settled": "mine"}, signature("declined"), {}, None),
    ({"signature_settled": "mine"}, {}, {}, "“The member signs”: neither signed nor recorded as declined."),
    ({"approved": "look"}, {"approvals": (answer("approved"),)}, {}, None),
    (
        {"approved": "look"},
        {"approvals": (answer("approved"), answer("returned"))},
        {},
        "“A second look” was returned by p4 on 2 March 2026. Look at what was written there first.",
    ),
    ({"approved": "look"}, {}, {}, "“A second look” is still missing: the reviewer."),
    (
        {"approved": "vote"},
        {"approvals": (answer("approved", approval="vote"),), **people(p4=("reviewer",), p5=("reviewer",))},
        {},
        "“The vote” is still missing: more than half of those who are the reviewer.",
    ),
    (
        {"voted_down": "vote"},
        {"approvals": (answer("refused", approval="vote"),), **people(p4=("reviewer",), p5=("reviewer",))},
        {},
        None,
    ),
    (
        {"voted_down": "vote"},
        {"approvals": (), **people(p4=("reviewer",), p5=("reviewer",))},
        {},
        "“The vote” is not decided against: 0 of 2 votes said no.",
    ),
    ({"returned": "look"}, {"approvals": (answer("returned"),), "stage_seq": 3}, {}, None),
    (
        {"returned": "look"},
        {"approvals": (answer("returned"),), "stage_seq": 5},
        {},
        "“A second look” was not returned.",
    ),
    ({"party_named": "reviewer"}, people(p4=("reviewer",)), {}, None),
    ({"party_named": ["reviewer", "mentor", "staff"]}, {}, {}, "Nobody is named yet as reviewer or mentor."),
    ({"roles_apart": ["reviewer", "mentor"]}, people(p3=("reviewer",), p4=("mentor",)), {}, None),
    (
        {"roles_apart": ["reviewer", "mentor"]},
        people(p3=("mentor", "reviewer")),
        {},
        "Ines Roth is the reviewer and the mentor. These are different people.",
    ),
    ({"absence_recorded": "lead"}, absent(day(3, 2)), {}, None),
    ({"absence_recorded": "lead"}, absent(day(3, 1)), {}, "The absence of the lead is not on record."),
    ({"not_same_person": {"move": "begin"}}, {"moves": (move("begin", day(3, 2), by="p1"),)}, {}, None),
    (
        {"not_same_person": {"move": "begin"}},
        {"moves": (move("begin", day(3, 2)),)},
        {},
        "A second person must do this: Finn Alder did “Begin”.",
    ),
    (
        {"not_same_person": {"approval": "look"}},
        {"approvals": (answer("approved", by="p2"),)},
        {},
        "A second person must do this: Finn Alder gave “A second look”.",
    ),
    (
        {"not_same_person": {"role": "lead"}},
        {},
        {},
        "A second person must do this: Finn Alder is the lead of this plan.",
    ),
    ({"discussed": {"log": "talk", "attended": ["member"]}}, {"logs": {"talk": (talk(day(3, 2), "p1"),)}}, {}, None),
    (
        {"discussed": {"log": "talk", "attended": ["member"]}},
        {"logs": {"talk": (talk(day(3, 2), "p2"),)}},
        {},
        "No “A talk” with the member is on record. It comes first.",
    ),
    (
        {"discussed": {"log": "talk", "at_least": 2}},
        {"logs": {"talk": (talk(day(3, 2)),)}},
        {},
        "1 of 2 records “A talk” are there.",
    ),
    ({"told": None}, {}, {}, None),
    ({"told": None}, {"told": None}, {}, "The plan has not been given to the subject yet."),
    ({"time_to_read": {"signature": "mine", "at_least": 3}}, {}, at(3, 5), None),
    (
        {"time_to_read": {"signature": "mine", "at_least": 3}},
        {},
        at(3, 4),
        "What “The member signs” covers has been there to read since 2 March 2026; 3 days to read it are promised.",
    ),
    ({"step_made": "begin"}, {"moves": (move("begin", day(3, 2)),)}, {}, None),
    ({"step_made": "begin"}, {}, {}, "“Begin” comes first; it is not on record."),
    (
        {"step_made": {"move": "begin", "anew": True}},
        {"moves": (move("begin", day(3, 2)),), "stage_seq": 9},
        {},
        "“Begin” comes first; it is not on record here.",
    ),
    (
        {"no_missed_check_ins": None},
        check_ins(check_in(1, day(3, 2)), check_in(2, day(3, 1), held=day(3, 1))),
        {},
        None,
    ),
    (
        {"no_missed_check_ins": None},
        check_ins(*(check_in(n, day(2, n)) for n in range(1, 6))),
        {},
        "5 check-ins promised for 1 February 2026, 2 February 2026, 3 February 2026 and 2 more were not held.",
    ),
    ({"check_ins_held": {"at_least": 1}}, check_ins(check_in(1, day(3, 1), held=day(3, 1))), {}, None),
    (
        {"check_ins_held": {"at_least": 2}},
        check_ins(check_in(1, day(3, 1), held=day(3, 1))),
        {},
        "1 check-in was held; at least 2 needed.",
    ),
    (
        {"check_ins_planned": None},
        goals({"dates": [{"_id": "r1", "day": "2026-03-09"}, {"_id": "r2", "day": "2026-03-16"}]}),
        {},
        None,
    ),
    (
        {"check_ins_planned": None},
        goals({"dates": [{"_id": "r1", "day": "2026-03-09"}]}, {}),
        {},
        "Blocks 1 and 2 have fewer than 2 dated check-ins.",
    ),
    ({"suggestions_answered": None}, comment("x", (("p2", "declined", "no", day(3, 3)),)), {}, None),
    ({"suggestions_answered": None}, comment(), {}, None),
    ({"suggestions_answered": None}, comment("x"), {}, "1 suggested change by Mara Quill has no answer yet."),
    ({"proposals_settled": None}, proposal("agreed"), {}, None),
    (
        {"proposals_settled": None},
        proposal(),
        {},
        "The change proposed on 5 March 2026 is still open. Settle or withdraw it first.",
    ),
    (
        {"support_delivered": None},
        {
            **supported({"given_": "A course"}),
            "items": {("help", "r1"): ItemState("help", "r1", "delivered", day(3, 2))},
        },
        {},
        None,
    ),
    (
        {"support_delivered": None},
        supported({"given_": "A course"}, {"given_": "A mentor"}),
        {},
        "Support that was promised is not delivered: “A course” and “A mentor”.",
    ),
    (
        {"items_in": {"table": "help", "stages": "delivered"}},
        {
            **supported({"given_": "A course"}),
            "items": {("help", "r1"): ItemState("help", "r1", "delivered", day(3, 2))},
        },
        {},
        None,
    ),
    (
        {"items_in": {"table": "help", "stages": "delivered"}},
        supported({}, {}),
        {},
        "Help 1 and 2 are not delivered yet.",
    ),
    ({"attached": {"about": "words"}}, attachment("words"), {}, None),
    ({"attached": {"about": "words"}}, attachment(), {}, "1 file must be attached to words; there are 0."),
    ({"screened": None}, {"screening": "go"}, {}, None),
    ({"screened": None}, {}, {}, "The screening is not answered yet: “Is it fair” by the lead."),
    ({"screened": None}, {"screening": "stop"}, {}, "This is no case for a plan. (Handbook)"),
    ({"deadline_open": "reply"}, deadline(), at(3, 7), None),
    ({"deadline_open": "reply"}, deadline(met=day(3, 6)), at(3, 8), None),
    (
        {"deadline_open": "reply"},
        deadline(),
        at(3, 8),
        "“The reply” was due on 7 March 2026. Silence counts as yes. (Handbook)",
    ),
    ({"deadline_over": "reply"}, deadline(), at(3, 8), None),
    ({"deadline_over": "reply"}, {}, {}, "“The reply” has not begun. (Handbook)"),
    ({"deadline_over": "reply"}, deadline(), at(3, 7), "“The reply” is open until 7 March 2026. (Handbook)"),
    ({"all_answered": ["words", "goals"]}, goals({}), {}, None),
    ({"all_answered": ["words"]}, {}, {}, "Still to be written: What it is about: What was said."),
    (
        {"all_answered": ["words", "goals"]},
        {"sections": {"words": written(said="no"), "goals": written(steps=[{"_id": "r1", "what": "x"}])}},
        {},
        "Say more than no.",
    ),
    ({"written_by": {"section": "words", "by": "member"}}, {"sections": {"words": written(said="x")}}, {}, None),
    (
        {"written_by": {"section": "words", "by": "member"}},
        {"sections": {"words": written(said="x", role="lead")}},
        {},
        "“What it is about” has not been written by the member yet.",
    ),
    ({"goals_complete": {"parts": ["baseline", "target"]}}, goals({"now": 0, "target": 3}), {}, None),
    ({"goals_complete": None}, {}, {}, "There is no goal yet. Write at least one that somebody else could judge."),
    (
        {"goals_complete": None},
        goals({"now": 0, "target": 3, "due": "2026-05-01"}, {"target": 3}),
        {},
        "Goal 2 lacks where it stands now and a date.",
    ),
    ({"goal_count": None}, goals(*[{}] * 5), {}, None),
    ({"goal_count": None}, {}, {}, "There are 0 goals; at least 1 needed."),
    (
        {"goal_count": None},
        goals(*[{}] * 6),
        {},
        "There are 6 goals. More than 5 at a time tax a person; keep the ones that matter most.",
    ),
    ({"support_promised": None}, supported({"given_": "A course", "whose": "HR", "by_when": "2026-05-01"}), {}, None),
    ({"support_promised": None}, {}, {}, "No support is promised yet. Say who will do what to help, and by when."),
    (
        {"support_promised": None},
        supported({"given_": "A course", "whose": "HR"}, {"given_": "A mentor"}),
        {},
        "Support 1 and 2 lack an owner or a date.",
    ),
    ({"consequence_stated": None}, goals(if_not="The contract ends."), {}, None),
    (
        {"consequence_stated": None},
        {},
        {},
        (
            "The plan does not say yet what follows if it is not met. "
            "The person must be able to read that before it starts."
        ),
    ),
    (
        {"wording_clear": None},
        goals({"what": "Close 9 of 10 tickets each week"}, seen="On 3 March you hung up."),
        {},
        None,
    ),
    (
        {"wording_clear": None, "cites": ["LNG"]},
        goals({"what": "Be less lazy"}, seen="On 3 March you were abrasive. It was noticed that you left."),
        {},
        (
            "“What was seen”: “It was noticed”: who saw it, when, and where is it written? Nobody can answer a rumour, "
            "and evidence that cannot be traced has no weight (FAI001, LNG-09). Step 1, “What”: “lazy” judges the "
            "person: what was done or said, and when? “What was seen”: “abrasive” judges the person: what was done or "
            "said, and when? Trait words fall unevenly on women and minorities, cannot be answered, and turn attention "
            "from the task to the self, where feedback harms (TRA001, LNG-01). (LNG)"
        ),
    ),
    ({"wording_clear": {"codes": "FAI"}}, goals(seen="On 3 March you were abrasive."), {}, None),
    ({"wording_clear": None}, apart("You were abrasive."), {}, None),
    (
        {"wording_clear": {"codes": ["TRA001"], "sections": ["apart"]}},
        apart("You were abrasive."),
        {},
        (
            "“Noted”: this judges the person instead of telling what was done. Trait words fall unevenly on women and "
            "minorities, cannot be answered, and turn attention from the task to the self, where feedback harms "
            "(TRA001, LNG-01)."
        ),
    ),
    (
        {"wording_clear": {"codes": ["MEA"]}},
        goals(*[{"what": "Be good", "now": 0}] * 4),
        {},
        (
            "Step 1, “What”; Step 2, “What”; Step 3, “What”: nothing here can be counted or answered yes or no: how "
            "much, how many, or which one thing? A goal that cannot be checked is decided by opinion; specific goals "
            'are reached more often than "do your best" (MEA001, LNG-03). And 1 more.'
        ),
    ),
    ({"wording_clear": {"codes": ["MEA"]}}, goals({"what": "Be good", "target": 3, "now": 0}), {}, None),
    (
        {"wording_clear": {"codes": ["MEA"]}, "cites": ["LNG"]},
        goals({"what": "Be good", "target": 3}, {"target": 2, "now": 0}, {"what": "Be kind", "target": 2}),
        {},
        (
            "Step 1, “What”; Step 3, “What”: this goal does not say where it stands now: what is the figure today? "
            "Without the figure at the start nobody can show that something got better, or that it was wrong before "
            "(MEA101, GEN-03). (LNG)"
        ),
    ),
    ({"wording_clear": {"codes": "MEA101", "sections": "words"}}, goals({"what": "Be good", "target": 3}), {}, None),
    (
        {"wording_clear": {"codes": ["PLA101", "PLA102"]}},
        goals(*[{"what": "Be good"}] * 6),
        {},
        (
            "“Goals”: 6 goals at once: which 5 matter most now? Several demanding goals at once tax people, and a plan "
            "nobody could meet reads like one made to fail (PLA101, GEN-16). “Goals”: this plan asks for goals and "
            "promises no help: what will be given, and by whom? Goals are reached when the means are there; a plan "
            "without any help is read as paperwork for an end (PLA102, GEN-05)."
        ),
    ),
    (
        {"wording_clear": {"codes": ["PLA"]}},
        goals(*[{"what": "Be good"}] * 5, help=[{"given_": "A call"}], if_not="More time."),
        {},
        None,
    ),
    (
        {"wording_clear": {"codes": ["TIM103"]}},
        goals(*[{"what": "Be good", "due": "2026-03-31"}] * 2) | clock(day(3, 2), day(3, 31)),
        {},
        (
            "“Goals”: all 2 goals are due on the last day: what can be seen before? Progress that is looked at on the "
            "way is reached more often; a single day of judging leaves no time (TIM103, GEN-03)."
        ),
    ),
    (
        {"wording_clear": {"codes": ["TIM103"]}},
        goals({"what": "Be good", "due": "2026-03-31"}, {"what": "Be good", "due": "2026-03-30"}),
        {},
        None,
    ),
    (
        {"wording_clear": {"codes": ["TIM103"]}},
        goals(*[{"what": "Be good", "due": "2026-03-31"}] * 2),
        {},
        (
            "“Goals”: all 2 goals are due on the last day: what can be seen before? Progress that is looked at on the "
            "way is reached more often; a single day of judging leaves no time (TIM103, GEN-03)."
        ),
    ),
    ({"wording_clear": {"codes": ["TIM101"]}}, goals({"what": "Be good", "due": "2026-04-01"}), {}, None),
    (
        {"wording_clear": {"codes": ["TIM101"]}},
        goals({"what": "Be good", "due": "2026-04-01"}) | clock(day(3, 2), day(3, 31)),
        {},
        (
            "Step 1, “What”: the day of this goal, 1 April 2026, lies after the time to improve ends on 31 March 2026. "
            "What is due before the start was never a chance, and what is due after the end is judged by nobody "
            "(TIM101, GEN-03)."
        ),
    ),
    (
        {"wording_clear": {"codes": ["EXA"], "sections": ["apart"]}},
        apart("You left."),
        {},
        (
            "“Noted”: this gives no day on which it happened. Dated instances are what reviewers and courts weigh; a "
            "label alone cannot be answered (EXA001, GEN-01)."
        ),
    ),
    (
        {"wording_clear": {"codes": ["EXA101"], "sections": ["apart"]}},
        apart("You left."),
        {},
        (
            "“Apart”: this plan says what is wrong without one day on which it happened. Dated instances are what "
            "reviewers and courts weigh, and the only thing the person can answer to (EXA101, GEN-01)."
        ),
    ),
    (
        {"dated_since": {"table": "steps", "column": "due", "field": "since"}},
        goals({"due": "2026-03-02"}, since="2026-03-02"),
        {},
        None,
    ),
    (
        {"dated_since": {"table": "steps", "column": "due", "field": "since"}},
        goals({"due": "2026-03-01"}, since="2026-03-02"),
        {},
        "Row 1 of “Steps” lies before “Counts from” (2 March 2026); what came earlier cannot be used.",
    ),
    ({"rows_at_least": {"table": "steps", "at_least": 2}}, goals({}, {}), {}, None),
    ({"rows_at_least": {"table": "steps", "at_least": 2}}, goals({}), {}, "“Steps” has 1 row; at least 2 are needed."),
    ({"cel": "size(steps) > 0"}, goals({}), {}, None),
    ({"cel": "size(steps) > 0"}, {}, {}, "This is not possible with these answers."),
]


def name_of(rule):
    return next(iter(rule))


def asked(rule, plan, more):
    more = dict(more)
    case = case_of(
        PROGRAM,
        plan_of(**plan),
        code=more.pop("code", "p2"),
        **{k: more.pop(k) for k in ("now", "earlier") if k in more},
    )
    for name, value in more.items():
        object.__setattr__(case, name, value)
    return refusals_of([Rule.model_validate(rule)], case)


@pytest.mark.parametrize(("rule", "plan", "more", "says"), ROWS, ids=lambda value: "")
def test_a_guard_lets_pass_or_says_what_is_missing_why_and_when_it_would_work(rule, plan, more, says):
    assert [r.sentence for r in asked(rule, plan, more)] == ([says] if says else [])


def test_no_guard_is_without_a_row_for_each_of_its_answers():
    passing = {name_of(rule) for rule, _, _, says in ROWS if says is None}
    refusing = {name_of(rule) for rule, _, _, says in ROWS if says}
    assert (set(GUARDS) - passing, set(GUARDS) - refusing) == (set(), set())


@pytest.mark.parametrize("name", GUARDS)
def test_every_guard_says_what_it_is_for_and_describes_its_arguments(name):
    assert GUARDS[name].says.endswith(".") or ". " in GUARDS[name].says or ")" in GUARDS[name].says
    assert schema_of(name)["type"] == "object"


def test_a_day_on_which_something_becomes_possible_is_said_as_a_date_too():
    (refusal,) = asked({"days_since": {"told": True, "at_least": "90 days"}}, {}, {})
    assert refusal.possible_from == day(5, 31)


def test_a_rule_speaks_in_its_own_words_and_with_its_own_citation():
    rule = {"told": None, "says": "Hand it over first.", "cites": ["Handbook"]}
    assert [r.sentence for r in asked(rule, {"told": None}, {})] == ["Hand it over first. (Handbook)"]


def test_a_rule_is_passed_over_while_its_condition_does_not_hold():
    rule = {"told": None, "if": "said == 'x'"}
    assert asked(rule, {"told": None}, {}) == []
    assert len(asked(rule, {"told": None, "sections": {"words": written(said="x")}}, {})) == 1


def test_the_same_guard_twice_is_told_apart_so_that_each_warning_has_its_reason():
    rules = [Rule.model_validate({"told": None}) for _ in range(3)]
    names = [r.rule for r in refusals_of(rules, case_of(PROGRAM, plan_of(told=None)))]
    assert names == ["told", "told_2", "told_3"]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"signed": {"signature": "mine"}}, "signed: signatures: Field required; it takes signatures, outcomes"),
        ({"days_in_stage": {"stage": "x", "at_least": "3 moons"}}, "days_in_stage: at_least: Value error, 'moons'"),
        ({"told": {"x": 1}}, "told: x: Extra inputs are not permitted; it takes no arguments"),
    ],
)
def test_arguments_that_are_not_a_guards_own_are_said_to_be_so(rule, says):
    with pytest.raises(ValueError, match=f"^{says}"):
        asked(rule, {}, {})
