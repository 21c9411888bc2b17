"""The main job, told step by step, in a store of its own."""
