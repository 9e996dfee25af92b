"""The interview notes: their document, as Markdown and as one HTML file."""
