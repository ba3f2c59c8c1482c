"""What `upturn check` is asked, and what it answers: text, and a status. Only the terminal's door prints."""

from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from upturn.checker import Unreadable, explained, sarif, shown
from upturn.checker.files import Document, Reader, kind_of, text_of
from upturn.checker.finding import Wanted, checked, every_rule, named
from upturn.checker.labelled import labelled
from upturn.core.language import KINDS

FORMATS = {"human": shown.human, "json": shown.as_json, "sarif": sarif.as_sarif}


@dataclass(frozen=True, slots=True)
class Result:
    """What is printed, what could not be read, and the status: 0 nothing found, 1 findings, 2 something unreadable."""

    said: str
    unreadable: tuple[str, ...]
    status: int


def check(args: Namespace) -> Result:
    """Check files. One that cannot be read keeps the others from nothing. Raises Unreadable when nothing is asked."""
    if not args.file:
        raise Unreadable("Give a file to check, or - for standard input. `upturn check --help` says what it may be.")
    if args.kind.strip().lower() not in KINDS:
        raise Unreadable(f"There is no kind {args.kind}. There are: {', '.join(KINDS)}.")
    wanted = Wanted(named(args.select), named(args.ignore), args.level)
    reader = Reader(kind_of(args.kind), args.program, args.lang)
    documents: list[Document] = []
    unreadable: list[str] = []
    for name in dict.fromkeys(args.file):
        try:
            documents.append(reader.read(name))
        except Unreadable as error:
            unreadable.append(str(error))
    found = checked(documents, wanted)
    status = 2 if unreadable else 1 if found.findings else 0
    said = FORMATS[args.format](found) if documents or args.format != "human" else ""
    return Result(said, tuple(unreadable), status)


def label(source: str | None, out: str | None) -> str:
    """Label a CSV into a file; what it gives is what standard output gets. Raises Unreadable."""
    if not source or not out:
        raise Unreadable("Labels need both: --csv with the sentences, and --out with where the labels go.")
    said = labelled(source, text_of(source))
    if out == "-":
        return said
    try:
        Path(out).write_bytes(said.encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise Unreadable(f"{out} cannot be written: {error.strerror or error}.") from None
    return ""


def rules(code: str | None, *, as_json: bool) -> str:
    """One rule explained, or all of them listed. Raises Unreadable for a code that no rule has."""
    if code:
        (known, *_) = sorted(named([code])) or [""]
        rule = every_rule().get(known)
        if not rule:
            raise Unreadable(f"{code} is no code of a rule. `upturn check --rules` lists them.")
        return explained.explained(rule) + "\n"
    return (explained.as_json() if as_json else explained.listed()) + "\n"
