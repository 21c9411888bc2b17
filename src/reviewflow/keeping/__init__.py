"""Moving and keeping a store: copies, backups, restores, and whether all is well."""
