"""Times and machines are filled in where the page is published."""

from handwritten.page import timings


def test_times_are_filled_in_where_they_are_known(tmp_path, record):
    for version, seconds in (("0a", 2.0), ("0b", 5.0), ("0c", 1230.4)):
        record(tmp_path / "train_phase2" / version, {}, run={"seconds": seconds})

    def shown(how, *versions):
        names = " ".join(f"train_phase2/{version}" for version in versions)
        html = f'– <span data-seconds="{how} {names}">–</span> –'
        filled = timings.fill_in(html, tmp_path, print)
        return filled.removeprefix(f'– <span data-seconds="{how} {names}">').removesuffix(
            "</span> –"
        )

    assert shown("mean", "0a", "0b") == "3.5"
    assert shown("sum", "0a", "0b", "0c") == "1,237"
    assert shown("mean", "0a", "0d") == "–"


def test_measurements_are_filled_in_where_they_are_known(tmp_path, record):
    record(tmp_path / "compare_pytorch" / "0a", {}, run={"measured": {"ratio": 0.456}})
    html = '<span data-measured="{} compare_pytorch/{}">–</span>'
    found = timings.fill_in(html.format("ratio", "0a"), tmp_path, print)
    assert found == html.format("ratio", "0a").replace("–", "0.46")
    for unknown in (("ours", "0a"), ("ratio", "0b")):
        assert timings.fill_in(html.format(*unknown), tmp_path, print) == html.format(*unknown)


def test_machines_are_filled_in_where_they_are_known(tmp_path, record):
    run = {"machine": "Linux x86_64", "python": "3.11.7", "blas": "b 1.0", "threads": 2}
    record(tmp_path / "train_phase2" / "0a", {}, run=run)
    html = '<span data-machine="train_phase2/{}">–</span>'
    found = timings.fill_in(html.format("0a"), tmp_path, print)
    assert found == html.format("0a").replace("–", "Linux x86_64, Python 3.11.7, b 1.0, 2 threads")
    assert timings.fill_in(html.format("0b"), tmp_path, print) == html.format("0b")
