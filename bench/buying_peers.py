"""What lifetimes is asked: `python -m bench.buying_peers MODEL CUSTOMERS`, in the environment of the peers."""

from __future__ import annotations

import sys

import pandas as pd
from lifetimes import BetaGeoFitter, ParetoNBDFitter

from bench.made_buyers import buyers
from bench.measuring import measured, report

FITTERS = {"bg_nbd": BetaGeoFitter, "pareto_nbd": ParetoNBDFitter}

if __name__ == "__main__":
    model, count = sys.argv[1], int(sys.argv[2])
    columns = [pd.Series(each) for each in buyers(count)]
    fitter, cost = measured(lambda: FITTERS[model]().fit(*columns))
    report([float(each) for each in fitter.params_], cost)
