"""The same work in other streaming frameworks, as their documentation would have one write it; each runs as a process of its own."""
