"""A message in the embedded broker is seen whole or not at all."""

import os
import time

import pytest
from kombu import Connection, Queue
from kombu.exceptions import ChannelError
from kombu.transport import resolve_transport

from config import file_broker
from config.celery import app


@pytest.fixture
def connection(tmp_path):
    folder = tmp_path / "messages"
    folder.mkdir()
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": tmp_path / "control"}
    with Connection("filesystem://localhost/", transport_options=options) as opened:
        yield opened


def send(connection, text):
    with connection.SimpleQueue(Queue("celery")) as queue:
        queue.put(text)


def test_the_app_speaks_through_it():
    assert app
    assert resolve_transport("filesystem") is file_broker.Transport


def test_messages_arrive_in_the_order_in_which_they_were_sent(connection):
    for text in ("one", "two"):
        send(connection, text)
        time.sleep(0.002)  # names tell milliseconds apart
    arrived = []
    with connection.SimpleQueue(Queue("celery")) as queue:
        for _ in range(2):
            message = queue.get(timeout=5)
            message.ack()
            arrived.append(message.payload)
    assert arrived == ["one", "two"]


def test_a_message_has_no_name_before_it_is_whole(connection, tmp_path, monkeypatch):
    seen = []
    replace = os.replace

    def looking(part, whole):
        seen.append([path.name for path in (tmp_path / "messages").iterdir() if path.name.endswith(".msg")])
        replace(part, whole)

    monkeypatch.setattr(file_broker.os, "replace", looking)
    send(connection, "one")
    assert seen == [[]]
    assert [path.suffix for path in (tmp_path / "messages").iterdir()] == [".msg"]


def test_a_folder_that_cannot_be_written_is_named(connection, monkeypatch):
    def full(*names):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file_broker.os, "replace", full)
    with pytest.raises(ChannelError, match=r"cannot be written in .*messages: No space left on device"):
        send(connection, "one")
