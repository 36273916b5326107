"""Documents: the flowchart as DOT, a picture or Mermaid, and the checklist."""
