"""What leaves later: the worker that delivers, and the real client of the platform's API. Reaches the database only through services."""
