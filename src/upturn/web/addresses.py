"""Where an offer of the rules is done: `verb:target` → the address of its page. One table for screens and mail."""

from collections.abc import Callable, Mapping

from django.urls import reverse


def _parts(*names: str) -> Callable[[str], dict[str, str]]:
    return lambda target: dict(zip(names, target.split("/"), strict=True)) if names else {}


ROUTES: Mapping[str, tuple[str, Callable[[str], dict[str, str]]]] = {
    "answer": ("write_section", _parts("section")),
    "record": ("record", _parts("log")),
    "screen": ("screen", _parts("part")),
    "move": ("move", _parts("move")),
    "sign": ("sign", _parts("signature")),
    "approve": ("approve", _parts("approval")),
    "comment": ("comment", _parts("section")),
    "reply": ("reply", _parts("number")),
    "state": ("state", _parts()),
    "correct": ("correct", _parts("seq")),
    "prepare": ("prepare", _parts("checkin")),
    "check_in": ("check_in", _parts("checkin")),
    "reschedule": ("reschedule", _parts("checkin")),
    "item": ("item", _parts("table", "row", "move")),
    "propose": ("propose", _parts()),
    "version": ("version", _parts()),
    "respond": ("respond", _parts("number")),
    "extend": ("extend", _parts("clock")),
    "pause": ("pause", _parts()),
    "resume": ("resume", _parts()),
    "party": ("party", _parts("role")),
    "attach": ("attach", _parts()),
    "disclose": ("bundle", _parts("audience")),
}
"""Verb → route name, and how its target becomes the route's arguments. Every route also takes `plan`, the plan's id."""


def address(plan: str, offer: str) -> str:
    """The page on which an offer is done; for one that is only to be read, the plan's own, at the place it names."""
    verb, _, target = offer.partition(":")
    if verb not in ROUTES:
        page = reverse("plan", kwargs={"plan": plan})
        return f"{page}#{target}" if verb == "read" and target != "plan" else page
    name, arguments = ROUTES[verb]
    return reverse(name, kwargs={"plan": plan, **arguments(target)})
