"""The main job walked through public interfaces, and the demo logins of an embedded run."""

from ananta.settings import ROOT

DEFAULT_BOM = ROOT / "seeds" / "boms" / "014-glasgow-revc2.csv"
