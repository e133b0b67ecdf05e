"""The ways to start a build: in the root, from another folder, with `workflow/Snakefile` itself."""

import shutil

import pytest

COMMENTED = ("workflow/scripts/evaluate.py", "workflow/scripts/handwritten/learning/network.py")


def test_the_root_shows_what_a_user_looks_for(built):
    assert {"Snakefile", "config.yaml", "workflow", "results", "envs"} <= {
        path.name for path in built.folder.iterdir()
    }
    assert (built.folder / "config/config.yaml").samefile(built.folder / "config.yaml")


@pytest.mark.parametrize("map", ["Snakefile", "workflow/Snakefile"])
def test_from_another_folder_nothing_runs_again_also_after_a_comment(clone, tmp_path, map):
    for file in COMMENTED:
        with (clone.folder / file).open("a") as end:
            end.write("# one more comment\n")
    arguments = ("-s", str(clone.folder / map), "--directory", str(clone.folder))
    elsewhere = type(clone)(tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    jobs = elsewhere.jobs(*arguments)
    # The page shows lines of network.py with their numbers, so that it may be made anew.
    assert not jobs.keys() - {"report", "publish"}, jobs


@pytest.mark.slow
def test_a_folder_without_a_configuration_builds_by_the_one_that_comes_along(built, tmp_path):
    elsewhere = type(built)(tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    shutil.copytree(built.folder / "resources", elsewhere.folder / "resources")
    planned = elsewhere.jobs("-s", str(built.folder / "Snakefile"))
    assert planned["report"] == 1
    assert not (elsewhere.folder / "config.yaml").exists()
