"""Whoever signs shows once more that it is them: with a passkey over the very words, or a code, or the password."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.web.doing import confirms, shown_on
from tests.web.keeping import PASSWORD, sign_in, signed_in
from tests.web.test_accounts import authenticator
from tests.web.test_paper_pages import fields_of, to_sign
from upturn.core.commands import Move
from upturn.core.events import Signed
from upturn.core.refusals import Refused
from upturn.demo import seeding
from upturn.records.access import look
from upturn.records.models import Draft, Payload, Person, Plan
from upturn.records.perform import perform
from upturn.records.step_ups import against, refuse_unproven
from upturn.records.timeline import timeline
from upturn.records.verify import verify

NOW = datetime.now(UTC)
ASKS = "Confirm that it is you"
WORDS = "I keep the dates, and I ask for a call on Fridays."
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def network(db: None) -> str:
    return seeding.organization("network", NOW, about=("dee",)).name


@pytest.fixture
def waiting(network: str) -> "Signer":
    return Signer(*to_sign())


class Signer:
    """A member before the signature of their plan."""

    def __init__(self, plan: Plan, member: Person, url: str) -> None:
        self.plan, self.member, self.url = plan, member, url
        self.client = signed_in(member)
        self.sent = fields_of(self.client.get(url).content.decode()) | {"outcome": "agreed", "statement": WORDS}

    def signs(self, **more: str) -> Any:
        """“Sign the plan” is pressed."""
        return self.client.post(self.url, {**self.sent, "press": "do", **more})

    def asked(self) -> Any:
        """The page that asks who signs."""
        self.signs()
        return self.client.get(f"{self.url}confirm/")

    def press(self, **sent: str) -> Any:
        """Something on that page, as it stands."""
        page = self.client.get(f"{self.url}confirm/")
        return self.client.post(f"{self.url}confirm/", {"shown": shown_on(page), **sent})

    def code(self) -> str:
        self.press(way="send")
        return re.findall(r"\d{6}", mail.outbox[-1].body)[0]

    def signed(self) -> Signed | None:
        entries = look(self.plan.pk, self.member, datetime.now(UTC)).entries
        return next((f.event for f in entries if isinstance(f.event, Signed)), None)

    def level(self) -> str:
        found = self.signed()
        return found.step_up["level"] if found and found.step_up else ""


def said(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def keeps(answer: Any) -> bool:
    return WORDS in said(answer)


# -- the codes and the password ----------------------------------------------------------------------------------------


def test_pressing_sign_asks_who_it_is_and_signs_nothing(waiting: Signer) -> None:
    assert waiting.signs()["Location"] == f"{waiting.url}confirm/"
    page = waiting.client.get(f"{waiting.url}confirm/")
    assert page.status_code == 200
    assert all(words in said(page) for words in (ASKS, WORDS, "I agree", waiting.sent["copy"]))
    assert waiting.signed() is None
    assert Draft.objects.get(plan=waiting.plan, person=waiting.member).data["own"]["statement"] == [WORDS]
    assert WORDS not in str(dict(waiting.client.session))


def test_a_code_from_the_mail_signs_and_the_record_says_how(waiting: Signer) -> None:
    waiting.asked()
    done = waiting.press(way="mail", code=waiting.code())
    assert done.status_code == 302
    assert waiting.level() == "mail"
    assert waiting.signed().statement == WORDS
    assert set(waiting.signed().step_up) == {"level", "at", "entries"}
    assert mail.outbox[-1].to == [waiting.member.user.email]
    assert waiting.plan.number not in mail.outbox[-1].body
    told = next(item for item in timeline(look(waiting.plan.pk, waiting.member, NOW)) if item.mark)
    assert ("Confirmed", "with a code sent by mail") in told.details
    assert "confirmed with a code sent by mail" in said(waiting.client.get(done["Location"]))
    assert not Draft.objects.filter(plan=waiting.plan, person=waiting.member).exists()
    assert verify(waiting.plan) == []


def test_a_code_of_the_app_signs_once(waiting: Signer) -> None:
    TOTP.activate(waiting.member.user, SECRET)
    waiting.asked()
    code = format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))
    assert "not the right code" in said(waiting.press(way="app", code="000000"))
    assert waiting.press(way="app", code=f"{code[:3]} {code[3:]}").status_code == 302
    assert waiting.level() == "app"
    assert Authenticator.objects.get(user=waiting.member.user).last_used_at


def test_the_password_is_the_last_way_and_never_comes_back_in_a_page(waiting: Signer) -> None:
    user = waiting.member.user
    user.set_password(PASSWORD)
    user.save()
    waiting.client.force_login(user)
    waiting.asked()
    wrong = waiting.press(way="password", password="four lakes and no mill")
    assert wrong.status_code == 422
    assert "This is not your password" in said(wrong)
    assert "four lakes" not in wrong.content.decode()
    assert keeps(wrong)
    assert waiting.press(way="password", password=PASSWORD).status_code == 302
    assert waiting.level() == "password"
    assert PASSWORD not in "".join(Payload.objects.values_list("body", flat=True))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"code": "000000"}, "This is not the right code"),
        ({"code": ""}, "This is not the right code"),
        ({"shown": "0" * 64}, "This was opened again elsewhere"),
        ({"shown": ""}, "This was opened again elsewhere"),
        ({"way": "passkey", "credential": "{}"}, "This way is not open to you"),
        ({"way": "app"}, "This way is not open to you"),
        ({"way": "nothing"}, "This way is not open to you"),
        ({"way": ""}, "This way is not open to you"),
    ],
)
def test_what_does_not_show_who_it_is_signs_nothing_and_loses_nothing(
    waiting: Signer, changed: dict[str, str], says: str
) -> None:
    waiting.asked()
    page = waiting.press(**{"way": "mail", "code": waiting.code()} | changed)
    assert page.status_code == 422
    assert says in said(page)
    assert keeps(page)
    assert waiting.signed() is None


def test_words_changed_in_another_tab_are_not_signed_by_what_was_confirmed_in_this_one(waiting: Signer) -> None:
    waiting.asked()
    code = waiting.code()
    page = waiting.client.get(f"{waiting.url}confirm/")
    waiting.client.post(f"{waiting.url}?draft=1", waiting.sent | {"statement": "Something else entirely."})
    answer = waiting.client.post(f"{waiting.url}confirm/", {"shown": shown_on(page), "way": "mail", "code": code})
    assert "what you sign was changed since" in said(answer)
    assert "Something else entirely." in said(answer)
    assert "not the right code" in said(waiting.press(way="mail", code=code))
    assert waiting.signed() is None


def test_a_code_is_good_for_fifteen_minutes_from_its_sending_and_five_tries(waiting: Signer) -> None:
    begun = datetime.now(UTC)
    waiting.asked()
    with time_machine.travel(begun + timedelta(minutes=14)):
        code = waiting.code()
        wrong = "000000" if code != "000000" else "1"
        for _ in range(5):
            assert "not the right code" in said(waiting.press(way="mail", code=wrong))
        assert "no code that works" in said(waiting.press(way="mail", code=code))
        code = waiting.code()
        page = waiting.client.get(f"{waiting.url}confirm/")
    sent = {"shown": shown_on(page), "way": "mail", "code": code}
    with time_machine.travel(begun + timedelta(minutes=31)):
        late = waiting.client.post(f"{waiting.url}confirm/", sent)
        assert "more than 15 minutes ago" in said(late)
        assert keeps(late)
        assert waiting.signed() is None
        code = waiting.code()
    with time_machine.travel(begun + timedelta(minutes=44)):
        assert waiting.press(way="mail", code=code).status_code == 302


def test_loading_the_page_again_sends_nothing_and_keeps_the_code(waiting: Signer) -> None:
    waiting.asked()
    code, sent = waiting.code(), len(mail.outbox)
    for _ in range(3):
        assert "A code is on its way" in said(waiting.client.get(f"{waiting.url}confirm/"))
    assert len(mail.outbox) == sent
    assert waiting.press(way="mail", code=code).status_code == 302


def test_pressing_twice_leads_to_the_one_signature(waiting: Signer) -> None:
    waiting.asked()
    code = waiting.code()
    sent = {"shown": shown_on(waiting.client.get(f"{waiting.url}confirm/")), "way": "mail", "code": code}
    first, second = (waiting.client.post(f"{waiting.url}confirm/", sent) for _ in range(2))
    assert first["Location"] == second["Location"] == f"{waiting.url}done/"


def test_the_code_of_another_sign_in_signs_nothing(waiting: Signer) -> None:
    waiting.asked()
    code = waiting.code()
    waiting.client = signed_in(waiting.member)
    answer = waiting.client.post(f"{waiting.url}confirm/", {"way": "mail", "code": code}, follow=True)
    assert "Nothing is signed yet" in said(answer)
    assert keeps(answer)
    assert waiting.signed() is None


def test_too_many_tries_in_a_short_time_are_stopped(waiting: Signer, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"step_up": "2/m/user", "mail_code": "1/m/user"}
    waiting.asked()
    code = waiting.code()
    assert "too often" in said(waiting.press(way="send"))
    for _ in range(2):
        waiting.press(way="mail", code="1")
    assert "too often" in said(waiting.press(way="mail", code=code))
    assert waiting.signed() is None


def test_mail_that_does_not_go_out_is_said_and_leaves_the_page_as_it_was(waiting: Signer, settings: Any) -> None:
    waiting.asked()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = waiting.press(way="send")
    assert "The mail could not be sent" in said(page)
    assert keeps(page)


def test_whoever_has_no_way_at_all_is_told_how_to_get_one(waiting: Signer) -> None:
    user = waiting.member.user
    user.email = ""
    user.set_unusable_password()
    user.save()
    waiting.client.force_login(user)
    page = waiting.asked()
    assert "There is no way yet to confirm that it is you" in said(page)
    assert reverse("mfa_add_webauthn") in page.content.decode()
    assert "This way is not open to you" in said(waiting.client.post(f"{waiting.url}confirm/", {"way": "send"}))


def test_what_would_be_refused_is_refused_before_anybody_is_asked(waiting: Signer) -> None:
    waiting.sent["copy"] = "0" * 64
    assert "not the one on file" in said(waiting.signs())
    assert "Nothing is signed yet" in said(waiting.client.get(f"{waiting.url}confirm/", follow=True))


def test_a_statement_that_is_too_long_is_refused_whole_and_never_cut(waiting: Signer) -> None:
    waiting.sent["statement"] = "x" * 20_000 + " I DO NOT AGREE"
    answer = waiting.signs()
    assert answer.status_code == 422
    assert "at most 20,000 fit" in said(answer)
    assert "I DO NOT AGREE" in said(answer)


def test_what_is_sent_beside_it_and_cannot_be_kept_is_a_sentence(waiting: Signer) -> None:
    answer = waiting.signs(more="x" * 600_000)
    assert answer.status_code == 422
    assert "too long to keep" in said(answer)
    assert keeps(answer)


def test_words_of_the_plan_that_change_before_the_code_is_entered_are_not_signed(waiting: Signer) -> None:
    waiting.asked()
    code = waiting.code()
    shown = shown_on(waiting.client.get(f"{waiting.url}confirm/"))
    perform(waiting.plan.pk, Move(move="rework", answers={"what": "A date"}), waiting.member, datetime.now(UTC))
    answer = waiting.client.post(f"{waiting.url}confirm/", {"shown": shown, "way": "mail", "code": code}, follow=True)
    assert waiting.signed() is None
    assert WORDS in said(answer)


def test_nobody_is_asked_in_place_of_the_signer(waiting: Signer) -> None:
    waiting.asked()
    others = [waiting.plan.lead, Person.objects.get(name="Mara Quill")]
    assert [signed_in(p).get(f"{waiting.url}confirm/").status_code for p in others] == [404, 404]


def test_a_witness_confirms_nothing_because_it_is_not_their_signature(waiting: Signer) -> None:
    client = signed_in(waiting.plan.lead)
    sent = fields_of(client.get(waiting.url).content.decode())
    day = datetime.now(ZoneInfo(waiting.plan.organization.zone)).date().isoformat()
    values = {"outcome": "not_reachable", "reason": "Called three times", "on": day, "press": "do"}
    assert client.post(waiting.url, {**sent, **values}).status_code == 302
    assert waiting.signed().step_up is None


# -- the passkey, in the browser ---------------------------------------------------------------------------------------


@pytest.fixture
def by_passkey(by_passkey_asked: tuple[Plan, Person, Page]) -> tuple[Plan, Person, Page]:
    """A plan signed in the browser with a passkey."""
    by_passkey_asked[2].get_by_role("button", name="Sign with a passkey").click()
    expect(by_passkey_asked[2].get_by_role("heading", level=1)).to_contain_text("You have signed the plan")
    return by_passkey_asked


@pytest.fixture
def by_passkey_asked(transactional_db: None, page: Page) -> tuple[Plan, Person, Page]:
    """Somebody with a passkey who is asked, in the browser, to confirm a signature."""
    seeding.organization("network", NOW, about=("dee",))
    plan, member, url = to_sign()
    user = member.user
    user.set_password(PASSWORD)
    user.save()
    authenticator(page)
    page.goto("/account/login/?next=/account/2fa/webauthn/add/")
    page.get_by_label("E-mail address or sign-in name").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("What do you call it?").fill("My phone")
    page.get_by_role("button", name="Add this passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    page.goto(url)
    page.get_by_label("I agree", exact=True).check()
    page.get_by_label("Your statement").fill(WORDS)
    page.get_by_role("button", name="Sign the plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ASKS)
    return plan, member, page


def answer(client: str = "AA", data: str = "AA") -> str:
    """What a passkey would send, with other parts."""
    told = {"clientDataJSON": client, "authenticatorData": data, "signature": "AA"}
    return json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": told})


def web_safe(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).rstrip(b"=").decode()


JUNK = [
    answer(client=web_safe(b"[" * 90_000)),
    *(
        answer(data=web_safe(bytes(32) + b"\x85" + bytes(4) + bytes.fromhex(tail)))
        for tail in ("ff", "9bffff", "81" * 3000)
    ),
    "",
    "{",
    "[]",
    "7",
    "{}",
    "[" * 100_000,
    '{"id": 1, "rawId": 2, "response": 3}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    '{"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA"}}',
    '{"id": "\\ud800", "rawId": "é", "type": "public-key", "response": {"clientDataJSON": "\\u0000"}}',
]


@pytest.mark.django_db(transaction=True)
def test_junk_in_place_of_a_passkey_is_a_sentence(by_passkey_asked: tuple[Plan, Person, Page]) -> None:
    plan, member, page = by_passkey_asked
    for junk in JUNK:
        with page.expect_navigation():
            page.locator("#passkey-credential").evaluate("(box, junk) => { box.value = junk; box.form.submit() }", junk)
        expect(page.get_by_text("That passkey did not confirm it")).to_be_visible()
    assert not [f for f in look(plan.pk, member, datetime.now(UTC)).entries if isinstance(f.event, Signed)]


def of(plan: Plan, member: Person) -> Signed:
    entries = look(plan.pk, member, datetime.now(UTC)).entries
    return next(f.event for f in entries if isinstance(f.event, Signed))


TAMPERED: dict[str, Callable[[Signed], Signed]] = {
    "another statement": lambda s: replace(s, statement="I agree to everything."),
    "another outcome": lambda s: replace(s, outcome="acknowledged"),
    "another meaning": lambda s: replace(s, meaning="I resign."),
    "other words": lambda s: replace(s, digest="0" * 64),
    "another copy": lambda s: replace(s, copy="0" * 64),
    "another signer": lambda s: replace(s, signer="p9"),
    "another role": lambda s: replace(s, role="facilitator"),
    "another signature of the program": lambda s: replace(s, signature="facilitator_signs"),
    "without consent": lambda s: replace(s, consent=""),
    "another time": lambda s: changed(s, at="2026-01-01T00:00:00.000000Z"),
    "another nonce": lambda s: changed(s, nonce="0" * 32),
    "an older reading": lambda s: changed(s, entries=1),
    "no key": lambda s: changed(s, key=""),
    "a level nobody knows": lambda s: changed(s, level="notary"),
    "not base64": lambda s: changed(s, signature="!"),
    "the signature of something else": lambda s: changed(s, signature=s.step_up["key"]),
    "another site's data": lambda s: changed(s, authenticator_data=s.step_up["client_data"]),
}


def changed(signed: Signed, **values: Any) -> Signed:
    return replace(signed, step_up={**signed.step_up, **values})


@pytest.mark.django_db(transaction=True)
def test_a_passkey_signs_the_very_words_and_nothing_else(by_passkey: tuple[Plan, Person, Page]) -> None:
    plan, member, page = by_passkey
    signed, at = of(plan, member), datetime.now(UTC)
    assert signed.step_up["level"] == "passkey"
    assert signed.statement == WORDS
    assert against(plan.pk, signed, at) == ""
    expect(page.get_by_text("confirmed with a passkey, which signed these very words")).to_be_visible()
    assert verify(plan) == []
    stand = {name for name, tampered in TAMPERED.items() if not against(plan.pk, tampered(signed), at)}
    assert stand == set()
    assert against("another plan", signed, at) == "The passkey signed other words."
    with pytest.raises(Refused, match="The passkey signed other words"):
        refuse_unproven(plan.pk, [TAMPERED["another statement"](signed)], at)


@pytest.mark.django_db(transaction=True)
def test_the_page_that_asks_shuts_nobody_out(page: Page, axe: Any) -> None:
    seeding.organization("network", NOW, about=("dee",))
    _plan, member, url = to_sign()
    sign_in(page, member)
    page.goto(url)
    page.get_by_label("I agree", exact=True).check()
    page.get_by_role("button", name="Sign the plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ASKS)
    assert axe(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.django_db(transaction=True)
def test_without_scripts_a_code_from_the_mail_signs(new_page: Callable[..., Page]) -> None:
    seeding.organization("network", NOW, about=("dee",))
    _plan, member, url = to_sign()
    page = new_page(java_script_enabled=False, width=320)
    sign_in(page, member)
    page.goto(url)
    page.get_by_label("I agree", exact=True).check()
    page.get_by_role("button", name="Sign the plan").click()
    confirms(page)
