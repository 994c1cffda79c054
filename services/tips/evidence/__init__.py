"""Files of reporters and officers: sealed as they came, shown as a copy without what they say of their
maker."""
