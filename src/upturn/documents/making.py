"""A paper is set in type and checked in a process of its own: with a deadline and a limit on memory, whatever somebody
wrote and whatever a program's own layout does.
"""

import json
from datetime import UTC, datetime

from upturn.documents import apart, gate
from upturn.documents.content import Paper
from upturn.documents.typesetting import NotTypeset, typeset_data

SECONDS, MEGABYTES = 20.0, 1500


def made(paper: Paper, moment: datetime, *, record: bytes = b"", template: str = "") -> bytes:
    """The file of a paper that has passed the gate. Raises NotTypeset and gate.Refused."""
    order = {"paper": paper.data(), "texts": list(paper.texts()), "moment": moment.timestamp(), "template": template}
    given = json.dumps(order, ensure_ascii=False).encode()
    try:
        answer = apart.run("upturn.documents.making:work", given, record, seconds=SECONDS, megabytes=MEGABYTES)
    except apart.NotDone as error:
        raise NotTypeset(f"“{paper.title}” cannot be typeset. {error}") from None
    if answer.startswith(b"%PDF"):
        return answer
    problem = json.loads(answer)
    raise (gate.Refused if problem["refused"] else NotTypeset)(problem["says"])


def work(given: bytes, record: bytes) -> bytes:
    """The half that is done apart: the file, or what stands against it as JSON."""
    order = json.loads(given)
    moment = datetime.fromtimestamp(order["moment"], UTC)
    try:
        pdf = typeset_data(order["paper"], moment, record=record, template=order["template"])
        return gate.passed(pdf, order["texts"], record)
    except (NotTypeset, gate.Refused) as error:
        return json.dumps({"refused": isinstance(error, gate.Refused), "says": str(error)}).encode()
