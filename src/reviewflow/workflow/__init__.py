"""PURE. The workflow language: what a definition may say, its checks, rules, deadlines, machine and diagrams."""
