"""``bin/ananta doctor``: what is wrong with this checkout's platform, and what to do about it."""
