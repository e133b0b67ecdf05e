"""Write a model in the formats of other tools; ONNX has a step of its own."""

from handwritten.artifacts.writing import open_artifact
from handwritten.export import json_file, safetensors_file
from handwritten.io import files
from handwritten.learning import network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.settings import settings_of

settings = settings_of(snakemake)
with open_artifact(snakemake) as artifact:
    model = files.read_arrays(snakemake.input.model)
    layers = network.from_named(model)
    calibration = files.read_json(snakemake.input.metrics)["calibration"]
    metadata = vars(settings) | {"layer_dims": network.layer_dims(layers)}
    metadata["temperature"] = calibration["temperature"]
    artifact.bytes("model.safetensors", safetensors_file.encoded(layers, metadata))
    artifact.text("model.json", json_file.encoded(model, metadata))
    artifact.arrays("model.npz", **model)
    if not ACTIVATIONS[settings.activation].onnx:
        artifact.warn(f"`{settings.activation}` has no ONNX form: there is no model.onnx")
