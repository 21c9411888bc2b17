"""Whatever follows the log: views kept up to a position of their own, and effects outside, each done once."""
