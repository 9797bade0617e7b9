"""The main job walked through public interfaces, and the demo logins of an embedded run."""
