"""One customer: everything that the snapshot and the accepted rows know of it."""
