"""What to say after something was done: what happened and what followed from it, in two or three sentences."""

from collections.abc import Iterator

from upturn.core import events as e
from upturn.core.wording import day_name, listed, sentence, the
from upturn.records.access import Look
from upturn.records.perform import Performed


def what_happened(said: str, done: Performed, look: Look) -> str:
    """The sentence of the act, then what followed: where the plan stands, new dates, who is told."""
    if not done.events:
        return "This stands on record already, so nothing was added."
    return " ".join([sentence(said), *dict.fromkeys(_followed(done, look))]).strip()


def _followed(done: Performed, look: Look) -> Iterator[str]:
    program = done.program
    if done.plan.stage != look.plan.stage:
        yield f"The {program.words.plan} now stands in “{program.stage[done.plan.stage].title}”."
    for event in done.events:
        match event:
            case e.Dated(what="clock", cause="started", end=end) if end:
                yield f"{program.clock[event.id].title} runs until {day_name(end)}."
            case e.Dated(what="clock", cause="extended" | "paused" | "resumed" | "moved", end=end) if end:
                yield f"{program.clock[event.id].title} now ends on {day_name(end)}."
            case e.Voided():
                titles = [program.signature[s].title for s in event.signatures if s in program.signature]
                titles += [program.approval[a].title for a in event.approvals if a in program.approval]
                yield f"No longer standing, because the words changed: {listed(f'“{t}”' for t in titles)}."
    told = {r for event in done.events if isinstance(event, e.Noticed) for r in event.to if r not in event.later}
    if told:
        yield f"A notice goes to {listed(_recipients(done, look, told))}."


def _recipients(done: Performed, look: Look, roles: set[str]) -> Iterator[str]:
    parties = done.program.parties
    for role in [*parties, "contact"]:
        if role not in roles:
            continue
        if role == "contact":
            yield "the contact of the program"
        elif parties[role].fill != "named":
            yield the(done.program.words.office) if parties[role].fill == "office" else parties[role].title.lower()
        else:
            known = [look.name(p.code) for p in done.plan.holders(role) if p.code in look.loaded.people]
            yield listed(known) or f"the {parties[role].title.lower()}"
    yield from (look.name(code) for code in sorted(roles & set(done.plan.parties)))
