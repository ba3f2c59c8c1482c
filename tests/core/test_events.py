"""The format of events, frozen: the payload of each type, and the digests of one small plan, as literals.

A change that breaks one of these makes records that were written before unreadable, or changes what signed papers name.
"""

import dataclasses
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.playing import opened
from upturn.core import commands as c
from upturn.core import events as e
from upturn.core.digests import covered
from upturn.core.events import TYPES, Fact, from_json, to_json
from upturn.core.ledger import GENESIS, canonical, first_break, seal
from upturn.core.plan import Plan, Written, evolve, replay

DAY = date(2026, 3, 2)
ALL = {"audience": ("lead",), "later": ("member",), "on": DAY}

GOLDEN = [
    (
        e.Opened(
            program="small", version=1, digest="d1", variant="long", language="en", stage="drafting",
            parties={"p1": ("member",)}, answers={"why": "x"}, triggers=("low",), group="g", follows="f", tells=True,
            warnings=({"rule": "r", "says": "s", "reason": "t"},), **ALL,
        ),
        ('{"answers":{"why":"x"},"audience":["lead"],"digest":"d1","follows":"f","group":"g","language":"en",'
        '"later":["member"],"on":"2026-03-02","parties":{"p1":["member"]},"program":"small","stage":"drafting",'
        '"tells":true,"triggers":["low"],"variant":"long","version":1,"warnings":[{"reason":"t","rule":"r","says":"s"}]}'),
    ),
    (
        e.Answered(section="words", answers={"said": "x", "rows": [{"_id": "r1"}]}, role="lead", why="y"),
        '{"answers":{"rows":[{"_id":"r1"}],"said":"x"},"role":"lead","section":"words","why":"y"}',
    ),
    (
        e.Logged(log="talk", number=2, answers={}, attended=("p1", "lead"), role="lead"),
        '{"answers":{},"attended":["p1","lead"],"log":"talk","number":2,"role":"lead"}',
    ),
    (
        e.Screened(part="lead", answers={"fair": True}, role="lead", result="go", to="drafting"),
        '{"answers":{"fair":true},"part":"lead","result":"go","role":"lead","to":"drafting"}',
    ),
    (
        e.Moved(
            move="decide", from_="running", to="over", role="lead", answers={}, tells=True, finding="met",
            disposition="stay", reasons="All", criteria=({"row": "r1", "finding": "met"},), promises=({"kept": True},),
        ),
        ('{"answers":{},"criteria":[{"finding":"met","row":"r1"}],"disposition":"stay","finding":"met","from":"running",'
        '"move":"decide","promises":[{"kept":true}],"reasons":"All","role":"lead","tells":true,"to":"over"}'),
    ),
    (
        e.Dated(
            what="clock", id="period", cause="extended", start=DAY, end=date(2026, 4, 1), how="30 days", was=DAY,
            days=30, reason="x", floor=DAY, cap=date(2026, 6, 1),
        ),
        ('{"cap":"2026-06-01","cause":"extended","days":30,"end":"2026-04-01","floor":"2026-03-02","how":"30 days",'
        '"id":"period","reason":"x","start":"2026-03-02","was":"2026-03-02","what":"clock"}'),
    ),
    (
        e.Scheduled(checkin="weekly", dates=({"id": "weekly_1", "due": "2026-03-09", "row": "r1"},), how="every week"),
        '{"checkin":"weekly","dates":[{"due":"2026-03-09","id":"weekly_1","row":"r1"}],"how":"every week"}',
    ),
    (
        e.Paused(clocks=("period",), start=DAY, note="leave"),
        '{"clocks":["period"],"note":"leave","start":"2026-03-02"}',
    ),
    (
        e.Resumed(clocks=("period",), start=DAY, last=date(2026, 3, 9)),
        '{"clocks":["period"],"last":"2026-03-09","start":"2026-03-02"}',
    ),
    (
        e.Signed(
            signature="mine", outcome="agreed", digest="d", meaning="I agree.", sections=("words",), signer="p1",
            role="member", statement="x", reason="y", witnesses=("Wanda",), awaits=("p3",),
            copy="c", paper="a1", consent="z", step_up={"level": "app", "at": "t"},
        ),
        ('{"awaits":["p3"],"consent":"z","copy":"c","digest":"d","meaning":"I agree.",'
        '"outcome":"agreed","paper":"a1","reason":"y",'
        '"role":"member","sections":["words"],"signature":"mine","signer":"p1","statement":"x",'
        '"step_up":{"at":"t","level":"app"},"witnesses":["Wanda"]}'),
    ),
    (
        e.Voided(signatures=("mine",), approvals=("hr",), sections=("words",)),
        '{"approvals":["hr"],"sections":["words"],"signatures":["mine"]}',
    ),
    (
        e.Approved(approval="hr", outcome="returned", role="hr", reason="x", answers={}),
        '{"answers":{},"approval":"hr","outcome":"returned","reason":"x","role":"hr"}',
    ),
    (
        e.Commented(number=1, section="words", text="x", proposed="y", field="said", role="member"),
        '{"field":"said","number":1,"proposed":"y","role":"member","section":"words","text":"x"}',
    ),
    (
        e.Replied(to="comment", number=1, outcome="accepted", reason="x", role="lead"),
        '{"number":1,"outcome":"accepted","reason":"x","role":"lead","to":"comment"}',
    ),
    (
        e.Stated(number=1, text="x", about="words", role="member"),
        '{"about":"words","number":1,"role":"member","text":"x"}',
    ),
    (
        e.CheckedIn(
            checkin="weekly_1", state="held", answers={}, progress=({"row": "r1", "value": 2.5},), attended=("p1",),
            next_step="x", role="lead",
        ),
        ('{"answers":{},"attended":["p1"],"checkin":"weekly_1","next_step":"x","progress":[{"row":"r1","value":2.5}],'
        '"role":"lead","state":"held"}'),
    ),
    (
        e.Lapsed(what="deadline", id="reply", due=DAY, says="x"),
        '{"due":"2026-03-02","id":"reply","says":"x","what":"deadline"}',
    ),
    (
        e.ItemMoved(
            table="steps", row="r1", move="done", to="done", answers={}, role="member", due=DAY, was=DAY, reason="x",
        ),
        ('{"answers":{},"due":"2026-03-02","move":"done","reason":"x","role":"member","row":"r1","table":"steps",'
        '"to":"done","was":"2026-03-02"}'),
    ),
    (
        e.Proposed(
            number=1, kind="amendment", changes={"words": {"said": "x"}}, reason="y", digest="d", version=2,
            differences=("A",), role="lead", effective=DAY,
        ),
        ('{"changes":{"words":{"said":"x"}},"differences":["A"],"digest":"d","effective":"2026-03-02","kind":"amendment",'
        '"number":1,"reason":"y","role":"lead","version":2}'),
    ),
    (
        e.Amended(number=1, kind="version", changes={}, how="agreed", digest="d", version=2, stage="running"),
        '{"changes":{},"digest":"d","how":"agreed","kind":"version","number":1,"stage":"running","version":2}',
    ),
    (
        e.PartyChanged(
            code="p4", role="lead", change="joined", instead_of="p2", reason="x", until=DAY, by_role="staff"
        ),
        '{"by_role":"staff","change":"joined","code":"p4","instead_of":"p2","reason":"x","role":"lead","until":"2026-03-02"}',
    ),
    (
        e.Attached(id="a1", name="a.pdf", media_type="application/pdf", size=9, sha256="d", about="words", role="lead"),
        '{"about":"words","id":"a1","media_type":"application/pdf","name":"a.pdf","role":"lead","sha256":"d","size":9}',
    ),
    (
        e.Executed(document="form", sha256="d", size=9, signatures=(7, 9), seal="f"),
        '{"document":"form","seal":"f","sha256":"d","signatures":[7,9],"size":9}',
    ),
    (
        e.Disclosed(for_="office", reason="A hearing", to="Counsel", role="staff"),
        '{"for":"office","reason":"A hearing","role":"staff","to":"Counsel"}',
    ),
    (
        e.Noticed(notice="soon", to=("member", "contact"), title="Soon", text="x", key="soon@2026-03-02"),
        '{"key":"soon@2026-03-02","notice":"soon","text":"x","title":"Soon","to":["member","contact"]}',
    ),
    (e.Corrected(seq=3, text="x", role="staff"), '{"role":"staff","seq":3,"text":"x"}'),
    (e.Erased(first=1, last=3, rule="three years"), '{"first":1,"last":3,"rule":"three years"}'),
]  # fmt: skip


