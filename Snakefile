# The rules are in workflow/Snakefile. This file lets `snakemake` find it, and profiles/default, from anywhere:
#   snakemake --cores 4                                      in this folder
#   snakemake --cores 4 -s <this folder>/Snakefile           in a folder of your own


include: "workflow/Snakefile"


rule default:
    default_target: True
    input:
        rules.all.input,
