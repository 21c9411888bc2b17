"""Questions answered as plain data, the same for every door: a command line prints it, an API sends it, a page shows it."""
