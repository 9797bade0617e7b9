"""A worker of the product's own consumers, on whose handlers some messages act as poison: {"poison": how}."""

import asyncio
import os
import signal
import sys
from typing import Any

from ananta.logs import configure_logging
from ananta.settings import Settings
from workers import __main__ as program
from workers.consumer import Consumer
from workers.messages import Finish, Handler, Later, Message

MAX_ATTEMPTS = 3
_make_consumers = program.make_consumers


def poisoned(handler: Handler) -> Handler:
    """The handler, but for what a message says."""

    async def handle(message: Message) -> Finish | Later:
        match message.body.get("poison"):
            case "kills":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hangs":
                await asyncio.sleep(3600)
            case "raises":
                raise RuntimeError("always")
        return await handler(message)

    return handle


def make_consumers(*arguments: Any, **more: Any) -> list[Consumer]:
    """Those of the product, with short times."""
    consumers = _make_consumers(*arguments, **more)
    for consumer in consumers:
        consumer.handler = poisoned(consumer.handler)
        consumer.max_attempts, consumer.handler_seconds, consumer.visibility_seconds = MAX_ATTEMPTS, 0.5, 1
    return consumers


if __name__ == "__main__":
    program.make_consumers = make_consumers
    configure_logging()
    asyncio.run(program.run(Settings(), sys.argv[1:]))
