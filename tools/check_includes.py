#!/usr/bin/env python3
"""Fails on any include that the table in docs/architecture.md does not allow.

Usage: check_includes.py [ROOT]

The table gives, for every folder, which folders of ours it may include and which outside libraries. The libraries that
CMakeLists.txt links to a folder must be the same, so that the two cannot drift apart.
"""
import re
import sys
from pathlib import Path

# Beginnings of the headers of a library, by the name that the table uses. Headers of the C++ standard library, which
# have neither a dot nor a slash, are always allowed.
LIBRARIES = {
    "fmt": ["fmt/"],
    "toml++": ["toml++/"],
    "Random123": ["Random123/"],
    "Eigen": ["Eigen/"],
    "BLAS": ["cblas.h", "lapacke.h"],
    "JSON": ["nlohmann/"],
    "JSON names": ["nlohmann/json_fwd.hpp"],
    "CLI11": ["CLI/"],
    "libtorch": ["torch/", "ATen/", "c10/"],
    "SIMD": ["immintrin.h", "x86intrin.h"],
    "OpenMP": ["omp.h"],
    "MPI": ["mpi.h"],
    "CUDA": ["cuda"],
    "POSIX": ["sys/", "unistd.h", "fcntl.h", "sched.h", "poll.h", "spawn.h", "signal.h", "malloc.h"],
}
SOURCES = {".hpp", ".cpp", ".cu", ".h", ".cuh", ".inc"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Rule:
    """What one folder may include."""

    def __init__(self, folders, libraries):
        self.folders = folders
        self.libraries = libraries  # name -> the file endings it is limited to, or None


def read_rules(text):
    """The rows of the table whose header starts with "| folder |", by folder."""
    rules = {}
    rows = iter(text.splitlines())
    for line in rows:
        if re.match(r"^\|\s*folder\s*\|", line):
            next(rows)
            break
    for line in rows:
        if not line.startswith("|"):
            break
        folder, folders, libraries = (cell.strip() for cell in line.strip().strip("|").split("|"))
        rules[folder] = Rule(split(folders), dict(map(parse_library, split(libraries))))
    if not rules:
        sys.exit("docs/architecture.md has no table that starts with | folder |")
    return rules


def split(cell):
    return [] if cell == "-" else [word.strip() for word in cell.split(",")]


def parse_library(word):
    """"toml++ (.cpp)" -> ("toml++", ".cpp")."""
    match = re.fullmatch(r"(.+?)(?: \((\.\w+)\))?", word)
    if match.group(1) not in LIBRARIES:
        sys.exit(f"docs/architecture.md names the unknown library {match.group(1)}")
    return match.group(1), match.group(2)


def folder_of(path, rules):
    """The longest folder of the table that holds a path like stage1_classify/train/main.cpp."""
    parts = path.split("/")
    for length in range(len(parts) - 1, 0, -1):
        if "/".join(parts[:length]) in rules:
            return "/".join(parts[:length])
    return None


def target_folder(header):
    """qdose/base/text.hpp -> base/text.hpp; the build's lists of model classes belong to models."""
    if header.startswith("qdose/"):
        rest = header[len("qdose/"):]
        return rest if "/" in rest else "models/" + rest
    return header if header.startswith("app/") else None


def own_include_fault(folder, header, rules):
    path = target_folder(header)
    if path is None:
        return "is not written as qdose/FOLDER/FILE"
    other = folder_of(path, rules)
    if other is None:
        return "lies in a folder that the table does not name"
    # A folder belongs to the one that it lies in.
    if other == folder or folder.startswith(other + "/") or "all" in rules[folder].folders:
        return None
    return None if other in rules[folder].folders else f"is not for {folder}, which may include {listed(rules[folder].folders)}"


def outside_include_fault(folder, header, ending, rules):
    if "." not in header and "/" not in header:
        return None
    for library, limit in rules[folder].libraries.items():
        if limit in (None, ending) and any(header.startswith(start) for start in LIBRARIES[library]):
            return None
    return f"belongs to no library that {folder} may use in {ending} files ({listed(rules[folder].libraries)})"


def listed(names):
    return ", ".join(names) or "nothing"


def check_file(path, root, rules):
    base = root if path.is_relative_to(root / "app") else root / "qdose"
    folder = folder_of(path.relative_to(base).as_posix(), rules)
    if folder is None:
        return [f"{path.relative_to(root)}: its folder is not in the table"]
    faults = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, header = match.groups()
        fault = (own_include_fault(folder, header, rules) if quote == '"' or header.startswith("qdose/")
                 else outside_include_fault(folder, header, path.suffix, rules))
        if fault:
            faults.append(f"{path.relative_to(root)}:{number}: {header} {fault}")
    return faults


def check_cmake(text, rules):
    """qdose_folder(NAME "a;b") must list the folders of the table."""
    faults = []
    for name, folders in re.findall(r'^qdose_folder\((\w+)\s+"([^"]*)"', text, re.MULTILINE):
        built = sorted(filter(None, folders.split(";")))
        if name not in rules:
            faults.append(f"CMakeLists.txt: the table does not name {name}")
        elif built != sorted(rules[name].folders):
            faults.append(f"CMakeLists.txt: {name} is built with {listed(built)}, "
                          f"the table says {listed(rules[name].folders)}")
    return faults


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    rules = read_rules((root / "docs/architecture.md").read_text(encoding="utf-8"))
    faults = check_cmake((root / "CMakeLists.txt").read_text(encoding="utf-8"), rules)
    files = [p for top in ("qdose", "app") for p in sorted((root / top).rglob("*")) if p.suffix in SOURCES]
    for path in files:
        faults += check_file(path, root, rules)
    print("\n".join(faults) or f"{len(files)} files include only what they may")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
