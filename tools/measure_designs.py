#!/usr/bin/env python3
"""Stage 1 on five designs and scales: accuracy per subject of the general encoder, untuned and after tuning, next to the Bayes
classifier. Prints a Markdown table; the gap is that of the last tuning on the very subjects that Bayes classified.

Tuning is counted in steps, so that the answer does not depend on how busy the machine is; the table tells what they cost.

usage: measure_designs.py BUILD_DIR OUT_DIR [--role pk|pd] [--steps 150,450] [--count 4800] [--bayes 100] [--only NAME]
                          [--threads 1] [--train="--learning-rate 0.0005"]
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
    scores = {"general": qdose(program, "evaluate", options.role, *common, "--count", options.count, "--out", folder / "general")}
    all_steps = [int(steps) for steps in options.steps.split(",")]
    for steps in all_steps:
        tuned = folder / f"tuned-{steps}"
        qdose(program, "train", options.role, *common, "--start", encoders / f"{options.role}-general.safetensors", "--steps", steps,
              "--evaluations", 8, *options.train.split(), "--out", tuned)
        bayes = ["--bayes", "--bayes-count", options.bayes] if steps == all_steps[-1] and options.bayes else []
        scores[f"{steps} steps"] = qdose(program, "evaluate", options.role, *common, "--count", options.count, *bayes,
                                         "--encoder", tuned / "encoder.safetensors", "--out", tuned)
    cells = [name, bayes_words(scores[f"{all_steps[-1]} steps"].get("bayes"))]
    for score in scores.values():
        trial = score["trial"]
        cells.append(f"{score['accuracy']:.3f} ± {score['accuracy_se']:.3f}, ece {score['ece']:.3f};"
                     f" trials {trial['accuracy']:.3f} ± {trial['accuracy_se']:.3f} (pairs as one {trial['accuracy_decidable']:.3f}),"
                     f" ece {trial['ece']:.3f}; {score['training_seconds']:.0f} s")
    return cells


def bayes_words(bayes):
    if not bayes:
        return ""
    return (f"{bayes['accuracy']:.3f} ± {bayes['accuracy_se']:.3f} of {bayes['count']} (expected {bayes['expected_accuracy']:.3f});"
            f" gap {bayes['accuracy'] - bayes['encoder_accuracy']:.3f} ± {bayes['difference_se']:.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("out")
    parser.add_argument("--role", default="pk", choices=["pk", "pd"])
    parser.add_argument("--steps", default="150,450")
    parser.add_argument("--count", type=int, default=4800)
    parser.add_argument("--bayes", type=int, default=100)
    parser.add_argument("--only", default="")
    parser.add_argument("--train", default="", help="more words for qdose train")
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
