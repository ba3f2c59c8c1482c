"""`{% demo_people %}`: one-click sign-in on the sign-in page, in the demo only."""

from django import template
from django.conf import settings

from upturn.web import demo_links

register = template.Library()


@register.inclusion_tag("parts/demo_people.html")
def demo_people(go_on_to: str = "") -> dict[str, object]:
    """Everybody one can be in the demo; nothing outside it. `go_on_to` is where one wanted to go."""
    organizations = list(demo_links.organizations()) if settings.DEMO else []
    return {"organizations": organizations, "next": go_on_to, "heading": "In this demo: sign in with one click"}
