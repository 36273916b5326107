"""The knowledge base: YAML in, a validated and compiled `KnowledgeBase` out."""

from mldx.knowledge.base import KnowledgeBase
from mldx.knowledge.loader import load, rules_folder

__all__ = ["KnowledgeBase", "load", "rules_folder"]
