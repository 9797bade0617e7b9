"""Components in FastAPI and bare asyncpg, the JSON made by the database: ``uvicorn``'s application."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
import jwt
from fastapi import FastAPI, Header, HTTPException, Response
from pydantic import BaseModel

from bench.peers.request import CHECK, CLAIMS, DATABASE_URL, POOL_SIZE, claims_of

LIST = "select coalesce(json_agg(c), '[]') from (select * from public.components order by id limit $1) as c"
ONE = "select row_to_json(c) from public.components as c where id = $1"
ADD = "insert into public.components as c (mpn, manufacturer) values ($1, $2) returning row_to_json(c)"
Authorization = Annotated[str | None, Header()]


class NewComponent(BaseModel):
    """What a client sends."""

    mpn: str
    manufacturer: str | None = None


@asynccontextmanager
async def lifespan(made: FastAPI) -> AsyncIterator[None]:
    """A pool for as long as it runs."""
    async with asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE) as pool:
        made.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


async def answer(authorization: str | None, query: str, *values: Any, status: int = 200) -> Response:
    """One transaction as the caller."""
    try:
        claims = claims_of(authorization)
    except jwt.PyJWTError as error:
        raise HTTPException(401) from error
    async with app.state.pool.acquire() as connection, connection.transaction():
        await connection.execute(CLAIMS.format("$1"), claims)
        await connection.execute(CHECK)
        content = await connection.fetchval(query, *values)
    if content is None:
        raise HTTPException(404)
    return Response(content, status, media_type="application/json")


@app.get("/components")
async def components(authorization: Authorization = None, limit: int = 20) -> Response:
    """A page."""
    return await answer(authorization, LIST, limit)


@app.get("/components/{component_id}")
async def component(component_id: uuid.UUID, authorization: Authorization = None) -> Response:
    """One row."""
    return await answer(authorization, ONE, component_id)


@app.post("/components")
async def add(new: NewComponent, authorization: Authorization = None) -> Response:
    """A new row, and what it became."""
    return await answer(authorization, ADD, new.mpn, new.manufacturer, status=201)
