"""The bytes of an entry, the digests that chain entries, and the first break in a chain. Stores and signs nothing.

An entry names the entry before it by digest and its payload by a salted commitment, so that a payload can be erased
with its salt while the chain still verifies. Leaf digests are those of RFC 9162, ready for a Merkle log of many plans.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite

import rfc8785

VERSION = 1
GENESIS = "0" * 64  # the `prev` of a plan's first entry
LEAF = b"\x00"  # RFC 9162, section 2.1.1: a leaf can never be taken for a node, whose prefix is 0x01
PAYLOAD_TAG = b"upturn/payload/1\x00"  # sets a commitment apart from every other digest that we make
SALT_BYTES = 16
EXACT = 2**53  # numbers nearer to 0 than this are the same in every reader of JSON

Kept = tuple[bytes, bytes]  # what the payloads table keeps of an entry: its salt, and its canonical payload


class NotCanonical(ValueError):
    """A value that canonical JSON cannot carry; the sentence names where it stands and what is wrong with it."""


# -- Canonical bytes ---------------------------------------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """The one way to write a JSON value as bytes (RFC 8785).

    Takes None, bool, numbers within 2**53 - 1 either way, str, list, tuple and dict with str keys, so that what is read
    back with any JSON reader is written in the same bytes again. Raises NotCanonical for everything else.
    """
    try:
        return _written(value)
    except RecursionError:
        raise NotCanonical("The value is nested too deeply, or holds itself.") from None


def _written(value: object) -> bytes:
    otherwise = "The value is not JSON."
    if _floats_fit(value):
        try:
            return rfc8785.dumps(value)  # type: ignore[arg-type]
        except ValueError as error:
            otherwise = f"The value is not JSON: {error}."
    raise NotCanonical(_first_fault(value, "") or otherwise)


def _floats_fit(value: object) -> bool:
    """RFC 8785 writes 1e17 in digits, which Python reads back as an int too large to be written again."""
    match value:
        case float():
            return abs(value) < EXACT
        case dict():
            return all(map(_floats_fit, value.values()))
        case list() | tuple():
            return all(map(_floats_fit, value))
    return True


def _first_fault(value: object, where: str) -> str | None:
    """The sentence for the first thing in a value that has no canonical form. `where` is the path that leads to it."""
    match value:
        case None | bool():
            return None
        case float() if not isfinite(value):
            return f"{_at(where)} {value}, and a number must be finite."
        case int() | float():
            exact = -EXACT < value < EXACT
            return None if exact else f"{_at(where)} a number beyond 2^53 - 1, which JSON cannot carry exactly."
        case str():
            return None if _is_text(value) else f"{_at(where)} text with half of a character (a lone surrogate)."
        case list() | tuple():
            return next(filter(None, (_first_fault(item, f"{where}[{n}]") for n, item in enumerate(value))), None)
        case dict():
            return next(filter(None, (_fault_of_member(key, item, where) for key, item in value.items())), None)
    return f"{_at(where)} a {type(value).__name__}, which JSON has no form for."


def _fault_of_member(key: object, item: object, where: str) -> str | None:
    if not isinstance(key, str) or not _is_text(key):
        return f"{_at(where)} the key {key!r:.60}, and a key must be text."
    return _first_fault(item, f"{where}.{key}" if where else key)


def _at(where: str) -> str:
    return f"{where:.200} holds" if where else "The value is or holds"


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


# -- Digests -----------------------------------------------------------------------------------------------------------


def commitment(payload: bytes, salt: bytes) -> str:
    """SHA-256(tag, 16-byte salt, payload) in hex: binds to a payload without telling anything about it.

    Raises ValueError for a salt of another length, which would let bytes move between salt and payload.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A payload's salt is {SALT_BYTES} bytes, not {len(salt)}.")
    return hashlib.sha256(PAYLOAD_TAG + salt + payload).hexdigest()


