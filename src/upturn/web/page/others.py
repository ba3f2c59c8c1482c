"""Sentences written to one person, as another reads them: “you” becomes the name or “they”.

Programs and rules speak to the person concerned. On the list of what waits for others, the same words would be read as
if they were about the reader.
"""

import re

_THEIRS = {"your": "their", "yours": "theirs", "yourself": "themselves"}
_OBJECT = re.compile(
    r"\b(to|with|for|of|about|by|from|on|at|after|against|between|reach|reaches|reached|tell|tells|told|ask|asks|asked|"
    r"give|gives|gave|given|let|lets|help|helps|helped|show|shows|shown)\s+you\b",
    re.IGNORECASE,
)
_END = re.compile(r"\byou(?=\s*(?:[.,;:!?)]|$))", re.IGNORECASE)
_WITH_NAME = re.compile(r"\byou(?=\s+(?:could|can|cannot|may|must|will|would|should|did|had)\b)", re.IGNORECASE)
_OWN = re.compile(r"\b(yourself|yours|your)\b", re.IGNORECASE)
_YOU = re.compile(r"\byou\b", re.IGNORECASE)


def of_another(text: str, name: str) -> str:
    """“Nothing starts until you have signed” as somebody else reads it: “… until they have signed”."""
    text = _WITH_NAME.sub(name, text, count=1) if name else text
    text = _OBJECT.sub(lambda m: f"{m[1]} them", text)
    text = _END.sub("them", text)
    text = _YOU.sub(lambda m: _like(m[0], "they"), text)
    return _OWN.sub(lambda m: _like(m[0], _THEIRS[m[0].lower()]), text)


def _like(before: str, after: str) -> str:
    return after.capitalize() if before[0].isupper() else after
