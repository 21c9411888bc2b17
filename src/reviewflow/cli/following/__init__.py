"""Commands about what follows the log: views, effects, the process that keeps them."""
