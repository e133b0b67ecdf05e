"""Write a model as ONNX."""

from handwritten.artifacts.writing import open_artifact
from handwritten.export import onnx_file
from handwritten.io import files
from handwritten.learning import network
from handwritten.settings import settings_of

settings = settings_of(snakemake)
with open_artifact(snakemake) as artifact:
    layers = network.from_named(files.read_arrays(snakemake.input.model))
    temperature = files.read_json(snakemake.input.metrics)["calibration"]["temperature"]
    activation = settings.activation
    description = f"{network.layer_dims(layers)}, {activation}, on {settings.title}"
    artifact.bytes("model.onnx", onnx_file.encoded(layers, activation, temperature, description))
