"""Measure how a run's accuracy falls when the test images are changed on purpose."""

from functools import partial

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import adversarial_images
from handwritten.io import files
from handwritten.learning import network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.randomness import generator
from handwritten.settings import settings_of

settings, inputs = settings_of(snakemake), snakemake.input
with open_artifact(snakemake) as artifact:
    run = adversarial_images.Run(
        [network.from_named(files.read_arrays(path)) for path in inputs.models],
        ACTIVATIONS[settings.activation],
        settings.image_shape,
        settings.test_time_shift,
    )
    test = files.read_arrays(inputs.test)
    new_rng = partial(generator, settings.seed, "corruption")
    result = adversarial_images.measure(run, test["x"], test["y"], new_rng)
    artifact.json("adversarial_images.json", {"schema": 1} | result)
    for attack in result["attacks"]:
        worst = attack["levels"][-1]
        artifact.log(f"{attack['title']} {worst['size']}: {worst['accuracy']:.2%} right")
