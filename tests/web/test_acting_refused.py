"""What happens when it does not go as planned: refusals beside their boxes, stale pages, two at once, forged fields,
other people's plans. Nothing half-done, nothing typed is lost, never a 500.
"""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.web.doing import TALK, Network, client_of, network, sections, signs
from tests.web.on_screen import main_form, posted, text_of
from upturn.core.commands import Answer, Comment, Move, Propose, Record, Respond
from upturn.core.wording import day_name
from upturn.records.drafts import save_draft
from upturn.records.models import Draft, Entry, Membership, Person, Plan
from upturn.web.forms import OTHER

pytestmark = pytest.mark.django_db


@pytest.fixture
def net() -> Network:
    return network()


def opened(client: Client, url: str) -> dict[str, Any]:
    """The form of a page as a browser would send it untouched."""
    data = posted(main_form(client.get(url).content.decode()))
    return {k: data.getlist(k) for k in data}


def text(response: Any) -> str:
    return text_of(response.content.decode())


def boxes(response: Any) -> dict[str, str]:
    """The texts that stand in the boxes of the page that came back."""
    html = response.content.decode()
    found = dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL))
    for tag in re.findall(r"<input[^>]*>", html):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attrs.get("type") in ("text", "date", "hidden") and "name" in attrs:
            found[attrs["name"]] = attrs.get("value", "")
    return {k: unescape(v) for k, v in found.items()}


def share(client: Client, url: str, **answers: str) -> Any:
    return client.post(url, opened(client, url) | {f"a-{k}": v for k, v in answers.items()} | {"press": "share"})


# Refusals -----------------------------------------------------------------------------------------------------------


def test_a_refused_answer_comes_back_as_typed_beside_its_sentence_and_is_kept_as_a_draft(net: Network) -> None:
    net.told()
    client, url = client_of(net.mara), net.address("write/header/")
    answer = share(client, url, target_date="some time in June")
    assert (answer.status_code, boxes(answer)["a-target_date"]) == (422, "some time in June")
    assert "Targeted completion date: Enter a date" in text(answer)
    assert "<title>Error: " in answer.content.decode()
    assert Draft.objects.get().data["a"]["target_date"] == "some time in June"
    assert boxes(client.get(url))["a-target_date"] == "some time in June"


def test_everything_that_is_wrong_is_said_at_once_and_every_sentence_leads_to_its_box(net: Network) -> None:
    net.checked_in()
    client, url = client_of(net.finn), net.address(f"check-ins/{net.next_check_in()}/hold/")
    html = client.post(url, opened(client, url) | {"attended": [], "press": "do"}).content.decode()
    summary = html.partition('id="error-summary"')[2].partition("</ul>")[0]
    sentences = [unescape(s) for s in re.findall(r"<a href=\"#[^\"]+\">([^<]+)</a>", summary)]
    assert sentences == [
        "What was said by both sides: an answer is needed.",
        "Goal 1: give a number or what was observed",
        "Goal 2: give a number or what was observed",
        "Choose who took part",
        "Write the next step",
    ]
    anchors = re.findall(r'<a href="#([^"]+)">', summary)
    assert [anchor for anchor in anchors if f'id="{anchor}"' not in html] == []


def test_a_step_that_is_not_possible_says_why_with_its_source_and_when_it_would_be(net: Network) -> None:
    """M-16, M-17."""
    net.running(days_ago=20)
    net.do("finn", Record(log="consultation", answers={"topics": "What was tried"}, attended=("p2", "staff")))
    answer = client_of(net.ines).get(net.address("do/remove/"))
    assert answer.status_code == 403
    assert "90 days must pass" in text(answer)
    assert "(MIP guidelines)" in text(answer)
    possible = net.seen().plan.made("begin")[0].on + timedelta(days=90)
    assert f"It becomes possible on {day_name(possible)} ." in text(answer)


