"""``python -m workers [queue …]``: consumes the queues of both planes until SIGTERM or Ctrl-C. The composition root."""

import asyncio
import contextlib
import functools
import signal
import sys

import httpx
import structlog

from ananta import metrics, traces
from ananta.files import LocalFiles
from ananta.logs import configure_logging
from ananta.settings import Plane, Process, Settings
from ananta.settings_loading import load
from ananta.standins.mailbox import Mailbox
from workers.audit_log import maintain_for_ever
from workers.breaker import APP_PLANE, CONTROL_PLANE, IDENTITY, MAIL, Breakers
from workers.consumer import Consumer, Solitude, listen
from workers.database import WorkerDatabase
from workers.expiry import Expired, remove_for_ever
from workers.files.orphans import sweep_for_ever
from workers.identity.development import DevelopmentIssuer
from workers.identity.members import MemberAccounts
from workers.imports.handler import BomImports, give_up
from workers.imports.model import ParseLimits
from workers.notifications.leads import LeadMails
from workers.notifications.mailer import LocalMailer
from workers.notifications.members import MemberMails
from workers.usage.reconcile import reconcile_for_ever
from workers.webhooks.sender import PlaneClient, PlaneEvents, UsageEvents
from workers.workflows.engine import EmbeddedEngine
from workers.workflows.provisioning import Provisioning
from workers.workflows.stale import cancel_stale_workflows

log = structlog.get_logger()


async def run(settings: Settings, wanted: list[str]) -> None:
    """Consume until a signal."""
    control = WorkerDatabase(settings.control_worker_database_url, "CONTROL")
    app = WorkerDatabase(settings.app_worker_database_url, "APP")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(control.running())
        await stack.enter_async_context(app.running())
        breakers = Breakers(settings.worker_breaker_seconds)
        issuer = DevelopmentIssuer.from_settings(settings, breakers.of(IDENTITY))
        identity = await stack.enter_async_context(issuer)
        http = await stack.enter_async_context(httpx.AsyncClient())
        consumers = make_consumers(settings, control, app, identity, http, breakers=breakers)
        if unknown := set(wanted) - {consumer.queue for consumer in consumers}:
            known = ", ".join(sorted({consumer.queue for consumer in consumers}))
            raise SystemExit(f"no such queue: {', '.join(sorted(unknown))}; there are {known}")
        consumers = [consumer for consumer in consumers if not wanted or consumer.queue in wanted]
        log.info("standins", mail=str(settings.mailbox_dir), files=str(settings.files_dir), engine="embedded")
        tasks = [asyncio.create_task(consumer.run(stop)) for consumer in consumers]
        background = [
            asyncio.create_task(announce(consumers)),
            asyncio.create_task(cancel_stale_workflows(control, settings.workflow_halted_hours)),
            asyncio.create_task(reconcile_for_ever(app, settings.usage_reconcile_hours)),
            asyncio.create_task(sweep_for_ever(app, LocalFiles(settings.files_dir), settings.file_orphan_hours)),
            asyncio.create_task(remove_for_ever(control, Expired.IDEMPOTENCY_KEYS, Expired.ENDED_MESSAGES)),
            asyncio.create_task(remove_for_ever(app, *Expired)),
            asyncio.create_task(maintain_for_ever([control, app])),
            *(
                asyncio.create_task(listen(database, [c for c in consumers if c.database is database], stop))
                for database in (control, app)
            ),
        ]
        metrics.serve(settings.metrics_listen)
        await asyncio.gather(*tasks)
        for task in background:
            task.cancel()
    log.info("worker_stopped")


async def announce(consumers: list[Consumer]) -> None:
    """Say once that every queue has been read: whoever started us waits for it."""
    for consumer in consumers:
        await consumer.has_read.wait()
    log.info("worker_ready", queues=[consumer.queue for consumer in consumers])


def make_consumers(
    settings: Settings,
    control: WorkerDatabase,
    app: WorkerDatabase,
    identity: DevelopmentIssuer,
    http: httpx.AsyncClient,
    *,
    breakers: Breakers,
) -> list[Consumer]:
    """Every queue with its handler."""
    mailer = LocalMailer(Mailbox(settings.mailbox_dir), breakers.of(MAIL))
    to_app, to_control = (
        PlaneClient(plane, http, settings.webhook_secret, breakers) for plane in (Plane.APP, Plane.CONTROL)
    )
    engine = EmbeddedEngine(
        control,
        [Provisioning(control, identity, to_app, mailer, settings).workflow()],
        back_off_seconds=settings.worker_step_backoff_seconds,
    )
    limits = ParseLimits(
        max_bytes=settings.bom_max_bytes,
        max_lines=settings.bom_max_lines,
        max_rows=settings.bom_max_rows,
        max_columns=settings.bom_max_columns,
        max_cells=settings.bom_max_cells,
        max_cell_chars=settings.bom_max_cell_chars,
        max_sheets=settings.bom_max_sheets,
        seconds=settings.bom_parse_seconds,
        memory_bytes=settings.bom_parse_memory_bytes,
    )
    imports = BomImports(app, LocalFiles(settings.files_dir), limits)
    make = functools.partial(
        Consumer,
        visibility_seconds=settings.worker_visibility_seconds,
        stop_seconds=settings.worker_stop_seconds,
        breakers=breakers,
        solitude=Solitude(),
    )
    calls = functools.partial(make, handler_seconds=60)
    planes = PlaneEvents(control, to_app)
    usage = UsageEvents(app, to_control, settings.control_edge_url)
    leads = LeadMails(control, mailer, settings.public_url)
    members = MemberMails(app, mailer, settings.public_url)
    accounts = MemberAccounts(app, identity)
    return [
        make(control, "workflows", engine.handle, max_attempts=100, on_buried=engine.give_up, needs=(IDENTITY,)),
        calls(control, "notifications", leads.handle, needs=(MAIL,)),
        calls(control, "webhooks", planes.handle, needs=(APP_PLANE,)),
        calls(app, "webhooks", usage.handle, needs=(CONTROL_PLANE,)),
        calls(app, "notifications", members.handle, needs=(MAIL,)),
        calls(app, "identities", accounts.handle, needs=(IDENTITY,)),
        make(app, "bom_imports", imports.handle, concurrency=3, on_buried=give_up),
        make(app, "bom_suggestions", imports.handle, concurrency=1),
    ]


def main() -> int:
    """Entry point."""
    configure_logging()
    settings = load(Process.WORKER)
    traces.configure(settings, Process.WORKER)
    settings.refuse_stand_in("The mailbox, file folder and development issuer of this worker")
    asyncio.run(run(settings, sys.argv[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
