# Snakemake puts the folder of every file that it includes first on Python's path. So this file makes
# `import handwritten` find the library beside it: this copy's own, whichever is installed.
