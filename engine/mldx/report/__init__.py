"""Documents of a diagnosis: the outline decides what is said; terminal, markdown and html
render it.
"""
