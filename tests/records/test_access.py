"""Who may know of a plan, see it, act on it. Expectations are written by hand; none is read from the rules."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.records.conftest import World
from upturn.core.commands import Answer, ChangeParty, Move, Record
from upturn.records.access import Former, NotFound, about_whom, can, look, openable, visible_plans
from upturn.records.models import Person, Plan
from upturn.records.perform import reference

MOMENTS = ("raised", "told", "closed")


def brought(peers: World, moment: str) -> Plan:
    plan = peers.tried(deputy=[peers.otto]).row
    if moment != "raised":
        peers.do(plan, peers.finn, Move(move="tell"))
    if moment == "closed":
        peers.do(plan, peers.finn, Move(move="withdraw", answers={"why": "Solved"}))
    return Plan.objects.get(pk=plan.pk)


# who: what each may, by moment: "404", or the verbs of VERBS that are open
VERBS = ("read", "draft", "readings", "answer:goals", "answer:notes", "move:tell", "record:talk", "state:plan")
EXPECTED = {
    "raised": {
        "mara": "404",
        "finn": {"read", "draft", "answer:goals", "answer:notes", "move:tell", "record:talk"},
        "otto": {"read", "draft"},
        "ines": {"read", "draft", "readings", "answer:notes", "record:talk"},
        "ada": {"read", "draft", "readings"},
        "vera": "404",
    },
    "told": {
        "mara": {"read", "draft", "readings", "answer:goals", "state:plan"},
        "finn": {"read", "draft", "answer:goals", "answer:notes", "record:talk"},
        "otto": {"read", "draft"},
        "ines": {"read", "draft", "readings", "answer:notes", "record:talk"},
        "ada": {"read", "draft", "readings"},
        "vera": "404",
    },
    "closed": {
        "mara": {"read", "draft", "readings", "state:plan"},
        "finn": {"read", "draft"},
        "otto": {"read", "draft"},
        "ines": {"read", "draft", "readings"},
        "ada": {"read", "draft", "readings"},
        "vera": "404",
    },
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_who_may_do_what(peers: World, moment: str) -> None:
    plan = brought(peers, moment)
    found: dict[str, object] = {}
    for name in EXPECTED[moment]:
        answers = {verb: can(getattr(peers, name), verb, plan.pk, now=plan.updated_at) for verb in VERBS}
        unknown = [a for a in answers.values() if not a and not getattr(a, "known", True)]
        found[name] = "404" if len(unknown) == len(VERBS) else {verb for verb, answer in answers.items() if answer}
    assert found == EXPECTED[moment]


def test_a_no_says_why_and_when_it_would_work(peers: World) -> None:
    plan = peers.running().row
    answer = can(peers.ines, "move:remove", plan.pk, now=plan.updated_at)
    assert not answer
    assert "31 May 2026" in answer.sentence


def test_the_list_of_visible_plans_is_those_that_can_be_looked_at(peers: World) -> None:
    plans = [brought(peers, m) for m in MOMENTS] + [peers.opened().row]
    for person in Person.objects.filter(organization=peers.organization):
        seen = set()
        for plan in plans:
            try:
                look(plan.pk, person, plan.updated_at)
                seen.add(plan.pk)
            except (NotFound, Former):
                pass
        assert set(visible_plans(person).values_list("pk", flat=True)) == seen, person


def test_an_office_person_is_nobody_on_a_plan_about_themselves_until_told(peers: World) -> None:
    peers.mara.roles = ["office", "auditor"]
    peers.mara.save()
    plan = brought(peers, "raised")
    assert not visible_plans(peers.mara).exists()
    peers.do(plan, peers.finn, Move(move="tell"))
    seen = peers.seen(plan, peers.mara)
    assert (seen.roles, bool(can(peers.mara, "answer:notes", seen))) == ({"learner"}, False)


def test_a_former_party_learns_whom_to_ask(peers: World) -> None:
    plan = peers.opened().row
    peers.do(
        plan,
        peers.ines,
        ChangeParty(code=reference(peers.otto), role="facilitator", change="joined", instead_of="p2", reason="Leave"),
    )
    with pytest.raises(Former) as former:
        peers.seen(plan, peers.finn)
    assert (
        str(former.value)
        == "You were on this member improvement plan and no longer are, so it is closed to you. Ask Otto Brand."
    )
    assert not visible_plans(peers.finn).exists()
    answer = can(peers.finn, "read", plan.pk, now=plan.updated_at)
    assert (bool(answer), answer.known) == (False, True)


def test_a_former_party_reads_on_where_the_program_lets_them_and_does_nothing(peers: World) -> None:
    plan = peers.tried(mentor=[peers.otto]).row
    peers.do(plan, peers.finn, ChangeParty(code="p3", role="mentor", change="left", reason="Moved away"))
    seen = peers.seen(plan, peers.otto)
    assert (seen.roles, seen.reads_as, dict(seen.offers)) == (frozenset(), {"mentor"}, {})
    assert [bool(can(peers.otto, v, seen)) for v in ("read", "draft", "answer:goals")] == [True, False, False]
    assert list(visible_plans(peers.otto)) == [plan]


@pytest.mark.parametrize("told", [False, True], ids=["before it", "after it"])
def test_a_representative_who_left_before_the_telling_never_knew_and_does_not_learn_of_it(
    peers: World, *, told: bool
) -> None:
    plan = peers.tried(union=[peers.otto]).row
    peers.do(plan, peers.finn, ChangeParty(code="p3", role="union", change="left", reason="Another one"))
    if told:
        peers.do(plan, peers.finn, Move(move="tell"))
    with pytest.raises(NotFound):
        peers.seen(plan, peers.otto)
    assert not visible_plans(peers.otto).exists()


def test_who_left_the_organization_keeps_what_is_theirs_and_loses_the_office(peers: World) -> None:
    plan = brought(peers, "told")
    for person in (peers.mara, peers.ines):
        person.left_on = date(2026, 3, 1)
        person.save()
    assert peers.seen(plan, peers.mara).roles == {"learner"}
    with pytest.raises(NotFound):
        peers.seen(plan, peers.ines)
    assert not visible_plans(peers.ines).exists()


def test_withheld_words_are_read_by_those_named_and_by_nobody_else(peers: World) -> None:
    plan = brought(peers, "raised")
    peers.do(plan, peers.finn, Answer(section="notes", answers={"note": "Between us"}), Move(move="tell"))
    reads = {
        name: peers.seen(plan, getattr(peers, name)).sees_section("notes")
        for name in ("mara", "finn", "otto", "ines", "ada")
    }
    assert reads == {"mara": False, "finn": True, "otto": False, "ines": True, "ada": False}


def test_a_party_of_a_listed_role_reads_the_lifecycle_and_not_the_form(peers: World) -> None:
    plan = peers.tried(union=[peers.otto]).row
    peers.do(
        plan,
        peers.finn,
        Answer(section="goals", answers={"aim": "a"}),
        Record(log="talk", answers={"what": "x"}),
        Move(move="tell"),
    )
    kinds = {type(f.event).__name__ for f in peers.seen(plan, peers.otto).entries}
    assert kinds == {"Opened", "Moved", "Noticed"}


def test_a_look_takes_the_same_few_queries_whatever_there_is(peers: World) -> None:
    def cost(plan: Plan) -> int:
        with CaptureQueriesContext(connection) as captured:
            seen = look(plan.pk, peers.finn, plan.updated_at)
            assert seen.offers
            assert seen.entries
            assert seen.duties is not None
        return len(captured)

    first = cost(peers.opened().row)
    for _ in range(3):
        peers.running()
    assert (cost(peers.running().row), first) == (5, 4)  # a first plan of somebody has no earlier ones to read


def test_who_may_open_a_plan_about_whom(peers: World) -> None:
    peers.vera.manager = peers.otto
    peers.vera.save()
    names = {n: [p.name for p in about_whom(getattr(peers, n))] for n in ("finn", "otto", "mara", "vera")}
    assert names == {"finn": ["Mara Quill"], "otto": ["Vera Sand"], "mara": [], "vera": []}
    assert [p.name for p in about_whom(peers.ines)] == [
        "Ada Lind",
        "Finn Alder",
        "Mara Quill",
        "Otto Brand",
        "Vera Sand",
    ]


def test_programs_are_offered_to_those_who_may_open_them(peers: World) -> None:
    offered = {n: [v.key for v in openable(getattr(peers, n))] for n in ("finn", "ines", "mara", "vera")}
    both = ["evolve-mip", "trial"]
    assert offered == {"finn": both, "ines": both, "mara": [], "vera": []}


ORGANIZATION = {
    "open": {"finn", "ines"},
    "people": {"ines", "vera"},
    "settings": {"vera"},
    "programs": {"ines", "vera"},
    "audit": {"ines", "ada"},
    "no such verb": set(),
}


@pytest.mark.parametrize("verb", ORGANIZATION)
def test_who_keeps_what_in_an_organization(peers: World, verb: str) -> None:
    everybody = ("mara", "finn", "ines", "otto", "ada", "vera")
    assert {n for n in everybody if can(getattr(peers, n), verb)} == ORGANIZATION[verb]


def test_a_verb_about_a_plan_needs_the_plan(peers: World) -> None:
    assert not can(peers.ines, "read")
    assert not can(peers.ines, "move:tell")
