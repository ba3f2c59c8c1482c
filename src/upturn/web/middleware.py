"""Headers that keep other people's words from becoming code, and private pages out of caches.

`SECURE_CSP` is Django 6's name for the policy, so that this file goes when the framework's own arrives.
A view that needs another policy (a download, say) sets the header itself; nothing here overwrites it.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import has_vary_header

NONCE = "<CSP_NONCE_SENTINEL>"
SECURE_CSP: Mapping[str, Sequence[str]] = {
    "default-src": ["'none'"],
    "script-src": ["'self'", NONCE],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["htmx"],
}
UNUSED_POWERS = "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()"


class ContentSecurityPolicy:
    """Gives every request a nonce (`request.csp_nonce`) and every response the headers of this module.

    `settings.SECURE_CSP`, where set, replaces the policy whole. What depends on a cookie is somebody's own page: it
    stays out of shared caches and off the disk of a shared computer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = getattr(settings, "SECURE_CSP", None) or SECURE_CSP

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", header(self.policy, nonce=nonce))
        response.headers.setdefault("Permissions-Policy", UNUSED_POWERS)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if has_vary_header(response, "Cookie"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def header(policy: Mapping[str, Sequence[str]], *, nonce: str) -> str:
    """The policy's text for one response."""
    real = {NONCE: f"'nonce-{nonce}'"}
    return "; ".join(" ".join([name, *(real.get(source, source) for source in policy[name])]) for name in policy)
