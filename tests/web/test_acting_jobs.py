"""The main jobs, done in a real browser as people do them: drafting, signing, checking in, deciding. With script and
without.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from importlib import resources

import pytest
from playwright.sync_api import Page, expect

from tests.web.doing import Network, client_of, confirms, network, sections, signed_in
from upturn.core.wording import day_name
from upturn.records import catalogue
from upturn.records.models import Draft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def net() -> Network:
    return network()


def headings(page: Page) -> str:
    return page.locator("h1").inner_text()


# Drafting -----------------------------------------------------------------------------------------------------------


def test_a_draft_saves_itself_and_the_advice_follows_the_words(net: Network, new_page: Callable[..., Page]) -> None:
    net.told()
    page = signed_in(new_page, net.mara)
    page.goto(net.address("write/situation/"))
    page.locator("[name=a-led_to]").press_sequentially("Three recommendations are open")
    expect(page.locator("#autosave")).to_contain_text("Draft saved")
    expect(page.locator("#guidance")).not_to_contain_text("What led to this plan is not written yet.")
    expect(page.locator("#guidance")).to_contain_text("Why there needs to be change is not written yet.")
    assert page.evaluate("document.activeElement.name") == "a-led_to"
    page.reload()
    expect(page.locator("[name=a-led_to]")).to_have_value("Three recommendations are open")
    assert net.seen().plan.sections == {}


def test_words_typed_just_before_leaving_are_kept(net: Network, new_page: Callable[..., Page]) -> None:
    net.told()
    page = signed_in(new_page, net.mara)
    page.goto(net.address("write/situation/"))
    page.locator("[name=a-led_to]").press_sequentially("The last words")
    page.get_by_role("link", name="Back to all sections").click()
    assert headings(page) == "Write the plan"
    kept = page.get_by_text("You have a draft that nobody else sees yet.")
    for _ in range(20):  # the words travel beside the page that was asked for
        if kept.count():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(kept).to_be_visible()
    assert Draft.objects.get().data["a"]["led_to"] == "The last words"


def test_enter_in_a_box_shares_nothing(net: Network, new_page: Callable[..., Page]) -> None:
    net.told()
    page = signed_in(new_page, net.mara)
    page.goto(net.address("write/header/"))
    page.locator("[name=a-company]").fill("Quill and Daughters")
    page.locator("[name=a-company]").press("Enter")
    expect(page.locator("[name=a-company]")).to_have_value("Quill and Daughters")
    expect(page.locator("#autosave")).to_contain_text("Draft saved")
    assert net.seen().plan.sections == {}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_member_drafts_and_hands_over(net: Network, new_page: Callable[..., Page], *, script: bool) -> None:
    """M-02, M-04, M-05, M-06, M-07, M-12."""
    net.told()
    words = sections(net.now)
    page = signed_in(new_page, net.mara, java_script_enabled=script)
    page.goto(net.address("write/"))
    assert page.locator(".task .tag").all_inner_texts()[:4] == ["Not yet started"] * 4
    page.get_by_role("link", name="Who and when").click()
    expect(page.locator("[name=a-company]")).to_have_value("Quill IT")
    page.locator("[name=a-target_date]").fill(words["header"]["target_date"])
    page.get_by_role("button", name="Share and go on").click()
    assert headings(page) == "Situation"
    page.locator("[name=a-led_to]").fill(words["situation"]["led_to"])
    page.locator("[name=a-why_change]").fill(words["situation"]["why_change"])
    page.get_by_role("button", name="Share and go on").click()
    assert headings(page) == "Improvement steps"
    _step(page, 0, words["improvement_steps"]["steps"][0])
    page.get_by_role("button", name="Add a milestone").click()
    page.locator("[name=a-steps-0-milestones-0-milestone]").fill("First one closed")
    page.get_by_role("button", name="Add a step").click()
    _step(page, 1, words["improvement_steps"]["steps"][1])
    page.get_by_role("button", name=re.compile("Move up ?: Step 2")).click()
    expect(page.locator("[name=a-steps-0-measure]")).to_have_value("Days attended")
    expect(page.locator("[name=a-steps-1-milestones-0-milestone]")).to_have_value("First one closed")
    page.get_by_role("button", name="Share and go on").click()
    assert headings(page) == "Outcome"
    page.get_by_label("The time is extended").check()
    page.get_by_role("button", name="Share this section").click()
    assert page.locator(".task .tag").all_inner_texts()[:4] == ["Completed"] * 4
    page.get_by_role("link", name="Hand the draft to the facilitator").click()
    page.get_by_role("button", name="Hand the draft to the facilitator").click()
    expect(page.get_by_role("status").first).to_contain_text("now stands in “The facilitator finishes”")
    steps = net.seen().plan.sections["improvement_steps"].answers["steps"]
    assert [step["measure"] for step in steps] == ["Days attended", "Recommendations closed"]
    assert steps[1]["milestones"] == [{"_id": "r1", "milestone": "First one closed"}]
    assert Draft.objects.count() == 0


def _step(page: Page, number: int, step: dict[str, str]) -> None:
    name = f"a-steps-{number}"
    page.locator(f"[name={name}-who]").select_option(label="Mara Quill (member)")
    for box in ("what", "measure", "judge", "source"):
        page.locator(f"[name={name}-{box}]").fill(step[box])
    page.locator(f"[name={name}-when]").fill(step["when"])
    page.locator(f"[name={name}-target]").fill(str(step["target"]))


def test_a_question_that_depends_on_an_answer_appears_and_goes_as_the_answer_changes(
    net: Network, new_page: Callable[..., Page]
) -> None:
    publish_with_a_question_that_depends(net)
    net.told()
    page = signed_in(new_page, net.mara)
    page.goto(net.address("write/header/"))
    which = page.get_by_label("Which site is it?")
    expect(which).to_have_count(0)
    page.locator("[name=a-company]").fill("Quill and Daughters")
    page.get_by_label("Yes").check()
    expect(which).to_be_visible()
    expect(page.locator("[name=a-company]")).to_have_value("Quill and Daughters")
    expect(page.get_by_label("Yes")).to_be_checked()
    which.fill("The one by the lake")
    with page.expect_response(lambda r: r.url.endswith("/draft/") and "second_site=no" in (r.request.post_data or "")):
        page.get_by_label("No", exact=True).check()  # awaited: what a page saves late would overtake the next one's
    expect(which).to_have_count(0)
    page.close()
    plain = signed_in(new_page, net.mara, java_script_enabled=False)
    plain.goto(net.address("write/header/"))
    plain.get_by_label("Yes").check()
    expect(plain.get_by_label("Which site is it?")).to_have_count(0)
    plain.get_by_role("button", name="Check this section").click()
    expect(plain.get_by_label("Which site is it?")).to_be_visible()


def publish_with_a_question_that_depends(net: Network) -> None:
    text = (resources.files("upturn.programs") / "evolve-mip.v1.yaml").read_text(encoding="utf-8")
    asked = """      - {id: group_name, title: Group, prefill: group.name}
      - {id: second_site, kind: yesno, title: Is there a second site?, required: true}
      - {id: which_site, title: Which site is it?, show_if: second_site, required_if: second_site}
