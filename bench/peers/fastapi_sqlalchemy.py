"""Components in FastAPI and SQLAlchemy, under the same row level security: ``uvicorn``'s application."""

import datetime
import uuid
from collections.abc import AsyncIterator
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import FetchedValue, select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.peers.request import CHECK, CLAIMS, DATABASE_URL, POOL_SIZE, claims_of

engine = create_async_engine(
    DATABASE_URL.replace("postgresql://", "postgresql+asyncpg://"), pool_size=POOL_SIZE, max_overflow=0
)
app = FastAPI()


class Base(DeclarativeBase):
    """The models."""


class Component(Base):
    """A row of ``public.components``."""

    __tablename__ = "components"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=FetchedValue())
    organization_id: Mapped[uuid.UUID] = mapped_column(server_default=FetchedValue())
    mpn: Mapped[str]
    normalized_mpn: Mapped[str] = mapped_column(server_default=FetchedValue())
    manufacturer: Mapped[str | None]
    normalized_manufacturer: Mapped[str] = mapped_column(server_default=FetchedValue())
    catalogue_part_id: Mapped[uuid.UUID | None] = mapped_column(server_default=FetchedValue())
    description: Mapped[str | None]
    package: Mapped[str | None]
    internal_number: Mapped[str | None]
    source_bom_id: Mapped[uuid.UUID | None] = mapped_column(server_default=FetchedValue())
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=FetchedValue())
    updated_at: Mapped[datetime.datetime] = mapped_column(server_default=FetchedValue())


class NewComponent(BaseModel):
    """What a client sends."""

    mpn: str
    manufacturer: str | None = None


class ComponentAnswer(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    organization_id: uuid.UUID
    mpn: str
    normalized_mpn: str
    manufacturer: str | None
    normalized_manufacturer: str
    catalogue_part_id: uuid.UUID | None
    description: str | None
    package: str | None
    internal_number: str | None
    source_bom_id: uuid.UUID | None
    created_at: datetime.datetime
    updated_at: datetime.datetime


async def session(authorization: Annotated[str | None, Header()] = None) -> AsyncIterator[AsyncSession]:
    """One transaction as the caller."""
    try:
        claims = claims_of(authorization)
    except jwt.PyJWTError as error:
        raise HTTPException(401) from error
    async with AsyncSession(engine, expire_on_commit=False) as made, made.begin():
        await made.execute(text(CLAIMS.format(":claims")), {"claims": claims})
        await made.execute(text(CHECK))
        yield made


Caller = Annotated[AsyncSession, Depends(session, scope="function")]


@app.get("/components")
async def components(caller: Caller, limit: int = 20) -> list[ComponentAnswer]:
    """A page."""
    found = await caller.scalars(select(Component).order_by(Component.id).limit(limit))
    return [ComponentAnswer.model_validate(row) for row in found]


@app.get("/components/{component_id}")
async def component(caller: Caller, component_id: uuid.UUID) -> ComponentAnswer:
    """One row."""
    found = await caller.get(Component, component_id)
    if found is None:
        raise HTTPException(404)
    return ComponentAnswer.model_validate(found)


@app.post("/components", status_code=201)
async def add(caller: Caller, new: NewComponent) -> ComponentAnswer:
    """A new row, and what it became."""
    row = Component(mpn=new.mpn, manufacturer=new.manufacturer)
    caller.add(row)
    await caller.flush()
    await caller.refresh(row)
    return ComponentAnswer.model_validate(row)
