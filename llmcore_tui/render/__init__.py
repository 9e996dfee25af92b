"""How things look as text: formulas, plots, Markdown and SVG."""
