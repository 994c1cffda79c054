"""What a tip is: its state, its state table, its deadlines and the rules it runs on. Pure, no I/O."""