def test_a_warning_is_passed_only_with_a_written_reason_which_is_kept(net: Network) -> None:
    """M-06: a step that nobody could judge is warned of."""
    net.told()
    words = sections(net.now)
    words["improvement_steps"]["steps"][0]["source"] = ""
    net.do("mara", *(Answer(section=s, answers=a) for s, a in words.items()), Move(move="submit"))
    client, url = client_of(net.finn), net.address("do/finish/")
    assert "Goal 1 lacks where it can be checked." in text(client.get(url))
    bare = client.post(url, opened(client, url) | {"press": "do"})
    assert (bare.status_code, net.seen().plan.stage) == (422, "finishing")
    assert "Write why it is right to go on all the same" in text(bare)
    reason = {"reasons.goals_complete": "The list is on the wall of the group."}
    assert client.post(url, opened(client, url) | reason | {"press": "do"}).status_code == 302
    (kept,) = net.seen().plan.made("finish")[0].warnings
    assert (kept["rule"], kept["reason"]) == ("goals_complete", "The list is on the wall of the group.")


def test_a_section_that_opens_later_says_from_when(net: Network) -> None:
    net.running(days_ago=20)
    answer = client_of(net.mara).get(net.address("write/completion/"))
    assert answer.status_code == 403
    assert "opens on" in text(answer)
    assert "It becomes possible on" in text(answer)


# Stale pages, two at once -------------------------------------------------------------------------------------------


def both_write(net: Network) -> tuple[Client, str]:
    """A section that both sides may write, with Mara's words in it; Mara at her screen."""
    net.running(days_ago=70)
    net.wait(65)
    net.do("mara", Answer(section="completion", answers={"member_review": "Two are closed."}))
    return client_of(net.mara), net.address("write/completion/")


def test_a_stale_page_loses_nothing_shows_who_changed_what_and_both_texts(net: Network) -> None:
    client, url = both_write(net)
    stale = opened(client, url)
    both = {"member_review": "Two are closed, we both say.", "facilitator_review": "One."}
    net.do("finn", Answer(section="completion", answers=both))
    before = Entry.objects.count()
    answer = client.post(url, stale | {"a-member_review": "All are closed.", "press": "share"})
    assert (answer.status_code, Entry.objects.count()) == (409, before)
    assert "Finn Alder changed “How it went” on" in text(answer)
    assert "What changed Two are closed, we both say. All are closed." in text(answer)
    kept = boxes(answer)
    assert (kept["a-member_review"], kept["a-facilitator_review"]) == ("All are closed.", "One.")
    again = posted(main_form(answer.content.decode()))
    assert client.post(url, {k: again.getlist(k) for k in again} | {"press": "share"}).status_code == 302
    now = net.seen().plan.sections["completion"].answers
    assert now == {"member_review": "All are closed.", "facilitator_review": "One."}  # nobody's words fell out


def test_a_section_shared_unfinished_says_what_it_still_lacks(net: Network) -> None:
    net.told()
    client, url = client_of(net.mara), net.address("write/situation/")
    answer = client.post(url, opened(client, url) | {"a-led_to": "Three are open.", "press": "share"}, follow=True)
    assert "You shared “Situation”. Still to be written there: " in text(answer)
    answer = client.post(
        url, opened(client, url) | {"a-why_change": "Others rely on it.", "press": "share"}, follow=True
    )
    assert "Still to be written there" not in text(answer)


def test_a_check_of_a_section_says_what_sharing_it_would_refuse(net: Network) -> None:
    net.told()
    client, url = client_of(net.mara), net.address("write/header/")
    answer = client.post(url, opened(client, url) | {"a-target_date": "soon", "press": "check"}, follow=True)
    advice = text(answer).partition("Before you share")[2]
    assert "Enter a date" in advice
    assert "Everything that is asked for is here." not in advice


