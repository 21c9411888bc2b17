"""PURE, standard library only, imports nothing of ours: the hashes an outsider can make again alone."""
