"""Checks an evidence bundle of an improvement plan, offline, with Python 3.10 or later and the openssl program (3.0).

    python3 -I verify.py [--key KEY] [--time-stamps ROOTS.pem] [FOLDER]

FOLDER is the unpacked bundle; when it is not given, the one in which this file lies. KEY is what the organization
publishes elsewhere: its log key (name+hash+key), or the key's fingerprint (SHA-256, hex). Without it, the bundle is
shown to agree with itself, which a forger's own would, too. ROOTS.pem are the certificates of the time-stamp authority.

Whoever does not trust the person who handed over the bundle takes this program from somewhere else as well.
Exit status: 0 everything holds, 1 something does not. What none of this proves is said in README.txt.
"""

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

NOTHING_BEFORE = "0" * 64  # the `prev` of the first entry
COMMITMENT = b"upturn/payload/1\x00"
MANIFEST = b"upturn-bundle-1\n"  # before the manifest, where it is signed: a signature of it is no other signature
INTENT = b"upturn/sign/1\x00"  # before the intent that a passkey signs
HEADER = {"v", "plan", "seq", "prev", "type", "at", "actor", "payload"}
PAYLOAD = re.compile(rb'\{"payload":(\{.*\}),"salt":"([0-9a-f]{32})","seq":([1-9][0-9]*)\}')
BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
LARGEST = 100_000_000  # bytes that one stream of a PDF may unfold to


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def openssl(*command: object) -> tuple[bool, bytes]:
    """Whether openssl succeeds, and what it prints."""
    done = subprocess.run(["openssl", *map(str, command)], capture_output=True, check=False)
    return done.returncode == 0, done.stdout


