"""The graph from afar: the stages and their gates, or every check without its causes."""

from __future__ import annotations
