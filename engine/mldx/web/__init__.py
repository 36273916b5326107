"""The page: an interview in the browser, on this machine (`mldx serve`).

The server keeps nothing. Where a person stands is carried by the page itself (`place`), and every
answer is one request with the whole of it, so that two interviews cannot meet and a restart loses
nothing.
"""
