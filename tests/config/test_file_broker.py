"""A message in the embedded broker is seen whole or not at all."""

import os
import time
from queue import Empty

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError
from kombu.transport import resolve_transport

from config import file_broker
from config.celery import app


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "messages"
    made.mkdir()
    return made


@pytest.fixture
def channel(folder, tmp_path):
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": tmp_path / "control"}
    with Connection("filesystem://localhost/", transport_options=options) as connection:
        yield connection.channel()


def test_the_app_speaks_through_it():
    assert app
    assert resolve_transport("filesystem") is file_broker.Transport


def test_messages_arrive_in_the_order_in_which_they_were_sent(channel):
    for text in ("one", "two"):
        channel._put("celery", {"body": text})
        time.sleep(0.002)  # names tell milliseconds apart
    channel._put("other", {"body": "three"})
    assert [channel._get("celery") for _ in range(2)] == [{"body": "one"}, {"body": "two"}]
    with pytest.raises(Empty):
        channel._get("celery")


def test_a_message_has_no_name_before_it_is_whole(channel, folder, monkeypatch):
    taken = []
    replace = os.replace

    def looking(unfinished, file):
        with pytest.raises(Empty):
            channel._get("celery")
        taken.append(sorted(path.name for path in folder.iterdir()))
        replace(unfinished, file)

    monkeypatch.setattr(file_broker.os, "replace", looking)
    channel._put("celery", {"body": "one"})
    assert len(taken) == 1
    assert taken[0][0].endswith(file_broker.UNFINISHED)
    assert channel._get("celery") == {"body": "one"}


def test_a_folder_that_cannot_be_written_is_named(channel, monkeypatch):
    def full(*names):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file_broker.os, "replace", full)
    with pytest.raises(ChannelError, match=r"cannot be written in .*messages: No space left on device"):
        channel._put("celery", {"body": "one"})
