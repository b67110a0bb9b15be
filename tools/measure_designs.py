#!/usr/bin/env python3
"""Stage 1 on five designs and scales: accuracy per subject of the general encoder, untuned and after tuning, next to the Bayes
classifier on the same subjects. Prints a Markdown table.

Tuning is counted in steps, so that the answer does not depend on how busy the machine is; the table tells what they cost.

usage: measure_designs.py BUILD_DIR OUT_DIR [--role pk|pd] [--steps 150,450] [--count 4800] [--bayes 100] [--only NAME] [--threads 1]
"""
import argparse
import json
import subprocess
from pathlib import Path

# name: (classes that make the trial whose scales are used, design)
DESIGNS = {
    "single dose": ("pk_1c_oral_lag", "pd_direct_emax", ["--design", "single", "--levels", "5, 20, 80"]),
    "weekly": ("pk_2c_oral", "pd_indirect_inhib_kin", ["--design", "weekly", "--levels", "0, 20, 60"]),
    "multiple, micrograms": ("pk_1c_oral", "pd_indirect_stim_kout", ["--design", "daily", "--levels", "0, 2000, 8000"]),
    "infusion": ("pk_2c_iv_infusion", "pd_effect_comp_emax", ["--design", "single", "--levels", "10, 40"]),
    "sparse": ("pk_1c_iv", "pd_indirect_inhib_kout", ["--design", "daily", "--levels", "0, 3, 10", "--sparse", "6"]),
}


def qdose(program, *words):
    done = subprocess.run([str(program), *map(str, words), "--json", "--force"], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"qdose {' '.join(map(str, words))} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout) if done.stdout.strip() else {}


def measure(name, options, program, encoders):
    pk, pd, design = DESIGNS[name]
    folder = Path(options.out) / name.replace(" ", "-").replace(",", "")
    arms = len(design[design.index("--levels") + 1].split(","))
    qdose(program, "simulate", "trial", "--pk", pk, "--pd", pd, *design, "--subjects", 24 // arms,
          "--seed", 41, "--out", folder)
    trial = folder / "trial.csv"
    common = ["--priors", "trial", "--trial", trial, "--threads", options.threads]
    scores = {}
    general = qdose(program, "evaluate", options.role, *common, "--count", options.count, "--bayes", "--bayes-count", options.bayes,
                    "--out", folder / "general")
    scores["general"] = general
    for steps in map(int, options.steps.split(",")):
        tuned = folder / f"tuned-{steps}"
        qdose(program, "train", options.role, *common, "--start", encoders / f"{options.role}-general.safetensors", "--steps", steps,
              "--evaluations", 4, "--out", tuned)
        scores[f"{steps} steps"] = qdose(program, "evaluate", options.role, *common, "--count", options.count, "--bayes",
                                         "--bayes-count", options.bayes, "--encoder", tuned / "encoder.safetensors", "--out", tuned)
    bayes = general["bayes"]
    cells = [name, f"{bayes['expected_accuracy']:.3f} ({bayes['accuracy']:.3f} ± {bayes['accuracy_se']:.3f} of {bayes['count']})"]
    for score in scores.values():
        cells.append(f"{score['accuracy']:.3f} ± {score['accuracy_se']:.3f}, gap {score['bayes']['accuracy'] - score['bayes']['encoder_accuracy']:.3f}"
                     f" ± {score['bayes']['difference_se']:.3f}; trials {score['trial']['accuracy']:.3f}, ece {score['ece']:.3f};"
                     f" {score['training_seconds']:.0f} s")
    return cells


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("out")
    parser.add_argument("--role", default="pk", choices=["pk", "pd"])
    parser.add_argument("--steps", default="150,450")
    parser.add_argument("--count", type=int, default=4800)
    parser.add_argument("--bayes", type=int, default=100)
    parser.add_argument("--only", default="")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    program = Path(options.build) / "qdose"
    encoders = Path(__file__).resolve().parent.parent / "data" / "encoders"
    names = [name for name in DESIGNS if options.only in ("", name)]
    heads = ["design", "Bayes", "general"] + [f"{steps} steps" for steps in options.steps.split(",")]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for name in names:
        print("| " + " | ".join(measure(name, options, program, encoders)) + " |", flush=True)


if __name__ == "__main__":
    main()
