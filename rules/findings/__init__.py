"""What checks find: problems, which stop a submission, and doubts, which an officer looks at."""
