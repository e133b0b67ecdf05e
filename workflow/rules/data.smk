# From the data set's files to arrays that a network can learn from. Inputs: plan/data.py
#   in:  the sources named in config.yaml, a user's own files, or nothing for generated digits
#   out: resources/<data set>/<version>/*.gz             four IDX files, checked by SHA-256
#        results/<data set>/parse_idx/<version>/*.npz    train, dev and test: images x (uint8), labels y


rule download:
    """Fetch the four files from the first source that serves them."""
    output:
        expand("resources/{{dataset}}/{{version}}/{file}", file=FILE_NAMES),
        provenance="resources/{dataset}/{version}/provenance.json",
    log:
        log("download"),
    wildcard_constraints:
        dataset="|".join(name for name, known in DATA_SETS.items() if known.files),
    retries: 1
    conda:
        "../../envs/download.yaml"
    params:
        recipe=recipe,
        sources=plan.config["download"]["sources"],
        timeout_seconds=plan.config["download"]["timeout_seconds"],
    script:
        "../scripts/download.py"


rule generate_digits:
    """Draw a data set where there is none to download."""
    output:
        expand("resources/{{dataset}}/{{version}}/{file}", file=FILE_NAMES),
        provenance="resources/{dataset}/{version}/provenance.json",
    log:
        log("generate_digits"),
    wildcard_constraints:
        dataset="generated",
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/generate_digits.py"


rule import_data:
    """Bring a user's own images, IDX files or pictures, into the form of all others."""
    output:
        expand("resources/{{dataset}}/{{version}}/{file}", file=[*FILE_NAMES, "import.json"]),
        provenance="resources/{dataset}/{version}/provenance.json",
    log:
        log("import_data"),
    wildcard_constraints:
        dataset=f"(?!(?:{'|'.join(DATA_SETS)})/)[^/]+",
    conda:
        "../../envs/pictures.yaml"
    params:
        recipe=recipe,
        own=plan.own_data,
    script:
        "../scripts/import_data.py"


rule parse_idx:
    """Parse the IDX format and set a stratified dev split apart."""
    input:
        unpack(inputs),
    output:
        **outputs("parse_idx", train="train.npz", dev="dev.npz", test="test.npz"),
    log:
        log("parse_idx"),
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/parse_idx.py"


rule unfamiliar_images:
    """Draw images that show none of the classes."""
    input:
        unpack(inputs),
    output:
        **outputs("unfamiliar_images", images="images.npz"),
    log:
        log("unfamiliar_images"),
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/unfamiliar_images.py"
