"""Builds the extension with CMake, in a build folder of its own, and packs it with the sources in python/qdose."""

import os
import re
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

try:  # the one that pyproject.toml asks for; without build isolation that of the system
    from pybind11 import get_cmake_dir
    pybind11 = [f"-Dpybind11_DIR={get_cmake_dir()}"]
except ImportError:
    pybind11 = []

root = Path(__file__).resolve().parent
version = re.search(r"project\(qdose VERSION ([0-9.]+)", (root / "CMakeLists.txt").read_text()).group(1)


class CMakeBuild(build_ext):
    def build_extension(self, extension):
        target = Path(self.get_ext_fullpath(extension.name)).resolve().parent
        build = Path(os.environ.get("QDOSE_PYTHON_BUILD", root / "build-python"))
        subprocess.run(["cmake", "-S", str(root), "-B", str(build), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DQDOSE_PYTHON=ON",
                        "-DQDOSE_TESTS=OFF", "-DQDOSE_TORCH=OFF", f"-DPython3_EXECUTABLE={sys.executable}", f"-DPython_EXECUTABLE={sys.executable}", *pybind11], check=True)
        subprocess.run(["cmake", "--build", str(build), "--target", "_core"], check=True)
        target.mkdir(parents=True, exist_ok=True)
        for file in (build / "python" / "qdose").glob("_core*.so"):
            self.copy_file(str(file), str(target / file.name))


setup(name="qdose", version=version, description="Which dose to give next, from one phase-1 trial",
      packages=["qdose"], package_dir={"qdose": "python/qdose"}, ext_modules=[Extension("qdose._core", sources=[])],
      cmdclass={"build_ext": CMakeBuild}, python_requires=">=3.9", install_requires=["numpy"])
