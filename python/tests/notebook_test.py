"""Runs the example notebook; skipped where Jupyter is not installed."""
import os
import subprocess
import sys
import tempfile

if subprocess.run([sys.executable, "-c", "import nbconvert, ipykernel"], stderr=subprocess.DEVNULL).returncode:
    print("nbconvert and ipykernel are not installed: skipped")
    sys.exit(77)
notebook = os.path.join(os.environ["QDOSE_SOURCE_DIR"], "python", "examples", "tour.ipynb")
with tempfile.TemporaryDirectory() as folder:
    sys.exit(subprocess.run([sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output-dir", folder,
                             notebook]).returncode)
