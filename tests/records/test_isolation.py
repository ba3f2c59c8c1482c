"""Two organizations in which everybody and everything is called the same: nothing of one is reached from the other."""

import pytest
from django.db import IntegrityError, models, transaction

from tests.records.conftest import CONCERN, MARCH_2, World
from upturn.core.commands import ChangeParty, State
from upturn.core.refusals import Refused
from upturn.records import catalogue, files, queries
from upturn.records import models as tables
from upturn.records.access import NotFound, about_whom, can, look, openable, visible_plans
from upturn.records.drafts import save_draft
from upturn.records.models import Organization, Person, Plan, User
from upturn.records.perform import open_plan, perform, reference
from upturn.records.queries import Filters
from upturn.records.verify import verify

GLOBAL = {User, Organization}


def test_every_table_but_accounts_carries_its_organization() -> None:
    ours = [m for m in vars(tables).values() if isinstance(m, type) and issubclass(m, models.Model)]
    without = {m for m in ours if not any(f.name == "organization" for f in m._meta.fields)}
    assert without == GLOBAL


def test_a_plan_of_another_organization_is_not_found(peers: World, others: World, theo: Person) -> None:
    plan = peers.opened().row
    for person in (theo, others.finn, others.mara, others.ines):
        with pytest.raises(NotFound):
            look(plan.pk, person, MARCH_2)
        with pytest.raises(NotFound):
            perform(plan.pk, State(text="x"), person, MARCH_2)
        assert can(person, "read", plan.pk, now=MARCH_2) == can(person, "read", "nosuchplan22", now=MARCH_2)


def test_lists_hold_ones_own_organization_alone(peers: World, others: World, theo: Person) -> None:
    mine, theirs = peers.opened().row, others.opened().row
    assert list(visible_plans(theo)) == [theirs]
    assert [d.plan for d in queries.my_work(peers.finn).items] == [mine]
    assert {d.plan for d in queries.waiting_for_others(theo).items} == {theirs}
    assert queries.plans(theo).items == [theirs]
    assert queries.plans(theo, Filters(q="Mara")).items == [theirs]
    assert queries.plans(theo, Filters(q=mine.number)).items == [theirs]  # numbers repeat between organizations
    assert queries.plans(peers.ines, Filters(group=others.group.pk)).items == []
    assert queries.plans(peers.ines, Filters(lead=others.finn.pk)).items == []
    assert {p.organization for p in queries.people(theo, "a").items} == {others.organization}
    assert {p.organization for p in about_whom(theo)} == {others.organization}
    assert {v.organization for v in openable(theo)} == {others.organization}
    assert list(queries.filter_choices(theo).groups) == [others.group]


def test_numbers_begin_anew_in_each_organization(peers: World, others: World) -> None:
    assert peers.opened().row.number == others.opened().row.number == "MIP-2026-0001"


FOREIGN = {
    "the opener": lambda w, o: {"by": o.ines},
    "a party": lambda w, o: {"parties": {"member": [o.mara], "facilitator": [w.finn]}},
    "the group": lambda w, o: {"group": o.group},
    "the plan it follows": lambda w, o: {"follows": o.opened().row.pk},
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_plan_is_not_opened_with_anything_of_another_organization(peers: World, others: World, what: str) -> None:
    given = {"by": peers.finn, "parties": {"member": [peers.mara], "facilitator": [peers.finn]}, "now": MARCH_2}
    with pytest.raises(NotFound):
        open_plan(peers.organization, peers.evolve, answers=CONCERN, **(given | FOREIGN[what](peers, others)))
    assert not Plan.objects.filter(organization=peers.organization).exists()


def test_a_program_of_another_organization_opens_nothing(peers: World, others: World) -> None:
    with pytest.raises(NotFound):
        open_plan(
            peers.organization,
            others.evolve,
            by=peers.finn,
            parties={"member": [peers.mara], "facilitator": [peers.finn]},
            answers=CONCERN,
            now=MARCH_2,
        )


def test_nobody_of_another_organization_joins_a_plan(peers: World, theo: Person) -> None:
    plan = peers.opened().row
    command = ChangeParty(code=reference(theo), role="facilitator", change="joined", instead_of="p2", reason="x")
    with pytest.raises(Refused):
        peers.do(plan, peers.ines, command)


def test_one_account_is_one_person_in_each_organization(peers: World, others: World) -> None:
    second = Person.objects.create(
        organization=others.organization, name="Finn Alder", user=peers.finn.user, roles=["office"]
    )
    plan = others.opened().row
    assert (
        can(second, "read", plan.pk, now=MARCH_2).__bool__(),
        bool(can(peers.finn, "read", plan.pk, now=MARCH_2)),
    ) == (True, False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(organization=others.organization, name="Finn again", user=peers.finn.user)


def test_settings_and_earlier_plans_come_from_ones_own_organization(peers: World, others: World) -> None:
    catalogue.enter_settings(others.organization, "evolve-mip", {"contact": "Theirs"})
    others.opened()
    seen = peers.seen(peers.opened().row, peers.finn)
    assert (seen.case.facts.settings["contact"], seen.case.facts.earlier) == (None, ())


def test_files_and_drafts_stay_with_their_organization(peers: World, others: World, theo: Person) -> None:
    plan = peers.opened().row
    stored = files.store(
        plan,
        catalogue.program_for(peers.evolve),
        peers.finn,
        name="a.txt",
        media_type="text/plain",
        chunks=[b"abc"],
        now=MARCH_2,
    )
    save_draft(peers.finn, plan, "answer:situation", {"led_to": "Half a thought"}, base_seq=1, now=MARCH_2)
    assert stored.path.startswith(f"{peers.organization.pk}/")
    assert queries.drafts(theo, plan) == queries.drafts(peers.ines, plan) == {}


def test_each_verifies_by_itself(peers: World, others: World) -> None:
    peers.running()
    others.opened()
    assert (verify(peers.organization), verify(others.organization)) == ([], [])
