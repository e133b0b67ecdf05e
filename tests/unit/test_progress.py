"""Progress tells how far a job is."""

from handwritten.artifacts import progress


def test_progress_tells_what_is_left_at_most_once_a_second(monkeypatch):
    now, said = [100.0], []
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    report = progress.Progress("epoch", 10, said.append)
    for epoch in range(1, 11):
        now[0] += 0.4
        report({"epoch": epoch, "train_loss": 0.12345, "dev_accuracy": 0.9})
    assert said[0] == "epoch 1/10  loss 0.1235  dev accuracy 90.00%  4 s left"
    assert [line.split()[1] for line in said] == ["1/10", "4/10", "7/10", "10/10"]
    assert said[-1].endswith("0 s left")
