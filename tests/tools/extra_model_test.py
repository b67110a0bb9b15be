"""A model class outside the tree becomes part of the catalogue and gets its kernels, by one CMake variable.

Usage: extra_model_test.py ROOT
"""
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(sys.argv.pop()).resolve()
EXAMPLE = ROOT / "examples/models/pk/one_cmt_oral_mm.hpp"


def configure(folder, header):
    return subprocess.run(
        ["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DQDOSE_TESTS=OFF", "-DQDOSE_TORCH=OFF", "-DQDOSE_MPI=OFF",
         "-DCMAKE_BUILD_TYPE=Release", f"-DQDOSE_EXTRA_MODELS_pk={header}"], capture_output=True, text=True)


class ExtraModel(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.build = Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def test_an_eleventh_class_builds(self):
        done = configure(self.build, EXAMPLE)
        self.assertEqual(done.returncode, 0, done.stderr)
        generated = self.build / "generated/qdose"
        classes = (generated / "pk_classes.inc").read_text().split()
        self.assertEqual(len(classes), 11)
        self.assertIn("X(qdose::pk::OneCmtOralMm)", classes)
        for source in generated.glob("p[kd]_*.cpp"):
            for header in re.findall(r'#include "(.*)"', source.read_text()):
                self.assertFalse(header.startswith("/"), f"{source.name} includes {header}")
        kernels = "CMakeFiles/qdose_kernels_{0}.dir/generated/qdose/pk_one_cmt_oral_mm_{0}.cpp.o"
        built = subprocess.run(["ninja", "-C", self.build, *(kernels.format(isa) for isa in ("avx2", "avx512"))],
                               capture_output=True, text=True)
        self.assertEqual(built.returncode, 0, built.stdout)

    def test_a_header_that_does_not_exist_is_a_fault(self):
        done = configure(self.build, ROOT / "examples/models/pk/none.hpp")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("there is no file", done.stderr)


if __name__ == "__main__":
    unittest.main()
