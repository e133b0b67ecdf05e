"""What a training says while it runs: where it is, how well it does, how long it still takes."""

import time
from collections.abc import Callable


class Progress:
    """Called with each row of a history; logs at most one line a second, and always the last."""

    def __init__(self, unit: str, total: int, log: Callable[[str], None], done: int = 0):
        """`done` of `total` units were there before."""
        self.unit, self.total, self.log, self.before = unit, total, log, done
        self.started = time.monotonic()
        self.next_line = 0.0

    def __call__(self, row: dict) -> None:
        now, done = time.monotonic(), row[self.unit]
        if now < self.next_line and done < self.total:
            return
        self.next_line = now + 1
        left = (now - self.started) / (done - self.before) * (self.total - done)
        self.log(
            f"{self.unit} {done}/{self.total}  loss {row['train_loss']:.4f}"
            f"  dev accuracy {row['dev_accuracy']:.2%}  {left:.0f} s left"
        )
