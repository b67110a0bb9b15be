"""The checking scripts must find what they are for: a copy of the tree with a planted fault has to fail.

Usage: check_tools_test.py ROOT
"""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(sys.argv.pop()).resolve()


def run(script, root):
    done = subprocess.run([sys.executable, ROOT / "tools" / script, root], capture_output=True, text=True)
    return done.returncode, done.stdout


class PlantedFaults(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.copy = Path(self.folder.name)
        for name in ("qdose", "app", "docs", "tests"):
            shutil.copytree(ROOT / name, self.copy / name)
        shutil.copy(ROOT / "CMakeLists.txt", self.copy)

    def tearDown(self):
        self.folder.cleanup()

    def plant(self, path, line):
        """Adds a line to a file of the copy, or makes the file."""
        file = self.copy / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text() if file.exists() else "") + line + "\n")

    def expect_fault(self, script, *words):
        status, said = run(script, self.copy)
        self.assertEqual(status, 1, said)
        for word in words:
            self.assertIn(word, said)

    def test_the_tree_as_it_is_passes(self):
        for script in ("check_includes.py", "check_files.py", "check_semantics.py"):
            status, said = run(script, self.copy)
            self.assertEqual(status, 0, said)

    def test_a_rule_whose_test_does_not_exist(self):
        self.plant("docs/record-semantics.md", "| EVID 9 | flies | no | `RecordSemantics.Flies` |")
        self.expect_fault("check_semantics.py", "there is no test RecordSemantics.Flies")

    def test_a_rule_without_a_test(self):
        self.plant("docs/record-semantics.md", "| EVID 9 | flies | no | - |")
        self.expect_fault("check_semantics.py", "no test for: flies")

    def test_a_stage_that_includes_another_stage(self):
        self.plant("qdose/stage2_population/planted.cpp", '#include "qdose/stage1_classify/features.hpp"')
        self.expect_fault("check_includes.py", "stage2_population/planted.cpp:1", "is not for stage2_population")

    def test_a_lower_folder_that_includes_a_higher_one(self):
        self.plant("qdose/base/text.hpp", '  #  include "qdose/data/trial.hpp"')
        self.expect_fault("check_includes.py", "qdose/base/text.hpp", "is not for base")

    def test_our_own_header_between_angle_brackets(self):
        self.plant("qdose/base/planted.cpp", "#include <qdose/num/math.hpp>")
        self.expect_fault("check_includes.py", "is not for base")

    def test_an_outside_library_in_the_wrong_folder(self):
        self.plant("qdose/models/planted.hpp", "#include <Eigen/Core>")
        self.expect_fault("check_includes.py", "Eigen/Core belongs to no library that models may use")

    def test_a_library_for_sources_in_a_header(self):
        self.plant("qdose/base/planted.hpp", "#include <toml++/toml.h>")
        self.expect_fault("check_includes.py", "toml++/toml.h belongs to no library that base may use in .hpp files")

    def test_libtorch_outside_its_program(self):
        self.plant("qdose/stage1_classify/planted.cpp", "#include <torch/torch.h>")
        self.expect_fault("check_includes.py", "torch/torch.h belongs to no library that stage1_classify may use")

    def test_an_include_by_relative_path(self):
        self.plant("qdose/base/planted.cpp", '#include "text.hpp"')
        self.expect_fault("check_includes.py", "is not written as qdose/FOLDER/FILE")

    def test_a_folder_that_the_table_does_not_name(self):
        self.plant("qdose/misc/planted.cpp", "#include <vector>")
        self.expect_fault("check_includes.py", "misc/planted.cpp: its folder is not in the table")

    def test_a_build_rule_that_differs_from_the_table(self):
        self.plant("CMakeLists.txt", 'qdose_folder(data "base;num")')
        self.expect_fault("check_includes.py", "CMakeLists.txt: data is built with base, num")

    def test_a_header_that_may_be_included_twice(self):
        self.plant("qdose/base/planted.hpp", "// A planted header.\nint x();")
        self.expect_fault("check_files.py", "base/planted.hpp: a header without #pragma once")

    def test_a_header_that_does_not_say_why_it_exists(self):
        self.plant("qdose/base/planted.hpp", "#pragma once")
        self.expect_fault("check_files.py", "says why it exists")

    def test_a_file_that_is_too_long(self):
        self.plant("qdose/base/planted.cpp", "\n" * 401)
        self.expect_fault("check_files.py", "more than 400")


if __name__ == "__main__":
    unittest.main()