def kind(event):
    return type(event).__name__


@pytest.mark.parametrize(
    ("event", "payload"), GOLDEN, ids=lambda value: kind(value) if isinstance(value, e.Event) else ""
)
def test_the_payload_of_an_event_is_this(event, payload):
    assert canonical(to_json(event)).decode() == payload
    assert from_json(kind(event), json.loads(payload)) == event


def test_every_type_of_event_is_frozen_here_with_all_its_fields_filled():
    assert [kind(event) for event, _ in GOLDEN] == list(TYPES)
    common = {"audience", "later", "on", "warnings"}
    for event, _ in GOLDEN:
        empty = {f.name for f in dataclasses.fields(event) if getattr(event, f.name) == f.default}
        assert empty <= common, f"{kind(event)} is frozen with {empty} left out"


def test_what_holds_its_default_is_left_out_and_what_has_none_is_written_empty_or_not():
    assert to_json(e.Dated(what="clock", id="x", cause="stopped")) == {"what": "clock", "id": "x", "cause": "stopped"}
    signed = e.Signed(signature="s", outcome="agreed", digest="", meaning="", sections=(), signer="")
    assert set(to_json(signed)) == {"signature", "outcome", "digest", "meaning", "sections", "signer"}
    assert from_json("Signed", to_json(signed)) == signed