def stamp(at: datetime) -> str:
    """An aware moment as entries write it: UTC, always microseconds, ``2026-06-30T14:05:00.000000Z``."""
    if at.tzinfo is None:
        raise ValueError("An entry's moment needs a time zone.")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment(at: str) -> datetime:
    """The aware UTC moment that `stamp` wrote; raises ValueError for any other spelling of it."""
    value = datetime.fromisoformat(at)
    if stamp(value) != at:
        raise ValueError(f"{at!r:.60} is not a moment as entries write it, such as 2026-06-30T14:05:00.000000Z.")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact in a plan's ledger, its payload by commitment only.

    plan: the plan's id. seq: from 1, without gaps. prev: the leaf of the entry before, GENESIS for the first.
    at: when it was recorded, as `stamp` writes it. actor: an id that means something inside this plan alone.
    payload: the hex commitment. Holds whatever was stored: `first_break` says whether it is sound.
    """

    v: int = VERSION
    plan: str
    seq: int
    prev: str
    type: str
    at: str
    actor: str
    payload: str

    def body(self) -> bytes:
        """The canonical bytes of the entry."""
        return canonical({name: getattr(self, name) for name in self.__slots__})

    def leaf(self) -> str:
        """SHA-256(0x00, body) in hex: what the next entry, and the Merkle log, know this entry by."""
        return hashlib.sha256(LEAF + self.body()).hexdigest()


def seal(
    *,
    plan: str,
    seq: int,
    prev: str,
    type: str,
    at: datetime,
    actor: str,
    payload: Mapping[str, object],
    salt: bytes,
) -> tuple[Entry, bytes]:
    """The entry for a payload, and the payload's canonical bytes to keep beside the salt.

    Raises NotCanonical for a payload that is not JSON, ValueError for a salt of another length or a moment without
    time zone.
    """
    content = canonical(dict(payload))
    bound = commitment(content, salt)
    return Entry(plan=plan, seq=seq, prev=prev, type=type, at=stamp(at), actor=actor, payload=bound), content


# -- Verifying ---------------------------------------------------------------------------------------------------------


TEXTS = ("plan", "prev", "type", "at", "actor", "payload")


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain fails: the number of the entry that belongs there, and a sentence that says how."""

    seq: int
    says: str


def first_break(
    entries: Iterable[Entry],
    payloads: Mapping[int, Kept | None],
    erased: Collection[int] = (),
    *,
    plan: str | None = None,
    head: str | None = None,
) -> Break | None:
    """The first entry at which a plan's chain fails, None when it is whole. Never raises, whatever was stored.

    entries: in the order of the ledger. payloads: seq to (salt, canonical payload), None where it is gone. erased: the
    entries whose payload an erasure covers. plan: the plan they must belong to (else that of the first). head: the leaf
    that the last entry must have; without it, entries cut from the end, or a changed last entry, go unseen.
    """
    leaf, since, n = GENESIS, "", 0
    for n, entry in enumerate(entries, start=1):
        plan = entry.plan if plan is None else plan
        says = (
            _fault_of_form(entry, n)
            or _fault_of_place(entry, n=n, plan=plan, prev=leaf, since=since)
            or _fault_of_payload(entry, payloads.get(n), erased=n in erased)
        )
        if says:
            return Break(n, says)
        try:
            leaf, since = entry.leaf(), entry.at
        except NotCanonical as error:
            return Break(n, f"Entry {n} cannot be read. {error}")
    if beyond := [seq for seq in payloads if not 1 <= seq <= n]:
        return Break(n + 1, f"The ledger ends with entry {n}, but a payload is kept for an entry {min(beyond)}.")
    if head not in (None, leaf):
        return Break(max(n, 1), f"The ledger ends with entry {n}, but not with the head on file: its end was changed.")
    return None


def _fault_of_form(entry: Entry, n: int) -> str | None:
    if entry.v != VERSION:
        return f"Entry {n} is of version {entry.v!r:.20}, and only version {VERSION} can be read."
    if not isinstance(entry.seq, int) or not all(isinstance(getattr(entry, name), str) for name in TEXTS):
        return f"Entry {n} holds a part that is not what entries hold there."
    try:
        moment(entry.at)
    except ValueError:
        return f"Entry {n} was recorded at {entry.at!r:.60}, which is not a moment as entries write it."
    return None


def _fault_of_place(entry: Entry, *, n: int, plan: str, prev: str, since: str) -> str | None:
    if entry.plan != plan:
        return f"Entry {n} belongs to the plan {entry.plan!r:.60}, not to {plan!r:.60}."
    if entry.seq != n:
        return f"Entry {n} is missing, and entry {entry.seq} stands in its place: one was removed, added or moved."
    if entry.prev != prev:
        return f"Entry {n} does not follow entry {n - 1} as it now reads: one of the two was changed or replaced."
    if entry.at < since:  # both are as `stamp` writes them, so that text sorts as time
        return f"Entry {n} was recorded at {entry.at}, earlier than the entry before it, at {since}."
    return None


def _fault_of_payload(entry: Entry, kept: Kept | None, *, erased: bool) -> str | None:
    if kept is None:
        return None if erased else f"The payload of entry {entry.seq} is missing, and no erasure covers it."
    salt, payload = kept
    if len(salt) != SALT_BYTES or commitment(payload, salt) != entry.payload:
        return f"The payload of entry {entry.seq} is not the one that was recorded: it, or its salt, was changed."
    return None
