"""PURE. One cycle: what is asked, what happened, what follows, and why not."""
