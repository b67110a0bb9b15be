#!/usr/bin/env python3
"""Fails on a header without #pragma once or without its first comment, and on a source file of more than 400 lines.

Usage: check_files.py [ROOT]
"""
import sys
from pathlib import Path

LONGEST = 400
FOLDERS = ("qdose", "app", "tests", "benchmarks", "examples")
HEADERS = {".hpp", ".cuh"}
SOURCES = HEADERS | {".cpp", ".cu", ".py", ".js"}


def faults_of(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > LONGEST:
        yield f"{len(lines)} lines, more than {LONGEST}: which two things are in it?"
    if path.suffix not in HEADERS:
        return
    if "#pragma once" not in lines:
        yield "a header without #pragma once"
    if not lines or not lines[0].startswith("// "):
        yield "a header's first line says why it exists"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    files = [p for top in FOLDERS for p in sorted((root / top).rglob("*")) if p.suffix in SOURCES]
    faults = [f"{path.relative_to(root)}: {fault}" for path in files for fault in faults_of(path)]
    print("\n".join(faults) or f"{len(files)} files are as they should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
