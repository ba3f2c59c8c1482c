"""The demo: three invented organizations, people in every role, plans in every stage, made by real commands."""

from upturn.demo.seeding import seed, sign_in_links

__all__ = ["seed", "sign_in_links"]
