"""People who leave: what is held of them given out, and all of it erased."""
