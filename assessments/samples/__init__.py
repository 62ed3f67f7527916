"""Two sample projects for the demo and the tests: one meets its criteria, the other is flawed on purpose."""
