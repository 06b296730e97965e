"""Loaded by Python itself in every process of the services under test, whose PYTHONPATH names this folder.

Nothing of this is in the product: without that PYTHONPATH it does not exist.
"""

import importlib
import os

for name in os.environ.get("FAULTS_INSIDE", "").split():
    importlib.import_module(name)
