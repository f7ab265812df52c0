"""Pure rules: functions from values to values, with no clock, no database and no network."""