"""
    text = text.replace("version: 1\n", "version: 2\n", 1)
    text = text.replace("      - {id: group_name, title: Group, prefill: group.name}\n", asked)
    catalogue.publish(net.organization, text, net.now)


# Signing ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_member_reads_every_word_then_signs(net: Network, new_page: Callable[..., Page], *, script: bool) -> None:
    """M-08, M-09, M-23: the document's own statement, what it refers to, the exact text, the contact."""
    net.signing()
    page = signed_in(new_page, net.mara, java_script_enabled=script)
    page.goto(net.address("sign/member_signs/"))
    assert headings(page) == "Check the plan, then sign"
    for words in (
        "Three recommendations from October are open.",
        "Recommendations closed",
        "First recommendation closed",
    ):
        expect(page.locator("main")).to_contain_text(words)
    expect(page.locator("blockquote.meaning")).to_contain_text("I agree with the assessment and MIP above.")
    expect(page.get_by_role("link", name="ITN Evolve Policy Guide")).to_be_visible()
    expect(page.locator("footer")).to_contain_text("Pat Lindqvist")
    assert page.locator("input[type=radio]:checked").count() == 0
    page.get_by_role("button", name="Sign the plan").click()
    expect(page.locator("#error-summary")).to_contain_text("Choose what your signature means")
    assert page.title().startswith("Error: ")
    page.get_by_label("I agree", exact=True).check()
    page.get_by_label("Your statement").fill("The second date is tight.")
    page.get_by_role("button", name="Sign the plan").click()
    confirms(page)
    assert headings(page) == "You have signed the plan"
    expect(page.locator(".reference")).to_have_text(re.compile(r"^MIP-2026-0001-[0-9A-F]{8}$"))
    expect(page.get_by_text("Still to come: the facilitator signs (Finn Alder).")).to_be_visible()
    state = net.seen().plan.signatures["member_signs"]
    assert (state.outcome, state.statement) == ("agreed", "The second date is tight.")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_whoever_does_not_sign_is_told_what_it_means_and_asked_once_more(
    net: Network, new_page: Callable[..., Page], *, script: bool
) -> None:
    net.signing()
    page = signed_in(new_page, net.mara, java_script_enabled=script)
    page.goto(net.address("sign/member_signs/"))
    page.get_by_label("Your statement").fill("The dates are not realistic.")
    page.get_by_role("button", name="I do not sign").click()
    assert headings(page) == "Put on record that you do not sign?"
    expect(page.locator("main")).to_contain_text("“Start the plan” is possible without your signature: the facilitator")
    expect(page.locator("main")).to_contain_text("You can still sign later, as long as it stands in “Both sign”.")
    expect(page.get_by_label("Your statement")).to_have_value("The dates are not realistic.")
    assert net.seen().plan.signatures == {}
    page.get_by_role("button", name="Put on record that I do not sign").click()
    assert headings(page) == "You have not signed, and that is on record"
    state = net.seen().plan.signatures["member_signs"]
    assert (state.outcome, state.statement, state.signer) == ("declined", "The dates are not realistic.", "p1")
    page.get_by_role("link", name="read it again and sign").click()
    expect(page.locator("main")).to_contain_text("You can still sign.")
    assert page.get_by_role("button", name="I do not sign").count() == 0
    page.get_by_label("I agree", exact=True).check()
    page.get_by_role("button", name="Sign the plan").click()
    confirms(page)
    assert net.seen().plan.signatures["member_signs"].outcome == "agreed"


