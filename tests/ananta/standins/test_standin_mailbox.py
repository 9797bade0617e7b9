"""The mailbox delivers once, whoever is killed and however many deliver."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from ananta.settings import ROOT
from ananta.standins.mailbox import Mailbox


def mail(
    to: str = "ada@acme.example", subject: str = "Hello", text: str = "See https://acme.example/a?b=c."
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ananta <no-reply@ananta.local>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content(text)
    return message


def deliver_in_process(directory: str, barrier: object, results: object) -> None:
    barrier.wait()
    results.put(Mailbox(Path(directory)).deliver(mail(), idempotency_key="the same"))


def test_delivers_once_per_key_and_keeps_the_first(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mail")
    assert mailbox.deliver(mail(subject="first"), idempotency_key="k") is True
    assert mailbox.deliver(mail(subject="second"), idempotency_key="k") is False
    assert [message.subject for message in mailbox.messages()] == ["first"]


def test_empty_mailbox_that_does_not_exist_yet(tmp_path: Path) -> None:
    assert Mailbox(tmp_path / "mail").messages() == []
    assert Mailbox(tmp_path / "mail").message("0" * 64) is None


def test_messages_newest_first_and_by_address(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    for number, to in enumerate(["ada@acme.example", "Bob@acme.example", "ada@acme.example"]):
        mailbox.deliver(mail(to, f"subject {number}"), idempotency_key=str(number))
        time.sleep(0.01)
    assert [message.subject for message in mailbox.messages()] == ["subject 2", "subject 1", "subject 0"]
    assert [message.subject for message in mailbox.messages("ADA@acme.example")] == ["subject 2", "subject 0"]
    assert mailbox.messages("bob@acme.example")[0].to == ("Bob@acme.example",)
    assert mailbox.messages("acme.example") == []


def test_reads_back_text_html_and_distinct_links(tmp_path: Path) -> None:
    message = mail(subject="Grüße, ½ Preis", text="Open https://acme.example/" + "x" * 300 + "?a=1&b=2 now")
    message.add_alternative('<a href="https://acme.example/q?a=1&amp;b=2">ü</a>', subtype="html")
    mailbox = Mailbox(tmp_path)
    mailbox.deliver(message, idempotency_key="k")
    stored = mailbox.messages()[0]
    assert stored.subject == "Grüße, ½ Preis"
    assert stored.links == ("https://acme.example/" + "x" * 300 + "?a=1&b=2", "https://acme.example/q?a=1&b=2")
    assert "ü" in (stored.html or "")
    assert mailbox.message(stored.id) == stored


def test_a_mail_that_a_reader_moved_is_still_known(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    mailbox.deliver(mail(), idempotency_key="k")
    identifier = mailbox.messages()[0].id
    (tmp_path / "cur").mkdir()
    (tmp_path / "new" / identifier).rename(tmp_path / "cur" / f"{identifier}:2,S")
    assert mailbox.deliver(mail(), idempotency_key="k") is False
    assert [message.id for message in mailbox.messages()] == [identifier]


@pytest.mark.parametrize("identifier", ["../state", "x", "", "g" * 64, "0" * 64 + "\n"])
def test_an_id_is_no_path(tmp_path: Path, identifier: str) -> None:
    assert Mailbox(tmp_path).message(identifier) is None


def test_processes_delivering_the_same_key_make_one_mail(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(4), context.Queue()
    senders = [context.Process(target=deliver_in_process, args=(str(tmp_path), barrier, results)) for _ in range(4)]
    for sender in senders:
        sender.start()
    outcomes = [results.get(timeout=60) for _ in senders]
    for sender in senders:
        sender.join(60)
        sender.close()
    results.close()
    results.join_thread()
    assert sorted(outcomes) == [False, False, False, True]
    assert len(Mailbox(tmp_path).messages()) == 1
    assert list((tmp_path / "tmp").iterdir()) == []


KILLED_SENDER = textwrap.dedent(
    """
    import os, signal, sys
    from email.message import EmailMessage
    from pathlib import Path
    from ananta.standins.mailbox import Mailbox

    calls = 0
    def wrap(name):
        original = getattr(os, name)
        def wrapped(*args, **options):
            global calls
            calls += 1
            is_last = calls == int(sys.argv[2])
            if is_last and sys.argv[3] == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                return original(*args, **options)
            finally:
                if is_last:
                    os.kill(os.getpid(), signal.SIGKILL)
        setattr(os, name, wrapped)
    for name in ("open", "fsync", "link", "unlink", "mkdir"):
        wrap(name)
    message = EmailMessage()
    message["To"] = "ada@acme.example"
    message.set_content("whole")
    Mailbox(Path(sys.argv[1])).deliver(message, idempotency_key="k")
    """
)


def test_killed_at_any_system_call_the_retry_leaves_one_whole_mail(tmp_path: Path) -> None:
    for call in range(1, 40):
        outcomes = set()
        for moment in ("before", "after"):
            directory = tmp_path / f"{call}-{moment}"
            command = [sys.executable, "-c", KILLED_SENDER, str(directory), str(call), moment]
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            outcomes.add(subprocess.run(command, env=environment, check=False, timeout=60).returncode)
            Mailbox(directory).deliver(mail(text="whole"), idempotency_key="k")
            assert [message.text for message in Mailbox(directory).messages()] == ["whole\n"]
        if outcomes == {0}:
            assert call > 5
            return
        assert outcomes == {-signal.SIGKILL}
    pytest.fail("The sender makes more calls than were tried.")
