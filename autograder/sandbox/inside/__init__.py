"""What runs inside the sandbox. Nothing here imports the rest of `autograder`, which is not there."""
