"""Tables of the development issuer's SQLite file."""

SCHEMA = """
create table if not exists realms (
    name text primary key,
    id text not null unique,
    display_name text not null,
    attributes text not null,
    built_in integer not null,
    kid text not null,
    private_key text not null,
    created_at real not null
);

create table if not exists roles (
    realm text not null references realms (name) on delete cascade,
    role text not null,
    permissions text not null,
    primary key (realm, role)
);

create table if not exists clients (
    realm text not null references realms (name) on delete cascade,
    client_id text not null,
    redirect_uris text not null,
    audiences text not null,
    primary key (realm, client_id)
);

create table if not exists users (
    id text primary key,
    realm text not null references realms (name) on delete cascade,
    email text not null,
    first_name text not null,
    last_name text not null,
    email_verified integer not null,
    password_hash text,
    required_actions text not null,
    attributes text not null,
    failed_count integer not null default 0,
    failed_at real not null default 0,
    locked_until real not null default 0,
    created_at real not null,
    unique (realm, email)
);

create table if not exists user_roles (
    user_id text not null references users (id) on delete cascade,
    realm text not null,
    role text not null,
    primary key (user_id, role),
    foreign key (realm, role) references roles (realm, role)
);

create table if not exists sessions (
    id text primary key,
    realm text not null references realms (name) on delete cascade,
    user_id text not null references users (id) on delete cascade,
    client_id text not null,
    scope text not null,
    nonce text,
    authenticated_at real not null,
    expires_at real not null,
    ended_at real,
    refresh_jti text
);

create table if not exists codes (
    code_hash text primary key,
    session_id text not null references sessions (id) on delete cascade,
    client_id text not null,
    redirect_uri text not null,
    code_challenge text not null,
    expires_at real not null,
    used_at real
);

create table if not exists action_links (
    token_hash text primary key,
    user_id text not null references users (id) on delete cascade,
    idempotency_hash text not null,
    redirect_uri text,
    expires_at real not null,
    used_at real,
    mailed_at real,
    unique (user_id, idempotency_hash)
);

create index if not exists sessions_user_id_idx on sessions (user_id);
create index if not exists codes_session_id_idx on codes (session_id);
"""
