"""Pictures of numbers over time: SVG whose looks come from the page's style sheet."""
