"""What is done while reviewflow is built; nothing of it is installed."""
