"""One noun a file; every view parses, calls one service, redirects or renders."""
