"""The server for agents: the Model Context Protocol over standard input and output (`mldx mcp`).

Four tools, each with one type for what it takes and one for what it gives. `tools` is the table of
them and needs no SDK; `server` puts them on the wire.
"""
