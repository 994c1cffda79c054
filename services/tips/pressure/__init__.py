"""What holds back a flood at the pages, and never a resident: whoever computes or waits gets through."""