def test_a_proposed_change_is_compared_for_everybody_who_reads_it_and_answered_by_those_asked(net: Network) -> None:
    net.running()
    changes = {"outcome": net.seen().plan.sections["outcome"].answers | {"if_not_completed": ["extend"]}}
    net.do("mara", Propose(changes=changes, reason="Membership was never in question."))
    url = net.address("proposals/1/")
    by_staff = client_of(net.ines).get(url)
    assert by_staff.status_code == 200
    page = text(by_staff)
    assert "Membership was never in question." in page
    assert "What would change" in page
    assert "Put this answer on record" not in page
    assert "I agree" in text(client_of(net.finn).get(url))
    own = text(client_of(net.mara).get(url))
    assert ("Withdraw it" in own, "I agree" in own) == (True, False)
    net.do("finn", Respond(number=1, outcome="declined", reason="It stays as we signed it."))
    for reader in (net.mara, net.finn, net.ines):
        page = text(client_of(reader).get(url))
        assert "It stays as we signed it." in page
        assert "The time is extended; Membership changes or ends" in page


def test_what_nothing_relies_on_disturbs_nobody(net: Network) -> None:
    net.drafted()
    client, url = client_of(net.finn), net.address("write/situation/")
    stale = opened(client, url)
    net.do("mara", Comment(section="situation", text="A comment"))
    net.do("finn", Answer(section="outcome", answers={"if_not_completed": ["extend"]}))
    assert client.post(url, stale | {"a-led_to": "Four.", "press": "share"}).status_code == 302


def test_of_two_who_press_the_same_button_one_is_told_who_was_faster(net: Network) -> None:
    net.drafted()
    client, url = client_of(net.finn), net.address("do/finish/")
    first = opened(client, url) | {"press": "do"}
    assert client.post(url, first).status_code == 302
    before = Entry.objects.count()
    second = client.post(url, first)
    assert (second.status_code, Entry.objects.count()) == (409, before)
    assert "Somebody was faster" in text(second)
    assert re.search(r"You took the step “[^”]+” on \d+ \w+ \d{4}", text(second))


def test_words_that_can_no_longer_be_sent_are_shown_to_their_writer(net: Network) -> None:
    net.told()
    client, url = client_of(net.mara), net.address("write/situation/")
    stale = opened(client, url)
    words = sections(net.now)
    net.do("mara", *(Answer(section=s, answers=a) for s, a in words.items()), Move(move="submit"))
    answer = client.post(url, stale | {"a-led_to": "A long thought that took all morning", "press": "share"})
    assert answer.status_code == 403
    assert "A long thought that took all morning" in text(answer)
    assert "Back to the plan" in text(answer)


def test_a_signature_on_words_that_changed_meanwhile_is_refused_and_the_new_words_are_shown(net: Network) -> None:
    """M-08, M-12: a signature is bound to the exact text."""
    net.signing()
    client, url = client_of(net.mara), net.address("sign/member_signs/")
    stale = opened(client, url)
    net.do("mara", Move(move="rework", answers={"what": "A date"}))
    changed = {**sections(net.now)["situation"], "led_to": "Two were closed on Friday."}
    net.do("finn", Answer(section="situation", answers=changed), Move(move="finish", reasons={"goals_complete": "x"}))
    answer = client.post(url, stale | {"outcome": "agreed", "statement": "I agree to this", "press": "do"})
    assert answer.status_code == 409
    assert "Two were closed on Friday." in text(answer)
    assert boxes(answer)["statement"] == "I agree to this"
    assert net.seen().plan.signatures == {}
    again = posted(main_form(answer.content.decode()))
    fresh = {k: again.getlist(k) for k in again} | {"outcome": "agreed"}
    assert signs(client, url, fresh).status_code == 302


