"""Bytes to tables of text cells, whatever the file is."""
