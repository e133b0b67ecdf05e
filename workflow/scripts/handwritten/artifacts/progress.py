"""How far a long job is: where it is, how well it does, how long it will still take."""

import time
from collections.abc import Callable


class Progress:
    """Called with each row of a history; logs at most one line a second, and always the last."""

    def __init__(self, unit: str, total: int, log: Callable[[str], None], text: str, done: int = 0):
        """A row counts in `unit` how much of `total` is done; `done` was done before.

        `text` is a format string for the other numbers of a row: "loss {loss:.4f}".
        """
        self.unit, self.total, self.log, self.text, self.before = unit, total, log, text, done
        self.started = time.monotonic()
        self.next_line = 0.0

    def __call__(self, row: dict) -> None:
        now, done = time.monotonic(), row[self.unit]
        if now < self.next_line and done < self.total:
            return
        self.next_line = now + 1
        left = (now - self.started) / (done - self.before) * (self.total - done)
        numbers = self.text.format(**row)
        self.log(f"{self.unit} {done}/{self.total}  {numbers}  {left:.0f} s left")
