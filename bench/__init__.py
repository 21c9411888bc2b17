"""Side-by-side timings: peers and us in turn in one run, so that ratios hold where absolutes do not."""
