"""What a plan's page shows, computed from one look at the plan; no request, no HTML."""
