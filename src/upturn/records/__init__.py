"""What is kept: people, programs and plans in a database, and `perform`, the only way a plan changes."""
