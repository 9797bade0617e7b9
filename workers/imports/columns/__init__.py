"""What a table says: its header, and which column feeds which field."""
