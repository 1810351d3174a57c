"""What is true: rigorous values by ball arithmetic, and the distance of a result from them in ulp."""
