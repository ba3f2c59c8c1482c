"""What the screens of doing ask about the plan they stand on: who reads, whom to choose, what is known already."""

from collections.abc import Iterable, Sequence

from upturn.core import rules
from upturn.core.audience import addressed
from upturn.core.commands import Command
from upturn.core.events import Event, Stated
from upturn.core.program import FormField
from upturn.core.refusals import Conflict, Refusal, Refused
from upturn.core.wording import listed, the
from upturn.records.access import Look
from upturn.web.forms import Asking, Raw, asking, first_answers

ANY_ENTRY = Stated(number=0, text="")
"""Stands for an entry of any kind that names no readers of its own."""


def files_of(look: Look) -> dict[str, str]:
    """The attachments this person reads, id → name."""
    return {a.id: a.name for a in look.plan.attachments.values() if look.reads_entry(a.seq)}


def scope_of(look: Look) -> Asking:
    return asking(look.case, files=files_of(look))


def prefilled(look: Look, fields: Iterable[FormField]) -> Raw:
    return first_answers(fields, scope_of(look))


def audience(
    look: Look,
    readers: Iterable[str] | None = None,
    *,
    withheld: bool = False,
    tells: bool = False,
    event: Event = ANY_ENTRY,
) -> tuple[list[str], str]:
    """Who will read what is written here, in words: those who do at once, and who does from the moment of telling.

    `tells`: this is that moment. `event`: an entry like the one this becomes, where its kind has readers of its own.
    """
    entry = addressed(look.case, event, readers, withheld=withheld)
    if tells:
        return ["you", *named_readers(look, entry.audience + entry.later)], ""
    later = named_readers(look, entry.later)
    told = f"and, once the {look.program.words.plan} is given to them, {listed(later)}" if later else ""
    return ["you", *named_readers(look, entry.audience)], told


def named_readers(look: Look, roles: Iterable[str]) -> list[str]:
    """The others who hold these roles, by name; a role that nobody holds by name, by its title."""
    found = []
    for role in roles:
        if role in look.roles or role not in look.program.parties:
            continue
        names = listed(look.name(p.code) for p in look.plan.holders(role))
        title = look.case.role_title(role)
        found.append(f"{names} ({title})" if names else the(title))
    return found


def people_choices(look: Look, roles: Iterable[str]) -> list[tuple[str, str]]:
    """People who hold these roles, by code; a role that is filled by office, by itself."""
    choices: dict[str, str] = {}
    for role in roles:
        party = look.program.parties.get(role)
        if party is None:
            continue
        if party.fill != "named":
            choices[role] = party.title
        for holder in look.plan.holders(role):
            choices.setdefault(holder.code, f"{look.name(holder.code)} ({party.title.lower()})")
    return list(choices.items())


def rehearsed(look: Look, command: Command) -> Sequence[Refusal]:
    """What would stand against a command, without doing it."""
    try:
        rules.decide(look.program, look.plan, command, look.actor, look.case.now, look.case.facts)
    except Refused as refused:
        return refused.reasons
    except Conflict as conflict:
        return [Refusal("conflict", change) for change in conflict.changes]
    return ()
