"""What is reached over HTTP; every answer is bounded in size and time."""
