"""`make bench`: measures, compares as ratios within one run, prints one table. Asserts nothing: machines are noisy."""
