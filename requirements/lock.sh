#!/usr/bin/env bash
# Pin the newest versions of what pyproject.toml asks for, with hashes: make lock. Needs uv.
#   requirements/lock.sh [--upgrade]      without --upgrade: only what the locks do not have yet
set -euo pipefail
cd "$(dirname "$0")/.."
upgrade=${1:-}

# pin NAME WHAT… [after LOCK…]: a lock leaves out what the locks that it comes after have.
pin() {
  local name=$1 what=() others=()
  while shift && [ $# -gt 0 ] && [ "$1" != after ]; do what+=("$1"); done
  while shift && [ $# -gt 0 ]; do
    others+=(--constraints "requirements/$1.txt")
    for package in $(sed -n 's/^\([a-z0-9._-]*\)==.*/\1/p' "requirements/$1.txt"); do
      others+=(--no-emit-package "$package")
    done
  done
  uv pip compile "${what[@]}" "${others[@]}" $upgrade --universal --python-version 3.11 \
    --fork-strategy fewest --generate-hashes --no-emit-index-url --no-annotate --quiet \
    --custom-compile-command "make lock" --output-file "requirements/$name.txt"
}

pin build --group build
pin run pyproject.toml after build
pin crate pyproject.toml --extra crate after build run
pin export pyproject.toml --extra export after build run
pin notebooks pyproject.toml --extra notebooks after build run
pin test --group test after build run
pin browser --group browser after build run test
pin cluster --group cluster after build run test
# The least Snakemake that pyproject.toml accepts, and what it needs beside run.txt: CI tries it.
trap 'rm -f requirements/least.in requirements/others.txt' EXIT
sed -n 's/^  "snakemake>=\(.*\)",/snakemake==\1/p' pyproject.toml >requirements/least.in
sed -n '/^snakemake==/d; s/^\([a-z].*\) \\$/\1/p' requirements/run.txt >requirements/others.txt
pin oldest requirements/least.in after build others
pin audit --group audit
pin mutants --group mutants
