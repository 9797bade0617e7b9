"""Ananta Platform: settings, database access, migrations runner, command line and embedded stack."""