def test_a_change_is_asked_for_from_the_words_themselves_and_accepted(
    net: Network, new_page: Callable[..., Page]
) -> None:
    net.signing()
    page = signed_in(new_page, net.mara)
    page.goto(net.address("sign/member_signs/"))
    page.get_by_role("link", name=re.compile("Ask for a change ?: Why there")).click()
    expect(page.get_by_label("What is it about?")).to_have_value("why_change")
    page.get_by_label("The words you suggest instead").fill("The group plans on it.")
    page.get_by_label("Your comment", exact=True).fill("Shorter.")
    page.get_by_role("button", name="Share this comment").click()
    expect(page.get_by_role("status").first).to_contain_text("Your comment on “Situation” is shared.")
    facilitator = signed_in(new_page, net.finn)
    facilitator.goto(net.address("comments/1/"))
    facilitator.get_by_label("Accept the change").check()
    facilitator.get_by_role("button", name="Send this answer").click()
    expect(facilitator.get_by_role("status").first).to_contain_text("Your answer is on record.")
    assert net.seen().plan.comments[1].replies[0][1] == "accepted"


def test_somebody_else_can_only_witness(net: Network, new_page: Callable[..., Page]) -> None:
    net.signing()
    page = signed_in(new_page, net.ines)
    page.goto(net.address("sign/member_signs/"))
    expect(page.get_by_text("You do not sign for anybody.")).to_be_visible()
    assert page.get_by_role("button", name="Sign the plan").count() == 0
    page.get_by_label("The person could not be reached").check()
    page.get_by_label("What happened", exact=True).fill("Three calls and a letter.")
    page.get_by_role("button", name="Put this on record").click()
    state = net.seen().plan.signatures["member_signs"]
    assert (state.outcome, state.signer, state.by) == ("not_reachable", "p1", net.seen("ines").actor.code)


# Checking in --------------------------------------------------------------------------------------------------------


def test_a_check_in_is_prepared_by_both_and_held(net: Network, new_page: Callable[..., Page]) -> None:
    net.checked_in()
    checkin = net.next_check_in()
    page = signed_in(new_page, net.finn)
    page.goto(net.address(f"check-ins/{checkin}/hold/"))
    expect(page.get_by_text("The second one moves")).to_be_visible()
    expect(page.get_by_text("1 recommendations. As listed. Source: The list.").first).to_be_visible()
    for number, said in ((1, "2"), (2, "")):
        box = page.locator(f"[name='progress.steps/r{number}.value']")
        box.fill(said)
        page.locator(f"[name='progress.steps/r{number}.source']").fill("The list")
    page.locator("[name='progress.steps/r2.observation']").fill("One day was attended")
    page.locator("[name=a-said]").fill("Both sides are content")
    page.get_by_label("Mara Quill (member)").check()
    page.get_by_label("Finn Alder (facilitator)").check()
    page.locator("[name=next_step]").fill("Go on")
    page.get_by_role("button", name="Put this check-in on record").click()
    expect(page.get_by_role("status").first).to_contain_text("The check-in is on record.")
    state = net.seen().plan.checkins[checkin]
    assert [p.get("value") for p in state.progress] == [2, None]
    assert state.attended == ("p1", "p2")


