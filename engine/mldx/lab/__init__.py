"""The lab: worked cases that the rules must pass, what of the rules they reach, and rules broken on
purpose.
"""
