"""What every feature shares: the tip itself, who may touch it, how it is stored and what may leave."""
