"""Two sample projects for the demo and the tests: one that meets its criteria, one flawed in instructive ways."""
