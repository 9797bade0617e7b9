-- The type of an answer in CSV: PostgREST calls the aggregate of an exposed schema that gives it when a client asks for
-- CSV.
create domain private."text/csv" as text;  -- noqa: RF05
comment on domain private."text/csv" is 'An answer in the media type text/csv';  -- noqa: RF05
