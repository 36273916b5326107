"""Documents: the flowchart as DOT, a picture or Mermaid, and a diagnosis as Markdown."""