def test_a_decision_on_words_that_changed_meanwhile_is_not_made(net: Network) -> None:
    net.over()
    own = {"finding": ["not_met"], "because": ["One is open"], "disposition": ["more_time"], "extend_by": ["30 days"]}
    own |= {f"criteria.steps/r{n}.finding": ["met"] for n in (1, 2)}
    own |= {f"criteria.steps/r{n}.evidence": ["The list"] for n in (1, 2)}
    own |= {"reasons.no_missed_check_ins": ["By telephone"], "reasons.finding_fits_goals": ["It came too late"]}
    save_draft(net.finn, net.row(), "move:decide", {"read": True, "own": own}, base_seq=0, now=net.now)
    client, url = client_of(net.finn), net.address("do/decide/check/")
    stale = opened(client, url)
    assert client.post(url, stale).status_code == 200  # no button was pressed
    net.do("mara", Answer(section="completion", answers={"member_review": "Two are closed."}))
    answer = client.post(url, stale | {"press": "decide"})
    assert (answer.status_code, net.seen().plan.decision) == (409, None)
    assert "Mara Quill changed “How it went”" in text(answer)
    assert "One is open" in text(answer)
    assert client.post(url, opened(client, url) | {"press": "decide"}).status_code == 302
    assert net.seen().plan.decision is not None


def test_who_got_more_time_reads_at_the_top_what_was_decided_and_why(net: Network) -> None:
    net.over()
    met = {f"steps/r{n}": {"finding": "met", "evidence": "The list"} for n in (1, 2)}
    decided = Move(
        move="decide", finding="not_met", disposition="more_time", extend_by="30 days", because="One is still open.",
        criteria=met | {"steps/r1": {"finding": "not_met", "evidence": "The list", "reason": "One is open"}},
        reasons={"no_missed_check_ins": "By telephone"},
    )  # fmt: skip
    net.do("finn", decided)
    page = text(client_of(net.mara).get(net.address("")))
    assert "What follows: The time is extended" in page
    assert page.index("One is still open.") < page.index("Dates")


# Forged -------------------------------------------------------------------------------------------------------------

FORGED = [
    ("finn", "records/discussion/new/", {"attended": ["p99", "admin"], "a-topics": "x", "a-member_view": "y"}),
    ("finn", "records/discussion/new/", {"on": "2099-01-01", "a-topics": "x", "a-member_view": "y"}),
    ("finn", "records/discussion/new/", {"on": "\x00", "a-topics": "x", "a-member_view": "y"}),
    ("mara", "write/header/", {"a-company": "x" * 600}),
    ("mara", "write/outcome/", {"a-if_not_completed": ["removal"]}),
    ("mara", "write/outcome/", {"a-if_not_completed": [OTHER]}),
    ("mara", "write/improvement_steps/", {"a-steps-0-who": "@p77", "a-steps-0-what": "x"}),
    ("mara", "write/improvement_steps/", {f"a-steps-{n}-what": "x" for n in range(40)}),
    ("mara", "comment/situation/", {"text": "x", "audience": "some", "only": ["admin"]}),
    ("mara", "comment/situation/", {"text": "x", "field": "no_such_question"}),
    ("mara", "statement/", {"text": " "}),
    ("mara", "statement/", {"text": "x" * 30_000}),
    ("ines", "people/facilitator/", {"change": "become_owner"}),
    ("ines", "people/facilitator/", {"change": "hand_over", "person": "Nobody Of That Name", "reason": "x"}),
    ("ines", "people/facilitator/", {"change": "hand_over", "person": "Mara Quill", "reason": "x"}),
    ("ines", "people/facilitator/", {"change": "absent", "until": "soon", "reason": "x"}),
]


@pytest.mark.parametrize(("name", "page", "fields"), FORGED, ids=[f"{p}{min(f)}" for _, p, f in FORGED])
@pytest.mark.parametrize("expected", ["keep", "", "-1", "9" * 400, "x"])
def test_a_forged_field_is_refused_with_a_sentence_and_changes_nothing(
    net: Network, name: str, page: str, fields: dict[str, Any], expected: str
) -> None:
    net.told()
    client, url = client_of(net.people[name]), net.address(page)
    data = opened(client, url) | fields | ({} if expected == "keep" else {"expected": expected})
    before = Entry.objects.count()
    answer = client.post(url, data | {"press": "share" if "write/" in page else "do"})
    assert (answer.status_code in (409, 422), Entry.objects.count()) == (True, before), answer.status_code
    assert "There is a problem" in text(answer) or "changed" in text(answer)


