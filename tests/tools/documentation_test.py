#!/usr/bin/env python3
"""Executes every command of README.md and docs/tutorial.md (blocks marked ```sh), in their order, in a folder of its own, and
looks at what they leave behind: the files against the schemas of docs/schemas, the draws in ArviZ, the R vignette.

So that the whole takes about a minute, not a quarter of an hour, every command runs with the settings of `reduced` below: no
training of encoders, short chains, few virtual subjects. ./run and ./test without arguments are left out (the first is the whole example
with training, the second this very test), and `report --figures` where no Chromium is installed.

usage: documentation_test.py SOURCE_DIR BUILD_DIR
"""
import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
from pathlib import Path

reduced = """
[select]
no_tune = true

[fit]
chains = 4
warmup = 150
draws = 100
most_draws = 100

[kernel]
replicates = 20

[dose]
replicates = 20
most_replicates = 20
subjects = 50
sensitivity = false
"""


def commands(page):
    """Lines of the page's sh blocks, without comments."""
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield words


def has_browser():
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))


def run(words, program, folder):
    """Runs one documented command; says what went wrong."""
    if words in (["./run"], ["./test"]):
        return None
    if words[0] != "./run":
        return f"{shlex.join(words)}: neither ./run nor ./test"
    if "--figures" in words and not has_browser():
        print("no browser: left out", shlex.join(words))
        return None
    command = [str(program), *words[1:]]
    if "--help" not in words:
        command += ["--config", "reduced.toml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    print(done.returncode, shlex.join(words), flush=True)
    if done.returncode:
        return f"{shlex.join(words)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return None


def schema_faults(results, schemas):
    try:
        import jsonschema
    except ImportError:
        print("python3-jsonschema is not installed: schemas were not checked")
        return []
    faults = []
    for schema_file in sorted(schemas.glob("*.schema.json")):
        schema = json.loads(schema_file.read_text())
        checker = jsonschema.validators.validator_for(schema)
        checker.check_schema(schema)
        name = schema_file.name.replace(".schema.json", ".json")
        if not (results / name).exists():
            faults.append(f"{name} was not written")
            continue
        document = json.loads((results / name).read_text())
        faults += [f"{name}: {'/'.join(map(str, e.path))}: {e.message[:200]}" for e in checker(schema).iter_errors(document)]
        for field in schema["required"][:1]:  # a schema that finds nothing wrong proves nothing
            broken = {k: v for k, v in document.items() if k != field}
            if checker(schema).is_valid(broken):
                faults.append(f"{schema_file.name} does not miss {field}")
    return faults


def arviz_faults(results):
    try:
        import arviz
    except ImportError:
        print("ArviZ is not installed: draws were not read by it")
        return []
    files = sorted(str(f) for f in (results / "draws").glob("chain-*.csv"))
    posterior = arviz.from_cmdstan(files).posterior
    if posterior.sizes["chain"] != len(files):
        return ["ArviZ reads another number of chains"]
    parameters = json.loads((results / "fit.json").read_text())["parameters"]
    faults = []
    for name, summary in parameters.items():
        if name in posterior and abs(float(posterior[name].mean()) - summary["mean"]) > 1e-4 * abs(summary["mean"]) + 1e-9:
            faults.append(f"ArviZ reads another mean of {name}")
    if not any(name in posterior for name in parameters):
        faults.append("ArviZ finds none of the parameters")
    return faults


def r_faults(page, results):
    """The R vignette on these results, in a folder of its own; its numbers are those of fit.json."""
    packages = "quit(status = !all(c('posterior', 'ggplot2') %in% rownames(installed.packages())))"
    if not shutil.which("Rscript") or subprocess.run(["Rscript", "-e", packages], capture_output=True).returncode:
        print("R with posterior and ggplot2 is not installed: the vignette was not run")
        return []
    code = "".join(re.findall(r"```r\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "results").symlink_to(results)
        check = "summary <- summarise_draws(draws)\ncat('CL', summary$mean[summary$variable == 'CL'], '\\n')\n"
        (folder / "vignette.R").write_text(code + check)
        done = subprocess.run(["Rscript", "-e", "source('vignette.R', print.eval = TRUE)"], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        return [f"the R vignette ended with {done.returncode}: {done.stderr[-1000:]}"]
    mean = float(re.search(r"^CL (\S+)", done.stdout, re.MULTILINE).group(1))
    stated = json.loads((results / "fit.json").read_text())["parameters"]["CL"]["mean"]
    return [] if abs(mean / stated - 1) < 1e-4 else [f"R finds a mean of CL of {mean}, fit.json {stated}"]


def picture_faults(results):
    """Figures that need no style sheet, and tables with as many cells in every row."""
    if not has_browser():
        return []
    pictures, tables = sorted((results / "figures").glob("*.svg")), sorted((results / "tables").glob("*.csv"))
    faults = [] if len(pictures) > 20 and len(tables) > 8 else [f"{len(pictures)} pictures and {len(tables)} tables were saved"]
    for picture in pictures:
        text = picture.read_text(encoding="utf-8")
        root = xml.etree.ElementTree.fromstring(text)
        if not root.tag.endswith("svg") or "var(" in text or not picture.with_suffix(".csv").exists():
            faults.append(f"{picture.name} does not stand alone")
    for table in tables:
        with open(table, newline="", encoding="utf-8") as file:
            if len({len(row) for row in csv.reader(file) if len(row) > 1}) > 1:
                faults.append(f"{table.name} is ragged")
    return faults


def main():
    source, build = Path(sys.argv[1]), Path(sys.argv[2])
    faults = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        shutil.copy(source / "data" / "example.csv", folder / "data")
        (folder / "reduced.toml").write_text(reduced)
        for page in (source / "README.md", source / "docs" / "tutorial.md"):
            listed = list(commands(page))
            if len(listed) < 5:
                faults.append(f"{page.name} has {len(listed)} commands: is the pattern right?")
            faults += [fault for words in listed if (fault := run(words, build / "qdose", folder))]
        # scores of an encoder are no part of the tutorial, but have a schema
        scores = [str(build / "qdose"), "evaluate", "pk", "--priors", "report", "--count", "300", "--out", "tutorial", "--quiet"]
        subprocess.run(scores, cwd=folder, check=True)
        if not faults:
            faults += schema_faults(folder / "tutorial", source / "docs" / "schemas")
            faults += arviz_faults(folder / "tutorial")
            faults += r_faults(source / "docs" / "r-vignette.md", folder / "tutorial")
            faults += picture_faults(folder / "tutorial")
            sdtab = (folder / "tutorial" / "sdtab").read_text().splitlines()
            if not sdtab[0].startswith("TABLE NO.") or len(sdtab) < 1000:
                faults.append("sdtab does not hold the observations")
    print("\n".join(faults) or "every documented command runs")
    return 1 if faults else 0


if __name__ == "__main__":
    os.environ.pop("QDOSE_TRIAL", None)
    sys.exit(main())
