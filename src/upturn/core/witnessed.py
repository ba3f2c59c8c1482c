"""What a witness puts on record of somebody's signature is told to that person, with where to say otherwise.

No program has to ask for this: words in somebody's name that they never hear of could not be disputed.
"""

from collections.abc import Iterator
from dataclasses import replace

from upturn.core.audience import addressed, knows
from upturn.core.case import Case
from upturn.core.events import Noticed, Signed
from upturn.core.facts import Actor
from upturn.core.verbs.signing import OUTCOMES, WITNESSED
from upturn.core.verbs.talking import STATE
from upturn.core.wording import day_name, listed, the


def witnessed(case: Case, event: Signed) -> Iterator[Noticed]:
    """The notice to the person whose signature (or that there is none) somebody else has just put on record."""
    known = case.plan.roles(event.signer)
    if event.signer == case.actor.code or not knows(case.program, case.plan, known):
        return
    title = case.program.signature[event.signature].title
    day = f", on {day_name(event.on)}" if event.on and event.on != case.today else ""
    along = {*case.program.of_kind("lead", "office", "auditor")} & {*event.audience, *event.later}
    notice = Noticed(
        notice="witnessed",
        to=(event.signer,),
        title=f"Put on record in your name: {title}",
        text=f"{case.names(case.actor.code)} put on record on {day_name(case.today)} that you "
        f"{outcome_of(event.outcome, on_paper=bool(event.paper))} (“{title}”{day}). "
        f"If that is not how it was, say so: {listed(_ways(case, event), 'or')}.",
        key=f"witnessed@{case.plan.seq}",
    )
    yield addressed(case, notice, tuple(r for r in case.program.parties if r in known | along))


def outcome_of(outcome: str, *, on_paper: bool) -> str:
    """How a sentence about somebody says what became of their signature."""
    return f"{OUTCOMES[outcome]}{', on paper' if on_paper else ''}"


def _ways(case: Case, event: Signed) -> Iterator[str]:
    spec = case.program.signature[event.signature]
    if event.outcome in WITNESSED and case.plan.stage in spec.in_:
        yield f"you may still sign while the {case.program.words.plan} stands in “{case.stage.title}”"
    own = replace(case, actor=Actor(event.signer, case.plan.roles(event.signer)))
    if STATE.open_to(own, "plan") is None:
        yield "write a statement, which nobody can edit and which goes wherever the record goes"
    else:
        yield f"tell {whom_to_tell(case)}"


def whom_to_tell(case: Case) -> str:
    """Who hears of it where somebody may make no statement on the plan."""
    return str(case.facts.settings.get(case.program.contact.setting) or the(case.program.words.office))
