"""Labels for a CSV of sentences: one row out for each row in, in their order."""

import csv
import io
from dataclasses import fields

from upturn.checker.files import kind_of, rows_of
from upturn.core.language import Labels, labels

COLUMNS = tuple(field.name for field in fields(Labels) if field.name != "known")


def labelled(name: str, text: str) -> str:
    """The labels of a CSV `id,lang,kind,text` as a CSV of 0 and 1. Raises Unreadable."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("id", *COLUMNS))
    for row, _ in rows_of(name, text, needed=("id", "kind", "text")):
        found = labels(row["text"], kind_of(row["kind"]), row.get("lang", "").strip())
        writer.writerow((row["id"], *(int(getattr(found, column)) for column in COLUMNS)))
    return out.getvalue()