# Deciding -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_decision_reads_the_promises_answers_each_goal_and_is_checked(
    net: Network, new_page: Callable[..., Page], *, script: bool
) -> None:
    """C-06, M-17: evidence for each goal; what was promised is read first and kept with the decision."""
    net.over()
    page = signed_in(new_page, net.finn, java_script_enabled=script)
    page.goto(net.address("do/decide/finding/"))
    assert headings(page) == "Before you decide"  # nobody goes past it
    expect(page.get_by_role("cell", name="Not kept")).to_be_visible()
    page.get_by_role("button", name="I have read this. Go on").click()
    for number, finding in ((1, "met"), (2, "not_met")):
        name = f"criteria.steps/r{number}"
        page.locator(f"[name='{name}.finding'][value={finding}]").check()
        page.locator(f"[name='{name}.evidence']").fill("The list of 1 November")
    page.get_by_label("Not completed").check()
    page.get_by_label("Your reasons").fill("One day was missed.")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#error-summary")).to_contain_text("Goal 2: give the reason.")
    page.locator("[name='criteria.steps/r2.reason']").fill("One of two days was attended")
    page.get_by_role("button", name="Go on").click()
    assert headings(page) == "What follows from “Not completed”"
    expect(page.locator("main")).to_contain_text("Membership changes: No “Discussion with the network”")
    assert page.get_by_label("Membership changes").count() == 0
    page.get_by_label("The time is extended").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("By how long?").fill("30")
    page.get_by_label("Why is it right to go on all the same?").fill("We spoke by telephone.")
    page.get_by_role("button", name="Go on").click()
    assert headings(page) == "Check the decision, then decide"
    new_end = net.seen().plan.clocks["period"].end + timedelta(days=30)
    expect(page.locator("main")).to_contain_text(f"The time to improve then ends on {day_name(new_end)}.")
    due = date.fromisoformat(net.seen().case.rows("steps")[1]["when"])
    expect(page.locator("main")).to_contain_text(f"Goal 2 is due on {day_name(due)}, before the new last day.")
    expect(page.locator("main")).not_to_contain_text("Goal 1 is due")
    assert net.seen().plan.decision is None
    page.get_by_role("button", name="Put this decision on record").click()
    assert headings(page) == "The decision is on record"
    decision = net.seen().plan.decision
    assert decision is not None
    assert (decision.finding, decision.disposition, decision.reasons) == ("not_met", "more_time", "One day was missed.")
    assert [c["finding"] for c in decision.criteria] == ["met", "not_met"]
    assert [p["kept"] for p in decision.promises if "kept" in p] == [True, False]
    expect(page.get_by_role("status").first).to_contain_text("The time to improve now ends on")


# Starting -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_facilitator_raises_a_concern(net: Network, new_page: Callable[..., Page], *, script: bool) -> None:
    """M-10, M-11, M-18."""
    page = signed_in(new_page, net.finn, java_script_enabled=script)
    page.goto("/plans/new/")
    page.get_by_role("link", name="Member Improvement Plan").click()
    page.get_by_label("Mara Quill").check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("Facilitator")).to_have_value("Finn Alder")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Date the issue was identified").fill("2026-11-01")
    page.get_by_label("Your own observation").check()
    page.locator("[name=a-concern]").fill("Two meetings were missed.")
    page.locator(".buttons").get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Mara Quill is not told yet.")).to_be_visible()
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("status").first).to_contain_text("Opened as MIP-2026-0001.")
    assert (
        client_of(net.mara).get(page.url.partition("/plans/")[1] + page.url.partition("/plans/")[2]).status_code == 404
    )
    assert Draft.objects.count() == 0


def test_a_change_of_a_running_plan_is_compared_proposed_and_agreed(
    net: Network, new_page: Callable[..., Page]
) -> None:
    net.running()
    page = signed_in(new_page, net.mara)
    page.goto(net.address("amend/"))
    page.get_by_role("link", name="Outcome").click()
    page.get_by_label("Membership changes or ends").uncheck()
    page.get_by_role("button", name="Compare both texts").click()
    row = page.get_by_role("row", name="If this plan is not completed")
    expect(row).to_contain_text("The time is extended; Membership changes or ends")
    page.get_by_label("Why should it change?").fill("Membership was never in question.")
    page.get_by_role("button", name="Propose this change").click()
    expect(page.get_by_role("status").first).to_contain_text("Your change is proposed.")
    other = signed_in(new_page, net.finn)
    other.goto(net.address("proposals/1/"))
    expect(other.get_by_role("row", name="If this plan is not completed")).to_contain_text("The time is extended")
    other.get_by_label("I agree", exact=True).check()
    other.get_by_role("button", name="Put this answer on record").click()
    expect(other.get_by_role("status").first).to_contain_text("No longer standing, because the words changed")
    assert net.seen().plan.sections["outcome"].answers["if_not_completed"] == ["extend"]
