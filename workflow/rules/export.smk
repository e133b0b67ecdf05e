# From a model to other tools: snakemake --cores 4 exports
#   in:  results/<data set>/train_<trainer>/<version>/model.npz
#   out: results/<data set>/export/<version>/
#          model.onnx          x (n, pixels) in, p (n, classes) out
#          model.safetensors   0.weight (out, in), 0.bias, 2.weight, …, as torch.nn.Sequential has them
#          model.json          W1 (in, out), b1, …, layer_dims, activation, classes
#          model.npz           W1, b1, …


rule export:
    """A network in the formats of other tools."""
    input:
        model=reads("export", "model", "model.npz"),
        records=records("export"),
    output:
        onnx="results/{dataset}/export/{version}/model.onnx",
        safetensors="results/{dataset}/export/{version}/model.safetensors",
        json="results/{dataset}/export/{version}/model.json",
        npz="results/{dataset}/export/{version}/model.npz",
        provenance="results/{dataset}/export/{version}/provenance.json",
    log:
        "logs/{dataset}/export/{version}.log",
    conda:
        "../../envs/export.yaml"
    params:
        recipe=recipe("export"),
        settings=settings("export"),
    script:
        "../scripts/export.py"


# From a finished run to one file: snakemake --cores 4 crates
#   in:  everything that the page was made from
#   out: results/<data set>/crate/<version>/crate.zip


rule crate:
    """The run as an RO-Crate: code, configuration, data, results, and what was made of what."""
    input:
        reads_each("crate", "provenance.json"),
    output:
        crate="results/{dataset}/crate/{version}/crate.zip",
        provenance="results/{dataset}/crate/{version}/provenance.json",
    log:
        "logs/{dataset}/crate/{version}.log",
    conda:
        "../../envs/crate.yaml"
    params:
        recipe=recipe("crate"),
        settings=settings("crate"),
    script:
        "../scripts/crate.py"
