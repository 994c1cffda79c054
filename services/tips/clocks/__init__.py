"""The legal clocks of a tip: started, met, extended, fired and explained."""
