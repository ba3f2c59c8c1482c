"""`perform`: what a command leaves behind, what a refusal leaves behind (nothing), and what it costs."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.records.conftest import CONCERN, MARCH_2, SECTIONS, TALK, World, after
from upturn.core.commands import Answer, Attach, ChangeParty, Comment, Move, ProposeVersion, Record, Respond, State
from upturn.core.events import Stated, to_json
from upturn.core.refusals import Refused
from upturn.records import catalogue, clock
from upturn.records.access import NotFound, look
from upturn.records.loading import load, rows
from upturn.records.models import Actor, Duty, Entry, Notice, Payload, Plan, PlanParty
from upturn.records.perform import appended, fresh_salt, open_plan, perform, reference
from upturn.records.verify import verify

DATA = ("SELECT", "INSERT", "UPDATE", "DELETE")


def queries(captured: CaptureQueriesContext) -> list[str]:
    return [q["sql"] for q in captured.captured_queries if q["sql"].startswith(DATA)]


def test_opening_makes_a_numbered_plan_whose_first_entry_names_people_by_code_alone(peers: World) -> None:
    done = peers.opened()
    entry = Entry.objects.get(plan=done.row)
    payload = json.loads(entry.payload.body)
    assert (done.row.number, done.row.seq, entry.type, entry.actor) == ("MIP-2026-0001", 1, "Opened", "p2")
    assert payload["parties"] == {"p1": ["member"], "p2": ["facilitator"]}
    assert "Mara" not in entry.payload.body
    assert dict(Actor.objects.filter(plan=done.row).values_list("code", "person__name")) == {
        "p1": "Mara Quill",
        "p2": "Finn Alder",
    }


def test_numbers_count_per_program_and_year(peers: World) -> None:
    rows = [peers.opened().row, peers.opened().row, peers.tried().row, peers.opened(now=after(days=365)).row]
    assert [r.number for r in rows] == ["MIP-2026-0001", "MIP-2026-0002", "TRIAL-2026-0001", "MIP-2027-0001"]


def test_the_index_row_says_what_the_entries_say(peers: World) -> None:
    row = Plan.objects.get(pk=peers.running().row.pk)
    assert (row.stage, row.phase, row.status, row.told) == ("active", "run", "open", True)
    assert (row.subject, row.lead, row.group) == (peers.mara, peers.finn, peers.group)
    assert (row.opened_on, row.closed_on, row.finding) == (date(2026, 3, 2), None, "")
    assert row.head == Entry.objects.get(plan=row, seq=row.seq).leaf
    assert verify(peers.organization) == []


def test_who_reads_what_is_written_is_in_the_entry_and_the_subject_is_told_later(peers: World) -> None:
    plan = peers.opened().row
    before = {p.role: p.knows for p in PlanParty.objects.filter(plan=plan)}
    peers.told(plan)
    assert before == {"member": False, "facilitator": True}
    assert {p.role: p.knows for p in PlanParty.objects.filter(plan=plan)} == {"member": True, "facilitator": True}


def test_duties_name_the_person_who_owes_them_or_the_role_that_shares_them(peers: World) -> None:
    plan = peers.tried().row
    peers.do(
        plan, peers.finn, Answer(section="goals", answers={"aim": "More calls"}), Move(move="tell"), Move(move="go")
    )
    owed = {
        (d.person and d.person.name, d.fill, d.offer) for d in Duty.objects.filter(plan=plan).select_related("person")
    }
    assert owed == {
        ("Mara Quill", "", "state:plan"),
        ("Finn Alder", "", "answer:notes"),
        ("Finn Alder", "", "check_in:weekly_1"),
        ("Mara Quill", "", "prepare:weekly_1"),
        ("Finn Alder", "", "check_in:weekly_2"),
        ("Mara Quill", "", "prepare:weekly_2"),
    }
    clock.tick(after(days=31))
    assert (None, "office", "move:close") in set(Duty.objects.filter(plan=plan).values_list("person", "fill", "offer"))


def test_a_duty_that_stays_keeps_its_row(peers: World) -> None:
    plan = peers.tried().row
    peers.do(
        plan, peers.finn, Answer(section="goals", answers={"aim": "More calls"}), Move(move="tell"), Move(move="go")
    )
    kept = set(Duty.objects.filter(plan=plan, offer="state:plan").values_list("pk", flat=True))
    peers.do(plan, peers.finn, Comment(section="goals", text="Good."))
    assert set(Duty.objects.filter(plan=plan, offer="state:plan").values_list("pk", flat=True)) == kept


def test_notices_go_to_people_to_a_role_and_to_the_contact_and_to_nobody_who_does_not_know(peers: World) -> None:
    catalogue.enter_settings(peers.organization, "trial", {"contact": "Pat <pat@peers.example>"})
    plan = peers.tried(union=[peers.otto]).row
    peers.do(plan, peers.finn, Record(log="talk", answers={"what": "Calls"}))
    assert [(n.person_id, n.fill, n.address) for n in Notice.objects.filter(notice="noted")] == [(None, "office", "")]
    peers.do(plan, peers.finn, Move(move="tell"))
    told = {
        (n.person and n.person.name, n.fill, n.address)
        for n in Notice.objects.filter(notice="told").select_related("person")
    }
    assert told == {
        ("Mara Quill", "", "mara@quill.example"),
        ("Otto Brand", "", ""),
        (None, "office", ""),
        (None, "", "Pat <pat@peers.example>"),
    }
    assert Notice.objects.values("message_id").distinct().count() == Notice.objects.count()


def test_a_refusal_leaves_nothing_behind(peers: World) -> None:
    plan = peers.opened().row
    with pytest.raises(Refused) as refused:
        peers.do(plan, peers.finn, Move(move="begin"))
    assert "Discussion with the member" in str(refused.value)
    assert (Entry.objects.count(), Payload.objects.count(), Plan.objects.get().seq) == (1, 1, 1)


def test_a_refused_opening_leaves_no_plan(peers: World) -> None:
    with pytest.raises(Refused):
        open_plan(
            peers.organization,
            peers.evolve,
            by=peers.finn,
            parties={"member": [peers.mara]},
            answers=CONCERN,
            now=MARCH_2,
        )
    assert (Plan.objects.count(), Actor.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_sharing_the_same_words_again_appends_nothing(peers: World) -> None:
    plan = peers.opened().row
    peers.told(plan)
    first = peers.do(plan, peers.mara, Answer(section="situation", answers=SECTIONS["situation"]))
    again = peers.do(plan, peers.mara, Answer(section="situation", answers=SECTIONS["situation"]))
    assert ((again.events, again.row.seq)) == ((), first.row.seq)


def test_words_that_json_cannot_keep_are_refused_in_a_sentence(peers: World) -> None:
    """The core leaves half a character out of what people write; whatever else came this far is refused here."""
    plan = peers.opened().row
    done = peers.do(plan, peers.finn, Record(log="discussion", answers=TALK | {"topics": "half of \ud83d"}))
    assert done.plan.logs["discussion"][0].answers["topics"] == "half of"
    with pytest.raises(Refused) as refused, transaction.atomic():
        appended(load(rows().get()), [Stated(number=1, text="half of \ud83d")], "p2", after(days=1), fresh_salt)
    assert "half of a character" in str(refused.value)


def test_a_variant_is_chosen_by_the_answers_and_kept(peers: World) -> None:
    plan = peers.tried(answers={"grade": "12", "why": "x"}).row
    done = peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "a"}), Move(move="tell"), Move(move="go"))
    assert (done.row.variant, done.plan.clocks["period"].end) == ("senior", date(2026, 5, 1))


def test_a_person_not_on_the_plan_joins_by_reference_and_gets_the_next_code(peers: World) -> None:
    plan = peers.opened().row
    command = ChangeParty(
        code=reference(peers.otto), role="facilitator", change="joined", instead_of="p2", reason="On leave"
    )
    done = peers.do(plan, peers.ines, command)
    assert (done.row.lead, done.plan.roles("p3") | done.plan.roles("p4")) == (peers.otto, {"facilitator"})
    assert Actor.objects.get(plan=plan, person=peers.otto).code in done.plan.parties
    assert verify(peers.organization) == []


@pytest.mark.parametrize("code", ["person:0", "person:abc", "person:999999999999"])
def test_a_reference_to_nobody_is_refused(peers: World, code: str) -> None:
    plan = peers.opened().row
    with pytest.raises(Refused):
        peers.do(
            plan, peers.ines, ChangeParty(code=code, role="facilitator", change="joined", instead_of="p2", reason="x")
        )
    assert Actor.objects.filter(plan=plan).count() == 2


def test_the_office_acts_under_a_code_of_its_own_made_when_it_first_acts(peers: World) -> None:
    plan = peers.opened().row
    peers.do(
        plan,
        peers.ines,
        Record(log="consultation", answers={"topics": "What to do"}, attended=("facilitator", "staff")),
    )
    assert Entry.objects.get(plan=plan, type="Logged").actor == "p3"
    assert Actor.objects.get(plan=plan, code="p3").person == peers.ines


def test_time_comes_before_whoever_acts_late(peers: World) -> None:
    """The period ended while no clock ran; the statement comes after its deadline, so it no longer meets it."""
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "a"}), Move(move="tell"), Move(move="go"))
    done = peers.do(plan, peers.mara, State(text="I object."), at=after(days=10))
    types = list(Entry.objects.filter(plan=plan).order_by("seq").values_list("type", "actor"))
    assert types[-2:] == [("Lapsed", "clock"), ("Stated", "p1")]
    assert (done.plan.deadlines["reply"].lapsed, done.plan.deadlines["reply"].met) == (date(2026, 3, 7), None)


def test_an_entry_is_never_earlier_than_the_one_before(peers: World) -> None:
    plan = peers.opened().row
    perform(plan.pk, Record(log="discussion", answers=TALK), peers.finn, MARCH_2 - timedelta(hours=3))
    assert verify(peers.organization) == []


def test_the_days_of_a_plan_are_days_in_its_zone(peers: World) -> None:
    """At 20:00 in Chicago it is the next day in UTC."""
    row = peers.opened(now=MARCH_2.replace(hour=2)).row
    assert (row.opened_on, row.number) == (date(2026, 3, 1), "MIP-2026-0001")


def test_a_plan_moves_to_a_newer_version_when_both_agree(peers: World) -> None:
    plan = peers.running().row
    text = peers.evolve.source.replace("version: 1\n", "version: 2\n").replace("title: Under way", "title: On its way")
    second = catalogue.publish(peers.organization, text, MARCH_2)
    peers.do(plan, peers.ines, ProposeVersion(digest=second.digest, reason="Newer words"))
    peers.do(plan, peers.mara, Respond(number=1, outcome="agreed"))
    done = peers.do(plan, peers.finn, Respond(number=1, outcome="agreed"))
    assert (done.program.version, done.row.program_version, peers.seen(plan, peers.mara).case.stage.title) == (
        2,
        second,
        "On its way",
    )
    assert verify(peers.organization) == []


def test_what_is_returned_is_what_a_reader_replays(peers: World) -> None:
    done = peers.running()
    assert done.plan == look(done.row.pk, peers.finn, done.row.updated_at).plan


def test_salts_are_the_callers_to_fix(peers: World) -> None:
    """The same command at the same moment with the same salt leaves the same payload commitment in two plans."""
    commitments = []
    for _ in range(2):
        plan = peers.opened().row
        perform(plan.pk, Record(log="discussion", answers=TALK), peers.finn, after(hours=1), salts=lambda: b"s" * 16)
        commitments.append(Entry.objects.get(plan=plan, seq=2).payload_commitment)
    assert commitments[0] == commitments[1]


def test_a_made_up_plan_and_a_strangers_plan_are_the_same_to_find(peers: World) -> None:
    plan = peers.opened().row
    for plan_id, person in (("nosuchplan22", peers.finn), (plan.pk, peers.otto), (plan.pk, peers.mara)):
        with pytest.raises(NotFound):
            perform(plan_id, State(text="x"), person, MARCH_2)


def test_nobody_makes_themselves_somebodys_lead(peers: World) -> None:
    with pytest.raises(Refused) as refused:
        open_plan(
            peers.organization,
            peers.evolve,
            by=peers.otto,
            parties={"member": [peers.mara], "facilitator": [peers.otto]},
            answers=CONCERN,
            now=MARCH_2,
        )
    assert str(refused.value).startswith("A member improvement plan about Mara Quill is opened by")


def test_a_manager_opens_a_plan_about_a_report(peers: World) -> None:
    peers.mara.manager = peers.otto
    peers.mara.save()
    done = open_plan(
        peers.organization,
        peers.evolve,
        by=peers.otto,
        parties={"member": [peers.mara], "facilitator": [peers.otto]},
        answers=CONCERN,
        now=MARCH_2,
    )
    assert done.row.lead == peers.otto


def test_the_office_has_no_say_on_a_plan_about_itself(peers: World) -> None:
    peers.mara.roles = ["office"]
    peers.mara.save()
    plan = peers.opened().row
    with pytest.raises(NotFound):
        look(plan.pk, peers.mara, MARCH_2)


def test_nobody_who_left_is_named_on_a_new_plan(peers: World) -> None:
    peers.mara.left_on = date(2026, 2, 1)
    peers.mara.save()
    with pytest.raises(Refused) as refused:
        peers.opened(by=peers.ines)
    assert "Mara Quill left the organization" in str(refused.value)


def test_a_file_is_on_record_only_when_it_was_stored(peers: World) -> None:
    plan = peers.opened().row
    with pytest.raises(Refused) as refused:
        peers.do(plan, peers.finn, Attach(name="notes.txt", media_type="text/plain", size=3, sha256="0" * 64))
    assert str(refused.value) == "The file did not arrive. Choose it again."


def test_every_event_comes_back_from_its_payload_unchanged(peers: World) -> None:
    plan = peers.running().row
    kept = [
        (e.type, json.loads(e.payload.body))
        for e in Entry.objects.filter(plan=plan).select_related("payload").order_by("seq")
    ]
    seen = peers.seen(plan, peers.ines)
    assert [(type(f.event).__name__, to_json(f.event)) for f in seen.loaded.entries if f.event] == kept


# -- cost --------------------------------------------------------------------------------------------------------------


def cost(peers: World, plan: Plan, number: int) -> int:
    with CaptureQueriesContext(connection) as captured:
        perform(
            plan.pk,
            Record(log="discussion", answers={**TALK, "topics": f"Meeting {number}"}),
            peers.finn,
            after(days=1, minutes=number),
            expected=plan.seq,
        )
    return len(queries(captured))


def test_a_command_takes_at_most_twelve_queries_whatever_the_plan_holds(peers: World) -> None:
    peers.opened()  # an earlier plan of the same person is read as well
    plan = peers.opened().row
    first, second = cost(peers, plan, 1), cost(peers, plan, 2)  # the first one also changes what waits
    for number in range(3, 31):
        cost(peers, plan, number)
    for _ in range(3):
        peers.opened()
    assert (cost(peers, plan, 31), first <= 12) == (second, True)


def test_a_handover_that_changes_parties_and_duties_takes_a_bounded_number_too(peers: World) -> None:
    plan = peers.running().row
    now = Plan.objects.get(pk=plan.pk).updated_at
    command = ChangeParty(
        code=reference(peers.otto), role="facilitator", change="joined", instead_of="p2", reason="On leave"
    )
    with CaptureQueriesContext(connection) as captured:
        perform(plan.pk, command, peers.ines, now)
    assert len(queries(captured)) <= 17
