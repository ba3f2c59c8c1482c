"""Duties as people meet them: what was missed is gathered into one that waits last, and signing again says so."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from upturn.core.case import Case
from upturn.core.duties import Duty, duties
from upturn.core.verbs.signing import WITNESSED
from upturn.core.wording import by_count, counted, day_name

MISSED = "read:check-ins"
"""The offer of several missed check-ins at once: the place on the plan's page where each is listed."""
CHECK_IN = "check_in:"


def owed(case: Case) -> list[Duty]:
    """Every open duty of a plan, whoever's it is."""
    return [_signing_again(case, duty) for duty in gathered(case, duties(case))]


def gathered(case: Case, found: Iterable[Duty]) -> Iterator[Duty]:
    """The same with each role's missed check-ins as one duty without a day: nothing that is due stands behind them."""
    missed: dict[tuple[str, str], list[Duty]] = {}
    for duty in found:
        if _is_missed(case, duty):
            missed.setdefault((duty.role, duty.code), []).append(duty)
        else:
            yield duty
    for several in missed.values():
        n = len(several)
        yield replace(
            several[0],
            offer=MISSED if n > 1 else several[0].offer,
            title=f"{counted(n, 'check-in')} {by_count(n, 'was', 'were')} missed: "
            f"record what became of {by_count(n, 'it', 'them')}",
            since=min(d.due or d.since for d in several),
            due=None,
            otherwise=f"{by_count(n, 'It stands', 'They stand')} as missed; what is held late shows both days.",
        )


def waits_last(duty: Duty) -> bool:
    """Whether a duty is about check-ins that were missed."""
    return is_missed(duty.offer, dated=duty.due is not None)


def is_missed(offer: str, *, dated: bool) -> bool:
    """The same of an offer: a check-in that is still to come has a day."""
    return offer == MISSED or (offer.startswith(CHECK_IN) and not dated)


def _is_missed(case: Case, duty: Duty) -> bool:
    state = case.plan.checkins.get(duty.offer.removeprefix(CHECK_IN)) if duty.offer.startswith(CHECK_IN) else None
    return state is not None and state.missed is not None


def _signing_again(case: Case, duty: Duty) -> Duty:
    """A signature that was given and no longer stands, as one to be given again."""
    verb, _, target = duty.offer.partition(":")
    signers = [duty.code] if duty.code else [p.code for p in case.plan.holders(duty.role)]
    before = [case.plan.signers.get((target, code)) for code in signers] if verb == "sign" else []
    given = [state for state in before if state and state.voided and state.outcome not in WITNESSED]
    if not given:
        return duty
    return replace(duty, title=f"{duty.title} (again: the words changed since {day_name(given[-1].on)})")
