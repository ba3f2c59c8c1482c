"""A passkey stands on record only under the very words it signed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.passkeys import AT, KINDS, OTHERS, step_up
from tests.records.conftest import World
from upturn.core import step_up as step_up_
from upturn.core.commands import Sign
from upturn.core.digests import of_signature
from upturn.core.events import Signed
from upturn.core.ledger import stamp
from upturn.core.refusals import Refused
from upturn.documents import verify_bundle
from upturn.records.models import Entry, Plan
from upturn.records.perform import perform, rehearse
from upturn.records.step_ups import against
from upturn.records.verify import verify

WHEN = datetime.fromisoformat(AT)
SIGNED = Signed(
    signature="mine", outcome="agreed", digest="d" * 64, meaning="I agree.", sections=("words",), signer="p1",
    role="member", statement="Ünd “mehr”.", copy="c" * 64, consent="I sign electronically.",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_passkey_is_known_again(kind: str) -> None:
    key = KINDS[kind]()
    shown = step_up("plan", SIGNED, key)
    assert against("plan", replace(SIGNED, step_up=shown), WHEN) == ""
    others = step_up("plan", SIGNED, KINDS[kind]())
    stolen = replace(SIGNED, step_up=shown | {"key": others["key"]})
    assert against("plan", stolen, WHEN) == "The passkey signed other words."


@pytest.mark.parametrize("kind", OTHERS)
def test_a_key_of_another_kind_does_not_stand_because_some_of_them_fit_any_words(kind: str) -> None:
    shown = step_up("plan", SIGNED, OTHERS[kind]())
    assert against("plan", replace(SIGNED, step_up=shown), WHEN) == "The passkey signed other words."


LATE = "It was confirmed at another time."


@pytest.mark.parametrize(("minutes", "says"), [(-2, LATE), (0, ""), (15, ""), (17, LATE)])
@pytest.mark.parametrize("level", ["passkey", "mail"])
def test_a_signature_goes_on_record_when_it_is_confirmed(minutes: int, says: str, level: str) -> None:
    shown = step_up("plan", SIGNED, KINDS["ES256"]()) if level == "passkey" else {"level": level, "at": AT}
    assert against("plan", replace(SIGNED, step_up=shown), WHEN + timedelta(minutes=minutes)) == says


@pytest.mark.parametrize(
    ("origin", "stands"),
    [
        ("https://plans.example", True),
        ("https://eu.plans.example", True),
        ("https://example", False),
        ("https://evil-plans.example", False),
        ("https://plans.example.evil", False),
        ("", False),
    ],
)
def test_a_passkey_counts_on_its_own_site(origin: str, *, stands: bool) -> None:
    shown = step_up("plan", SIGNED, KINDS["ES256"](), origin=origin)
    assert (against("plan", replace(SIGNED, step_up=shown), WHEN) == "") is stands


@pytest.mark.parametrize(
    "shown",
    [
        step_up("plan", SIGNED, KINDS["ES256"](), flags=0x01),  # somebody was there, and did not show who
        step_up("plan", SIGNED, KINDS["ES256"](), flags=0x04),
        step_up("plan", SIGNED, KINDS["ES256"](), kind="webauthn.create"),
        step_up("other", SIGNED, KINDS["ES256"]()),
        step_up("plan", replace(SIGNED, statement=""), KINDS["ES256"]()),
    ],
)
def test_a_passkey_that_was_not_shown_or_signed_something_else_does_not_stand(shown: dict[str, Any]) -> None:
    assert against("plan", replace(SIGNED, step_up=shown), WHEN) == "The passkey signed other words."


@pytest.mark.parametrize(
    "shown",
    [
        {"level": "passkey"},
        {},
        {"level": "passkey", "at": "x", "key": "", "client_data": "", "authenticator_data": "", "signature": ""},
        {"level": "passkey", "at": "x", "key": 1, "client_data": 2, "authenticator_data": 3, "signature": 4},
        {
            "level": "passkey",
            "at": "x",
            "client_data": "W10=",
            "authenticator_data": "AA==",
            "key": "",
            "signature": "",
        },
    ],
)
def test_what_no_passkey_gave_is_a_sentence_and_no_crash(shown: dict[str, Any]) -> None:
    assert against("plan", replace(SIGNED, step_up=shown), WHEN) == "What the passkey gave cannot be read."


def test_the_checker_that_travels_by_itself_knows_the_same_rules() -> None:
    """It imports nothing of ours, so what it checks by is written there once more."""
    assert (verify_bundle.INTENT, verify_bundle.APART) == (step_up_.TAG, step_up_.APART)
    assert tuple(timedelta(minutes=m) for m in verify_bundle.MINUTES) == step_up_.SOON
    assert set(verify_bundle.LEVELS) - {""} == set(step_up_.LEVELS)


def now_of(plan: Any) -> datetime:
    return Plan.objects.get(pk=plan.pk).updated_at


def to_be(peers: World) -> tuple[Any, Sign, Signed]:
    plan = peers.opened().row
    peers.told(plan)
    peers.signing(plan)
    seen = peers.seen(plan, peers.mara)
    command = Sign(
        signature="member_signs", outcome="agreed", digest=of_signature(seen.program, seen.plan, "member_signs")
    )
    before = Entry.objects.filter(plan=plan).count()
    events = rehearse(plan.pk, command, peers.mara, now_of(plan))
    assert Entry.objects.filter(plan=plan).count() == before
    return plan, command, next(e for e in events if isinstance(e, Signed))


def test_perform_takes_a_passkey_for_these_words_and_no_other(peers: World) -> None:
    plan, command, signed = to_be(peers)
    key = ec.generate_private_key(ec.SECP256R1())
    other = step_up(plan.pk, replace(signed, statement="Not what is said here"), key, at=stamp(now_of(plan)))
    with pytest.raises(Refused, match=r"The passkey signed other words\. Nothing was signed\."):
        perform(plan.pk, replace(command, step_up=other), peers.mara, now_of(plan))
    done = perform(
        plan.pk,
        replace(command, step_up=step_up(plan.pk, signed, key, at=stamp(now_of(plan)))),
        peers.mara,
        now_of(plan),
    )
    assert done.plan.signatures["member_signs"].step_up["level"] == "passkey"
    assert verify(plan) == []


def test_a_witness_puts_no_step_up_on_record(peers: World) -> None:
    plan, command, signed = to_be(peers)
    shown = step_up(plan.pk, signed, ec.generate_private_key(ec.SECP256R1()))
    refusal = replace(command, outcome="declined", reason="She said no.", step_up=shown)
    done = perform(plan.pk, refusal, peers.finn, now_of(plan))
    assert done.plan.signatures["member_signs"].step_up is None
