"""The list of all versions: what was set differently, and how well it did."""

from handwritten.page import index, page


def test_the_index_puts_the_best_on_dev_first_and_names_what_differs(tmp_path, record):
    for version, rate, accuracy in (("0a", 0.1, 0.8), ("0b", 0.2, 0.9)):
        facts = {"settings": {"learning_rate": rate, "epochs": 3}}
        record(tmp_path / "train_phase2" / version, facts, run={"started": "2026-01-02T03:04:05Z"})
        metrics = {"dev": {"accuracy": accuracy}}
        record(
            tmp_path / "evaluate" / f"1{version}",
            {"reads": {"model": f"train_phase2/{version}/model.npz"}},
            metrics=metrics,
        )
    (tmp_path / "evaluate" / "2a").mkdir()  # begun and never completed
    first, second = index.evaluations(tmp_path, print)
    assert (first["version"], second["version"]) == ("0b", "0a")
    assert first["differs"] == {"learning_rate": 0.2}
    assert first["built"] == "2026-01-02 03:04"


def test_what_most_models_of_a_trainer_share_is_usual_and_not_named_again(tmp_path, record):
    dims = {"0a": [4, 2], "0b": [4, 2], "0c": [4, 3, 2]}
    for version, layer_dims in dims.items():
        facts = {"settings": {"layer_dims": layer_dims, "seed": int(version, 16)}}
        record(tmp_path / "train_phase2" / version, facts)
        reads = {"reads": {"model": f"train_phase2/{version}/model.npz"}}
        scores = {"dev": {"accuracy": 0.9}}
        record(tmp_path / "evaluate" / f"1{version}", reads, metrics=scores)
    entries = index.evaluations(tmp_path, print)
    assert index.usual_settings(entries) == {"train_phase2": {"layer_dims": [4, 2]}}
    differs = {entry["version"]: entry["differs"] for entry in entries}
    assert differs["0a"] == {"seed": 10}
    assert differs["0c"] == {"layer_dims": [4, 3, 2], "seed": 12}


def test_the_index_can_be_sorted_by_what_its_cells_are_worth():
    scores = {"accuracy": 0.98765, "wilson95": [0.98, 0.99]}
    run = {
        "trainer": "train_phase2",
        "version": "0a",
        "built": "2026-01-02 03:04",
        "learnt_dev": True,
        "differs": {"layer_dims": [4, 2]},
        "metrics": {"layer_dims": [4, 2], "dev": scores, "test": scores},
    }
    html = index.render("mnist", [run], {"train_phase2": {"epochs": 3}}, [])
    assert html.count('<table class="sortable">') == 2
    assert '<td data-value="0.98765">98.77%</td><td data-value="0.98">98.00–99.00%</td>' in html
    assert '<td data-value="">trained on</td>' in html
    assert "layer_dims 4, 2" in html and "epochs 3" in html and "<svg" in html
    sorting = page.script("shared/sorting.js")
    theme = page.script("shared/head/theme.js")
    assert f"script-src '{theme['hash']}' '{sorting['hash']}'" in html and sorting["text"] in html


def test_the_index_lists_ensembles_among_the_models(tmp_path, record):
    reads = {"metrics": ["evaluate/0a/metrics.json", "evaluate/0b/metrics.json"]}
    record(tmp_path / "ensemble" / "0d", {"reads": reads}, metrics={"dev": {"accuracy": 0.95}})
    (entry,) = index.evaluations(tmp_path, print)
    assert (entry["trainer"], entry["version"]) == ("ensemble", "0d")
    assert entry["settings"] == {"members": 2}


def test_models_that_were_trained_on_dev_come_last_in_the_index_and_so_do_their_ensembles(
    tmp_path, record
):
    for version, train_on, accuracy in (("0a", "all", 0.99), ("0b", "train", 0.9)):
        record(tmp_path / "train_phase2" / version, {"settings": {"train_on": train_on}})
        metrics = {"dev": {"accuracy": accuracy}}
        reads = {"reads": {"model": f"train_phase2/{version}/model.npz"}}
        record(tmp_path / "evaluate" / f"1{version}", reads, metrics=metrics)
    reads = {"reads": {"metrics": ["evaluate/10a/metrics.json"]}}
    record(tmp_path / "ensemble" / "2a", reads, metrics={"dev": {"accuracy": 1.0}})
    entries = index.evaluations(tmp_path, print)
    assert [(e["version"], e["learnt_dev"]) for e in entries] == [
        ("0b", False),
        ("2a", True),
        ("0a", True),
    ]


def test_the_index_lists_pages_newest_first_and_marks_the_current_one(tmp_path, record):
    for version, minute in (("0a", "03:04"), ("0b", "03:05")):
        settings = {"runs": [{"name": "phase1"}]}
        run = {"started": f"2026-01-02T{minute}:00Z"}
        record(tmp_path / "report" / version, {"settings": settings}, run=run)
    (tmp_path / "current-xyz").write_text('{"report.html": "results/mnist/report/0a/report.html"}')
    pages = index.pages(tmp_path, print)
    assert [(p["version"], p["current"]) for p in pages] == [("0b", False), ("0a", True)]
    assert [p["file"] for p in pages] == ["report/0b/report.html", "report/0a/report.html"]


def test_the_index_lists_whatever_can_be_opened(tmp_path, record):
    made = {
        "report": {"runs": [{"name": "phase1"}]},
        "sweep": {"extends": "phase2", "ranges": {"l2": [0, 1]}},
        "run_notebook": {"notebook": "nn-implementation"},
        "crate": {"config": {"report": ["phase1"]}},
    }
    for step, settings in made.items():
        record(tmp_path / step / "0a", {"settings": settings})
    pages = index.pages(tmp_path, print)
    assert {page["kind"]: page["content"] for page in pages} == {
        "report": ["phase1"],
        "sweep": ["phase2", "l2"],
        "notebook": ["nn-implementation"],
        "crate": ["phase1"],
    }
    html = index.render("mnist", [], {}, pages)
    assert all(f'href="{page["file"]}"' in html for page in pages)
    assert 'href="report.html"' not in html  # since none is current
