"""Write a model in the formats of other tools."""

from handwritten.artifacts.writing import open_artifact
from handwritten.export import json_file, onnx_file, safetensors_file
from handwritten.io import files
from handwritten.learning import network

settings = snakemake.params.recipe["settings"]
with open_artifact(snakemake) as artifact:
    model = files.read_arrays(snakemake.input.model)
    layers, activation = network.from_named(model), settings["activation"]
    facts = settings | {"layer_dims": network.layer_dims(layers)}
    description = f"{facts['layer_dims']}, {activation}, on {settings['title']}"
    artifact.bytes("model.onnx", onnx_file.encoded(layers, activation, description))
    artifact.bytes("model.safetensors", safetensors_file.encoded(layers, facts))
    artifact.text("model.json", json_file.encoded(model, facts))
    artifact.arrays("model.npz", **model)
