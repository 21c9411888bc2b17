"""Keys, sealing, forgetting, evidence files: the only package that knows `cryptography`.

Nothing is imported here, so that a module which needs the standard library alone (`commits`) stays
light: the vault is `vault.create_vault` and `vault.open_vault`, evidence `files.EvidenceFolder`,
the master key `master_key.resolve_master_key`.
"""
