"""A project that was built, exported and packed, for others' programs to open."""

import pytest
import torch
from project import Project

from handwritten.learning.activations import ACTIVATIONS

torch.set_num_threads(1)  # these networks are small; more threads would only wait for each other


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Project:
    """The project, its page's runs and one of every activation exported, and its crate."""
    project = Project.fresh(tmp_path_factory.mktemp("built") / "project")
    config = project.config()
    config["runs"] |= {name: {"extends": "phase2", "activation": name} for name in ACTIVATIONS}
    project.write_config(config)
    project.snakemake("all", "crates")
    project.snakemake("exports", "--config", f"report={[*config['report'], *ACTIVATIONS]}")
    return project
