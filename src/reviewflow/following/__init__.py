"""Followers: what reads the log in order, behind it, and keeps its own place: views for questions, and side effects.

Law: a follower's rows and its position change in one transaction, by compare-and-set. So a crash between two batches
is harmless, and two processes that follow at once do no more than one.
"""
