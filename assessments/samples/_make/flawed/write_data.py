"""Write the wines of the flawed sample: five measures and the cultivar; its notebook splits them."""

import sys
from pathlib import Path

from sklearn.datasets import load_wine

COLUMNS = {
    "alcohol": "alcool",
    "malic_acid": "acide_malique",
    "ash": "cendres",
    "alcalinity_of_ash": "alcalinite",
    "magnesium": "magnesium",
    "target": "cultivar",
}

folder = Path(sys.argv[1])
wines = load_wine(as_frame=True).frame.rename(columns=COLUMNS)[list(COLUMNS.values())]
wines.to_csv(folder / "vins.csv", index=False, lineterminator="\n")
