"""Every page on which something is done: it opens, asks the database little, changes nothing by being looked at, and
shuts nobody out.
"""

from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page
from ruamel.yaml import YAML

from tests.web.doing import Network, client_of, network, signed_in
from tests.web.on_screen import OnScreen, steps_of
from upturn.core import reading
from upturn.core.commands import Comment, Propose
from upturn.records import catalogue
from upturn.records.access import NotFound, look
from upturn.records.drafts import save_draft
from upturn.records.models import Draft, Entry, Payload
from upturn.web.addresses import address

MOST_QUERIES = 12

RAISED = [
    ("finn", "/plans/new/"),
    ("finn", "/plans/new/evolve-mip/"),
    ("finn", "records/discussion/new/"),
    ("finn", "do/no_plan/"),
]
WRITING = [
    ("mara", "write/"),
    ("mara", "write/header/"),
    ("mara", "write/improvement_steps/"),
    ("mara", "write/outcome/"),
    ("mara", "statement/"),
    ("finn", "people/facilitator/"),
    ("ines", "do/withdraw/"),
    ("finn", "attach/"),
    ("ines", "correct/2/"),
]
SIGNING = [
    ("mara", "sign/member_signs/"),
    ("ines", "sign/member_signs/"),
    ("mara", "comment/situation/?question=led_to"),
    ("finn", "comments/1/"),
    ("mara", "do/rework/"),
]
RUNNING = [
    ("mara", "sign/member_signs/done/"),
    ("mara", "check-ins/monthly_2/prepare/"),
    ("finn", "check-ins/monthly_2/hold/"),
    ("finn", "check-ins/monthly_2/move/"),
    ("mara", "items/steps/r1/mark_done/"),
    ("finn", "amend/"),
    ("finn", "amend/outcome/"),
    ("finn", "amend/check/"),
    ("finn", "proposals/1/"),
    ("finn", "extend/period/"),
    ("finn", "pause/"),
    ("ines", "newer-version/"),
]
DECIDING = [
    ("finn", "do/decide/"),
    ("finn", "do/decide/finding/"),
    ("finn", "do/decide/follows/"),
    ("finn", "do/decide/check/"),
]


def raised(net: Network) -> None:
    net.raised()


def writing(net: Network) -> None:
    net.told()


def signing(net: Network) -> None:
    net.signing()
    net.do(
        "mara", Comment(section="situation", field="led_to", text="Only two.", proposed="Two recommendations are open.")
    )


def running(net: Network) -> None:
    net.checked_in()
    net.do("mara", Propose(changes={"outcome": {"if_not_completed": ["extend"]}}, reason="It was never in question"))
    text = (resources.files("upturn.programs") / "evolve-mip.v1.yaml").read_text(encoding="utf-8")
    catalogue.publish(net.organization, text.replace("version: 1\n", "version: 2\n", 1), net.now)
    changed = {"a": {"if_not_completed": ["membership"], "other_items": []}}
    save_draft(net.finn, net.row(), "propose:outcome", changed, base_seq=net.row().seq, now=net.now)


def deciding(net: Network) -> None:
    net.over()
    own = {"finding": ["not_met"], "because": ["One is open"], "disposition": ["more_time"], "extend_by": ["30 days"]}
    own |= {f"criteria.steps/r{n}.finding": ["met"] for n in (1, 2)}
    own |= {f"criteria.steps/r{n}.evidence": ["The list"] for n in (1, 2)}
    save_draft(net.finn, net.row(), "move:decide", {"read": True, "own": own}, base_seq=net.row().seq, now=net.now)


SCENES: list[tuple[Callable[[Network], None], list[tuple[str, str]]]] = [
    (raised, RAISED),
    (writing, WRITING),
    (signing, SIGNING),
    (running, RUNNING),
    (deciding, DECIDING),
]
EVERY = pytest.mark.parametrize(("scene", "pages"), SCENES, ids=[scene.__name__ for scene, _ in SCENES])


def full(net: Network, page: str) -> str:
    return page if page.startswith("/") else net.address(page)


def written() -> tuple[int, int, list[Any]]:
    drafts = list(Draft.objects.order_by("pk").values_list("kind", "data", "updated_at"))
    return Entry.objects.count(), Payload.objects.count(), drafts


@pytest.mark.django_db
@EVERY
def test_looking_at_a_page_costs_few_queries_and_changes_nothing(
    scene: Callable[[Network], None], pages: list[tuple[str, str]]
) -> None:
    net = network()
    scene(net)
    for name, page in pages:
        client = client_of(net.people[name])
        client.get(full(net, page))  # programs are compiled and the reading is noted once
        before = written()
        with CaptureQueriesContext(connection) as asked:
            response = client.get(full(net, page))
        assert (response.status_code, written()) == (200, before), page
        assert len(asked) <= MOST_QUERIES, f"{page}: {len(asked)} queries\n" + "\n".join(q["sql"][:150] for q in asked)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@EVERY
def test_nobody_is_shut_out_of_a_page(
    scene: Callable[[Network], None],
    pages: list[tuple[str, str]],
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
) -> None:
    net = network()
    scene(net)
    for name, page in seen_in_a_browser(net, pages, new_page):
        for width, scheme in ((1280, "light"), (1280, "dark"), (320, "dark"), (320, "light")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert axe(page) == [], f"{name} at {width}, {scheme}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"


def seen_in_a_browser(
    net: Network, pages: list[tuple[str, str]], new_page: Callable[..., Page]
) -> Iterator[tuple[str, Page]]:
    """Each page in the browser of whom it is for."""
    browsers: dict[str, Page] = {}
    for name, where in pages:
        if name not in browsers:
            browsers[name] = signed_in(new_page, net.people[name])
        browsers[name].goto(full(net, where))
        yield where, browsers[name]


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_nobody_is_shut_out_of_a_screening_or_an_approval(
    new_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    """C-07: the program of an employer, played until both are asked."""
    world, looked_at = employer(), set()
    for step in steps_of(world.document, world.story["steps"]):
        if "as" in step and world.plan and len(looked_at) < 2:
            for verb, name, address in asked_now(world, {"screen", "approve"} - looked_at):
                looked_at.add(verb)
                page = signed_in(new_page, world.people[name])
                page.goto(address)
                for width, scheme in ((1280, "light"), (320, "dark")):
                    page.set_viewport_size({"width": width, "height": 900})
                    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                    assert axe(page) == [], f"{address} at {width}, {scheme}"
        if looked_at == {"screen", "approve"}:
            break
        world.play(step)
    assert looked_at == {"screen", "approve"}


def employer() -> OnScreen:
    folder = resources.files("upturn.programs")
    text = (folder / "employer-pip.v1.yaml").read_text(encoding="utf-8")
    document = YAML(typ="safe", pure=True).load((folder / "employer-pip.story.yaml").read_text(encoding="utf-8"))
    world = OnScreen.begin(reading.read(text), document, document["stories"][0])
    world.publish(text)
    return world


def asked_now(world: OnScreen, verbs: set[str]) -> Iterator[tuple[str, str, str]]:
    """The first open offer of each of these verbs: the verb, who may do it, where."""
    found: dict[str, tuple[str, str, str]] = {}
    for name, person in world.people.items():
        try:
            seen = look(world.plan, person, world.stage.now)
        except NotFound:
            continue
        for offer, against in seen.offers.items():
            verb = offer.partition(":")[0]
            if verb in verbs and not against.refusals:
                found.setdefault(verb, (verb, name, address(world.plan, offer)))
    yield from found.values()