@pytest.mark.parametrize(
    "page",
    [
        "do/no_such_step/",
        "do/begin/check/",
        "do/begin/no_step/",
        "records/no_such_log/new/",
        "write/no_such_section/",
        "write/no_such_section/draft/",
        "comment/no_such_section/",
        "comments/99/",
        "comments/²/",
        "comments/" + "9" * 5000 + "/",
        "sign/nobody_signs/",
        "sign/nobody_signs/done/",
        "approve/nobody/",
        "check-ins/none_1/hold/",
        "check-ins/none_1/prepare/",
        "check-ins/none_1/move/",
        "items/steps/r99/mark_done/",
        "items/nothing/r1/mark_done/",
        "correct/999/",
        "correct/0/",
        "proposals/9/",
        "screening/none/",
        "screening/",
        "decided/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_of_nothing_is_not_found(net: Network, page: str, method: str) -> None:
    net.told()
    response = getattr(client_of(net.finn), method)(net.address(page))
    assert response.status_code in (404, 405), page


@pytest.mark.parametrize(
    "page", ["extend/no_such_clock/", "people/no_such_role/", "people/member/", "people/staff/", "amend/nothing/"]
)
def test_an_address_of_something_that_cannot_be_done_says_so(net: Network, page: str) -> None:
    net.running()
    client = client_of(net.finn)
    assert [client.get(net.address(page)).status_code, client.post(net.address(page)).status_code] in (
        [403, 403],
        [403, 404],
        [404, 404],
    )


# Other people's plans -----------------------------------------------------------------------------------------------

PAGES = ["write/situation/", "do/begin/", "records/discussion/new/", "statement/", "sign/member_signs/"]


@pytest.mark.parametrize(("method", "page"), [("get", "write/"), *((m, p) for m in ("get", "post") for p in PAGES)])
def test_a_plan_that_is_not_ones_own_is_the_same_404_as_one_that_was_never_there(
    net: Network, page: str, method: str
) -> None:
    net.raised()
    stranger = network("hillside")
    made_up = getattr(client_of(stranger.finn), method)(f"/plans/abcdefghjkmn/{page}")
    for person in (stranger.finn, stranger.ines, net.people["vera"], net.mara):  # Mara is not told yet
        found = getattr(client_of(person), method)(net.address(page))
        assert (found.status_code, text(found)) == (404, text(made_up))


def test_somebody_of_another_organization_cannot_be_made_the_subject_of_a_plan(net: Network) -> None:
    stranger = network("hillside")
    client = client_of(net.finn)
    for key in (str(stranger.mara.pk), "0", "-1", "x", "9" * 40, str(net.people["vera"].pk), str(net.finn.pk)):
        answer = client.post("/plans/new/evolve-mip/", {"subject": key})
        assert (answer.status_code, Plan.objects.count()) == (422, 0), key
    assert client.post("/plans/new/evolve-mip/", {"subject": str(net.mara.pk)}).status_code == 302
    sent = {"facilitator": "pat@hillside", "opened_for": str(net.mara.pk)}
    named = client.post("/plans/new/evolve-mip/people/", sent)
    assert "Nobody here is called" in text(named)


def test_two_tabs_of_a_start_never_mix_two_people(net: Network) -> None:
    rhea = Person.objects.create(organization=net.organization, name="Rhea Lindholm")
    Membership.objects.create(organization=net.organization, group=net.group, person=rhea)
    client, base = client_of(net.finn), "/plans/new/evolve-mip/"
    people = {"facilitator": "Finn Alder", "group": str(net.group.pk)}
    basis = {"a-identified_on": "2026-02-20", "a-basis_of_concern": ["observation"]}
    basis |= {"a-_asked": "identified_on basis_of_concern concern reasons_in_numbers"}
    of_rhea = {"opened_for": str(rhea.pk), "a-concern": "Rhea missed the last three meetings of the group."}
    of_mara = {"opened_for": str(net.mara.pk), "a-concern": "Three recommendations of Mara are open."}
    client.post(base, {"subject": str(rhea.pk)})
    client.post(f"{base}people/", people | {"opened_for": str(rhea.pk)})
    client.post(base, {"subject": str(net.mara.pk)})  # the second tab
    client.post(f"{base}people/", people | {"opened_for": str(net.mara.pk)})
    client.post(f"{base}basis/", basis | of_mara)
    for late in (client.post(f"{base}basis/?draft=1", basis | of_rhea), client.post(f"{base}check/", of_rhea)):
        assert "Mara Quill" in text(late)
    refused = client.post(f"{base}basis/", basis | of_rhea)
    assert refused.status_code == 409
    assert "This page was about Rhea Lindholm. In another window you have gone on about Mara Quill" in text(refused)
    assert "Rhea missed the last three meetings" in text(refused)
    assert "reasons_in_numbers" not in text(refused)
    check = text(client.get(f"{base}check/"))
    assert "Mara are open" in check
    assert "Rhea" not in check
    client.post(base, {"subject": str(rhea.pk)})
    assert "Rhea missed the last three meetings" in text(client.get(f"{base}check/"))
    client.post(f"{base}check/", {"opened_for": str(rhea.pk), "press": "open"})
    assert list(Plan.objects.values_list("subject__name", flat=True)) == ["Rhea Lindholm"]
    client.post(base, {"subject": str(net.mara.pk)})
    assert "Mara are open" in text(client.get(f"{base}check/"))


def test_whoever_left_a_plan_is_told_whom_to_ask(net: Network) -> None:
    net.told()
    client, url = client_of(net.ines), net.address("people/facilitator/")
    values = {"change": "hand_over", "person": "vera@sand.example", "reason": "Finn moves on", "press": "do"}
    assert client.post(url, opened(client, url) | values).status_code == 302
    answer = client_of(net.finn).get(net.address("write/"))
    assert answer.status_code == 403
    assert "You were on this member improvement plan and no longer are" in text(answer)
    assert "Vera Sand" in text(answer)
    assert client_of(net.people["vera"]).get(net.address("write/")).status_code == 200


def test_a_draft_is_its_writers_alone(net: Network) -> None:
    net.drafted()
    url = net.address("write/situation/")
    client = client_of(net.finn)
    saved = client.post(f"{url}draft/", opened(client, url) | {"a-led_to": "Half a thought"})
    assert "Draft saved" in saved.content.decode()
    everybody = [
        client_of(net.people[n]).get(net.address(p)).content.decode() for n in ("mara", "ines") for p in ("", "record/")
    ]
    assert [page for page in everybody if "Half a thought" in page] == []
    assert boxes(client.get(url))["a-led_to"] == "Half a thought"
    client.post(f"{url}drop/")
    assert Draft.objects.count() == 0


def test_a_draft_that_somebody_overtook_says_so_when_it_is_opened_again(net: Network) -> None:
    client, url = both_write(net)
    client.post(f"{url}draft/", opened(client, url) | {"a-member_review": "Half a thought"})
    assert "after you began" not in text(client.get(url))
    net.do("finn", Answer(section="completion", answers={"facilitator_review": "One."}))
    page = client.get(url)
    assert "Finn Alder shared another text on" in text(page)
    assert "What changed Nothing Half a thought" in text(page)
    assert (boxes(page)["a-member_review"], boxes(page)["a-facilitator_review"]) == ("Half a thought", "One.")
    client.post(f"{url}draft/", opened(client, url))  # read, and written on
    assert "after you began" not in text(client.get(url))


def test_autosave_that_comes_too_late_says_so_and_keeps_nothing(net: Network) -> None:
    net.told()
    client, url = client_of(net.mara), net.address("write/situation/")
    data = opened(client, url)
    words = sections(net.now)
    net.do("mara", *(Answer(section=s, answers=a) for s, a in words.items()), Move(move="submit"))
    answer = client.post(f"{url}draft/", data | {"a-led_to": "Too late"})
    assert (answer.status_code, Draft.objects.count()) == (200, 0)
    assert "Not saved" in answer.content.decode()


def test_a_draft_too_long_to_keep_says_so(net: Network) -> None:
    net.told()
    client, url = client_of(net.mara), net.address("write/situation/")
    answer = client.post(f"{url}draft/", opened(client, url) | {"a-led_to": "x" * 600_000})
    assert (answer.status_code, Draft.objects.count()) == (413, 0)
    assert "too long to keep" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "size", "says"),
    [
        ("virus.exe", 10, "Files of the type “exe” are not taken"),
        ("none", 10, "Files of the type “none” are not taken"),
        ("big.txt", 10_500_000, "The file is larger than 10 MB"),
        ("renamed.pdf", 10, "does not begin as such a file does"),
        ("empty.pdf", 0, "The file is empty"),
        (None, 0, "Choose a file"),
    ],
)
def test_a_file_that_is_not_taken_leaves_nothing_behind(net: Network, name: str | None, size: int, says: str) -> None:
    net.told()
    client, url = client_of(net.finn), net.address("attach/")
    sent = {"file": SimpleUploadedFile(name, b"x" * size)} if name else {}
    before = Entry.objects.count()
    answer = client.post(url, opened(client, url) | sent | {"press": "do"})
    assert (answer.status_code, Entry.objects.count()) == (422, before)
    assert says in text(answer)


