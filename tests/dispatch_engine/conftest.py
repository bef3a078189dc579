"""The engine as a package of its own, as whoever runs it outside Odoo has it."""

import sys

from source_tree import ROOT

ADDON = ROOT / "addons/qifei_dispatch"
if str(ADDON) not in sys.path:
    sys.path.insert(0, str(ADDON))
