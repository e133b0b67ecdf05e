"""How far a job is, in lines that do not come too often."""

from handwritten.artifacts import progress


def test_what_is_left_is_logged_at_most_once_a_second(monkeypatch):
    now, lines = [100.0], []
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    report = progress.Progress("epoch", 10, lines.append, "loss {loss:.4f}  right {share:.2%}")
    for epoch in range(1, 11):
        now[0] += 0.4
        report({"epoch": epoch, "loss": 0.12345, "share": 0.9})
    assert lines[0] == "epoch 1/10  loss 0.1235  right 90.00%  4 s left"
    assert [line.split()[1] for line in lines] == ["1/10", "4/10", "7/10", "10/10"]
    assert lines[-1].endswith("0 s left")


def test_what_was_done_before_does_not_count_as_done_in_this_time(monkeypatch):
    now, lines = [100.0], []
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    report = progress.Progress("epoch", 10, lines.append, "", done=8)
    now[0] += 5
    report({"epoch": 9})
    assert lines == ["epoch 9/10    5 s left"]
