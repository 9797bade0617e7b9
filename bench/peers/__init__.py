"""What else somebody might have built this with: the same work in other frameworks, to measure beside."""
