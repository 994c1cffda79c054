"""What mediation decides: pure functions from (state, command, clock reading, rules) to a decision."""
