"""Versions of the modules named on the command line, as JSON; null where one cannot be imported."""

import importlib
import json
import os
import sys

os.environ["JAX_PLATFORMS"] = "cpu"


def version(name):
    try:
        module = importlib.import_module(name)
    except Exception:  # noqa: BLE001 a library that fails to load its own parts raises anything
        return None
    return str(getattr(module, "__version__", "unknown"))


print(json.dumps({name: version(name) for name in sys.argv[1:]}))
