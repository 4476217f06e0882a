"""For authors and instructors: lessons to notebooks, submissions to marks."""
