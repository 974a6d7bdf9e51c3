"""What the numbers mean: pure functions of frames, one file per metric family."""
