"""What administrators, programme managers and partnership leads do: one file a subject. Each sees what they may."""
