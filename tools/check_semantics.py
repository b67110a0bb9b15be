#!/usr/bin/env python3
"""Fails when docs/record-semantics.md names a test that does not exist, or a rule without one.

Usage: check_semantics.py [ROOT]
"""
import re
import sys
from pathlib import Path

TEST = re.compile(r"^\s*(?:TEST|TEST_F|TEST_P|TYPED_TEST)\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)


def tests_of(root):
    names = set()
    for path in sorted((root / "tests").rglob("*.cpp")):
        names.update(f"{suite}.{name}" for suite, name in TEST.findall(path.read_text(encoding="utf-8")))
    return names


def rows_of(text):
    """(line number, rule, names of its tests) of the table."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|") or line.startswith("|---") or line.startswith("| record |"):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        yield number, cells[1], re.findall(r"`(\w+\.\w+)`", cells[-1])


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    table = root / "docs/record-semantics.md"
    known, faults, count = tests_of(root), [], 0
    for number, rule, names in rows_of(table.read_text(encoding="utf-8")):
        count += 1
        if not names:
            faults.append(f"{table.name}:{number}: no test for: {rule}")
        faults += [f"{table.name}:{number}: there is no test {name}" for name in names if name not in known]
    if count == 0:
        faults.append(f"{table.name}: no rules")
    print("\n".join(faults) or f"{count} rules have their tests")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
