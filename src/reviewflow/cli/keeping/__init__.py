"""Commands about keeping a store: copies, backups, keys, upgrades, health."""
