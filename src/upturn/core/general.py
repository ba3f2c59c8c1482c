"""The general rules of fair plans, by id: a program includes one at a level, before every move of the kinds named.

Source of ids and reasons: the policy file's life-cycle rules (§1.8) and private-sector rules (§1.6). Rules that the
engine keeps for every program anyway (a check-in's parts, dated corrections, the four states of a signature) need no
inclusion.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class General:
    """One rule: the guard that keeps it, the kinds of move it stands before, and why it is there."""

    guard: str
    kinds: tuple[str, ...]
    why: str
    args: Mapping[str, Any] = field(default_factory=dict)
    if_: str | None = None


GENERAL: Mapping[str, General] = {
    "GEN-03": General(
        "goals_complete", ("issue",), "A goal without baseline, target, date, source and judge cannot be judged."
    ),
    "GEN-04": General("discussed", ("issue",), "Talks come before a plan; two documented ones are a common bar."),
    "GEN-05": General(
        "support_promised", ("issue",), "What the organization owes is a list of owned, dated commitments."
    ),
    "GEN-06": General(
        "support_delivered",
        ("decide", "adverse"),
        "Support that was promised and not given weighs on a finding.",
        if_="finding == 'not_met'",
    ),
    "GEN-08": General("no_missed_check_ins", ("decide", "adverse"), "A skipped check-in exposes whoever skipped it."),
    "GEN-11": General("consequence_stated", ("issue",), "What can follow is said in the plan, in plain words."),
    "GEN-12": General("evidence_given", ("decide",), "The decision answers each goal with evidence."),
    "GEN-13": General("approved", ("issue", "adverse"), "A second person looks before a plan is issued or ends badly."),
    "GEN-14": General(
        "screened", ("issue",), "If every target is met, does the person stay in good standing? A no stops the plan."
    ),
    "GEN-16": General("goal_count", ("issue",), "More than three to five goals at a time tax a person."),
    "GEN-21": General("approved", ("early",), "Closing early as not met needs grounds and a second approval."),
    "US-01": General(
        "goals_due_after_today",
        ("issue",),
        "No goal, milestone or check-in falls before the plan's issue date (Murphy v. Caterpillar, 7th Cir. 2025).",
    ),
    "US-02": General(
        "no_result_before_due",
        ("decide", "adverse"),
        "No result is recorded before the item's day (Murphy v. Caterpillar).",
    ),
    "US-03": General(
        "suggestions_answered", ("start",), "A request to correct the plan gets a recorded answer before it starts."
    ),
    "LNG": General(
        "wording_clear",
        ("issue",),
        "Words about character, hearsay and threats cannot be answered; what was done, and when, can.",
    ),
}