def test_an_entry_of_before_a_field_was_added_is_read_with_its_default():
    assert from_json("Stated", {"number": 1, "text": "x"}) == e.Stated(number=1, text="x")


def test_a_type_nobody_knows_and_a_payload_of_another_type_are_said_to_be_so():
    with pytest.raises(KeyError):
        from_json("Forgotten", {})
    with pytest.raises(TypeError):
        from_json("Stated", {"section": "words"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
BY_TYPE = {
    date: st.dates(),
    date | None: st.none() | st.dates(),
    str: st.text(max_size=8),
    int: st.integers(0, 999),
    bool: st.booleans(),
}


def filled(cls):
    """An event of a type with whatever its fields may hold."""
    hints = {f.name: f.type for f in dataclasses.fields(cls)}
    return st.builds(cls, **{name: strategy_for(name, hint) for name, hint in hints.items()})


def strategy_for(name, hint):
    if hint in BY_TYPE:
        return BY_TYPE[hint]
    if name == "parties":
        return st.dictionaries(st.text(max_size=3), st.lists(st.text(max_size=3), max_size=2).map(tuple), max_size=2)
    if name == "changes":
        return st.dictionaries(st.text(max_size=4), st.dictionaries(st.text(max_size=4), JSON, max_size=2), max_size=2)
    if name == "answers":
        return st.dictionaries(st.text(max_size=4), JSON, max_size=3)
    if hint == tuple[str, ...]:
        return st.lists(st.text(max_size=4), max_size=3).map(tuple)
    values = st.text(max_size=4) if "str, str" in str(hint) else JSON
    return st.lists(st.dictionaries(st.text(max_size=4), values, max_size=2), max_size=2).map(tuple)


@given(st.one_of([filled(cls) for cls in TYPES.values()]))
def test_any_event_is_read_back_from_its_own_bytes(event):
    assert from_json(kind(event), json.loads(canonical(to_json(event)))) == event


# -- a whole small plan -----------------------------------------------------------------------------------------------

SIGNED = """
clocks: [{id: period, title: The period, end: {length: 30 days}}]
moves: [{id: begin, starts: [period]}]
signatures:
  - id: mine
    title: The member signs
    by: [member]
    in: [running]
    covers: [words]
    meaning: I agree.
    outcomes: [agreed]
notices: [{id: begun, title: Begun, on: {move: begin}, to: [member], text: "It runs until {clock.period}."}]
"""


def small_plan():
    play = opened(SIGNED)
    play.do("finn", c.Answer(section="words", answers={"said": "It began in spring – “again”."}))
    play.do("finn", c.Move(move="begin"))
    play.sign("mara", "mine", statement="I see it otherwise.")
    play.do("mara", c.Answer(section="words", answers={"said": "It began in May."}))
    play.do("ines", c.Correct(seq=2, text="It was a Tuesday."))
    play.wait(until=date(2026, 4, 1))
    play.do("finn", c.Move(move="end"))
    return play


def chain(facts):
    """The facts as entries of a ledger, with a salt that is known: entries, payloads and the leaf of the last."""
    entries, payloads, head = [], {}, GENESIS
    for fact in facts:
        salt = bytes([fact.seq]) * 16
        entry, content = seal(
            plan="p-7f3a",
            seq=fact.seq,
            prev=head,
            type=kind(fact.event),
            at=fact.at,
            actor=fact.actor,
            payload=to_json(fact.event),
            salt=salt,
        )
        entries.append(entry)
        payloads[fact.seq] = (salt, content)
        head = entry.leaf()
    return entries, payloads, head


def test_the_digest_of_a_ledger_with_every_type_of_event_is_this():
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    entries, payloads, head = chain(Fact(n, at, "p2", event) for n, (event, _) in enumerate(GOLDEN, start=1))
    assert first_break(entries, payloads) is None
    assert head == "5cfff3c4ec91346e496c431f854f099607f1d697cd1ef188269b001dbfcf948e"


def test_the_words_under_a_signature_are_named_by_this_digest():
    words = {
        "situation": Written({"led_to": "It began in spring – “again”.", "rows": [{"_id": "r1"}]}, 2, "p1", "", DAY)
    }
    plan = Plan(digest="d1", variant="long", sections=words)
    assert covered(plan, ("situation", "unwritten"), meaning="I agree.") == (
        "9dd8feaf73556e1f4e0d8d0cb48e211bf977868d7ea4404bbc316928f14b3952"
    )


def test_the_digest_names_the_program_the_variant_the_statement_and_every_word():
    plan = Plan(digest="d1", sections={"words": Written({"said": "x"}, 2, "p1", "", DAY)})
    digests = {
        covered(plan, ("words",), meaning="I agree."),
        covered(plan, ("words",), meaning="I have read it."),
        covered(plan, (), meaning="I agree."),
        covered(dataclasses.replace(plan, digest="d2"), ("words",), meaning="I agree."),
        covered(dataclasses.replace(plan, variant="long"), ("words",), meaning="I agree."),
        covered(
            dataclasses.replace(plan, sections={"words": Written({"said": "x."}, 2, "p1", "", DAY)}),
            ("words",),
            meaning="I agree.",
        ),
    }
    assert len(digests) == 6


def test_a_plan_is_what_is_read_back_from_its_bytes():
    play = small_plan()
    _, payloads, _ = chain(play.record)
    facts = [Fact(f.seq, f.at, f.actor, from_json(kind(f.event), json.loads(payloads[f.seq][1]))) for f in play.record]
    assert replay(facts) == play.plan


def test_an_erased_fact_changes_nothing_but_the_number():
    at = datetime(2026, 3, 2, tzinfo=UTC)
    before = Plan(seq=3, stage="over")
    after = evolve(before, Fact(4, at, "p1", None))
    assert after == dataclasses.replace(before, seq=4, readers=(("p1", (), ()),))
