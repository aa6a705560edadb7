"""What customers will do: one prediction a file."""

from stamm.lang.registry import Registry
from stamm.predictions.kind import Prediction

PREDICTIONS: Registry[Prediction] = Registry(Prediction, "stamm.predictions", "prediction")

__all__ = ["PREDICTIONS", "Prediction"]
