"""Whoever changes how they sign in shows first that it is still them, also where there is no password."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.web.keeping import PASSWORD, kept, sign_in, signed_in
from upturn.records.models import Person
from upturn.web.views.again import CHANGES


@pytest.fixture
def mara(db: None) -> Person:
    """Somebody with an address and no password."""
    mara = kept().mara
    mara.user.set_unusable_password()
    mara.user.save()
    return mara


def asked(client: Client, page: str) -> str:
    """The page that asks, where there is one before this page; else nothing."""
    answer = client.get(reverse(page))
    where = answer.headers.get("Location", "")
    return where if where.startswith(reverse("again_by_mail")) else ""


def said(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def code(client: Client, where: str) -> str:
    client.post(where, {"press": "send"})
    return re.findall(r"\d{6}", mail.outbox[-1].body)[0]


@pytest.mark.parametrize("page", CHANGES)
def test_without_a_password_a_code_from_the_mail_comes_before_every_change(mara: Person, page: str) -> None:
    client = signed_in(mara)
    where = asked(client, page)
    assert where
    assert client.post(reverse(page)).headers["Location"].startswith(reverse("again_by_mail"))
    assert "So that nobody can do this at a computer you left open" in said(client.get(where))
    entered = code(client, where)
    assert mail.outbox[-1].to == [mara.user.email]
    assert client.post(where, {"code": entered}).headers["Location"] == reverse(page)
    assert not asked(client, page)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert asked(client, page)


def test_a_wrong_code_an_old_one_and_one_of_another_browser_open_nothing(mara: Person) -> None:
    client = signed_in(mara)
    where = asked(client, "mfa_add_webauthn")
    assert "no code that works" in said(client.post(where, {"code": "123456"}))
    good = code(client, where)
    wrong = "000000" if good != "000000" else "111111"
    assert "not the right code" in said(client.post(where, {"code": wrong}))
    assert "no code that works" in said(signed_in(mara).post(where, {"code": good}))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        assert "no code that works" in said(client.post(where, {"code": good}))
    for _ in range(5):
        client.post(where, {"code": wrong})
    assert "no code that works" in said(client.post(where, {"code": good}))
    assert asked(client, "mfa_add_webauthn")


def test_whoever_signed_in_with_a_code_just_now_is_not_asked_again(mara: Person) -> None:
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": mara.user.email})
    sent = re.findall(r"\b[A-Z0-9]{3,}-?[A-Z0-9]{3,}\b", mail.outbox[-1].body)
    client.post(reverse("account_confirm_login_code"), {"code": sent[0]})
    assert client.get(reverse("account")).status_code == 200
    assert not asked(client, "mfa_add_webauthn")


def test_a_password_is_asked_for_as_before_and_whoever_has_no_address_cannot_be_asked(mara: Person) -> None:
    mara.user.email = ""
    mara.user.save()
    assert not asked(signed_in(mara), "mfa_add_webauthn")
    mara.user.email = "mara@quill.example"
    mara.user.set_password(PASSWORD)
    mara.user.save()
    answer = signed_in(mara).get(reverse("mfa_add_webauthn"))
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_no_other_site_is_where_one_goes_on_to(mara: Person) -> None:
    client = signed_in(mara)
    where = f"{reverse('again_by_mail')}?next=https://evil.example/"
    assert client.post(where, {"code": code(client, where)}).headers["Location"] == "/"


@pytest.mark.django_db(transaction=True)
def test_the_page_shuts_nobody_out(page: Page, axe: Any) -> None:
    mara = kept().mara
    mara.user.set_unusable_password()
    mara.user.save()
    sign_in(page, mara)
    page.goto("/account/2fa/webauthn/add/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it still you?")
    assert axe(page) == []
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code from the mail").fill("1")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#error-summary")).to_contain_text("not the right code")
    assert axe(page) == []
    page.get_by_label("Code from the mail").fill(re.findall(r"\d{6}", mail.outbox[-1].body)[0])
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add a passkey")
