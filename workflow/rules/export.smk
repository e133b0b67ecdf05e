# From a model to files for other tools: snakemake --cores 4 exports. Inputs: plan/export.py
#   in:  results/<data set>/train_<trainer>/<version>/model.npz, evaluate/<version>/metrics.json
#   out: results/<data set>/export/<version>/
#          model.safetensors   0.weight (out, in), 0.bias, 2.weight, …, as torch.nn.Sequential has them
#          model.json          W1 (in, out), b1, …, layer_dims, activation, temperature, classes
#          model.npz           W1, b1, …
#        results/<data set>/export_onnx/<version>/
#          model.onnx          x (n, pixels) in, p and p_calibrated (n, classes) out; where the
#                              activation has an ONNX form


rule export:
    """A network in the formats of other tools."""
    input:
        unpack(inputs),
    output:
        **outputs(
            "export",
            safetensors="model.safetensors",
            json="model.json",
            npz="model.npz",
        ),
    log:
        log("export"),
    conda:
        "../../envs/export.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/export.py"


rule export_onnx:
    """A network as ONNX."""
    input:
        unpack(inputs),
    output:
        **outputs("export_onnx", onnx="model.onnx"),
    log:
        log("export_onnx"),
    conda:
        "../../envs/export.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/export_onnx.py"


# From a finished run to one file: snakemake --cores 4 crates
#   in:  everything that the page was made from
#   out: results/<data set>/crate/<version>/crate.zip


rule crate:
    """The run as an RO-Crate: code, configuration, data and results, described for programs."""
    input:
        unpack(inputs),
    output:
        **outputs("crate", crate="crate.zip"),
    log:
        log("crate"),
    conda:
        "../../envs/crate.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/crate.py"
