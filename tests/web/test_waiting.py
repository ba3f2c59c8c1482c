"""What waits for whom, in which order and in whose words; what stands at the top once a plan is over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from tests.web.doing import Network, client_of, network, sections, signed_in
from tests.web.on_screen import text_of
from upturn.core.commands import Answer, Move, MoveItem, Record
from upturn.core.wording import day_name
from upturn.records.drafts import save_draft
from upturn.records.models import Duty, Person, Plan
from upturn.web.page.others import of_another
from upturn.web.views.plans import newest

pytestmark = pytest.mark.django_db


@pytest.fixture
def net() -> Network:
    return network()


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return text_of(answer.content.decode())


def ended(net: Network) -> Network:
    """Closed without a plan by Finn, with his reasons."""
    net.told(days_ago=3)
    net.do("finn", Move(move="no_plan", answers={"why": "Mara showed that both recommendations were closed in March."}))
    return net


# what is due comes first -------------------------------------------------------------------------------------------


def test_missed_check_ins_are_one_thing_that_stands_behind_what_is_due(net: Network) -> None:
    net.over()
    own = [d.title for d in net.seen().own_duties]
    gone = [title for title in own if "missed" in title]
    assert len(gone) == 1
    assert gone[0].endswith("check-ins were missed: record what became of them")
    finn = client_of(net.finn)
    plan = page(finn, net.address())
    assert "Next: Say how the plan ends" in plan
    assert plan.index("Next: Say how the plan ends") < plan.index(gone[0])
    decision = Duty.objects.get(plan=net.plan, person=net.finn, offer="move:decide")
    assert net.row().next_due == decision.due
    work = page(finn, "/")
    assert "1 thing needs you. The nearest is due on" in work
    assert "Missed check-ins of a plan wait to be recorded." in work
    assert work.index("Say how the plan ends") < work.index(gone[0])
    link = f'href="{net.address()}#check-ins"'
    assert link in finn.get("/").content.decode()


def test_a_step_that_is_not_possible_yet_is_no_button(net: Network) -> None:
    net.drafted()
    net.do("finn", Answer(section="situation", answers={"led_to": "", "why_change": "So"}))
    found = page(client_of(net.finn), net.address())
    assert "Open for signing" in found
    assert (
        f'class="button" href="{net.address("do/finish/")}"'
        not in client_of(net.finn).get(net.address()).content.decode()
    )


def test_plans_of_one_day_stand_with_the_later_number_first(net: Network) -> None:
    net.raised(days_ago=2)
    first = net.row()
    others = [Plan(pk=f"x{n}", opened_on=first.opened_on, serial=first.serial + n) for n in (2, 1)]
    assert [p.serial for p in sorted([first, *others], key=newest)] == [3, 2, 1]


# whose words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (
            "The plan waits. The facilitator may record that you could not be reached.",
            "The plan waits. The facilitator may record that Dee could not be reached.",
        ),
        ("Nothing is signed until you say so.", "Nothing is signed until they say so."),
        ("Nothing starts until you have written your part.", "Nothing starts until they have written their part."),
        ("Write your part: Check-in", "Write their part: Check-in"),
        ("Your facilitator talks with you about it.", "Their facilitator talks with them about it."),
        ("The facilitator helps you.", "The facilitator helps them."),
        ("It stands as open past its day.", "It stands as open past its day."),
        ("The youngest member speaks.", "The youngest member speaks."),
    ],
)
def test_what_is_said_to_one_person_is_read_by_another_as_being_about_them(said: str, read: str) -> None:
    assert of_another(said, "Dee") == read


def test_what_waits_for_others_speaks_of_them(net: Network) -> None:
    net.signing()
    others = page(client_of(net.finn), "/").partition("Waiting for others")[2]
    assert "you could not be reached" not in others
    assert "Mara Quill could not be reached" in others


# signatures ---------------------------------------------------------------------------------------------------------


def test_a_declined_signature_stands_at_the_top_and_can_still_be_given(net: Network) -> None:
    net.signing()
    net.sign("mara", "member_signs", "declined", statement="The dates are not realistic.")
    mara, finn = page(client_of(net.mara), net.address()), page(client_of(net.finn), net.address())
    assert "You can still sign" in mara
    assert "Nothing waits for you here" not in mara
    assert "What you can still sign" in page(client_of(net.mara), "/")
    assert "What you can still sign" not in page(client_of(net.finn), "/")
    assert finn.index("Mara Quill declined to sign") < finn.index("Next: The facilitator signs")
    assert finn.index("The dates are not realistic.") < finn.index("Next: The facilitator signs")
    net.sign("mara", "member_signs")
    assert "declined to sign" not in page(client_of(net.finn), net.address()).partition("What has happened")[0]


def test_whoever_signed_words_that_changed_is_told_what_changed(net: Network) -> None:
    net.signing()
    net.sign("mara", "member_signs")
    words = dict(sections(net.now)["situation"], why_change="The group plans its year.")
    net.do("finn", Move(move="rework", answers={"what": "The reason"}), Answer(section="situation", answers=words))
    net.do("finn", Move(move="finish", reasons={"goals_complete": "The unit goes without saying."}))
    mara = client_of(net.mara)
    assert "The member signs (again: the words changed since" in page(mara, "/")
    sign = page(mara, net.address("sign/member_signs/"))
    assert "You signed before, on" in sign
    assert sign.index("The group plans its own quarters on what members report.") < sign.index("Who and when")


def test_the_last_signer_reads_what_comes_next_and_not_that_both_sign(net: Network) -> None:
    net.signing()
    net.sign("mara", "member_signs")
    net.sign("finn", "facilitator_signs")
    done = page(client_of(net.finn), net.address("sign/facilitator_signs/done/"))
    assert "You: Start the plan." in done
    assert "Both read the exact words and sign" not in done


# the end ------------------------------------------------------------------------------------------------------------


def test_an_ended_plan_says_at_its_top_what_was_decided_by_whom_and_why(net: Network) -> None:
    ended(net)
    found = page(client_of(net.mara), net.address())
    top = found.partition("Who is on this plan")[0]
    assert "Concern closed without a plan" in top
    assert "By Finn Alder" in top
    assert "Mara showed that both recommendations were closed in March." in top
    assert top.index("closed in March") < top.index("What you can do now")
    assert "Add a statement in your own words" in top


def test_whom_a_plan_was_about_finds_it_in_my_work_for_ninety_days(net: Network) -> None:
    ended(net)
    assert "Member Improvement Plan: Closed without a plan" in page(client_of(net.mara), "/")
    assert "Ended in the last 90 days" not in page(client_of(net.finn), "/")
    Plan.objects.update(closed_on=timezone.localdate(timezone=ZoneInfo("America/Chicago")) - timedelta(days=91))
    assert "Ended in the last 90 days" not in page(client_of(net.mara), "/")


def test_after_the_end_there_is_no_next_check_in(net: Network) -> None:
    net.checked_in()
    net.do(
        "mara", *(MoveItem(table="steps", row=f"r{n}", move="mark_done", answers={"shows": "The list"}) for n in (1, 2))
    )
    net.do("finn", *(MoveItem(table="steps", row=f"r{n}", move="confirm") for n in (1, 2)))
    before = page(client_of(net.mara), net.address())
    assert "Next: Check-in" in before
    net.do("finn", Move(move="complete_early", answers={"words": "Both recommendations are closed."}))
    after = page(client_of(net.mara), net.address())
    assert "Next: Check-in" not in after
    assert "to come" not in after
    assert "no longer due" in after


# before pressing ----------------------------------------------------------------------------------------------------


def test_whoever_confirms_a_step_sees_its_numbers_and_what_was_put_forward(net: Network) -> None:
    net.checked_in()
    net.do("mara", MoveItem(table="steps", row="r1", move="mark_done", answers={"shows": "Posted in the portal."}))
    found = page(client_of(net.finn), net.address("items/steps/r1/confirm/"))
    held = next(c.held for c in net.seen().plan.checkins.values() if c.held)
    assert f"1 recommendation, at the check-in of {day_name(held)}" in found
    assert "2 recommendations" in found
    assert found.index("Posted in the portal.") < found.index("What is written about it")


def test_a_day_that_is_refused_comes_back_from_the_draft_with_its_sentence(net: Network) -> None:
    net.checked_in()
    mara, url = client_of(net.mara), net.address("items/steps/r1/mark_done/")
    typed = {"expected": str(net.row().seq), "a-shows": "The list", "on": "2031-01-05"}
    mara.post(f"{url}?draft=1", typed)
    refused = text_of(mara.post(url, typed).content.decode())
    again = page(mara, url)
    sentence = "The day it happened cannot lie in the future."
    assert 'value="2031-01-05"' in mara.get(url).content.decode()
    assert (sentence in refused, sentence in again) == (True, True), again
    mara.post(f"{url}?draft=1", typed | {"on": net.now.date().isoformat()})
    assert sentence not in page(mara, url)


def test_an_unshared_draft_is_named_before_the_plan_is_handed_over(net: Network) -> None:
    net.told()
    words = sections(net.now)
    net.do("mara", *(Answer(section=s, answers=a) for s, a in words.items()))
    seen = page(client_of(net.mara), net.address("do/submit/"))
    assert "nobody else sees yet" not in seen
    same = {"a": words["situation"]}
    save_draft(net.mara, net.row(), "answer:situation", same, base_seq=net.row().seq, now=net.now)
    assert "nobody else sees yet" not in page(client_of(net.mara), net.address("do/submit/"))
    other = {"a": words["situation"] | {"led_to": "Something else"}}
    save_draft(net.mara, net.row(), "answer:situation", other, base_seq=net.row().seq, now=net.now)
    assert "You have a draft that nobody else sees yet: Situation" in page(
        client_of(net.mara), net.address("do/submit/")
    )
    assert "nobody else sees yet" not in page(client_of(net.finn), net.address("do/withdraw/"))


def test_the_concern_stands_near_the_top_and_beside_what_answers_it(net: Network) -> None:
    net.told()
    mara, words = client_of(net.mara), "Three recommendations of last October are open"
    plan = page(mara, net.address())
    assert plan.index(words) < plan.index("Who is on this plan")
    write = page(mara, net.address("write/situation/"))
    assert write.index(words) < write.index("What led to this plan")


def test_sections_are_counted_the_same_on_the_list_and_on_each(net: Network) -> None:
    net.told()
    mara = client_of(net.mara)
    assert "0 of 4 sections completed." in page(mara, net.address("write/"))
    assert "Section 2 of 4." in page(mara, net.address("write/situation/"))


def test_an_auditor_learns_that_the_programs_name_no_auditors(net: Network) -> None:
    net.raised()
    vera = Person.objects.get(pk=net.people["vera"].pk)
    assert "names auditors" not in page(client_of(vera), "/plans/")
    Person.objects.filter(pk=vera.pk).update(roles=["auditor"])
    assert "none of the programs here names auditors" in page(client_of(vera), "/plans/")


# narrow and large ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_letters_twice_as_large_on_a_narrow_screen_cut_nothing(net: Network, new_page: Callable[..., Page]) -> None:
    net.checked_in()
    net.do("finn", Record(log="assist_request", answers={"what": "A second pair of eyes"}))
    opened = signed_in(new_page, net.mara, width=320)
    for url in ("/", "/plans/", net.address(), net.address("items/steps/r1/mark_done/"), net.address("statement/")):
        opened.goto(url)
        opened.evaluate("document.documentElement.style.fontSize = '200%'")
        assert opened.evaluate("document.documentElement.scrollWidth") <= 320, url
        cut: Any = opened.evaluate(
            "[...document.querySelectorAll('h1, h2, h3, p, dd, dt, a, .tag, button, label, td, th')]"
            ".filter(e => !e.closest('.unseen, .skip, thead') && e.getBoundingClientRect().right > 321)"
            ".map(e => e.outerHTML.slice(0, 120))"
        )
        assert cut == [], url
