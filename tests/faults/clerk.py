"""A process of its own that works with the services as a web process does: one order a line in, one answer a line out.

Run as `python -m tests.faults.clerk` in the environment of an installation.
"""

import json
import sys

import django


def main():
    django.setup()
    from tests.faults import desk

    say("ready")
    for line in sys.stdin:
        order = json.loads(line)
        answer = getattr(desk, order.pop("do"))(**order)
        say(answer)


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
