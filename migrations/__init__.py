"""How a database gets from any state to the one that ``sql/``, ``functions/`` and ``policies/`` declare."""
