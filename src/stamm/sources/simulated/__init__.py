"""A shop that never was: facts of every kind from a seed, and the truth behind them.

What happens in it is stated in `personas` (who behaves how), `offers` (what is sold, promised and sent) and `seasons`
(when). A world is made a block of customers at a time; a block draws from its own chance, so whatever the world is
made of, and however it is cut for writing, the same seed gives the same rows.
"""

from stamm.sources.simulated.blocks import Made, blocks, shared
from stamm.sources.simulated.households import KINDS, around
from stamm.sources.simulated.offers import campaigns
from stamm.sources.simulated.shop import BLOCK, SIZES, Shop
from stamm.sources.simulated.truth import campaign_truth

__all__ = ["BLOCK", "KINDS", "SIZES", "Made", "Shop", "around", "blocks", "campaign_truth", "campaigns", "shared"]
