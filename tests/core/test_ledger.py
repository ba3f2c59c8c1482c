"""The bytes of an entry, frozen; and every way of tampering that a chain must show."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upturn.core.ledger import (
    GENESIS,
    Break,
    Entry,
    NotCanonical,
    canonical,
    commitment,
    first_break,
    moment,
    seal,
    stamp,
)

PLAN = "p-7f3a"
AT = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
FACTS = (
    ("Opened", "a1", {"program": "evolve-mip", "version": 1}),
    ("Filled", "a2", {"section": "situation", "values": {"what": "Three of four quarterly goals missed — “again”"}}),
    ("Signed", "a1", {"sections": ["situation"], "outcome": "agreed"}),
    ("Signed", "a2", {"sections": ["situation"], "outcome": "agreed"}),
    ("Moved", "a1", {"to": "active"}),
)


def salt(seq):
    return bytes([seq]) * 16


def ledger(facts=FACTS, plan=PLAN):
    """A sound chain: its entries, its payloads, its head."""
    entries, payloads, prev = [], {}, GENESIS
    for seq, (kind, actor, content) in enumerate(facts, start=1):
        at = AT + timedelta(hours=seq)
        entry, kept = seal(
            plan=plan, seq=seq, prev=prev, type=kind, at=at, actor=actor, payload=content, salt=salt(seq)
        )
        entries.append(entry)
        payloads[seq] = (salt(seq), kept)
        prev = entry.leaf()
    return entries, payloads, prev


# -- The format, frozen: these literals may never change while version 1 is read ---------------------------------------


def test_the_bytes_and_the_digests_of_an_entry_are_these():
    entries, payloads, head = ledger()
    first, second = entries[:2]
    assert payloads[1][1] == b'{"program":"evolve-mip","version":1}'
    assert first.body() == (
        b'{"actor":"a1","at":"2026-03-01T15:05:00.000000Z","payload":"5fc287c3f426891b319d50a3e8216e5423dec205db922d8745a079d44e3f37ce","plan":"p-7f3a",'
        b'"prev":"0000000000000000000000000000000000000000000000000000000000000000","seq":1,"type":"Opened","v":1}'
    )
    assert first.leaf() == "82668e7724c6bde920260821c972cf07146b7cde17401ff0de7f5c2d294dea7b"
    assert second.prev == "82668e7724c6bde920260821c972cf07146b7cde17401ff0de7f5c2d294dea7b"
    assert second.payload == "e09dc0539ba07e3e78bf63ff175e2873863c06f117e4f214cf4e82f9c4881b41"
    assert head == "f5aee65331941eb8497bf00d8ef09c9ebadeabdc78c42ffdd71e2de9e3b6ad27"


def test_a_commitment_is_sha256_over_tag_salt_and_payload():
    tagged = b"upturn/payload/1\x00" + bytes(range(16)) + b'{"a":1}'
    assert commitment(b'{"a":1}', bytes(range(16))) == hashlib.sha256(tagged).hexdigest()
    assert (
        commitment(b'{"a":1}', bytes(range(16))) == "770533db6998e8dba2fdc0982e29888436cd947910f1f7e08e529ba757e61029"
    )


def test_a_leaf_is_hashed_as_in_rfc_9162():
    entry = ledger()[0][0]
    assert entry.leaf() == hashlib.sha256(b"\x00" + entry.body()).hexdigest()


def test_an_entry_carries_version_1_and_the_first_one_follows_nothing():
    first = ledger()[0][0]
    assert (first.v, first.seq, first.prev) == (1, 1, "0" * 64)


def test_the_same_payload_under_another_salt_commits_to_something_else():
    assert commitment(b"{}", salt(1)) != commitment(b"{}", salt(2))


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_salt_of_another_length_is_refused(length):
    with pytest.raises(ValueError, match=f"A payload's salt is 16 bytes, not {length}."):
        commitment(b"{}", bytes(length))


# -- Canonical JSON ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        ([True, False, 0, -1, ()], "[true,false,0,-1,[]]"),
        ({"b": 1, "a": {"d": [], "c": {}}}, '{"a":{"c":{},"d":[]},"b":1}'),
        # RFC 8785, section 3.2.3: keys in the order of their UTF-16 units
        (
            {"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7},
            '{"\\r":2,"1":4,"\x80":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
        ),
        ('é\n"\\\x0f/<', '"é\\n\\"\\\\\\u000f/<"'),
        (2**53 - 1, "9007199254740991"),
        (1.0, "1"),
        (-0.0, "0"),
        (4.5, "4.5"),
        (2e-3, "0.002"),
        (1e-27, "1e-27"),
        (0.000001, "0.000001"),
        (333333333.33333329, "333333333.3333333"),
        (9007199254740991.0, "9007199254740991"),
        (5e-324, "5e-324"),
    ],
)
def test_a_value_has_one_way_of_being_written(value, written):
    assert canonical(value) == written.encode()


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (float("nan"), "The value is or holds nan, and a number must be finite."),
        (
            {"goals": [{"target": 1}, {"target": -float("inf")}]},
            "goals[1].target holds -inf, and a number must be finite.",
        ),
        ({"é": "é", "n": float("nan")}, "n holds nan, and a number must be finite."),
        ({"n": 2**53}, "n holds a number beyond 2^53 - 1, which JSON cannot carry exactly."),
        ({"n": -(2**53)}, "n holds a number beyond 2^53 - 1, which JSON cannot carry exactly."),
        ({"n": 2.0**53}, "n holds a number beyond 2^53 - 1, which JSON cannot carry exactly."),
        ([1, [1e300]], "[1][0] holds a number beyond 2^53 - 1, which JSON cannot carry exactly."),
        ({"n": 10**5000}, "n holds a number beyond 2^53 - 1, which JSON cannot carry exactly."),
        ({"name": "\ud800"}, "name holds text with half of a character (a lone surrogate)."),
        ({"a": {"\udfff": 1}}, "a holds the key '\\udfff', and a key must be text."),
        ({"a": {1: 2}}, "a holds the key 1, and a key must be text."),
        ({1: 2}, "The value is or holds the key 1, and a key must be text."),
        ({"due": datetime(2026, 1, 1, tzinfo=UTC)}, "due holds a datetime, which JSON has no form for."),
        ([b"bytes"], "[0] holds a bytes, which JSON has no form for."),
    ],
)
def test_a_value_without_a_canonical_form_is_refused_with_the_place_where_it_stands(value, sentence):
    with pytest.raises(NotCanonical) as refusal:
        canonical(value)
    assert str(refusal.value) == sentence


def test_a_value_nested_without_end_is_refused():
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(NotCanonical, match="nested too deeply, or holds itself"):
        canonical(endless)


@pytest.mark.parametrize("depth", [100, 200, 400, 800, 100_000])
def test_a_deeply_nested_value_is_refused_however_deep_its_fault_lies(depth):
    value: object = float("nan")
    for _ in range(depth):
        value = [value]
    with pytest.raises(NotCanonical):
        canonical(value)


exact = 2**53 - 1
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-exact, exact) | st.floats(-exact, exact) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(json_values)
def test_what_is_written_reads_back_as_the_same_value_and_is_written_the_same_again(value):
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


# -- Moments -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 6, 30, 14, 5, tzinfo=UTC), "2026-06-30T14:05:00.000000Z"),
        (datetime(2026, 6, 30, 23, 5, 1, 7, tzinfo=timezone(timedelta(hours=-4))), "2026-07-01T03:05:01.000007Z"),
        (datetime(33, 1, 1, tzinfo=UTC), "0033-01-01T00:00:00.000000Z"),
    ],
)
def test_a_moment_is_written_in_utc_with_microseconds(at, written):
    assert stamp(at) == written
    assert moment(written) == at


@pytest.mark.parametrize(
    "written",
    ["2026-06-30", "2026-06-30T14:05:00Z", "2026-06-30T14:05:00.000000+00:00", "2026-06-30 14:05:00.000000Z",
     "2026-06-30T14:05:00.000000", "2026-02-30T14:05:00.000000Z", "yesterday", ""],
)  # fmt: skip
def test_another_spelling_of_a_moment_is_refused(written):
    with pytest.raises(ValueError):  # noqa: PT011 (whose sentence it is depends on how wrong it is)
        moment(written)


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="An entry's moment needs a time zone"):
        stamp(AT.replace(tzinfo=None))


# -- A sound chain -----------------------------------------------------------------------------------------------------


def test_a_sound_chain_has_no_break():
    entries, payloads, head = ledger()
    assert first_break(entries, payloads) is None
    assert first_break(iter(entries), payloads, plan=PLAN, head=head) is None


def test_an_empty_chain_has_no_break_unless_a_head_was_expected():
    assert first_break([], {}) is None
    assert first_break([], {}, head=GENESIS) is None
    assert first_break([], {}, head="ab" * 32) == Break(
        1, "The ledger ends with entry 0, but not with the head on file: its end was changed."
    )


def test_two_entries_of_the_same_moment_follow_each_other():
    first, kept = seal(plan=PLAN, seq=1, prev=GENESIS, type="Opened", at=AT, actor="a1", payload={}, salt=salt(1))
    second, also = seal(plan=PLAN, seq=2, prev=first.leaf(), type="Filled", at=AT, actor="a1", payload={}, salt=salt(2))
    assert first_break([first, second], {1: (salt(1), kept), 2: (salt(2), also)}) is None


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8), st.dictionaries(st.text(), json_values)), max_size=6)
)
def test_whatever_is_sealed_in_order_verifies(facts):
    entries, payloads, head = ledger(facts)
    assert first_break(entries, payloads, plan=PLAN, head=head) is None


# -- Erasure -----------------------------------------------------------------------------------------------------------


def test_an_erased_payload_leaves_the_chain_whole():
    entries, payloads, head = ledger()
    gone = {**payloads, 2: None, 3: None}
    assert first_break(entries, gone, {2, 3}, head=head) is None
    del gone[2], gone[3]
    assert first_break(entries, gone, range(2, 4), head=head) is None


def test_a_payload_that_no_erasure_covers_is_missing():
    entries, payloads, _ = ledger()
    missing = Break(2, "The payload of entry 2 is missing, and no erasure covers it.")
    assert first_break(entries, {**payloads, 2: None}, {3}) == missing
    assert first_break(entries, {seq: kept for seq, kept in payloads.items() if seq != 2}) == missing


def test_an_erasure_does_not_excuse_a_payload_that_is_there_and_changed():
    entries, payloads, _ = ledger()
    changed = {**payloads, 2: (salt(2), b'{"section":"situation","values":{"what":"All is well"}}')}
    assert first_break(entries, changed, {2}).seq == 2


def test_an_erasure_does_not_excuse_an_entry_that_was_changed():
    entries, payloads, _ = ledger()
    entries[1] = replace(entries[1], actor="a9")
    assert first_break(entries, {**payloads, 2: None}, {2}).seq == 3


# -- Attacks -----------------------------------------------------------------------------------------------------------

CHANGED = "The payload of entry {} is not the one that was recorded: it, or its salt, was changed."
UNLINKED = "Entry {} does not follow entry {} as it now reads: one of the two was changed or replaced."
IN_PLACE = "Entry {} is missing, and entry {} stands in its place: one was removed, added or moved."


@pytest.mark.parametrize(
    ("kept", "what"),
    [
        ((salt(3), b'{"outcome":"declined","sections":["situation"]}'), "edited"),
        ((salt(3), b'{"sections":["situation"],"outcome":"agreed"}'), "the same facts in other bytes"),
        ((salt(4), b'{"outcome":"agreed","sections":["situation"]}'), "another salt"),
        ((b"", salt(3) + b'{"outcome":"agreed","sections":["situation"]}'), "the salt moved into the payload"),
        ((salt(3) + b"{", b'"outcome":"agreed","sections":["situation"]}'), "the payload moved into the salt"),
    ],
)
def test_an_altered_payload_is_found_where_it_is(kept, what):
    entries, payloads, _ = ledger()
    assert first_break(entries, {**payloads, 3: kept}) == Break(3, CHANGED.format(3)), what


def test_swapped_payloads_are_found_at_the_first_of_them():
    entries, payloads, _ = ledger()
    assert first_break(entries, {**payloads, 3: payloads[4], 4: payloads[3]}) == Break(3, CHANGED.format(3))


@pytest.mark.parametrize(
    "edit",
    [{"actor": "a9"}, {"type": "Approved"}, {"at": "2026-03-01T17:30:00.000000Z"}],
)
def test_an_edited_entry_is_found_by_the_entry_after_it(edit):
    entries, payloads, _ = ledger()
    entries[2] = replace(entries[2], **edit)
    assert first_break(entries, payloads) == Break(4, UNLINKED.format(4, 3))


def test_an_edited_entry_with_a_payload_to_match_is_found_by_the_entry_after_it():
    entries, payloads, _ = ledger()
    forged, kept = seal(plan=PLAN, seq=3, prev=entries[2].prev, type="Signed", at=moment(entries[2].at), actor="a1",
                        payload={"outcome": "declined"}, salt=salt(3))  # fmt: skip
    entries[2] = forged
    assert first_break(entries, {**payloads, 3: (salt(3), kept)}) == Break(4, UNLINKED.format(4, 3))


def test_a_chain_rewritten_from_an_edit_to_its_end_is_found_only_by_the_head():
    _, _, head = ledger()
    forged = [*FACTS[:2], ("Signed", "a1", {"outcome": "declined"}), *FACTS[3:]]
    entries, payloads, _ = ledger(forged)
    assert first_break(entries, payloads) is None
    assert first_break(entries, payloads, head=head) == Break(
        5, "The ledger ends with entry 5, but not with the head on file: its end was changed."
    )


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ([1, 2, 4, 5], Break(3, IN_PLACE.format(3, 4))),  # dropped
        ([2, 3, 4, 5], Break(1, IN_PLACE.format(1, 2))),
        ([1, 2, 3, 3, 4, 5], Break(4, IN_PLACE.format(4, 3))),  # duplicated
        ([1, 1, 2, 3, 4, 5], Break(2, IN_PLACE.format(2, 1))),
        ([1, 3, 2, 4, 5], Break(2, IN_PLACE.format(2, 3))),  # reordered
    ],
)
def test_entries_dropped_duplicated_or_reordered_are_found_where_the_order_fails(order, found):
    entries, payloads, _ = ledger()
    assert first_break([entries[seq - 1] for seq in order], payloads) == found


def test_entries_reordered_and_numbered_anew_are_found_by_their_links():
    entries, payloads, _ = ledger()
    moved = [entries[0], replace(entries[2], seq=2), replace(entries[1], seq=3), *entries[3:]]
    swapped = {**payloads, 2: payloads[3], 3: payloads[2]}
    assert first_break(moved, swapped) == Break(2, UNLINKED.format(2, 1))


def test_an_inserted_entry_is_found_by_the_entry_after_it():
    entries, payloads, _ = ledger()
    extra, kept = seal(plan=PLAN, seq=3, prev=entries[1].leaf(), type="Stated", at=moment(entries[1].at), actor="a2",
                       payload={"text": "I never said so"}, salt=salt(9))  # fmt: skip
    later = [replace(entry, seq=entry.seq + 1) for entry in entries[2:]]
    shifted = {1: payloads[1], 2: payloads[2], 3: (salt(9), kept)} | {seq + 1: payloads[seq] for seq in (3, 4, 5)}
    assert first_break([*entries[:2], extra, *later], shifted) == Break(4, UNLINKED.format(4, 3))


def test_no_other_order_of_a_chain_verifies():
    entries, payloads, head = ledger()
    assert [order for order in permutations(entries) if first_break(order, payloads, head=head) is None] == [
        tuple(entries)
    ]


@pytest.mark.parametrize("left", range(5))
def test_a_truncated_chain_is_found_by_the_head_that_was_given_out(left):
    entries, payloads, head = ledger()
    kept = {seq: payloads[seq] for seq in range(1, left + 1)}
    assert first_break(entries[:left], kept) is None
    found = first_break(entries[:left], kept, head=head)
    assert found == Break(
        max(left, 1), f"The ledger ends with entry {left}, but not with the head on file: its end was changed."
    )


def test_a_truncated_chain_is_found_by_a_payload_left_behind():
    entries, payloads, _ = ledger()
    assert first_break(entries[:3], payloads) == Break(
        4, "The ledger ends with entry 3, but a payload is kept for an entry 4."
    )


def test_an_entry_of_another_plan_is_found():
    entries, payloads, _ = ledger()
    others, _, _ = ledger(plan="p-0000")
    entries[3] = others[3]
    assert first_break(entries, payloads) == Break(4, "Entry 4 belongs to the plan 'p-0000', not to 'p-7f3a'.")


def test_the_whole_chain_of_another_plan_is_found():
    entries, payloads, head = ledger(plan="p-0000")
    assert first_break(entries, payloads, plan=PLAN, head=head) == Break(
        1, "Entry 1 belongs to the plan 'p-0000', not to 'p-7f3a'."
    )


def test_time_that_goes_backward_is_found():
    entries, payloads, _ = ledger()
    back, kept = seal(
        plan=PLAN, seq=6, prev=entries[-1].leaf(), type="Moved", at=AT, actor="a1", payload={}, salt=salt(6)
    )
    assert first_break([*entries, back], {**payloads, 6: (salt(6), kept)}) == Break(
        6,
        "Entry 6 was recorded at 2026-03-01T14:05:00.000000Z, earlier than the entry before it, "
        "at 2026-03-01T19:05:00.000000Z.",
    )


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        ({"v": 2}, "Entry 5 is of version 2, and only version 1 can be read."),
        ({"at": "2026-03-01"}, "Entry 5 was recorded at '2026-03-01', which is not a moment as entries write it."),
        ({"at": "9"}, "Entry 5 was recorded at '9', which is not a moment as entries write it."),
        ({"at": None}, "Entry 5 holds a part that is not what entries hold there."),
        ({"seq": "5"}, "Entry 5 holds a part that is not what entries hold there."),
        ({"actor": ["a1"]}, "Entry 5 holds a part that is not what entries hold there."),
        ({"actor": "\ud800"}, "Entry 5 cannot be read. actor holds text with half of a character (a lone surrogate)."),
    ],
)
def test_an_entry_that_cannot_be_read_is_a_break_and_not_a_crash(edit, sentence):
    entries, payloads, _ = ledger()
    entries[4] = replace(entries[4], **edit)
    assert first_break(entries, payloads) == Break(5, sentence)


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 4), st.sampled_from(Entry.__slots__), st.text(min_size=1, max_size=5) | st.integers())
def test_no_single_part_of_an_entry_can_be_changed_unseen(at, part, value):
    entries, payloads, head = ledger()
    changed = [*entries]
    changed[at] = replace(entries[at], **{part: value})
    if changed[at] != entries[at]:
        assert first_break(changed, payloads, plan=PLAN, head=head) is not None


def test_a_payload_that_is_not_json_is_not_sealed():
    with pytest.raises(NotCanonical, match="due holds a date"):
        seal(plan=PLAN, seq=1, prev=GENESIS, type="Opened", at=AT, actor="a1", payload={"due": AT.date()}, salt=salt(1))