def test_only_a_get_or_a_post_is_answered(net: Network) -> None:
    net.told()
    client = client_of(net.finn)
    assert [
        client.put(net.address(p)).status_code for p in ("statement/", "write/situation/", "sign/member_signs/")
    ] == [405] * 3


# What follows is said -----------------------------------------------------------------------------------------------


def test_a_success_says_what_happened_where_the_plan_stands_and_who_is_told(net: Network) -> None:
    """M-13, M-14."""
    net.raised()
    client, url = client_of(net.finn), net.address("records/discussion/new/")
    words = {f"a-{k}": v for k, v in TALK.items()} | {"attended": ["p1", "p2"], "press": "do"}
    answer = client.post(url, opened(client, url) | words, follow=True)
    assert "On record: discussion with the member." in text(answer)
    assert "A notice goes to the network staff and the contact of the program." in text(answer)
    url = net.address("do/begin/")
    page = text(client.get(url))
    assert "With this step the member is told" in page
    answer = client.post(url, opened(client, url) | {"press": "do"}, follow=True)
    assert "now stands in “The member writes”" in text(answer)
    assert "A notice goes to Mara Quill." in text(answer)


def test_the_audience_stands_beside_every_box_and_before_the_telling_leaves_the_member_out(net: Network) -> None:
    """M-02, M-11."""
    net.raised()
    client = client_of(net.finn)
    page = text(client.get(net.address("records/discussion/new/")))
    assert (
        "you and the network staff, and, once the member improvement plan is given to them, Mara Quill (member)."
        in page
    )
    page = text(client.get(net.address("records/group_input/new/")))
    assert "Who sees this: you and the network staff." in page
    assert "Mara Quill (member)" not in page.partition("Who sees this")[2].partition("Draft")[0]


def test_a_person_without_e_mail_or_title_is_found_by_name_and_lookalikes_are_told_apart(net: Network) -> None:
    Person.objects.create(organization=net.organization, name="Vera Sand", title="Coach")
    net.told()
    client, url = client_of(net.ines), net.address("people/facilitator/")
    values = {"change": "hand_over", "person": "vera sand", "reason": "x", "press": "do"}
    answer = client.post(url, opened(client, url) | values)
    assert answer.status_code == 422
    assert "Several people fit: “Vera Sand (vera@sand.example)” or “Vera Sand (Coach)”" in text(answer)
