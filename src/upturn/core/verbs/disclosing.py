"""Taking the evidence out of the house: whoever asks for a bundle says why and for whom, and everybody on the plan can
read that it was asked for. Also long after the plan is closed, which is when counsel comes.
"""

from upturn.core.audience import addressed
from upturn.core.case import Case
from upturn.core.commands import Disclose
from upturn.core.events import Disclosed, Event
from upturn.core.refusals import Refusal
from upturn.core.verbs.base import Verb, no, role_of, words

AUDIENCES = ("office", "lead", "subject")
"""For whom a bundle is made: it holds what these parties read. Each is the kind of party that may ask for it."""


def asks_as(case: Case, audience: str) -> frozenset[str]:
    """The roles in which the actor may ask for a bundle of this audience, and whose entries it then holds.

    Own roles only: who stands in for somebody acts in their place and reads no more than before.
    """
    return case.actor.roles & frozenset(case.program.of_kind(audience))


def _open(case: Case, target: str) -> Refusal | None:
    if target not in _audiences(case):
        return no(case, "There is no such evidence bundle.")
    if asks_as(case, target):
        return None
    whose = case.titles(case.program.of_kind(target))
    return no(case, f"The evidence bundle with what {whose} reads is for {whose} to ask for.", rule="role")


def _audiences(case: Case) -> list[str]:
    return [audience for audience in AUDIENCES if case.program.of_kind(audience)]


def _disclose(case: Case, command: Disclose) -> list[Event]:
    """The person a plan is about may keep it, and names nobody then."""
    subject = command.audience == "subject"
    to = command.to.strip() if subject else words(command.to, "To whom it is given", field="to")
    event = Disclosed(
        for_=command.audience,
        to=to[:200],
        reason=words(command.reason, "The reason", field="reason"),
        role=role_of(case, sorted(asks_as(case, command.audience))),
    )
    return [addressed(case, event)]


DISCLOSE = Verb(
    name="disclose",
    command=Disclose,
    target=lambda c: str(c.audience),
    targets=_audiences,
    open_to=_open,
    events=_disclose,
)

VERBS = (DISCLOSE,)
