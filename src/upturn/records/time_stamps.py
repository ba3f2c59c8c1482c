"""Time stamps (RFC 3161): somebody else's word that a text was there at a moment. Only a digest leaves the house."""

import hashlib
import secrets
from typing import Any
from urllib.request import Request, urlopen

from asn1crypto import cms, tsp

PATIENCE = 10
"""Seconds until an authority that does not answer is given up."""
GRANTED = ("granted", "granted_with_mods")
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class NotStamped(Exception):
    """The authority gave no time stamp; the sentence says why."""


def stamped(text: str, url: str) -> bytes:
    """A token over the text from the authority at `url`. Raises NotStamped."""
    nonce = secrets.randbits(63)
    asked = Request(url, data=_request(text, nonce).dump(), headers=HEADERS)  # noqa: S310 - the operator's own address
    try:
        with urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
            response = tsp.TimeStampResp.load(answer.read(), strict=True)
        status = response["status"]["status"].native
        token: bytes = response["time_stamp_token"].dump()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NotStamped(f"{url} gave no time stamp: {error}") from None
    if status not in GRANTED:
        raise NotStamped(f"{url} gave no time stamp: it answered “{status}”.")
    if not covers(token, text, nonce):
        raise NotStamped(f"{url} gave a time stamp for something else.")
    return token


def covers(token: bytes, text: str, nonce: int | None = None) -> bool:
    """Whether a token is about this text (and answers this nonce). Whether its issuer is to be believed is not asked
    here: that takes the issuer's certificate.
    """
    try:
        info = cms.ContentInfo.load(token, strict=True)["content"]["encap_content_info"]["content"].parsed
        imprint = info["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        said, answered = imprint["hashed_message"].native, info["nonce"].native
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    return algorithm == "sha256" and said == _digest(text) and nonce in (None, answered)


def _request(text: str, nonce: int) -> Any:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": _digest(text)}
    return tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True})


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
