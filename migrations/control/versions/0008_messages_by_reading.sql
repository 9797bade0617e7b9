-- A message is its reader's by how often it was read, so these have other parameters or columns, which "create or
-- replace" does not take; the files make them anew after this. They are the workers' alone: stop those first.
-- squawk-ignore-file ban-drop-function
drop function if exists private.take_messages(text, integer, integer, text, text[], integer);
drop function if exists private.end_messages(text, bigint[], uuid[]);
drop function if exists private.extend_messages(text, bigint[], integer[], integer);
drop function if exists private.release_messages(text, bigint[], integer[], double precision, boolean);
drop function if exists private.bury_message(text, bigint, integer, text);
