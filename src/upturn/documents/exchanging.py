"""Forms go out and files come back in a process of their own: with a deadline and a limit on memory, whatever was
written in them and whatever they are.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime

from upturn.core.reading import ProgramFile
from upturn.documents import apart, gate
from upturn.documents.content import Paper
from upturn.documents.fillable import fillable_data
from upturn.documents.forms import Identity, Slot, slots
from upturn.documents.inspecting import NotRead
from upturn.documents.reading_back import Found, read
from upturn.documents.typesetting import NotTypeset

SECONDS, MEGABYTES = 20.0, 1500


def pdf_form(paper: Paper, identity: Identity, moment: datetime, *, template: str = "") -> bytes:
    """The fillable file of a form, checked. Raises NotTypeset and gate.Refused."""
    order = {
        "paper": paper.data(),
        "slots": [asdict(slot) for slot in slots(paper)],
        "identity": asdict(identity),
        "moment": moment.timestamp(),
        "template": template,
    }
    given = json.dumps(order, ensure_ascii=False).encode()
    try:
        answer = apart.run("upturn.documents.exchanging:make", given, seconds=SECONDS, megabytes=MEGABYTES)
    except apart.NotDone as error:
        raise NotTypeset(f"“{paper.title}” cannot be typeset. {error}") from None
    if answer.startswith(b"%PDF"):
        return answer
    problem = json.loads(answer)
    raise (gate.Refused if problem["refused"] else NotTypeset)(problem["says"])


def make(given: bytes) -> bytes:
    """The half that is done apart: the file, or what stands against it as JSON."""
    order = json.loads(given)
    places, moment = [Slot(**slot) for slot in order["slots"]], datetime.fromtimestamp(order["moment"], UTC)
    try:
        pdf = fillable_data(order["paper"], places, Identity(**order["identity"]), moment, template=order["template"])
        if wrong := list(gate.failures(pdf, ["ua1"])):
            raise gate.Refused(" ".join(wrong[:5]))
    except (NotTypeset, gate.Refused) as error:
        return json.dumps({"refused": isinstance(error, gate.Refused), "says": str(error)}).encode()
    return pdf


def came_back(data: bytes, file: ProgramFile, *, variant: str = "", language: str = "") -> Found:
    """What stands in a file that somebody brought. Raises NotRead, in a sentence."""
    program = {"document": file.document, "digest": file.digest, "variant": variant, "language": language}
    given = json.dumps(program, ensure_ascii=False, default=str).encode()
    try:
        answer = apart.run("upturn.documents.exchanging:look", data, given, seconds=SECONDS, megabytes=MEGABYTES)
    except apart.NotDone as error:
        raise NotRead(f"The file could not be read. {error} Send a smaller one, or print it to a new PDF.") from None
    said = json.loads(answer)
    if "says" in said:
        raise NotRead(said["says"])
    left_over = tuple((label, text) for label, text in said["left_over"])
    identity = Identity(**said["identity"]) if said["identity"] else None
    return Found(said["source"], said["texts"], left_over, identity)


def look(data: bytes, given: bytes) -> bytes:
    """The half that is done apart: what was found, or why it was not read, as JSON."""
    order = json.loads(given)
    program = ProgramFile(order["document"], order["digest"]).program(order["variant"], order["language"])
    try:
        return json.dumps(asdict(read(data, program)), ensure_ascii=True).encode()
    except NotRead as error:
        return json.dumps({"says": str(error)}).encode()
