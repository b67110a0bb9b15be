#!/usr/bin/env python3
"""Installs the C++ interface into a folder of its own, builds the example density against it, far from the source tree, and runs it.

usage: installed_library_test.py SOURCE_DIR BUILD_DIR
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def main():
    source, build = map(Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as scratch:
        prefix, work = Path(scratch) / "prefix", Path(scratch) / "work"
        shutil.copytree(source / "examples" / "densities", work)
        for command in (
                ["cmake", "--install", build, "--component", "dev", "--prefix", prefix],
                ["cmake", "-S", work, "-B", work / "build", f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release"],
                ["cmake", "--build", work / "build"],
                [work / "build" / "eight_schools"]):
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
            if done.returncode:
                sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        print(done.stdout)


main()