class Bundle:
    """An unpacked bundle, and what was learned of it. Reading anything malformed raises one of `UNREADABLE`."""

    def __init__(self, root: Path, key: str, roots: Path | None, scratch: Path) -> None:
        self.root, self.key, self.roots, self.scratch = root, key, roots, scratch
        self.notes: list[str] = []

    def read(self, name: str) -> bytes:
        return (self.root / "data" / name).read_bytes()

    def json(self, name: str) -> Any:
        return json.loads(self.read(name))

    def aside(self, name: str, data: bytes) -> Path:
        """A file for openssl to read."""
        path = self.scratch / name
        path.write_bytes(data)
        return path

    @cached_property
    def lines(self) -> list[bytes]:
        """The entries, one a line: the exact bytes that were hashed."""
        *lines, end = self.read("history/events.jsonl").split(b"\n")
        if end or not lines:
            raise ValueError("it does not end with a whole line")
        return lines

    @cached_property
    def headers(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    @cached_property
    def payloads(self) -> dict[int, tuple[bytes, bytes]]:
        """Entry number: its salt, and the exact bytes of what it says."""
        found: dict[int, tuple[bytes, bytes]] = {}
        for line in self.read("history/payloads.jsonl").splitlines():
            match = PAYLOAD.fullmatch(line)
            if not match or int(match[3]) in found:
                raise ValueError(f"payloads.jsonl: {line[:60]!r}")
            found[int(match[3])] = bytes.fromhex(match[2].decode()), match[1]
        return found

    def said(self, kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Number and words of every entry of a type whose words are in the bundle."""
        for number, header in enumerate(self.headers, 1):
            if header["type"] == kind and number in self.payloads:
                yield number, json.loads(self.payloads[number][1])

    @cached_property
    def withheld(self) -> dict[int | str, str]:
        """Entry number, or path of a file: why it is not in the bundle."""
        told = self.json("history/withheld.json")
        return {one["entry"]: one["why"] for one in told["entries"]} | {f["path"]: f["why"] for f in told["files"]}

    @cached_property
    def named(self) -> dict[str, str]:
        """Every file that an entry names: where it lies, and its SHA-256."""
        found = {}
        for number, said in self.said("Executed"):
            found[f"plan/{number:04d}-executed.pdf"] = said["sha256"]
        for number, said in self.said("Signed"):
            found[f"signatures/{number:04d}-words.json"] = said["digest"]
            if said.get("copy"):
                found[f"plan/{number:04d}-signing-copy.pdf"] = said["copy"]
        for number, said in self.said("Attached"):
            found[f"attachments/{number:04d}.{ending(said['name'])}"] = said["sha256"]
        return found

    @cached_property
    def log_key(self) -> bytes:
        """The organization's public log key as DER (SubjectPublicKeyInfo); its last 32 bytes are the key itself."""
        fine, der = openssl("pkey", "-pubin", "-in", self.root / "data/keys/log.pem", "-outform", "DER")
        if not fine or len(der) != 44:
            raise ValueError("keys/log.pem is no Ed25519 key, or openssl 3 is not there")
        return der

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether this is an Ed25519 signature of the log key."""
        files = "-in", self.aside("message", message), "-sigfile", self.aside("signature", signature)
        key = self.root / "data/keys/log.pem"
        return openssl("pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", *files)[0]


# -- the checks: each yields a sentence for whatever does not hold -----------------------------------------------------


def files_are_those_of_the_manifest(bag: Bundle) -> Iterator[str]:
    """BagIt (RFC 8493): every file has its SHA-256 in a manifest, and there is none beside them."""
    listed = {}
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        for line in (bag.root / manifest).read_text("utf-8").splitlines():
            digest, name = line.split("  ", 1)
            listed[name] = digest
    there = {p.relative_to(bag.root).as_posix(): p for p in bag.root.rglob("*") if p.is_symlink() or not p.is_dir()}
    there.pop("tagmanifest-sha256.txt", None)
    for name in sorted(listed.keys() | there.keys()):
        if name not in there:
            yield f"The file {name} is missing."
        elif name not in listed:
            yield f"The file {name} does not belong to the bundle."
        elif there[name].is_symlink() or sha256(there[name].read_bytes()) != listed[name]:
            yield f"The file {name} is not the one in the manifest."


def manifest_is_signed(bag: Bundle) -> Iterator[str]:
    """The manifest, and so every file of the bundle, is signed with the organization's log key."""
    manifest = (bag.root / "manifest-sha256.txt").read_bytes()
    if not bag.is_signed(MANIFEST + manifest, (bag.root / "manifest-sha256.sig").read_bytes()):
        yield "The manifest is not signed by the organization's key: a file was changed, added or left out."


def entries_follow_each_other(bag: Bundle) -> Iterator[str]:
    """Each entry names the SHA-256 of the one before (0x00 before its bytes), so none can be changed by itself."""
    before, since = NOTHING_BEFORE, ""
    for number, (line, header) in enumerate(zip(bag.lines, bag.headers, strict=True), 1):
        written = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        if set(header) != HEADER or written != line:
            yield f"Entry {number} is not written as entries are."
        elif header["seq"] != number:
            yield f"Entry {number} is missing: entry {header['seq']} stands in its place."
        elif header["prev"] != before:
            yield f"Entry {number} does not follow the one before it: one of the two was changed, moved or left out."
        elif header["plan"] != bag.headers[0]["plan"] or header["at"] < since:
            yield f"Entry {number} is of another plan, or older than the one before it."
        else:
            before, since = sha256(b"\x00" + line), header["at"]
            continue
        return


def words_are_those_recorded(bag: Bundle) -> Iterator[str]:
    """Each entry names the SHA-256 of its words with a salt. Words that are not here are withheld, or were erased."""
    erased = set()
    for number, said in bag.said("Erased"):
        erased |= set(range(said["first"], min(said["last"], number - 1) + 1))
    for number, header in enumerate(bag.headers, 1):
        salt, words = bag.payloads.get(number, (b"", b""))
        why = bag.withheld.get(number)
        if not words and why is None:
            yield f"What entry {number} says is missing, and nothing says why."
        elif not words and why and why.startswith("erased") and number not in erased:
            yield f"What entry {number} says is said to be erased, but no entry of the record erased it."
        elif words and why is not None:
            yield f"Entry {number} is said to be withheld, but its words are here."
        elif words and sha256(COMMITMENT + salt + words) != header["payload"]:
            yield f"What entry {number} says is not what was recorded: the words or their salt were changed."
    for number in set(bag.payloads) - set(range(1, len(bag.headers) + 1)):
        yield f"There are words of an entry {number}, which the record does not have."
    hidden = [number for number in bag.withheld if isinstance(number, int)]
    if hidden:
        bag.notes.append(f"The words of {len(hidden)} of {len(bag.headers)} entries are not in it; see withheld.json.")


def record_is_in_the_log(bag: Bundle) -> Iterator[str]:
    """The last entry, and through it every entry, is a leaf of the log (RFC 9162, section 2.1.3.2)."""
    proof, text = bag.json("history/proof.json"), bag.read("history/checkpoint.txt").decode()
    size, root = int(text.split("\n")[1]), base64.b64decode(text.split("\n")[2], validate=True)
    if proof["checkpoint"] != text or proof["entry"] != bag.headers[-1]:
        yield "The proof is about another entry than the last, or another checkpoint: the record was cut or exchanged."
    first, last = proof["position"], size - 1
    hashed = hashlib.sha256(b"\x00" + bag.lines[-1]).digest()
    sound = 0 <= first < size
    for beside in map(bytes.fromhex, proof["path"]):
        sound = sound and last > 0
        if first & 1 or first == last:
            hashed = hashlib.sha256(b"\x01" + beside + hashed).digest()
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            hashed = hashlib.sha256(b"\x01" + hashed + beside).digest()
        first, last = first >> 1, last >> 1
    if not sound or last != 0 or hashed != root:
        yield "The record is not in the log: it was rewritten, cut short or exchanged after the log was signed."


def checkpoint_is_signed(bag: Bundle) -> Iterator[str]:
    """The state of the log is signed (a C2SP signed note, Ed25519) with the key in keys/log.pem."""
    body, _, signatures = bag.read("history/checkpoint.txt").decode().rpartition("\n\n")
    origin = body.split("\n")[0]
    mark = hashlib.sha256(f"{origin}\n".encode() + b"\x01" + bag.log_key[-32:]).digest()[:4]
    for line in signatures.splitlines():
        name, _, encoded = line.removeprefix("\u2014 ").partition(" ")
        signature = base64.b64decode(encoded, validate=True)
        if name == origin and signature[:4] == mark and bag.is_signed(f"{body}\n".encode(), signature[4:]):
            return
    yield "The checkpoint of the log is not signed with keys/log.pem: it, or the key, is somebody else's."


def key_is_the_one_given(bag: Bundle) -> Iterator[str]:
    """The log key is the one that the organization publishes: whoever makes another can forge everything else."""
    fingerprint = sha256(bag.log_key)
    if not bag.key:
        bag.notes.append(f"The log key is {fingerprint}. Compare it with the one published: --key checks it.")
    elif "+" in bag.key:
        if base64.b64decode(bag.key.split("+", 2)[2], validate=True)[1:] != bag.log_key[-32:]:
            yield "The log was signed with another key than the one you gave: this is not the organization's record."
    elif bag.key.lower().replace(":", "") != fingerprint:
        yield "The log was signed with another key than the one you gave: this is not the organization's record."


def time_stamp_is_of_the_checkpoint(bag: Bundle) -> Iterator[str]:
    """A time stamp (RFC 3161) says that the checkpoint was there at a time, by the word of somebody else."""
    stamp = base64.b64decode(bag.json("history/proof.json")["time_stamp"] or "", validate=True)
    path = bag.root / "data/history/checkpoint.tst"
    if (path.read_bytes() if path.exists() else b"") != stamp:
        yield "The time stamp is not the one of the checkpoint."
    if not stamp:
        bag.notes.append("No time-stamp authority vouches for the time: all times are by the organization's own clock.")
        return
    if bag.roots:
        text = bag.root / "data/history/checkpoint.txt"
        if not openssl("ts", "-verify", "-data", text, "-in", path, "-token_in", "-CAfile", bag.roots)[0]:
            yield "The time stamp is not of this checkpoint, or not by the authority whose certificates you gave."
        return
    told = bag.scratch / "told"
    fine, _ = openssl("cms", "-verify", "-inform", "DER", "-in", path, "-noverify", "-out", told)
    if not fine or hashlib.sha256(bag.read("history/checkpoint.txt")).digest() not in told.read_bytes():
        yield "The time stamp is not of this checkpoint."
    else:
        bag.notes.append("There is a time stamp. Whose it is, and of when, is checked with --time-stamps ROOTS.pem.")


def papers_are_those_named(bag: Bundle) -> Iterator[str]:
    """Every file that an entry names by its SHA-256 is that file; and there is no file that no entry names."""
    for name, digest in bag.named.items():
        if (bag.root / "data" / name).exists():
            if sha256(bag.read(name)) != digest:
                yield f"{name} is not the file that the record names: it was changed or exchanged."
        elif name in bag.withheld:
            bag.notes.append(f"{name} is not in the bundle: {bag.withheld[name]}.")
        else:
            yield f"{name}, which the record names, is not in the bundle."
    for folder in ("plan", "signatures", "attachments"):
        for path in sorted((bag.root / "data" / folder).glob("*")):
            name = f"{folder}/{path.name}"
            if name not in bag.named and name not in ("plan/plan.json", "signatures/signatures.json"):
                yield f"No entry names the file {name}."


def ending(name: str) -> str:
    """How a file's name ends, in letters and digits; `bin` for any other name."""
    found = re.search(r"\.([A-Za-z0-9]{1,8})$", name)
    return found[1].lower() if found else "bin"


def signatures_are_those_recorded(bag: Bundle) -> Iterator[str]:
    """What each person signed is what the record says, and the copy that was shown holds exactly the words signed."""
    told = {one["entry"]: one for one in bag.json("signatures/signatures.json")}
    recorded = dict(bag.said("Signed"))
    for number in sorted(told.keys() | recorded.keys()):
        if number not in told:
            yield f"The signature of entry {number} was left out."
        elif number not in recorded or told[number]["signed"] != recorded[number]:
            yield f"The signature of entry {number} is not the one on record."
        else:
            copy = bag.root / f"data/plan/{number:04d}-signing-copy.pdf"
            if copy.exists() and not holds(copy.read_bytes(), recorded[number]["digest"]):
                yield f"The copy shown to whoever signed in entry {number} does not hold the words that were signed."


def signers_are_confirmed(bag: Bundle) -> Iterator[str]:
    """How each signer showed who they are. A passkey (W3C Web Authentication) signed the SHA-256 of exactly what is on
    record: this plan, these words, this copy, this day, outcome and statement; at the time at which it was recorded.
    """
    for number, said in bag.said("Signed"):
        header, shown = bag.headers[number - 1], said.get("step_up") or {"level": ""}
        level, asked = shown["level"], "step_up" in said
        if level not in LEVELS or (asked and not level):
            yield f"Entry {number} was confirmed in a way that nobody knows."
        elif asked and not MINUTES[0] <= minutes(shown["at"], header["at"]) <= MINUTES[1]:
            yield f"Entry {number} was confirmed at another time than it was recorded: one of the two was changed."
        elif level == "passkey":
            yield from passkey_signed(bag, number, said, shown)
        elif asked or said["signer"] == header["actor"]:
            bag.notes.append(
                f"Entry {number}: signed {LEVELS[level]}. That it was this person is the organization's word alone."
            )
        else:
            bag.notes.append(f"Entry {number}: not by the signer, but put on record by {header['actor']}.")


def passkey_signed(bag: Bundle, number: int, said: dict[str, Any], shown: dict[str, Any]) -> Iterator[str]:
    """Whether a passkey signed an entry as it stands, and whose it is said to be."""
    site = site_of_passkey(bag, said, shown)
    if not site:
        yield f"The passkey of entry {number} signed something else: its words, its key or its time were exchanged."
        return
    key = sha256(base64.b64decode(shown["key"]))
    bag.notes.append(
        f"Entry {number}: signed with a passkey of {site} at {shown['at']}. That the key {key} is this person's, since"
        f" {shown['enrolled']}, is the organization's word."
    )


LEVELS = {
    "passkey": "with a passkey",
    "app": "with a code of an authenticator app",
    "mail": "with a code sent by mail",
    "password": "with the password, typed once more",
    "": "without confirming who it was",
}
MINUTES = (-1, 16)  # from the question to the entry; clocks of two machines may differ a little
APART = ("step_up", "audience", "later", "awaits")  # what of an entry is not the signer's to say
P256 = "3059301306072a8648ce3d020106082a8648ce3d03010703420004"  # then both coordinates (SubjectPublicKeyInfo, DER)
RSA2048 = "30820122300d06092a864886f70d01010105000382010f003082010a0282010100"  # then modulus, exponent 65537
KINDS = (  # the public keys that count: of other kinds there are some under which a signature fits any words
    re.compile(re.escape(bytes.fromhex(P256)) + b".{64}", re.DOTALL),
    re.compile(re.escape(bytes.fromhex(RSA2048)) + b".{256}\x02\x03\x01\x00\x01", re.DOTALL),
)


def minutes(first: str, then: str) -> float:
    """From one moment to the other, both as entries write them."""
    begun, ended = (datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC) for at in (first, then))
    return (ended - begun).total_seconds() / 60


def site_of_passkey(bag: Bundle, said: dict[str, Any], shown: dict[str, Any]) -> str:
    """The site of the passkey that signed this very intent, its owner there and shown; nothing where none did."""
    intent = {"plan": bag.headers[0]["plan"], "signed": {k: v for k, v in said.items() if k not in APART}}
    intent |= {"at": shown["at"], "entries": shown.get("entries", 0), "nonce": shown.get("nonce", "")}
    written = json.dumps(intent, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    asked = base64.urlsafe_b64encode(hashlib.sha256(INTENT + written).digest()).rstrip(b"=").decode()
    client, asserted, signature, key = (
        base64.b64decode(shown[name], validate=True)
        for name in ("client_data", "authenticator_data", "signature", "key")
    )
    told = json.loads(client)
    if told["type"] != "webauthn.get" or told["challenge"] != asked or asserted[32] & 5 != 5:
        return ""
    labels = (urlsplit(told["origin"]).hostname or "").split(".")
    names = [".".join(labels[n:]) for n in range(len(labels))]
    site = next((name for name in names if hashlib.sha256(name.encode()).digest() == asserted[:32]), "")
    message = bag.aside("asserted", asserted + hashlib.sha256(client).digest())
    fine, pem = openssl("pkey", "-pubin", "-inform", "DER", "-in", bag.aside("passkey.der", key))
    given = "-verify", bag.aside("passkey.pem", pem), "-signature", bag.aside("assertion", signature)
    counts = any(kind.fullmatch(key) for kind in KINDS)
    return site if counts and fine and openssl("dgst", "-sha256", *given, message)[0] else ""


def holds(pdf: bytes, digest: str) -> bool:
    """Whether something with this SHA-256 is attached to a PDF: one of its compressed streams unfolds to it."""
    view = memoryview(pdf)
    for found in re.finditer(rb"stream\r?\n", pdf):
        try:
            unfolded = zlib.decompressobj().decompress(view[found.end() :], LARGEST)
        except zlib.error:
            continue
        if sha256(unfolded) == digest:
            return True
    return False


def executed_copies_are_sealed(bag: Bundle) -> Iterator[str]:
    """The seal (CMS, as PAdES has it) covers every byte of the file, and its certificate is the one on record."""
    fine, der = openssl("x509", "-in", bag.root / "data/keys/seal.pem", "-outform", "DER")
    today = sha256(der) if fine else ""
    for number, said in bag.said("Executed"):
        path = bag.root / f"data/plan/{number:04d}-executed.pdf"
        if not path.exists():
            continue  # said above
        pdf = path.read_bytes()
        ranges = [list(map(int, found)) for found in BYTE_RANGE.findall(pdf)]
        if len(ranges) != 1:
            yield f"{path.name} carries {len(ranges)} signatures instead of one seal: something was added."
            continue
        start, before, after, rest = ranges[0]
        gap = pdf[before:after]
        if start != 0 or after + rest != len(pdf) or not re.fullmatch(rb"<(?:[0-9a-fA-F]{2})+>", gap):
            yield f"The seal of {path.name} does not cover the whole file: something was added or painted over."
            continue
        signature = bag.aside("seal.der", bytes.fromhex(gap[1:-1].decode()))
        signed, signer = bag.aside("sealed", pdf[:before] + pdf[after:]), bag.scratch / "signer.pem"
        signer.unlink(missing_ok=True)
        given = "-inform", "DER", "-in", signature, "-content", signed, "-signer", signer, "-out", bag.scratch / "out"
        fine, _ = openssl("cms", "-verify", "-binary", "-noverify", *given)
        if not fine:
            yield f"The seal of {path.name} does not fit the file: it was changed after it was sealed."
            continue
        by = sha256(openssl("x509", "-in", signer, "-outform", "DER")[1])
        if by != (said.get("seal") or today):
            yield f"The seal of {path.name} is not the one on record: somebody else sealed it."
        elif by != today:
            bag.notes.append(f"{path.name} was sealed with another certificate than keys/seal.pem, as the record says.")


def plan_is_what_the_record_says(bag: Bundle) -> Iterator[str]:
    """plan.json is of this record, and the answers in it are those of the entries it names."""
    plan = bag.json("plan/plan.json")
    if plan["entries"] != len(bag.lines) or plan["head"] != sha256(b"\x00" + bag.lines[-1]):
        yield "plan.json is not of this record."
    answered, amended = dict(bag.said("Answered")), dict(bag.said("Amended"))
    for section, written in plan["sections"].items():
        said = answered.get(written["entry"]) or {"answers": amended.get(written["entry"], {}).get("changes", {})}
        answers = said["answers"] if "section" in said else said["answers"].get(section)
        if answers != written["answers"]:
            yield f"plan.json says something else in the section {section} than entry {written['entry']}."


CHECKS = (
    ("Every file is the one in the manifest.", files_are_those_of_the_manifest),
    ("The manifest is signed with the organization's log key.", manifest_is_signed),
    ("The entries follow each other without a gap.", entries_follow_each_other),
    ("The words of each entry are those that were recorded.", words_are_those_recorded),
    ("The record is in the organization's log.", record_is_in_the_log),
    ("The state of the log is signed.", checkpoint_is_signed),
    ("The key is the one you gave, if you gave one.", key_is_the_one_given),
    ("The time stamp, if there is one, is of that state.", time_stamp_is_of_the_checkpoint),
    ("Every paper and attachment is the one on record.", papers_are_those_named),
    ("The signatures are those on record, and the copies shown hold the words signed.", signatures_are_those_recorded),
    ("Each signer was confirmed in time, and each passkey signed what is on record.", signers_are_confirmed),
    ("Every executed copy is sealed as a whole, with the seal on record.", executed_copies_are_sealed),
    ("plan.json is what the record says.", plan_is_what_the_record_says),
)
UNREADABLE = (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError)


def printable(text: str) -> str:
    """What a bundle says, without what would move the cursor or turn the line around."""
    return "".join(c if c.isprintable() else "?" for c in text)


def main() -> int:
    parser = argparse.ArgumentParser(description="Check an evidence bundle. README.txt says what is not proven.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--key", default="", help="the log key that the organization publishes, or its SHA-256")
    parser.add_argument("--time-stamps", type=Path, help="certificates of the time-stamp authority, in PEM")
    args = parser.parse_args()
    faults = 0
    with tempfile.TemporaryDirectory() as scratch:
        bag = Bundle(args.folder, args.key, args.time_stamps, Path(scratch))
        for holding, check in CHECKS:
            try:
                found = list(check(bag))
            except UNREADABLE as error:
                found = [f"It cannot be checked whether this holds: “{holding}” ({type(error).__name__}: {error})"]
            faults += len(found)
            print("\n".join(f"NO    {printable(says)}" for says in found) or f"yes   {holding}")
    for note in bag.notes:
        print(f"note  {printable(note)}")
    print(f"The bundle does NOT hold: {faults} found." if faults else "The bundle holds.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
