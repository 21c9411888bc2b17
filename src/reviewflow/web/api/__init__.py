"""The API: the questions and commands of the command line for programs, under /api. It holds no rules of its own."""
