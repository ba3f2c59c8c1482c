"""The demo: three invented organizations with people in every role and plans in every stage, made by real commands at past moments."""

from upturn.demo.seeding import seed, sign_in_links

__all__ = ["seed", "sign_in_links"]
