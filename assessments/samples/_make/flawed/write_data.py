"""Write the wine files of the flawed sample: five measures and the cultivar, split in two."""

import sys
from pathlib import Path

from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

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
train, test = train_test_split(wines, test_size=0.25, stratify=wines["cultivar"], random_state=0)
train.to_csv(folder / "vins.csv", index=False, lineterminator="\n")
test.to_csv(folder / "vins_test.csv", index=False, lineterminator="\n")
