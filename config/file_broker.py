"""The embedded broker: kombu's messages as files, each of which appears only when it is whole.

kombu writes a message under the name by which workers look for it, so a worker that looks at that moment reads half a
message and dies. Here the file gets its name when the last byte is in it.
"""

import os
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

UNFINISHED = ".part"
"""What ends the name of a file that no worker takes yet."""


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]  # kombu names it twice
        # kombu's own name for a file, so that its reader takes them in the order in which they were sent
        file = Path(self.data_folder_out) / f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        unfinished = file.with_name(file.name + UNFINISHED)
        try:
            unfinished.write_bytes(str_to_bytes(dumps(payload)))
            os.replace(unfinished, file)
        except OSError as error:
            raise ChannelError(f"The message cannot be written in {file.parent}: {error.strerror}.") from error


class Transport(filesystem.Transport):
    Channel = Channel
