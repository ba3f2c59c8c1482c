"""Documents: a program and a plan become files (PDF, Word, letters) that prove themselves. No database in here."""
