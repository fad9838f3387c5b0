"""What each state asks and does with an answer; one topic a file. Steps never call each other: they name the next state."""
